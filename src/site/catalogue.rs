//! Lists of all packages, shelf by shelf: a way to every package without a script.

use askama::Template;
use std::collections::BTreeMap;

use super::view::{Frame, NodeView};
use super::{Pages, paths, words};

/// Names on one page of a shelf.
const NAMES: usize = 400;

/// Packages whose pages share a folder.
pub(super) struct Shelf<'a> {
    /// `package/debian/xz`.
    folder: String,
    ecosystem: &'a str,
    /// Name and purl, by name.
    packages: Vec<(&'a str, &'a str)>,
}

/// One page of a shelf.
#[derive(Template)]
#[template(path = "shelf.html", config = "site/askama.toml")]
pub(super) struct ShelfPage {
    pub frame: Frame,
    pub shelf: String,
    pub ecosystem: String,
    pub ecosystem_href: String,
    pub packages: Vec<NodeView>,
    pub count: String,
    /// `page 2 of 3`, where there are several.
    pub part: Option<String>,
    /// Links to the page before and the page after.
    pub pages: (Option<String>, Option<String>),
}

/// All shelves, sorted by folder.
pub(super) fn shelves<'a>(pages: &Pages<'a>) -> Vec<Shelf<'a>> {
    let mut shelves: BTreeMap<&str, Shelf> = BTreeMap::new();
    for row in &pages.lookup.published.packages {
        let Some((folder, _)) = pages
            .lookup
            .page_of("package", &row.purl)
            .filter(|page| !paths::is_shared(page))
            .and_then(|page| page.rsplit_once('/'))
        else {
            continue;
        };
        let new = || Shelf { folder: folder.to_owned(), ecosystem: row.ecosystem.as_ref(), packages: Vec::new() };
        shelves.entry(folder).or_insert_with(new).packages.push((row.name.as_str(), row.purl.as_str()));
    }
    let mut shelves: Vec<Shelf> = shelves.into_values().collect();
    shelves.iter_mut().for_each(|shelf| shelf.packages.sort_unstable());
    shelves
}

/// Names of the shelves of an ecosystem with links from the page `from`.
pub(super) fn links(pages: &Pages, ecosystem: &str, from: &str) -> Vec<(String, String)> {
    let of_ecosystem = pages.shelves.iter().filter(|shelf| shelf.ecosystem == ecosystem);
    of_ecosystem.map(|shelf| (shelf.name().to_owned(), paths::relative(from, &shelf.path(0)))).collect()
}

impl Shelf<'_> {
    /// Pages it takes.
    pub fn page_count(&self) -> usize {
        self.packages.len().div_ceil(NAMES)
    }

    fn name(&self) -> &str {
        self.folder.rsplit('/').next().unwrap_or_default()
    }

    /// Page `at` from 0. No package has such a name: [`paths::slug`] keeps `index` and what begins with `index.` free, and ends a
    /// name in `_-` only before twelve digits or more.
    fn path(&self, at: usize) -> String {
        match at {
            0 => format!("{}/index.html", self.folder),
            _ => format!("{}/index_-{}.html", self.folder, at + 1),
        }
    }
}

impl ShelfPage {
    /// Page `at` of a shelf, from 0.
    pub fn new(pages: &Pages, shelf: &Shelf, at: usize) -> Self {
        let (name, page_count, path) = (shelf.name(), shelf.page_count(), shelf.path(at));
        let part = (page_count > 1).then(|| format!("page {} of {page_count}", at + 1));
        let ecosystem = words::title(shelf.ecosystem);
        let title = match &part {
            None => format!("{ecosystem} packages: {name}…"),
            Some(part) => format!("{ecosystem} packages: {name}…, {part}"),
        };
        let shown = shelf.packages.iter().skip(at * NAMES).take(NAMES);
        let turn = |to: Option<usize>| to.filter(|to| *to < page_count).map(|to| paths::relative(&path, &shelf.path(to)));
        Self {
            packages: shown.map(|(_, purl)| pages.lookup.node("package", purl, &path)).collect(),
            count: words::counted(shelf.packages.len() as i64, "package"),
            pages: (turn(at.checked_sub(1)), turn(Some(at + 1))),
            part,
            shelf: name.to_owned(),
            ecosystem_href: paths::relative(&path, &paths::ecosystem(shelf.ecosystem)),
            frame: Frame::new(
                &pages.lookup.published.manifest,
                &path,
                &title,
                format!("Packages of {} under {name}.", shelf.ecosystem),
            ),
            ecosystem,
        }
    }
}
