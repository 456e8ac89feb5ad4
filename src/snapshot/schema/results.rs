//! Tables of results: scores, their ledger, findings.

use crate::snapshot::table::table;
use crate::snapshot::{Text, Word};
use crate::units::Day;

table! {
    /// One row a node and metric. The metrics are listed in the data dictionary.
    "scores" keyed by ["metric", "node_kind", "node_id"] => ScoreRow {
        /// `trust`, its components `own`, `control`, `vouching` and `dependencies`, or `criticality`, `dominator_share`, `effective_maintainers`.
        metric: Word,
        /// `person`, `team`, `repository` or `package`.
        node_kind: Word,
        /// Key of the node in the table of its kind.
        node_id: Text,
        /// The score; trust and its components on 0..=1. Null: see `null_reason`.
        value: Option<f64>,
        /// Proven lower bound of the fixed point. Null where the metric has no bracket.
        lower: Option<f64>,
        /// Proven upper bound of the fixed point. Null where the metric has no bracket.
        upper: Option<f64>,
        /// Share of the nodes of this kind and ecosystem with a smaller value, 0..=100. Null: no value.
        percentile: Option<f64>,
        /// 1 for the largest value among the nodes of this kind and ecosystem. Null: no value, or a person (there is no ranking of persons).
        rank: Option<i64>,
        /// Smallest rank the package has while any one score parameter is halved or doubled, its own rank among them; see `sensitivity`. Null: not the trust of a package, or no value.
        rank_lower: Option<i64>,
        /// Largest rank by the same. Null: as `rank_lower`.
        rank_upper: Option<i64>,
        /// Why there is no value: `not_listed`, `no_history`, `no_evidence`. Null: there is a value.
        null_reason: Option<Word>,
        /// The component with the smallest value. Null: no components.
        weakest: Option<Word>,
    }

    /// One row a term of a trust score. The amounts of a node sum to its score to 1e-9.
    "contributions_to_score" keyed by ["node_kind", "node_id", "rank"] => ContributionToScoreRow {
        /// Kind of the scored node.
        node_kind: Word,
        /// The scored node.
        node_id: Text,
        /// 1 for the largest term; the remainder comes last.
        rank: i64,
        /// What the term stands for: `unknown` (the floor), `own`, `control`, `vouching`, `dependencies`, `remainder`.
        component: Word,
        /// Kind of the neighbor it comes from. Null: from no neighbor.
        neighbor_kind: Option<Word>,
        /// The neighbor it comes from. Null: from no neighbor.
        neighbor_id: Option<Text>,
        /// In words of the graph: `maintains`, `member_of`, `uses`, `needs`, `accepted`, `builds`, `commits`, `age`, … Null for the remainder.
        edge_kind: Option<Word>,
        /// Weight of the edge: a share of control, or evidence. Null: no edge.
        weight: Option<f64>,
        /// Score of the neighbor that entered, 0..=1. Null: no neighbor.
        neighbor_score: Option<f64>,
        /// Points on the 0..=1 scale.
        amount: f64,
    }

    /// One row a signal's answer about a node. `unknown` answers are counted in `quality`, not listed.
    "findings" keyed by ["signal", "node_kind", "node_id"] => FindingRow {
        /// Name of the question.
        signal: Word,
        /// `package` or `repository`; never a person.
        node_kind: Word,
        /// The node.
        node_id: Text,
        /// `yes`. Other answers are counted in the quality table.
        answer: Word,
        /// How strongly it fires, 0..=1.
        strength: f64,
        /// At or above the job's alert level.
        is_alert: bool,
        /// First day the evidence could be seen.
        first_seen: Day,
        /// One sentence with the facts.
        evidence: Text,
        /// Kind of the other node the evidence is about. Null: none.
        neighbor_kind: Option<Word>,
        /// The other node the evidence is about. Null: none.
        neighbor_id: Option<Text>,
    }
}
