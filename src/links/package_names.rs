//! What a package would be called in another registry, by the rules a distribution has for names.

use std::collections::BTreeSet;

use crate::ids::{Ecosystem, pypi_name};
use crate::tables::Package;

/// Ends of the names of what is installed beside a package, such as its headers.
const PARTS: [&str; 3] = ["-dev", "-doc", "-dbg"];

/// Names of `package` in `ecosystem`, in the one spelling of [`plain`]: its own, and those that the rules of its distribution make of
/// its name and of the names of what it installs.
pub(super) fn names_in(package: &Package, ecosystem: Ecosystem) -> BTreeSet<String> {
    let mut names = by_rule(package, ecosystem);
    if names.is_empty() {
        names.insert(plain(&package.name));
    }
    names
}

/// The names in `ecosystem` that rules alone make: none for packages of open registries, and for those no rule speaks of.
///
/// Rules: `rust-NAME`, with `-1.2` behind for an older line (<https://wiki.debian.org/Teams/RustPackaging/Policy>); `node-NAME`, source
/// or installed (<https://wiki.debian.org/Javascript/Policy>); `python-NAME` for sources, `python3-NAME` for what is installed
/// (<https://www.debian.org/doc/packaging-manuals/python-policy/>). Go's `golang-HOST-OWNER-NAME` names no package of a registry that
/// is read here.
pub(super) fn by_rule(package: &Package, ecosystem: Ecosystem) -> BTreeSet<String> {
    if package.ecosystem != Ecosystem::Debian {
        return BTreeSet::new();
    }
    let binaries = || package.binaries.iter().map(String::as_str);
    let is_part = |name: &str| PARTS.iter().any(|part| name.ends_with(part));
    let with =
        |prefix: &'static str| binaries().filter_map(move |name| name.strip_prefix(prefix)).filter(move |name| !is_part(name));
    match ecosystem {
        Ecosystem::Debian => BTreeSet::new(),
        Ecosystem::Cargo => {
            // Nothing tells the older line in `rust-rand-0.8` from the name in `rust-md-5`, so both are possible.
            let names = package.name.strip_prefix("rust-").map(|rest| [rest, without_line(rest)]);
            names.into_iter().flatten().map(plain).collect()
        }
        Ecosystem::Npm => package.name.strip_prefix("node-").into_iter().chain(with("node-")).map(plain).collect(),
        Ecosystem::Pypi => {
            let source = ["python-", "python3-"].iter().find_map(|prefix| package.name.strip_prefix(prefix));
            source.into_iter().chain(with("python3-")).map(plain).collect()
        }
    }
}

/// One spelling of names in all registries: lower case, without the `@` of a scope, `-` for `_`, `.` and `/`.
pub(super) fn plain(name: &str) -> String {
    pypi_name(&name.trim_start_matches('@').replace('/', "-"))
}

/// `rand` of `rand-0.8`.
fn without_line(name: &str) -> &str {
    let is_line = |end: &str| !end.is_empty() && end.chars().all(|c| c.is_ascii_digit() || c == '.');
    name.rsplit_once('-').filter(|(_, end)| is_line(end)).map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Purl;
    use crate::units::Day;

    fn package(ecosystem: Ecosystem, name: &str, binaries: &[&str]) -> Package {
        Package {
            purl: Purl::new(ecosystem, name).expect("a purl"),
            ecosystem,
            name: name.into(),
            facts_as_of: Day(0),
            section: None,
            homepage: None,
            binaries: binaries.iter().map(|name| (*name).to_owned()).collect(),
            has_tests: false,
            flags: Default::default(),
        }
    }

    #[test]
    fn rules_of_the_distribution() {
        let (cargo, npm, pypi) = (Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Pypi);
        for (source, binaries, ecosystem, expected) in [
            ("rust-serde-json", &["librust-serde-json-dev"][..], cargo, &["serde-json"][..]),
            ("rust-rand-0.8", &[], cargo, &["rand", "rand-0-8"]),
            ("rust-md-5", &[], cargo, &["md", "md-5"]),
            ("node-types-node", &["node-types-node"], npm, &["types-node"]),
            ("babel", &["node-babel7", "node-babel7-runtime"], npm, &["babel7", "babel7-runtime"]),
            ("python-attrs", &["python3-attr"], pypi, &["attr", "attrs"]),
            ("numpy", &["python3-numpy", "python3-numpy-dev", "python-numpy-doc"], pypi, &["numpy"]),
            ("xz-utils", &["liblzma5"], cargo, &[]),
            ("python-attrs", &["python3-attr"], npm, &[]),
            ("golang-github-spf13-cobra", &["golang-github-spf13-cobra-dev"], cargo, &[]),
        ] {
            let found = by_rule(&package(Ecosystem::Debian, source, binaries), ecosystem);
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{source}");
        }
        assert!(by_rule(&package(npm, "node-x", &[]), npm).is_empty(), "an open registry has no rules");
    }

    #[test]
    fn one_spelling() {
        for (name, expected) in
            [("serde_json", "serde-json"), ("@types/node", "types-node"), ("Zope._Interface", "zope-interface")]
        {
            assert_eq!(plain(name), expected);
        }
        let own = names_in(&package(Ecosystem::Debian, "protobuf", &[]), Ecosystem::Pypi);
        assert_eq!(own.iter().collect::<Vec<_>>(), ["protobuf"], "where no rule speaks, its own name");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(name in "(rust-|node-|python3?-)?[a-b0-9é@./_-]{0,20}") {
            let mut package = package(Ecosystem::Debian, "x", &[]);
            package.binaries.push(name.clone());
            package.name = name;
            for ecosystem in Ecosystem::ALL {
                let _ = names_in(&package, ecosystem);
            }
        }
    }
}
