//! Why `sigstore-verify` refused, in our words.

use jiff::Timestamp;
use sigstore_verify::bundle::Error as Shape;
use sigstore_verify::crypto::parse_certificate_info;
use sigstore_verify::tsa::verify_timestamp_for_authority;
use sigstore_verify::types::{Artifact, Bundle, SignatureContent};
use sigstore_verify::{CertificateError, Error, TimestampError, TransparencyLogError, VerificationPolicy};

use super::reason::{Reason, Rejection};
use super::trusted_roots::Instance;

/// The reason for a bundle that a registry's key signed.
pub(super) fn of_key(error: Error, bundle: &Bundle) -> Rejection {
    translate(error, bundle)
}

/// The reason for a bundle with a certificate. Costs a second verification where the certificate's chain was refused: without
/// the days of authorities, to tell a retired authority from an unknown one.
pub(super) fn of_certificate(
    error: Error,
    bundle: &Bundle,
    instance: &Instance,
    artifact: Artifact<'_>,
    policy: &VerificationPolicy,
) -> Rejection {
    let is_chain = |error: &Error| {
        matches!(error, Error::Certificate(CertificateError::ChainInvalid(_) | CertificateError::NoValidAuthority { .. }))
    };
    if !is_chain(&error) {
        return translate(error, bundle);
    }
    let times = signed_times(bundle, instance);
    let info = bundle.signing_certificate().and_then(|certificate| parse_certificate_info(certificate).ok());
    let outside = |time: &&Timestamp| info.as_ref().is_some_and(|info| **time < info.not_before || **time > info.not_after);
    if let Some(time) = times.iter().find(outside) {
        return Rejection::about(Reason::CertificateNotValid, time.to_string());
    }
    match instance.ageless.verify(artifact, bundle, policy) {
        Err(second) if is_chain(&second) => translate(error, bundle),
        _ => Reason::AuthorityNotValid.into(),
    }
}

/// Times that the verifier had accepted before it looked at the certificate.
fn signed_times(bundle: &Bundle, instance: &Instance) -> Vec<Timestamp> {
    let material = &bundle.verification_material;
    let promised = material.tlog_entries.iter().filter(|entry| entry.inclusion_promise.is_some());
    let mut times: Vec<Timestamp> = promised.filter_map(|entry| entry.integrated_time).collect();
    let signature = match &bundle.content {
        SignatureContent::MessageSignature(message) => &message.signature,
        SignatureContent::DsseEnvelope(envelope) => &envelope.signature.sig,
        _ => return times,
    };
    let authorities = instance.root.tsa_authorities();
    for stamp in &material.timestamp_verification_data.rfc3161_timestamps {
        let verified = |authority| verify_timestamp_for_authority(&stamp.signed_timestamp, signature, authority).ok();
        times.extend(authorities.iter().find_map(verified));
    }
    times
}

fn translate(error: Error, bundle: &Bundle) -> Rejection {
    let is_message = matches!(bundle.content, SignatureContent::MessageSignature(_));
    let text = error.to_string();
    let reason = match error {
        Error::SignatureInvalid(_) => Reason::SignatureInvalid,
        // For an envelope the artifact is compared as a digest of the statement; a mismatch with the log is another matter.
        Error::ArtifactMismatch(what) if !is_message && what.contains("hashedrekord") => Reason::LogEntryMismatch,
        Error::ArtifactMismatch(_) => Reason::DigestMismatch,
        Error::UnsupportedArtifact(_) => Reason::DigestNotComparable,
        Error::Certificate(certificate) => of_certificate_error(&certificate),
        Error::TransparencyLog(log) => of_log_error(&log),
        Error::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => Reason::MissingSignedTime,
        Error::Timestamp(_) => Reason::TimestampInvalid,
        Error::UnsupportedBundle(_) | Error::Crypto(_) => Reason::UnsupportedSignature,
        Error::Bundle(shape) => of_shape(&shape),
        _ => Reason::MalformedBundle,
    };
    Rejection::about(reason, text)
}

fn of_certificate_error(error: &CertificateError) -> Reason {
    match error {
        CertificateError::Malformed(_) => Reason::CertificateMalformed,
        CertificateError::NoValidAuthority { .. } => Reason::AuthorityNotValid,
        CertificateError::NotYetValid { .. } | CertificateError::Expired { .. } => Reason::CertificateNotValid,
        CertificateError::Sct(_) => Reason::SctInvalid,
        _ => Reason::UnknownAuthority,
    }
}

fn of_log_error(error: &TransparencyLogError) -> Reason {
    match error {
        TransparencyLogError::UnknownLog { .. } => Reason::UnknownLog,
        TransparencyLogError::InclusionProof(_) => Reason::InclusionProofInvalid,
        TransparencyLogError::Checkpoint(_) => Reason::CheckpointInvalid,
        TransparencyLogError::InclusionPromise(text) if text.starts_with("No log key valid") => Reason::LogKeyNotValid,
        TransparencyLogError::InclusionPromise(_) => Reason::LogPromiseInvalid,
        TransparencyLogError::EntryMismatch(_) => Reason::LogEntryMismatch,
        TransparencyLogError::IntegratedTime(text) if text.contains("future") => Reason::SignedInFuture,
        TransparencyLogError::IntegratedTime(_) => Reason::CertificateNotValid,
        _ => Reason::LogEntryMalformed,
    }
}

fn of_shape(error: &Shape) -> Reason {
    match error {
        Shape::UnsupportedMediaType(_) => Reason::UnsupportedVersion,
        Shape::MissingInclusionPromise(_) => Reason::MissingInclusionPromise,
        Shape::MissingInclusionProof(_) => Reason::MissingInclusionProof,
        Shape::MissingSigningTimeEvidence | Shape::MissingTimestamp => Reason::MissingSignedTime,
        Shape::MissingCheckpoint => Reason::CheckpointInvalid,
        Shape::LogIndexOutOfRange { .. } => Reason::InclusionProofInvalid,
        Shape::CheckpointRootMismatch => Reason::CheckpointMismatch,
        _ => Reason::MalformedBundle,
    }
}
