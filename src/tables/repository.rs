use crate::ids::{PackageId, RepositoryId, RepositoryUrl, SuiteId};
use crate::units::Day;

/// A version-controlled history, known by its canonical URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Repository {
    /// Key.
    pub url: RepositoryUrl,
    /// The day its history was taken; `None` when no history was read.
    pub history_as_of: Option<Day>,
}

/// A package names a repository, as `suite` says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepositoryLink {
    /// The package.
    pub package: PackageId,
    /// The list that says so.
    pub suite: SuiteId,
    /// The repository.
    pub repository: RepositoryId,
    /// What the repository holds.
    pub relation: LinkRelation,
    /// Folder inside the repository, without leading or trailing slash.
    pub directory: Option<String>,
    /// Branch the package names.
    pub branch: Option<String>,
    /// How well the link is proven, -1 to 5; 0 is a claim in metadata.
    pub evidence_level: i8,
}

/// What a linked repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkRelation {
    /// The packaging the archive builds from (Debian `Vcs-Git`).
    Packaging,
    /// The upstream program (a `Homepage` on a forge).
    Upstream,
    /// The source a registry's package names as its own.
    Source,
}

impl LinkRelation {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Packaging => "packaging",
            Self::Upstream => "upstream",
            Self::Source => "source",
        }
    }
}
