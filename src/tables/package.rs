use std::collections::BTreeSet;

use crate::ids::{Ecosystem, PackageId, Purl, SuiteId};

/// A registry item. For Debian a source package; its binaries are folded in.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// Key.
    pub purl: Purl,
    /// The registry world.
    pub ecosystem: Ecosystem,
    /// Name as the registry writes it.
    pub name: String,
    /// Day of the suite the facts below were taken from (the newest that lists the package).
    pub facts_as_of: crate::units::Day,
    /// Registry section, such as `libs`.
    pub section: Option<String>,
    /// Web page the package claims; http or https only.
    pub homepage: Option<String>,
    /// Names of installable packages built from this source, sorted; empty outside Debian.
    pub binaries: Vec<String>,
    /// The package says how to test it automatically (Debian: field `Testsuite`).
    pub has_tests: bool,
    /// What the registry says beyond facts.
    pub flags: BTreeSet<PackageFlag>,
}

/// A state a registry puts a package in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageFlag {
    /// Its publisher advises against using it (npm `deprecated`).
    Deprecated,
    /// Its publisher says that no more will come (PyPI project status `archived`).
    Archived,
    /// The registry keeps it from being installed (PyPI project status `quarantined`).
    Quarantined,
    /// The registry holds the name after a removal (npm security holding).
    SecurityHolding,
    /// Another package had this name before, and was deleted.
    NameReused,
    /// Only workflows that the registry verified may publish it.
    TrustedPublishingOnly,
}

impl PackageFlag {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deprecated => "deprecated",
            Self::Archived => "archived",
            Self::Quarantined => "quarantined",
            Self::SecurityHolding => "security_holding",
            Self::NameReused => "name_reused",
            Self::TrustedPublishingOnly => "trusted_publishing_only",
        }
    }
}

/// What one suite says of one package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The package.
    pub package: PackageId,
    /// The list that carries it.
    pub suite: SuiteId,
    /// Version as written.
    pub version: String,
    /// The registry says that nobody maintains it.
    pub is_orphaned: bool,
}
