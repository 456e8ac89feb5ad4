//! What attackers would gain, as plots and a table.

use askama::Template;

use crate::site::plot::{Axis, Plot, PlotView, Series, largest_by_series, standalone};
use crate::site::plot_axis::Scale;
use crate::site::view::Frame;
use crate::site::{Pages, words};
use crate::snapshot::Published;
use crate::snapshot::schema::AttackOutcomeRow;

/// Cases shown.
const ROWS: usize = 120;
/// Ratio of the largest to the smallest number of edges from which on a logarithmic axis reads better.
const LOG_RATIO: f64 = 50.0;

/// A section about simulated attacks; part of a page.
#[derive(Template)]
#[template(path = "validation_attacks.html", config = "site/askama.toml")]
struct AttacksSection {
    pub plots: Vec<PlotView>,
    pub lines: Vec<AttackLine>,
    pub more: String,
    pub more_count: usize,
    /// Way to the files of the snapshot.
    pub files: String,
}

/// One case in words.
#[derive(Clone, Debug, PartialEq)]
struct AttackLine {
    /// Name and variant.
    pub name: String,
    /// What was planted.
    pub size: String,
    /// Gain, gain an earned edge, gain a month, largest rise and largest fall of others.
    pub figures: [String; 5],
    /// Score of the package taken over, before and after, in points.
    pub attacked: String,
}

/// The section.
pub(super) fn html(pages: &Pages) -> askama::Result<String> {
    AttacksSection::new(
        pages.lookup.published,
        Frame::new(&pages.lookup.published.manifest, super::PATH, "", String::new()).snapshot_files(),
    )
    .render()
}

impl AttacksSection {
    /// The section; `files` leads to the folder of the snapshot's files.
    fn new(published: &Published, files: String) -> Self {
        let rows = &published.attack_outcomes;
        let more_count = rows.len().saturating_sub(ROWS);
        Self {
            plots: plots(rows).iter().map(Plot::view).collect(),
            lines: rows.iter().take(ROWS).map(line).collect(),
            more: words::count(more_count as i64),
            more_count,
            files,
        }
    }
}

/// All plots of `rows` as one SVG file.
pub fn attacks_svg(rows: &[AttackOutcomeRow]) -> String {
    standalone("What attackers would gain", &plots(rows))
}

/// Gain by earned edges and by months, and what becomes of the package taken over; those without data left out.
fn plots(rows: &[AttackOutcomeRow]) -> Vec<Plot> {
    let all = [by_edges(rows), by_months(rows), attacked(rows)];
    all.into_iter().filter(|plot| !plot.series.is_empty()).collect()
}

fn by_edges(rows: &[AttackOutcomeRow]) -> Plot {
    let has_edges = |kind: &str| rows.iter().any(|row| row.kind == kind && row.earned_edge_count > 0);
    let meant = rows.iter().filter(|row| has_edges(&row.kind));
    let points = meant.map(|row| (words::title(&row.kind), row.earned_edge_count as f64, Some(row.gain)));
    let series = largest_by_series(points);
    let edges = || series.iter().flat_map(|one| &one.points).map(|point| point.0).filter(|edges| *edges > 0.0);
    let (least, most) = (edges().fold(f64::INFINITY, f64::min), edges().fold(0.0, f64::max));
    let scale = if most / least >= LOG_RATIO { Scale::Log } else { Scale::Linear };
    Plot {
        title: "Gain by earned edges".to_owned(),
        description:
            "Largest rise of any node of the attacker, over all sizes tried, by the number of trusted persons who use a \
                      package of the attacker. At 0 stands what the crowd gains alone; a logarithmic axis leaves it to the table."
                .to_owned(),
        x: axis("trusted persons who use a package of the attacker", scale),
        y: axis("gain, points of earned trust", Scale::Linear),
        series,
    }
}

fn by_months(rows: &[AttackOutcomeRow]) -> Plot {
    let points = |row: &AttackOutcomeRow| Some((variant(row), row.month_count? as f64, row.person_gain));
    Plot {
        title: "Gain by months of work".to_owned(),
        description:
            "Rise of a newcomer whose work a maintainer landed for so many months, who then maintains beside, then alone."
                .to_owned(),
        x: axis("months of accepted work", Scale::Linear),
        y: axis("gain of the person, points of earned trust", Scale::Linear),
        series: largest_by_series(rows.iter().filter_map(points)),
    }
}

fn attacked(rows: &[AttackOutcomeRow]) -> Plot {
    let after = |row: &AttackOutcomeRow| Some((variant(row), row.month_count? as f64, Some(row.attacked_score_after?)));
    let before = |row: &AttackOutcomeRow| Some(("Before".to_owned(), row.month_count? as f64, Some(row.attacked_score_before?)));
    let mut series: Vec<Series> = largest_by_series(rows.iter().filter_map(before));
    series.extend(largest_by_series(rows.iter().filter_map(after)));
    Plot {
        title: "Score of the package taken over".to_owned(),
        description: "Trust score, 0 to 1, of the package whose only maintainer lets the newcomer in and then leaves.".to_owned(),
        x: axis("months of accepted work", Scale::Linear),
        y: axis("trust score of the package", Scale::Linear),
        series,
    }
}

fn variant(row: &AttackOutcomeRow) -> String {
    words::title(row.variant.as_deref().unwrap_or(&row.attack))
}

fn axis(label: &str, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), scale, range: None }
}

fn line(row: &AttackOutcomeRow) -> AttackLine {
    let dash = || "–".to_owned();
    let gain = |value: f64| words::figure(value).replace('-', "−");
    let maybe = |value: Option<f64>| value.map_or_else(dash, gain);
    let planted = [
        (row.account_count, "account"),
        (row.package_count, "package"),
        (row.repository_count, "repository"),
        (row.earned_edge_count, "earned edge"),
        (row.month_count.unwrap_or(0), "month"),
    ];
    let size = planted.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| words::counted(*count, noun));
    let variant = row.variant.as_ref().map(|variant| format!(": {}", variant.replace('_', " ")));
    let scores = row.attacked_score_before.zip(row.attacked_score_after);
    AttackLine {
        name: words::title(&row.attack) + &variant.unwrap_or_default(),
        size: size.collect::<Vec<_>>().join(", "),
        figures: [
            gain(row.gain),
            maybe(row.gain_per_earned_edge),
            maybe(row.gain_per_month),
            gain(row.honest_largest_rise),
            gain(row.honest_largest_fall),
        ],
        attacked: scores.map_or_else(dash, |(before, after)| format!("{} → {}", words::points(before), words::points(after))),
    }
}
