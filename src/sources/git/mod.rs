//! Git repositories on disk → commits, tags, accounts, through gix. No git program, no work tree, and no network but in `mirror/`,
//! which brings repositories to the disk before.
//!
//! `mined` is the way in: `walk` finds commits, `files` compares each with its parent, `tags` and `tip` read the rest, `cache` keeps
//! all of it between runs; `history` makes rows of it.

mod actor;
mod ahead;
mod areas;
mod bytes;
mod cache;
mod chunks;
mod facts;
mod files;
mod forges;
mod history;
mod landing;
mod locate;
mod manifests;
mod mined;
mod mirror;
mod object;
mod open;
mod owners;
mod problem;
mod signature;
mod tags;
mod tip;
mod trailers;
mod tree_diff;
mod walk;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use gix::ObjectId;
use rayon::prelude::*;

use self::cache::Cache;
use self::history::History;
use self::mined::Reading;
use self::open::Store;
use self::problem::Problem;
use super::repository_name::parse_url;
use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::RepositoryUrl;
use crate::job::GitSource;
use crate::tables::{ReadReport, TablesBuilder};
use crate::units::Day;

/// Mirrors the repositories of a job; see `mirror/mod.rs`.
pub(super) use self::mirror::{folder as mirror_folder, mirror};

/// In jobs, `--input`, read reports; also the place of the accounts.
pub(super) const NAME: &str = "git";

/// Folder of the cache where what was mined is kept.
const MINED: &str = "git/mined";

/// Repositories whose packs take more are read one after another, each on all threads. Smaller ones are read
/// side by side, one a thread. Either way a thread never waits for one repository while it holds another.
const LARGE_BYTES: u64 = 16 << 20;

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
        // What was mined elsewhere is here without its mirror; the state table names its head.
        let is_away = |url: &RepositoryUrl, path: &Path| !path.is_dir() && is_mined(&context.cache, url);
        let heads = match located.iter().any(|(url, path)| is_away(url, path)) {
            true => mirror::heads(&context.cache)?,
            false => BTreeMap::new(),
        };
        let pin = |(url, path): (RepositoryUrl, std::path::PathBuf)| {
            let head = match is_away(&url, &path) {
                true => heads.get(url.as_str()).cloned(),
                false => guarded(|| Store::open(&path)?.head()).ok().map(|id| id.to_string()),
            };
            let digest = head.map_or_else(|| NO_HEAD.to_owned(), |id| format!("git:{id}"));
            let cache = Some(context.cache.join(MINED));
            RawFile { name: url.to_string(), path, digest, size_bytes: 0, as_of: None, cache }
        };
        Ok(located.into_iter().map(pin).collect())
    }

    /// Reads the history of the pinned HEADs; tags as they are now. Rows in the order of `raw`.
    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        let histories = read_all(raw, self.settings.reads_files);
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

/// Whether what a repository says was mined into `cache`.
pub(super) fn is_mined(cache: &Path, url: &RepositoryUrl) -> bool {
    Cache::new(&cache.join(MINED), url.as_str()).path().is_file()
}

/// Mines the repositories of `source` that are mirrored in the cache. What cannot be read is told, and read again by whoever runs the
/// job.
pub(super) fn mine(source: &GitSource, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
    let mut settings = source.clone();
    let folder = |written: &str| parse_url(written).ok().map(|url| mirror_folder(&context.cache, &url));
    settings.repositories.retain(|one| one.path.is_none() && folder(&one.url).is_some_and(|folder| folder.is_dir()));
    let source = Git::new(settings);
    let raw = source.fetch(context)?;
    if let Err(error) = source.read(&raw, None, &mut TablesBuilder::default()) {
        tracing::warn!("{error}");
    }
    Ok(raw)
}

/// gix met none of the damage our tests do with a panic, but it reads formats where one unforeseen byte of one hostile
/// repository must not end a run over thousands.
fn guarded<T>(read: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Problem::Object))
}

/// Every history, in the order of `raw`.
fn read_all(raw: &[RawFile], with_files: bool) -> Vec<Result<History, Problem>> {
    let is_large: Vec<bool> = raw.iter().map(|file| object_bytes(&file.path) > LARGE_BYTES).collect();
    let files = || raw.par_iter().zip(&is_large);
    let read = |file: &RawFile, is_parallel| guarded(|| read_one(file, with_files, is_parallel));
    let small: Vec<_> = files().map(|(file, is_large)| (!is_large).then(|| read(file, false))).collect();
    let all = raw.iter().zip(small);
    all.map(|(file, small)| small.unwrap_or_else(|| read(file, true))).collect()
}

/// Size of the packs of a bare or ordinary repository; 0 where there are none.
fn object_bytes(path: &Path) -> u64 {
    let folders = [path.join("objects/pack"), path.join(".git/objects/pack")];
    let entries = folders.iter().filter_map(|folder| fs_err::read_dir(folder).ok()).flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

fn read_one(file: &RawFile, with_files: bool, is_parallel: bool) -> Result<History, Problem> {
    let pinned = file.digest.strip_prefix("git:").and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    let cache = file.cache.as_ref().map(|folder| Cache::new(folder, &file.name));
    let reading = Reading { with_files, is_parallel, cache: cache.as_ref() };
    match pinned {
        Some(head) => History::read(&file.path, head, reading, ReadReport::new(NAME, &file.name)),
        // Opened again only to say what is wrong; what was not pinned is not read.
        None => Err(Store::open(&file.path).and_then(|mut store| store.head()).err().unwrap_or(Problem::NoCommit)),
    }
}

#[cfg(test)]
mod tests;
