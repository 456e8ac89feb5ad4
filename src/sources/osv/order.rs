//! The order of versions in each ecosystem.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::ids::Ecosystem;

/// A version that can be held against others of its ecosystem.
#[derive(Clone, Debug)]
pub(super) enum Ordered {
    /// Before every version (`0` in a range).
    First,
    /// Crates and npm.
    Semantic(semver::Version),
    /// Python.
    Pep440(pep440_rs::Version),
}

impl Ordered {
    /// Reads `text` as a version of `ecosystem`.
    pub(super) fn parse(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        match ecosystem {
            Ecosystem::Cargo => semver::Version::parse(text).ok().map(Self::Semantic),
            // Old packages carry a `v` or a `=`, which npm overlooks.
            Ecosystem::Npm => semver::Version::parse(text.trim_start_matches(['v', '=', ' '])).ok().map(Self::Semantic),
            Ecosystem::Pypi => pep440_rs::Version::from_str(text).ok().map(Self::Pep440),
            Ecosystem::Debian => None,
        }
    }

    /// Which comes first; build metadata does not count.
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::First, Self::First) => Ordering::Equal,
            (Self::First, _) => Ordering::Less,
            (_, Self::First) => Ordering::Greater,
            (Self::Semantic(a), Self::Semantic(b)) => a.cmp_precedence(b),
            (Self::Pep440(a), Self::Pep440(b)) => a.cmp(b),
            // Both were parsed for one ecosystem.
            (Self::Semantic(_), Self::Pep440(_)) => Ordering::Less,
            (Self::Pep440(_), Self::Semantic(_)) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(ecosystem: Ecosystem, a: &str, b: &str) -> Option<Ordering> {
        Some(Ordered::parse(ecosystem, a)?.cmp(&Ordered::parse(ecosystem, b)?))
    }

    #[test]
    fn each_in_its_own_way() {
        use Ordering::{Equal, Greater, Less};
        assert_eq!(order(Ecosystem::Cargo, "1.9.0", "1.10.0"), Some(Less));
        assert_eq!(order(Ecosystem::Cargo, "1.0.0-rc.1", "1.0.0"), Some(Less));
        assert_eq!(order(Ecosystem::Cargo, "1.0.0+a", "1.0.0+b"), Some(Equal));
        assert_eq!(order(Ecosystem::Cargo, "1.0", "1.0.0"), None);
        assert_eq!(order(Ecosystem::Npm, "v1.2.3", "1.2.4"), Some(Less));
        assert_eq!(order(Ecosystem::Pypi, "1.0.post1", "1.0"), Some(Greater));
        assert_eq!(order(Ecosystem::Pypi, "1!0.1", "2.0"), Some(Greater));
        assert_eq!(order(Ecosystem::Pypi, "1.0", "1.0.0"), Some(Equal));
        assert_eq!(order(Ecosystem::Debian, "1", "2"), None);
    }
}
