use crate::ids::{PackageId, RepositoryId};

/// How well it is known that `package` is built from `repository`, which its registry or its own metadata name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepositoryEvidence {
    /// The package.
    pub package: PackageId,
    /// The repository.
    pub repository: RepositoryId,
    /// -1 contradicted, 0 a claim, to 5 a verified attestation.
    pub evidence_level: i8,
    /// What the level stands on.
    pub basis: EvidenceBasis,
    /// How versions and tags agree. `None`: the repository's history was not read, or it has no tag that names a version.
    pub agreement: Option<Agreement>,
    /// Packages of registries that name the repository, this one included.
    pub claimant_count: u32,
    /// Groups of them that share no maintainer. Packages whose maintainers the registry does not show are in none.
    pub unrelated_claimant_count: u32,
}

/// What a level of evidence stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceBasis {
    /// 5: a verified attestation of the newest release names repository and commit.
    Attestation,
    /// 4: the registry itself verified where the release came from.
    Registry,
    /// 3: a manifest in the repository names the package.
    Manifest,
    /// 2: tags and versions agree in name and time.
    Tags,
    /// 1: owner of the repository and somebody who may publish have the same login.
    Login,
    /// 0: the package says so.
    Claim,
    /// -1: many packages that share no maintainer say so, and another came first.
    Crowd,
    /// -1: the manifest at the place the package names is of another package.
    OtherPackage,
}

impl EvidenceBasis {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attestation => "attestation",
            Self::Registry => "registry",
            Self::Manifest => "manifest",
            Self::Tags => "tags",
            Self::Login => "login",
            Self::Claim => "claim",
            Self::Crowd => "crowd",
            Self::OtherPackage => "other_package",
        }
    }
}

/// Versions of a package held against the tags of a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Agreement {
    /// Versions published in the time the tags span: those that could have a tag.
    pub compared_version_count: u32,
    /// Of them, those with a tag of the same version within the window of days.
    pub matched_version_count: u32,
    /// Tags that could be about the package.
    pub version_tag_count: u32,
    /// How unlikely the matches are by chance, in bits, rounded down: 20 is one in a million.
    pub surprise_bits: u32,
}
