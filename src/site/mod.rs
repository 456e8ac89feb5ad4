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
mod plot;
mod plot_axis;
mod raw;
mod repository;
mod scan;
mod search;
mod signal;
mod support;
mod validation;
mod view;
mod words;

use std::path::Path;

use askama::Template;
use rayon::prelude::*;

pub use error::SiteError;
use folder::{Limits, SiteFolder, Written};
pub use validation::{attacks_svg, backtest_page};

use crate::scan::Report;
use crate::snapshot::Published;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteSummary {
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
    let limit = |name: &str| published.manifest.parameter(name).map_or(u64::MAX, |limit| limit as u64);
    let limits = Limits { files: limit("publish.site_max_files"), bytes: limit("publish.site_max_bytes") };
    let folder = SiteFolder::begin(out, &published.manifest.snapshot, limits)?;
    let pages = Pages::new(published);
    pages.make_folders(&folder)?;
    let page_count = pages.write_nodes(&folder)? + pages.write_shelves(&folder)? + pages.write_fixed(&folder, report)?;
    pages.api.write(&pages.lookup, &folder)?;
    search::write(&pages.lookup, &folder)?;
    for (name, content) in ASSETS {
        folder.write(name, content.as_bytes())?;
    }
    let Written { file_count, byte_count, changed_count } = folder.publish()?;
    Ok(SiteSummary { page_count, file_count, byte_count, changed_count })
}

/// Files that are the same for every snapshot. `.nojekyll` keeps one popular host from hiding names that begin with `_`.
const ASSETS: [(&str, &str); 4] = [
    ("style.css", include_str!("../../site/style.css")),
    ("site.js", SCRIPTS),
    ("icon.svg", include_str!("../../site/icon.svg")),
    (".nojekyll", ""),
];

/// All scripts as one file: each page asks for one, and each part does nothing where it finds nothing to do.
const SCRIPTS: &str = concat!(
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

/// A snapshot with all that pages are made from.
struct Pages<'a> {
    lookup: lookup::Lookup<'a>,
    api: api::Api,
    shelves: Vec<catalogue::Shelf<'a>>,
}

impl<'a> Pages<'a> {
    fn new(published: &'a Published) -> Self {
        let lookup = lookup::Lookup::new(published);
        let api = api::Api::new(&lookup);
        let mut pages = Self { lookup, api, shelves: Vec::new() };
        pages.shelves = catalogue::shelves(&pages);
        pages
    }

    fn make_folders(&self, folder: &SiteFolder) -> Result<(), SiteError> {
        folder.make_folders(self.lookup.node_pages())?;
        folder.make_folders(["ecosystem/x", "signal/x"].into_iter())
    }

    fn write_nodes(&self, folder: &SiteFolder) -> Result<u64, SiteError> {
        let p = self.lookup.published;
        let packages = self.lookup.rows_with_pages("package", p.packages.iter().map(|row| row.purl.as_str()));
        each(packages.len(), |at| {
            let page = package::PackagePage::new(self, packages[at]);
            write_page(folder, &page.frame.path, &page)
        })?;
        let repositories =
            self.lookup.rows_with_pages("repository", p.repositories.iter().map(|row| row.repository_url.as_str()));
        each(repositories.len(), |at| {
            let page = repository::RepositoryPage::new(self, repositories[at]);
            write_page(folder, &page.frame.path, &page)
        })?;
        each(p.persons.len(), |row| {
            let page = identity::IdentityPage::person(self, row);
            write_page(folder, &page.frame.path, &page)
        })?;
        each(p.teams.len(), |row| {
            let page = identity::IdentityPage::team(self, row);
            write_page(folder, &page.frame.path, &page)
        })?;
        Ok((packages.len() + repositories.len() + p.persons.len() + p.teams.len()) as u64)
    }

    fn write_shelves(&self, folder: &SiteFolder) -> Result<u64, SiteError> {
        self.shelves.par_iter().try_for_each(|shelf| {
            (0..shelf.page_count()).try_for_each(|at| {
                let page = catalogue::ShelfPage::new(self, shelf, at);
                write_page(folder, &page.frame.path, &page)
            })
        })?;
        Ok(self.shelves.iter().map(|shelf| shelf.page_count() as u64).sum())
    }

    fn write_fixed(&self, folder: &SiteFolder, report: Option<&Report>) -> Result<u64, SiteError> {
        match report {
            Some(report) => write_page(folder, "index.html", &scan::ScanPage::new(self, report))?,
            None => write_page(folder, "index.html", &home::HomePage::new(self))?,
        }
        write_page(folder, "signals.html", &signal::SignalsPage::new(self))?;
        write_page(folder, "needs-support.html", &support::NeedsSupportPage::new(self))?;
        write_page(folder, changes::PATH, &changes::ChangesPage::new(self))?;
        write_page(folder, "method.html", &method::MethodPage::new(self))?;
        write_page(folder, validation::PATH, &validation::ValidationPage::new(self)?)?;
        write_page(folder, "data.html", &data::DataPage::new(self))?;
        write_page(folder, "404.html", &data::NotFoundPage::new(self))?;
        write_page(folder, paths::SHARED, &data::SharedPage::new(self))?;
        let ecosystems = ecosystem::names(self);
        for name in &ecosystems {
            let page = ecosystem::EcosystemPage::new(self, name);
            write_page(folder, &page.frame.path, &page)?;
        }
        let signals = &self.lookup.published.manifest.signals;
        for doc in signals {
            let page = signal::SignalPage::new(self, doc);
            write_page(folder, &page.frame.path, &page)?;
        }
        Ok((9 + ecosystems.len() + signals.len()) as u64)
    }
}

fn each(count: usize, write: impl Fn(usize) -> Result<(), SiteError> + Sync + Send) -> Result<(), SiteError> {
    (0..count).into_par_iter().with_min_len(16).try_for_each(write)
}

fn write_page(folder: &SiteFolder, path: &str, page: &impl Template) -> Result<(), SiteError> {
    let html = page.render().map_err(|error| SiteError::Template { page: path.to_owned(), error: error.to_string() })?;
    folder.write(path, compact::compact(&html).as_bytes())
}

#[cfg(test)]
mod tests;
