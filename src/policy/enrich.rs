//! A bill of materials with what the snapshot says of its packages: CycloneDX properties, SPDX annotations.
//!
//! Names begin with `trustgraph:`; what an earlier enrichment left is replaced. Nothing else of the document changes.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{PolicyError, Report, Status};
use crate::lockfiles::ParsedPurl;

const PREFIX: &str = "trustgraph:";

/// What is said of a package: name without prefix → value.
type Sayings = BTreeMap<String, String>;

impl Report {
    /// The document at `path`, one of the files of this report, enriched. CycloneDX, SPDX 2 and 3 in JSON alone; a signed one is refused,
    /// because its signature would not hold any more.
    pub fn enriched(&self, path: &Path) -> Result<String, PolicyError> {
        let file = path.display().to_string();
        let wrong = |what: String| PolicyError::Enrich { file: file.clone(), what };
        let text = fs_err::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let mut document: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| wrong(format!("is not JSON: {error}")))?;
        if document.get("signature").is_some() {
            return Err(wrong("is signed, and the signature would not hold any more; enrich it before it is signed".to_owned()));
        }
        if document.get("bomFormat").is_some() {
            self.components(&mut document);
        } else if document.get("spdxVersion").is_some() {
            self.packages(&mut document);
        } else if document.get("@graph").is_some() {
            self.graph(&mut document);
        } else {
            return Err(wrong("is neither CycloneDX nor SPDX in JSON; only these can be enriched".to_owned()));
        }
        Ok(serde_json::to_string_pretty(&document).expect("a document that was read") + "\n")
    }

    /// CycloneDX: `properties` of components, nested ones too.
    fn components(&self, owner: &mut Value) {
        for component in owner.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten() {
            let said =
                component.get("purl").and_then(Value::as_str).and_then(|purl| self.sayings(purl, text(component, "version")));
            if let (Some(said), Some(fields)) = (said, component.as_object_mut()) {
                let properties = list(fields, "properties");
                properties.retain(|one| !text(one, "name").is_some_and(|name| name.starts_with(PREFIX)));
                properties
                    .extend(said.into_iter().map(|(name, value)| json!({ "name": format!("{PREFIX}{name}"), "value": value })));
            }
            self.components(component);
        }
    }

    /// SPDX 2: one annotation a package.
    fn packages(&self, document: &mut Value) {
        for package in document.get_mut("packages").and_then(Value::as_array_mut).into_iter().flatten() {
            let references = package.get("externalRefs").and_then(Value::as_array).cloned().unwrap_or_default();
            let purl = references
                .iter()
                .find(|one| text(one, "referenceType") == Some("purl"))
                .and_then(|one| text(one, "referenceLocator"));
            let said = purl.and_then(|purl| self.sayings(purl, text(package, "versionInfo")));
            if let (Some(said), Some(fields)) = (said, package.as_object_mut()) {
                let annotations = list(fields, "annotations");
                annotations.retain(|one| !text(one, "comment").is_some_and(|comment| comment.starts_with(PREFIX)));
                annotations.push(json!({
                    "annotationType": "OTHER",
                    "annotator": concat!("Tool: trustgraph-", env!("CARGO_PKG_VERSION")),
                    "annotationDate": format!("{}T00:00:00Z", self.as_of),
                    "comment": statement(&said),
                }));
            }
        }
    }

    /// SPDX 3: one `Annotation` a package, with the package's own creation info.
    fn graph(&self, document: &mut Value) {
        let Some(elements) = document.get_mut("@graph").and_then(Value::as_array_mut) else { return };
        elements.retain(|one| !text(one, "statement").is_some_and(|statement| statement.starts_with(PREFIX)));
        let mut added = Vec::new();
        for element in elements.iter() {
            let purl = text(element, "software_packageUrl").or_else(|| text(element, "packageUrl"));
            let said = purl.and_then(|purl| self.sayings(purl, text(element, "software_packageVersion")));
            if let (Some(said), Some(id), Some(info)) = (said, text(element, "spdxId"), element.get("creationInfo")) {
                added.push(json!({
                    "type": "Annotation", "spdxId": format!("{id}-trustgraph"), "creationInfo": info, "annotationType": "other",
                    "subject": id, "statement": statement(&said),
                }));
            }
        }
        elements.append(&mut added);
    }

    /// What is known of a package; `None` for a text that is no package URL.
    fn sayings(&self, purl: &str, version: Option<&str>) -> Option<Sayings> {
        let parsed = ParsedPurl::parse(purl)?;
        let version = parsed.version.as_deref().or(version);
        let about =
            || self.outcomes.iter().filter(|one| one.purl.as_ref() == Some(&parsed.purl) && one.version.as_deref() == version);
        let worst = about().next().map_or("not_judged", |one| one.status.name());
        let mut said = Sayings::from([("snapshot".to_owned(), self.snapshot.clone()), ("status".to_owned(), worst.to_owned())]);
        for (metric, value) in self.scores.get(&parsed.purl).into_iter().flatten() {
            said.insert(metric.clone(), format!("{value:.6}"));
        }
        for one in about().filter(|one| one.status == Status::Failure) {
            said.insert(format!("failure:{}", one.rule), one.message.clone());
        }
        Some(said)
    }
}

fn statement(said: &Sayings) -> String {
    said.iter().map(|(name, value)| format!("{PREFIX}{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// The list under `key`, made when absent; what is no list is replaced.
fn list<'f>(fields: &'f mut Map<String, Value>, key: &str) -> &'f mut Vec<Value> {
    let value = fields.entry(key).or_insert_with(|| json!([]));
    if !value.is_array() {
        *value = json!([]);
    }
    value.as_array_mut().expect("just made one")
}
