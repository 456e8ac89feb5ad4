use crate::ids::{AccountId, PackageId};
use crate::units::Day;

/// One version of a package as its registry lists it, and who brought it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Publication {
    /// The package.
    pub package: PackageId,
    /// Version as written.
    pub version: String,
    /// The day the registry took it in.
    pub published: Option<Day>,
    /// Who did it. `None`: the registry does not say.
    pub publisher: Option<AccountId>,
    /// How the publisher was let in.
    pub authorization: Option<Authorization>,
    /// Withdrawn by its publisher; old users keep it.
    pub is_yanked: bool,
    /// Digest of the file as the registry states it, `sha256:…` or `sha512:…` in lower-case hexadecimal; of several files the
    /// source distribution's.
    pub digest: Option<String>,
    /// Commit the package itself says it was made from; a claim.
    pub commit: Option<String>,
}

/// How a registry let a publisher in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authorization {
    /// A token or password of an account.
    Token,
    /// A workflow the registry itself verified (trusted publishing).
    TrustedPublisher,
}

impl Authorization {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::TrustedPublisher => "trusted_publisher",
        }
    }
}
