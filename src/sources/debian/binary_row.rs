//! One stanza of a `Packages` index.

use super::index::Row;
use super::policy;
use super::relation::{self, Needs};
use super::source_row::name_and_version;
use super::stanza::Stanza;
use crate::tables::ReadReport;

/// A binary package, as one suite lists it for one architecture.
pub(super) struct BinaryRow {
    /// Binary package name.
    pub(super) name: String,
    /// Newest version in the suite.
    pub(super) version: String,
    /// The source package it is built from.
    pub(super) source: String,
    /// Virtual packages it stands in for.
    pub(super) provides: Vec<String>,
    /// What it takes to run.
    pub(super) run_needs: Needs,
    /// Sources whose compiled code is in it.
    pub(super) built_using: Vec<String>,
}

/// Fields that say so: policy's own, and the one Rust's packages had before it. `Built-Using` is about licences and names compilers.
const BUILT_USING: [&str; 2] = ["Static-Built-Using", "X-Cargo-Built-Using"];

impl Row for BinaryRow {
    const FIELDS: &'static [&'static str] =
        &["Package", "Version", "Source", "Provides", "Depends", "Pre-Depends", BUILT_USING[0], BUILT_USING[1]];

    fn read(stanza: &Stanza, architecture: &str, report: &mut ReadReport) -> Option<Self> {
        let (name, version) = name_and_version(stanza, report)?;
        // `Source` is left out when equal, and carries a version when that differs: `glibc (2.36-9)`.
        let source = stanza.get("Source").and_then(|field| field.split(['(', ' ']).next()).unwrap_or(&name).to_owned();
        if !policy::is_package_name(&source) {
            report.reject("source name outside Debian policy", stanza.number);
            return None;
        }
        let provides = relation::names(stanza.get("Provides").unwrap_or_default(), stanza.number, report);
        let mut run_needs = Needs::default();
        for field in ["Depends", "Pre-Depends"] {
            run_needs.add(stanza.get(field).unwrap_or_default(), architecture, stanza.number, report);
        }
        let fields = BUILT_USING.iter().filter_map(|field| stanza.get(field));
        let built_using = fields.flat_map(|field| relation::names(field, stanza.number, report)).collect();
        Some(Self { name, version, source, provides, run_needs, built_using })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }
}

#[cfg(test)]
mod tests {
    use super::super::stanza::Stanzas;
    use super::*;

    fn read(text: &str) -> (Option<BinaryRow>, ReadReport) {
        let mut report = ReadReport::new("debian", "test");
        let mut stanzas = Stanzas::new(text.as_bytes(), BinaryRow::FIELDS);
        let stanza = stanzas.next(&mut ReadReport::default()).expect("readable").expect("a stanza");
        let row = BinaryRow::read(stanza, "amd64", &mut report);
        (row, report)
    }

    #[test]
    fn source_as_the_archive_writes_it() {
        for (field, expected) in
            [("", "aa"), ("Source: glibc\n", "glibc"), ("Source: 0ad (0.27.0-2)\n", "0ad"), ("Source: gcc-12(1)\n", "gcc-12")]
        {
            let (row, report) = read(&format!("Package: aa\nVersion: 1\n{field}"));
            assert_eq!(row.expect("a row").source, expected);
            assert_eq!(report.reject_count(), 0);
        }
        let (row, report) = read("Package: aa\nVersion: 1\nSource: ../x\n");
        assert!(row.is_none() && report.rejects.contains_key("source name outside Debian policy"));
    }

    #[test]
    fn needs_and_provides() {
        let (row, _) = read(
            "Package: aa\nVersion: 1\nPre-Depends: dpkg (>= 1)\nDepends: libc6 (>= 2.39), x1 | y1\nRecommends: zz\n\
             Built-Using: gcc-12 (= 1)\nStatic-Built-Using: rust-libc (= 0.2-1), golang-x (= 1)\n\
             X-Cargo-Built-Using: rust-libc (= 0.2-1)\nProvides: aa-abi (= 1), mail-agent\n",
        );
        let row = row.expect("a row");
        let needs: Vec<Vec<&str>> = row.run_needs.groups().map(Iterator::collect).collect();
        assert_eq!(needs, [vec!["libc6"], vec!["x1", "y1"], vec!["dpkg"]]);
        assert_eq!(row.provides, ["aa-abi", "mail-agent"]);
        assert_eq!(row.built_using, ["rust-libc", "golang-x", "rust-libc"]);
    }
}
