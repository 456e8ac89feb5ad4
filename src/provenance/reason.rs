//! Why an attestation proves nothing: one fixed word and one sentence each.

use serde::{Serialize, Serializer};

macro_rules! reasons {
    ($($name:ident $key:literal $sentence:literal,)*) => {
        /// The reasons. `key` is the word in JSON and tables; it never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $sentence] $name,)*
        }

        impl Reason {
            /// Every reason, in the order in which it is looked for.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// What it means, as one sentence without its full stop.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

reasons! {
    TooLarge "too_large" "the document is larger than an attestation can be",
    NotJson "not_json" "the document is not JSON text",
    TooDeep "too_deep" "the document is nested deeper than an attestation can be",
    DuplicateKey "duplicate_key" "a key stands twice in one object, so readers may disagree about its value",
    UnknownFormat "unknown_format" "the document has none of the known shapes of an attestation",
    NoAttestation "no_attestation" "the document holds no attestation",
    TooMany "too_many" "the document holds more attestations than one artifact can have",
    UnsupportedVersion "unsupported_version" "the format version is not known",
    UnknownField "unknown_field" "the bundle has a field that its format does not have",
    MalformedBundle "malformed_bundle" "a part of the bundle is missing or cannot be read",
    DuplicateEntry "duplicate_entry" "a log entry or timestamp stands in the bundle twice",
    MissingLogEntry "missing_log_entry" "no transparency log entry is given",
    MissingInclusionProof "missing_inclusion_proof" "a log entry has no proof that it is in the log",
    MissingInclusionPromise "missing_inclusion_promise" "a log entry has no signed promise of the log, which this version needs",
    UnknownLog "unknown_log" "the log is not one of the trusted root",
    LogEntryMalformed "log_entry_malformed" "a log entry's body is not of the kind the bundle says",
    CheckpointMismatch "checkpoint_mismatch" "the inclusion proof is not about the tree that the log's checkpoint signs",
    CheckpointInvalid "checkpoint_invalid" "the log's checkpoint is not signed by the log",
    InclusionProofInvalid "inclusion_proof_invalid" "the hashes do not lead from the log entry to the log's root",
    LogPromiseInvalid "log_promise_invalid" "the log's signature over the entry and its time does not hold",
    LogEntryMismatch "log_entry_mismatch" "the log entry is about another signature, certificate or payload",
    LogKeyNotValid "log_key_not_valid" "the log's key was not valid at the signed time",
    MissingSignedTime "missing_signed_time" "nobody trusted signed the time of the signature",
    TimestampInvalid "timestamp_invalid" "a timestamp is not signed by a trusted timestamp authority for this signature",
    SignedInFuture "signed_in_future" "the signed time is in the future",
    CertificateMalformed "certificate_malformed" "the signing certificate cannot be read",
    UnknownAuthority "unknown_authority" "the certificate does not lead to an authority of the trusted root",
    AuthorityNotValid "authority_not_valid" "the certificate's authority was not trusted at the signed time",
    CertificateNotValid "certificate_not_valid" "the certificate was not valid at the signed time",
    SctInvalid "sct_invalid" "the certificate has no valid signature of a trusted certificate transparency log",
    UnknownKey "unknown_key" "the signature is by a key that no trusted registry has",
    KeyNotValid "key_not_valid" "the registry's key was not valid at the signed time",
    UnsupportedSignature "unsupported_signature" "the signature, key or payload is of a kind that cannot be checked",
    SignatureInvalid "signature_invalid" "the signature does not hold over the payload",
    StatementMalformed "statement_malformed" "the signed payload is not an in-toto statement",
    DigestNotComparable "digest_not_comparable" "the attestation names the artifact by another digest algorithm than the one given",
    DigestMismatch "digest_mismatch" "the attestation is about another artifact",
    RepositoryMismatch "repository_mismatch" "the statement names another repository than the certificate",
    CommitMismatch "commit_mismatch" "the statement names another commit than the certificate",
    BuilderMismatch "builder_mismatch" "the statement names another runner than the certificate",
    WrapperMismatch "wrapper_mismatch" "the document around the attestation says something else than the attestation",
    IdentityMissing "identity_missing" "an identity was asked for, and a registry's key has none",
    IdentityMismatch "identity_mismatch" "somebody else signed",
    IssuerMismatch "issuer_mismatch" "somebody else vouches for the signer's identity",
    VerifierFailed "verifier_failed" "the check broke off; this is a defect of the verifier",
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

/// A reason, with what it is about where that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The word.
    pub reason: Reason,
    /// The reason in words.
    pub sentence: &'static str,
    /// Which part, expected and found, or what a parser says; shown text only.
    pub detail: Option<String>,
}

impl Rejection {
    /// A rejection that says what it is about. `detail` may hold upstream text: it is cleaned here.
    pub fn about(reason: Reason, detail: impl AsRef<str>) -> Self {
        Self { reason, sentence: reason.sentence(), detail: Some(super::shown(detail.as_ref())) }
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason, sentence: reason.sentence(), detail: None }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Reason;

    #[test]
    fn words_are_unique() {
        let keys: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.key()).collect();
        let sentences: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.sentence()).collect();
        assert_eq!((keys.len(), sentences.len()), (Reason::ALL.len(), Reason::ALL.len()));
    }
}
