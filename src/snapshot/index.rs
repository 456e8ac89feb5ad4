//! `index.json`: all snapshots of a folder with their digests, and what turned out to be wrong with them.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{SnapshotError, read_manifest};

/// The list of all snapshots.
pub(super) const INDEX: &str = "index.json";

/// All snapshots of a folder, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Index {
    /// One entry a snapshot.
    pub entries: Vec<IndexEntry>,
}

/// One snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Its id.
    pub snapshot: String,
    /// Version of its schema.
    pub schema_version: String,
    /// SHA-256 of the snapshot's `SHA256SUMS`, which pins all its files.
    pub sha256sums_sha256: String,
    /// What turned out to be wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errata: Vec<Erratum>,
}

/// Something that turned out to be wrong with a snapshot. Snapshots are never edited; this is said beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erratum {
    /// What is wrong and since when it is right.
    pub text: String,
    /// The snapshot should not be used: no later one is compared with it.
    pub is_withdrawn: bool,
}

/// Errata of all snapshots, as people write them: `[[errata]]` with `snapshot`, `text` and `is_withdrawn`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrataFile {
    /// In any order.
    #[serde(default)]
    errata: Vec<SnapshotErratum>,
}

/// An erratum and the snapshot it is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotErratum {
    snapshot: String,
    text: String,
    is_withdrawn: bool,
}

impl ErrataFile {
    /// Reads `path`.
    pub fn read(path: &Path) -> Result<Self, SnapshotError> {
        let wrong =
            |error: toml::de::Error| SnapshotError::Manifest { file: path.display().to_string(), error: error.to_string() };
        toml::from_str(&fs_err::read_to_string(path)?).map_err(wrong)
    }
}

impl Index {
    /// Reads `index.json` of the folder of snapshots `root`; empty when there is none.
    pub fn read(root: &Path) -> Result<Self, SnapshotError> {
        let path = root.join(INDEX);
        if !path.exists() {
            return Ok(Self::default());
        }
        let wrong = |error: serde_json::Error| SnapshotError::Manifest {
            file: path.display().to_string(),
            error: format!("{error}; it is made anew from the snapshots when you remove it, without their errata"),
        };
        serde_json::from_slice(&fs_err::read(&path)?).map_err(wrong)
    }

    /// Lists the snapshots in `root`; errata stay as this index says. A folder under another name than its snapshot's is none
    /// of ours.
    pub(super) fn refreshed(&self, root: &Path) -> Result<Self, SnapshotError> {
        let mut entries = Vec::new();
        for entry in fs_err::read_dir(root)? {
            let entry = entry?;
            let path = entry.path();
            let (Ok(manifest), Ok(sums)) = (read_manifest(&path), fs_err::read(path.join("SHA256SUMS"))) else { continue };
            if entry.file_name() == manifest.snapshot.as_str() {
                entries.push(IndexEntry {
                    errata: self.errata(&manifest.snapshot).to_vec(),
                    snapshot: manifest.snapshot,
                    schema_version: manifest.schema_version,
                    sha256sums_sha256: crate::ordered::hex(&Sha256::digest(&sums)),
                });
            }
        }
        entries.sort_by(|a, b| a.snapshot.cmp(&b.snapshot));
        Ok(Self { entries })
    }

    /// Replaces all errata. Fails on one about a snapshot that is not here.
    pub(super) fn set_errata(&mut self, file: &ErrataFile) -> Result<(), SnapshotError> {
        let known = |erratum: &&SnapshotErratum| self.entries.iter().all(|entry| entry.snapshot != erratum.snapshot);
        if let Some(unknown) = file.errata.iter().find(known) {
            return Err(SnapshotError::UnknownSnapshot { snapshot: unknown.snapshot.clone() });
        }
        for entry in &mut self.entries {
            let own = file.errata.iter().filter(|erratum| erratum.snapshot == entry.snapshot);
            entry.errata =
                own.map(|erratum| Erratum { text: erratum.text.clone(), is_withdrawn: erratum.is_withdrawn }).collect();
        }
        Ok(())
    }

    /// What is said of `snapshot`.
    pub fn errata(&self, snapshot: &str) -> &[Erratum] {
        self.entries.iter().find(|entry| entry.snapshot == snapshot).map_or(&[], |entry| &entry.errata)
    }

    /// An erratum says not to use `snapshot`.
    pub fn is_withdrawn(&self, snapshot: &str) -> bool {
        self.errata(snapshot).iter().any(|erratum| erratum.is_withdrawn)
    }
}
