//! All outcomes, and how often each status came.

use std::collections::BTreeMap;

use serde::Serialize;

use super::entries::Entries;
use super::facts::Facts;
use super::snapshot_tables::SnapshotTables;
use super::{Outcome, Status};
use crate::units::Day;

/// What a check found. Its JSON is the `json` format.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this layout.
    pub schema_version: &'static str,
    /// Id of the snapshot.
    pub snapshot: String,
    /// Facts after this day were not used.
    pub as_of: Day,
    /// For cool-downs and the end of exceptions.
    pub today: Day,
    /// Files that were read.
    pub files: Vec<String>,
    /// Packages at a version that were judged or skipped, each once.
    pub package_count: u64,
    /// Entries that stood in the base as well.
    pub unchanged_count: u64,
    /// Failures that end with exit code 1.
    pub fail_count: u64,
    /// Failures that only warn, or note.
    pub warn_count: u64,
    /// Failures that an exception covers.
    pub allowed_count: u64,
    /// What could not be read.
    pub error_count: u64,
    /// What was not judged.
    pub skipped_count: u64,
    /// Packages that nothing speaks against.
    pub success_count: u64,
    /// Large tables whose digest was not checked.
    pub unchecked_tables: Vec<String>,
    /// Worst first.
    pub outcomes: Vec<Outcome>,
    /// Known scores by package and metric, for enriching.
    #[serde(skip)]
    pub(super) scores: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Report {
    pub(super) fn new(tables: &SnapshotTables, facts: &Facts, today: Day, entries: &Entries, outcomes: Vec<Outcome>) -> Self {
        let count = |test: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|one| test(one)).count() as u64;
        let is_failure = |one: &Outcome| one.status == Status::Failure;
        let known = |purl: &String| {
            let scores = &facts.of(purl)?.scores;
            let values = scores.iter().filter_map(|(metric, score)| Some((metric.clone(), score.value?)));
            Some((purl.clone(), values.collect()))
        };
        let scores = entries.judged.iter().filter_map(|one| known(&one.locked.purl)).collect();
        Self {
            scores,
            schema_version: "1.0.0",
            snapshot: tables.manifest.snapshot.clone(),
            as_of: tables.manifest.as_of,
            today,
            files: entries.files.clone(),
            package_count: entries.judged.len() as u64,
            unchanged_count: entries.unchanged_count,
            fail_count: count(&Outcome::is_fatal),
            warn_count: count(&|one| is_failure(one) && !one.is_fatal() && one.allowed.is_none()),
            allowed_count: count(&|one| is_failure(one) && one.allowed.is_some()),
            error_count: count(&|one| one.status == Status::Error),
            skipped_count: count(&|one| one.status == Status::Skipped),
            success_count: count(&|one| one.status == Status::Success),
            unchecked_tables: tables.unchecked.clone(),
            outcomes,
        }
    }

    /// 2 where anything could not be read, else 1 where anything fails, else 0.
    pub fn exit_code(&self) -> u8 {
        match (self.error_count, self.fail_count) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 2,
        }
    }

    /// Outcomes that are shown one by one: all but successes and what an exception covers.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|one| one.status != Status::Success && one.allowed.is_none())
    }

    /// The last line of a text.
    pub(super) fn summary(&self) -> String {
        format!(
            "{} packages judged against the snapshot of {}: {} failed, {} warned, {} allowed, {} could not be read, {} skipped, {} without objection{}",
            self.package_count,
            self.snapshot,
            self.fail_count,
            self.warn_count,
            self.allowed_count,
            self.error_count,
            self.skipped_count,
            self.success_count,
            if self.unchanged_count > 0 { format!("; {} unchanged since the base", self.unchanged_count) } else { String::new() },
        )
    }
}
