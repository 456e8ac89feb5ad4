//! What a file is: by its name, else by its content.

use std::path::Path;

/// Formats in words, for messages.
pub(super) const KNOWN: &str = "Cargo.lock, package-lock.json, npm-shrinkwrap.json, pnpm-lock.yaml, yarn.lock, requirements*.txt, \
     requirements/*.txt, uv.lock, poetry.lock, pylock.toml, go.sum, go.mod, pom.xml, the output of Maven's dependency:list or dependency:tree, Maven's lockfile.json, \
     CycloneDX (JSON, XML), SPDX (JSON, JSON-LD, tag-value)";

/// A kind of lockfile or bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `Cargo.lock`, versions 1 to 4.
    Cargo,
    /// `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
    Npm,
    /// `pnpm-lock.yaml`, versions 5 to 9.
    Pnpm,
    /// `yarn.lock` of yarn 1.
    YarnClassic,
    /// `yarn.lock` of yarn 2 and later.
    YarnBerry,
    /// `requirements.txt` of pip, with what it includes.
    Requirements,
    /// `uv.lock`.
    Uv,
    /// `poetry.lock`.
    Poetry,
    /// `pylock.toml` (PEP 751).
    Pylock,
    /// `go.sum`.
    GoSum,
    /// `go.mod`.
    GoMod,
    /// `pom.xml`.
    MavenPom,
    /// `lockfile.json` of the maven-lockfile plugin.
    MavenLock,
    /// What `dependency:list` or `dependency:tree` prints.
    MavenList,
    /// CycloneDX 1.2 to 1.7 in JSON.
    CycloneDxJson,
    /// CycloneDX 1.2 to 1.7 in XML.
    CycloneDxXml,
    /// SPDX 2.2, 2.3 in JSON, 3.0 in JSON-LD.
    SpdxJson,
    /// SPDX 2.2, 2.3 as tags and values.
    SpdxTags,
}

/// The format of a file called `name` that holds `text`. Names that one tool alone uses decide; a wrong content is then an error.
pub(super) fn format(name: &str, text: &str) -> Option<Format> {
    let name = name.to_lowercase();
    match name.as_str() {
        "cargo.lock" => Some(Format::Cargo),
        "package-lock.json" | "npm-shrinkwrap.json" => Some(Format::Npm),
        "pnpm-lock.yaml" => Some(Format::Pnpm),
        "yarn.lock" => Some(yarn(text)),
        "uv.lock" => Some(Format::Uv),
        "poetry.lock" => Some(Format::Poetry),
        "go.sum" => Some(Format::GoSum),
        "go.mod" => Some(Format::GoMod),
        "pom.xml" => Some(Format::MavenPom),
        _ if name.starts_with("pylock.") && name.ends_with(".toml") => Some(Format::Pylock),
        _ => by_content(text).or_else(|| {
            let is_requirements = name.contains("requirements") && (name.ends_with(".txt") || name.ends_with(".in"));
            is_requirements.then_some(Format::Requirements)
        }),
    }
}

/// The name by which the file at `path` is known: its own, or with its folder where that says what it is, as `requirements/main.txt`.
pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name);
    if folder.is_some_and(|folder| folder == "requirements") && name.ends_with(".txt") {
        return format!("requirements/{name}");
    }
    name
}

/// Whether a file called `name` is taken for a lockfile or bill of materials before it is read: by names that one tool alone uses,
/// and by the endings that CycloneDX and SPDX recommend. Of pip's files only those that may pin versions.
pub(super) fn is_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_bill = [".cdx.json", ".cdx.xml", ".spdx.json", ".spdx"].iter().any(|ending| name.ends_with(ending));
    is_bill || matches!(name.as_str(), "bom.json" | "bom.xml") || (format(&name, "").is_some() && !name.ends_with(".in"))
}

fn yarn(text: &str) -> Format {
    if text.contains("\n__metadata:") || text.starts_with("__metadata:") { Format::YarnBerry } else { Format::YarnClassic }
}

/// Looks for words near the beginning that only one format has.
fn by_content(text: &str) -> Option<Format> {
    let start = text.trim_start();
    let head = &start[..start.floor_char_boundary(4096)];
    let has = |word: &str| head.contains(word);
    match start.chars().next()? {
        '{' => json(text, has),
        '<' if has("cyclonedx.org/schema/bom/") => Some(Format::CycloneDxXml),
        '<' if has("<project") => Some(Format::MavenPom),
        _ if start.lines().take(50).any(|line| line.starts_with("SPDXVersion:")) => Some(Format::SpdxTags),
        _ if has("# yarn lockfile v1") => Some(Format::YarnClassic),
        _ if has("__metadata:") => Some(Format::YarnBerry),
        _ if has("The following files have been resolved:") || super::maven::is_tree(head) => Some(Format::MavenList),
        _ => None,
    }
}

/// JSON formats differ by keys that may stand anywhere.
fn json(text: &str, has: impl Fn(&str) -> bool) -> Option<Format> {
    if text.contains("\"bomFormat\"") {
        Some(Format::CycloneDxJson)
    } else if text.contains("\"spdxVersion\"") || (text.contains("\"@context\"") && text.contains("spdx.org/rdf/3")) {
        Some(Format::SpdxJson)
    } else if has("\"lockfileVersion\"") {
        Some(Format::Npm)
    } else {
        (text.contains("\"artifactId\"") && text.contains("\"groupId\"")).then_some(Format::MavenLock)
    }
}
