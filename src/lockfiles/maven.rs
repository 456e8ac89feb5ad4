//! Maven: dependencies of a `pom.xml`, `lockfile.json` of the maven-lockfile plugin, and what `dependency:list` and
//! `dependency:tree` print.

use std::collections::BTreeMap;

use super::node::Node;
use super::rows::{Entry, Rows};
use super::xml::Element;
use super::{LockedKind, LockfileError, Origin, purls};

/// Reads what a build file asks for directly, its own profiles included. Versions that a parent or imported list decides are not in
/// the file and stay unknown.
pub(super) fn read_pom(root: &Element, rows: &mut Rows) -> Result<(), LockfileError> {
    if root.name != "project" {
        return Err(LockfileError::shape(root.line, format!("is a <{}>, not a <project>", root.name)));
    }
    let properties = properties(root);
    let managed = managed(root, &properties);
    let profiles = root.all("profiles").flat_map(|profiles| profiles.all("profile"));
    let lists = [root].into_iter().chain(profiles).flat_map(|owner| owner.all("dependencies"));
    for dependency in lists.flat_map(|list| list.all("dependency")) {
        let text = |name: &str| dependency.text_of(name).map(|text| resolve(text, &properties));
        let (Some(group), Some(artifact)) = (text("groupId"), text("artifactId")) else {
            return Err(LockfileError::shape(dependency.line, "a <dependency> has no groupId or artifactId"));
        };
        let version = text("version").or_else(|| managed.get(&(group.clone(), artifact.clone())).cloned());
        let version = version.filter(|version| !version.contains("${") && !version.starts_with(['[', '(']));
        let scope = text("scope").unwrap_or_default();
        rows.add(Entry {
            origin: if scope == "system" { Origin::Path } else { Origin::Registry },
            kind: Some(if text("optional").as_deref() == Some("true") { LockedKind::Optional } else { kind(&scope) }),
            is_direct: Some(true),
            ..Entry::new(purls::maven(&group, &artifact).filter(|_| !group.contains("${")), version.as_deref(), dependency.line)
        });
    }
    Ok(())
}

fn kind(scope: &str) -> LockedKind {
    match scope {
        "test" => LockedKind::Development,
        "provided" => LockedKind::Build,
        _ => LockedKind::Runtime,
    }
}

fn properties(root: &Element) -> BTreeMap<String, String> {
    let own = root.all("properties").flat_map(|list| &list.children).map(|one| (one.name.clone(), one.text.clone()));
    let mut all: BTreeMap<String, String> = own.collect();
    for name in ["version", "groupId", "artifactId"] {
        let value = root.text_of(name).or_else(|| root.child("parent").and_then(|parent| parent.text_of(name)));
        for key in [format!("project.{name}"), format!("pom.{name}")] {
            all.extend(value.map(|value| (key, value.to_owned())));
        }
    }
    all
}

/// Versions that `dependencyManagement` of the same file decides.
fn managed(root: &Element, properties: &BTreeMap<String, String>) -> BTreeMap<(String, String), String> {
    let lists = root.all("dependencyManagement").flat_map(|owner| owner.all("dependencies"));
    let one = |dependency: &Element| {
        let text = |name: &str| dependency.text_of(name).map(|text| resolve(text, properties));
        Some(((text("groupId")?, text("artifactId")?), text("version")?))
    };
    lists.flat_map(|list| list.all("dependency")).filter_map(one).collect()
}

/// Puts properties in; a few rounds, as they may name each other, and no longer text than a name may have.
fn resolve(text: &str, properties: &BTreeMap<String, String>) -> String {
    let mut resolved = text.to_owned();
    for _ in 0..8 {
        let Some((before, rest)) = resolved.split_once("${") else { break };
        let Some((value, after)) = rest.split_once('}').and_then(|(key, after)| Some((properties.get(key)?, after))) else {
            break;
        };
        if before.len() + value.len() + after.len() > 4096 {
            break;
        }
        resolved = format!("{before}{value}{after}");
    }
    resolved
}

/// Reads `lockfile.json`: a tree of artifacts.
pub(super) fn read_lock(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    for node in root.list_at("dependencies")? {
        artifact(node, true, rows)?;
    }
    Ok(())
}

fn artifact(node: &Node, is_direct: bool, rows: &mut Rows) -> Result<(), LockfileError> {
    let (group, artifact_id) = (node.needed("groupId")?, node.needed("artifactId")?);
    rows.add(Entry {
        kind: node.text_at("scope").map(kind),
        is_direct: Some(is_direct),
        ..Entry::new(purls::maven(group, artifact_id), node.text_at("version"), node.line)
    });
    for child in node.list_at("children")? {
        artifact(child, false, rows)?;
    }
    Ok(())
}

/// Reads `group:artifact:type[:classifier]:version:scope`, wherever it stands in a line. The project itself has no scope.
pub(super) fn read_list(text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    let mut count = 0;
    for (line, content) in (1..).zip(text.lines()) {
        let coordinate = content.trim_start_matches(|c: char| " [INFO]|+-\\\t".contains(c));
        let coordinate = coordinate.split_whitespace().next().unwrap_or_default();
        let parts: Vec<&str> = coordinate.split(':').collect();
        let (group, artifact, version, scope) = match parts[..] {
            [group, artifact, _, version, scope] | [group, artifact, _, _, version, scope] if is_scope(scope) => {
                (group, artifact, version, scope)
            }
            _ => continue,
        };
        count += 1;
        let origin = if scope == "system" { Origin::Path } else { Origin::Registry };
        rows.add(Entry { origin, kind: Some(kind(scope)), ..Entry::new(purls::maven(group, artifact), Some(version), line) });
    }
    if count == 0 && !text.contains("none") {
        return Err(LockfileError::shape(1, "names no artifact as group:artifact:type:version:scope"));
    }
    Ok(())
}

fn is_scope(text: &str) -> bool {
    matches!(text, "compile" | "runtime" | "test" | "provided" | "system" | "import")
}

/// Whether `head` begins like the output of `dependency:tree`.
pub(super) fn is_tree(head: &str) -> bool {
    let tree = |line: &str| {
        line.trim_start_matches("[INFO] ").starts_with("+- ") || line.trim_start_matches("[INFO] ").starts_with("\\- ")
    };
    head.lines().any(|line| tree(line) && line.split(':').count() >= 5)
}
