//! The signed payload: an in-toto statement, what it is about, and where it says that comes from.

use serde_json::Value;

use super::artifact::Artifact;
use super::claims::Claims;
use super::reason::{Reason, Rejection};
use super::strict_json;
use crate::ids::RepositoryUrl;

/// Types of statements (`in-toto/attestation`, `spec/`).
const STATEMENT_TYPES: [&str; 2] = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

/// A statement, read strictly.
#[derive(Debug)]
pub(super) struct Statement {
    /// What kind of claim it is.
    pub(super) predicate_type: String,
    subjects: Vec<Subject>,
    predicate: Value,
}

/// An artifact the statement is about.
#[derive(Debug)]
struct Subject {
    name: String,
    sha256: Option<String>,
    sha512: Option<String>,
}

impl Statement {
    /// Reads a payload.
    pub(super) fn read(payload: &[u8]) -> Result<Self, Rejection> {
        let wrong = |what: &str| Rejection::about(Reason::StatementMalformed, what);
        let malformed = |inner: Rejection| match inner.reason {
            Reason::DuplicateKey | Reason::TooDeep => inner,
            _ => wrong(inner.detail.as_deref().unwrap_or_default()),
        };
        let mut values = strict_json::read(payload).map_err(malformed)?;
        let value = values.pop().filter(|_| values.is_empty()).ok_or_else(|| wrong("not one value"))?;
        if !value["_type"].as_str().is_some_and(|kind| STATEMENT_TYPES.contains(&kind)) {
            return Err(wrong("`_type` is no in-toto statement"));
        }
        let predicate_type = value["predicateType"].as_str().filter(|text| !text.is_empty());
        let predicate_type = predicate_type.ok_or_else(|| wrong("no `predicateType`"))?.to_owned();
        let subjects = value["subject"].as_array().ok_or_else(|| wrong("no `subject`"))?;
        let subjects =
            subjects.iter().map(subject).collect::<Option<Vec<_>>>().ok_or_else(|| wrong("a `subject` without digest"))?;
        if subjects.is_empty() {
            return Err(wrong("an empty `subject`"));
        }
        Ok(Self { predicate_type, subjects, predicate: value["predicate"].clone() })
    }

    /// Name of the subject that is `artifact`: one digest at least was compared, and all that could be are equal.
    pub(super) fn subject_of(&self, artifact: &Artifact) -> Result<&str, Rejection> {
        let mut is_comparable = false;
        for subject in &self.subjects {
            let pairs = [(&subject.sha256, artifact.sha256()), (&subject.sha512, artifact.sha512())];
            let compared: Vec<bool> =
                pairs.iter().filter_map(|(own, given)| Some(own.as_deref()?.eq_ignore_ascii_case(given.as_ref()?))).collect();
            if !compared.is_empty() && compared.iter().all(|equal| *equal) {
                return Ok(&subject.name);
            }
            is_comparable |= !compared.is_empty();
        }
        Err(if is_comparable { Reason::DigestMismatch } else { Reason::DigestNotComparable }.into())
    }

    /// Whether any subject has a digest of a kind that is compared. Git trees and container layers have others.
    pub(super) fn has_digest(&self) -> bool {
        self.subjects.iter().any(|subject| subject.sha256.is_some() || subject.sha512.is_some())
    }

    /// Whether any subject has a SHA-512 digest: npm's have no other.
    pub(super) fn has_sha512(&self) -> bool {
        self.subjects.iter().any(|subject| subject.sha512.is_some())
    }

    /// Builder the statement names.
    pub(super) fn builder(&self) -> Option<&str> {
        let predicate = &self.predicate;
        predicate["runDetails"]["builder"]["id"].as_str().or(predicate["builder"]["id"].as_str())
    }

    /// Kind of build the statement names.
    pub(super) fn build_type(&self) -> Option<&str> {
        self.predicate["buildDefinition"]["buildType"].as_str().or(self.predicate["buildType"].as_str())
    }

    /// Package and version a registry's publish attestation names.
    pub(super) fn published(&self) -> Option<(&str, &str)> {
        Some((self.predicate["name"].as_str()?, self.predicate["version"].as_str()?))
    }

    /// Fails where the statement, which the build wrote, says other than the certificate, which the build could not choose.
    pub(super) fn agree(&self, claims: &Claims) -> Result<(), Rejection> {
        if !self.predicate_type.starts_with("https://slsa.dev/provenance/") {
            return Ok(());
        }
        let source = self.source();
        let own = source.as_ref().and_then(|source| repository(&source.uri));
        let signed = claims.source_repository.as_deref().and_then(repository);
        match (&source, &own, &signed) {
            (Some(source), own, Some(signed)) if own.as_ref() != Some(signed) => {
                let text = format!("statement: {}, certificate: {}", source.uri, signed.as_str());
                return Err(Rejection::about(Reason::RepositoryMismatch, text));
            }
            _ => {}
        }
        if let (Some(own), Some(signed)) = (source.and_then(|source| source.commit), &claims.source_commit)
            && own != *signed
        {
            return Err(Rejection::about(Reason::CommitMismatch, format!("statement: {own}, certificate: {signed}")));
        }
        let runner = self.builder().and_then(|builder| builder.rsplit('/').next()).filter(|last| last.ends_with("-hosted"));
        match (runner, &claims.runner_environment) {
            (Some(own), Some(signed)) if own != signed => {
                Err(Rejection::about(Reason::BuilderMismatch, format!("statement: {own}, certificate: {signed}")))
            }
            _ => Ok(()),
        }
    }

    /// The source the statement names: SLSA v1 `buildDefinition`, SLSA v0.2 `invocation.configSource`.
    fn source(&self) -> Option<Source> {
        let predicate = &self.predicate;
        let (parameters, config) =
            (&predicate["buildDefinition"]["externalParameters"], &predicate["invocation"]["configSource"]);
        let named = [&parameters["workflow"]["repository"], &parameters["source"], &parameters["source"]["uri"], &config["uri"]];
        let named = named.into_iter().find_map(Value::as_str);
        let resolved = [&predicate["buildDefinition"]["resolvedDependencies"], &predicate["materials"]];
        let resolved: Vec<&Value> = resolved.into_iter().filter_map(Value::as_array).flatten().collect();
        let first = resolved.first().and_then(|first| first["uri"].as_str()).filter(|uri| uri.starts_with("git+"));
        let uri = named.or(first)?.to_owned();
        let own = repository(&uri);
        let is_own = |value: &&&Value| value["uri"].as_str().and_then(repository).is_some_and(|other| Some(other) == own);
        let digests = resolved.iter().find(is_own).map_or(&config["digest"], |value| &value["digest"]);
        let commit = digests["gitCommit"].as_str().or(digests["sha1"].as_str()).map(str::to_owned);
        Some(Source { uri, commit })
    }
}

/// Where a statement says the artifact comes from.
struct Source {
    uri: String,
    commit: Option<String>,
}

/// Repository of `git+https://host/owner/name@ref`.
fn repository(uri: &str) -> Option<RepositoryUrl> {
    let uri = uri.strip_prefix("git+").unwrap_or(uri);
    let (scheme, rest) = uri.split_once("://")?;
    RepositoryUrl::parse(&format!("{scheme}://{}", rest.split('@').next().unwrap_or_default())).ok()
}

fn subject(value: &Value) -> Option<Subject> {
    let digest = value["digest"].as_object().filter(|digest| !digest.is_empty())?;
    let text = |key: &str| digest.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = value["name"].as_str().or(value["uri"].as_str()).unwrap_or_default().to_owned();
    Some(Subject { name, sha256: text("sha256"), sha512: text("sha512") })
}
