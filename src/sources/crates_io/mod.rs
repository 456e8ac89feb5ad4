//! Rust's registry: packages, who owns them, who published which version, what they need, which repositories they name.
//!
//! Whole, from a database dump; or what a `Cargo.lock` names, through the sparse index cargo is configured for and the packages'
//! own files. The two say the same things of a package, as far as they know them; what one does not know is missing, never zero.

mod archive;
mod base;
mod crate_file;
mod csv_table;
mod dump;
mod index;
mod insert;
mod lockfile;
mod owners;
mod people;
mod publishers;
mod scoped;
mod tables;

use std::path::Path;

use super::fetch::{Document, Fetcher};
use super::{FetchContext, RawFile, Source, SourceError};
use crate::job::CratesIoSource;
use crate::tables::{ReadReport, TablesBuilder};
use crate::units::Day;

/// Name of this source and of its accounts' place.
const SOURCE: &str = "crates_io";
/// Name of the raw file that scopes a run.
const LOCKFILE: &str = "Cargo.lock";
/// File of the dump at its server.
const DUMP: &str = "db-dump.tar.gz";
/// Largest dump taken, in bytes.
const MAX_DUMP_BYTES: u64 = 16 << 30;

/// The registry, read as a job says.
pub(super) struct CratesIo {
    settings: CratesIoSource,
}

impl CratesIo {
    /// The source of `settings`.
    pub(super) fn new(settings: CratesIoSource) -> Self {
        Self { settings }
    }
}

impl Source for CratesIo {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let in_job = self.settings.path.as_ref().map(|path| context.job_folder.join(path));
        let Some(path) = context.inputs.get(SOURCE).cloned().or(in_job) else { return fetch_dump(context) };
        let path = if path.is_dir() { path.join(LOCKFILE) } else { path };
        if !path.exists() {
            let hint = "give a database dump or a Cargo.lock as `path` in the job or as `--input crates_io=FILE`".to_owned();
            return Err(SourceError::Missing { source_name: SOURCE, path, hint });
        }
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("lock") => scoped::fetch(&path, &self.settings, context),
            Some("gz" | "tar" | "zip") => Ok(vec![pin(dump_name(&path), &path)?]),
            _ => Err(job_error("`path` is neither a dump (.tar.gz, .tar, .zip) nor a lockfile (.lock)".to_owned())),
        }
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        match raw {
            [dump] if dump.name != LOCKFILE => dump::read(dump, self.settings.max_reject_share, until, tables),
            _ => scoped::read(raw, self.settings.max_reject_share, until, tables),
        }
    }
}

fn fetch_dump(context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
    let base = base::given(context)?.ok_or_else(|| {
        job_error("names no `path`; give a dump or a lockfile, or say where dumps are: `--base crates_io=URL`".to_owned())
    })?;
    let url = base.join(DUMP).map_err(|error| fetch_error(format!("{DUMP}: {error}")))?;
    let fetcher = Fetcher::new(SOURCE, context, &base)?;
    let brought = fetcher.documents(&[Document::file(dump_name(Path::new(DUMP)), url, MAX_DUMP_BYTES)])?;
    brought
        .into_iter()
        .flatten()
        .next()
        .map(|file| vec![file])
        .ok_or_else(|| fetch_error(format!("{DUMP} is not at the base address")))
}

/// Name of a dump among raw files: its own would tell a folder or a day.
fn dump_name(path: &Path) -> String {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ending == "gz" { "dump.tar.gz".to_owned() } else { format!("dump.{ending}") }
}

fn pin(name: String, path: &Path) -> Result<RawFile, SourceError> {
    RawFile::pin(name, path, None).map_err(|error| SourceError::Io { source_name: SOURCE, error })
}

/// Fails when more of a file was refused than the job allows.
fn check_rejects(report: &ReadReport, limit: f64) -> Result<(), SourceError> {
    super::check_rejects(SOURCE, report, limit)
}

fn job_error(what: String) -> SourceError {
    SourceError::Job { source_name: SOURCE, what }
}

fn fetch_error(what: String) -> SourceError {
    SourceError::Fetch { source_name: SOURCE, what }
}

fn input_error(file: &str, what: impl Into<String>) -> SourceError {
    SourceError::Input { source_name: SOURCE, file: file.to_owned(), what: what.into() }
}

#[cfg(test)]
mod layouts;
#[cfg(test)]
mod tests;
