//! `jobs/sample.toml` reproduces `snapshots/sample/` byte for byte. `BLESS=1 cargo test` rewrites it.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use arrow::util::display::array_value_to_string;
use runs::{files, run, snapshots};
use trustgraph::snapshot::{Published, Table, TableVisitor, verify};

/// Differing rows shown a table.
const SHOWN: usize = 3;

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/sample")
}

/// Rows of every table, each as `column=value` pairs.
#[derive(Default)]
struct Rows(BTreeMap<&'static str, Vec<String>>);

impl TableVisitor for Rows {
    type Error = std::convert::Infallible;
    fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), Self::Error> {
        let (columns, arrays) = (T::columns(), T::arrays(rows));
        let row = |at: usize| {
            let cells = columns.iter().zip(&arrays).map(|(column, array)| {
                let value = array_value_to_string(array, at).expect("a value can be shown");
                format!("{}={value}", column.name)
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        self.0.insert(T::NAME, (0..rows.len()).map(row).collect());
        Ok(())
    }
}

fn rows(folder: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let mut rows = Rows::default();
    Published::read(folder).expect("a snapshot that can be read").visit(&mut rows).expect("visiting cannot fail");
    rows.0
}

/// Which tables differ, and their first rows that stand on one side only.
fn differences(old: &Path, new: &Path) -> String {
    let (old, new) = (rows(old), rows(new));
    let mut told = String::new();
    for (name, before) in &old {
        let after = &new[name];
        let (known, found): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
        if before == after {
            continue;
        }
        let _ = writeln!(told, "{name}: {} rows committed, {} now", before.len(), after.len());
        before.iter().filter(|row| !found.contains(row)).take(SHOWN).for_each(|row| {
            let _ = writeln!(told, "  - {row}");
        });
        after.iter().filter(|row| !known.contains(row)).take(SHOWN).for_each(|row| {
            let _ = writeln!(told, "  + {row}");
        });
    }
    told
}

fn bless(new: &Path) {
    let folder = committed();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the old sample goes away");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in files(new).keys() {
        std::fs::copy(new.join(name), folder.join(name)).expect("a copy");
    }
}

#[test]
fn the_sample_job_reproduces_the_committed_snapshot() {
    let out = tempfile::tempdir().expect("a folder");
    run(&["run", "jobs/sample.toml", "--out", out.path().to_str().expect("text")]).expect(0, &[]);
    let new = snapshots(out.path()).remove(0);
    if std::env::var_os("BLESS").is_some() {
        bless(&new);
    }
    let old = committed();
    let verified = verify(&old, None).expect("snapshots/sample is there; BLESS=1 cargo test writes it");
    assert!(verified.problems.is_empty(), "snapshots/sample: {:?}", verified.problems);
    let told = differences(&old, &new);
    let what_to_do = "if this is meant, BLESS=1 cargo test rewrites snapshots/sample";
    assert!(told.is_empty(), "the sample is not what is committed; {what_to_do}\n{told}");
    if option_env!("TRUSTGRAPH_COMMIT").is_some() {
        runs::skip("only rows are compared, because this build writes its commit into every file");
        return;
    }
    let (old, new) = (files(&old), files(&new));
    let differ: Vec<&String> = old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    assert!(differ.is_empty(), "equal rows, but other bytes in {differ:?}; {what_to_do}");
}
