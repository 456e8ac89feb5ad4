use std::collections::BTreeMap;

use super::Format;

/// One entry of a lockfile: a package at a version, and where the file says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locked {
    /// Canonical package URL without version, such as `pkg:npm/%40types/node`.
    pub purl: String,
    /// Version as written. `None`: the file does not pin one.
    pub version: Option<String>,
    /// Index into [`Lockfile::files`].
    pub file: usize,
    /// 1-based line of the entry.
    pub line: u32,
    /// Where the package comes from.
    pub origin: Origin,
    /// Host the file names for a package from a registry. `None`: the default registry of the tool.
    pub registry_host: Option<String>,
    /// What it is needed for. `None`: the format does not say.
    pub kind: Option<LockedKind>,
    /// The project itself asks for it. `None`: the format does not say.
    pub is_direct: Option<bool>,
}

/// Where an installed package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The ecosystem's public registry, or a mirror of it.
    Registry,
    /// Another registry than most packages of the file: facts of the public one say nothing about it.
    OtherRegistry,
    /// A git repository.
    Git,
    /// A folder or file beside the lockfile.
    Path,
    /// An archive at an address of its own.
    Url,
}

impl Origin {
    /// Name in messages, JSON and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::OtherRegistry => "other_registry",
            Self::Git => "git",
            Self::Path => "path",
            Self::Url => "url",
        }
    }
}

/// What a package is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockedKind {
    /// To run.
    Runtime,
    /// To build.
    Build,
    /// To run, where it can be had.
    Optional,
    /// To work on the project or to test it.
    Development,
}

impl LockedKind {
    /// Name in messages and JSON; the same word as in the table of dependencies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Build => "build",
            Self::Optional => "optional",
            Self::Development => "development",
        }
    }
}

/// A lockfile, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockfile {
    /// What it is.
    pub format: Format,
    /// The file itself and what it includes, seen from the folder of the first.
    pub files: Vec<String>,
    /// All entries in the order of the file, duplicates included.
    pub locked: Vec<Locked>,
    /// Entries that name no package that could be looked up, by reason.
    pub skips: BTreeMap<&'static str, Skip>,
}

/// Entries left out for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skip {
    /// How many.
    pub count: u64,
    /// Index into [`Lockfile::files`] of the first.
    pub file: usize,
    /// 1-based line of the first.
    pub line: u32,
}
