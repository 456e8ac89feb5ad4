//! What a signing certificate says about the build, from the Fulcio extensions 1.3.6.1.4.1.57264.1.*.

use serde::Serialize;
use sigstore_verify::crypto::CertificateInfo;

use super::shown::shown;

/// Claims of the certificate. The certificate authority copied them from the identity token of the build service, so the
/// repository and its workflow cannot choose them. A missing one is null: the build service did not say.
///
/// Source of the fields: `sigstore/fulcio`, `docs/oid-info.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Repository the artifact was built from (.12; before 2023 made from .5).
    pub source_repository: Option<String>,
    /// Commit it was built from (.13, .3).
    pub source_commit: Option<String>,
    /// Branch or tag (.14, .6).
    pub source_ref: Option<String>,
    /// Id of the repository at its host, which survives renames (.15).
    pub source_repository_id: Option<String>,
    /// Whether the repository was public, private or internal then (.22).
    pub source_visibility: Option<String>,
    /// File and ref of the workflow that ran (.18).
    pub workflow: Option<String>,
    /// File and ref of the workflow that asked for the signature; differs from `workflow` for reusable ones (.9).
    pub builder: Option<String>,
    /// Event that started it (.20, .2).
    pub trigger: Option<String>,
    /// `github-hosted` or `self-hosted`; the second is under control of the repository's owner (.11).
    pub runner_environment: Option<String>,
    /// Deployment environment, with the protection rules it has at its host (.23).
    pub deployment_environment: Option<String>,
    /// Page of the run (.21).
    pub run: Option<String>,
}

impl Claims {
    /// Reads the claims of a certificate.
    pub(super) fn read(certificate: &CertificateInfo) -> Self {
        let claims = certificate.ci_claims.clone();
        let old = claims.deprecated_github.clone();
        let old_repository = old.workflow_repository.map(|name| format!("https://github.com/{name}"));
        Self {
            source_repository: claims.source_repository_uri.or(old_repository),
            source_commit: claims.source_repository_digest.or(old.workflow_sha),
            source_ref: claims.source_repository_ref.or(old.workflow_ref),
            source_repository_id: claims.source_repository_identifier,
            source_visibility: claims.source_repository_visibility_at_signing,
            workflow: claims.build_config_uri,
            builder: claims.build_signer_uri,
            trigger: claims.build_trigger.or(old.workflow_trigger),
            runner_environment: claims.runner_environment,
            deployment_environment: claims.deployment_environment,
            run: claims.run_invocation_uri,
        }
    }

    /// The claims with their names, as they may be shown.
    pub fn named(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("source_repository", &self.source_repository),
            ("source_commit", &self.source_commit),
            ("source_ref", &self.source_ref),
            ("source_repository_id", &self.source_repository_id),
            ("source_visibility", &self.source_visibility),
            ("workflow", &self.workflow),
            ("builder", &self.builder),
            ("trigger", &self.trigger),
            ("runner_environment", &self.runner_environment),
            ("deployment_environment", &self.deployment_environment),
            ("run", &self.run),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, shown(value.as_deref()?)))).collect()
    }

    /// Fit to be shown: see [`shown`].
    pub(super) fn cleaned(mut self) -> Self {
        let fields = [
            &mut self.source_repository,
            &mut self.source_commit,
            &mut self.source_ref,
            &mut self.source_repository_id,
            &mut self.source_visibility,
            &mut self.workflow,
            &mut self.builder,
            &mut self.trigger,
            &mut self.runner_environment,
            &mut self.deployment_environment,
            &mut self.run,
        ];
        for field in fields {
            *field = field.take().map(|text| shown(&text));
        }
        self
    }
}
