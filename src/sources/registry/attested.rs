//! What the attestations of one release prove, as one row.

use crate::ids::RepositoryUrl;
use crate::provenance::{Artifact, Expected, Finding, Proof, Reason, Rejection, Report, Signer, TrustedRoots, verify};

/// The answer for one release. A failure is an answer with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources) struct Attested {
    /// Version as written.
    pub(in crate::sources) version: String,
    /// It holds.
    pub(in crate::sources) is_verified: bool,
    /// Why it proves nothing.
    pub(in crate::sources) reason: Option<Reason>,
    /// Who vouched for the signer.
    pub(in crate::sources) issuer: Option<String>,
    /// Repository the proof names.
    pub(in crate::sources) repository: Option<RepositoryUrl>,
    /// Workflow file in it.
    pub(in crate::sources) workflow: Option<String>,
    /// Commit the proof names.
    pub(in crate::sources) commit: Option<String>,
    /// Entry in the log.
    pub(in crate::sources) log_index: Option<u64>,
}

/// Checks `document` against `digest`, which the registry itself states for the file. Without a digest there is nothing to
/// compare, which is a reason too. Costs about 0.7 ms an attestation.
pub(in crate::sources) fn attested(version: &str, document: &[u8], digest: Option<&str>, roots: &TrustedRoots) -> Attested {
    let Some(artifact) = digest.and_then(Artifact::of_digest) else {
        return Attested::refused(version, Reason::DigestNotComparable);
    };
    let report = verify(document, &artifact, &Expected::default(), roots);
    match said(&report) {
        Ok(proof) => Attested::proven(version, proof),
        Err(reason) => Attested::refused(version, reason),
    }
}

/// The proof that says most of the origin, if all attestations hold; else the first reason.
fn said(report: &Report) -> Result<&Proof, Reason> {
    let refused = |rejection: &Rejection| rejection.reason;
    if !report.is_proven {
        let of_one = report.attestations.iter().find_map(|finding| finding.rejection.as_ref());
        return Err(report.rejection.as_ref().or(of_one).map_or(Reason::NoAttestation, refused));
    }
    let proofs = report.attestations.iter().filter_map(|finding: &Finding| finding.proof.as_ref());
    let weight = |proof: &&Proof| {
        let is_build = proof.predicate_type.as_deref().is_some_and(|kind| kind.starts_with("https://slsa.dev/provenance/"));
        (proof.claims.source_repository.is_some(), is_build)
    };
    // Of equals the first: `max_by_key` would take the last.
    proofs.rev().max_by_key(weight).ok_or(Reason::NoAttestation)
}

impl Attested {
    fn refused(version: &str, reason: Reason) -> Self {
        Self {
            version: version.to_owned(),
            is_verified: false,
            reason: Some(reason),
            issuer: None,
            repository: None,
            workflow: None,
            commit: None,
            log_index: None,
        }
    }

    fn proven(version: &str, proof: &Proof) -> Self {
        let claims = &proof.claims;
        let issuer = match &proof.signer {
            Signer::Certificate { issuer, .. } => issuer.clone(),
            Signer::RegistryKey { .. } => None,
        };
        Self {
            version: version.to_owned(),
            is_verified: true,
            reason: None,
            issuer,
            repository: claims.source_repository.as_deref().and_then(|url| RepositoryUrl::parse(url).ok()),
            workflow: claims.workflow.as_deref().and_then(|url| workflow(url, claims.source_repository.as_deref())),
            commit: claims.source_commit.clone(),
            log_index: proof.log_entries.first().and_then(|entry| entry.log_index),
        }
    }
}

/// `.github/workflows/release.yml` of `https://host/owner/name/.github/workflows/release.yml@refs/heads/main`; a workflow of
/// another repository stays whole, without the ref.
fn workflow(url: &str, repository: Option<&str>) -> Option<String> {
    let file = url.split('@').next().unwrap_or_default();
    let inside = repository.and_then(|repository| file.strip_prefix(repository)).map(|rest| rest.trim_start_matches('/'));
    Some(inside.unwrap_or(file).to_owned()).filter(|file| !file.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_files_of_their_repository() {
        let url = "https://github.com/o/r/.github/workflows/release.yml@refs/heads/main";
        assert_eq!(workflow(url, Some("https://github.com/o/r")).as_deref(), Some(".github/workflows/release.yml"));
        let other = Some("https://github.com/o/r/.github/workflows/release.yml");
        assert_eq!(workflow(url, Some("https://github.com/x/y")).as_deref(), other);
        assert_eq!(workflow("", None), None);
    }

    #[test]
    fn what_is_no_attestation_is_a_reason() {
        let roots = TrustedRoots::shipped();
        let digest = format!("sha256:{}", "0".repeat(64));
        let reason = |document: &[u8], digest| attested("1.0.0", document, digest, &roots).reason;
        assert_eq!(reason(b"{", Some(&digest)), Some(Reason::NotJson));
        assert_eq!(reason(b"{\"attestations\":[]}", Some(&digest)), Some(Reason::NoAttestation));
        assert_eq!(reason(b"{}", None), Some(Reason::DigestNotComparable));
        assert_eq!(reason(b"{}", Some("md5:00")), Some(Reason::DigestNotComparable));
    }
}
