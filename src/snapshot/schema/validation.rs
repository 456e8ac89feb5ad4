//! Tables about how far the scores can be relied on.

use crate::snapshot::Word;
use crate::snapshot::table::table;

table! {
    /// One row a score parameter and factor: what happens to the scores of packages when it alone is halved or doubled. Empty where no package has a score.
    "sensitivity" keyed by ["parameter", "factor"] => SensitivityRow {
        /// Full name in the parameters file. Parameters that can move no score are left out.
        parameter: Word,
        /// What it was multiplied by: 0.5 or 2.
        factor: f64,
        /// The job's own value.
        value: f64,
        /// The value tried, held to the allowed range. Null: see `null_reason`.
        changed_value: Option<f64>,
        /// The score it was judged by: `trust`, or `criticality` for parameters that trust does not know.
        metric: Word,
        /// Largest distance of the score of a package from the job's own. Null: see `null_reason`.
        largest_change: Option<f64>,
        /// Median distance of the score of a package from the job's own. Null: see `null_reason`.
        median_change: Option<f64>,
        /// Spearman's rank correlation with the job's own order, -1..=1; equal scores share the mean of their ranks. Null: see `null_reason`, or all packages are level.
        rank_correlation: Option<f64>,
        /// Share of the packages of rank 1 to 100 that stay there. Null: see `null_reason`.
        top_100_share: Option<f64>,
        /// Share of the first hundredth of the packages that stay there. Null: see `null_reason`.
        top_percent_share: Option<f64>,
        /// Why nothing was measured: `unchanged` (the value is 0 or at the end of its range), `not_converged`. Null: it was.
        null_reason: Option<Word>,
    }

    /// One row a group of listed packages: how trust is spread in it.
    "fairness" keyed by ["dimension", "position"] => FairnessRow {
        /// What packages are grouped by: `age` (between the first and the newest suite that lists it), `community_size` (persons who may publish it or whose commits stand in a repository it is proven to be built from), `control` (who is named as maintainer), `ecosystem`, `section`.
        dimension: Word,
        /// Place of the group in its dimension, from 1: by number where there is one, else by name.
        position: i64,
        /// The group in words.
        group_name: String,
        /// Listed packages in it.
        package_count: i64,
        /// Those with a trust score.
        scored_count: i64,
        /// Share without a trust score, 0..=1.
        null_share: f64,
        /// Trust that a tenth of the scored packages do not pass. Null: none has a score.
        p10: Option<f64>,
        /// Median trust. Null: none has a score.
        median: Option<f64>,
        /// Trust that nine tenths of the scored packages do not pass. Null: none has a score.
        p90: Option<f64>,
    }

    /// One row a group and parameter that was halved or doubled: the median the group would have. Variants that could not be measured, or move criticality only, are left out.
    "fairness_variants" keyed by ["dimension", "position", "parameter", "factor"] => FairnessVariantRow {
        /// As in `fairness`.
        dimension: Word,
        /// As in `fairness`.
        position: i64,
        /// The parameter, as in `sensitivity`.
        parameter: Word,
        /// What it was multiplied by.
        factor: f64,
        /// Median trust of the group. Null: none has a score.
        median: Option<f64>,
    }

    /// One row a size of community above one person: its packages held against packages of one person that are equal in ecosystem, age group, declared tests, number of persons who use them (in powers of two), share of verified members among the persons named (none, some, all) and whether a team is named.
    "fairness_comparisons" keyed by ["position"] => FairnessComparisonRow {
        /// From 1, the smallest community first.
        position: i64,
        /// The size, a group of the dimension `community_size`.
        group_name: String,
        /// Packages of this size that have a trust score.
        scored_count: i64,
        /// Packages of one person that have a trust score.
        one_person_count: i64,
        /// Packages of this size with a counterpart.
        matched_count: i64,
        /// Packages of one person that are a counterpart.
        matched_one_person_count: i64,
        /// Combinations of facts found on both sides.
        stratum_count: i64,
        /// Median trust of this size less that of one person, whatever the facts. Null: one side is empty.
        plain_difference: Option<f64>,
        /// 10th percentile, over matched packages of this size, of trust less the median of their counterparts. Null: nothing matched.
        matched_p10: Option<f64>,
        /// Median of the same. Axiom 12 asks for 0. Null: nothing matched.
        matched_median: Option<f64>,
        /// 90th percentile of the same. Null: nothing matched.
        matched_p90: Option<f64>,
    }
}
