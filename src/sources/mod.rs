//! WHERE IT COMES FROM: one upstream a file or folder, from raw files to [`tables`](crate::tables).
//!
//! Two steps a source: [`Source::fetch`] finds or brings raw files and pins each by digest; [`Source::read`] turns exactly
//! those files into rows. `fetch.rs` is the only code that opens a connection. Upstream words are translated here and
//! nowhere else.

mod commits;
mod debian;
mod error;
mod fetch;
mod git;
mod history_day;
mod lz4_frames;
mod raw;
mod repository_name;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use error::SourceError;
pub use fetch::PublishedSnapshot;
pub use raw::{Compression, RawFile};

use crate::job::Job;
use crate::tables::{Tables, TablesBuilder};
use crate::units::Day;

/// One upstream.
pub trait Source: Sync {
    /// Name in jobs, `--input`, read reports and the manifest.
    fn name(&self) -> &'static str;

    /// Finds the raw files on disk or brings them from the network, and pins each by digest.
    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError>;

    /// Reads `raw` (what `fetch` returned) into rows. Facts after `until` are left out.
    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError>;
}

/// What `fetch` may use.
#[derive(Clone, Debug)]
pub struct FetchContext {
    /// Folder that keeps fetched files between runs.
    pub cache: PathBuf,
    /// Never open a connection: what is not cached is an error.
    pub is_offline: bool,
    /// Relative paths in the job start here.
    pub job_folder: PathBuf,
    /// `--input SOURCE=PATH`.
    pub inputs: BTreeMap<String, PathBuf>,
    /// `--base SOURCE=URL`: base address of a registry, instead of what the machine's own client is configured for.
    pub bases: BTreeMap<String, String>,
}

/// The sources a job names, in the order of their names.
pub fn of(job: &Job) -> Vec<Box<dyn Source>> {
    let crate::job::SourceSettings { debian, git, commits } = job.sources.clone();
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    sources.extend(commits.map(|settings| Box::new(commits::Commits::new(settings)) as _));
    sources.extend(debian.map(|settings| Box::new(debian::Debian::new(settings)) as _));
    sources.extend(git.map(|settings| Box::new(git::Git::new(settings)) as _));
    sources
}

/// Raw files of every source, by source name.
pub type RawInputs = BTreeMap<&'static str, Vec<RawFile>>;

/// Finds or brings the raw files of every source of `job`.
pub fn fetch(job: &Job, context: &FetchContext) -> Result<RawInputs, SourceError> {
    of(job).iter().map(|source| Ok((source.name(), source.fetch(context)?))).collect()
}

/// Reads the raw files of every source of `job` into tables.
pub fn read(job: &Job, raw: &RawInputs, until: Option<Day>) -> Result<Tables, SourceError> {
    let mut tables = TablesBuilder::default();
    for source in of(job) {
        let files = raw.get(source.name()).map_or(&[][..], Vec::as_slice);
        source.read(files, until, &mut tables)?;
    }
    Ok(tables.finish())
}
