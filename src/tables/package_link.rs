use crate::ids::{PackageId, RepositoryId};

/// Two packages of different registries that seem to be the same project. Enters no score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PackageLink {
    /// The package.
    pub package: PackageId,
    /// The other; its ecosystem is another.
    pub other: PackageId,
    /// What speaks for it.
    pub evidence: PackageLinkEvidence,
    /// The repository both name, the best proven one. `None`: they name none in common.
    pub repository: Option<RepositoryId>,
    /// How sure it is, 0..=1.
    pub confidence: f64,
}

/// What two packages have in common; at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackageLinkEvidence {
    /// Both come from one repository, and neither merely says so: a distribution reviewed it, or the repository itself, the registry
    /// or an attestation bears it out.
    pub is_proven_repository: bool,
    /// Both name one repository, and of one of them nothing but its word speaks for any of those they have in common.
    pub is_claimed_repository: bool,
    /// Both name the same web page.
    pub is_same_homepage: bool,
    /// A distribution's rule for names makes one of the other.
    pub is_same_name: bool,
    /// Programs of the distribution hold compiled code of it, as its rule for names says of libraries.
    pub is_built_using: bool,
}

impl PackageLinkEvidence {
    /// Names in tables and pages, the strongest first.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let Self { is_proven_repository, is_claimed_repository, is_same_homepage, is_same_name, is_built_using } = self;
        let words = [
            (is_proven_repository, "proven_repository"),
            (is_claimed_repository, "claimed_repository"),
            (is_same_name, "name"),
            (is_same_homepage, "homepage"),
            (is_built_using, "built_using"),
        ];
        words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word)
    }
}
