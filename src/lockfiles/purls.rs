//! Package URLs of what lockfiles name.

use std::str::FromStr;

use packageurl::PackageUrl;

use crate::ids::{Ecosystem, Purl};

/// A crate.
pub(super) fn cargo(name: &str) -> Option<String> {
    Purl::new(Ecosystem::Cargo, name).map(|purl| purl.to_string())
}

/// An npm package, scoped or not.
pub(super) fn npm(name: &str) -> Option<String> {
    Purl::new(Ecosystem::Npm, name).map(|purl| purl.to_string())
}

/// A Python project.
pub(super) fn pypi(name: &str) -> Option<String> {
    Purl::new(Ecosystem::Pypi, name).map(|purl| purl.to_string())
}

/// A Go module by its path.
pub(super) fn golang(module: &str) -> Option<String> {
    let (namespace, name) = module.rsplit_once('/').map_or((None, module), |(namespace, name)| (Some(namespace), name));
    with_namespace("golang", namespace, name)
}

/// A Maven artifact.
pub(super) fn maven(group: &str, artifact: &str) -> Option<String> {
    with_namespace("maven", Some(group).filter(|group| !group.is_empty()), artifact)
}

fn with_namespace(kind: &'static str, namespace: Option<&str>, name: &str) -> Option<String> {
    let mut purl = PackageUrl::new(kind, name.to_owned()).ok()?;
    if let Some(namespace) = namespace {
        purl.with_namespace(namespace.to_owned()).ok()?;
    }
    purl.validate().ok()?;
    settled(&purl)
}

/// The text, if it reads as itself: parts of a name that are empty or dots have no canonical form.
fn settled(purl: &PackageUrl) -> Option<String> {
    let text = purl.to_string();
    (PackageUrl::from_str(&text).ok()?.to_string() == text).then_some(text)
}

/// A package URL as a bill of materials writes it, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedPurl {
    /// Canonical, without version and qualifiers; `arch=source` of a Debian source package stays.
    pub purl: String,
    /// Version, where it names one.
    pub version: Option<String>,
    /// Host of `repository_url`: the registry is not the default one.
    pub registry_host: Option<String>,
    /// It names an archive (`download_url`) or a history (`vcs_url`) of its own.
    pub address: Option<super::Origin>,
}

/// Longest package URL that is read, and longest canonical form.
const MAX_BYTES: usize = 4096;

impl ParsedPurl {
    /// `None`: no package URL.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let full = PackageUrl::from_str(text).ok()?;
        let qualifier = |name: &str| full.qualifiers().get(name).map(AsRef::as_ref);
        let (version, arch) = (full.version().map(str::to_owned), qualifier("arch"));
        let registry_host = qualifier("repository_url").and_then(super::registries::host);
        let address = match (qualifier("vcs_url"), qualifier("download_url")) {
            (Some(_), _) => Some(super::Origin::Git),
            (None, Some(_)) => Some(super::Origin::Url),
            (None, None) => None,
        };
        // Of parts that are all dots the library leaves an empty text.
        let namespace = full.namespace().filter(|namespace| !namespace.is_empty());
        let purl = match (full.ty(), namespace) {
            ("pypi", _) => pypi(full.name())?,
            ("npm", Some(scope)) => npm(&format!("{scope}/{}", full.name()))?,
            ("npm", None) => npm(full.name())?,
            ("deb", Some("debian")) if arch == Some("source") => Purl::new(Ecosystem::Debian, full.name())?.to_string(),
            (kind, namespace) => {
                let mut bare = PackageUrl::new(kind, full.name()).ok()?;
                if let Some(namespace) = namespace {
                    bare.with_namespace(namespace).ok()?;
                }
                settled(&bare)?
            }
        };
        // Escaping makes a text up to three times as long.
        (purl.len() <= MAX_BYTES).then_some(Self { purl, version, registry_host, address })
    }
}

/// The installed name in the package URL of a Debian binary package, as [`ParsedPurl`] writes it; `None` of anything else.
pub fn binary_name(purl: &str) -> Option<String> {
    let full =
        purl.strip_prefix("pkg:deb/debian/").filter(|rest| !rest.contains('?')).and_then(|_| PackageUrl::from_str(purl).ok())?;
    Some(full.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_is_longer_than_what_is_read() {
        let escaped = |count: usize| ParsedPurl::parse(&format!("pkg:generic/{}", "\0".repeat(count)));
        let longest = escaped((MAX_BYTES - "pkg:generic/".len()) / "%00".len()).expect("a package URL");
        assert_eq!(ParsedPurl::parse(&longest.purl), Some(longest));
        assert_eq!(escaped(MAX_BYTES / "%00".len()), None);
    }

    #[test]
    fn names_without_a_canonical_form_are_none() {
        assert_eq!(golang("example.org/a/b").as_deref(), Some("pkg:golang/example.org/a/b"));
        for module in ["example.org//a/b", "example.org/../b", "example.org/a/", "/"] {
            assert_eq!(golang(module), None, "{module}");
        }
        let parsed = ParsedPurl::parse("pkg:generic/./n").map(|parsed| parsed.purl);
        assert_eq!(parsed.as_deref(), Some("pkg:generic/n"));
    }
}
