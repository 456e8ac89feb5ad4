//! A snapshot of a handful of packages, written table by table, with the tables and flags that registries bring.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use trustgraph::snapshot::{LOOKUP_DATA, LOOKUP_INDEX, LookupFiles, SCHEMA_VERSION, lookup_files};
use trustgraph::units::Day;

/// A column and its cells.
pub type Column = (&'static str, ArrayRef);

pub fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

pub fn maybe(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

pub fn words(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(cells.iter().copied().collect::<arrow::array::DictionaryArray<Int32Type>>())
}

pub fn word(cells: &[&str]) -> ArrayRef {
    words(&cells.iter().map(|cell| Some(*cell)).collect::<Vec<_>>())
}

pub fn yes(cells: &[bool]) -> ArrayRef {
    Arc::new(BooleanArray::from(cells.to_vec()))
}

pub fn numbers(cells: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(cells.to_vec()))
}

pub fn days(cells: &[Option<&str>]) -> ArrayRef {
    let day = |text: &Option<&str>| text.map(|text| Day::parse(text).expect("a day").0);
    Arc::new(cells.iter().map(day).collect::<Date32Array>())
}

/// The folder of a snapshot.
pub struct SmallSnapshot {
    folder: TempDir,
    tables: Vec<serde_json::Value>,
    batches: BTreeMap<&'static str, RecordBatch>,
    pub schema_version: String,
}

impl SmallSnapshot {
    /// Without any table.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, tables: Vec::new(), batches: BTreeMap::new(), schema_version: SCHEMA_VERSION.to_owned() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Adds a table; rows come in the order of its key.
    pub fn add(&mut self, name: &'static str, columns: Vec<Column>) {
        let batch = RecordBatch::try_from_iter(columns);
        let batch = batch.expect("columns of one length");
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        std::fs::write(self.file(&format!("{name}.parquet")), &bytes).expect("a file");
        self.tables.push(serde_json::json!({
            "name": name, "file": format!("{name}.parquet"), "row_count": batch.num_rows(), "size_bytes": bytes.len(),
            "sha256": hex(&bytes),
        }));
        self.batches.insert(name, batch);
    }

    /// Adds the look-up that a run writes beside the tables, and lists it; `snapshot` is the one it says it belongs to.
    pub fn add_lookup(&self, snapshot: &str) {
        let made = lookup_files(snapshot, &self.batches.iter().map(|(name, batch)| (*name, batch)).collect());
        list(self.path(), &made);
    }

    /// Writes manifest and sums; the snapshot is complete then.
    pub fn seal(&self) {
        let signals = ["control_shift", "ownership_change", "low_trust_dependency"];
        let manifest = serde_json::json!({
            "schema_version": self.schema_version, "snapshot": "2026-01-31", "as_of": "2026-01-31", "job": "small", "title": "Small",
            "code": "test", "job_digest": "", "inputs_digest": "", "pseudonym_key": "public",
            "suites": [{"ecosystem": "npm", "name": "npm", "as_of": "2026-01-31"}, {"ecosystem": "debian", "name": "one", "as_of": "2026-01-31"}],
            "parameters": [],
            "signals": signals.map(|name| serde_json::json!({"name": name, "node_kind": "package", "question": "?", "method": "?"})),
            "tables": self.tables,
        });
        let text = manifest.to_string();
        std::fs::write(self.file("manifest.json"), &text).expect("a manifest");
        std::fs::write(self.file("SHA256SUMS"), format!("{}  manifest.json\n", hex(text.as_bytes()))).expect("sums");
    }

    /// Packages of npm, one for each rule, and a Debian source package.
    pub fn whole() -> Self {
        let mut small = Self::base();
        let (good, bad, old) = ("pkg:npm/%40s/good", "pkg:npm/bad", "pkg:npm/old");
        small.add(
            "publishes",
            vec![
                ("purl", text(&[good, bad, old, old])),
                ("version", text(&["1.0.0", "6.6.6", "1.0.0", "2.0.0"])),
                ("published", days(&[Some("2025-01-01"), Some("2025-01-01"), Some("2025-01-01"), Some("2026-01-30")])),
                ("is_yanked", yes(&[false, false, true, false])),
            ],
        );
        small.add(
            "provenance",
            vec![
                ("purl", text(&[good, old, old])),
                ("version", text(&["1.0.0", "1.0.0", "2.0.0"])),
                ("is_verified", yes(&[true, true, false])),
                ("reason", words(&[None, None, Some("digest_differs")])),
            ],
        );
        small.add(
            "advisories",
            vec![
                ("purl", text(&[bad, old])),
                ("advisory_id", text(&["MAL-1", "VUL-1"])),
                ("kind", word(&["malicious", "vulnerability"])),
                ("versions", maybe(&[None, Some("1.0.0 1.0.1")])),
                ("is_all_versions", yes(&[true, false])),
            ],
        );
        small.seal();
        small
    }

    /// Only the tables every snapshot has; not sealed.
    pub fn base() -> Self {
        let mut small = Self::empty();
        let purls = ["pkg:deb/debian/xz-utils?arch=source", "pkg:npm/%40s/good", "pkg:npm/bad", "pkg:npm/blank", "pkg:npm/old"];
        small.add(
            "packages",
            vec![
                ("purl", text(&purls)),
                ("ecosystem", word(&["debian", "npm", "npm", "npm", "npm"])),
                ("name", text(&["xz-utils", "@s/good", "bad", "blank", "old"])),
                ("is_listed", yes(&[true; 5])),
                ("is_orphaned", yes(&[false; 5])),
                ("status", words(&[None, None, Some("malicious security_holding"), None, Some("deprecated")])),
                ("upstream_repository_url", maybe(&[None, None, None, None, Some("https://example.org/old")])),
                ("packaging_repository_url", maybe(&[None; 5])),
            ],
        );
        small.add(
            "binaries",
            vec![("ecosystem", word(&["debian"])), ("binary_name", text(&["liblzma5"])), ("purl", text(&[purls[0]]))],
        );
        small.add(
            "scores",
            vec![
                ("metric", word(&["trust"; 5])),
                ("node_kind", word(&["package"; 5])),
                ("node_id", text(&purls)),
                ("value", numbers(&[Some(0.9), Some(0.8), Some(0.0), None, Some(0.3)])),
                ("null_reason", words(&[None, None, None, Some("no_evidence"), None])),
            ],
        );
        small.add(
            "findings",
            vec![
                ("signal", word(&["control_shift", "ownership_change", "ownership_change"])),
                ("node_kind", word(&["repository", "package", "package"])),
                ("node_id", text(&["https://example.org/old", "pkg:npm/%40s/good", "pkg:npm/blank"])),
                ("answer", word(&["yes"; 3])),
                ("is_alert", yes(&[true, false, true])),
                ("first_seen", days(&[Some("2025-06-01"); 3])),
                ("evidence", text(&["Control moved | <b>x</b>", "Not an alert", "Maintainers changed"])),
            ],
        );
        small
    }
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the look-up into the snapshot in `folder`, in place of any other, and lists it in `SHA256SUMS`.
pub fn list(folder: &Path, made: &LookupFiles) {
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).expect("sums");
    let mut lines: String = sums.lines().filter(|line| !line.contains("  lookup.json")).map(|line| format!("{line}\n")).collect();
    for (name, bytes) in [(LOOKUP_INDEX, made.index.as_bytes()), (LOOKUP_DATA, &made.data)] {
        std::fs::write(folder.join(name), bytes).expect("a file");
        lines += &format!("{}  {name}\n", hex(bytes));
    }
    std::fs::write(folder.join("SHA256SUMS"), lines).expect("sums");
}

/// An npm lockfile with one package a line from line 3 on.
pub fn npm_lock(packages: &[(&str, &str)]) -> String {
    let row = |(name, version): &(&str, &str)| {
        let bare = name.rsplit('/').next().unwrap_or(name);
        format!(
            "\"node_modules/{name}\": {{\"version\": \"{version}\", \"resolved\": \"https://npm.example.org/{name}/-/{bare}-{version}.tgz\"}}"
        )
    };
    let rows: Vec<String> = packages.iter().map(row).collect();
    format!("{{\"lockfileVersion\": 3,\n\"packages\": {{\n{}\n}}}}\n", rows.join(",\n"))
}
