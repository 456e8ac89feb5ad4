//! What `sigstore-verify` 0.15 leaves open about transparency log entries.
//!
//! It checks every entry that is there: the hashes, the checkpoint's signature by any known log, the promise, the body against
//! the bundle. It does not ask whether an entry stands twice, whether every entry has what its version needs, whether the log
//! that signed the checkpoint is the one the entry names, whether the proof's tree is the checkpoint's, and whether the log's
//! key was valid at the signed time where no promise says so.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::{Bundle, KindVersion, MediaType, TransparencyLogEntry};

use super::reason::{Reason, Rejection};

/// Checks before signatures are: shape, repetition, and that each log is one of `root`.
pub(super) fn check(bundle: &Bundle, root: &TrustedRoot) -> Result<(), Rejection> {
    let material = &bundle.verification_material;
    let mut seen = BTreeSet::new();
    for entry in &material.tlog_entries {
        let key = (entry.log_id.key_id.as_bytes().to_vec(), entry.canonicalized_body.as_bytes().to_vec());
        if !seen.insert(key) {
            return Err(Rejection::about(Reason::DuplicateEntry, "a log entry"));
        }
        needs(bundle.media_type, entry)?;
        known(entry, root)?;
        body_kind(entry)?;
        checkpoint(entry, root)?;
    }
    let stamps = &material.timestamp_verification_data.rfc3161_timestamps;
    let distinct: BTreeSet<&[u8]> = stamps.iter().map(|stamp| stamp.signed_timestamp.as_bytes()).collect();
    if distinct.len() < stamps.len() {
        return Err(Rejection::about(Reason::DuplicateEntry, "a timestamp"));
    }
    if material.tlog_entries.is_empty() && !root.tlogs.is_empty() {
        return Err(Reason::MissingLogEntry.into());
    }
    Ok(())
}

/// Checks after signatures are: each log's key was valid at every signed time.
pub(super) fn check_times(bundle: &Bundle, root: &TrustedRoot, times: &[Timestamp]) -> Result<(), Rejection> {
    for entry in &bundle.verification_material.tlog_entries {
        let log = root.tlogs.iter().find(|log| log.log_id == entry.log_id).ok_or(Reason::UnknownLog)?;
        let is_valid = |time: &Timestamp| log.public_key.valid_for.is_none_or(|range| range.contains(*time));
        if let Some(time) = times.iter().find(|time| !is_valid(time)) {
            return Err(Rejection::about(Reason::LogKeyNotValid, time.to_string()));
        }
    }
    Ok(())
}

fn needs(version: MediaType, entry: &TransparencyLogEntry) -> Result<(), Rejection> {
    match version {
        MediaType::Bundle0_1 if entry.inclusion_promise.is_none() => Err(Reason::MissingInclusionPromise.into()),
        MediaType::Bundle0_1 => Ok(()),
        _ if entry.inclusion_proof.is_none() => Err(Reason::MissingInclusionProof.into()),
        _ => Ok(()),
    }
}

fn known(entry: &TransparencyLogEntry, root: &TrustedRoot) -> Result<(), Rejection> {
    if root.tlogs.iter().any(|log| log.log_id == entry.log_id) { Ok(()) } else { Err(Reason::UnknownLog.into()) }
}

/// The body says itself what it is; the bundle's word for it is signed by nobody.
fn body_kind(entry: &TransparencyLogEntry) -> Result<(), Rejection> {
    let body: Value = serde_json::from_slice(entry.canonicalized_body.as_bytes())
        .map_err(|error| Rejection::about(Reason::LogEntryMalformed, error.to_string()))?;
    let kind = entry.kind_version;
    if body["kind"].as_str() == Some(kind.kind()) && body["apiVersion"].as_str() == Some(kind.version()) {
        return Ok(());
    }
    Err(Rejection::about(Reason::LogEntryMalformed, format!("the bundle says {}/{}", kind.kind(), kind.version())))
}

fn checkpoint(entry: &TransparencyLogEntry, root: &TrustedRoot) -> Result<(), Rejection> {
    let Some(proof) = &entry.inclusion_proof else { return Ok(()) };
    let checkpoint = proof.checkpoint.checkpoint();
    let checkpoint = checkpoint.ok_or_else(|| Rejection::about(Reason::CheckpointInvalid, "no checkpoint"))?;
    // The second format of the log says: take index and size from the signed places, the copies in the proof mean nothing.
    let has_copies = entry.kind_version != KindVersion::HashedRekordV002;
    if has_copies && (proof.tree_size != checkpoint.tree_size() || proof.root_hash != *checkpoint.root_hash()) {
        return Err(Reason::CheckpointMismatch.into());
    }
    let own = entry.log_id.key_id.as_bytes().get(..4);
    let is_of = |id: Option<&[u8]>| checkpoint.signatures().iter().any(|signature| id == Some(signature.key_id.as_slice()));
    // A log signs under the name its notes begin with; no signature covers the name in the signature's own line.
    let name = checkpoint.origin().split(' ').next().unwrap_or_default();
    let is_named = |id: &[u8]| checkpoint.signatures().iter().any(|one| one.name == name && one.key_id.as_slice() == id);
    let other = root.tlogs.iter().map(|log| log.log_id.key_id.as_bytes().get(..4)).filter(|id| *id != own);
    if !own.is_some_and(is_named) || other.into_iter().any(is_of) {
        return Err(Rejection::about(Reason::CheckpointInvalid, "signed by another log than the entry's"));
    }
    // One note, then its signatures: text after them would be covered by none.
    if proof.checkpoint.envelope().split("\n\n").count() != 2 {
        return Err(Rejection::about(Reason::CheckpointInvalid, "text after the signatures"));
    }
    Ok(())
}
