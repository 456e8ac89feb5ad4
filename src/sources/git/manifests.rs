//! Package manifests → the name of the package they make.

use serde::Deserialize;

use crate::tables::ManifestKind;

/// Longest name kept: registries allow less.
const MAX_NAME: usize = 214;

/// A manifest that names a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RawManifest {
    pub kind: ManifestKind,
    pub package: String,
    /// Folder of the package; empty for the whole repository.
    pub directory: String,
}

/// The package that a file of this name makes. `Ok(None)`: none, or one that says it is published nowhere; `Err`: the file is not
/// what its name says.
pub(super) fn package(file: &str, text: &[u8]) -> Result<Option<String>, ()> {
    let text = std::str::from_utf8(text).map_err(drop)?;
    let name = match file {
        "Cargo.toml" => cargo(text)?,
        "package.json" => npm(text)?,
        "pyproject.toml" => python(text)?,
        "setup.cfg" => setup_cfg(text),
        _ => control(text),
    };
    match name {
        Some(name) if !is_name(&name) => Err(()),
        name => Ok(name),
    }
}

/// A name that can be shown: nothing hidden, and an `@` only before a scope.
fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix('@').unwrap_or(name);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.+/~".contains(c);
    !rest.is_empty() && name.len() <= MAX_NAME && rest.chars().all(is_plain)
}

fn cargo(text: &str) -> Result<Option<String>, ()> {
    #[derive(Deserialize)]
    struct File {
        package: Option<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: Option<String>,
        publish: Option<toml::Value>,
    }
    let package = toml::from_str::<File>(text).map_err(drop)?.package;
    let is_public = |package: &Package| package.publish != Some(toml::Value::Boolean(false));
    Ok(package.filter(is_public).and_then(|package| package.name))
}

fn npm(text: &str) -> Result<Option<String>, ()> {
    let file: serde_json::Value = serde_json::from_str(text).map_err(drop)?;
    let is_private = file.get("private") == Some(&serde_json::Value::Bool(true));
    let name = file.get("name").and_then(|name| name.as_str()).filter(|name| !name.is_empty());
    Ok(name.filter(|_| !is_private).map(str::to_owned))
}

fn python(text: &str) -> Result<Option<String>, ()> {
    let file: toml::Table = toml::from_str(text).map_err(drop)?;
    let project = file.get("project");
    let poetry = || file.get("tool")?.get("poetry");
    let name = project.or_else(poetry).and_then(|table| table.get("name")).and_then(|name| name.as_str());
    Ok(name.map(str::to_owned))
}

/// `name` of the section `[metadata]`.
fn setup_cfg(text: &str) -> Option<String> {
    let lines = text.lines().skip_while(|line| line.trim() != "[metadata]").skip(1);
    let mut lines = lines.take_while(|line| !line.starts_with('['));
    lines.find_map(|line| {
        let (key, value) = line.split_once(['=', ':'])?;
        // A line that starts with a space continues another value; `file:` and `attr:` point elsewhere.
        let is_key = key.trim_end() == "name" && !value.trim().is_empty();
        is_key.then(|| value.trim().to_owned())
    })
}

/// Field `Source` of the first paragraph.
fn control(text: &str) -> Option<String> {
    let lines = text.lines().skip_while(|line| line.trim().is_empty() || line.starts_with('#'));
    let mut lines = lines.take_while(|line| !line.trim().is_empty());
    lines.find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.eq_ignore_ascii_case("source") && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(file: &str, text: &str) -> Result<Option<String>, ()> {
        package(file, text.as_bytes())
    }

    #[test]
    fn manifests_name_their_package() {
        let is = |name: &str| Ok(Some(name.to_owned()));
        assert_eq!(name("Cargo.toml", "[package]\nname = \"serde\"\nversion.workspace = true"), is("serde"));
        assert_eq!(name("Cargo.toml", "[package]\nname = \"x\"\npublish = false"), Ok(None));
        assert_eq!(name("Cargo.toml", "[workspace]\nmembers = []"), Ok(None));
        assert_eq!(name("package.json", r#"{"name": "@scope/name", "private": false}"#), is("@scope/name"));
        assert_eq!(name("package.json", r#"{"name": "x", "private": true}"#), Ok(None));
        assert_eq!(name("pyproject.toml", "[project]\nname = \"Flask\""), is("Flask"));
        assert_eq!(name("pyproject.toml", "[tool.poetry]\nname = \"p\""), is("p"));
        assert_eq!(name("pyproject.toml", "[build-system]\nrequires = []"), Ok(None));
        assert_eq!(name("setup.cfg", "[x]\nname = no\n[metadata]\nversion = 1\nname = attrs\n[options]\n"), is("attrs"));
        assert_eq!(name("setup.cfg", "[options]\nname = no"), Ok(None));
        assert_eq!(name("control", "# x\n\nSource: xz-utils\nSection: utils\n\nPackage: y\n"), is("xz-utils"));
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        assert_eq!(name("Cargo.toml", "[package\n"), Err(()));
        assert_eq!(name("package.json", &"[".repeat(100_000)), Err(()));
        assert_eq!(name("package.json", r#"{"name": "a@example.org"}"#), Err(()));
        assert_eq!(name("package.json", "{\"name\": \"a\u{202e}b\"}"), Err(()));
        assert_eq!(package("setup.cfg", b"\xff"), Err(()));
        assert_eq!(name("package.json", r#"{"name": 7}"#), Ok(None));
    }
}
