//! One attestation, from its bundle to a proof or a reason.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{ArtifactDigest, Bundle, HashAlgorithm, Sha256Hash, Sha512Hash, SignatureContent};
use sigstore_verify::{PublicKeyVerificationPolicy, VerificationPolicy, VerificationResult, types};

use super::artifact::Artifact;
use super::claims::Claims;
use super::document::Found;
use super::log_entries;
use super::proof::{Proof, Signer};
use super::publisher::Publisher;
use super::reason::{Reason, Rejection};
use super::refusal;
use super::report::Finding;
use super::shape;
use super::statement::Statement;
use super::trusted_roots::{Instance, RegistryKey, TrustedRoots};
use super::{Expected, shown};

/// Checks one attestation. A panic of the verifier is caught: hostile input must not end a batch.
pub(super) fn find(found: Found, artifact: &Artifact, expected: &Expected, roots: &TrustedRoots) -> Finding {
    let format = found.format;
    let checked = catch_unwind(AssertUnwindSafe(|| check(found, artifact, expected, roots)));
    Finding::of(format, checked.unwrap_or_else(|_| Err(Reason::VerifierFailed.into())))
}

/// A bundle that was read, with the statement in it if it has one.
struct Read {
    bundle: Bundle,
    statement: Option<Statement>,
    predicate_type: Option<String>,
    publisher: Option<Publisher>,
}

fn check(found: Found, artifact: &Artifact, expected: &Expected, roots: &TrustedRoots) -> Result<Proof, Rejection> {
    let bundle = read_bundle(found.bundle?)?;
    let statement = match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) if envelope.payload_type != "application/vnd.in-toto+json" => {
            return Err(Rejection::about(Reason::UnsupportedSignature, format!("payload type {}", envelope.payload_type)));
        }
        SignatureContent::DsseEnvelope(envelope) => Some(Statement::read(envelope.payload.as_bytes())?),
        _ => None,
    };
    let read = Read { bundle, statement, predicate_type: found.predicate_type, publisher: found.publisher };
    let key = match &read.bundle.verification_material.content {
        VerificationMaterialContent::PublicKey(hint) => Some(roots.registry_key(&hint.hint).ok_or(Reason::UnknownKey)?),
        _ => None,
    };
    let mut first = None;
    for instance in &roots.instances {
        match check_against(&read, key, artifact, expected, instance) {
            Ok(proof) => return wanted(&proof, expected).map(|()| proof.cleaned()),
            // Another instance's material is unknown here; a reason that is about the bundle itself says more.
            Err(rejection) if first.is_none() || !is_foreign(&rejection) => {
                if first.as_ref().is_none_or(is_foreign) {
                    first = Some(rejection);
                }
            }
            Err(_) => {}
        }
    }
    Err(first.unwrap_or_else(|| Reason::UnknownAuthority.into()))
}

fn read_bundle(bundle: Value) -> Result<Bundle, Rejection> {
    shape::check(&bundle)?;
    let read = serde_json::from_value(bundle).map_err(|error| error.to_string());
    read.map_err(|text| Rejection::about(Reason::MalformedBundle, text))
}

/// Whether the rejection may only mean that the bundle belongs to another instance.
fn is_foreign(rejection: &Rejection) -> bool {
    use Reason::{MissingLogEntry, MissingSignedTime, TimestampInvalid, UnknownAuthority, UnknownLog};
    matches!(rejection.reason, UnknownAuthority | UnknownLog | MissingLogEntry | TimestampInvalid | MissingSignedTime)
}

fn check_against(
    read: &Read,
    key: Option<&RegistryKey>,
    artifact: &Artifact,
    expected: &Expected,
    instance: &Instance,
) -> Result<Proof, Rejection> {
    no_root_in_chain(&read.bundle, instance)?;
    log_entries::check(&read.bundle, &instance.root)?;
    let result = verified(read, key, given(read, artifact)?, instance).map_err(|rejection| match &read.statement {
        // No digest in common is another matter than a digest that differs.
        Some(statement) if rejection.reason == Reason::DigestMismatch => {
            statement.subject_of(artifact).err().unwrap_or(rejection)
        }
        _ => rejection,
    })?;
    log_entries::check_times(&read.bundle, &instance.root, result.verified_timestamps())?;
    let signer = match key {
        Some(key) => registry_signer(key, &result)?,
        None => Signer::of_certificate(&result),
    };
    agree_around(read, &result)?;
    let contradiction = contradiction(read, &result).filter(|_| matches!(signer, Signer::Certificate { .. }));
    if let Some(contradiction) = contradiction.as_ref().filter(|_| !expected.names_signer()) {
        return Err(contradiction.clone());
    }
    let subject = match &read.statement {
        Some(statement) => Some(shown(statement.subject_of(artifact)?)),
        None => None,
    };
    let mut proof = Proof::new(instance, signer, subject, read.statement.as_ref(), &read.bundle, &result);
    proof.contradiction = contradiction;
    Ok(proof)
}

fn verified(
    read: &Read,
    key: Option<&RegistryKey>,
    given: types::Artifact<'_>,
    instance: &Instance,
) -> Result<VerificationResult, Rejection> {
    let bundle = &read.bundle;
    let Some(key) = key else {
        let policy = policy(instance);
        let result = instance.verifier.verify(given.clone(), bundle, &policy);
        return result.map_err(|error| refusal::of_certificate(error, bundle, instance, given, &policy));
    };
    let policy = PublicKeyVerificationPolicy::new(key.key.clone());
    instance.verifier.verify(given, bundle, &policy).map_err(|error| refusal::of_key(error, bundle))
}

/// A root that comes with the bundle vouches for nothing; one that is trusted need not come.
fn no_root_in_chain(bundle: &Bundle, instance: &Instance) -> Result<(), Rejection> {
    let VerificationMaterialContent::X509CertificateChain { certificates } = &bundle.verification_material.content else {
        return Ok(());
    };
    let roots: Vec<_> = instance.root.certificate_authorities.iter().filter_map(|ca| ca.cert_chain.certificates.last()).collect();
    if certificates.iter().skip(1).any(|own| roots.iter().any(|root| root.raw_bytes == own.raw_bytes)) {
        return Err(Rejection::about(Reason::MalformedBundle, "the certificate chain brings a root along"));
    }
    Ok(())
}

/// Nothing is skipped but what the instance does not have at all: a root without logs cannot vouch by a log.
fn policy(instance: &Instance) -> VerificationPolicy {
    let mut policy = VerificationPolicy::any_identity();
    if instance.root.ctlogs.is_empty() {
        policy = policy.skip_sct();
    }
    if instance.root.tlogs.is_empty() {
        policy = policy.skip_tlog_unsafe();
    }
    policy
}

/// The artifact in the form the signature needs: a digest where that is enough.
fn given<'a>(read: &Read, artifact: &'a Artifact) -> Result<types::Artifact<'a>, Rejection> {
    let sha512 = || artifact.sha512().and_then(|digits| Sha512Hash::from_hex(digits).ok());
    let digest = match &read.statement {
        None => match artifact.bytes() {
            Some(bytes) => return Ok(types::Artifact::Blob(bytes)),
            None => None,
        },
        Some(statement) if !statement.has_digest() => return Err(Reason::DigestNotComparable.into()),
        Some(statement) if statement.has_sha512() => sha512(),
        Some(_) => None,
    };
    if let Some(digest) = digest {
        let digest = ArtifactDigest::new(HashAlgorithm::Sha2512, digest.as_bytes().to_vec());
        return digest.map(types::Artifact::Digest).map_err(|_| Reason::DigestNotComparable.into());
    }
    let sha256 = artifact.sha256().and_then(|digits| Sha256Hash::from_hex(digits).ok());
    sha256.map(|digest| types::Artifact::Digest(digest.into())).ok_or_else(|| Reason::DigestNotComparable.into())
}

fn registry_signer(key: &RegistryKey, result: &VerificationResult) -> Result<Signer, Rejection> {
    let times = result.verified_timestamps();
    if times.is_empty() {
        return Err(Reason::MissingSignedTime.into());
    }
    match times.iter().find(|time| !key.is_valid_at(**time)) {
        Some(time) => Err(Rejection::about(Reason::KeyNotValid, time.to_string())),
        None => Ok(Signer::RegistryKey { key_id: key.id.clone() }),
    }
}

/// Where the statement, which the build wrote, says other than the certificate.
fn contradiction(read: &Read, result: &VerificationResult) -> Option<Rejection> {
    let claims = result.certificate().map(Claims::read)?;
    read.statement.as_ref()?.agree(&claims).err()
}

/// What the registry's document says must not contradict what is signed.
fn agree_around(read: &Read, result: &VerificationResult) -> Result<(), Rejection> {
    let inner = read.statement.as_ref().map(|statement| &statement.predicate_type);
    if read.predicate_type.is_some() && read.predicate_type.as_ref() != inner {
        return Err(Rejection::about(Reason::WrapperMismatch, "`predicateType`"));
    }
    match (&read.publisher, result.identity(), result.issuer(), result.certificate()) {
        (None, ..) => Ok(()),
        (Some(publisher), Some(identity), Some(issuer), Some(certificate)) => {
            publisher.agree(issuer, identity, &Claims::read(certificate))
        }
        (Some(_), ..) => Err(Rejection::about(Reason::WrapperMismatch, "`publisher`")),
    }
}

fn wanted(proof: &Proof, expected: &Expected) -> Result<(), Rejection> {
    let Signer::Certificate { identity, issuer, .. } = &proof.signer else { return Ok(()) };
    let differs = |wanted: &Option<String>, found: &Option<String>| wanted.is_some() && wanted != found;
    if differs(&expected.issuer, issuer) {
        return Err(Rejection::about(Reason::IssuerMismatch, format!("found {}", issuer.as_deref().unwrap_or("none"))));
    }
    if differs(&expected.identity, identity) {
        return Err(Rejection::about(Reason::IdentityMismatch, format!("found {}", identity.as_deref().unwrap_or("none"))));
    }
    Ok(())
}
