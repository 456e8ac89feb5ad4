//! `manifest.json`: the lock file of a run. Holds no wall-clock time, so that equal runs write equal bytes.

use serde::{Deserialize, Serialize};

use crate::job::StatedParameter;
use crate::units::Day;

/// Version of the published schema, SemVer: new nullable columns are minor; removal or change of meaning is major.
pub const SCHEMA_VERSION: &str = "0.3.0";

/// What a snapshot is, what it was made from and what files it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: String,
    /// Id of the snapshot: its as-of day.
    pub snapshot: String,
    /// Facts after this day were not used.
    pub as_of: Day,
    /// Short name of the job.
    pub job: String,
    /// One sentence of the job.
    pub title: String,
    /// Version of the program, and its commit where the build knew it.
    pub code: String,
    /// SHA-256 of job, parameters and decisions.
    pub job_digest: String,
    /// SHA-256 over names and digests of all inputs.
    pub inputs_digest: String,
    /// `public`: person ids can be recomputed by anyone who knows an address; `secret`: they cannot.
    pub pseudonym_key: String,
    /// The snapshot that `changes` and the gates on drift compare with. `None`: there was none.
    #[serde(default)]
    pub previous: Option<ManifestPrevious>,
    /// Purls without which nothing is published.
    #[serde(default)]
    pub sentinels: Vec<String>,
    /// Lists of packages that were read.
    pub suites: Vec<ManifestSuite>,
    /// Every number of opinion with its reason.
    pub parameters: Vec<StatedParameter>,
    /// Every signal that was asked.
    pub signals: Vec<SignalDoc>,
    /// Data files, in the order of their names.
    pub tables: Vec<ManifestTable>,
}

/// An older snapshot of the same job; an input like others, so it is pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestPrevious {
    /// Its id.
    pub snapshot: String,
    /// SHA-256 of its `SHA256SUMS`, which pins all its files.
    pub sha256sums_sha256: String,
}

/// One list of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestSuite {
    /// Registry world.
    pub ecosystem: String,
    /// Name.
    pub name: String,
    /// The day it speaks of.
    pub as_of: Day,
}

impl Manifest {
    /// The parameter called `name`; `None` in a snapshot that was written before there was one.
    pub fn parameter(&self, name: &str) -> Option<f64> {
        self.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value)
    }
}

/// A signal in words; the method page is made of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalDoc {
    /// Name.
    pub name: String,
    /// What it is asked of: `package` or `repository`.
    pub node_kind: String,
    /// The question it answers.
    pub question: String,
    /// How it is computed, when it says unknown, and what it cannot see.
    pub method: String,
}

/// One data file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestTable {
    /// Table name.
    pub name: String,
    /// File name inside the snapshot folder.
    pub file: String,
    /// Rows.
    pub row_count: u64,
    /// Size of the file.
    pub size_bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}
