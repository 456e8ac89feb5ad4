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
}

impl SourceSettings {
    /// No source at all.
    pub fn is_empty(&self) -> bool {
        let Self { debian, git, commits } = self;
        debian.is_none() && git.is_none() && commits.is_none()
    }

    /// Refuses numbers outside their range.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { debian, git, commits } = self;
        if let Some(git) = git {
            git.mirror.as_ref().map_or(Ok(()), MirrorSettings::check)?;
            if git.repositories.is_empty() && !git.mirror.as_ref().is_some_and(|mirror| mirror.from_links) {
                return Err("sources.git names no repositories; list some, or set from_links in sources.git.mirror".to_owned());
            }
        }
        let debian = debian.as_ref().map(|source| ("debian", source.max_reject_share));
        let commits = commits.as_ref().map(|source| ("commits", source.max_reject_share));
        for (name, share) in debian.into_iter().chain(commits) {
            if !(0.0..=1.0).contains(&share) {
                return Err(format!("sources.{name}.max_reject_share = {share} is no share; give a number from 0 to 1"));
            }
        }
        Ok(())
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

fn amd64() -> String {
    "amd64".into()
}

fn main_component() -> String {
    "main".into()
}

fn archive_keyring() -> PathBuf {
    "/usr/share/keyrings/debian-archive-keyring.gpg".into()
}
