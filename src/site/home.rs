//! The first page.

use askama::Template;

use super::changes::{self, MovedView};
use super::findings::{self, FindingView};
use super::neighbors::Listing;
use super::signal::{self, SignalLine};
use super::support::{self, Need};
use super::view::Frame;
use super::{Pages, ecosystem, paths, words};

/// Rows of each list.
const ROWS: usize = 8;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "home.html", config = "site/askama.toml")]
pub(super) struct HomePage {
    pub frame: Frame,
    pub counts: Vec<(String, &'static str)>,
    pub ecosystems: Vec<(String, String, String)>,
    pub alerts: Vec<FindingView>,
    pub alert_count: String,
    pub has_packages: bool,
    pub in_need: Listing<Need>,
    /// The snapshot compared with. None: there was none.
    pub previous: Option<String>,
    pub moved: Listing<MovedView>,
    pub signals: Vec<SignalLine>,
    pub gap: Option<String>,
    pub sweep_count: String,
    pub download_bytes: String,
}

impl HomePage {
    /// The first page.
    pub fn new(pages: &Pages) -> Self {
        let p = pages.lookup.published;
        let path = "index.html";
        let description = "Who is behind an open source package, with reasons: scores, ledgers and data.".to_owned();
        let strongest = findings::strongest(&pages.lookup, |row| row.is_alert);
        let view = |row: &&crate::snapshot::schema::FindingRow| FindingView::new(&pages.lookup, row, path);
        let count = |number: usize| words::count(number as i64);
        let ecosystems = ecosystem::names(pages).into_iter().map(|name| {
            let packages = p.packages.iter().filter(|row| row.ecosystem == name).count();
            (words::title(name), paths::relative(path, &paths::ecosystem(name)), count(packages))
        });
        Self {
            frame: Frame::new(&p.manifest, path, "Trustgraph", description),
            counts: vec![
                (count(p.packages.len()), "packages"),
                (count(p.repositories.len()), "repositories"),
                (count(p.persons.len()), "persons"),
                (count(p.dependencies.len()), "dependencies"),
                (count(p.findings.len()), "findings"),
            ],
            ecosystems: ecosystems.collect(),
            alerts: varied(&strongest).iter().map(view).collect(),
            alert_count: count(strongest.len()),
            has_packages: !p.packages.is_empty(),
            in_need: support::needs(pages, path, ROWS),
            previous: changes::previous(pages),
            moved: changes::moved(pages, path, ROWS),
            signals: signal::lines(pages, path),
            gap: p.sweeps.last().map(|row| words::figure(row.gap)),
            sweep_count: words::counted(p.sweeps.len() as i64, "sweep"),
            download_bytes: words::bytes(p.manifest.tables.iter().map(|table| table.size_bytes).sum()),
        }
    }
}

/// The first findings, taken from each signal in turn so that one loud signal does not fill the list.
fn varied<'a>(rows: &[&'a crate::snapshot::schema::FindingRow]) -> Vec<&'a crate::snapshot::schema::FindingRow> {
    let mut seen = std::collections::BTreeMap::new();
    let mut turns: Vec<(usize, usize, &crate::snapshot::schema::FindingRow)> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let turn = seen.entry(row.signal.as_ref()).or_insert(0);
        turns.push((*turn, at, row));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, at, _)| (*turn, *at));
    turns.into_iter().take(ROWS).map(|(_, _, row)| row).collect()
}
