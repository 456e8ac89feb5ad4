//! A declared search for parameters: which may move how far, how often, and what is sought.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::{Digested, JobError};
use super::{Parameter, Parameters};

/// Most draws: each replays a signal on all histories and all injected cases.
const MAX_DRAWS: f64 = 10_000.0;

/// Parameters that change how acts are read from commits, before any signal sees them; a search does not read commits anew.
const READING: [&str; 3] = ["history.own_commits_a_merge", "history.merge_window_months", "history.certain_months"];

/// A search.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What is sought, in one sentence.
    pub objective: String,
    /// Signal whose parameters are sought; `history.SIGNAL_min` is its level.
    pub signal: String,
    /// Seed of halves and draws.
    pub seed: Parameter,
    /// Sets of parameters that are tried beside the job's own.
    pub draw_count: Parameter,
    /// False episodes in 100 repository-years that the level may cost on the half that chooses.
    pub max_false_episodes: Parameter,
    /// Full name of a parameter → how far it may move.
    pub ranges: BTreeMap<String, SearchRange>,
}

/// How far a parameter may move; drawn evenly on the logarithm.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchRange {
    /// Smallest value, above 0.
    pub from: f64,
    /// Largest.
    pub to: f64,
    /// Why it may move, and no further.
    pub reason: String,
}

impl Search {
    /// Reads and checks `path` against the parameters there are.
    pub fn read(path: &Path, parameters: &Parameters) -> Result<Self, JobError> {
        let search: Self = Digested::default().read_toml(path)?;
        search.check(parameters).map_err(|what| JobError::Parameter { path: path.into(), what })?;
        Ok(search)
    }

    /// Full name of the level of the signal.
    pub fn level(&self) -> String {
        format!("history.{}_min", self.signal)
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        let reasons = [&self.seed.reason, &self.draw_count.reason, &self.max_false_episodes.reason];
        if reasons.into_iter().chain(self.ranges.values().map(|range| &range.reason)).any(|reason| reason.trim().is_empty()) {
            return Err("a number has no reason; say in one sentence why it has this value".to_owned());
        }
        if !(1.0..=MAX_DRAWS).contains(&self.draw_count.value) {
            return Err(format!("draw_count = {} is outside 1..={MAX_DRAWS}", self.draw_count.value));
        }
        if !(0.0..=1000.0).contains(&self.max_false_episodes.value) || !(0.0..=9e15).contains(&self.seed.value) {
            return Err("max_false_episodes or seed is negative or far too large".to_owned());
        }
        if self.ranges.is_empty() {
            return Err("names no range, so nothing is sought".to_owned());
        }
        for (name, range) in &self.ranges {
            if READING.contains(&name.as_str()) || *name == self.level() {
                return Err(format!("{name} cannot be sought: levels follow from the cost, and commits are not read anew"));
            }
            if !(range.from > 0.0 && range.from <= range.to) {
                return Err(format!("{name}: {} to {} is no range above 0", range.from, range.to));
            }
            [range.from, range.to].into_iter().try_for_each(|value| parameters.clone().set(name, value))?;
        }
        parameters.clone().set(&self.level(), 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(change: fn(&mut Search)) -> Result<(), String> {
        let mut search: Search = toml::from_str(include_str!("../../jobs/search.toml")).expect("the shipped search parses");
        change(&mut search);
        search.check(&toml::from_str(include_str!("../../jobs/parameters.toml")).expect("the shipped parameters parse"))
    }

    #[test]
    fn the_shipped_search_is_good_and_others_are_refused_with_a_reason() {
        assert_eq!(checked(|_| ()), Ok(()));
        let refused = |change: fn(&mut Search)| checked(change).expect_err("refused");
        assert!(refused(|search| search.signal = "nothing".to_owned()).contains("history.nothing_min"));
        assert!(refused(|search| search.draw_count.value = 0.0).contains("draw_count"));
        assert!(refused(|search| search.ranges.clear()).contains("no range"));
        assert!(refused(|search| search.seed.reason.clear()).contains("reason"));
        assert!(refused(|search| search.ranges.values_mut().for_each(|range| range.to = 1e12)).contains("outside"));
        assert!(refused(|search| search.ranges.values_mut().for_each(|range| range.from = 0.0)).contains("no range above 0"));
    }
}
