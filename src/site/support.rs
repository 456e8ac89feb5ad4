//! What needs support: packages that much depends on, with too few trusted people behind them. A package stands here once,
//! with all that speaks for it.

use std::collections::BTreeMap;

use askama::Template;

use super::findings::{self, ROWS};
use super::neighbors::Listing;
use super::view::{Frame, NodeView};
use super::{Pages, paths, words};
use crate::snapshot::schema::FindingRow;

/// Signals that speak of too few people behind something many need.
const SIGNALS: [&str; 2] = ["lone_maintainer", "fading_maintainers"];

/// The page.
#[derive(Template)]
#[template(path = "needs_support.html", config = "site/askama.toml")]
pub(super) struct NeedsSupportPage {
    pub frame: Frame,
    pub has_packages: bool,
    pub signals: Vec<(String, String)>,
    pub needs: Listing<Need>,
}

/// A package in need.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Need {
    /// The package.
    pub node: NodeView,
    /// Criticality percentile, or a dash.
    pub criticality: String,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// One finding about a package in need.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reason {
    /// Signal as words.
    pub signal: String,
    /// Relative link to the page of the signal.
    pub href: String,
    /// One sentence with the facts.
    pub evidence: String,
}

impl NeedsSupportPage {
    /// The page of what needs support.
    pub fn new(pages: &Pages) -> Self {
        let path = "needs-support.html";
        let published = pages.lookup.published;
        let description = "Packages that much depends on, with too few trusted people behind them.".to_owned();
        let known = published.manifest.signals.iter().filter(|doc| SIGNALS.contains(&doc.name.as_str()));
        Self {
            frame: Frame::new(&published.manifest, path, "Needs support", description),
            has_packages: !published.packages.is_empty(),
            signals: known.map(|doc| (words::title(&doc.name), paths::signal(&doc.name))).collect(),
            needs: needs(pages, path, ROWS),
        }
    }
}

/// The `limit` most critical packages in need, with links from the page `from`.
pub(super) fn needs(pages: &Pages, from: &str, limit: usize) -> Listing<Need> {
    let lookup = &pages.lookup;
    let mut found: BTreeMap<(&str, &str), Vec<&FindingRow>> = BTreeMap::new();
    for row in findings::strongest(lookup, |row| SIGNALS.contains(&row.signal.as_ref())) {
        found.entry((row.node_kind.as_ref(), row.node_id.as_str())).or_default().push(row);
    }
    let criticality = |(kind, id): (&str, &str)| lookup.score("criticality", kind, id);
    let value = |key| criticality(key).and_then(|score| score.value).unwrap_or(0.0);
    let mut found: Vec<_> = found.into_iter().map(|(key, rows)| (value(key), key, rows)).collect();
    found.sort_by(|(a, a_key, _), (b, b_key, _)| b.total_cmp(a).then(a_key.cmp(b_key)));
    let total = found.len();
    let reason = |row: &FindingRow| Reason {
        signal: words::title(&row.signal),
        href: paths::relative(from, &paths::signal(&row.signal)),
        evidence: row.evidence.to_string(),
    };
    let need = |(_, key, rows): (f64, (&str, &str), Vec<&FindingRow>)| Need {
        node: lookup.node(key.0, key.1, from),
        criticality: words::percentile_or_dash(criticality(key).and_then(|score| score.percentile)),
        reasons: rows.into_iter().map(reason).collect(),
    };
    Listing { rows: found.into_iter().take(limit).map(need).collect(), total }
}
