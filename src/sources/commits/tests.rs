//! Small tables written here, and the real ones where they lie at hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int8Array, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;

use super::*;
use crate::tables::{AccountKind, Tables};

/// Second of a day.
fn at(day: &str) -> i64 {
    i64::from(Day::parse(day).expect("a day").0) * 86_400 + 3_600
}

/// One row of `commits.parquet`.
#[derive(Clone)]
struct Row {
    repo: &'static str,
    sha: Option<String>,
    author: Option<i32>,
    committer: Option<i32>,
    time: i64,
    is_on_head: bool,
    is_bot: bool,
    by_forge: bool,
}

fn row(repo: &'static str, number: u64, day: &str) -> Row {
    Row {
        repo,
        sha: Some(format!("{number:012x}")),
        author: Some(1),
        committer: Some(2),
        time: at(day),
        is_on_head: true,
        is_bot: false,
        by_forge: false,
    }
}

fn commit_columns(rows: &[Row]) -> Vec<(&'static str, ArrayRef)> {
    let times: Int64Array = rows.iter().map(|row| Some(row.time)).collect();
    let flags = |flag: fn(&Row) -> bool| Arc::new(rows.iter().map(|row| Some(flag(row))).collect::<BooleanArray>()) as ArrayRef;
    let zones: LargeStringArray = rows.iter().map(|_| Some("+0000")).collect();
    let unknown: Int32Array = rows.iter().map(|_| None::<i32>).collect();
    vec![
        ("repo", Arc::new(rows.iter().map(|row| Some(row.repo)).collect::<LargeStringArray>())),
        ("sha", Arc::new(rows.iter().map(|row| row.sha.clone()).collect::<StringArray>())),
        ("author_id", Arc::new(rows.iter().map(|row| row.author).collect::<Int32Array>())),
        ("committer_id", Arc::new(rows.iter().map(|row| row.committer).collect::<Int32Array>())),
        ("author_time", Arc::new(times.clone())),
        ("author_tz", Arc::new(zones)),
        ("commit_time", Arc::new(times)),
        ("parent_count", Arc::new(rows.iter().map(|_| Some(1)).collect::<Int8Array>())),
        ("has_signature", flags(|row| row.by_forge)),
        ("is_on_head", flags(|row| row.is_on_head)),
        ("is_bot", flags(|row| row.is_bot)),
        ("committed_by_forge", flags(|row| row.by_forge)),
        ("files_changed", Arc::new(unknown)),
    ]
}

/// (repo, tag, type, target, tagger time, creator time, tagger).
type TagRow = (&'static str, &'static str, &'static str, &'static str, Option<i64>, Option<i64>, Option<i32>);

fn tag_columns(rows: &[TagRow]) -> Vec<(&'static str, ArrayRef)> {
    let texts = |text: fn(&TagRow) -> &'static str| Arc::new(rows.iter().map(|row| Some(text(row))).collect::<StringArray>());
    vec![
        ("repo", texts(|row| row.0)),
        ("tag", texts(|row| row.1)),
        ("type", texts(|row| row.2)),
        ("target_commit", texts(|row| row.3)),
        ("tagger_time", Arc::new(rows.iter().map(|row| row.4).collect::<Int64Array>())),
        ("creator_time", Arc::new(rows.iter().map(|row| row.5).collect::<Int64Array>())),
        ("has_signature", Arc::new(rows.iter().map(|_| Some(true)).collect::<BooleanArray>())),
        ("tagger_id", Arc::new(rows.iter().map(|row| row.6).collect::<Int32Array>())),
    ]
}

fn write(path: &Path, columns: Vec<(&'static str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("a batch");
    writer.close().expect("a footer");
}

/// A folder with both tables.
fn folder(commits: &[Row], tags: &[TagRow]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(&folder.path().join(COMMITS), commit_columns(commits));
    write(&folder.path().join(TAGS), tag_columns(tags));
    folder
}

fn read_from(folder: &Path, limit: f64, until: Option<&str>) -> Result<Tables, SourceError> {
    let settings = CommitsSource { path: None, url_prefix: "https://github.com/".into(), max_reject_share: limit };
    let source = Commits::new(settings);
    let context = FetchContext {
        cache: folder.into(),
        is_offline: true,
        job_folder: folder.into(),
        inputs: BTreeMap::from([(NAME.to_owned(), folder.to_path_buf())]),
        bases: BTreeMap::new(),
        cargo_home: None,
        network: Default::default(),
    };
    let mut tables = TablesBuilder::default();
    source.read(&source.fetch(&context)?, until.and_then(Day::parse), &mut tables)?;
    Ok(tables.finish())
}

fn report<'a>(tables: &'a Tables, file: &str) -> &'a ReadReport {
    tables.reports.iter().find(|report| report.file == file).expect(file)
}

#[test]
fn rows_become_commits_tags_and_accounts() {
    let mut rows = vec![row("a/x", 1, "2020-01-01"), row("a/x", 2, "2020-01-02"), row("b/y", 3, "2021-01-01")];
    rows.push(Row { author: Some(3), is_bot: true, committer: Some(9), by_forge: true, ..row("a/x", 4, "2020-01-03") });
    rows.push(Row { is_bot: true, ..row("a/x", 5, "2020-01-03") });
    rows.push(Row { is_on_head: false, ..row("a/x", 6, "2022-01-01") });
    let tags = [
        ("a/x", "v1", "tag", "000000000001", Some(at("2020-01-02")), None, Some(7)),
        ("a/x", "v0", "commit", "000000000002", None, Some(at("2020-01-02")), Some(1)),
        ("a/x", "f", "tree", "000000000002", None, None, None),
        ("c/z", "v1", "commit", "000000000002", None, Some(at("2020-01-02")), None),
    ];
    let tables = read_from(folder(&rows, &tags).path(), 0.0, None).expect("tables");
    assert_eq!((tables.commits.len(), tables.tags.len(), tables.repositories.len()), (5, 2, 2));
    let days: Vec<_> = tables.repositories.iter().map(|r| (r.url.as_str(), r.history_as_of.map(|day| day.to_string()))).collect();
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(days, [("https://github.com/a/x", day("2020-01-03")), ("https://github.com/b/y", day("2021-01-01"))]);
    let kinds: BTreeMap<_, _> = tables.accounts.iter().map(|account| (account.key.secret(), account.kind)).collect();
    let (person, bot) = (AccountKind::Person, AccountKind::Bot);
    let expected = [("id:1", person), ("id:2", person), ("id:3", bot), ("id:7", person), ("id:9", bot)];
    assert_eq!(kinds, BTreeMap::from(expected), "one flagged commit of three makes no bot; a committer for forges only does");
    assert_eq!(tables.tags.iter().map(|tag| tag.tagger.is_some()).collect::<Vec<_>>(), [false, true]);
    let skips = &report(&tables, COMMITS).skips;
    assert_eq!(skips["commit is not in the history of HEAD"], 1);
    assert_eq!(report(&tables, TAGS).skips.len(), 2);
}

#[test]
fn text_may_come_in_any_arrow_type() {
    let rows = [row("a/x", 1, "2020-01-01"), row("b/y", 2, "2020-01-01")];
    let plain = read_from(folder(&rows, &[]).path(), 0.0, None).expect("tables");
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for kind in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary] {
        let folder = folder(&rows, &[]);
        let mut columns = commit_columns(&rows);
        columns[0].1 = cast(&columns[0].1, &kind).expect("a text type");
        columns.rotate_left(5);
        write(&folder.path().join(COMMITS), columns);
        assert_eq!(read_from(folder.path(), 0.0, None).expect("tables").commits, plain.commits, "{kind}");
    }
}

#[test]
fn columns_are_checked() {
    let rows = [row("a/x", 1, "2020-01-01")];
    let folder = folder(&rows, &[]);
    let mut columns = commit_columns(&rows);
    columns.push(("mood", Arc::new(Int32Array::from(vec![1]))));
    write(&folder.path().join(COMMITS), columns.clone());
    assert_eq!(report(&read_from(folder.path(), 0.0, None).expect("tables"), COMMITS).skips["unknown column"], 1);
    columns[6].1 = Arc::new(StringArray::from(vec!["today"]));
    write(&folder.path().join(COMMITS), columns.clone());
    let error = read_from(folder.path(), 0.0, None).expect_err("a wrong type").to_string();
    assert!(error.contains("commits.parquet: column `commit_time` must hold whole numbers, not Utf8"), "{error}");
    columns.remove(6);
    write(&folder.path().join(COMMITS), columns);
    let error = read_from(folder.path(), 0.0, None).expect_err("a missing column").to_string();
    assert!(error.contains("column `commit_time` is missing"), "{error}");
    std::fs::remove_file(folder.path().join(TAGS)).expect("a file");
    assert!(matches!(read_from(folder.path(), 0.0, None), Err(SourceError::Missing { .. })));
}

#[test]
fn bad_rows_are_counted_and_limited() {
    let good = row("a/x", 1, "2020-01-01");
    let bad = [
        Row { author: None, ..good.clone() },
        Row { committer: None, ..good.clone() },
        Row { sha: Some("xyz".into()), ..good.clone() },
        Row { sha: None, ..good.clone() },
        Row { time: -1, ..good.clone() },
        Row { time: i64::MAX, ..good.clone() },
        Row { repo: "../../etc/passwd", ..good.clone() },
        Row { repo: "a/x?y=@z", ..good.clone() },
        Row { repo: "sponsors/x", ..good.clone() },
        Row { repo: "", ..good.clone() },
    ];
    let rows: Vec<Row> = std::iter::once(good).chain(bad).collect();
    let folder = folder(&rows, &[]);
    let tables = read_from(folder.path(), 1.0, None).expect("tables");
    let rejects = &report(&tables, COMMITS).rejects;
    assert_eq!((tables.commits.len(), report(&tables, COMMITS).reject_count()), (1, 10));
    assert_eq!((rejects["repository name is no path of a URL"].count, rejects["author id is null"].first_row), (4, 2));
    let error = read_from(folder.path(), 0.9, None).expect_err("too much").to_string();
    assert!(error.contains("10 of 11 rows refused"), "{error}");
}

#[test]
fn histories_are_cut_at_their_own_day() {
    let rows =
        [row("a/x", 1, "2020-01-01"), row("a/x", 2, "2021-01-01"), row("b/y", 3, "2022-01-01"), row("b/y", 4, "2098-01-01")];
    let tag = ("a/x", "v1", "tag", "000000000001", Some(at("2020-06-02")), None, Some(7));
    let undated = ("a/x", "v0", "tag", "000000000001", None, None, Some(7));
    let folder = folder(&rows, &[tag, undated]);
    let read = |until| {
        let tables = read_from(folder.path(), 0.5, until).expect("tables");
        let days = tables.repositories.iter().map(|r| r.history_as_of.map(|day| day.to_string()).unwrap_or_default());
        (tables.commits.len(), tables.tags.len(), days.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(read(None), (3, 2, "2021-01-01 2022-01-01".into()), "a commit from 2098 is not believed");
    std::fs::write(folder.path().join(SNAPSHOT_DATES), "repo,snapshot_date\na/x,2020-05-31\n?,2020-01-01\n").expect("a file");
    assert_eq!(read(None), (2, 1, "2020-05-31 2022-01-01".into()));
    assert_eq!(read(Some("2020-03-01")), (1, 0, "2020-03-01".into()));
    assert_eq!(read(Some("2023-01-01")), (2, 0, "2020-05-31 2022-01-01".into()));
}

#[test]
fn labels_are_read_where_they_are() {
    let folder = folder(&[row("a/x", 1, "2020-01-01")], &[]);
    let head = "repo,packages,label,event_date,disclosure_date,actor,snapshot_covers_event,source_checked,mood\n";
    let lines = [
        "a/x,x,takeover-malicious,2024-02-24,2024-03-29,somebody,yes,stored corpus,1",
        "a/x,x,healthy,,,,,git,1",
        "c/z,\"x, y\",abandoned,2024-02-24,,,no,memory,1",
        "a/x,x,healthy,yesterday,,,,git,1",
        "a/x,x,healthy,,,,perhaps,git,1",
        "a/x,x,<b>,,,,,git,1",
        "a b,x,healthy,,,,,git,1",
        "short,line",
    ];
    std::fs::write(folder.path().join(LABELS), format!("{head}{}\n", lines.join("\n"))).expect("a file");
    let tables = read_from(folder.path(), 0.7, None).expect("tables");
    let labels: Vec<_> = tables.labels.iter().map(|label| (label.label.as_str(), label.is_event_covered)).collect();
    assert_eq!(labels, [("healthy", None), ("takeover-malicious", Some(true)), ("abandoned", Some(false))]);
    assert_eq!(tables.labels[1].disclosure.map(|day| day.to_string()).as_deref(), Some("2024-03-29"));
    let report = report(&tables, LABELS);
    assert_eq!((report.read_count, report.reject_count(), report.skips["unknown column"]), (3, 5, 1));
    std::fs::write(folder.path().join(LABELS), "repo\n").expect("a file");
    assert!(read_from(folder.path(), 1.0, None).is_err_and(|error| error.to_string().contains("column `label` is missing")));
}

#[test]
fn damaged_tables_never_panic() {
    let rows: Vec<Row> = (0..200).map(|number| row(["a/x", "b/y"][number as usize % 2], number, "2020-01-01")).collect();
    let folder = folder(&rows, &[("a/x", "v1", "tag", "000000000001", Some(at("2020-01-01")), None, Some(7))]);
    let path = folder.path().join(COMMITS);
    let intact = std::fs::read(&path).expect("a file");
    for length in [0, 3, 4, 100, intact.len() / 2, intact.len() - 1] {
        std::fs::write(&path, &intact[..length]).expect("a file");
        let error = read_from(folder.path(), 1.0, None).expect_err("cut off").to_string();
        assert!(error.contains("commits.parquet: is cut off or damaged"), "{error}");
    }
    let mut state = 7u64;
    for _ in 0..1500 {
        let mut bytes = intact.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (state >> 33) as usize % bytes.len();
            bytes[place] = (state >> 20) as u8;
        }
        std::fs::write(&path, &bytes).expect("a file");
        if let Err(error) = read_from(folder.path(), 1.0, None) {
            assert!(error.to_string().starts_with("commits: commits.parquet: "), "{error}");
        }
    }
}

#[test]
fn real_tables() {
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map_or(near, Into::into).join("incidents");
    if !data.join(COMMITS).is_file() {
        println!("skipped: no real tables; set TRUSTGRAPH_SHARED_DATA to the folder that holds incidents/");
        return;
    }
    let start = std::time::Instant::now();
    let tables = read_from(&data, 0.0, None).expect("real tables are clean");
    println!("{} commits in {:?}", tables.commits.len(), start.elapsed());
    let commits = report(&tables, COMMITS);
    assert_eq!(commits.read_count + commits.skips.values().sum::<u64>(), 1_040_370);
    assert_eq!((commits.read_count, tables.commits.len()), (926_118, 926_118));
    assert_eq!(tables.repositories.iter().filter(|repository| repository.history_as_of.is_some()).count(), 154);
    let tags = report(&tables, TAGS);
    assert_eq!(tags.read_count + tags.skips.values().sum::<u64>(), 29_077);
    assert_eq!((tables.labels.len(), report(&tables, LABELS).reject_count()), (115, 0));
    let half = read_from(&data, 0.0, Some("2020-01-01")).expect("a replay");
    assert!(half.commits.len() < tables.commits.len() && half.commits.iter().all(|commit| commit.committed <= Day(18_262)));
}
