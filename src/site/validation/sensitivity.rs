//! What happens to scores and ranks when one parameter is halved or doubled.

use askama::Template;

use super::points;
use crate::site::{Pages, words};
use crate::snapshot::schema::SensitivityRow;

#[derive(Template)]
#[template(path = "validation_sensitivity.html", config = "site/askama.toml")]
struct Sensitivity {
    parameter_count: String,
    ranked_count: String,
    /// Half of all packages have no wider distance between their smallest and largest rank.
    interval_width: Option<String>,
    trust: Vec<EffectView>,
    criticality: Vec<EffectView>,
    /// Parameters that moved no score, whether halved or doubled.
    unmoved: Vec<String>,
    /// Parameter, factor and reason where nothing was measured.
    unmeasured: Vec<(String, &'static str, &'static str)>,
}

/// One parameter changed.
struct EffectView {
    parameter: String,
    /// `doubled`, or `doubled, held at its limit`.
    how: String,
    value: String,
    changed_value: String,
    median_change: String,
    largest_change: String,
    rank_correlation: String,
    top_100: String,
    top_percent: String,
}

/// The section.
pub(super) fn html(pages: &Pages) -> askama::Result<String> {
    let table = &pages.lookup.published.sensitivity;
    let mut parameters: Vec<&str> = table.iter().map(|row| row.parameter.as_ref()).collect();
    parameters.dedup();
    let moves = |name: &&str| {
        let of = |row: &&SensitivityRow| row.parameter == *name;
        table.iter().filter(of).any(|row| row.null_reason.is_some() || row.largest_change.is_some_and(|change| change > 0.0))
    };
    let (moving, unmoved): (Vec<&str>, Vec<&str>) = parameters.iter().copied().partition(moves);
    let (widths, ranked) = interval_widths(pages);
    let section = Sensitivity {
        parameter_count: words::count(parameters.len() as i64),
        ranked_count: words::count(ranked as i64),
        interval_width: widths,
        trust: effects(table, "trust", &moving),
        criticality: effects(table, "criticality", &moving),
        unmoved: unmoved.into_iter().map(short).collect(),
        unmeasured: table.iter().filter_map(unmeasured).collect(),
    };
    section.render()
}

/// Middle of the distances between smallest and largest rank, and how many packages have them.
fn interval_widths(pages: &Pages) -> (Option<String>, usize) {
    let rows = pages.lookup.scores_of("trust", "package").iter();
    let mut widths: Vec<i64> = rows.filter_map(|row| Some(row.rank_upper? - row.rank_lower?)).collect();
    widths.sort_unstable();
    (widths.get(widths.len() / 2).map(|width| words::count(*width)), widths.len())
}

/// Effects on one score, the order least alike first.
fn effects(table: &[SensitivityRow], metric: &str, moving: &[&str]) -> Vec<EffectView> {
    let is_shown = |row: &&SensitivityRow| row.metric == metric && moving.contains(&row.parameter.as_ref());
    let mut rows: Vec<_> = table.iter().filter(is_shown).filter_map(|row| Some((row, row.changed_value?))).collect();
    let alike = |row: &SensitivityRow| row.rank_correlation.unwrap_or(-1.0);
    let change = |row: &SensitivityRow| row.median_change.unwrap_or(0.0);
    rows.sort_by(|(a, _), (b, _)| alike(a).total_cmp(&alike(b)).then(change(b).total_cmp(&change(a))));
    rows.into_iter().map(|(row, changed)| effect(row, changed)).collect()
}

fn effect(row: &SensitivityRow, changed_value: f64) -> EffectView {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let is_held = (changed_value - row.value * row.factor).abs() > 1e-12;
    EffectView {
        parameter: short(&row.parameter),
        how: format!("{}{}", changed(row.factor), if is_held { ", held at its limit" } else { "" }),
        value: words::figure(row.value),
        changed_value: words::figure(changed_value),
        median_change: or_dash(row.median_change.map(points)),
        largest_change: or_dash(row.largest_change.map(points)),
        rank_correlation: or_dash(row.rank_correlation.map(correlation)),
        top_100: or_dash(row.top_100_share.map(words::percent)),
        top_percent: or_dash(row.top_percent_share.map(words::percent)),
    }
}

fn unmeasured(row: &SensitivityRow) -> Option<(String, &'static str, &'static str)> {
    let why = match row.null_reason.as_deref()? {
        "unchanged" => "its value stays the same: it is 0, or at the end of what is allowed",
        "not_converged" => "the computation came to no end in the number of sweeps the job allows",
        _ => "it was not measured",
    };
    Some((short(&row.parameter), changed(row.factor), why))
}

/// What was done, by the factor.
pub(super) fn changed(factor: f64) -> &'static str {
    if factor < 1.0 { "halved" } else { "doubled" }
}

/// Name of a parameter as the method page has it, without the file's own heading.
pub(super) fn short(parameter: &str) -> String {
    parameter.strip_prefix("scores.").unwrap_or(parameter).to_owned()
}

/// Three decimals, rounded down: 1 stands for no change alone.
fn correlation(value: f64) -> String {
    if value >= 1.0 { "1".to_owned() } else { format!("{:.3}", (value * 1000.0).floor() / 1000.0) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_no_change_reads_one() {
        assert_eq!([1.0, 0.999_99, 0.961_6].map(super::correlation), ["1", "0.999", "0.961"]);
        assert_eq!(super::short("scores.team.control_share"), "team.control_share");
    }
}
