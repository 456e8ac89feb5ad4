//! The page that says how far the scores can be relied on, section by section.

mod attacks;
mod fairness;
mod limits;
mod sensitivity;
mod signals;

use askama::Template;

use super::view::Frame;
use super::{Pages, SiteError};

pub use attacks::attacks_svg;
pub use signals::backtest_page;

/// Address of the page.
pub(super) const PATH: &str = "validation.html";

/// A section: the anchor it is linked by, its title, and how its HTML is made of a snapshot.
type Section = (&'static str, &'static str, fn(&Pages) -> askama::Result<String>);

/// All sections in their order. A further one is a file and a line here.
const SECTIONS: [Section; 5] = [
    ("sensitivity", "If a number of opinion were another", sensitivity::html),
    ("fairness", "Groups of packages held against each other", fairness::html),
    ("attacks", "What attackers would gain", attacks::html),
    ("signals", "What signals catch, how early, and at what cost", signals::html),
    ("limits", "What this does not show", limits::html),
];

/// All that stands on the page.
#[derive(Template)]
#[template(path = "validation.html", config = "site/askama.toml")]
pub(super) struct ValidationPage {
    pub frame: Frame,
    pub sections: Vec<SectionView>,
}

/// A section as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SectionView {
    /// Anchor.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// What stands below it; made by a template that escapes.
    pub html: String,
}

impl ValidationPage {
    /// The page.
    pub fn new(pages: &Pages) -> Result<Self, SiteError> {
        let description =
            "What moves the scores, how they differ between groups, what signals catch, and what that does not show.".to_owned();
        let section = |(id, title, html): Section| match html(pages) {
            Ok(html) => Ok(SectionView { id, title, html }),
            Err(error) => Err(SiteError::Template { page: PATH.to_owned(), error: error.to_string() }),
        };
        Ok(Self {
            frame: Frame::new(&pages.lookup.published.manifest, PATH, "Validation", description),
            sections: SECTIONS.into_iter().map(section).collect::<Result<_, _>>()?,
        })
    }
}

/// A distance on the 0..=1 scale as points on 0–10, two decimals.
fn points(distance: f64) -> String {
    format!("{:.2}", distance * 10.0)
}

/// The same with its sign, which says which side is higher.
fn signed_points(difference: f64) -> String {
    super::words::signed_points(difference)
}
