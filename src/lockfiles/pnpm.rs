//! `pnpm-lock.yaml`, versions 5 to 9.

use std::collections::BTreeSet;

use super::node::{Key, Node, Value};
use super::rows::{Entry, Rows};
use super::{LockedKind, LockfileError, Origin, npm, purls};

/// Reads `packages`. Peers in a key (`(react@18.0.0)`, `_react@18.0.0`) say how, not what, is installed.
pub(super) fn read(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    let version = root.get("lockfileVersion").and_then(Node::text).unwrap_or_default();
    let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if !(5..=9).contains(&major) {
        return Err(LockfileError::shape(1, format!("lockfileVersion {version:?} is not known (known: 5 to 9)")));
    }
    let direct = direct(root);
    for (key, node) in root.map_at("packages")? {
        let found = entry(key, node, major);
        let is_direct = found.purl.as_deref().map(|_| direct.contains(&identity(&key.text, major)));
        rows.add(Entry { is_direct, ..found });
    }
    Ok(())
}

fn entry<'n>(key: &'n Key, node: &'n Node, major: u32) -> Entry<'n> {
    let (of_key, version_of_key) = identity(&key.text, major);
    let name = node.text_at("name").unwrap_or(of_key);
    let version = node.text_at("version").or(version_of_key.starts_with(|c: char| c.is_ascii_digit()).then_some(version_of_key));
    let resolution = node.get("resolution");
    let at = |field: &str| resolution.and_then(|resolution| resolution.text_at(field));
    let (origin, host) = if at("repo").is_some() || at("type") == Some("git") {
        (Origin::Git, None)
    } else if at("directory").is_some() || ["file:", "link:"].iter().any(|word| key.text.contains(word)) {
        (Origin::Path, None)
    } else if version_of_key.contains(':') || version_of_key.contains('/') || of_key.contains(':') {
        (Origin::Url, None)
    } else {
        npm::origin(name, version, at("tarball"))
    };
    let kind = match node.get("dev").map(|node| &node.value) {
        Some(Value::Bool(true)) => Some(LockedKind::Development),
        _ if node.is_true("optional") => Some(LockedKind::Optional),
        Some(Value::Bool(false)) => Some(LockedKind::Runtime),
        _ => None,
    };
    Entry { origin, host, kind, ..Entry::new(purls::npm(name), version, key.line) }
}

/// Name and version in a key or reference: `/@scope/name/1.0.0_peer@1`, `/name@1.0.0(peer@1)`, `name@1.0.0`.
fn identity(key: &str, major: u32) -> (&str, &str) {
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    if major < 6 {
        let (name, version) = key.rsplit_once('/').unwrap_or((key, ""));
        return (name, version.split('_').next().unwrap_or(version));
    }
    // The first `@` that is not a scope's: addresses behind it may hold more.
    let at = key.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    at.map_or((key, ""), |at| (&key[..at], &key[at + 1..]))
}

/// Names and versions that the projects of the workspace ask for.
fn direct(root: &Node) -> BTreeSet<(&str, &str)> {
    let importers = root.get("importers").map(Node::entries).unwrap_or_default().iter().map(|(_, importer)| importer);
    let lists = ["dependencies", "devDependencies", "optionalDependencies"];
    let projects = importers.chain([root]);
    let asked = projects.flat_map(|project| lists.iter().filter_map(|list| project.get(list)).flat_map(Node::entries));
    asked
        .filter_map(|(key, node)| {
            let version = node.text().or_else(|| node.text_at("version"))?;
            // `/name@1.0.0(peer)` where another name is asked for, else the version with its peers.
            if version.starts_with('/') {
                return Some(identity(version, 6));
            }
            Some((key.text.as_str(), version.split(['(', '_']).next().unwrap_or(version)))
        })
        .collect()
}
