//! The complete lists of three suites, where they are there.

use std::path::PathBuf;

use super::*;

/// Beside the repository, or where `TRUSTGRAPH_SHARED_DATA` says.
fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    let folder = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map_or_else(beside, PathBuf::from).join("debian");
    folder.join("trixie_Sources.xz").is_file().then_some(folder)
}

#[test]
fn complete_lists_are_read_completely() {
    let Some(folder) = folder() else {
        println!("skipped: no complete Debian lists; set TRUSTGRAPH_SHARED_DATA to their folder");
        return;
    };
    let suites = [
        ("bullseye", Some("2021-08-14"), 30_943),
        ("bookworm", Some("2023-06-10"), 34_335),
        ("trixie", Some("2025-08-09"), 37_643),
    ];
    let tables = super::read(&folder, settings(&suites.map(|(name, day, _)| (name, day))), None).expect("tables");
    for (at, (name, _, stanza_count)) in suites.into_iter().enumerate() {
        assert_eq!(tables.suites[at].name, name);
        let report = tables.reports.iter().find(|report| report.file == format!("{name}_Sources.xz")).expect("a report");
        let set_aside =
            ["extra-source-only", "older version of the same name"].map(|why| report.skips.get(why).copied().unwrap_or(0));
        assert_eq!(report.read_count + set_aside.iter().sum::<u64>(), stanza_count, "{name}");
        let release_count = tables.releases.iter().filter(|release| release.suite.row() == at).count();
        assert_eq!(release_count as u64, report.read_count);
        println!("{report:#?}");
    }
    let trixie_count = tables.releases.iter().filter(|release| release.suite.row() == 2).count();
    assert_eq!(trixie_count, 37_590);
    assert!(tables.accounts.iter().flat_map(|account| account.names.keys()).all(|name| !name.contains('@')));
    let uses_compat =
        |row: &crate::tables::Dependency| tables.packages[row.dependency.row()].name == "debhelper" && row.suite.row() == 2;
    let share = tables.dependencies.iter().filter(|row| uses_compat(row)).count() as f64 / trixie_count as f64;
    assert!(share > 0.9, "debhelper builds nearly everything: {share}");
}
