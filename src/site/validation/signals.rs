//! What signals catch, how early and at what cost, as a backtest measured it.

use askama::Template;

use crate::site::plot::{Axis, Plot, PlotView, Series, largest_by_series};
use crate::site::plot_axis::Scale;
use crate::site::view::Frame;
use crate::site::{Pages, SiteError, words};
use crate::snapshot::schema::BacktestMeasureRow;

/// Rows of a table on the page of a snapshot; the Parquet table has all.
const ROWS: usize = 40;
/// Longest table that is open at once.
const OPEN_ROWS: usize = 24;

/// Tables in their order: title, how to read them, and the measures they show by name.
const TABLES: [(&str, &str, &[&str]); 10] = [
    (
        "Cost",
        "Alarms in 100 repository-years where nothing bad is known, and the share of labelled benign handovers in which a signal fires.",
        &["false_episodes_per_100_repository_years", "handover_hit_share"],
    ),
    (
        "Lead",
        "Months from the first alarm to disclosure, for every incident with a history. Where there is no value, the signal failed.",
        &["lead_months"],
    ),
    (
        "Governance cases",
        "Area under the ROC curve: each incident against all controls on its own day, and against controls of like size. 0.5 is chance.",
        &["governance_auc_same_date", "governance_auc_size_matched", "governance_auc_difference"],
    ),
    (
        "Abandonment",
        "Area within the active repositories of the month; the note is the months relative to the event.",
        &["abandonment_auc"],
    ),
    (
        "Injected cases",
        "A patient insider grafted on healthy histories, caught before the first release.",
        &["injected_caught_share"],
    ),
    (
        "Accounts in other hands",
        "Commits under a regular's name that follow the habits of somebody else from a month on, seen within months, by what the other \
         imitates and by the false episodes in 100 repository-years that are borne.",
        &["account_takeover_caught_share"],
    ),
    (
        "Orphaning",
        "Packages of one suite that the next calls orphaned.",
        &["orphaning_auc", "orphaning_calibration_error", "orphaning_calibration"],
    ),
    (
        "Search",
        "Share of injected insiders caught by sets of parameters drawn by chance, at the lowest level whose cost is borne. What one half \
         of the repositories chose is judged by the other.",
        &["search_chosen", "search"],
    ),
    ("Every episode", "What each signal would have said, and what stood behind it.", &["episode"]),
    ("Labels", "What is known to have happened to which repository, and how sure that is.", &["label"]),
];

/// A section about signals; part of a page.
#[derive(Template)]
#[template(path = "validation_signals.html", config = "site/askama.toml")]
struct SignalsSection {
    stories: Vec<Story>,
    plots: Vec<PlotView>,
    tables: Vec<TableView>,
    /// Way to the files.
    files: String,
}

/// The section as a page of its own.
#[derive(Template)]
#[template(path = "backtest_page.html", config = "site/askama.toml")]
struct BacktestPage {
    style: &'static str,
    section: String,
}

/// One signal on one repository, month by month up to disclosure.
struct Story {
    title: String,
    plot: PlotView,
    lines: Vec<StoryLine>,
}

struct StoryLine {
    month: String,
    rank: String,
    value: String,
    fires: &'static str,
    sentence: String,
}

struct TableView {
    title: &'static str,
    about: &'static str,
    count: String,
    is_open: bool,
    lines: Vec<Line>,
    more: String,
    more_count: usize,
}

/// One measure in words.
struct Line {
    subject: String,
    signal: String,
    month: String,
    value: String,
    interval: String,
    n: String,
    note: String,
}

/// The section.
pub(super) fn html(pages: &Pages) -> askama::Result<String> {
    let published = pages.lookup.published;
    let files = Frame::new(&published.manifest, super::PATH, "", String::new()).files();
    SignalsSection::new(&published.backtest_measures, ROWS, files).render()
}

/// All of `rows` as one page with its style inside, for a backtest that belongs to no snapshot.
pub fn backtest_page(rows: &[BacktestMeasureRow]) -> Result<String, SiteError> {
    let section = SignalsSection::new(rows, usize::MAX, String::new()).render();
    let page = section.and_then(|section| BacktestPage { style: include_str!("../../../site/style.css"), section }.render());
    page.map_err(|error| SiteError::Template { page: super::PATH.to_owned(), error: error.to_string() })
}

impl SignalsSection {
    fn new(rows: &[BacktestMeasureRow], limit: usize, files: String) -> Self {
        let tables = TABLES.iter().map(|(title, about, names)| {
            let shown: Vec<&BacktestMeasureRow> = rows.iter().filter(|row| names.contains(&row.name.as_ref())).collect();
            let more_count = shown.len().saturating_sub(limit);
            TableView {
                title,
                about,
                count: words::counted(shown.len() as i64, "row"),
                is_open: shown.len() <= OPEN_ROWS,
                lines: shown.into_iter().take(limit).map(|row| Line::new(row, names.len() > 1)).collect(),
                more: words::count(more_count as i64),
                more_count,
            }
        });
        let plots = [abandonment(rows), injected(rows), takeover(rows)];
        Self {
            stories: stories(rows),
            plots: plots.iter().filter(|plot| !plot.series.is_empty()).map(Plot::view).collect(),
            tables: tables.filter(|table| !table.lines.is_empty()).collect(),
            files,
        }
    }
}

impl Line {
    fn new(row: &BacktestMeasureRow, is_named: bool) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let subject = text(&row.subject);
        Self {
            subject: if is_named { format!("{}: {subject}", words::title(&row.name)) } else { subject },
            signal: text(&row.signal).replace('_', " "),
            month: text(&row.month),
            value: row.value.map_or_else(|| "–".to_owned(), words::figure),
            interval: row.lower.zip(row.upper).map_or_else(String::new, |(low, high)| format!("{low:.3} to {high:.3}")),
            n: row.n.map_or_else(String::new, words::count),
            note: text(&row.note),
        }
    }
}

/// One story for every malicious incident and signal that fired before its disclosure.
fn stories(rows: &[BacktestMeasureRow]) -> Vec<Story> {
    let leads = rows.iter().filter(|row| row.name == "lead_months" && row.value.is_some());
    let of = |lead: &BacktestMeasureRow| {
        let same = |name: &str| {
            let is_same =
                |row: &&BacktestMeasureRow| row.name == name && row.subject == lead.subject && row.signal == lead.signal;
            rows.iter().filter(is_same).collect::<Vec<_>>()
        };
        let (said, values, ranks) = (same("said"), same("value"), same("rank"));
        let fires_from = rows.iter().find(|row| row.name == "fires_from" && row.signal == lead.signal)?.value?;
        let (subject, signal) = (lead.subject.as_deref()?, lead.signal.as_deref()?);
        let at = |rows: &[&'_ BacktestMeasureRow], month: &Option<String>| rows.iter().position(|row| row.month == *month);
        let line = |row: &&BacktestMeasureRow| StoryLine {
            month: row.month.clone().unwrap_or_default(),
            rank: at(&ranks, &row.month).map_or_else(
                || "–".to_owned(),
                |at| format!("{} of {}", words::figure(ranks[at].value.unwrap_or(0.0)), words::count(ranks[at].n.unwrap_or(0))),
            ),
            value: at(&values, &row.month).and_then(|at| values[at].value).map_or_else(|| "–".to_owned(), words::figure),
            fires: if row.value == Some(1.0) { "yes" } else { "no" },
            sentence: row.note.clone().unwrap_or_default(),
        };
        let title = format!("{subject}: {}", signal.replace('_', " "));
        (!said.is_empty()).then(|| Story {
            plot: story_plot(&title, &values, fires_from).view(),
            lines: said.iter().map(line).collect(),
            title,
        })
    };
    leads.filter_map(of).collect()
}

fn story_plot(title: &str, values: &[&BacktestMeasureRow], fires_from: f64) -> Plot {
    // A month without a value, in which nobody had committed for a year, has no row and leaves a gap in the numbers of months.
    let month = |row: &BacktestMeasureRow| {
        let (year, month) = row.month.as_ref()?.split_once('-')?;
        Some(year.parse::<f64>().ok()? * 12.0 + month.parse::<f64>().ok()?)
    };
    let last = values.last().and_then(|row| month(row)).unwrap_or(0.0);
    let points = |value: &dyn Fn(&BacktestMeasureRow) -> Option<f64>| {
        values.iter().filter_map(|row| Some((month(row)? - last, value(row)))).collect::<Vec<_>>()
    };
    let span = |row: Option<&&BacktestMeasureRow>| row.and_then(|row| row.month.clone()).unwrap_or_default();
    Plot {
        title: title.to_owned(),
        description: format!(
            "Value of the signal from {} to {}, which is at 0: the month of disclosure, or the last the history covers. From the level on it fires.",
            span(values.first()),
            span(values.last())
        ),
        x: axis("months relative to the last one shown"),
        y: axis("value of the signal"),
        series: vec![
            Series { name: "value".to_owned(), points: points(&|row| row.value) },
            Series { name: "level from which it fires".to_owned(), points: points(&|_| Some(fires_from)) },
        ],
    }
}

fn abandonment(rows: &[BacktestMeasureRow]) -> Plot {
    let rows = rows.iter().filter(|row| row.name == "abandonment_auc");
    let point =
        |row: &BacktestMeasureRow| Some((row.signal.clone()?.replace('_', " "), row.note.as_ref()?.parse().ok()?, row.value));
    Plot {
        title: "Abandonment by months".to_owned(),
        description:
            "Area under the ROC curve of abandoned repositories against the active ones of the same month; 0.5 is chance."
                .to_owned(),
        x: axis("months relative to the event"),
        y: axis("area under the curve"),
        series: largest_by_series(rows.filter_map(point)),
    }
}

fn injected(rows: &[BacktestMeasureRow]) -> Plot {
    let rows = rows.iter().filter(|row| row.name == "injected_caught_share");
    let point = |row: &BacktestMeasureRow| {
        let (patience, outside) = row.subject.as_ref()?.strip_prefix("patience ")?.split_once(", outside ")?;
        Some((format!("{outside} months of work at other owners"), patience.parse().ok()?, row.value))
    };
    Plot {
        title: "Power against a patient insider".to_owned(),
        description:
            "Share of insiders grafted on healthy histories who are caught before their first release, by months of patience."
                .to_owned(),
        x: axis("months of patience"),
        y: axis("share caught"),
        series: largest_by_series(rows.filter_map(point)),
    }
}

fn takeover(rows: &[BacktestMeasureRow]) -> Plot {
    let rows = rows.iter().filter(|row| row.name == "account_takeover_caught_share");
    let point = |row: &BacktestMeasureRow| {
        let (imitated, cost) = row.subject.as_ref()?.strip_prefix("imitates ")?.split_once(", within 12 months, at ")?;
        Some((format!("imitates {imitated}"), cost.strip_suffix(" false episodes")?.parse().ok()?, row.value))
    };
    Plot {
        title: "Accounts in other hands".to_owned(),
        description: "Share of accounts given to somebody else that are noticed within twelve months, by the false episodes that are borne."
            .to_owned(),
        x: axis("false episodes in 100 repository-years"),
        y: axis("share noticed"),
        series: largest_by_series(rows.filter_map(point)),
    }
}

fn axis(label: &str) -> Axis {
    Axis { label: label.to_owned(), scale: Scale::Linear, range: None }
}
