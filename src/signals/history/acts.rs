//! Commits → who wrote, and who was in control.
//!
//! Git says who wrote and who committed, not who pushed. What proves control, from certain to doubtful:
//!
//! - landing the work of others (committer is not the author, and not the forge), merging: certain;
//! - committing one's own work: certain where histories are straight, nothing where changes come in branches that others merge.
//!   A share of max(0, 1 − c · merges / own commits) of them counts, over a window of months; the rest is handed to those who
//!   merged;
//! - a commit made by the forge with one parent names only the author: it counts for an author who did something certain lately,
//!   else for nobody, because anybody's work is squashed that way.

use std::collections::BTreeMap;

use super::habits::bins;
use crate::ids::{AccountId, PersonId};
use crate::job::HistoryParameters;
use crate::tables::Commit;

/// Acts of one repository, month first, in no order.
#[derive(Debug, Default)]
pub(super) struct Acts {
    /// Commits written by persons.
    pub(super) authored: Vec<(i32, PersonId)>,
    /// Bins of habit that commits of their author fall into.
    pub(super) habits: Vec<(i32, PersonId, u8)>,
    /// Acts of control with their weight.
    pub(super) control: Vec<(i32, PersonId, f64)>,
}

/// Acts and releases.
pub(super) struct RawActs {
    pub(super) acts: Acts,
    /// Distinct commits released.
    pub(super) releases: Vec<(i32, PersonId)>,
}

/// Commits by how much they prove.
#[derive(Default)]
struct Sorted {
    landed: Vec<(i32, PersonId)>,
    merged: Vec<(i32, PersonId)>,
    own: Vec<(i32, PersonId)>,
    squashed: Vec<(i32, PersonId)>,
}

impl Acts {
    /// Acts up to `last_month`.
    pub(super) fn new(
        commits: &[Commit],
        person: impl Fn(AccountId) -> Option<PersonId>,
        last_month: i32,
        parameters: &HistoryParameters,
    ) -> Self {
        let mut acts = Self::default();
        let mut sorted = Sorted::default();
        for commit in commits {
            let month = commit.committed.month();
            let (author, committer) = (person(commit.author), person(commit.committer));
            let Some(author) = author.filter(|_| month <= last_month) else { continue };
            acts.authored.push((month, author));
            acts.habits.extend(bins(commit).map(|bin| (month, author, bin)));
            match (commit.is_committed_by_forge, commit.parent_count > 1, committer) {
                (true, true, _) => sorted.merged.push((month, author)),
                (true, false, _) => sorted.squashed.push((month, author)),
                (false, true, Some(committer)) => sorted.merged.push((month, committer)),
                (false, false, Some(committer)) if committer != author => sorted.landed.push((month, committer)),
                (false, false, Some(_)) => sorted.own.push((month, author)),
                (false, _, None) => {}
            }
        }
        acts.control = sorted.control(parameters);
        acts
    }
}

impl Sorted {
    fn control(&self, parameters: &HistoryParameters) -> Vec<(i32, PersonId, f64)> {
        let straight = Straightness::new(&self.own, &self.merged, parameters);
        let certain_own = self.own.iter().filter(|(month, _)| straight.own_share(*month) >= 0.5);
        let mut certain: Vec<(PersonId, i32)> =
            self.landed.iter().chain(&self.merged).chain(certain_own).map(|(month, person)| (*person, *month)).collect();
        certain.sort_unstable();
        certain.dedup();
        let window = parameters.certain_months.value as i32;
        let is_certain = |person: PersonId, month: i32| {
            let end = certain.partition_point(|act| *act <= (person, month));
            end > 0 && certain[end - 1].0 == person && month - certain[end - 1].1 < window
        };
        let landed = self.landed.iter().map(|(month, person)| (*month, *person, 1.0));
        let merged = self.merged.iter().map(|(month, person)| (*month, *person, 1.0 + straight.commits_a_merge(*month)));
        let own = self.own.iter().map(|(month, person)| (*month, *person, straight.own_share(*month)));
        let squashed = self.squashed.iter().filter(|(month, person)| is_certain(*person, *month));
        let squashed = squashed.map(|(month, person)| (*month, *person, 1.0));
        landed.chain(merged).chain(own).chain(squashed).filter(|(_, _, weight)| *weight > 0.0).collect()
    }
}

/// How straight a history is, by month: own commits against merges in a trailing window.
struct Straightness {
    /// Month → own commits, merges.
    counts: BTreeMap<i32, (f64, f64)>,
    own_commits_a_merge: f64,
}

impl Straightness {
    fn new(own: &[(i32, PersonId)], merged: &[(i32, PersonId)], parameters: &HistoryParameters) -> Self {
        let window = parameters.merge_window_months.value as i32;
        let mut months: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
        own.iter().for_each(|(month, _)| months.entry(*month).or_default().0 += 1.0);
        merged.iter().for_each(|(month, _)| months.entry(*month).or_default().1 += 1.0);
        let trailing = |month: i32| {
            let range = months.range(month - window + 1..=month);
            range.fold((0.0, 0.0), |(own, merges), (_, count)| (own + count.0, merges + count.1))
        };
        let counts = months.keys().map(|month| (*month, trailing(*month))).collect();
        Self { counts, own_commits_a_merge: parameters.own_commits_a_merge.value }
    }

    /// Own commits and merges of the window that ends with `month`.
    fn counts(&self, month: i32) -> (f64, f64) {
        self.counts.get(&month).copied().unwrap_or_default()
    }

    /// Part of the own commits of `month` that prove control, 0..=1.
    fn own_share(&self, month: i32) -> f64 {
        let (own, merges) = self.counts(month);
        (1.0 - self.own_commits_a_merge * merges / own.max(1.0)).clamp(0.0, 1.0)
    }

    /// Own commits of others that a merge of `month` brought.
    fn commits_a_merge(&self, month: i32) -> f64 {
        let (own, merges) = self.counts(month);
        ((1.0 - self.own_share(month)) * own / merges.max(1.0)).min(self.own_commits_a_merge)
    }
}
