//! HOW IT IS SHOWN: a complete static site from a published snapshot and nothing else.
//!
//! Pages work without a script and from any place: over http, below any path, or from a disk. Data given to templates are
//! plain views; templates, styles and scripts are in `site/`.

mod api;
mod catalogue;
mod changes;
mod compact;
mod data;
mod ecosystem;
mod elsewhere;
mod error;
mod escape;
mod findings;
mod folder;
mod graph;
mod home;
mod identity;
mod json_rows;
mod ledger;
mod lookup;
mod method;
mod neighbors;
mod openapi;
mod package;
mod paths;
mod plan;
mod plot;
mod plot_axis;
mod raw;
mod repository;
mod rows_by_node;
mod scan;
mod search;
mod signal;
mod style;
mod support;
mod validation;
mod view;
mod words;

use std::path::Path;

use askama::Template;
use rayon::prelude::*;

pub use error::SiteError;
use folder::{SiteFolder, Written};
use plan::{Choice, Planned};
pub use plan::{HostLimits, PageReason, SitePlan};
pub use validation::{attacks_svg, backtest_page};

use crate::scan::Report;
use crate::snapshot::Published;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteSummary {
    /// What was expected, and the limits of the host.
    pub plan: SitePlan,
    /// HTML pages.
    pub page_count: u64,
    /// All files, pages included.
    pub file_count: u64,
    /// Bytes of all files.
    pub byte_count: u64,
    /// Files whose bytes are not those of the site that was replaced; all others are the same files as before.
    pub changed_count: u64,
}

/// Writes the site of `published` to the folder `out`, in place of the one that is there. `out` keeps its old content until
/// the new site is whole. The files of the snapshot are expected at `out/../snapshots/SNAPSHOT`, where pages link to them.
pub fn render(published: &Published, out: &Path) -> Result<SiteSummary, SiteError> {
    write_site(published, None, out)
}

/// The same with `report` as the first page.
pub fn render_scan(published: &Published, report: &Report, out: &Path) -> Result<SiteSummary, SiteError> {
    write_site(published, Some(report), out)
}

fn write_site(published: &Published, report: Option<&Report>, out: &Path) -> Result<SiteSummary, SiteError> {
    let Planned { pages, fixed, plan } = plan::plan(published, report)?;
    tracing::info!("site plan: {plan}");
    let folder = SiteFolder::begin(out, &published.manifest.snapshot, plan.limits)?;
    pages.make_folders(&folder)?;
    let page_count = pages.write_nodes(&folder)? + pages.write_shelves(&folder)? + fixed.len() as u64;
    fixed.par_iter().try_for_each(|(path, html)| folder.write(path, html.as_bytes()))?;
    pages.api.write(&pages.lookup, &folder)?;
    pages.search.write(&folder)?;
    folder.write(plan::PATH, api::pretty(&plan.json(&published.manifest.schema_version)).as_bytes())?;
    folder.write(STYLE, pages.style.as_bytes())?;
    for (name, content) in ASSETS {
        folder.write(name, content.as_bytes())?;
    }
    let Written { file_count, byte_count, changed_count } = folder.publish()?;
    Ok(SiteSummary { plan, page_count, file_count, byte_count, changed_count })
}

/// Where the style sheet stands.
const STYLE: &str = "style.css";

/// Files that are the same for every snapshot. `.nojekyll` keeps one popular host from hiding names that begin with `_`.
const ASSETS: [(&str, &str); 5] = [
    ("site.js", SCRIPTS),
    ("query.js", include_str!("../../site/query.js")),
    ("parquet.js", include_str!("../../site/vendor/parquet.js")),
    ("icon.svg", include_str!("../../site/icon.svg")),
    (".nojekyll", ""),
];

/// All scripts as one file: each page asks for one, and each part does nothing where it finds nothing to do.
const SCRIPTS: &str = concat!(
    include_str!("../../site/links.js"),
    include_str!("../../site/search.js"),
    include_str!("../../site/sort.js"),
    include_str!("../../site/graph.js"),
    include_str!("../../site/copy.js"),
    include_str!("../../site/node.js"),
);

/// Page of the package `name` of `ecosystem`, seen from the root of the site.
pub fn package_page(ecosystem: &str, name: &str) -> String {
    paths::package(ecosystem, name)
}

/// Kinds of nodes with pages.
const NODE_KINDS: [&str; 4] = ["package", "repository", "person", "team"];

/// A snapshot with all that pages are made from.
struct Pages<'a> {
    lookup: lookup::Lookup<'a>,
    api: api::Api,
    search: search::SearchIndex,
    shelves: Vec<catalogue::Shelf<'a>>,
    choice: Choice,
    style: String,
}

impl<'a> Pages<'a> {
    /// With as many pages of packages as the job says, whatever the host takes.
    #[cfg(test)]
    fn new(published: &'a Published) -> Self {
        Self::with_choice(published, Choice::of_job(published))
    }

    fn with_choice(published: &'a Published, choice: Choice) -> Self {
        let lookup = lookup::Lookup::new(published, choice.package_pages);
        let (api, search) = rayon::join(|| api::Api::new(&lookup), || search::SearchIndex::new(&lookup));
        let style = style::style(&lookup);
        let mut pages = Self { lookup, api, search, shelves: Vec::new(), choice, style };
        pages.shelves = catalogue::shelves(&pages);
        pages
    }

    fn make_folders(&self, folder: &SiteFolder) -> Result<(), SiteError> {
        folder.make_folders(self.lookup.node_pages())?;
        folder.make_folders(["ecosystem/x", "signal/x"].into_iter())
    }

    /// Rows of the table of `kind` whose nodes have a page of their own.
    fn node_rows(&self, kind: &str) -> Vec<usize> {
        let p = self.lookup.published;
        match kind {
            "package" => self.lookup.rows_with_pages(kind, p.packages.iter().map(|row| row.purl.as_str())),
            "repository" => self.lookup.rows_with_pages(kind, p.repositories.iter().map(|row| row.repository_url.as_str())),
            "person" => (0..p.persons.len()).collect(),
            _ => (0..p.teams.len()).collect(),
        }
    }

    /// Path and content of the page of the node in `row` of the table of `kind`.
    fn node_html(&self, kind: &str, row: usize) -> Result<(String, String), SiteError> {
        match kind {
            "package" => {
                let page = package::PackagePage::new(self, row);
                html(&page.frame.path, &page)
            }
            "repository" => {
                let page = repository::RepositoryPage::new(self, row);
                html(&page.frame.path, &page)
            }
            kind => {
                let page = match kind {
                    "person" => identity::IdentityPage::person(self, row),
                    _ => identity::IdentityPage::team(self, row),
                };
                html(&page.frame.path, &page)
            }
        }
    }

    fn write_nodes(&self, folder: &SiteFolder) -> Result<u64, SiteError> {
        NODE_KINDS.into_iter().try_fold(0, |count, kind| {
            let rows = self.node_rows(kind);
            each(rows.len(), |at| {
                let (path, html) = self.node_html(kind, rows[at])?;
                folder.write(&path, html.as_bytes())
            })?;
            Ok(count + rows.len() as u64)
        })
    }

    /// Shelf, and page of it, of all lists of packages.
    fn shelf_pages(&self) -> Vec<(usize, usize)> {
        let pages = |at: usize| (0..self.shelves[at].page_count()).map(move |page| (at, page));
        (0..self.shelves.len()).flat_map(pages).collect()
    }

    fn shelf_html(&self, (shelf, page): (usize, usize)) -> Result<(String, String), SiteError> {
        let page = catalogue::ShelfPage::new(self, &self.shelves[shelf], page);
        html(&page.frame.path, &page)
    }

    fn write_shelves(&self, folder: &SiteFolder) -> Result<u64, SiteError> {
        let shelf_pages = self.shelf_pages();
        shelf_pages.par_iter().try_for_each(|at| {
            let (path, html) = self.shelf_html(*at)?;
            folder.write(&path, html.as_bytes())
        })?;
        Ok(shelf_pages.len() as u64)
    }

    /// Path and content of the pages that are not about one node.
    fn fixed(&self, report: Option<&Report>) -> Result<Vec<(String, String)>, SiteError> {
        let mut fixed = vec![
            match report {
                Some(report) => html("index.html", &scan::ScanPage::new(self, report))?,
                None => html("index.html", &home::HomePage::new(self))?,
            },
            html("signals.html", &signal::SignalsPage::new(self))?,
            html("needs-support.html", &support::NeedsSupportPage::new(self))?,
            html(changes::PATH, &changes::ChangesPage::new(self))?,
            html("method.html", &method::MethodPage::new(self))?,
            html(validation::PATH, &validation::ValidationPage::new(self)?)?,
            html("data.html", &data::DataPage::new(self))?,
            html("schema.html", &data::SchemaPage::new(self))?,
            html("404.html", &data::NotFoundPage::new(self))?,
            html(paths::SHARED, &data::SharedPage::new(self))?,
        ];
        for name in &ecosystem::names(self) {
            let page = ecosystem::EcosystemPage::new(self, name);
            fixed.push(html(&page.frame.path, &page)?);
        }
        for doc in &self.lookup.published.manifest.signals {
            let page = signal::SignalPage::new(self, doc);
            fixed.push(html(&page.frame.path, &page)?);
        }
        Ok(fixed)
    }
}

fn each(count: usize, write: impl Fn(usize) -> Result<(), SiteError> + Sync + Send) -> Result<(), SiteError> {
    (0..count).into_par_iter().with_min_len(16).try_for_each(write)
}

/// Path and content of `page`.
fn html(path: &str, page: &impl Template) -> Result<(String, String), SiteError> {
    let html = page.render().map_err(|error| SiteError::Template { page: path.to_owned(), error: error.to_string() })?;
    Ok((path.to_owned(), compact::compact(&html)))
}

#[cfg(test)]
mod tests;
