use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};

use super::*;
use crate::snapshot::{Cell, KeyQuery, Word};

fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn word(cells: &[&str]) -> ArrayRef {
    let words: Vec<Word> = cells.iter().map(|cell| Word::from(*cell)).collect();
    Word::to_array(words.iter())
}

/// A thousand packages, the scores of all and what was found about two.
fn world() -> Vec<(&'static str, RecordBatch)> {
    let purls: Vec<String> = (0..1000).map(|row| format!("pkg:npm/p{row:04}")).collect();
    let purls: Vec<&str> = purls.iter().map(String::as_str).collect();
    let links: Vec<Option<&str>> = (0..1000).map(|row| (row % 10 == 0).then_some("https://example.org/many")).collect();
    let links: ArrayRef = Arc::new(StringArray::from(links));
    let packages = RecordBatch::try_from_iter([
        ("purl", text(&purls)),
        ("name", text(&purls)),
        ("is_listed", Arc::new(BooleanArray::from(vec![true; 1000])) as ArrayRef),
        (LINKS[1], links),
    ]);
    let values: ArrayRef = Arc::new(Float64Array::from_iter((0..1000).map(|row| (row > 0).then_some(f64::from(row) / 3.0))));
    let scores = RecordBatch::try_from_iter([
        ("metric", word(&["trust"; 1000])),
        ("node_kind", word(&["package"; 1000])),
        ("node_id", text(&purls)),
        ("value", values),
    ]);
    let findings = RecordBatch::try_from_iter([
        ("signal", word(&["a", "b", "c"])),
        ("node_id", text(&["https://example.org/many", "https://example.org/nobody", purls[7]])),
        ("answer", word(&["yes", "yes", "no"])),
    ]);
    vec![("packages", packages.expect("a batch")), ("scores", scores.expect("a batch")), ("findings", findings.expect("a batch"))]
}

fn made() -> LookupFiles {
    let world = world();
    lookup_files("2026-01-31", &world.iter().map(|(name, batch)| (*name, batch)).collect())
}

fn folder(made: &LookupFiles) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs_err::write(folder.path().join(LOOKUP_INDEX), &made.index).expect("written");
    fs_err::write(folder.path().join(LOOKUP_DATA), &made.data).expect("written");
    folder
}

fn manifest() -> crate::snapshot::Manifest {
    serde_json::from_value(serde_json::json!({
        "schema_version": "", "snapshot": "2026-01-31", "as_of": "2026-01-31", "job": "", "title": "", "code": "", "job_digest": "",
        "inputs_digest": "", "pseudonym_key": "", "suites": [], "parameters": [], "signals": [], "tables": [],
    }))
    .expect("a manifest")
}

#[test]
fn rows_come_back_as_they_were() {
    let made = made();
    assert_eq!(made, self::made(), "the same bytes again");
    let folder = folder(&made);
    let shards = Shards::open(
        folder.path(),
        &manifest(),
        Box::new(|pieces| Ok(pieces.iter().map(|one| one.of(&made.data).expect("inside").to_vec()).collect())),
    );
    let shards = shards.expect("opened");
    let wanted = ["pkg:npm/none", "pkg:npm/p0000", "pkg:npm/p0020", "pkg:npm/p0999"].map(str::to_owned);
    let query = KeyQuery { key: "purl", wanted: &wanted, only: &[], columns: &["name"] };
    let rows = shards.rows("packages", &query).expect("rows");
    assert_eq!(rows.column::<String>("purl").as_deref(), Some(&wanted[1..]));
    assert_eq!(rows.column::<bool>("is_listed"), Some(vec![true; 3]));
    assert_eq!(rows.column::<bool>("is_orphaned"), None, "a column the table has not");
    let only: [(&str, &[&str]); 1] = [("metric", &["trust"])];
    let rows =
        shards.rows("scores", &KeyQuery { key: "node_id", only: &only, columns: &["value"], wanted: &wanted }).expect("rows");
    assert_eq!(rows.column::<Option<f64>>("value"), Some(vec![None, Some(20.0 / 3.0), Some(333.0)]), "to the last bit");
    let repositories = ["https://example.org/many", "https://example.org/nobody", "pkg:npm/p0007"].map(str::to_owned);
    let only: [(&str, &[&str]); 1] = [("answer", &["yes"])];
    let query = KeyQuery { key: "node_id", only: &only, columns: &["signal"], wanted: &repositories };
    let rows = shards.rows("findings", &query).expect("rows");
    assert_eq!(rows.column::<Word>("signal").expect("words"), ["a"], "once, though ten packages name it");
    for (table, key, column) in [("teams", "purl", "name"), ("packages", "name", "name"), ("scores", "node_id", "node_kinds")] {
        let only: [(&str, &[&str]); 1] = [(column, &["x"])];
        assert!(
            shards.rows(table, &KeyQuery { key, wanted: &wanted, only: &only, columns: &[] }).is_err() || table == "packages"
        );
    }
    assert!(read::problems(folder.path(), &made).is_empty());
}

#[test]
fn what_is_not_as_the_index_says_is_an_error() {
    let made = made();
    let folder = folder(&made);
    let wanted = ["pkg:npm/p0001".to_owned()];
    let query = KeyQuery { key: "purl", wanted: &wanted, only: &[], columns: &[] };
    let asked = |bytes: Vec<u8>| {
        let shards = Shards::open(folder.path(), &manifest(), Box::new(move |pieces| Ok(vec![bytes.clone(); pieces.len()])));
        shards.expect("opened").rows("packages", &query).expect_err("an error").to_string()
    };
    assert!(asked(made.data[..40].to_vec()).contains("does not have the digest"));
    let other = crate::snapshot::Manifest { snapshot: "2026-01-30".into(), ..manifest() };
    let error = Shards::open(folder.path(), &other, Box::new(|_| Ok(Vec::new()))).err().expect("an error").to_string();
    assert!(error.contains("belongs to the snapshot 2026-01-31"), "{error}");
    let mut index: ShardIndex = serde_json::from_str(&made.index).expect("an index");
    for (bits, size) in [(40, 0), (3, u64::MAX), (2, 0)] {
        let (mut wrong, filled) = (index.clone(), index.sizes_bytes[0]);
        wrong.shard_bits = bits;
        wrong.sizes_bytes[0] = if size == 0 { filled } else { size };
        assert!(wrong.problem().is_some(), "{bits} {size}");
    }
    index.sha256[1] = String::new();
    assert_eq!(index.problem(), Some("a shard has no digest"));
    fs_err::write(folder.path().join(LOOKUP_DATA), &made.data[1..]).expect("written");
    assert!(!read::problems(folder.path(), &made).is_empty());
}
