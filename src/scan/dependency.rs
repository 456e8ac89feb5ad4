//! One line of the report.

use serde::Serialize;

/// A package the project is built from, and what is known of who is behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dependency {
    /// Canonical package URL without version.
    pub purl: String,
    /// Registry world.
    pub ecosystem: String,
    /// Name as people write it.
    pub name: String,
    /// Version the project uses. Null: not pinned.
    pub version: Option<String>,
    /// The project itself asks for it. Null: its lockfiles do not say.
    pub is_direct: Option<bool>,
    /// Lockfiles that name it, seen from the project's folder.
    pub files: Vec<String>,
    /// Trust and who may publish are both known: it is ranked by trust. Else it stands apart, and `unknown` says why.
    pub is_known: bool,
    /// Trust of the package, 0..=1. Null: see `unknown`.
    pub trust: Option<f64>,
    /// Who may publish it now. Empty: see `unknown`.
    pub maintainers: Vec<Publisher>,
    /// Repository it says it is built from. Null: it names none.
    pub repository_url: Option<String>,
    /// How well that is proven, -1 to 5. Null: it names none.
    pub evidence_level: Option<i64>,
    /// What to look at: of the package, of its repository, of this version.
    pub findings: Vec<Finding>,
    /// What could not be told, and why, in words.
    pub unknown: Vec<String>,
}

/// A person or team that may publish.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Publisher {
    /// `person` or `team`.
    pub node_kind: String,
    /// Key in the snapshot.
    pub node_id: String,
    /// Name or login that the registry shows, else the key.
    pub name: String,
    /// Trust, 0..=1. Null: none is known.
    pub trust: Option<f64>,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// A signal of the snapshot, or `status`, `advisory`, `yanked`.
    pub signal: String,
    /// At or above the job's alert level; advisories, states and withdrawals always are.
    pub is_alert: bool,
    /// One sentence.
    pub evidence: String,
}
