//! WHERE IT COMES FROM: one upstream a file or folder, from raw files to [`tables`](crate::tables).
//!
//! Two steps a source: [`Source::fetch`] finds or brings raw files and pins each by digest; [`Source::read`] turns exactly
//! those files into rows. `fetch.rs` and `git/mirror/` are the only code that opens a connection. Upstream words are translated here and
//! nowhere else.

mod commits;
mod crates_io;
mod debian;
mod error;
mod fetch;
mod git;
mod history_day;
mod homepage;
mod keyring;
mod lz4_frames;
mod npm;
mod osv;
mod pypi;
mod raw;
mod registry;
mod repository_name;
mod shard;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use error::SourceError;
pub use fetch::{Budget, MetadataPlace, Network, Piece, PublishedSnapshot, RemoteSnapshot};
pub use raw::{Compression, RawFile};
pub use shard::Shard;

use registry::Packages;

use crate::ids::{Ecosystem, RepositoryUrl};
use crate::job::Job;
use crate::tables::{ReadReport, Tables, TablesBuilder};
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
    /// Folder of cargo's settings and caches; `None` where the machine has none.
    pub cargo_home: Option<PathBuf>,
    /// Budget and gates, shared by all sources of the run.
    pub network: Network,
}

/// The sources a job names, in the order of their names; advisories last, because they speak of what the others list.
pub fn of(job: &Job) -> Vec<Box<dyn Source>> {
    let crate::job::SourceSettings { debian, git, commits, keyring, crates_io, osv, npm, pypi } = job.sources.clone();
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    sources.extend(commits.map(|settings| Box::new(commits::Commits::new(settings)) as _));
    sources.extend(crates_io.map(|settings| Box::new(crates_io::CratesIo::new(settings)) as _));
    sources.extend(debian.map(|settings| Box::new(debian::Debian::new(settings)) as _));
    sources.extend(git.map(|settings| Box::new(git::Git::new(settings)) as _));
    sources.extend(keyring.map(|settings| Box::new(keyring::Keyring::new(settings)) as _));
    sources.extend(npm.map(|settings| Box::new(Packages::new(npm::NPM, settings)) as _));
    sources.extend(pypi.map(|settings| Box::new(Packages::new(pypi::PYPI, settings)) as _));
    sources.extend(osv.map(|settings| Box::new(osv::Osv::new(settings)) as _));
    sources
}

/// The source of histories on disk, by itself: for measurements.
pub fn git(settings: crate::job::GitSource) -> impl Source {
    git::Git::new(settings)
}

/// Raw files of every source, by source name.
pub type RawInputs = BTreeMap<&'static str, Vec<RawFile>>;

/// Mirrors the git repositories of `job` into the cache, where [`fetch()`] finds them. Asks nobody when offline, or when the job
/// mirrors none. That none could be mirrored is an error, unless they are `is_part` of more.
pub fn mirror(job: &Job, context: &FetchContext, is_part: bool) -> Result<(), SourceError> {
    job.sources.git.as_ref().map_or(Ok(()), |source| git::mirror(source, context, is_part))
}

/// Reads the histories of `job` that lie in the cache, so that what they say is there without the repositories. Their raw files.
pub fn mine(job: &Job, context: &FetchContext) -> Result<RawInputs, SourceError> {
    job.sources.git.as_ref().map_or(Ok(RawInputs::new()), |source| Ok([(git::NAME, git::mine(source, context)?)].into()))
}

/// Whether a mirror of `url` lies in the cache, or what was mined of it.
pub fn is_mirrored(url: &RepositoryUrl, context: &FetchContext) -> bool {
    git::mirror_folder(&context.cache, url).is_dir() || git::is_mined(&context.cache, url)
}

/// The canonical URL of a repository as a job writes it; `None` when it is none.
pub fn repository_url(text: &str) -> Option<RepositoryUrl> {
    repository_name::parse_url(text).ok()
}

/// Whether a package of `ecosystem` can be called `name`. No address is ever made of another name.
pub fn is_package_name(ecosystem: Ecosystem, name: &str) -> bool {
    registry::is_package_name(ecosystem, name)
}

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

/// Fails when more of a file was refused than the job allows.
fn check_rejects(source_name: &'static str, report: &ReadReport, limit: f64) -> Result<(), SourceError> {
    let rejected = report.reject_count();
    let rows = report.read_count + rejected;
    let share = rejected as f64 / rows.max(1) as f64;
    // Of equally frequent reasons the first by name.
    let worst = report.rejects.iter().max_by(|a, b| a.1.count.cmp(&b.1.count).then_with(|| b.0.cmp(a.0)));
    match worst {
        Some((reason, reject)) if share > limit => Err(SourceError::TooManyRejects {
            source_name,
            file: report.file.clone(),
            rejected,
            rows,
            share,
            limit,
            reason: reason.clone(),
            first_row: reject.first_row,
        }),
        _ => Ok(()),
    }
}
