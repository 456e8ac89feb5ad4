//! Seconds and megabytes of `trustgraph check` on a lockfile of 1,000 packages against a generated snapshot of `TRUSTGRAPH_SPEED_PACKAGES` packages.
//! Asks nothing without it. With `TRUSTGRAPH_SPEED_PROGRAM` a release build is measured, and held against the numbers to reach.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod small_snapshot;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};
use small_snapshot::{Column, days, npm_lock, numbers, text, word, words, yes};
use trustgraph::snapshot::{KeyQuery, Word, rows_by_key};

const ROWS_A_GROUP: usize = 1 << 15;
const METRICS: [&str; 5] = ["control", "dependencies", "own", "trust", "vouching"];

fn name(row: usize) -> String {
    format!("package-{row:08}")
}

/// Writes a table of `count` rows, `rows(start..end)` at a time.
fn write(folder: &Path, table: &str, count: usize, rows: impl Fn(std::ops::Range<usize>) -> Vec<Column>) -> serde_json::Value {
    let path = folder.join(format!("{table}.parquet"));
    let page: usize = std::env::var("TRUSTGRAPH_SPEED_PAGE").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1024);
    let id = ColumnPath::from("node_id");
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).expect("a level")))
        .set_max_row_group_row_count(Some(ROWS_A_GROUP))
        .set_data_page_row_count_limit(page)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_bloom_filter_enabled(id.clone(), table == "findings")
        .set_column_bloom_filter_max_ndv(id, ROWS_A_GROUP as u64);
    // As the program's own writer: what is mostly distinct stands in no dictionary.
    let distinct = ["purl", "node_id", "name", "version", "upstream_repository_url", "value", "evidence"].map(ColumnPath::from);
    let plain = |properties: parquet::file::properties::WriterPropertiesBuilder, column| {
        properties.set_column_dictionary_enabled(column, false)
    };
    let properties = distinct.into_iter().fold(properties, plain).build();
    let nullable = |(name, cells)| (name, cells, true);
    let batch =
        |range| RecordBatch::try_from_iter_with_nullable(rows(range).into_iter().map(nullable)).expect("columns of one length");
    let file = std::fs::File::create(&path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch(0..1).schema(), Some(properties)).expect("a writer");
    for start in (0..count).step_by(ROWS_A_GROUP) {
        writer.write(&batch(start..count.min(start + ROWS_A_GROUP))).expect("written");
    }
    writer.close().expect("closed");
    let bytes = std::fs::read(&path).expect("a file");
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    serde_json::json!({"name": table, "file": format!("{table}.parquet"), "row_count": count, "size_bytes": bytes.len(), "sha256": digest})
}

fn texts(range: std::ops::Range<usize>, of: impl Fn(usize) -> String) -> ArrayRef {
    let cells: Vec<String> = range.map(of).collect();
    text(&cells.iter().map(String::as_str).collect::<Vec<_>>())
}

fn generate(folder: &Path, count: usize) {
    let value = |row: usize| (row.wrapping_mul(0x9e37_79b9) % 100_003) as f64 / 100_003.0;
    let packages = write(folder, "packages", count, |range| {
        let length = range.len();
        vec![
            ("purl", texts(range.clone(), |row| format!("pkg:npm/{}", name(row)))),
            ("ecosystem", word(&vec!["npm"; length])),
            ("name", texts(range.clone(), name)),
            ("version", texts(range.clone(), |row| format!("{}.{}.{}", row % 7, row % 31, row % 101))),
            ("is_listed", yes(&vec![true; length])),
            ("is_orphaned", yes(&vec![false; length])),
            ("status", words(&range.clone().map(|row| (row % 50 == 0).then_some("deprecated")).collect::<Vec<_>>())),
            ("upstream_repository_url", texts(range, |row| format!("https://git.example.org/owner-{}/{}", row / 9, name(row)))),
        ]
    });
    let scores = write(folder, "scores", count * METRICS.len(), |range| {
        let metric = |row: usize| METRICS[row / count];
        vec![
            ("metric", word(&range.clone().map(metric).collect::<Vec<_>>())),
            ("node_kind", word(&vec!["package"; range.len()])),
            ("node_id", texts(range.clone(), |row| format!("pkg:npm/{}", name(row % count)))),
            ("value", numbers(&range.clone().map(|row| Some(value(row))).collect::<Vec<_>>())),
            ("null_reason", words(&vec![None; range.len()])),
        ]
    });
    let found = count / 50;
    let findings = write(folder, "findings", found, |range| {
        vec![
            ("signal", word(&vec!["ownership_change"; range.len()])),
            ("node_kind", word(&vec!["package"; range.len()])),
            ("node_id", texts(range.clone(), |row| format!("pkg:npm/{}", name(row * 50)))),
            ("answer", word(&vec!["yes"; range.len()])),
            ("is_alert", yes(&vec![true; range.len()])),
            ("first_seen", days(&vec![Some("2025-06-01"); range.len()])),
            ("evidence", texts(range, |row| format!("1 of {} maintainers changed", row % 9 + 1))),
        ]
    });
    let manifest = serde_json::json!({
        "schema_version": trustgraph::snapshot::SCHEMA_VERSION, "snapshot": "2026-01-31", "as_of": "2026-01-31", "job": "speed",
        "title": "Generated", "code": "test", "job_digest": "", "inputs_digest": "", "pseudonym_key": "public",
        "suites": [{"ecosystem": "npm", "name": "npm", "as_of": "2026-01-31"}], "parameters": [],
        "signals": [{"name": "ownership_change", "node_kind": "package", "question": "?", "method": "?"}], "tables": [packages, scores, findings],
    });
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).expect("a manifest");
}

/// Runs the check once: time, largest resident memory in bytes, output.
fn measure(program: &str, folder: &Path) -> (Duration, u64, String) {
    let start = Instant::now();
    let arguments = ["check", "package-lock.json", "--today", "2026-01-31", "--snapshot", ".", "--format", "json"];
    let mut child =
        Command::new(program).args(arguments).current_dir(folder).stdout(Stdio::piped()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut out = child.stdout.take().expect("piped");
    let reader = std::thread::spawn(move || std::io::read_to_string(&mut out).expect("text"));
    let mut peak = 0;
    while child.try_wait().expect("waited").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(1));
    }
    (start.elapsed(), peak, reader.join().expect("read"))
}

#[test]
fn only_pages_with_wanted_keys_are_read() {
    let (folder, count) = (tempfile::tempdir().expect("a folder"), 70_000);
    generate(folder.path(), count);
    let wanted: Vec<String> = [0, 1, 32_767, 32_768, 69_999].map(|row| format!("pkg:npm/{}", name(row))).to_vec();
    let wanted: Vec<String> = wanted.into_iter().chain(["pkg:npm/zzz".to_owned()]).collect();
    let look_up = |table: &str, key: &str, only: &[(&str, &[&str])], columns: &[&str]| {
        let query = KeyQuery { key, wanted: &wanted, only, columns };
        rows_by_key(&folder.path().join(format!("{table}.parquet")), &query).expect("rows")
    };
    let rows = look_up("packages", "purl", &[], &["name", "none"]);
    assert_eq!(rows.column::<String>("purl").as_deref(), Some(&wanted[..5]));
    assert_eq!(rows.column::<String>("name").expect("names")[4], name(69_999));
    assert_eq!(rows.column::<String>("none"), None);
    let (read, all) = rows.page_counts;
    assert!(read <= 5 && all > 60, "{read} of {all} pages");
    let scores = look_up("scores", "node_id", &[("metric", &["trust", "own"]), ("node_kind", &["package"])], &["value"]);
    assert_eq!(scores.row_count(), 10);
    let metrics: Vec<Word> = scores.column("metric").expect("metrics");
    assert_eq!((metrics[0].as_ref(), metrics[9].as_ref()), ("own", "trust"), "in the order of the file");
    let none = look_up("scores", "node_id", &[("metric", &["fame"])], &[]);
    assert_eq!(none.row_count(), 0);
    let found = look_up("findings", "node_id", &[], &["signal"]);
    assert_eq!(found.row_count(), 1, "row 0 alone is divisible by 50");
}

#[test]
fn a_thousand_packages_among_millions() {
    let Some(count) = std::env::var("TRUSTGRAPH_SPEED_PACKAGES").ok().and_then(|count| count.parse::<usize>().ok()) else {
        return runs::skip("TRUSTGRAPH_SPEED_PACKAGES is not set");
    };
    let folder = tempfile::tempdir().expect("a folder");
    generate(folder.path(), count);
    let picked: Vec<String> = (0..1000).map(|i: usize| name(i.wrapping_mul(2_654_435_761) % count)).collect();
    let pairs: Vec<(&str, &str)> = picked.iter().map(|name| (name.as_str(), "1.0.0")).collect();
    std::fs::write(folder.path().join("package-lock.json"), npm_lock(&pairs)).expect("a file");
    let release = std::env::var("TRUSTGRAPH_SPEED_PROGRAM").ok();
    let mut times = Vec::new();
    let mut peak = 0;
    for _ in 0..7 {
        let (time, bytes, out) = measure(release.as_deref().unwrap_or(runs::PROGRAM), folder.path());
        let report: serde_json::Value = serde_json::from_str(&out).expect("a report");
        assert_eq!(report["package_count"], 1000);
        let packages = report["outcomes"].as_array().expect("outcomes").iter().filter(|one| one["rule"] == "package");
        assert!(packages.clone().count() > 500 && packages.clone().all(|one| one["status"] == "success"), "all are known");
        times.push(time);
        peak = peak.max(bytes);
    }
    times.sort();
    println!("{count} packages: median {:?} of {times:?}, peak {} MB", times[3], peak / 1_000_000);
    if release.is_some() {
        assert!(times[3] < Duration::from_millis(300) && peak < 200_000_000, "{times:?}, {peak} bytes");
    }
}
