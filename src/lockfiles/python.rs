//! `uv.lock`, `poetry.lock` and `pylock.toml`.

use std::collections::BTreeSet;

use super::node::Node;
use super::rows::{Entry, Rows};
use super::{LockedKind, LockfileError, Origin, purls, registries};

/// Reads `uv.lock`. Members of the workspace are packages whose source is a folder; what they need is direct.
pub(super) fn read_uv(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    let packages = root.list_at("package")?;
    let source = |package: &Node, words: &[&str]| {
        package.get("source").is_some_and(|source| words.iter().any(|word| source.get(word).is_some()))
    };
    let own = packages.iter().filter(|package| source(package, &["editable", "virtual"]));
    let direct: BTreeSet<&str> = own.flat_map(uv_needs).collect();
    for package in packages {
        let name = package.needed("name")?;
        let registry = package.get("source").and_then(|source| source.text_at("registry"));
        let origin = if registry.is_some() {
            Origin::Registry
        } else if source(package, &["git"]) {
            Origin::Git
        } else if source(package, &["url"]) {
            Origin::Url
        } else if source(package, &["path", "editable", "virtual", "directory"]) {
            Origin::Path
        } else {
            return Err(LockfileError::shape(package.line, format!("{name:?} has no known `source`")));
        };
        rows.add(Entry {
            origin,
            host: registry.map(|address| registries::host(address).unwrap_or_default()),
            is_direct: Some(direct.contains(name)),
            ..Entry::new(purls::pypi(name), package.text_at("version"), line(package))
        });
    }
    Ok(())
}

fn uv_needs(package: &Node) -> Vec<&str> {
    let groups = ["optional-dependencies", "dev-dependencies"].iter().filter_map(|key| package.get(key));
    let lists = groups.flat_map(Node::entries).map(|(_, list)| list).chain(package.get("dependencies"));
    lists.flat_map(Node::items).filter_map(|need| need.text_at("name")).collect()
}

/// Reads `poetry.lock`, old and new.
pub(super) fn read_poetry(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    for package in root.list_at("package")? {
        let (name, version) = (package.needed("name")?, package.needed("version")?);
        let source = package.get("source");
        let address = source.and_then(|source| source.text_at("url"));
        let (origin, host) = match source.and_then(|source| source.text_at("type")) {
            None => (Origin::Registry, None),
            Some("legacy") => (Origin::Registry, Some(address.and_then(registries::host).unwrap_or_default())),
            Some("git") => (Origin::Git, None),
            Some("file" | "directory") => (Origin::Path, None),
            Some(_) => (Origin::Url, None),
        };
        let groups: Vec<&str> =
            package.get("groups").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect();
        let kind = if package.is_true("optional") {
            Some(LockedKind::Optional)
        } else if package.text_at("category") == Some("dev") || (!groups.is_empty() && !groups.contains(&"main")) {
            Some(LockedKind::Development)
        } else {
            Some(LockedKind::Runtime)
        };
        rows.add(Entry { origin, host, kind, ..Entry::new(purls::pypi(name), Some(version), line(package)) });
    }
    Ok(())
}

/// Reads `pylock.toml`. Form: <https://packaging.python.org/en/latest/specifications/pylock-toml/>.
pub(super) fn read_pylock(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    let version = root.text_at("lock-version").unwrap_or_default();
    if !version.starts_with("1.") {
        return Err(LockfileError::shape(1, format!("lock-version {version:?} is not known (known: 1.x)")));
    }
    for package in root.list_at("packages")? {
        let name = package.needed("name")?;
        let archive = package.get("archive");
        let (origin, host) = if package.get("vcs").is_some() {
            (Origin::Git, None)
        } else if package.get("directory").is_some() || archive.is_some_and(|archive| archive.get("path").is_some()) {
            (Origin::Path, None)
        } else if archive.is_some() {
            (Origin::Url, None)
        } else {
            (Origin::Registry, package.text_at("index").map(|address| registries::host(address).unwrap_or_default()))
        };
        rows.add(Entry { origin, host, ..Entry::new(purls::pypi(name), package.text_at("version"), line(package)) });
    }
    Ok(())
}

/// Line of the name, which stands first.
fn line(package: &Node) -> u32 {
    package.get("name").map_or(package.line, |name| name.line)
}
