//! SPDX 2.2 and 2.3 in JSON, 3.0 in JSON-LD.

use super::node::Node;
use super::rows::{Entry, Rows};
use super::{LockfileError, Origin, ParsedPurl};

/// Reads all packages that name a package URL.
pub(super) fn read(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    match root.text_at("spdxVersion") {
        Some("SPDX-2.2" | "SPDX-2.3") => {}
        Some(other) => {
            return Err(LockfileError::shape(1, format!("version {other:?} of SPDX is not known (known: 2.2, 2.3, 3.0)")));
        }
        None => return read_graph(root, rows),
    }
    for package in root.list_at("packages")? {
        let references = package.list_at("externalRefs")?.iter();
        let found = references.filter(|reference| reference.text_at("referenceType") == Some("purl"));
        let purls = found.filter_map(|reference| reference.get("referenceLocator"));
        add(purls, package.text_at("versionInfo"), package.line, rows);
    }
    Ok(())
}

/// Reads the elements of `@graph`. Form: <https://spdx.github.io/spdx-spec/v3.0.1/>.
fn read_graph(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    let context = root.text_at("@context").unwrap_or_default();
    if !context.contains("spdx.org/rdf/3.0") {
        return Err(LockfileError::shape(1, "is no SPDX 2.2, 2.3 or 3.0 document"));
    }
    let is_package =
        |element: &&Node| matches!(element.text_at("type").or(element.text_at("@type")), Some("software_Package" | "Package"));
    for element in root.list_at("@graph")?.iter().filter(is_package) {
        let own = element.get("software_packageUrl").or(element.get("packageUrl"));
        let identifiers = element.list_at("externalIdentifier")?.iter();
        let others = identifiers.filter(|one| one.text_at("externalIdentifierType") == Some("packageUrl"));
        let purls = own.into_iter().chain(others.filter_map(|one| one.get("identifier")));
        add(purls, element.text_at("software_packageVersion"), element.line, rows);
    }
    Ok(())
}

/// Adds what the package URLs of one package name: one entry each, as they may differ.
fn add<'n>(purls: impl Iterator<Item = &'n Node>, version: Option<&str>, line: u32, rows: &mut Rows) {
    let mut seen = Vec::new();
    for node in purls {
        if !seen.contains(&node.text()) {
            seen.push(node.text());
            add_purl(node.text().unwrap_or_default(), version, node.line, rows);
        }
    }
    if seen.is_empty() {
        rows.skip("a package without a package URL", line);
    }
}

/// Adds one package URL.
pub(super) fn add_purl(text: &str, version: Option<&str>, line: u32, rows: &mut Rows) {
    match ParsedPurl::parse(text) {
        None => rows.skip("a package URL that cannot be read", line),
        Some(parsed) => rows.add(Entry {
            origin: parsed.address.unwrap_or(Origin::Registry),
            host: parsed.registry_host,
            ..Entry::new(Some(parsed.purl), parsed.version.as_deref().or(version), line)
        }),
    }
}
