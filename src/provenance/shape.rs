//! The fields a bundle may have. Unknown ones are refused: what no reader knows, nobody signed.

use serde_json::Value;

use super::reason::{Reason, Rejection};

/// Every key of a v0.1 to v0.3 bundle, wherever it stands (`sigstore/protobuf-specs`, `sigstore_bundle.proto`).
const KEYS: [&str; 39] = [
    "algorithm",
    "canonicalizedBody",
    "certificate",
    "certificates",
    "checkpoint",
    "digest",
    "dsseEnvelope",
    "envelope",
    "hashes",
    "hint",
    "inclusionPromise",
    "inclusionProof",
    "integratedTime",
    "keyId",
    "keyid",
    "kind",
    "kindVersion",
    "logId",
    "logIndex",
    "mediaType",
    "messageDigest",
    "messageSignature",
    "payload",
    "payloadType",
    "publicKey",
    "rawBytes",
    "rfc3161Timestamps",
    "rootHash",
    "sig",
    "signature",
    "signatures",
    "signedEntryTimestamp",
    "signedTimestamp",
    "timestampVerificationData",
    "tlogEntries",
    "treeSize",
    "verificationMaterial",
    "version",
    "x509CertificateChain",
];

/// Media types of the versions that are known.
const MEDIA_TYPES: [&str; 4] = [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
];

/// Known fields only, a known version, one kind of signer, one kind of content.
pub(super) fn check(bundle: &Value) -> Result<(), Rejection> {
    match bundle.get("mediaType") {
        Some(Value::String(text)) if MEDIA_TYPES.contains(&text.as_str()) => {}
        Some(other) => return Err(Rejection::about(Reason::UnsupportedVersion, format!("media type {other}"))),
        None => return Err(Rejection::about(Reason::MalformedBundle, "no `mediaType`")),
    }
    known_keys(bundle)?;
    one_of(bundle, &["dsseEnvelope", "messageSignature"])?;
    let material = bundle.get("verificationMaterial").unwrap_or(&Value::Null);
    one_of(material, &["certificate", "x509CertificateChain", "publicKey"])?;
    match material.pointer("/x509CertificateChain/certificates") {
        Some(Value::Array(chain)) if chain.is_empty() => {
            Err(Rejection::about(Reason::MalformedBundle, "an empty certificate chain"))
        }
        _ => Ok(()),
    }
}

fn known_keys(value: &Value) -> Result<(), Rejection> {
    match value {
        Value::Array(items) => items.iter().try_for_each(known_keys),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            if !KEYS.contains(&key.as_str()) {
                return Err(Rejection::about(Reason::UnknownField, format!("`{key}`")));
            }
            known_keys(value)
        }),
        _ => Ok(()),
    }
}

fn one_of(value: &Value, keys: &[&str]) -> Result<(), Rejection> {
    match keys.iter().filter(|key| value.get(**key).is_some_and(|part| !part.is_null())).count() {
        1 => Ok(()),
        count => Err(Rejection::about(Reason::MalformedBundle, format!("{count} of {}, needed: one", keys.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_signers_or_two_contents_are_one_too_many() {
        let good = json!({"mediaType": MEDIA_TYPES[3], "verificationMaterial": {"certificate": {}}, "dsseEnvelope": {}});
        assert_eq!(check(&good), Ok(()));
        for (pointer, key, value, reason) in [
            ("", "messageSignature", json!({}), Reason::MalformedBundle),
            ("/verificationMaterial", "publicKey", json!({}), Reason::MalformedBundle),
            ("/verificationMaterial", "certificate", json!(null), Reason::MalformedBundle),
            ("", "more", json!(1), Reason::UnknownField),
            ("", "mediaType", json!("application/vnd.dev.sigstore.bundle+json;version=0.4"), Reason::UnsupportedVersion),
            ("", "mediaType", json!(null), Reason::UnsupportedVersion),
        ] {
            let mut bad = good.clone();
            bad.pointer_mut(pointer).expect("a part").as_object_mut().expect("an object").insert(key.to_owned(), value);
            assert_eq!(check(&bad).expect_err("refused").reason, reason, "{bad}");
        }
    }
}
