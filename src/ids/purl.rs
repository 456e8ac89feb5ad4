//! Package URLs: the id of a package in every table and on every page.

use std::fmt;

use packageurl::PackageUrl;

/// The registry world a package lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Source packages of the Debian archive.
    Debian,
}

impl Ecosystem {
    /// How many there are.
    pub const COUNT: usize = 1;

    /// Name in tables, JSON and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debian => "debian",
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
        let mut purl = match ecosystem {
            Ecosystem::Debian => PackageUrl::new("deb", name.to_owned()).ok()?,
        };
        match ecosystem {
            Ecosystem::Debian => {
                purl.with_namespace("debian").ok()?;
                purl.add_qualifier("arch", "source").ok()?;
            }
        }
        Some(Self(purl.to_string().into()))
    }

    /// Canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
}
