//! `Cargo.lock`, versions 1 to 4.

use std::collections::HashSet;

use super::node::Node;
use super::rows::{Entry, Rows};
use super::{LockfileError, Origin, purls, registries};

/// The index of the default registry lies there; lockfiles name it whatever protocol was used.
const DEFAULT_INDEX_OWNER: &str = "registry+https://github.com/rust-lang/";

/// Reads all packages. Those without a source are the workspace's own; what they need is direct.
pub(super) fn read(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    if let Some(version) = root.text_at("version").filter(|version| !matches!(*version, "1" | "2" | "3" | "4")) {
        return Err(LockfileError::shape(1, format!("version {version:?} of Cargo.lock is not known (known: 1 to 4)")));
    }
    let packages: Vec<&Node> = root.list_at("package")?.iter().chain(root.get("root")).collect();
    let own = packages.iter().filter(|package| package.get("source").is_none());
    let needs: HashSet<&str> =
        own.flat_map(|package| package.get("dependencies")).flat_map(Node::items).filter_map(Node::text).collect();
    for package in packages {
        let (name, version) = (package.needed("name")?, package.needed("version")?);
        let source = package.text_at("source");
        let line = package.get("name").map_or(package.line, |node| node.line);
        let (origin, host) = origin(source);
        let forms = [name.to_owned(), format!("{name} {version}"), format!("{name} {version} ({})", source.unwrap_or_default())];
        rows.add(Entry {
            origin,
            host,
            is_direct: Some(forms.iter().any(|form| needs.contains(form.as_str()))),
            ..Entry::new(purls::cargo(name), Some(version), line)
        });
    }
    Ok(())
}

fn origin(source: Option<&str>) -> (Origin, Option<String>) {
    match source {
        None => (Origin::Path, None),
        Some(source) if source.starts_with(DEFAULT_INDEX_OWNER) => (Origin::Registry, None),
        Some(source) if source.starts_with("registry+") || source.starts_with("sparse+") => {
            // A registry of which not even the host can be read is not the default one.
            (Origin::Registry, Some(registries::host(source).unwrap_or_default()))
        }
        Some(source) if source.starts_with("git+") => (Origin::Git, None),
        Some(_) => (Origin::Url, None),
    }
}
