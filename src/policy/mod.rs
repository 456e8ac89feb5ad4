//! WHO MAY PASS: a lockfile or bill of materials held against a snapshot. Reads a published snapshot and nothing else.
//!
//! ```text
//! lockfiles → entries (without those of the base) → facts of the snapshot → outcomes of rules → text, JSON, SARIF, Markdown
//! ```
//!
//! Every entry ends as success, failure, error or skipped, with evidence; what cannot be told follows the policy's `[missing]` and is
//! never read as zero. No clock and no network here: today and the folder of the snapshot are passed in.

mod allowed;
mod enrich;
mod entries;
mod error;
mod facts;
mod judge;
mod judge_facts;
mod markdown;
mod outcome;
mod report;
mod sarif;
mod settings;
mod snapshot_tables;
mod text;

use std::path::{Path, PathBuf};

pub use error::PolicyError;
pub use outcome::{Outcome, Status};
pub use report::Report;
pub use settings::{DEFAULT_POLICY, Level, Policy};

use crate::lockfiles;
use crate::snapshot::Shards;
use crate::units::Day;
use entries::{Entries, ReadFile};
use facts::Facts;
use judge::Judge;
use snapshot_tables::SnapshotTables;

/// What is held against what.
#[derive(Clone)]
pub struct Question<'q> {
    /// Lockfiles and bills of materials, with the name each has in results.
    pub files: &'q [(PathBuf, String)],
    /// Files as they were before: what stands there too is not judged.
    pub bases: &'q [PathBuf],
    /// Folder of the snapshot.
    pub snapshot: &'q Path,
    /// Where rows come from when the folder holds no tables.
    pub shards: Option<&'q Shards<'q>>,
    /// Digests of all tables that are read are checked, however large they are.
    pub checks_digests: bool,
    /// For cool-downs and the end of exceptions.
    pub today: Day,
    /// Page of a package on the site, from ecosystem and name.
    pub page: fn(&str, &str) -> String,
}

/// Judges. A snapshot or base that cannot be read is an error; a lockfile that cannot be read is an outcome beside the others.
pub fn check(question: &Question, policy: &Policy) -> Result<Report, PolicyError> {
    let tables = SnapshotTables::open(question.snapshot, question.shards, question.checks_digests)?;
    let read = |path: &Path, like| lockfiles::read(path, like, &policy.registries);
    let files: Vec<ReadFile> =
        question.files.iter().map(|(path, name)| ReadFile { name: name.clone(), lockfile: read(path, None) }).collect();
    let like = files.iter().find_map(|file| file.lockfile.as_ref().ok()).map(|lockfile| lockfile.format);
    let mut before = Vec::new();
    for path in question.bases {
        before.push(read(path, like)?);
    }
    let entries = Entries::new(files, &before);
    let facts = Facts::look_up(&tables, &entries, policy)?;
    let judge = Judge { policy, facts: &facts, tables: &tables, today: question.today, page: question.page };
    let outcomes = judge.all(&entries);
    Ok(Report::new(&tables, &facts, question.today, &entries, outcomes))
}
