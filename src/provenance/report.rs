//! The answer to one document, as text for a stranger and as JSON with stable keys.

use std::fmt;

use serde::Serialize;

use super::artifact::Artifact;
use super::document::Format;
use super::proof::{Proof, Signer};
use super::reason::Rejection;

/// What a document proves about an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether every attestation holds, and there is one.
    pub is_proven: bool,
    /// The artifact, as `algorithm:hex`.
    pub artifact: Vec<String>,
    /// Why the document as a whole proves nothing.
    pub rejection: Option<Rejection>,
    /// Each attestation, in the document's order.
    pub attestations: Vec<Finding>,
}

/// What one attestation proves, or why it proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it was wrapped in: `bundle`, `bundle_list`, `pep740_attestation`, `pep740_provenance`.
    pub format: &'static str,
    /// Whether it holds.
    pub is_proven: bool,
    /// Why it does not.
    pub rejection: Option<Rejection>,
    /// What it says, if it holds.
    pub proof: Option<Proof>,
}

impl Finding {
    pub(super) fn of(format: Format, checked: Result<Proof, Rejection>) -> Self {
        let (proof, rejection) = match checked {
            Ok(proof) => (Some(proof), None),
            Err(rejection) => (None, Some(rejection)),
        };
        Self { format: format.key(), is_proven: proof.is_some(), rejection, proof }
    }

    /// Whether somebody with an identity signed, rather than a registry's key.
    pub(super) fn has_identity(&self) -> bool {
        self.proof.as_ref().is_some_and(|proof| matches!(proof.signer, Signer::Certificate { .. }))
    }
}

impl Report {
    pub(super) fn of(artifact: &Artifact, attestations: Vec<Finding>) -> Self {
        let is_proven = !attestations.is_empty() && attestations.iter().all(|finding| finding.is_proven);
        Self { is_proven, artifact: artifact.digests(), rejection: None, attestations }
    }

    pub(super) fn refused(artifact: &Artifact, rejection: Rejection) -> Self {
        Self { is_proven: false, artifact: artifact.digests(), rejection: Some(rejection), attestations: Vec::new() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        for digest in &self.artifact {
            writeln!(out, "artifact   {digest}")?;
        }
        for (number, finding) in (1..).zip(&self.attestations) {
            writeln!(out, "\nattestation {number} of {} ({})", self.attestations.len(), finding.format)?;
            match (&finding.proof, &finding.rejection) {
                (Some(proof), _) => write!(out, "{proof}")?,
                (None, Some(rejection)) => writeln!(out, "  proves nothing: {rejection}")?,
                (None, None) => {}
            }
        }
        if let Some(rejection) = &self.rejection {
            writeln!(out, "\nthe document proves nothing: {rejection}")?;
        }
        writeln!(out, "\n{}", if self.is_proven { "it holds" } else { "it does NOT hold" })
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} [{}]", self.sentence, self.reason.key())?;
        match &self.detail {
            Some(detail) => write!(out, "\n    {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        writeln!(out, "  proven")?;
        let subject = self.subject.as_deref().unwrap_or("the artifact itself");
        writeln!(out, "    {:<22} {subject}", "for")?;
        match &self.signer {
            Signer::Certificate { identity, is_email, issuer } => {
                let unnamed = if *is_email { "an e-mail identity, not shown" } else { "an identity without a name" };
                writeln!(out, "    {:<22} {}", "signed by", identity.as_deref().unwrap_or(unnamed))?;
                writeln!(out, "    {:<22} {}", "known to", issuer.as_deref().unwrap_or("an unnamed provider"))?;
            }
            Signer::RegistryKey { key_id } => writeln!(out, "    {:<22} the registry's key {key_id}", "signed by")?,
        }
        for time in &self.signed_at {
            writeln!(out, "    {:<22} {time}", "at")?;
        }
        for entry in &self.log_entries {
            let index = entry.log_index.map(|index| format!(", entry {index}")).unwrap_or_default();
            writeln!(out, "    {:<22} {}{index}", "published in", entry.log)?;
        }
        writeln!(out, "    {:<22} {}", "trusted root", self.trusted_root)?;
        for (name, value) in self.claims.named() {
            writeln!(out, "    {:<22} {value}", name.replace('_', " "))?;
        }
        writeln!(out, "  stated by the signer")?;
        let stated = [
            ("kind of statement", &self.predicate_type),
            ("published", &self.published),
            ("builder", &self.stated_builder),
            ("kind of build", &self.stated_build_type),
        ];
        for (name, value) in stated {
            writeln!(out, "    {name:<22} {}", value.as_deref().unwrap_or("-"))?;
        }
        writeln!(out, "  NOT proven")?;
        if let Some(contradiction) = &self.contradiction {
            writeln!(out, "    what the statement says of the build: {contradiction}")?;
        }
        self.not_proven.iter().try_for_each(|gap| writeln!(out, "    {gap}"))
    }
}
