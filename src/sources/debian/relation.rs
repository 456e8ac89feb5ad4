//! Dependency fields: `a (>= 1) [linux-any] <!nocheck> | b:any, c`.
//!
//! Syntax: <https://www.debian.org/doc/debian-policy/ch-relationships.html> and, for profiles,
//! <https://wiki.debian.org/BuildProfileSpec>. Versions are not weighed: in one suite every relation holds.

use super::{architecture, policy};
use crate::tables::ReadReport;

/// What one field, or several, ask for: groups, of which each is met by any one of its names. Kept as one text, because
/// a suite holds half a million names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs(String);

impl Needs {
    /// The groups, each the names of its alternatives in the order of the field.
    pub(super) fn groups(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        self.0.split(',').filter(|group| !group.is_empty()).map(|group| group.split('|'))
    }

    /// Adds the groups of `field` that hold for a plain build (no profile active) on `architecture`. What does not is counted
    /// as a skip; what is no relation as a reject of stanza `number`.
    pub(super) fn add(&mut self, field: &str, architecture: &str, number: u64, report: &mut ReadReport) {
        for group in field.split(',') {
            let mut is_first = true;
            for text in group.split('|').map(str::trim).filter(|text| !text.is_empty()) {
                match parse(text, architecture) {
                    Ok(name) => {
                        if !self.0.is_empty() {
                            self.0.push(if is_first { ',' } else { '|' });
                        }
                        self.0.push_str(name);
                        is_first = false;
                    }
                    Err(Unneeded::OtherArchitecture) => report.skip("dependency of other architectures"),
                    Err(Unneeded::Profile) => report.skip("dependency of a build profile"),
                    Err(Unneeded::NoName) => report.reject("dependency does not start with a package name", number),
                }
            }
        }
    }
}

/// Names of a `Provides` or `Binary` field, without versions. What is no name is counted as a reject of stanza `number`.
pub(super) fn names(field: &str, number: u64, report: &mut ReadReport) -> Vec<String> {
    let mut names = Vec::new();
    for text in field.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        match parse(text, "") {
            Ok(name) => names.push(name.to_owned()),
            Err(_) => report.reject("list of packages holds what is no package name", number),
        }
    }
    names
}

/// Why a relation asks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unneeded {
    OtherArchitecture,
    Profile,
    NoName,
}

/// The name in one relation.
fn parse<'a>(text: &'a str, architecture: &str) -> Result<&'a str, Unneeded> {
    let end = text.find(|c: char| c.is_whitespace() || "([<:".contains(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !policy::is_package_name(name) {
        return Err(Unneeded::NoName);
    }
    // The version in parentheses holds `<`, so it goes first.
    let rest = rest.split_once(')').map_or(rest, |(_, rest)| rest);
    let list = rest.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    if list.is_some_and(|(list, _)| !architecture::is_allowed(list, architecture)) {
        return Err(Unneeded::OtherArchitecture);
    }
    if is_without_profiles(rest) { Ok(name) } else { Err(Unneeded::Profile) }
}

/// Whether `<a !b> <!c>` holds when no profile is active: one of the lists has only negated terms.
fn is_without_profiles(text: &str) -> bool {
    let mut lists = text.split('<').skip(1).map(|list| list.split('>').next().unwrap_or_default()).peekable();
    lists.peek().is_none() || lists.any(|list| list.split_ascii_whitespace().all(|term| term.starts_with('!')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> (Vec<Vec<String>>, ReadReport) {
        let mut report = ReadReport::new("debian", "test");
        let mut needs = Needs::default();
        needs.add(field, "amd64", 7, &mut report);
        (needs.groups().map(|group| group.map(str::to_owned).collect()).collect(), report)
    }

    #[test]
    fn relations_as_the_archive_writes_them() {
        for (field, expected) in [
            ("debhelper-compat (= 13), libusb-dev", vec![vec!["debhelper-compat"], vec!["libusb-dev"]]),
            ("libcurl4-gnutls-dev (>= 7.32.0) | libcurl4-dev (<< 9)", vec![vec!["libcurl4-gnutls-dev", "libcurl4-dev"]]),
            ("python3:any, gcc:native (>= 4) <!nocheck>", vec![vec!["python3"], vec!["gcc"]]),
            ("a1 [linux-any] <!nodoc !stage1>, b1[!amd64], c1(>= 1)[i386 amd64]<!nocheck>", vec![vec!["a1"], vec!["c1"]]),
            ("aa <cross>, bb <cross> <!stage1>, cc <!stage1 cross>", vec![vec!["bb"]]),
            ("aa [i386] | bb, cc [i386] | dd [arm64]", vec![vec!["bb"]]),
            (" , aa,, ,bb ,", vec![vec!["aa"], vec!["bb"]]),
            ("aa | , | bb", vec![vec!["aa"], vec!["bb"]]),
            ("libghc-x (<< 0.3), libghc-y (>> 1)", vec![vec!["libghc-x"], vec!["libghc-y"]]),
            ("", vec![]),
        ] {
            let (groups, report) = read(field);
            assert_eq!(groups, expected, "{field}");
            assert_eq!(report.reject_count(), 0, "{field}");
        }
    }

    #[test]
    fn what_is_dropped_is_counted() {
        let (groups, report) = read("../etc, ${x:Depends}, <b>x</b>, UPPER, a, ok [i386], no <cross>, (>= 1)");
        assert!(groups.is_empty());
        let reject = &report.rejects["dependency does not start with a package name"];
        assert_eq!((reject.count, reject.first_row), (6, 7));
        assert_eq!(report.skips["dependency of other architectures"], 1);
        assert_eq!(report.skips["dependency of a build profile"], 1);
    }

    #[test]
    fn provides_may_carry_versions() {
        let mut report = ReadReport::new("debian", "test");
        assert_eq!(names("foo (= 1), bar-abi-2, baz:any, ../x", 1, &mut report), ["foo", "bar-abi-2", "baz"]);
        assert_eq!(report.reject_count(), 1);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(field in "[a-c0-9|,:()<>\\[\\]! =.é-]{0,60}") {
            for group in read(&field).0 {
                proptest::prop_assert!(!group.is_empty() && group.iter().all(|name| policy::is_package_name(name)));
            }
        }
    }
}
