//! Columns of the table that `simulate` prints.

use crate::snapshot::schema::AttackOutcomeRow;

/// Heads; the first two columns are words.
pub(super) const HEAD: [&str; 14] = [
    "attack",
    "variant",
    "accounts",
    "packages",
    "repositories",
    "earned edges",
    "months",
    "gain",
    "mean gain",
    "gain an edge",
    "gain a month",
    "honest rise",
    "honest fall",
    "attacked score",
];

/// One row; what is missing is a dash.
pub(super) fn cells(row: &AttackOutcomeRow) -> [String; 14] {
    let dash = || "-".to_owned();
    let figure = |value: f64| match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1e-4 => format!("{value:.1e}"),
        _ => format!("{value:.6}"),
    };
    let maybe = |value: Option<f64>| value.map_or_else(dash, figure);
    let attacked = row.attacked_score_before.zip(row.attacked_score_after);
    [
        row.attack.clone(),
        row.variant.as_ref().map_or_else(dash, ToString::to_string),
        row.account_count.to_string(),
        row.package_count.to_string(),
        row.repository_count.to_string(),
        row.earned_edge_count.to_string(),
        row.month_count.map_or_else(dash, |count| count.to_string()),
        figure(row.gain),
        figure(row.mean_gain),
        maybe(row.gain_per_earned_edge),
        maybe(row.gain_per_month),
        figure(row.honest_largest_rise),
        figure(row.honest_largest_fall),
        attacked.map_or_else(dash, |(before, after)| format!("{before:.4} > {after:.4}")),
    ]
}
