//! Tables of facts that registries with documents a release tell.

use crate::snapshot::table::table;
use crate::snapshot::{Text, Word};
use crate::units::Day;

table! {
    /// One row a version of a package as its registry lists it, and who brought it there.
    "publishes" keyed by ["purl", "version"] => PublishRow {
        /// The package.
        purl: Text,
        /// Version as written.
        version: Text,
        /// Day the registry took it in. Null: it does not say.
        published: Option<Day>,
        /// Person who did. Null: the registry does not say, or no one person did.
        publisher_id: Option<Text>,
        /// How the publisher was let in: `token` or `trusted_publisher`. Null: the registry does not say.
        authorization: Option<Word>,
        /// Withdrawn by its publisher; old users keep it.
        is_yanked: bool,
        /// Digest of the file as the registry states it. Null: it states none.
        digest: Option<Text>,
        /// Commit the package itself says it was made from; a claim. Null: it says nothing, or was not read.
        commit: Option<Text>,
        /// What the registry's own signature over name, version and digest proves: `verified`, `absent`, `unknown_key`, `expired_key`
        /// (no longer in use that day) or `wrong`. Null: the registry signs nothing, or does not say.
        registry_signature: Option<Word>,
    }

    /// One row a package and another, of another registry, that seems to be the same project; each pair stands twice. No score uses
    /// these links.
    "package_links" keyed by ["purl", "other_purl"] => PackageLinkRow {
        /// The package.
        purl: Text,
        /// The other.
        other_purl: Text,
        /// How sure it is, 0..=1.
        confidence: f64,
        /// What speaks for it, words separated by blanks: `proven_repository` or `claimed_repository` (one repository, which merely
        /// one side may claim), `name` (a distribution's rule for names), `homepage` (one web page), `built_using` (programs of the
        /// distribution hold compiled code of it).
        evidence: Word,
        /// Repository both name. Null: none.
        repository_url: Option<Text>,
    }

    /// One row an attestation of a release, and what it proves of where the release was built.
    "provenance" keyed by ["purl", "version", "number"] => ProvenanceRow {
        /// The package.
        purl: Text,
        /// Version as written.
        version: Text,
        /// Number among the attestations of the release, from 1.
        number: i64,
        /// It holds: chain, log, signature, digest of the registry's file.
        is_verified: bool,
        /// Why it proves nothing. Null: it holds.
        reason: Option<Word>,
        /// Who vouched for the signer's identity. Null: not read.
        issuer: Option<Text>,
        /// Repository the proof names. Null: none, or not proven.
        repository_url: Option<Text>,
        /// Workflow file inside the repository. Null: none, or not proven.
        workflow: Option<Text>,
        /// Commit the proof names. Null: none, or not proven.
        commit: Option<Text>,
        /// Entry in the transparency log. Null: none.
        log_index: Option<i64>,
    }

    /// One row a package and public notice about its releases. Withdrawn notices are left out.
    "advisories" keyed by ["purl", "advisory_id"] => AdvisoryRow {
        /// The package.
        purl: Text,
        /// Id of the notice.
        advisory_id: Text,
        /// `malicious`, `vulnerability`, `unmaintained` or `notice`.
        kind: Word,
        /// Day it was published. Null: it does not say.
        published: Option<Day>,
        /// Every version is meant.
        is_all_versions: bool,
        /// The newest version that is listed is meant. Null: no suite lists the package.
        is_newest_affected: Option<bool>,
        /// Versions that are meant, separated by blanks. Null: every version, or none that is known.
        versions: Option<Text>,
    }
}
