//! Rows of simulated attacks.

use crate::attacks::Outcome;
use crate::snapshot::schema::AttackOutcomeRow;

/// Rows of `outcomes`, in their order.
pub fn attack_outcomes(outcomes: &[Outcome]) -> Vec<AttackOutcomeRow> {
    outcomes.iter().map(row).collect()
}

fn row(outcome: &Outcome) -> AttackOutcomeRow {
    let per = |count: u64| (count > 0).then(|| outcome.gain / count as f64);
    let [attacked_score_before, attacked_score_after] = outcome.attacked_scores;
    AttackOutcomeRow {
        attack: outcome.attack.clone(),
        case: outcome.case as i64,
        kind: outcome.kind.into(),
        variant: outcome.variant.map(Into::into),
        account_count: outcome.account_count as i64,
        package_count: outcome.package_count as i64,
        repository_count: outcome.repository_count as i64,
        earned_edge_count: outcome.earned_edge_count as i64,
        month_count: outcome.month_count.map(|count| count as i64),
        gain: outcome.gain,
        mean_gain: outcome.mean_gain,
        person_gain: outcome.gains.person,
        repository_gain: outcome.gains.repository,
        package_gain: outcome.gains.package,
        gain_per_earned_edge: per(outcome.earned_edge_count),
        gain_per_month: outcome.month_count.and_then(per),
        honest_largest_rise: outcome.honest_largest_rise,
        honest_largest_fall: outcome.honest_largest_fall,
        attacked_purl: outcome.attacked.clone(),
        attacked_score_before,
        attacked_score_after,
    }
}
