//! Sensitivity and fairness of the made-up snapshot: figures without a meaning, in every state a page must show.

use super::super::snapshot::schema::*;
use super::super::snapshot::{Published, Word};

/// Parameter, value, what the order keeps when it is halved and doubled; none: nothing was measured.
const PARAMETERS: [(&str, f64, Option<[f64; 2]>); 5] = [
    ("scores.criticality_damping", 0.85, Some([0.97, 0.99])),
    ("scores.package.control_weight", 0.6, Some([0.98, 0.96])),
    ("scores.person.endorsement_weight", 0.6, Some([0.99, 0.95])),
    ("scores.repository.age_prior", 0.2, Some([1.0, 1.0])),
    ("scores.repository.unsigned_share", 0.0, None),
];

/// Adds all tables of validation.
pub fn add(p: &mut Published) {
    for (name, value, kept) in PARAMETERS {
        for (at, factor) in [0.5, 2.0].into_iter().enumerate() {
            add_variant(p, name, value, factor, kept.map(|kept| kept[at]));
        }
    }
    let groups = [("age", 3), ("community_size", 5), ("control", 5), ("ecosystem", 1), ("section", 60)];
    for (dimension, count) in groups {
        for position in 1..=count {
            add_group(p, dimension, position, count);
        }
    }
    for (position, matched) in [(1, true), (2, false)] {
        p.fairness_comparisons.push(FairnessComparisonRow {
            position,
            group_name: format!("{} persons or more <b>", position + 1),
            scored_count: 1200,
            one_person_count: 27_000,
            matched_count: if matched { 900 } else { 0 },
            matched_one_person_count: if matched { 20_000 } else { 0 },
            stratum_count: if matched { 40 } else { 0 },
            plain_difference: Some(-0.0123),
            matched_p10: matched.then_some(-0.031),
            matched_median: matched.then_some(0.0012),
            matched_p90: matched.then_some(0.024),
        });
    }
}

fn add_variant(p: &mut Published, name: &'static str, value: f64, factor: f64, kept: Option<f64>) {
    let metric = if name.contains("criticality") { "criticality" } else { "trust" };
    p.sensitivity.push(SensitivityRow {
        parameter: Word::from(name),
        factor,
        value,
        changed_value: kept.map(|_| (value * factor).min(0.99)),
        metric: metric.into(),
        largest_change: kept.map(|kept| 3.0 * (1.0 - kept)),
        median_change: kept.map(|kept| 1.0 - kept),
        rank_correlation: kept,
        top_100_share: kept,
        top_percent_share: kept,
        null_reason: kept.is_none().then_some(Word::from("unchanged")),
    });
}

fn add_group(p: &mut Published, dimension: &'static str, position: i64, count: i64) {
    let is_scored = position % 17 != 16;
    let median = 0.5 + 0.3 * position as f64 / count as f64;
    let scored = |value: f64| is_scored.then_some(value);
    let package_count = 1 + 997 * position % 700;
    p.fairness.push(FairnessRow {
        dimension: dimension.into(),
        position,
        group_name: format!("group {position} & <i>more</i>"),
        package_count,
        scored_count: if is_scored { package_count } else { 0 },
        null_share: if is_scored { 0.0 } else { 1.0 },
        p10: scored(median - 0.2),
        median: scored(median),
        p90: scored(median + 0.1),
    });
    for (name, _, _) in PARAMETERS.into_iter().filter(|(name, _, kept)| kept.is_some() && !name.contains("criticality")) {
        for factor in [0.5, 2.0] {
            p.fairness_variants.push(FairnessVariantRow {
                dimension: dimension.into(),
                position,
                parameter: Word::from(name),
                factor,
                median: scored(0.5 + (median - 0.5) * factor.sqrt()),
            });
        }
    }
}
