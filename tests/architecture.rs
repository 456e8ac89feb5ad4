//! The house rules: layers, no clock, no network, file sizes, every column decided, generated docs current.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use trustgraph::job::{ColumnVisibility, Visibility};
use trustgraph::snapshot::{Manifest, Published, SCHEMA_VERSION, Table, TableVisitor, markdown};
use trustgraph::units::Day;

/// Layer → what it may use beside itself.
const LAYERS: [(&str, &[&str]); 20] = [
    ("ids", &[]),
    ("units", &[]),
    ("ordered", &[]),
    ("tables", &["ids", "units"]),
    ("lockfiles", &["ids", "units"]),
    ("provenance", &["ids", "units", "ordered", "tables"]),
    ("job", &["units", "ordered"]),
    ("sources", &["provenance", "lockfiles", "tables", "ids", "units", "ordered", "job"]),
    ("links", &["tables", "ids", "units", "ordered", "job"]),
    ("identity", &["tables", "ids", "units", "ordered", "job"]),
    ("graph", &["identity", "tables", "ids", "units", "ordered"]),
    ("scores", &["graph", "tables", "ids", "units", "ordered", "job"]),
    ("signals", &["scores", "graph", "identity", "tables", "ids", "units", "ordered", "job"]),
    ("attacks", &["scores", "graph", "identity", "tables", "ids", "units", "ordered", "job"]),
    ("backtest", &["signals", "scores", "graph", "identity", "tables", "ids", "units", "ordered", "job"]),
    (
        "snapshot",
        &["attacks", "backtest", "signals", "scores", "graph", "identity", "sources", "tables", "ids", "units", "ordered", "job"],
    ),
    ("scan", &["snapshot", "lockfiles", "units"]),
    ("site", &["scan", "lockfiles", "snapshot", "ids", "units", "ordered", "job"]),
    ("policy", &["snapshot", "lockfiles", "ids", "units", "ordered"]),
    (
        "cli",
        &[
            "pipeline",
            "attacks",
            "backtest",
            "provenance",
            "site",
            "scan",
            "policy",
            "lockfiles",
            "snapshot",
            "sources",
            "identity",
            "graph",
            "units",
            "job",
        ],
    ),
];

/// Lines of a source file that are not tests, with their numbers.
fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    (1..).zip(text[..tests].lines()).filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                let text = std::fs::read_to_string(&path).expect("text");
                found.push((path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("inside").to_path_buf(), text));
            }
        }
    }
    found.sort();
    found
}

fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

/// The layer a file of `src/` belongs to: its first folder, or its own name.
fn layer(path: &Path) -> String {
    let part = path.components().nth(1).expect("a file below src").as_os_str().to_string_lossy();
    part.trim_end_matches(".rs").to_owned()
}

#[test]
fn layers_only_look_down() {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in files("src", "rs").iter().filter(|(path, _)| !is_test_file(path)) {
        let own = layer(path);
        if matches!(own.as_str(), "lib" | "main" | "pipeline") {
            continue;
        }
        let may = allowed.get(own.as_str()).unwrap_or_else(|| panic!("{} belongs to no layer of the table", path.display()));
        for (number, line) in code_lines(text) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                seen += 1;
                if used != own && !used.is_empty() && !may.contains(&used.as_str()) {
                    wrong.push(format!("{}:{number}: {own} may not use {used}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(seen > 100, "the test reads the code: {seen} uses seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is said of two registries' packages is a guess, and a guess may lift nobody.
#[test]
fn no_score_sees_which_packages_are_one_project() {
    let layers = ["identity", "graph", "scores", "signals", "attacks", "backtest"];
    let text = files("src", "rs").into_iter().filter(|(path, _)| !is_test_file(path));
    let (mut links, mut wrong) = (0, Vec::new());
    for (path, text) in text {
        for (number, line) in code_lines(&text) {
            let is_link = ["PackageLink", "package_link", "built_use", "BuiltUse"].iter().any(|word| line.contains(word));
            links += usize::from(is_link);
            if is_link && layers.contains(&layer(&path).as_str()) {
                wrong.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(links > 10, "the test reads the code: {links} uses seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_fetching_opens_connections_and_only_the_pipeline_reads_the_clock() {
    let network = ["reqwest", "TcpStream", "UdpSocket", "TcpListener"];
    let clock = [
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "std::env::",
        "env::var",
        "available_parallelism",
        "current_num_threads",
    ];
    let mut wrong = Vec::new();
    for (path, text) in files("src", "rs").iter().filter(|(path, _)| !is_test_file(path)) {
        let name = path.to_string_lossy();
        let may_connect = name.starts_with("src/sources/fetch") || name.starts_with("src/sources/git/mirror");
        // Fetching waits and retries; that is the one place below the pipeline where time passes.
        let may_tell_time = may_connect || name.starts_with("src/pipeline") || name.starts_with("src/cli");
        for (number, line) in code_lines(text) {
            let is_network = network.iter().any(|word| line.contains(word));
            let is_clock = clock.iter().any(|word| line.contains(word));
            if (is_network && !may_connect) || (is_clock && !may_tell_time) {
                wrong.push(format!("{name}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_named_after_what_they_hold() {
    let banned = ["utils", "util", "helpers", "helper", "common", "misc", "manager", "core", "types"];
    let mut wrong = Vec::new();
    for (path, text) in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let lines = text.lines().count();
        if lines > 400 {
            wrong.push(format!("{}: {lines} lines, at most 400", path.display()));
        }
        if path.file_stem().is_some_and(|stem| banned.iter().any(|name| stem == *name)) {
            wrong.push(format!("{}: the name says nothing", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_undone() {
    let mut wrong = Vec::new();
    let words = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[", "allow("].concat(),
    ];
    for (path, text) in files("src", "rs").into_iter().chain(files("tests", "rs")).chain(files("site", "js")) {
        for (number, line) in (1..).zip(text.lines()) {
            if words.iter().any(|word| line.contains(word.as_str())) {
                wrong.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Collects names of tables and columns.
#[derive(Default)]
struct Columns(BTreeMap<String, Vec<(String, bool)>>);

impl TableVisitor for Columns {
    type Error = std::convert::Infallible;
    fn visit<T: Table>(&mut self, _: &[T]) -> Result<(), Self::Error> {
        for column in T::columns() {
            assert!(column.doc.len() > 5, "{}.{} has no doc", T::NAME, column.name);
        }
        for key in T::KEY {
            assert!(T::columns().iter().any(|column| column.name == *key), "{}: key {key} is no column", T::NAME);
        }
        let columns = T::columns().into_iter().map(|column| (column.name.to_owned(), column.is_nullable));
        self.0.insert(T::NAME.to_owned(), columns.collect());
        Ok(())
    }
}

fn schema() -> Columns {
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION.to_owned(),
        snapshot: String::new(),
        as_of: Day(0),
        job: String::new(),
        title: String::new(),
        code: String::new(),
        job_digest: String::new(),
        inputs_digest: String::new(),
        pseudonym_key: String::new(),
        previous: None,
        sentinels: Vec::new(),
        suites: Vec::new(),
        parameters: Vec::new(),
        signals: Vec::new(),
        tables: Vec::new(),
    };
    let mut columns = Columns::default();
    Published::empty(manifest).visit(&mut columns).expect("visiting cannot fail");
    columns
}

#[test]
fn every_column_is_decided() {
    let text = include_str!("../jobs/decisions/visibility.toml");
    let decided: Visibility = toml::from_str(text).expect("visibility.toml parses");
    let schema = schema().0;
    for (table, columns) in &schema {
        for (column, is_nullable) in columns {
            let visibility = decided.0.get(table).and_then(|columns| columns.get(column));
            assert!(visibility.is_some(), "{table}.{column} is not listed in jobs/decisions/visibility.toml");
            assert!(*is_nullable || visibility == Some(&ColumnVisibility::Public), "{table}.{column} is needed by every reader");
        }
    }
    for (table, columns) in &decided.0 {
        let known = schema.get(table).unwrap_or_else(|| panic!("visibility.toml: there is no table {table}"));
        for column in columns.keys() {
            assert!(known.iter().any(|(name, _)| name == column), "visibility.toml: there is no column {table}.{column}");
        }
    }
}

/// `BLESS=1 cargo test` rewrites the file.
#[test]
fn the_data_dictionary_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/DATA_DICTIONARY.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, markdown()).expect("the dictionary is written");
    }
    let text = std::fs::read_to_string(&path).expect("snapshots/DATA_DICTIONARY.md exists");
    assert!(text == markdown(), "snapshots/DATA_DICTIONARY.md is not what the schema says; BLESS=1 cargo test rewrites it");
}
