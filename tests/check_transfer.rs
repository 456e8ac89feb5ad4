//! What a check of 1,000 packages fetches from a web server. Asks nothing unless told what to measure. The server here serves few
//! connections at a time: one that waited in vain is asked for again, so bytes are at most, and times no measure of a real server.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod small_snapshot;
#[expect(dead_code, reason = "other tests use the rest")]
mod snapshot_server;

use std::path::Path;
use std::sync::atomic::Ordering;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use runs::Said;
use small_snapshot::{SmallSnapshot, numbers, text, word, words, yes};
use snapshot_server::{Behavior, Loopback, with_made_lookup};
use trustgraph::snapshot::Cell;

/// Texts of the first column of a table.
fn keys(path: &Path) -> Vec<String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).expect("a table")).expect("a table");
    let batches = reader.build().expect("a table").map(|batch| batch.expect("rows"));
    batches.flat_map(|batch| String::from_array(batch.column(0)).expect("texts")).collect()
}

/// A snapshot of so many packages of npm with their scores.
fn generated(count: usize) -> SmallSnapshot {
    let purls: Vec<String> = (0..count).map(|row| format!("pkg:npm/package-{row:08}")).collect();
    let purls: Vec<&str> = purls.iter().map(String::as_str).collect();
    let links: Vec<String> =
        (0..count).map(|row| format!("https://git.example.org/owner-{}/package-{row:08}", row / 9)).collect();
    let mut small = SmallSnapshot::empty();
    small.add(
        "packages",
        vec![
            ("purl", text(&purls)),
            ("ecosystem", word(&vec!["npm"; count])),
            ("name", text(&purls)),
            ("status", words(&vec![None; count])),
            ("is_listed", yes(&vec![true; count])),
            ("is_orphaned", yes(&vec![false; count])),
            ("upstream_repository_url", text(&links.iter().map(String::as_str).collect::<Vec<_>>())),
        ],
    );
    let times = |all: &[&'static str]| -> Vec<&'static str> { all.iter().flat_map(|one| vec![*one; count]).collect() };
    let values: Vec<Option<f64>> =
        (0..count * 6).map(|row| Some((row.wrapping_mul(0x9e37_79b9) % 100_003) as f64 / 100_003.0)).collect();
    small.add(
        "scores",
        vec![
            ("metric", word(&times(&["control", "dependencies", "effective_maintainers", "own", "trust", "vouching"]))),
            ("node_kind", word(&vec!["package"; count * 6])),
            ("node_id", text(&purls.repeat(6))),
            ("value", numbers(&values)),
            ("null_reason", words(&vec![None; count * 6])),
        ],
    );
    small.seal();
    small
}

/// Bytes and requests of a lockfile of 1,000 packages against the snapshot in `TRUSTGRAPH_LOOKUP_SNAPSHOT`, or a generated one of
/// `TRUSTGRAPH_LOOKUP_PACKAGES` packages; the first and the second time. Asks nothing without either.
#[test]
fn a_thousand_packages_among_many() {
    let set = |name| std::env::var(name).ok();
    let snapshot = match (set("TRUSTGRAPH_LOOKUP_SNAPSHOT"), set("TRUSTGRAPH_LOOKUP_PACKAGES")) {
        (Some(folder), _) => with_made_lookup(Path::new(&folder), ""),
        (None, Some(count)) => with_made_lookup(generated(count.parse().expect("a number")).path(), ""),
        (None, None) => return runs::skip("neither TRUSTGRAPH_LOOKUP_SNAPSHOT nor TRUSTGRAPH_LOOKUP_PACKAGES is set"),
    };
    let purls = keys(&snapshot.path().join("packages.parquet"));
    let picked = (0..1000).map(|at| &purls[at * 2_654_435_761 % purls.len()]);
    let components: Vec<String> =
        picked.map(|purl| format!("{{\"purl\": \"{}@1\"}}", purl.replace("?arch=source", ""))).collect();
    let here = tempfile::tempdir().expect("a folder");
    let document =
        format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{}]}}", components.join(",\n"));
    std::fs::write(here.path().join("bom.json"), document).expect("a file");
    let server = Loopback::start(snapshot.path().to_path_buf(), "", Behavior::Honest);
    let mut reports = Vec::new();
    for from in [snapshot.path().to_str().expect("text"), &server.url, &server.url] {
        let (began, before) = (std::time::Instant::now(), server.sent.load(Ordering::Relaxed));
        let arguments =
            ["check", "bom.json", "--today", "2026-01-31", "--cache", "cache", "--format", "json", "--snapshot", from];
        let said = Said::of(runs::command(&arguments).current_dir(here.path()).output().expect("the program starts"));
        let (took, asked) = (began.elapsed(), server.asked());
        println!("{from}: {} requests, {} bytes, {took:?}", asked.len(), server.sent.load(Ordering::Relaxed) - before);
        // What is unchecked is said of tables alone.
        let mut report: serde_json::Value = serde_json::from_str(&said.out).expect("a report");
        report.as_object_mut().expect("an object").remove("unchecked_tables");
        reports.push(report);
    }
    assert!(reports.iter().all(|report| *report == reports[0]), "all say the same");
}
