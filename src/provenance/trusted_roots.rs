//! Whom verification trusts: roots of Sigstore instances, each on its own, and keys of registries.

use jiff::Timestamp;
use serde::Deserialize;
use sigstore_verify::Verifier;
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::{DerPublicKey, TimeRange};

use super::strict_json;

/// The roots that ship with the program.
const SHIPPED: [(&str, &str); 2] =
    [("public_good", include_str!("roots/public_good.json")), ("github", include_str!("roots/github.json"))];
/// The registry keys that ship with the program.
const NPM_KEYS: &str = include_str!("roots/npm_keys.json");
/// What a key is for, as the document says.
const ATTESTATIONS: &str = "npm:attestations";
const SIGNATURES: &str = "npm:signatures";

/// Why a trusted root cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "the trusted root cannot be used: {0}; give one JSON document (or JSON lines) as `trusted_root.json` of a Sigstore instance"
)]
pub struct RootError(String);

/// Trusted roots and registry keys, parsed once for any number of bundles.
pub struct TrustedRoots {
    /// Tried one after the other and never mixed: an authority of one does not vouch for a log of another.
    pub(super) instances: Vec<Instance>,
    registry_keys: Vec<RegistryKey>,
    /// Keys under what a registry says of its releases.
    signing_keys: Vec<RegistryKey>,
}

/// One Sigstore instance.
pub(super) struct Instance {
    /// Its name in reports.
    pub(super) name: String,
    /// What it trusts.
    pub(super) root: TrustedRoot,
    /// The prepared keys.
    pub(super) verifier: Verifier,
    /// The same without the days on which authorities are trusted, to tell an unknown authority from a retired one.
    pub(super) ageless: Verifier,
}

/// A key with which a registry signs what it accepts.
#[derive(Clone, Debug)]
pub(super) struct RegistryKey {
    /// Its name in bundles: `SHA256:` and the digest in base64.
    pub(super) id: String,
    /// The key.
    pub(super) key: DerPublicKey,
    /// When it was in use.
    pub(super) valid_for: Option<TimeRange>,
}

impl TrustedRoots {
    /// The Sigstore public good instance, the instance for private repositories on GitHub, and npm's keys.
    pub fn shipped() -> Self {
        let instances = SHIPPED.iter().flat_map(|(name, text)| Instance::read(name, text.as_bytes()));
        let instances = instances.flatten().collect();
        let keys = |usage| registry_keys(NPM_KEYS, usage).unwrap_or_default();
        Self { instances, registry_keys: keys(ATTESTATIONS), signing_keys: keys(SIGNATURES) }
    }

    /// The roots of `document` instead of the shipped ones; npm's keys stay.
    pub fn read(document: &[u8]) -> Result<Self, RootError> {
        let instances = Instance::read("given", document)?;
        if instances.is_empty() {
            return Err(RootError("it is empty".to_owned()));
        }
        Ok(Self { instances, ..Self::shipped() })
    }

    /// Replaces the registry keys by those of `document`, in the form of the TUF target `keys.json`.
    pub fn with_registry_keys(mut self, document: &str) -> Result<Self, RootError> {
        self.registry_keys = registry_keys(document, ATTESTATIONS)?;
        self.signing_keys = registry_keys(document, SIGNATURES)?;
        Ok(self)
    }

    /// The key of a registry that a bundle names.
    pub(super) fn registry_key(&self, id: &str) -> Option<&RegistryKey> {
        self.registry_keys.iter().find(|key| key.id == id)
    }

    /// The key that a registry's signature over a release names.
    pub(super) fn signing_key(&self, id: &str) -> Option<&RegistryKey> {
        self.signing_keys.iter().find(|key| key.id == id)
    }
}

impl Instance {
    fn read(name: &str, document: &[u8]) -> Result<Vec<Self>, RootError> {
        let values = strict_json::read(document)
            .map_err(|rejection| RootError(rejection.detail.unwrap_or_else(|| rejection.sentence.to_owned())))?;
        let instances = values.into_iter().map(|value| {
            let root: TrustedRoot = serde_json::from_value(value).map_err(|error| RootError(error.to_string()))?;
            Self::of(name.to_owned(), root)
        });
        instances.collect()
    }

    fn of(name: String, root: TrustedRoot) -> Result<Self, RootError> {
        let refused = |error: sigstore_verify::Error| RootError(error.to_string());
        if root.certificate_authorities.is_empty() {
            return Err(RootError("it has no certificate authority".to_owned()));
        }
        let mut ageless = root.clone();
        ageless.certificate_authorities.iter_mut().for_each(|authority| authority.valid_for = None);
        let (verifier, ageless) = (Verifier::new(&root).map_err(refused)?, Verifier::new(&ageless).map_err(refused)?);
        Ok(Self { name, root, verifier, ageless })
    }
}

impl RegistryKey {
    /// Whether it was in use then.
    pub(super) fn is_valid_at(&self, time: Timestamp) -> bool {
        self.valid_for.is_none_or(|range| range.contains(time))
    }
}

/// The keys of `document` for one usage.
fn registry_keys(document: &str, usage: &str) -> Result<Vec<RegistryKey>, RootError> {
    /// The TUF target `keys.json`.
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        key_id: String,
        key_usage: String,
        public_key: Key,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Key {
        raw_bytes: DerPublicKey,
        valid_for: Option<TimeRange>,
    }
    let document: Document = serde_json::from_str(document).map_err(|error| RootError(error.to_string()))?;
    let keys = document.keys.into_iter().filter(|entry| entry.key_usage == usage);
    Ok(keys
        .map(|entry| RegistryKey { id: entry.key_id, key: entry.public_key.raw_bytes, valid_for: entry.public_key.valid_for })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_whole() {
        let roots = TrustedRoots::shipped();
        let counts: Vec<_> = roots
            .instances
            .iter()
            .map(|one| {
                let root = &one.root;
                let (cas, stamps) = (root.certificate_authorities.len(), root.timestamp_authorities.len());
                (one.name.as_str(), root.tlogs.len(), root.ctlogs.len(), cas, stamps)
            })
            .collect();
        assert_eq!(counts, [("public_good", 2, 2, 2, 1), ("github", 0, 0, 6, 6)]);
        assert_eq!((roots.registry_keys.len(), roots.signing_keys.len()), (2, 2));
    }

    #[test]
    fn no_root_is_no_root() {
        for text in ["", "{", "{}", "[]", r#"{"mediaType":"x"}"#, r#"{"mediaType":"x","mediaType":"x"}"#] {
            assert!(TrustedRoots::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
