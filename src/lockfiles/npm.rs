//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3; addresses of archives as npm and yarn write them.

use std::collections::BTreeSet;

use super::node::{Key, Node};
use super::rows::{Entry, Rows};
use super::{LockedKind, LockfileError, Origin, purls, registries};

/// Reads both lists of a version 2 file, because old clients install from the second.
pub(super) fn read(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    let version = root.text_at("lockfileVersion").unwrap_or("1");
    if !matches!(version, "1" | "2" | "3") {
        return Err(LockfileError::shape(1, format!("lockfileVersion {version:?} is not known (known: 1 to 3)")));
    }
    if root.get("packages").is_none() && root.get("dependencies").is_none() && version != "1" {
        return Err(LockfileError::shape(1, "has neither `packages` nor `dependencies`"));
    }
    let direct = direct_names(root);
    let mut seen = BTreeSet::new();
    for (key, node) in root.map_at("packages")?.iter().filter(|(key, _)| !key.text.is_empty()) {
        let entry = installed(key, node, &direct);
        seen.insert((entry.purl.clone(), entry.version.map(str::to_owned), entry.origin));
        rows.add(entry);
    }
    for (key, node) in root.map_at("dependencies")? {
        nested(key, node, &seen, rows);
    }
    Ok(())
}

/// Names the project itself asks for, of a file with `packages`.
fn direct_names(root: &Node) -> Option<BTreeSet<&str>> {
    let own = root.get("packages")?.get("")?;
    let lists = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    Some(lists.iter().filter_map(|list| own.get(list)).flat_map(Node::entries).map(|(key, _)| key.text.as_str()).collect())
}

/// One entry of `packages`: its key is the folder it is installed to.
fn installed<'n>(key: &'n Key, node: &'n Node, direct: &Option<BTreeSet<&str>>) -> Entry<'n> {
    let folder = key.text.rsplit_once("node_modules/").map(|(_, name)| name);
    let name = node.text_at("name").or(folder).unwrap_or(&key.text);
    let is_own = folder.is_none() || node.is_true("link");
    let version = node.text_at("version");
    let (origin, host) = if is_own { (Origin::Path, None) } else { origin(name, version, node.text_at("resolved")) };
    let is_top = key.text.strip_prefix("node_modules/") == folder;
    let is_direct = direct.as_ref().map(|names| is_top && folder.is_some_and(|name| names.contains(name)));
    Entry { origin, host, kind: Some(kind(node)), is_direct, ..Entry::new(purls::npm(name), version, key.line) }
}

/// One entry of `dependencies` of versions 1 and 2, and what is installed inside it.
fn nested(key: &Key, node: &Node, seen: &BTreeSet<(Option<String>, Option<String>, Origin)>, rows: &mut Rows) {
    let written = node.text_at("version").unwrap_or_default();
    let (name, version) = match written.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
        Some((name, version)) if !name.is_empty() => (name, version),
        _ => (key.text.as_str(), written),
    };
    let is_address = version.contains(':') || version.contains('/');
    let address = if is_address { Some(version) } else { node.text_at("resolved") };
    let version = (!is_address).then_some(version);
    let (origin, host) = origin(name, version, address);
    let purl = purls::npm(name);
    if !seen.contains(&(purl.clone(), version.map(str::to_owned), origin)) {
        rows.add(Entry { origin, host, kind: Some(kind(node)), ..Entry::new(purl, version, key.line) });
    }
    for (key, inner) in node.get("dependencies").map(Node::entries).unwrap_or_default() {
        nested(key, inner, seen, rows);
    }
}

fn kind(node: &Node) -> LockedKind {
    if node.is_true("dev") || node.is_true("devOptional") {
        LockedKind::Development
    } else if node.is_true("optional") {
        LockedKind::Optional
    } else {
        LockedKind::Runtime
    }
}

/// Where an archive comes from. A registry keeps `NAME-VERSION.tgz` under the package's own name; an address that names another
/// package or version is one of its own, whatever the entry calls itself.
pub(super) fn origin(name: &str, version: Option<&str>, address: Option<&str>) -> (Origin, Option<String>) {
    let Some(address) = address else { return (Origin::Registry, None) };
    if address.starts_with("git+") || address.starts_with("git:") || address.starts_with("git@") || address.starts_with("github:")
    {
        return (Origin::Git, None);
    }
    if !address.starts_with("https://") && !address.starts_with("http://") {
        let is_path = address.starts_with("file:") || address.starts_with("link:") || address.starts_with('.');
        return (if is_path { Origin::Path } else { Origin::Url }, None);
    }
    let path = address.split(['#', '?']).next().unwrap_or_default().replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
    if path.ends_with(".git") {
        return (Origin::Git, None);
    }
    let bare = name.rsplit('/').next().unwrap_or(name);
    let is_own_archive = version.is_none_or(|version| path.ends_with(&format!("/{bare}-{version}.tgz")));
    let is_own_folder = path.contains(&format!("/{name}/-/"));
    let is_download = version.is_some_and(|version| path.contains(&format!("/download/{name}/{version}/")));
    if (is_own_folder && is_own_archive) || is_download {
        return (Origin::Registry, Some(registries::host(address).unwrap_or_default()));
    }
    (Origin::Url, None)
}
