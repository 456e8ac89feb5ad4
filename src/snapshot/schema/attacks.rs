//! Tables that judge the scores.

use crate::snapshot::Word;
use crate::snapshot::table::table;

table! {
    /// One row a simulated attack in one size: what all scores became when the attacker's rows stood among the facts. Empty when the job simulates none. Gains, rises and falls are points of earned trust, 0..=1, from which scores are made; a node without a published score counts 0.
    "attack_outcomes" keyed by ["attack", "case"] => AttackOutcomeRow {
        /// Name of the attack in the attack file.
        attack: String,
        /// From 1, in the order of the sizes in the attack file.
        case: i64,
        /// `sybil_ring`, `star_farm`, `slander`, `forged_authors`, `forged_dates`, `dependency_ring` or `patient_insider`.
        kind: Word,
        /// Whether trusted names stand as `author` or as `committer`; or how far an insider went: `worked`, `co_maintainer`, `sole_maintainer`. Null: there is one way only.
        variant: Option<Word>,
        /// Accounts of the attacker.
        account_count: i64,
        /// Packages of the attacker.
        package_count: i64,
        /// Repositories of the attacker.
        repository_count: i64,
        /// Packages of trusted persons, one each, that use a package of the attacker.
        earned_edge_count: i64,
        /// Months of work that a maintainer landed. Null: the attack takes no work.
        month_count: Option<i64>,
        /// Largest rise of any node of the attacker above what its kind has alone: one account with one package and one repository that nobody else touches.
        gain: f64,
        /// Mean rise of the attacker's nodes.
        mean_gain: f64,
        /// Largest rise of a person of the attacker. Null: none was planted.
        person_gain: Option<f64>,
        /// Largest rise of a repository of the attacker. Null: none was planted.
        repository_gain: Option<f64>,
        /// Largest rise of a package of the attacker. Null: none was planted.
        package_gain: Option<f64>,
        /// `gain` divided by `earned_edge_count`. Null: no earned edge.
        gain_per_earned_edge: Option<f64>,
        /// `gain` divided by `month_count`. Null: no month.
        gain_per_month: Option<f64>,
        /// Largest rise of any other node.
        honest_largest_rise: f64,
        /// Largest fall of any other node.
        honest_largest_fall: f64,
        /// The package that is taken over. Null: none.
        attacked_purl: Option<String>,
        /// Its trust score before. Null: no package is taken over, or it has no score.
        attacked_score_before: Option<f64>,
        /// Its trust score after. Null: no package is taken over, or it has no score.
        attacked_score_after: Option<f64>,
    }
}
