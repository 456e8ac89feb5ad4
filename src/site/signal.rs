//! Pages of signals: one question each, its method and its findings.

use askama::Template;

use super::findings::{self, FindingView, ROWS};
use super::neighbors::Listing;
use super::view::Frame;
use super::{Pages, paths, words};
use crate::snapshot::SignalDoc;
use crate::snapshot::schema::FindingRow;

/// One signal.
#[derive(Template)]
#[template(path = "signal.html", config = "site/askama.toml")]
pub(super) struct SignalPage<'a> {
    pub frame: Frame,
    pub doc: &'a SignalDoc,
    pub parameters: Vec<(String, String, String)>,
    pub answers: Vec<(String, String)>,
    /// What alarms cost where nothing bad is known, when the snapshot publishes a backtest that measured it.
    pub cost: Option<String>,
    pub alert_count: String,
    pub findings: Listing<FindingView>,
}

/// All signals.
#[derive(Template)]
#[template(path = "signals.html", config = "site/askama.toml")]
pub(super) struct SignalsPage {
    pub frame: Frame,
    pub signals: Vec<SignalLine>,
}

/// A signal in a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SignalLine {
    /// Name as words.
    pub title: String,
    /// Page.
    pub href: String,
    /// The question.
    pub question: String,
    /// Findings.
    pub count: String,
    /// Findings at alert level.
    pub alert_count: String,
}

impl<'a> SignalPage<'a> {
    /// The page of a signal.
    pub fn new(pages: &Pages<'a>, doc: &'a SignalDoc) -> Self {
        let path = paths::signal(&doc.name);
        let manifest = &pages.lookup.published.manifest;
        let rows = findings::strongest(&pages.lookup, |row| row.signal == doc.name);
        let alerts = rows.iter().filter(|row| row.is_alert).count();
        let table = if doc.node_kind == "repository" { "history." } else { "signals." };
        let parameters = manifest.parameters.iter().filter(|parameter| parameter.name.starts_with(table));
        Self {
            frame: Frame::new(manifest, &path, &words::title(&doc.name), doc.question.clone()),
            doc,
            parameters: parameters
                .map(|one| (one.name.trim_start_matches(table).to_owned(), words::figure(one.value), one.reason.clone()))
                .collect(),
            answers: answers(pages, &doc.name),
            cost: cost(pages, &doc.name),
            alert_count: words::count(alerts as i64),
            findings: listing(pages, &rows, &path),
        }
    }
}

impl SignalsPage {
    /// The list of signals.
    pub fn new(pages: &Pages) -> Self {
        let path = "signals.html";
        let description = "Questions asked of every package or repository, and how often the answer is yes.".to_owned();
        let frame = Frame::new(&pages.lookup.published.manifest, path, "Signals", description);
        Self { frame, signals: lines(pages, path) }
    }
}

/// All signals with links from the page `from`.
pub(super) fn lines(pages: &Pages, from: &str) -> Vec<SignalLine> {
    let published = pages.lookup.published;
    let line = |doc: &SignalDoc| {
        let rows = published.findings.iter().filter(|row| row.signal == doc.name);
        let (count, alerts) = rows.fold((0, 0), |(count, alerts), row| (count + 1, alerts + i64::from(row.is_alert)));
        SignalLine {
            title: words::title(&doc.name),
            href: paths::relative(from, &paths::signal(&doc.name)),
            question: doc.question.clone(),
            count: words::count(count),
            alert_count: words::count(alerts),
        }
    };
    published.manifest.signals.iter().map(line).collect()
}

fn listing(pages: &Pages, rows: &[&FindingRow], path: &str) -> Listing<FindingView> {
    let shown = rows.iter().take(ROWS).map(|row| FindingView::new(&pages.lookup, row, path)).collect();
    Listing { rows: shown, total: rows.len() }
}

/// False episodes of `signal` as the published backtest measured them.
fn cost(pages: &Pages, signal: &str) -> Option<String> {
    let rows = pages.lookup.published.backtest_measures.iter();
    let mut costs =
        rows.filter(|row| row.name == "false_episodes_per_100_repository_years" && row.subject.as_deref() == Some("controls"));
    let row = costs.find(|row| row.signal.as_deref() == Some(signal))?;
    let interval = row.lower.zip(row.upper).map(|(lower, upper)| format!(" ({lower:.2} to {upper:.2})")).unwrap_or_default();
    Some(format!("{:.2}{interval} in 100 repository-years: {}", row.value?, row.note.as_deref().unwrap_or_default()))
}

/// How often each answer was given, from the quality table, whose subject names signal and answer.
fn answers(pages: &Pages, signal: &str) -> Vec<(String, String)> {
    let rows = pages.lookup.published.quality.iter();
    let of_signal = rows.filter(|row| row.subject.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == signal));
    of_signal.map(|row| (format!("{} · {}", words::title(&row.check), row.subject), words::figure(row.value))).collect()
}
