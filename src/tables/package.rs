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
