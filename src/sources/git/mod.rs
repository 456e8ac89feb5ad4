//! Git repositories on disk → commits, tags, accounts, through gix. No git program, no work tree, and no network but in `mirror/`,
//! which brings repositories to the disk before.

mod actor;
mod forges;
mod history;
mod locate;
mod mirror;
mod object;
mod open;
mod problem;
mod tags;
mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};

use gix::ObjectId;
use rayon::prelude::*;

use self::history::History;
use self::open::Store;
use self::problem::Problem;
use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::RepositoryUrl;
use crate::job::GitSource;
use crate::tables::{ReadReport, TablesBuilder};
use crate::units::Day;

/// Mirrors the repositories of a job; see `mirror/mod.rs`.
pub(super) use self::mirror::{folder as mirror_folder, mirror};

/// In jobs, `--input`, read reports; also the place of the accounts.
const NAME: &str = "git";

/// Digest of a repository whose HEAD names no commit that can be read.
const NO_HEAD: &str = "git:none";

/// The repositories a job names. One that cannot be read is a reject in its read report; when none can, the run fails.
pub(super) struct Git {
    settings: GitSource,
}

impl Git {
    /// With the settings of a job.
    pub fn new(settings: GitSource) -> Self {
        Self { settings }
    }
}

impl Source for Git {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let located = locate::locate(&self.settings, context)?;
        let pin = |(url, path): (RepositoryUrl, std::path::PathBuf)| {
            let head = guarded(|| Store::open(&path)?.head());
            let digest = head.map_or_else(|_| NO_HEAD.to_owned(), |id| format!("git:{id}"));
            RawFile { name: url.to_string(), path, digest, size_bytes: 0, as_of: None }
        };
        Ok(located.into_iter().map(pin).collect())
    }

    /// Reads the history of the pinned HEADs; tags as they are now. Histories in parallel, rows in the order of `raw`.
    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        let histories: Vec<_> = raw.par_iter().map(|file| guarded(|| read_one(file))).collect();
        let mut first_problem = None;
        let mut failed = 0;
        for (file, history) in raw.iter().zip(histories) {
            match history {
                Ok(history) => history.into_tables(RepositoryUrl::from_published(&file.name), until, tables),
                Err(problem) => {
                    tracing::warn!("git: {} {}", file.name, problem.reason());
                    let mut report = ReadReport::new(NAME, &file.name);
                    report.reject(problem.reason(), 1);
                    tables.rows.reports.push(report);
                    first_problem.get_or_insert((file, problem));
                    failed += 1;
                }
            }
        }
        match first_problem {
            Some((file, problem)) if failed == raw.len() => {
                let what = format!("{} (no repository of the job could be read)", problem.reason());
                Err(SourceError::Input { source_name: NAME, file: file.name.clone(), what })
            }
            _ => Ok(()),
        }
    }
}

/// gix met none of the damage our tests do with a panic, but it reads formats where one unforeseen byte of one hostile
/// repository must not end a run over thousands.
fn guarded<T>(read: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Problem::Object))
}

fn read_one(file: &RawFile) -> Result<History, Problem> {
    let pinned = file.digest.strip_prefix("git:").and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    match pinned {
        Some(head) => History::read(&file.path, head, ReadReport::new(NAME, &file.name)),
        // Opened again only to say what is wrong; what was not pinned is not read.
        None => Err(Store::open(&file.path).and_then(|mut store| store.head()).err().unwrap_or(Problem::NoCommit)),
    }
}

#[cfg(test)]
mod tests;
