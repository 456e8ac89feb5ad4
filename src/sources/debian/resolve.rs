//! Names of binaries → the sources they are built from: dependencies of one suite.

use rustc_hash::FxHashMap;

use super::binary_row::BinaryRow;
use super::relation::Needs;
use super::source_row::SourceRow;
use crate::tables::{DependencyKind, ReadReport};

/// A virtual name with more providers says nothing about any of them, and hostile indices could make edges of all pairs.
const MAX_PROVIDERS: usize = 1000;

/// `sources[package]` needs `sources[dependency]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    /// Row of the dependent.
    pub(super) package: u32,
    /// Row of what it needs; never the same.
    pub(super) dependency: u32,
    /// When.
    pub(super) kind: DependencyKind,
    /// False sorts first, so that the stronger of two equal edges comes last.
    pub(super) is_sole: bool,
}

/// Who stands behind the names of one suite.
pub(super) struct Resolver<'a> {
    sources: &'a [SourceRow],
    binaries: &'a [BinaryRow],
    /// Source row of each source name.
    by_source: FxHashMap<&'a str, u32>,
    /// Source row of each real binary; `None` when the suite does not list its source.
    by_binary: FxHashMap<&'a str, Option<u32>>,
    /// Source rows behind each virtual name.
    by_virtual: FxHashMap<&'a str, Vec<u32>>,
}

impl<'a> Resolver<'a> {
    /// Indexes the rows of one suite. O(rows).
    pub(super) fn new(sources: &'a [SourceRow], binaries: &'a [BinaryRow]) -> Self {
        let by_source: FxHashMap<&str, u32> = (0..).zip(sources).map(|(row, source)| (source.name.as_str(), row)).collect();
        let mut by_binary = FxHashMap::default();
        let mut by_virtual: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for binary in binaries {
            let source = by_source.get(binary.source.as_str()).copied();
            by_binary.insert(binary.name.as_str(), source);
            for name in &binary.provides {
                by_virtual.entry(name).or_default().extend(source);
            }
        }
        Self { sources, binaries, by_source, by_binary, by_virtual }
    }

    /// Binaries of each source, by source row: those the suite lists and those the source says it builds; sorted.
    pub(super) fn binaries(&self) -> Vec<Vec<String>> {
        let mut names: Vec<Vec<String>> = self.sources.iter().map(|source| source.binaries.clone()).collect();
        for binary in self.binaries {
            if let Some(source) = self.by_source.get(binary.source.as_str()) {
                names[*source as usize].push(binary.name.clone());
            }
        }
        for names in &mut names {
            names.sort_unstable();
            names.dedup();
        }
        names
    }

    /// Rows of sources and of sources whose compiled code their binaries hold, sorted. Names that lead nowhere are counted as skips.
    pub(super) fn built_uses(&self, report: &mut ReadReport) -> Vec<(u32, u32)> {
        let mut uses = Vec::new();
        for binary in self.binaries {
            let Some(source) = self.by_source.get(binary.source.as_str()) else { continue };
            for name in &binary.built_using {
                match self.by_source.get(name.as_str()) {
                    Some(used) => uses.push((*source, *used)),
                    None => report.skip("built using a source not in the suite"),
                }
            }
        }
        uses.sort_unstable();
        uses.dedup();
        uses
    }

    /// All edges of the suite, sorted, one a (package, dependency, kind). Names that lead nowhere are counted as skips: those
    /// of builds in `sources_report`, those of runs in `binaries_report`.
    pub(super) fn edges(&self, sources_report: &mut ReadReport, binaries_report: &mut ReadReport) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (row, source) in (0..).zip(self.sources) {
            self.add(row, DependencyKind::Build, &source.build_needs, &mut edges, sources_report);
        }
        for binary in self.binaries {
            match self.by_source.get(binary.source.as_str()) {
                Some(row) => self.add(*row, DependencyKind::Runtime, &binary.run_needs, &mut edges, binaries_report),
                None => binaries_report.skip("binary of a source not in the suite"),
            }
        }
        edges.sort_unstable();
        edges.dedup_by(|later, kept| {
            let is_same = (later.package, later.dependency, later.kind) == (kept.package, kept.dependency, kept.kind);
            kept.is_sole |= is_same && later.is_sole;
            is_same
        });
        edges
    }

    /// Adds the edges of one package. A group that its own binaries can meet asks for no sole dependency.
    fn add(&self, package: u32, kind: DependencyKind, needs: &Needs, edges: &mut Vec<Edge>, report: &mut ReadReport) {
        let mut found: Vec<u32> = Vec::new();
        for group in needs.groups() {
            found.clear();
            let mut missing = None;
            let mut missing_count = 0;
            for name in group {
                match self.resolve(name) {
                    Ok(sources) => found.extend(sources),
                    Err(reason) => {
                        missing = Some(reason);
                        missing_count += 1;
                    }
                }
            }
            match missing {
                Some(reason) if found.is_empty() => report.skip(reason),
                _ => (0..missing_count).for_each(|_| report.skip("alternative not in the suite, beside one that is")),
            }
            found.sort_unstable();
            found.dedup();
            let is_sole = found.len() == 1;
            let others = found.iter().filter(|dependency| **dependency != package);
            edges.extend(others.map(|&dependency| Edge { package, dependency, kind, is_sole }));
        }
    }

    /// Sources behind `name`: that of the real binary, else those of all its providers; or why there is none.
    fn resolve(&self, name: &str) -> Result<&[u32], &'static str> {
        match (self.by_binary.get(name), self.by_virtual.get(name).map(Vec::as_slice)) {
            (Some(Some(source)), _) => Ok(std::slice::from_ref(source)),
            (_, Some(sources)) if sources.len() > MAX_PROVIDERS => {
                Err("dependency on a virtual package with over 1000 providers")
            }
            (_, Some(sources @ [_, ..])) => Ok(sources),
            (Some(None), _) => Err("dependency on a binary whose source is not in the suite"),
            (None, Some([])) => Err("dependency on a virtual package without provider"),
            (None, None) => Err("dependency on a package not in the suite"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::Row;
    use super::super::stanza::Stanzas;
    use super::*;

    fn rows<T: Row>(text: &str) -> Vec<T> {
        let mut report = ReadReport::default();
        let mut stanzas = Stanzas::new(text.as_bytes(), T::FIELDS);
        let mut rows = Vec::new();
        while let Some(stanza) = stanzas.next(&mut report).expect("readable") {
            rows.extend(T::read(stanza, "amd64", &mut report));
        }
        assert_eq!(report.reject_count(), 0, "{report:?}");
        rows
    }

    /// Edges as `package kind dependency`, `?` behind one that has alternatives.
    fn edges(build: &str, packages: &str) -> (Vec<String>, ReadReport, ReadReport) {
        let sources: Vec<SourceRow> = rows(&format!(
            "Package: app\nVersion: 1\nMaintainer: A <a@example.org>\nBuild-Depends: {build}\n\n{}",
            ["exim", "glibc", "postfix"]
                .map(|name| format!("Package: {name}\nVersion: 1\nMaintainer: A <a@example.org>\n\n"))
                .concat()
        ));
        let binaries: Vec<BinaryRow> = rows(&format!(
            "Package: app\nVersion: 1\n{packages}\n\nPackage: app-data\nVersion: 1\nSource: app\n\n\
             Package: libc6\nVersion: 1\nSource: glibc (2)\nProvides: libc-abi (= 1)\n\n\
             Package: exim4\nVersion: 1\nSource: exim\nProvides: mta, postfix\n\n\
             Package: postfix\nVersion: 1\nProvides: mta, mta-abi (= 3)\n\n\
             Package: lost\nVersion: 1\nSource: gone\nProvides: ghost\nDepends: libc6\n"
        ));
        let (mut for_sources, mut for_binaries) = (ReadReport::default(), ReadReport::default());
        let edges = Resolver::new(&sources, &binaries).edges(&mut for_sources, &mut for_binaries);
        let name = |row: u32| sources[row as usize].name.as_str();
        let text = |e: &Edge| {
            format!("{} {} {}{}", name(e.package), e.kind.name(), name(e.dependency), if e.is_sole { "" } else { "?" })
        };
        (edges.iter().map(text).collect(), for_sources, for_binaries)
    }

    #[test]
    fn names_lead_to_sources() {
        for (build, expected) in [
            ("libc6", vec!["app build glibc"]),
            ("libc-abi (= 1)", vec!["app build glibc"]),
            ("mta", vec!["app build exim?", "app build postfix?"]),
            // A real binary beats whoever provides its name.
            ("postfix", vec!["app build postfix"]),
            ("postfix | mta", vec!["app build exim?", "app build postfix?"]),
            ("exim4 | nowhere", vec!["app build exim"]),
            ("exim4 | libc6, exim4", vec!["app build exim", "app build glibc?"]),
            // Own binaries are no dependency, and what stands beside them is not the only way.
            ("app-data", vec![]),
            ("app-data | exim4", vec!["app build exim?"]),
            ("nowhere", vec![]),
            ("ghost, lost", vec![]),
        ] {
            assert_eq!(edges(build, "").0, expected, "{build}");
        }
    }

    #[test]
    fn code_of_other_sources_in_binaries() {
        let sources: Vec<SourceRow> = rows(
            &["app", "rust-libc"].map(|name| format!("Package: {name}\nVersion: 1\nMaintainer: A <a@example.org>\n\n")).concat(),
        );
        let binaries: Vec<BinaryRow> = rows(
            "Package: app\nVersion: 1\nStatic-Built-Using: rust-libc (= 1), gone (= 2)\nX-Cargo-Built-Using: rust-libc (= 1)\n\n\
             Package: lost\nVersion: 1\nSource: gone\nStatic-Built-Using: rust-libc (= 1)\n",
        );
        let mut report = ReadReport::default();
        assert_eq!(Resolver::new(&sources, &binaries).built_uses(&mut report), [(0, 1)]);
        assert_eq!(report.skips["built using a source not in the suite"], 1);
    }

    #[test]
    fn runtime_needs_come_from_all_binaries() {
        let (found, _, report) = edges("libc6", "Depends: libc6, app-data, mta\nPre-Depends: exim4\nRecommends: postfix");
        assert_eq!(found, ["app runtime exim", "app runtime glibc", "app build glibc", "app runtime postfix?"]);
        assert_eq!(report.skips["binary of a source not in the suite"], 1);
    }

    #[test]
    fn names_that_lead_nowhere_are_counted_by_reason() {
        let (_, report, _) = edges("nowhere, nowhere | neither, ghost, lost, exim4 | nowhere", "");
        let expected = [
            ("alternative not in the suite, beside one that is", 1),
            ("dependency on a binary whose source is not in the suite", 1),
            ("dependency on a package not in the suite", 2),
            ("dependency on a virtual package without provider", 1),
        ];
        assert_eq!(report.skips.iter().map(|(reason, count)| (reason.as_str(), *count)).collect::<Vec<_>>(), expected);
    }
}
