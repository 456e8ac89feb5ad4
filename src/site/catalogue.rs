//! Lists of all packages, a page a shelf: a way to every package without a script.

use askama::Template;
use std::collections::BTreeMap;

use super::view::{Frame, NodeView};
use super::{Pages, paths, words};

/// All packages of one shelf.
#[derive(Template)]
#[template(path = "shelf.html", config = "site/askama.toml")]
pub(super) struct ShelfPage {
    pub frame: Frame,
    pub shelf: String,
    pub ecosystem: String,
    pub ecosystem_href: String,
    pub packages: Vec<NodeView>,
    pub count: String,
}

/// Pages of the catalogue with the packages on each: `package/debian/xz/index.html` → purls.
pub(super) fn pages_of<'a>(pages: &Pages<'a>) -> BTreeMap<String, (&'a str, Vec<&'a str>)> {
    let mut shelves: BTreeMap<String, (&str, Vec<&str>)> = BTreeMap::new();
    for row in &pages.lookup.published.packages {
        let Some(folder) = pages.lookup.page_of("package", &row.purl).and_then(|page| Some(page.rsplit_once('/')?.0)) else {
            continue;
        };
        let (_, packages) = shelves.entry(format!("{folder}/index.html")).or_insert_with(|| (row.ecosystem.as_ref(), Vec::new()));
        packages.push(row.purl.as_str());
    }
    shelves
}

/// Names of the shelves of an ecosystem with links from the page `from`.
pub(super) fn shelves(pages: &Pages, ecosystem: &str, from: &str) -> Vec<(String, String)> {
    let of_ecosystem = pages.shelves.iter().filter(|(_, (world, _))| *world == ecosystem);
    of_ecosystem.map(|(path, _)| (name(path), paths::relative(from, path))).collect()
}

impl ShelfPage {
    /// The shelf page at `path`.
    pub fn new(pages: &Pages, path: &str, ecosystem: &str, purls: &[&str]) -> Self {
        let shelf = name(path);
        let mut packages: Vec<NodeView> = purls.iter().map(|purl| pages.lookup.node("package", purl, path)).collect();
        packages.sort_by(|a, b| (&a.name, &a.href).cmp(&(&b.name, &b.href)));
        let title = format!("{} packages: {shelf}…", words::title(ecosystem));
        Self {
            frame: Frame::new(&pages.lookup.published.manifest, path, &title, format!("Packages of {ecosystem} under {shelf}.")),
            ecosystem: words::title(ecosystem),
            ecosystem_href: paths::relative(path, &paths::ecosystem(ecosystem)),
            count: words::count(packages.len() as i64),
            shelf,
            packages,
        }
    }
}

fn name(path: &str) -> String {
    path.rsplit('/').nth(1).unwrap_or_default().to_owned()
}
