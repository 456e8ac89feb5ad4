//! The documents registries wrap attestations in, taken apart into bundles.
//!
//! | document | shape |
//! |---|---|
//! | Sigstore bundle, v0.1 to v0.3 | `mediaType`, `verificationMaterial`, `dsseEnvelope` or `messageSignature` |
//! | npm's and GitHub's list | `attestations[]`, each with a `bundle`; npm's also with its `predicateType` |
//! | PyPI attestation (PEP 740) | `version`, `verification_material`, `envelope` |
//! | PyPI provenance (PEP 740) | `version`, `attestation_bundles[]`, each with a `publisher` and `attestations[]` |
//!
//! JSON lines of any of them are read as one document.

use serde_json::{Map, Value, json};

use super::publisher::Publisher;
use super::reason::{Reason, Rejection};

/// Most attestations of one document. An artifact has two or three; a limit keeps hostile lists cheap.
const MAX_ATTESTATIONS: usize = 256;

/// What an attestation was wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A bare bundle.
    Bundle,
    /// A bundle out of a registry's list.
    BundleList,
    /// An attestation object of PEP 740.
    Pep740Attestation,
    /// An attestation out of a provenance object of PEP 740.
    Pep740Provenance,
}

impl Format {
    /// The stable word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::BundleList => "bundle_list",
            Self::Pep740Attestation => "pep740_attestation",
            Self::Pep740Provenance => "pep740_provenance",
        }
    }
}

/// One attestation as it was found, before any check.
#[derive(Debug)]
pub(super) struct Found {
    /// What it was wrapped in.
    pub(super) format: Format,
    /// The bundle, or why there is none.
    pub(super) bundle: Result<Value, Rejection>,
    /// The predicate type the document around it states; signed by nobody.
    pub(super) predicate_type: Option<String>,
    /// The publisher the document around it states; signed by nobody.
    pub(super) publisher: Option<Publisher>,
}

impl Found {
    fn new(format: Format, bundle: Result<Value, Rejection>) -> Self {
        Self { format, bundle, predicate_type: None, publisher: None }
    }
}

/// Every attestation of `values`, in the order of the text.
pub(super) fn attestations(values: Vec<Value>) -> Result<Vec<Found>, Rejection> {
    let mut found = Vec::new();
    for value in values {
        let Value::Object(object) = value else { return Err(Reason::UnknownFormat.into()) };
        take_apart(object, &mut found)?;
        if found.len() > MAX_ATTESTATIONS {
            return Err(Rejection::about(Reason::TooMany, format!("at most {MAX_ATTESTATIONS}")));
        }
    }
    if found.is_empty() { Err(Reason::NoAttestation.into()) } else { Ok(found) }
}

fn take_apart(mut object: Map<String, Value>, found: &mut Vec<Found>) -> Result<(), Rejection> {
    if object.contains_key("verificationMaterial") || object.contains_key("mediaType") {
        found.push(Found::new(Format::Bundle, Ok(Value::Object(object))));
    } else if let Some(list) = object.remove("attestations") {
        for item in array(list, "attestations")? {
            found.push(listed(item));
        }
    } else if let Some(list) = object.remove("attestation_bundles") {
        let version = object.remove("version");
        for item in array(list, "attestation_bundles")? {
            provenance(item, version.as_ref(), found)?;
        }
    } else if object.contains_key("verification_material") || object.contains_key("envelope") {
        found.push(Found::new(Format::Pep740Attestation, pep740(Value::Object(object))));
    } else {
        return Err(Reason::UnknownFormat.into());
    }
    Ok(())
}

fn array(value: Value, name: &str) -> Result<Vec<Value>, Rejection> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(Rejection::about(Reason::UnknownFormat, format!("`{name}` is no list"))),
    }
}

/// `{"predicateType": …, "bundle": {…}}`
fn listed(mut item: Value) -> Found {
    let bundle = match item.get_mut("bundle").map(Value::take) {
        Some(bundle @ Value::Object(_)) => Ok(bundle),
        _ => Err(Rejection::about(Reason::MalformedBundle, "an attestation of the list has no `bundle`")),
    };
    let mut found = Found::new(Format::BundleList, bundle);
    match item.get("predicateType") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => found.predicate_type = Some(text.clone()),
        Some(_) => found.bundle = Err(Rejection::about(Reason::MalformedBundle, "`predicateType` is no text")),
    }
    found
}

/// `{"publisher": {…}, "attestations": […]}`
fn provenance(mut item: Value, version: Option<&Value>, found: &mut Vec<Found>) -> Result<(), Rejection> {
    let list = item.get_mut("attestations").map(Value::take).unwrap_or_default();
    let publisher = item.get("publisher").map(Publisher::read);
    for attestation in array(list, "attestations")? {
        let bundle = version_one(version).and_then(|()| pep740(attestation));
        let (publisher, bundle) = match publisher.clone() {
            Some(Ok(publisher)) => (Some(publisher), bundle),
            Some(Err(rejection)) => (None, bundle.and(Err(rejection))),
            None => (None, bundle.and(Err(Rejection::about(Reason::MalformedBundle, "no `publisher`")))),
        };
        found.push(Found { publisher, ..Found::new(Format::Pep740Provenance, bundle) });
    }
    Ok(())
}

fn version_one(version: Option<&Value>) -> Result<(), Rejection> {
    match version {
        Some(value) if *value == json!(1) => Ok(()),
        Some(value) => Err(Rejection::about(Reason::UnsupportedVersion, format!("version {value}, known: 1"))),
        None => Err(Rejection::about(Reason::MalformedBundle, "no `version`")),
    }
}

/// The bundle of an attestation object: PEP 740 renames the fields of a v0.3 bundle and leaves out what is always the same.
fn pep740(mut object: Value) -> Result<Value, Rejection> {
    only(&object, &["version", "verification_material", "envelope"])?;
    version_one(object.get("version"))?;
    for (part, keys) in
        [("verification_material", ["certificate", "transparency_entries"]), ("envelope", ["statement", "signature"])]
    {
        only(object.get(part).unwrap_or(&Value::Null), &keys)?;
        for key in keys {
            if object[part].get(key).is_none() {
                return Err(Rejection::about(Reason::MalformedBundle, format!("no `{part}.{key}`")));
            }
        }
    }
    Ok(json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": { "rawBytes": object["verification_material"]["certificate"].take() },
            "tlogEntries": object["verification_material"]["transparency_entries"].take(),
        },
        "dsseEnvelope": {
            "payloadType": "application/vnd.in-toto+json",
            "payload": object["envelope"]["statement"].take(),
            "signatures": [{ "sig": object["envelope"]["signature"].take() }],
        },
    }))
}

fn only(value: &Value, keys: &[&str]) -> Result<(), Rejection> {
    let Value::Object(object) = value else {
        return Err(Rejection::about(Reason::MalformedBundle, format!("no object with {}", keys.join(", "))));
    };
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(Rejection::about(Reason::UnknownField, format!("`{key}`"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(value: Value) -> Reason {
        match attestations(vec![value]) {
            Err(rejection) => rejection.reason,
            Ok(found) => found[0].bundle.as_ref().expect_err("refused").reason,
        }
    }

    #[test]
    fn wrong_wrappings_are_refused_by_reason() {
        for (value, expected) in [
            (json!([]), Reason::UnknownFormat),
            (json!({}), Reason::UnknownFormat),
            (json!({"attestations": []}), Reason::NoAttestation),
            (json!({"attestations": 1}), Reason::UnknownFormat),
            (json!({"attestations": [{}]}), Reason::MalformedBundle),
            (json!({"attestations": [7]}), Reason::MalformedBundle),
            (json!({"attestations": vec![json!({}); 257]}), Reason::TooMany),
            (json!({"version": 1, "attestation_bundles": []}), Reason::NoAttestation),
            (json!({"version": 1, "attestation_bundles": [{"attestations": {}}]}), Reason::UnknownFormat),
            (json!({"version": 2, "attestation_bundles": [{"attestations": [{}]}]}), Reason::UnsupportedVersion),
            (json!({"version": 2, "envelope": {}}), Reason::UnsupportedVersion),
            (json!({"version": 1, "envelope": {}}), Reason::MalformedBundle),
            (json!({"version": 1, "envelope": {}, "more": 1}), Reason::UnknownField),
        ] {
            assert_eq!(reason(value.clone()), expected, "{value}");
        }
        assert_eq!(attestations(Vec::new()).expect_err("refused").reason, Reason::NoAttestation);
    }
}
