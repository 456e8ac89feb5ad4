//! WHAT IS PROVEN about where an artifact comes from: attestations, checked offline and strictly.
//!
//! From a document of a registry, an artifact or its digest, and trusted roots, to a [`Report`]: for each attestation either a
//! [`Proof`] with what it says, or one [`Reason`] why it proves nothing. Failure is a fact, never an abort, and there is no
//! network in it: what is rejected here would be rejected there, and the other way round. Trusted roots ship with the program; `tuf`
//! brings newer ones, from signed metadata that somebody else fetched.
//!
//! # Who checks what
//!
//! The cryptography is `sigstore-verify` 0.15, read line by line. With the settings used here it checks, for every signed time
//! it finds: the certificate's chain up to an authority that was trusted then, its use for signing code, its validity, and the
//! certificate transparency log's signature; for every log entry that is there: the hashes up to the checkpoint, the
//! checkpoint's signature, the log's promise with the time in it, and the entry's body against signature, certificate and
//! payload; the timestamps of authorities; the signature; and one digest of the artifact. It does not check, and this layer does:
//!
//! | what | where |
//! |---|---|
//! | size, depth, keys that stand twice (in the document and in the signed payload) | `strict_json` |
//! | unknown fields, two signers or two contents in one bundle | `shape` |
//! | entries and timestamps that stand twice, a proof or promise for every entry, kind of the body, one tree for proof and checkpoint, checkpoint by the entry's own log, text after signatures, the log key's days | `log_entries` |
//! | type of the statement; all digests of the subject that can be compared, not one of them | `statement` |
//! | repository, commit and runner of the statement against the certificate's | `statement` |
//! | publisher and predicate type of the registry's document against the certificate's and the statement's | `publisher`, `attestation` |
//! | the days of registry keys; root certificates in a bundle's chain | `attestation` |
//!
//! A statement may be about a build elsewhere: then its repository is not the signer's, and it is a stranger's word. It is
//! refused, unless the caller named signer and issuer and so said whose word counts; then the contradiction stands in the proof.
//!
//! It cannot tell a retired authority from an unknown one, nor an expired certificate from a broken chain; `refusal` does. A
//! panic in it is caught and is a reason like others. It looks at the clock to refuse signed times in the future and keys of a
//! root whose days have not begun.
//!
//! Left open by both, because it cannot be checked: the hash of the whole envelope in `dsse` log entries (over a spelling of the
//! JSON nobody kept; payload, signature and certificate are compared one by one instead), and `keyid` hints.

mod artifact;
mod attestation;
mod claims;
mod document;
mod log_entries;
mod proof;
mod publisher;
mod reason;
mod refusal;
mod registry_signature;
mod report;
mod shape;
mod shown;
mod statement;
mod strict_json;
mod trusted_roots;
mod tuf;

pub use artifact::Artifact;
pub use claims::Claims;
pub use document::Format;
pub use proof::{LogEntry, Proof, Signer};
pub use reason::{Reason, Rejection};
pub use registry_signature::Signed;
pub use report::{Finding, Report};
pub use trusted_roots::{RootError, TrustedRoots};
pub use tuf::{Bring, Instance, RefreshError, Refreshed, refresh};

use shown::shown;

/// Largest document that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = strict_json::MAX_BYTES;

/// Who must have signed. What is `None` may be anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Subject alternative name of the certificate, letter by letter.
    pub identity: Option<String>,
    /// Address of the identity provider that vouches for it.
    pub issuer: Option<String>,
}

impl Expected {
    fn is_some(&self) -> bool {
        self.identity.is_some() || self.issuer.is_some()
    }

    /// Whether the signer is named in full.
    fn names_signer(&self) -> bool {
        self.identity.is_some() && self.issuer.is_some()
    }
}

/// Checks every attestation of `document` about `artifact`. The document holds if each of its attestations does, and there is
/// one. Where a signer is expected, one attestation at least must be signed by a certificate.
///
/// Costs about 0.7 ms of one core an attestation; safe to call from many threads with the same roots.
pub fn verify(document: &[u8], artifact: &Artifact, expected: &Expected, roots: &TrustedRoots) -> Report {
    let found = strict_json::read(document).and_then(document::attestations);
    let findings = match found {
        Ok(found) => found.into_iter().map(|found| attestation::find(found, artifact, expected, roots)).collect(),
        Err(rejection) => return Report::refused(artifact, rejection),
    };
    let mut report = Report::of(artifact, findings);
    if expected.is_some() && report.is_proven && !report.attestations.iter().any(Finding::has_identity) {
        report.is_proven = false;
        report.rejection = Some(Reason::IdentityMissing.into());
    }
    report
}
