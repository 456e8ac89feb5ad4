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
    /// What the registry's own signature proves. `None`: the registry signs nothing, or its document does not say.
    pub registry_signature: Option<RegistrySignature>,
}

/// What a registry's signature over name, version and digest proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrySignature {
    /// A key of the registry made it.
    Verified,
    /// There is none.
    Absent,
    /// No key is known by the name it gives.
    UnknownKey,
    /// The key was no longer in use when the release came.
    ExpiredKey,
    /// The key it names did not make it.
    Wrong,
}

impl RegistrySignature {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Absent => "absent",
            Self::UnknownKey => "unknown_key",
            Self::ExpiredKey => "expired_key",
            Self::Wrong => "wrong",
        }
    }
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
