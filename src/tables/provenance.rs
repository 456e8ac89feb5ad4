use crate::ids::{PackageId, RepositoryUrl};

/// What the attestations of one release prove of where it was built.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    /// The package.
    pub package: PackageId,
    /// Version as written.
    pub version: String,
    /// It holds: chain, log, signature, digest of the registry's file.
    pub is_verified: bool,
    /// Why it proves nothing, a name out of [`crate::provenance`]'s fixed list; `None` when it holds.
    pub reason: Option<String>,
    /// Who vouched for the signer's identity.
    pub issuer: Option<String>,
    /// Repository the proof names.
    pub repository: Option<RepositoryUrl>,
    /// Workflow file inside the repository.
    pub workflow: Option<String>,
    /// Commit the proof names.
    pub commit: Option<String>,
    /// Entry in the transparency log.
    pub log_index: Option<u64>,
}
