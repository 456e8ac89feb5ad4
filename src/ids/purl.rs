//! Package URLs: the id of a package in every table and on every page.

use std::fmt;

use packageurl::PackageUrl;

/// The registry world a package lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Source packages of the Debian archive.
    Debian,
    /// Crates of Rust's registry.
    Cargo,
    /// Packages of JavaScript's registry.
    Npm,
    /// Projects of the Python Package Index.
    Pypi,
}

impl Ecosystem {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Debian, Self::Cargo, Self::Npm, Self::Pypi];

    /// Whether members review and sign what is taken in. Anyone may publish in an open registry.
    pub fn is_curated(self) -> bool {
        match self {
            Self::Debian => true,
            Self::Cargo | Self::Npm | Self::Pypi => false,
        }
    }

    /// Name in tables, JSON and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debian => "debian",
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
        }
    }
}

/// A canonical package URL without a version, such as `pkg:deb/debian/xz-utils?arch=source`.
///
/// Form: <https://github.com/package-url/purl-spec>. `arch=source` is the specification's own way to say "source package".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl(Box<str>);

impl Purl {
    /// The package `name` of `ecosystem`, or `None` when the name has no canonical form (empty, or refused by the specification).
    pub fn new(ecosystem: Ecosystem, name: &str) -> Option<Self> {
        if name.is_empty() {
            return None;
        }
        let purl = match ecosystem {
            Ecosystem::Debian => {
                let mut purl = PackageUrl::new("deb", name.to_owned()).ok()?;
                purl.with_namespace("debian").ok()?;
                purl.add_qualifier("arch", "source").ok()?;
                purl
            }
            Ecosystem::Cargo => PackageUrl::new("cargo", name.to_owned()).ok()?,
            Ecosystem::Npm => match name.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
                Some((scope, name)) if !scope.is_empty() && !name.is_empty() && !name.contains('/') => {
                    let mut purl = PackageUrl::new("npm", name.to_owned()).ok()?;
                    purl.with_namespace(format!("@{scope}")).ok()?;
                    purl
                }
                Some(_) => return None,
                None if name.contains(['@', '/']) => return None,
                None => PackageUrl::new("npm", name.to_owned()).ok()?,
            },
            Ecosystem::Pypi if !is_pypi_name(name) => return None,
            Ecosystem::Pypi => PackageUrl::new("pypi", pypi_name(name)).ok()?,
        };
        Some(Self(purl.to_string().into()))
    }

    /// Canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// <https://packaging.python.org/en/latest/specifications/name-normalization/#name-format>, but for what it begins and ends with.
fn is_pypi_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// The one spelling of a Python project's name: lower case, runs of `-`, `_` and `.` are one `-`.
///
/// Rule: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
pub fn pypi_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_names_are_escaped_as_the_specification_says() {
        let purl = |name| Purl::new(Ecosystem::Debian, name).map(|p| p.to_string());
        assert_eq!(purl("xz-utils").as_deref(), Some("pkg:deb/debian/xz-utils?arch=source"));
        assert_eq!(purl("libsigc++-2.0").as_deref(), Some("pkg:deb/debian/libsigc%2B%2B-2.0?arch=source"));
        assert_eq!(purl(""), None);
    }

    #[test]
    fn names_of_other_registries_have_one_form() {
        let purl = |ecosystem, name| Purl::new(ecosystem, name).map(|p| p.to_string());
        assert_eq!(purl(Ecosystem::Cargo, "serde_json").as_deref(), Some("pkg:cargo/serde_json"));
        assert_eq!(purl(Ecosystem::Npm, "@types/node").as_deref(), Some("pkg:npm/%40types/node"));
        assert_eq!(purl(Ecosystem::Npm, "left-pad").as_deref(), Some("pkg:npm/left-pad"));
        for wrong in ["@/x", "@x/", "@x/y/z", "x/y", "a@b"] {
            assert_eq!(purl(Ecosystem::Npm, wrong), None, "{wrong}");
        }
        assert_eq!(purl(Ecosystem::Pypi, "Zope._Interface").as_deref(), Some("pkg:pypi/zope-interface"));
        for wrong in ["@types/node", "a b", "é", "a[b]"] {
            assert_eq!(purl(Ecosystem::Pypi, wrong), None, "{wrong}");
        }
    }
}
