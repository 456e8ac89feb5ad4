//! When signals fire, on packages and on git histories.

use serde::{Deserialize, Serialize};

use super::Parameter;
use super::ranged::parameters;

parameters! {
    /// When signals fire.
    SignalParameters {
        /// lone_maintainer: fires at or below this effective number of trusted maintainers.
        lone_maintainer_max_effective in 0.0..=100.0,
        /// lone_maintainer, fading_maintainers: only packages at or above this criticality percentile.
        min_criticality_percentile in 0.0..=100.0,
        /// ownership_change: fires when at least this share of control moved between two suites.
        ownership_change_min_share in 0.0..=1.0,
        /// fading_maintainers: a person at or above this score counts as trusted.
        trusted_score in 0.0..=1.0,
        /// fading_maintainers: fires when at least this share of trusted control was lost.
        fading_min_share in 0.001..=1.0,
        /// low_trust_dependency: only packages at or above this score.
        dependency_min_package_score in 0.001..=1.0,
        /// low_trust_dependency: fires for a new dependency at or below this score.
        dependency_max_score in 0.0..=1.0,
        /// similar_name: letters of the shorter name from which on one letter more, less, other or swapped is near, in letters.
        similar_name_min_length in 3.0..=100.0,
        /// similar_name: fires for a package that many times less critical than the one of nearly its name.
        similar_name_min_ratio in 1.0..=1e9,
        /// provenance_lost: days with releases before the newest that are looked at.
        provenance_lost_days in 1.0..=1000.0,
        /// provenance_lost: fires when at least so many of them carry provenance.
        provenance_lost_min_proven in 1.0..=1000.0,
        /// A finding of at least this strength is an alert.
        alert_strength in 0.0..=1.0,
    }
    /// Signals on git histories.
    HistoryParameters {
        /// Own commits that a merge takes with it: where merges are many, an own commit came in a branch and proves no control.
        own_commits_a_merge in 0.0..=100.0,
        /// Months in which merges and own commits are held against each other.
        merge_window_months in 1.0..=120.0,
        /// Months for which a certain act of control makes the squashed commits of its author acts of control too.
        certain_months in 1.0..=240.0,
        /// control_shift: months with pushes over which a person's share is averaged.
        push_months in 1.0..=24.0,
        /// control_shift: acts of control of nobody known that every month is diluted with.
        push_evidence in 0.0..=100.0,
        /// new_release_maker: releases of nobody known that every month is diluted with.
        release_evidence in 0.0..=100.0,
        /// new_release_maker: months before a person's first release that say who made releases until then.
        release_window_months in 1.0..=240.0,
        /// Months in control after which a person is half settled.
        settling_half_life_months in 0.1..=240.0,
        /// Months with landed work at other owners that halve the distrust.
        elsewhere_half_life_months in 0.1..=1200.0,
        /// Months of landed work before the first act of control that make half of an apprenticeship.
        apprentice_half_months in 0.0..=120.0,
        /// Months of landed work before the first release that make half of an apprenticeship.
        release_apprentice_half_months in 0.0..=120.0,
        /// Months over which the share of settled persons is averaged.
        settled_months in 1.0..=240.0,
        /// Age at which a history counts half; nothing can be taken over in its first months.
        young_half_life_months in 0.1..=240.0,
        /// The own past that a value is held against begins so many months ago.
        past_from_months in 2.0..=600.0,
        /// And ends so many months ago.
        past_to_months in 1.0..=600.0,
        /// Months of the own past that must be known.
        past_min_months in 1.0..=600.0,
        /// Months a value stands.
        hold_months in 1.0..=60.0,
        /// thin_support: months in which releases count.
        support_release_months in 1.0..=240.0,
        /// thin_support: months in which authors count.
        support_author_months in 1.0..=240.0,
        /// thin_support: an author with so many active months is a regular.
        regular_min_months in 1.0..=240.0,
        /// thin_support: weight of control_shift against one unit of the logarithm.
        support_shift_weight in 0.0..=100.0,
        /// fading_activity: months that are now.
        recent_months in 1.0..=120.0,
        /// fading_activity: months before them that are the past.
        earlier_months in 1.0..=240.0,
        /// fading_activity: weight of the logarithm of the fall in commits.
        fall_weight in 0.0..=100.0,
        /// fading_activity: weight of the logarithm of months persons spent in control.
        keepers_weight in 0.0..=100.0,
        /// fading_activity: weight of a month without a commit.
        silence_weight in 0.0..=100.0,
        /// newcomer_influx: months of commits that are looked at.
        influx_months in 1.0..=60.0,
        /// newcomer_influx: months after the first commit anywhere at which a person is half as new.
        influx_half_life_months in 0.1..=240.0,
        /// newcomer_influx: commits of nobody new that the window is diluted with.
        influx_evidence in 0.0..=10000.0,
        /// dormant_then_active: months of silence that make half of a long one.
        dormant_half_life_months in 0.1..=240.0,
        /// behavior_change: months that are now.
        habit_months in 1.0..=60.0,
        /// behavior_change: commits a person needs in both the past and the present before a habit is known.
        habit_min_commits in 1.0..=10000.0,
        /// behavior_change: commits of the old habit that the present is diluted with, and of nobody that the share is.
        habit_evidence in 0.0..=10000.0,
        /// behavior_change: months of the own past in which the habit's own change must be known.
        habit_past_months in 1.0..=600.0,
        /// behavior_change: fires from this value on.
        behavior_change_min in 0.0..=1.0,
        /// dormant_then_active: fires from this value on.
        dormant_then_active_min in 0.0..=1.0,
        /// newcomer_influx: fires from this value on.
        newcomer_influx_min in 0.0..=1.0,
        /// thin_support: fires from this value on, where much depends on a package of the repository.
        thin_support_min in -100.0..=100.0,
        /// control_shift: fires from this value on.
        control_shift_min in 0.0..=10.0,
        /// new_release_maker: fires from this value on.
        new_release_maker_min in 0.0..=10.0,
        /// fading_activity: fires from this value on.
        fading_activity_min in -100.0..=100.0,
    }
}
