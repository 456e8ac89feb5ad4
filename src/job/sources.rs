//! Which upstreams a job reads.

use std::path::PathBuf;

use serde::Deserialize;

use super::mirror::MirrorSettings;
use crate::units::Day;

/// One optional table a source. A source absent here is not read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Debian suites.
    pub debian: Option<DebianSource>,
    /// Git repositories on disk.
    pub git: Option<GitSource>,
    /// Commit and tag tables mined elsewhere.
    pub commits: Option<CommitsSource>,
    /// OpenPGP keyrings of distributions.
    pub keyring: Option<KeyringSource>,
    /// Packages of npm.
    pub npm: Option<RegistrySource>,
    /// Projects of the Python Package Index.
    pub pypi: Option<RegistrySource>,
    /// Packages of Rust's registry.
    pub crates_io: Option<CratesIoSource>,
    /// Advisories in the OSV format.
    pub osv: Option<OsvSource>,
}

impl SourceSettings {
    /// No source at all.
    pub fn is_empty(&self) -> bool {
        self.limits().is_empty()
    }

    /// Refuses numbers outside their range.
    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(git) = &self.git {
            git.mirror.as_ref().map_or(Ok(()), MirrorSettings::check)?;
            if git.repositories.is_empty() && !git.mirror.as_ref().is_some_and(|mirror| mirror.from_links) {
                return Err("sources.git names no repositories; list some, or set from_links in sources.git.mirror".to_owned());
            }
        }
        for (name, share, hours) in self.limits() {
            if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
                return Err(format!("sources.{name}.max_reject_share = {share} is no share; give a number from 0 to 1"));
            }
            if let Some(hours) = hours.filter(|hours| !(0.0..=8760.0).contains(hours)) {
                return Err(format!("sources.{name}.max_age_hours = {hours} is out of range; give hours from 0 to 8760"));
            }
        }
        Ok(())
    }

    /// Name, `max_reject_share` and `max_age_hours` of every source there is.
    fn limits(&self) -> Vec<(&'static str, Option<f64>, Option<f64>)> {
        let Self { debian, git, commits, keyring, crates_io, osv, npm, pypi } = self;
        let registry = |source: &RegistrySource| (Some(source.max_reject_share), Some(source.max_age_hours));
        let limits = [
            ("debian", debian.as_ref().map(|source| (Some(source.max_reject_share), None))),
            ("git", git.as_ref().map(|_| (None, None))),
            ("commits", commits.as_ref().map(|source| (Some(source.max_reject_share), None))),
            ("keyring", keyring.as_ref().map(|source| (Some(source.max_reject_share), None))),
            ("crates_io", crates_io.as_ref().map(|source| (Some(source.max_reject_share), Some(source.max_age_hours)))),
            ("osv", osv.as_ref().map(|source| (Some(source.max_reject_share), None))),
            ("npm", npm.as_ref().map(registry)),
            ("pypi", pypi.as_ref().map(registry)),
        ];
        limits.into_iter().filter_map(|(name, limits)| limits.map(|(share, hours)| (name, share, hours))).collect()
    }
}

/// Debian's source and binary package indices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebianSource {
    /// Folder with `<suite>_Sources[.xz|.gz|.lz4]` and `<suite>_Packages[…]`, relative to the job file. When absent, the indices
    /// are fetched from the mirror apt is configured for.
    pub path: Option<PathBuf>,
    /// Binary architecture whose `Packages` index is read.
    #[serde(default = "amd64")]
    pub architecture: String,
    /// Archive component.
    #[serde(default = "main_component")]
    pub component: String,
    /// Keyring that signs `InRelease`, used when fetching.
    #[serde(default = "archive_keyring")]
    pub keyring: PathBuf,
    /// The suites, in any order; the newest day is the present, earlier ones its history.
    pub suites: Vec<DebianSuite>,
    /// Part of an index's stanzas that may be refused before the run fails, 0..=1.
    pub max_reject_share: f64,
}

/// One suite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebianSuite {
    /// Name, such as `trixie`.
    pub name: String,
    /// The day it speaks of. Needed when indices are read from disk; without it a fetched `InRelease` says its own date, which
    /// moves with every point release.
    pub as_of: Option<Day>,
}

/// Histories on disk, and those that `fetch` mirrors.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitSource {
    /// The repositories; may be left out when `mirror` takes them from the links of packages.
    #[serde(default)]
    pub repositories: Vec<GitRepository>,
    /// Compare every commit with its parent, to know how many files it touches and where: most of the time of a first run,
    /// once a commit.
    #[serde(default = "yes")]
    pub reads_files: bool,
    /// How repositories without a `path` are mirrored; `None` = every repository has one.
    pub mirror: Option<MirrorSettings>,
}

/// One history.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitRepository {
    /// Folder of a bare or ordinary repository, relative to the job file, read as it lies there. `None`: it is mirrored.
    pub path: Option<PathBuf>,
    /// The URL it is known by in the graph; `file:///NAME` forms are for histories that live nowhere else.
    pub url: String,
    /// Where its mirror is fetched from, when not from `url`: a folder (relative to the job file), `file:///FOLDER`, or an http(s)
    /// URL. Only a job says this, never what was read from elsewhere.
    pub from: Option<String>,
}

/// Parquet tables of commits and tags.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitsSource {
    /// Folder with `commits.parquet`, `tags.parquet`, and, when known, `labels.csv` and `snapshot_dates.csv`; relative to the
    /// job file. May be given as `--input commits=DIR` instead.
    pub path: Option<PathBuf>,
    /// Put before the `repo` column to make a URL, such as `https://github.com/`.
    pub url_prefix: String,
    /// Part of the rows that may be refused before the run fails, 0..=1.
    pub max_reject_share: f64,
}

/// OpenPGP keyrings of distributions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringSource {
    /// The keyrings.
    pub keyrings: Vec<KeyringFile>,
    /// Part of a keyring's signatures that may be bad or impossible to check before the run fails, 0..=1.
    pub max_reject_share: f64,
}

/// One keyring.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringFile {
    /// Binary OpenPGP keyring, relative to the job file.
    pub path: PathBuf,
    /// Whether the distribution keeps keys of its members in it, and of nobody else.
    pub is_member: bool,
}

/// Packages of npm, one document each, or projects of the Python Package Index, two each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrySource {
    /// Folder with `NAME/packument.json` (npm), `NAME/simple.json` and `NAME/project.json` (PyPI), and
    /// `NAME/VERSION.attestations.json`, relative to the job file. When absent, they are fetched from the registry that npm or pip is
    /// configured for. May be given as `--input npm=DIR` or `--input pypi=DIR` instead.
    pub path: Option<PathBuf>,
    /// Names of the packages.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Lockfiles and bills of materials whose packages are read as well, relative to the job file.
    #[serde(default)]
    pub lockfiles: Vec<PathBuf>,
    /// Releases of a package, newest first, whose attestations are brought and checked, if the registry has any.
    pub provenance_releases: usize,
    /// `trusted_root.json` of a Sigstore instance, as `trustgraph trusted-root` writes it, relative to the job file: attestations are
    /// checked against it instead of the roots that ship with the program. Its digest is part of the snapshot.
    pub trusted_root: Option<PathBuf>,
    /// Hours for which a document that was fetched is not asked for again. 0: asked for in every run, on condition that it changed.
    pub max_age_hours: f64,
    /// Part of the packages that may be refused before the run fails, 0..=1.
    pub max_reject_share: f64,
}

/// Packages of Rust's registry: all of a database dump, or those of a lockfile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CratesIoSource {
    /// A database dump (`.tar.gz`, `.tar` or `.zip` of CSV tables) or a `Cargo.lock`, relative to the job file. When absent, the
    /// dump is fetched from the address given as `--base crates_io=URL`. May be given as `--input crates_io=FILE` instead.
    pub path: Option<PathBuf>,
    /// Also ask the registry's program who owns each package of the lockfile; it is asked once a second.
    #[serde(default)]
    pub owners: bool,
    /// Also ask it who published each version, a person or a workflow of a repository; again once a second.
    #[serde(default)]
    pub publishers: bool,
    /// Hours for which an answer about a package of the lockfile is not asked for again. 0: asked for in every run, on condition that
    /// it changed.
    #[serde(default)]
    pub max_age_hours: f64,
    /// Part of a table's rows that may be refused before the run fails, 0..=1.
    pub max_reject_share: f64,
}

/// Advisories in the OSV format.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OsvSource {
    /// Archives of one ecosystem each (`.zip`), single advisories (`.json`), or folders of such, relative to the job file. When
    /// empty, one archive an ecosystem is fetched from the address given as `--base osv=URL`. May be given as
    /// `--input osv=PATH` instead.
    #[serde(default)]
    pub paths: Vec<PathBuf>,
    /// Ecosystems to fetch, by their OSV names, such as `npm`.
    #[serde(default)]
    pub ecosystems: Vec<String>,
    /// Part of the advisories that may be refused before the run fails, 0..=1.
    pub max_reject_share: f64,
}

fn yes() -> bool {
    true
}

fn amd64() -> String {
    "amd64".into()
}

fn main_component() -> String {
    "main".into()
}

fn archive_keyring() -> PathBuf {
    "/usr/share/keyrings/debian-archive-keyring.gpg".into()
}
