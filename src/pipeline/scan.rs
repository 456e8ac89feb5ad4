//! A project's lockfiles → what registries say of what they name → snapshot, report, site.
//!
//! Each registry is asked by itself: where one does not answer, its packages are unknown with that reason, and the others are told
//! all the same. What was brought is then read from the cache alone, so every document is asked for once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use sha2::{Digest, Sha256};

use super::{
    Computed, InputOptions, Reproduction, ReproductionOptions, RunOptions, Stages, check_site, check_visibility, compute,
    linked_repositories, ok, reproduce,
};
use crate::identity::PseudonymKey;
use crate::ids::Ecosystem;
use crate::job::{Job, SourceSettings};
use crate::ordered::hex;
use crate::scan::{Project, Report};
use crate::site;
use crate::snapshot::{OutFolder, PreviousChoice, Published};
use crate::sources::{self, FetchContext, SourceError};
use crate::tables::TablesBuilder;

/// How a scan is asked for.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// What sources may use.
    pub fetch: FetchContext,
    /// Key of published person ids.
    pub key: PseudonymKey,
    /// The snapshot goes under `out/snapshots/`, the site to `out/site/`.
    pub out: PathBuf,
    /// Also mirror and read the histories of the repositories that packages link to.
    pub reads_histories: bool,
}

/// What a scan found.
#[derive(Debug)]
pub struct ScanSummary {
    /// The answer.
    pub report: Report,
    /// Folders of the snapshot and of the site. `None`: no registry could be asked, so there is nothing to publish.
    pub published: Option<(PathBuf, PathBuf)>,
    /// Stage → seconds, in order.
    pub stages: Vec<(&'static str, Duration)>,
}

/// Scans `project` with the settings of `job`. A spent budget is an error: the same command goes on from there.
pub fn scan(job: &Job, project: &Project, options: &ScanOptions) -> anyhow::Result<ScanSummary> {
    let site = options.out.join("site");
    check_visibility(job)?;
    check_site(&site)?;
    let out = OutFolder::begin(&options.out)?;
    let mut stages = Stages::default();
    let mut job = scoped(job, project, options)?;
    let failures = stages.run("ask", || ask(&mut job, project, &options.fetch))?;
    let SourceSettings { npm, pypi, crates_io, .. } = &job.sources;
    if npm.is_none() && pypi.is_none() && crates_io.is_none() {
        return Ok(ScanSummary { report: Report::new(project, None, failures), published: None, stages: stages.done });
    }
    let fetch = FetchContext { is_offline: true, ..options.fetch.clone() };
    if job.sources.git.is_some() {
        let linked = linked_repositories::with_linked_repositories(&job, &fetch, |_| true)?;
        stages.run("mirror", || sources::mirror(&linked, &options.fetch, false))?;
    }
    let inputs = InputOptions { as_of: None, fetch, key: options.key.clone() };
    // A project changes from scan to scan, so an older snapshot says nothing of what should be in this one.
    let run = RunOptions { inputs, out: options.out.clone(), previous: PreviousChoice::None, replace: true };
    let Computed { written, .. } = compute(&job, &run, &out, &mut stages)?;
    let published = Published::read(&written.folder)?;
    let report = stages.run("report", || ok(Report::new(project, Some(&published), failures)))?;
    stages.run("render", || site::render_scan(&published, &report, &site))?;
    Ok(ScanSummary { report, published: Some((written.folder, site)), stages: stages.done })
}

/// Makes the snapshot of an earlier scan of `project` anew, from what its registries said then: no connection is opened. A registry that
/// did not answer then has nothing in the cache, and is left out again.
pub fn reproduce_scan(
    job: &Job,
    project: &Project,
    options: &ScanOptions,
    reproduction: &ReproductionOptions,
) -> anyhow::Result<Reproduction> {
    let fetch = FetchContext { is_offline: true, ..options.fetch.clone() };
    let mut job = scoped(job, project, options)?;
    ask(&mut job, project, &fetch)?;
    let SourceSettings { npm, pypi, crates_io, .. } = &job.sources;
    if npm.is_none() && pypi.is_none() && crates_io.is_none() {
        bail!("nothing of what the scan asked for is in the cache; give its --cache, and --base where it had one");
    }
    let inputs = InputOptions { fetch, ..reproduction.inputs.clone() };
    reproduce(&job, &ReproductionOptions { inputs, ..reproduction.clone() })
}

/// `job` with the sources that the project needs, and the packages it names.
fn scoped(job: &Job, project: &Project, options: &ScanOptions) -> anyhow::Result<Job> {
    let mut job = job.clone();
    let SourceSettings { npm, pypi, crates_io, osv, git, debian: _, commits: _, keyring: _ } = std::mem::take(&mut job.sources);
    let names = |ecosystem| names(project, ecosystem);
    let with_npm = npm.map(|mut settings| {
        settings.packages = names(Ecosystem::Npm);
        settings
    });
    let with_pypi = pypi.map(|mut settings| {
        settings.packages = names(Ecosystem::Pypi);
        settings
    });
    job.sources.npm = with_npm.filter(|settings| !settings.packages.is_empty());
    job.sources.pypi = with_pypi.filter(|settings| !settings.packages.is_empty());
    if let Some(mut settings) = crates_io.filter(|_| !names(Ecosystem::Cargo).is_empty()) {
        settings.path = Some(std::path::absolute(write_lockfile(project, &options.out)?)?);
        job.sources.crates_io = Some(settings);
    }
    let is_told = options.fetch.bases.contains_key("osv") || options.fetch.inputs.contains_key("osv");
    job.sources.osv = osv.filter(|_| is_told).map(|mut settings| {
        let words = [(Ecosystem::Cargo, "crates.io"), (Ecosystem::Npm, "npm"), (Ecosystem::Pypi, "PyPI")];
        let is_needed = |name: &String| words.iter().any(|(ecosystem, word)| word == name && !names(*ecosystem).is_empty());
        settings.ecosystems.retain(is_needed);
        settings
    });
    job.sources.git = git.filter(|_| options.reads_histories);
    job.title = format!("Dependencies of {}", project.name);
    let mut digest = Sha256::new_with_prefix(&job.digest);
    for locked in &project.locked {
        digest.update(format!("\n{} {}", locked.purl, locked.version.as_deref().unwrap_or_default()));
    }
    job.digest = hex(&digest.finalize());
    Ok(job)
}

/// Names of the packages of one registry, each once, sorted; those that no package there can have are left out.
fn names(project: &Project, ecosystem: Ecosystem) -> Vec<String> {
    let mut names: Vec<String> = project.of_registry(ecosystem.name()).map(|locked| locked.name()).collect();
    names.retain(|name| sources::is_package_name(ecosystem, name));
    names.dedup();
    names
}

/// Why a package is unknown that others of its registry were told of.
const NOT_CACHED: &str = "its documents are not in the cache: scan once without `--offline`";

/// Brings the documents of each source, and reads them for a try. A source that fails is taken out of `job`, and where that is for
/// want of documents of some packages, these alone; returns why, by ecosystem or package.
fn ask(job: &mut Job, project: &Project, fetch: &FetchContext) -> anyhow::Result<BTreeMap<String, String>> {
    let mut failures = BTreeMap::new();
    loop {
        let mut asked = job.clone();
        asked.sources.git = None;
        let mut is_whole = true;
        for source in sources::of(&asked) {
            let tried = source.fetch(fetch).and_then(|raw| source.read(&raw, None, &mut TablesBuilder::default()));
            match tried {
                Ok(()) => continue,
                Err(spent @ SourceError::Budget { .. }) => return Err(spent.into()),
                // Without these packages others may lack documents, so all are asked once more.
                Err(SourceError::NotCached { packages, .. }) if leave_out(job, source.name(), &packages)? => {
                    tracing::warn!("{}: {} packages are not in the cache; they are unknown", source.name(), packages.len());
                    let ecosystem = ecosystem(source.name());
                    let left_out = project.of_registry(ecosystem).filter(|locked| packages.contains(&locked.name()));
                    failures.extend(left_out.map(|locked| (locked.purl.clone(), NOT_CACHED.to_owned())));
                    is_whole = false;
                }
                Err(failure) => {
                    let failure = failure.to_string().replace(&fetch.cache.display().to_string(), "the cache");
                    tracing::warn!("{failure}; what depends on it is unknown");
                    match source.name() {
                        "crates_io" => job.sources.crates_io = None,
                        "npm" => job.sources.npm = None,
                        "pypi" => job.sources.pypi = None,
                        _ => job.sources.osv = None,
                    }
                    failures.insert(ecosystem(source.name()).to_owned(), failure);
                }
            }
        }
        if is_whole {
            return Ok(failures);
        }
    }
}

/// What the packages of a source are called in package URLs.
fn ecosystem(source_name: &str) -> &str {
    match source_name {
        "crates_io" => Ecosystem::Cargo.name(),
        "npm" => Ecosystem::Npm.name(),
        "pypi" => Ecosystem::Pypi.name(),
        _ => "advisories",
    }
}

/// Takes `packages` out of what `source_name` is asked for. False, and nothing changed, when none or all would go.
fn leave_out(job: &mut Job, source_name: &str, packages: &BTreeSet<String>) -> anyhow::Result<bool> {
    let settings = match source_name {
        "npm" => &mut job.sources.npm,
        "pypi" => &mut job.sources.pypi,
        _ => &mut None,
    };
    if let Some(settings) = settings {
        let left: Vec<String> = settings.packages.iter().filter(|name| !packages.contains(*name)).cloned().collect();
        let is_some = !left.is_empty() && left.len() < settings.packages.len();
        if is_some {
            settings.packages = left;
        }
        return Ok(is_some);
    }
    let Some(path) =
        job.sources.crates_io.as_ref().filter(|_| source_name == "crates_io").and_then(|settings| settings.path.clone())
    else {
        return Ok(false);
    };
    let mut document: toml::Table = toml::from_str(&fs_err::read_to_string(&path)?)?;
    let Some(toml::Value::Array(entries)) = document.get_mut("package") else { return Ok(false) };
    let all = entries.len();
    entries.retain(|entry| entry.get("name").and_then(toml::Value::as_str).is_none_or(|name| !packages.contains(name)));
    let is_some = !entries.is_empty() && entries.len() < all;
    if is_some {
        fs_err::write(&path, toml::to_string(&document)?)?;
    }
    Ok(is_some)
}

/// One `Cargo.lock` of all packages that any lockfile of the project takes from the registry, with the digests they demand.
fn write_lockfile(project: &Project, out: &Path) -> anyhow::Result<PathBuf> {
    let mut digests: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in project.files.iter().filter(|file| file.format == Some(crate::lockfiles::Format::Cargo)) {
        let text = fs_err::read_to_string(project.folder.join(&file.path))?;
        let document: toml::Table = toml::from_str(text.trim_start_matches('\u{feff}'))?;
        for package in document.get("package").and_then(toml::Value::as_array).into_iter().flatten() {
            let text = |key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            if let (Some(name), Some(version), Some(digest)) = (text("name"), text("version"), text("checksum")) {
                digests.entry((name, version)).or_insert(digest);
            }
        }
    }
    let entry = |locked: &crate::scan::Locked| {
        let (name, version) = (locked.name(), locked.version.clone()?);
        let mut package = toml::Table::new();
        let digest = digests.get(&(name.clone(), version.clone()));
        package.extend(digest.map(|digest| ("checksum".to_owned(), digest.as_str().into())));
        package.insert("name".to_owned(), name.into());
        package.insert("source".to_owned(), "registry+lockfile".into());
        package.insert("version".to_owned(), version.into());
        Some(toml::Value::Table(package))
    };
    let packages: Vec<toml::Value> = project.of_registry(Ecosystem::Cargo.name()).filter_map(entry).collect();
    let document = toml::Table::from_iter([("package".to_owned(), toml::Value::Array(packages))]);
    let folder = out.join("lockfiles");
    fs_err::create_dir_all(&folder)?;
    let path = folder.join("Cargo.lock");
    fs_err::write(&path, toml::to_string(&document)?)?;
    Ok(path)
}
