//! What is different from the snapshot before: scores that moved most and why, packages and findings that came and went.
//!
//! Made of the table `changes` alone; nothing is listed because a person changed.

use std::collections::BTreeMap;

use askama::Template;

use super::findings::FindingView;
use super::neighbors::Listing;
use super::view::{Frame, NodeView};
use super::{Pages, paths, words};
use crate::snapshot::schema::ChangeRow;
use crate::snapshot::{MovedTerm, TermSource, key_parts};

/// Page of changes.
pub(super) const PATH: &str = "changes.html";
/// Scores on the page, which stays below 60 kB; the Parquet table has all.
const SCORES: usize = 40;
/// Packages, and findings, of each list.
const ROWS: usize = 25;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "changes.html", config = "site/askama.toml")]
pub(super) struct ChangesPage {
    pub frame: Frame,
    /// The snapshot compared with. None: there was none.
    pub previous: Option<String>,
    pub moved: Listing<MovedView>,
    /// Packages and repositories that got a score, and that lost theirs.
    pub scored: [String; 2],
    /// That came, that went.
    pub packages: [Part<PackageLine>; 2],
    /// That came, that went.
    pub findings: [Part<FindingLine>; 2],
    pub counts: Vec<CountLine>,
}

/// Anchor, heading, what is said when there is nothing, and the rows of a part of the page.
type Part<T> = (&'static str, &'static str, &'static str, Listing<T>);

/// A score that moved.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MovedView {
    pub node: NodeView,
    /// Points before, now, and between.
    pub points: [String; 3],
    /// The terms of its ledger that moved most.
    pub reasons: Vec<ReasonView>,
}

/// One term of a ledger that moved.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReasonView {
    /// Component, and what it comes from where that is no node.
    pub what: String,
    pub node: Option<NodeView>,
    /// Points; empty where the text says it.
    pub amount: String,
}

/// A package that came or went.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PackageLine {
    pub node: NodeView,
    /// `listed for the first time`, `listed again`, …
    pub state: &'static str,
    /// Criticality percentile, or a dash.
    pub criticality: String,
}

/// A finding that came, went, or crossed the level of alerts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FindingLine {
    pub node: NodeView,
    pub signal: String,
    pub signal_href: String,
    /// `new`, `now an alert`, …
    pub state: &'static str,
    /// What is said of it now. None: it is gone.
    pub evidence: Option<String>,
}

/// How much of one column changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CountLine {
    pub table: String,
    /// `whole rows` for rows that came and went.
    pub column: String,
    /// Added, removed, changed.
    pub counts: [String; 3],
}

impl ChangesPage {
    /// The page. O(changes).
    pub fn new(pages: &Pages) -> Self {
        let manifest = &pages.lookup.published.manifest;
        let rows = &pages.lookup.published.changes;
        let description = "What changed since the snapshot before, and why scores moved.".to_owned();
        let [appeared, vanished] = packages(pages, rows).map(|lines| Listing::new(lines, ROWS));
        let [raised, settled] = findings(pages, rows).map(|lines| Listing::new(lines, ROWS));
        let scores = || rows.iter().filter(|row| row.table == "scores" && row.column == "value");
        let count = |of: fn(&ChangeRow) -> bool| words::count(scores().filter(|row| of(row)).count() as i64);
        Self {
            previous: previous(pages),
            moved: moved(pages, PATH, SCORES),
            scored: [count(|row| row.before.is_none()), count(|row| row.after.is_none())],
            packages: [
                ("packages-new", "Packages that came", "No package came.", appeared),
                ("packages-gone", "Packages that went", "No package went.", vanished),
            ],
            findings: [
                ("findings-new", "Findings that came", "No finding came.", raised),
                ("findings-gone", "Findings that went", "No finding went.", settled),
            ],
            counts: counts(rows),
            frame: Frame::new(manifest, PATH, "Changes", description),
        }
    }
}

/// Id of the snapshot that this one is compared with.
pub(super) fn previous(pages: &Pages) -> Option<String> {
    pages.lookup.published.manifest.previous.as_ref().map(|previous| previous.snapshot.clone())
}

/// The `limit` scores that moved furthest, with links from the page `from`.
pub(super) fn moved(pages: &Pages, from: &str, limit: usize) -> Listing<MovedView> {
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok().filter(|value| value.is_finite());
    let scores = pages.lookup.published.changes.iter().filter(|row| row.table == "scores" && row.column == "value");
    let mut rows: Vec<(f64, f64, &ChangeRow)> =
        scores.filter_map(|row| Some((number(&row.before)?, number(&row.after)?, row))).collect();
    rows.sort_by(|a, b| (b.1 - b.0).abs().total_cmp(&(a.1 - a.0).abs()).then_with(|| a.2.key.cmp(&b.2.key)));
    let view = |(before, after, row): &(f64, f64, &ChangeRow)| {
        let [_, kind, id] = <[String; 3]>::try_from(key_parts(&row.key)).ok()?;
        Some(MovedView {
            node: pages.lookup.node(&kind, &id, from),
            points: [words::points(*before), words::points(*after), words::signed_points(after - before)],
            reasons: row.reason.as_deref().map(|text| reasons(pages, text, from)).unwrap_or_default(),
        })
    };
    Listing { total: rows.len(), rows: rows.iter().take(limit).filter_map(view).collect() }
}

fn reasons(pages: &Pages, text: &str, from: &str) -> Vec<ReasonView> {
    let Some(terms) = MovedTerm::read_all(text) else {
        return vec![ReasonView { what: text.to_owned(), node: None, amount: String::new() }];
    };
    let view = |term: MovedTerm| {
        let component = words::component(&term.component);
        let (what, node) = match &term.source {
            TermSource::Whole => (component.to_owned(), None),
            TermSource::Edge(edge) => (format!("{component}: {}", words::edge(edge)), None),
            TermSource::Unlisted { kind } => (format!("{component} of a {kind} no longer listed"), None),
            TermSource::Node { kind, id } => (format!("{component} of"), Some(pages.lookup.node(kind, id, from))),
        };
        ReasonView { what, node, amount: words::signed_points(term.after - term.before) }
    };
    terms.into_iter().map(view).collect()
}

/// Packages that came, and that went, the most critical first.
fn packages(pages: &Pages, rows: &[ChangeRow]) -> [Vec<PackageLine>; 2] {
    let is_listed = |purl: &str| {
        let row = pages.lookup.row_of("package", purl);
        row.is_some_and(|row| pages.lookup.published.packages[row].is_listed)
    };
    let mut sides = [Vec::new(), Vec::new()];
    for row in rows.iter().filter(|row| row.table == "packages") {
        let (side, state) = match (row.column.as_ref(), row.change.as_ref(), row.after.as_deref()) {
            ("*", "added", _) if is_listed(&row.key) => (0, "first seen"),
            ("*", "removed", _) => (1, "not known any more"),
            ("is_listed", _, Some("true")) => (0, "listed again"),
            ("is_listed", _, Some("false")) => (1, "no longer listed"),
            _ => continue,
        };
        let (rank, percentile) = criticality(pages, "package", &row.key);
        let line = PackageLine {
            node: pages.lookup.node("package", &row.key, PATH),
            state,
            criticality: words::percentile_or_dash(percentile),
        };
        sides[side].push((rank, &row.key, line));
    }
    sides.map(in_order)
}

/// Findings that came, and that went: alerts first, then those on the most critical nodes.
fn findings(pages: &Pages, rows: &[ChangeRow]) -> [Vec<FindingLine>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    for row in rows.iter().filter(|row| row.table == "findings") {
        let Ok([signal, kind, id]) = <[String; 3]>::try_from(key_parts(&row.key)) else { continue };
        let found = pages.lookup.found(&kind, &id).iter().map(|at| &pages.lookup.published.findings[*at as usize]);
        let now =
            found.filter(|finding| finding.signal == signal).map(|finding| FindingView::new(&pages.lookup, finding, PATH)).next();
        let is_alert = now.as_ref().is_some_and(|finding| finding.is_alert);
        let (side, state) = match (row.column.as_ref(), row.change.as_ref(), row.after.as_deref()) {
            ("*", "added", _) => (0, if is_alert { "new alert" } else { "new" }),
            ("*", "removed", _) => (1, "gone"),
            ("is_alert", _, Some("true")) => (0, "now an alert"),
            ("is_alert", _, Some("false")) => (1, "no longer an alert"),
            _ => continue,
        };
        let line = FindingLine {
            node: pages.lookup.node(&kind, &id, PATH),
            signal_href: paths::relative(PATH, &paths::signal(&signal)),
            signal: words::title(&signal),
            state,
            evidence: now.map(|finding| finding.evidence),
        };
        sides[side].push(((!is_alert, criticality(pages, &kind, &id).0), &row.key, line));
    }
    sides.map(in_order)
}

/// Rank and percentile of a node; last where it has none.
fn criticality(pages: &Pages, kind: &str, id: &str) -> (i64, Option<f64>) {
    let row = pages.lookup.score("criticality", kind, id);
    (row.and_then(|row| row.rank).unwrap_or(i64::MAX), row.and_then(|row| row.percentile))
}

fn in_order<R: Ord, L>(mut lines: Vec<(R, &String, L)>) -> Vec<L> {
    lines.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    lines.into_iter().map(|(.., line)| line).collect()
}

fn counts(rows: &[ChangeRow]) -> Vec<CountLine> {
    let mut counts: BTreeMap<(&str, &str), [i64; 3]> = BTreeMap::new();
    for row in rows {
        let of_column = counts.entry((row.table.as_ref(), row.column.as_ref())).or_default();
        of_column[["added", "removed"].iter().position(|change| row.change == *change).unwrap_or(2)] += 1;
    }
    let line = |((table, column), counts): ((&str, &str), [i64; 3])| CountLine {
        table: table.to_owned(),
        column: if column == "*" { "whole rows".to_owned() } else { column.to_owned() },
        counts: counts.map(words::count),
    };
    counts.into_iter().map(line).collect()
}
