//! Rows of sensitivity and fairness.

use crate::scores::{Comparison, Group, Judged, Validation, Variant};

use crate::snapshot::published::Published;
use crate::snapshot::schema::*;

pub(super) fn fill(validation: &Validation, published: &mut Published) {
    let Validation { sensitivity, groups, comparisons } = validation;
    published.sensitivity = sensitivity.variants.iter().map(variant).collect();
    published.sensitivity.sort_by(|a, b| a.parameter.cmp(&b.parameter).then(a.factor.total_cmp(&b.factor)));
    published.fairness = groups.iter().map(group).collect();
    published.fairness_variants = fairness_variants(&sensitivity.variants, groups);
    published.fairness_comparisons = comparisons.iter().map(comparison).collect();
}

fn variant(variant: &Variant) -> SensitivityRow {
    let effect = variant.effect.as_ref().ok();
    SensitivityRow {
        parameter: (&variant.parameter).into(),
        factor: variant.factor,
        value: variant.value,
        changed_value: effect.map(|effect| effect.changed_value),
        metric: variant.judged.name().into(),
        largest_change: effect.map(|effect| effect.largest_change),
        median_change: effect.map(|effect| effect.median_change),
        rank_correlation: effect.and_then(|effect| effect.rank_correlation),
        top_100_share: effect.map(|effect| effect.top_100_share),
        top_percent_share: effect.map(|effect| effect.top_percent_share),
        null_reason: variant.effect.as_ref().err().map(|reason| reason.name().into()),
    }
}

fn group(group: &Group) -> FairnessRow {
    let count = group.rows.len();
    let quantile = |at: usize| group.quantiles.map(|quantiles| quantiles[at]);
    FairnessRow {
        dimension: group.dimension.into(),
        position: group.position as i64,
        group_name: group.name.clone(),
        package_count: count as i64,
        scored_count: group.scored_count as i64,
        null_share: (count - group.scored_count) as f64 / count as f64,
        p10: quantile(0),
        median: quantile(1),
        p90: quantile(2),
    }
}

fn fairness_variants(variants: &[Variant], groups: &[Group]) -> Vec<FairnessVariantRow> {
    let mut rows = Vec::new();
    for variant in variants.iter().filter(|variant| variant.judged == Judged::Trust) {
        let Ok(effect) = &variant.effect else { continue };
        rows.extend(groups.iter().zip(&effect.medians).map(|(group, median)| FairnessVariantRow {
            dimension: group.dimension.into(),
            position: group.position as i64,
            parameter: (&variant.parameter).into(),
            factor: variant.factor,
            median: *median,
        }));
    }
    rows.sort_by(|a, b| {
        let key = |row: &FairnessVariantRow| (row.dimension, row.position, row.parameter);
        key(a).cmp(&key(b)).then(a.factor.total_cmp(&b.factor))
    });
    rows
}

fn comparison(comparison: &Comparison) -> FairnessComparisonRow {
    let [scored, one_person] = comparison.scored_counts.map(|count| count as i64);
    let [matched, matched_one_person] = comparison.matched_counts.map(|count| count as i64);
    let difference = |at: usize| comparison.matched_differences.map(|differences| differences[at]);
    FairnessComparisonRow {
        position: comparison.position as i64,
        group_name: comparison.group.clone(),
        scored_count: scored,
        one_person_count: one_person,
        matched_count: matched,
        matched_one_person_count: matched_one_person,
        stratum_count: comparison.stratum_count as i64,
        plain_difference: comparison.plain_difference,
        matched_p10: difference(0),
        matched_median: difference(1),
        matched_p90: difference(2),
    }
}
