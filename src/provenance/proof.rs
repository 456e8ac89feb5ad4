//! What an attestation proves, by whom, when, about what, and what it does not.

use serde::Serialize;
use sigstore_verify::types::{Bundle, KindVersion};
use sigstore_verify::{SubjectAltName, VerificationResult};

use super::claims::Claims;
use super::reason::Rejection;
use super::shown::{holds_address, shown};
use super::statement::Statement;
use super::trusted_roots::Instance;

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signer {
    /// Somebody whom an identity provider knows, by a certificate of some minutes.
    Certificate {
        /// Subject alternative name: a workflow or account; null for e-mail identities, which are never shown.
        identity: Option<String>,
        /// Whether the identity is an e-mail address.
        is_email: bool,
        /// Address of the identity provider.
        issuer: Option<String>,
    },
    /// A registry, by a key of its own.
    RegistryKey {
        /// The key's name.
        key_id: String,
    },
}

/// An entry of a transparency log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// Base address of the log, as the trusted root names it.
    pub log: String,
    /// Position in the log, where something signed it.
    pub log_index: Option<u64>,
    /// Whether hashes lead up to a signed checkpoint.
    pub is_included: bool,
    /// Whether the log signed a promise with the time.
    pub is_promised: bool,
}

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Trusted root that vouches: `public_good`, `github` or `given`.
    pub trusted_root: String,
    /// Who signed.
    pub signer: Signer,
    /// Name the statement gives the artifact; null for a bare signature over it.
    pub subject: Option<String>,
    /// What kind of statement it is.
    pub predicate_type: Option<String>,
    /// Package and version, where a registry states a publication.
    pub published: Option<String>,
    /// Times that a log or timestamp authority signed, UTC.
    pub signed_at: Vec<String>,
    /// Where it was published.
    pub log_entries: Vec<LogEntry>,
    /// What the certificate says about the build.
    pub claims: Claims,
    /// Builder, as the statement says: written by the build itself.
    pub stated_builder: Option<String>,
    /// Kind of build, as the statement says.
    pub stated_build_type: Option<String>,
    /// Where the statement contradicts the certificate. Only for a signer whom the caller named; else it is a rejection.
    pub contradiction: Option<Rejection>,
    /// What a reader might believe and nothing here shows.
    pub not_proven: Vec<String>,
}

impl Signer {
    pub(super) fn of_certificate(result: &VerificationResult) -> Self {
        let is_email = matches!(result.identity(), Some(SubjectAltName::Email(_)));
        let identity = result.identity().map(|identity| identity.as_str().to_owned());
        Self::Certificate { identity, is_email, issuer: result.issuer().map(str::to_owned) }
    }

    /// Without the address of an e-mail identity.
    fn cleaned(self) -> Self {
        match self {
            Self::Certificate { identity, is_email, issuer } => {
                let is_email = is_email || identity.as_deref().is_some_and(holds_address);
                let identity = identity.filter(|_| !is_email).map(|text| shown(&text));
                Self::Certificate { identity, is_email, issuer: issuer.map(|text| shown(&text)) }
            }
            Self::RegistryKey { key_id } => Self::RegistryKey { key_id: shown(&key_id) },
        }
    }
}

impl Proof {
    pub(super) fn new(
        instance: &Instance,
        signer: Signer,
        subject: Option<String>,
        statement: Option<&Statement>,
        bundle: &Bundle,
        result: &VerificationResult,
    ) -> Self {
        let mut times: Vec<_> = result.verified_timestamps().to_vec();
        times.sort_unstable();
        times.dedup();
        let mut proof = Self {
            trusted_root: instance.name.clone(),
            signer,
            subject,
            predicate_type: statement.map(|statement| shown(&statement.predicate_type)),
            published: statement.and_then(Statement::published).map(|(name, version)| shown(&format!("{name} {version}"))),
            signed_at: times.iter().map(ToString::to_string).collect(),
            log_entries: log_entries(instance, bundle),
            claims: result.certificate().map(Claims::read).unwrap_or_default(),
            stated_builder: statement.and_then(Statement::builder).map(shown),
            stated_build_type: statement.and_then(Statement::build_type).map(shown),
            contradiction: None,
            not_proven: Vec::new(),
        };
        proof.not_proven = proof.gaps(instance).into_iter().map(str::to_owned).collect();
        proof
    }

    /// Fit to be shown.
    pub(super) fn cleaned(self) -> Self {
        Self { signer: self.signer.cleaned(), claims: self.claims.cleaned(), ..self }
    }

    fn is_provenance(&self) -> bool {
        self.predicate_type.as_deref().is_some_and(|kind| kind.starts_with("https://slsa.dev/provenance/"))
    }

    fn gaps(&self, instance: &Instance) -> Vec<&'static str> {
        let is_key = matches!(self.signer, Signer::RegistryKey { .. });
        let has_source = self.claims.source_repository.is_some();
        let gaps = [
            (is_key, "who built it and from what: the registry's key says that the registry took this file in as that release"),
            (!is_key && !has_source, "from which source it was built: a person or service signed, not a build"),
            (
                !is_key && has_source && !self.is_provenance(),
                "how it was built: the workflow named here signed or uploaded the file, and no build provenance is stated",
            ),
            (self.is_provenance(), "builder and parameters beyond the certificate's: the build itself wrote them"),
            (
                self.claims.runner_environment.as_deref() == Some("self-hosted"),
                "that the build ran undisturbed: the runner is under control of the repository's owner",
            ),
            (
                !is_key && instance.root.ctlogs.is_empty(),
                "that the certificate was published: this root has no log of certificates",
            ),
            (instance.root.tlogs.is_empty(), "that the signature was published: this root has no transparency log"),
            (
                self.log_entries.iter().any(|entry| !entry.is_included),
                "that the signature is in the log: the log promised so, and no proof is attached",
            ),
            (true, "that the source is harmless, or that building it again gives the same file"),
        ];
        gaps.into_iter().filter_map(|(is_open, text)| is_open.then_some(text)).collect()
    }
}

fn log_entries(instance: &Instance, bundle: &Bundle) -> Vec<LogEntry> {
    let entries = bundle.verification_material.tlog_entries.iter().map(|entry| {
        let log = instance.root.tlogs.iter().find(|log| log.log_id == entry.log_id);
        let is_promised = entry.inclusion_promise.is_some();
        // The first format of the log signs the index in the promise only; the second proves it.
        let is_signed = is_promised || entry.kind_version == KindVersion::HashedRekordV002;
        LogEntry {
            log: log.map(|log| shown(&log.base_url)).unwrap_or_default(),
            log_index: is_signed.then(|| entry.log_index.get()),
            is_included: entry.inclusion_proof.is_some(),
            is_promised,
        }
    });
    entries.collect()
}
