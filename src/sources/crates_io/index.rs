//! The sparse index: `config.json`, and one document a package with one line a version.
//!
//! Format: <https://doc.rust-lang.org/cargo/reference/registry-index.html>.

use semver::Version;
use serde::Deserialize;
use url::Url;

use crate::tables::{DependencyKind, ReadReport};
use crate::units::Day;

/// `config.json` of an index.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    /// Where packages are, a pattern or a prefix.
    dl: String,
    /// Where the registry's program answers. Missing: it does not.
    pub(super) api: Option<String>,
}

/// One version.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) version: Version,
    pub(super) published: Option<Day>,
    pub(super) is_yanked: bool,
    /// SHA-256 of the package, lower-case hexadecimal.
    pub(super) checksum: Option<String>,
    pub(super) needs: Vec<(String, DependencyKind)>,
}

#[derive(Deserialize)]
struct RawLine {
    name: String,
    vers: String,
    #[serde(default)]
    deps: Vec<RawNeed>,
    #[serde(default)]
    cksum: String,
    #[serde(default)]
    yanked: bool,
    pubtime: Option<String>,
}

#[derive(Deserialize)]
struct RawNeed {
    name: String,
    #[serde(default)]
    optional: bool,
    kind: Option<String>,
    /// The real name, where the dependent calls it otherwise.
    package: Option<String>,
}

/// Path of a package in the index.
pub(super) fn path(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    format!("{}/{name}", prefix(&name))
}

/// Folders before a name. Names are ASCII ([`is_name`](super::lockfile::is_name)).
fn prefix(name: &str) -> String {
    match name.len() {
        0..=2 => name.len().to_string(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    }
}

impl Config {
    /// Address of a package's file.
    pub(super) fn download(&self, name: &str, version: &Version, checksum: Option<&str>) -> Option<Url> {
        let markers = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
        if !markers.iter().any(|marker| self.dl.contains(marker)) {
            return Url::parse(&format!("{}/{name}/{version}/download", self.dl.trim_end_matches('/'))).ok();
        }
        let values = [
            name.to_owned(),
            version.to_string(),
            prefix(name),
            prefix(&name.to_ascii_lowercase()),
            checksum.unwrap_or_default().to_owned(),
        ];
        let filled = markers.iter().zip(values).fold(self.dl.clone(), |text, (marker, value)| text.replace(marker, &value));
        Url::parse(&filled).ok()
    }
}

/// Reads the lines of the package `name`. Lines that are wrong are counted.
pub(super) fn read(name: &str, text: &[u8], report: &mut ReadReport) -> Vec<Line> {
    let lines = text.split(|byte| *byte == b'\n');
    let filled = (1..).zip(lines).filter(|(_, line)| !line.trim_ascii().is_empty());
    let mut read = Vec::new();
    for (row, line) in filled {
        match parse(name, line) {
            Ok(line) => {
                report.read_count += 1;
                read.push(line);
            }
            Err(reason) => report.reject(reason, row),
        }
    }
    read
}

fn parse(name: &str, line: &[u8]) -> Result<Line, &'static str> {
    let raw: RawLine = serde_json::from_slice(line).map_err(|_| "line is no version of an index")?;
    if !raw.name.eq_ignore_ascii_case(name) {
        return Err("line is about another package");
    }
    let version = Version::parse(&raw.vers).map_err(|_| "version is not semantic")?;
    let published = match raw.pubtime.as_deref() {
        None => None,
        Some(time) => Some(time.get(..10).and_then(Day::parse).ok_or("time of publication is none")?),
    };
    let is_digest = raw.cksum.len() == 64 && raw.cksum.bytes().all(|byte| byte.is_ascii_hexdigit());
    let needs = raw.deps.into_iter().map(need).collect::<Result<_, _>>()?;
    Ok(Line { version, published, is_yanked: raw.yanked, checksum: is_digest.then(|| raw.cksum.to_ascii_lowercase()), needs })
}

fn need(raw: RawNeed) -> Result<(String, DependencyKind), &'static str> {
    let kind = match (raw.kind.as_deref(), raw.optional) {
        (Some("dev"), _) => DependencyKind::Development,
        (_, true) => DependencyKind::Optional,
        (Some("build"), false) => DependencyKind::Build,
        (None | Some("normal"), false) => DependencyKind::Runtime,
        (Some(_), false) => return Err("dependency of an unknown kind"),
    };
    Ok((raw.package.unwrap_or(raw.name), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_downloads() {
        assert_eq!(["a", "ab", "Abc", "serde_json"].map(path), ["1/a", "2/ab", "3/a/abc", "se/rd/serde_json"]);
        let url = |dl: &str, name: &str| {
            let config = Config { dl: dl.to_owned(), api: None };
            config.download(name, &Version::new(1, 2, 3), Some("00ff")).map(String::from)
        };
        assert_eq!(url("https://example.org/dl", "Ab").as_deref(), Some("https://example.org/dl/Ab/1.2.3/download"));
        let pattern = "https://example.org/{prefix}/{lowerprefix}/{crate}-{version}.crate?{sha256-checksum}";
        assert_eq!(url(pattern, "Serde").as_deref(), Some("https://example.org/Se/rd/se/rd/Serde-1.2.3.crate?00ff"));
        assert_eq!(url(pattern, "Abc").as_deref(), Some("https://example.org/3/A/3/a/Abc-1.2.3.crate?00ff"));
        assert_eq!(url("not a url {crate}", "a"), None);
    }

    #[test]
    fn lines() {
        let text = br#"{"name":"x","vers":"1.0.0","deps":[{"name":"y","kind":"normal","optional":false},{"name":"z2","package":"z","kind":"build"},{"name":"o","optional":true,"kind":"normal"},{"name":"d","kind":"dev"}],"cksum":"00","yanked":true,"pubtime":"2024-05-06T07:08:09Z"}

{"name":"y","vers":"1.0.0"}
{"name":"x","vers":"one"}
{"name":"x","vers":"2.0.0","pubtime":"soon"}
{"name":"x","vers":"2.0.0","deps":[{"name":"y","kind":"odd"}]}
not json"#;
        let mut report = ReadReport::default();
        let lines = read("x", text, &mut report);
        assert_eq!((lines.len(), report.read_count, report.reject_count()), (1, 1, 5));
        assert!(lines[0].is_yanked && lines[0].checksum.is_none());
        assert_eq!(lines[0].published, Day::parse("2024-05-06"));
        let kinds = ["y", "z", "o", "d"].map(str::to_owned).into_iter().zip([
            DependencyKind::Runtime,
            DependencyKind::Build,
            DependencyKind::Optional,
            DependencyKind::Development,
        ]);
        assert_eq!(lines[0].needs, kinds.collect::<Vec<_>>());
    }
}
