use crate::ids::{AccountId, RepositoryId};

/// A file at HEAD that names the package it makes: the repository itself says which package comes from which folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manifest {
    /// The repository.
    pub repository: RepositoryId,
    /// What kind of file it is.
    pub kind: ManifestKind,
    /// Name of the package, as written.
    pub package: String,
    /// Folder of the package, without leading or trailing slash; empty for the whole repository.
    pub directory: String,
}

/// Files that name packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManifestKind {
    /// `Cargo.toml`.
    Cargo,
    /// `package.json`.
    Npm,
    /// `pyproject.toml` or `setup.cfg`.
    Python,
    /// `debian/control`.
    Debian,
}

impl ManifestKind {
    /// All, in the order of their numbers in caches.
    pub const ALL: [Self; 4] = [Self::Cargo, Self::Npm, Self::Python, Self::Debian];

    /// Name in tables and pages: the type of the package's purl.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Python => "pypi",
            Self::Debian => "deb",
        }
    }
}

/// A file at HEAD names somebody as responsible for part of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// The repository.
    pub repository: RepositoryId,
    /// Where it says so.
    pub kind: OwnerKind,
    /// The account at an address. `None` where only a login stands.
    pub account: Option<AccountId>,
    /// Login or team (`org/team`) at the forge, in lower case. `None` where an address stands.
    pub login: Option<String>,
    /// Lines that name it.
    pub line_count: u32,
}

/// Files that name owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerKind {
    /// `CODEOWNERS`: whose review the forge asks for.
    CodeOwners,
    /// `MAINTAINERS`: who looks after a part, as the Linux kernel writes it or as plain `Name <address>`.
    Maintainers,
}

impl OwnerKind {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::CodeOwners => "codeowners",
            Self::Maintainers => "maintainers",
        }
    }
}
