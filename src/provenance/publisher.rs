//! The publisher a registry's provenance document names, held against what the certificate says.

use serde_json::Value;
use sigstore_verify::SubjectAltName;

use super::claims::Claims;
use super::reason::{Reason, Rejection};

/// A trusted publisher as PEP 740 writes it. Nobody signed it: it counts only where the certificate says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Publisher {
    kind: String,
    /// Repository as `owner/name`, or nothing for publishers without one.
    repository: Option<String>,
    /// File name of the workflow.
    workflow: Option<String>,
    /// Deployment environment.
    environment: Option<String>,
    /// The account, for publishers that are accounts.
    account: Option<String>,
}

impl Publisher {
    pub(super) fn read(value: &Value) -> Result<Self, Rejection> {
        let text = |key: &str| match value.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Rejection::about(Reason::MalformedBundle, format!("`publisher.{key}` is no text"))),
        };
        let kind = text("kind")?.ok_or_else(|| Rejection::about(Reason::MalformedBundle, "no `publisher.kind`"))?;
        let workflow = text("workflow")?.or(text("workflow_filepath")?);
        Ok(Self { kind, repository: text("repository")?, workflow, environment: text("environment")?, account: text("email")? })
    }

    /// Whether the certificate says the same. What the certificate leaves open is not contradicted.
    pub(super) fn agree(&self, issuer: &str, identity: &SubjectAltName, claims: &Claims) -> Result<(), Rejection> {
        let wrong = |what: &str| Err(Rejection::about(Reason::WrapperMismatch, format!("`publisher.{what}`")));
        // Self-hosted GitLab instances have issuers of their own; GitHub and Google have one.
        let is_issuer = match self.kind.as_str() {
            "GitHub" => issuer == "https://token.actions.githubusercontent.com",
            "GitLab" => issuer.starts_with("https://"),
            "Google" => issuer == "https://accounts.google.com",
            _ => false,
        };
        if !is_issuer {
            return wrong("kind");
        }
        if self.kind == "Google" {
            return if self.account.as_deref() == Some(identity.as_str()) { Ok(()) } else { wrong("email") };
        }
        let repository = claims.source_repository.as_deref().unwrap_or_default();
        let path = repository.splitn(4, '/').nth(3).unwrap_or_default();
        if !self.repository.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(path)) {
            return wrong("repository");
        }
        let file = claims.workflow.as_deref().unwrap_or_default().split('@').next().unwrap_or_default();
        // A GitLab publisher may leave the file open, a GitHub publisher never does.
        let is_file = |own: &String| !own.is_empty() && file.ends_with(&format!("/{own}"));
        if !self.workflow.as_ref().map_or(self.kind == "GitLab", is_file) {
            return wrong("workflow");
        }
        match (&self.environment, &claims.deployment_environment) {
            (Some(own), Some(signed)) if own != signed => wrong("environment"),
            _ => Ok(()),
        }
    }
}
