//! CycloneDX 1.2 to 1.7, JSON and XML.

use std::collections::BTreeSet;

use super::node::Node;
use super::rows::{Entry, Rows};
use super::xml::Element;
use super::{LockedKind, LockfileError, Origin, ParsedPurl};

/// Reads all components, nested ones too. What the document is about (`metadata.component`) is no component of itself.
pub(super) fn read_json(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    if root.text_at("bomFormat") != Some("CycloneDX") {
        return Err(LockfileError::shape(1, "`bomFormat` is not CycloneDX"));
    }
    known_version(root.text_at("specVersion").unwrap_or_default())?;
    let direct = direct(root);
    let mut open: Vec<&Node> = root.list_at("components")?.iter().rev().collect();
    while let Some(component) = open.pop() {
        let reference = component.text_at("bom-ref");
        let found = Found {
            purl: component.get("purl").map(|node| (node.text().unwrap_or_default(), node.line)),
            version: component.text_at("version"),
            kind: component.text_at("type").unwrap_or_default(),
            scope: component.text_at("scope"),
            is_direct: direct.as_ref().zip(reference).map(|(direct, reference)| direct.contains(reference)),
            line: component.line,
        };
        found.add(rows);
        open.extend(component.list_at("components")?.iter().rev());
    }
    Ok(())
}

/// The same in XML, where a version is the namespace's last part.
pub(super) fn read_xml(root: &Element, rows: &mut Rows) -> Result<(), LockfileError> {
    let namespace = root.attributes.iter().find_map(|(_, value)| value.split_once("cyclonedx.org/schema/bom/"));
    let Some((_, version)) = namespace.filter(|_| root.name == "bom") else {
        return Err(LockfileError::shape(root.line, "is no <bom> of CycloneDX"));
    };
    known_version(version)?;
    let mut open: Vec<&Element> = components(root);
    while let Some(component) = open.pop() {
        let found = Found {
            purl: component.child("purl").map(|purl| (purl.text.as_str(), purl.line)),
            version: component.text_of("version"),
            kind: component.attribute("type").unwrap_or_default(),
            scope: component.text_of("scope"),
            is_direct: None,
            line: component.line,
        };
        found.add(rows);
        open.extend(components(component));
    }
    Ok(())
}

/// Children in reverse, for a stack.
fn components(element: &Element) -> Vec<&Element> {
    element
        .child("components")
        .map(|list| list.children.iter().rev().filter(|child| child.name == "component").collect())
        .unwrap_or_default()
}

fn known_version(version: &str) -> Result<(), LockfileError> {
    match version {
        "1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7" => Ok(()),
        _ => Err(LockfileError::shape(1, format!("version {version:?} of CycloneDX is not known (known: 1.2 to 1.7)"))),
    }
}

/// References that the subject of the document depends on; `None` where it does not say.
fn direct(root: &Node) -> Option<BTreeSet<&str>> {
    let subject = root.get("metadata")?.get("component")?.text_at("bom-ref")?;
    let own = root.get("dependencies")?.items().iter().find(|node| node.text_at("ref") == Some(subject))?;
    Some(own.get("dependsOn").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect())
}

/// A component in either notation.
struct Found<'n> {
    purl: Option<(&'n str, u32)>,
    version: Option<&'n str>,
    kind: &'n str,
    scope: Option<&'n str>,
    is_direct: Option<bool>,
    line: u32,
}

impl Found<'_> {
    fn add(&self, rows: &mut Rows) {
        let Some((text, line)) = self.purl else {
            let is_package = matches!(self.kind, "library" | "framework" | "application" | "");
            let reason = if is_package { "a component without a package URL" } else { "a component that is no package" };
            return rows.skip(reason, self.line);
        };
        let Some(parsed) = ParsedPurl::parse(text) else { return rows.skip("a package URL that cannot be read", line) };
        let kind = match self.scope {
            Some("optional") => Some(LockedKind::Optional),
            Some("excluded") => Some(LockedKind::Development),
            Some(_) => Some(LockedKind::Runtime),
            None => None,
        };
        rows.add(Entry {
            origin: parsed.address.unwrap_or(Origin::Registry),
            host: parsed.registry_host,
            kind,
            is_direct: self.is_direct,
            ..Entry::new(Some(parsed.purl), parsed.version.as_deref().or(self.version), line)
        });
    }
}
