//! The query box of the data page: a SELECT over a Parquet file, read by ranges in the browser.

use std::path::Path;

use serde_json::json;
use trustgraph::job::Visibility;
use trustgraph::snapshot;

use super::browser::Browser;
use super::server::Server;
use super::{has_no_error, sample};

/// Runs `sql` in the box and returns what is said and the rows of the answer.
fn ask(browser: &Browser, sql: &str) -> (String, Vec<Vec<String>>) {
    browser.run(&format!(
        "document.querySelector('#sql').value = {}; document.querySelector('form[data-query] output').textContent = ''; \
         document.querySelector('form[data-query] button').click();",
        json!(sql)
    ));
    browser.wait("return /read$|^No answer/.test(document.querySelector('form[data-query] output').textContent);");
    let said = browser.run("return document.querySelector('form[data-query] output').textContent;");
    let rows = browser.run(
        "return [...document.querySelectorAll('[data-answer] tbody tr')].map(row => [...row.cells].map(cell => cell.textContent));",
    );
    (said.as_str().expect("text").to_owned(), serde_json::from_value(rows).expect("rows"))
}

/// Writes two tables of the made-up snapshot beside its site in `folder`, and asks them.
pub fn a_table_is_asked_in_the_browser(browser: &Browser, folder: &Path) {
    let published = sample::published(1500);
    let files = folder.join("snapshots").join(&published.manifest.snapshot);
    std::fs::create_dir_all(&files).expect("a folder");
    let visibility: Visibility = toml::from_str(include_str!("../../jobs/decisions/visibility.toml")).expect("visibility");
    snapshot::write_alone(&published.packages, &visibility, &files, &[]).expect("a table");
    snapshot::write_alone(&published.scores, &visibility, &files, &[]).expect("a table");
    let server = Server::start(folder);
    browser.open(&server.address("site/data.html"));
    has_no_error(browser);

    let (said, rows) = ask(browser, "SELECT count(*) FROM packages");
    assert_eq!((rows, said.starts_with("1 row, ")), (vec![vec!["1500".to_owned()]], true), "{said}");
    let mut expected: Vec<(f64, &str)> = published
        .scores
        .iter()
        .filter(|row| row.metric == "trust" && row.node_kind == "package")
        .filter_map(|row| Some((row.value?, row.node_id.as_str())))
        .collect();
    expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let default = browser.run("return document.querySelector('#sql').defaultValue;");
    let (said, rows) = ask(browser, default.as_str().expect("text"));
    let first: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(first, expected[..20].iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{said}");
    let bytes = std::fs::metadata(files.join("scores.parquet")).expect("a file").len();
    assert!(said.ends_with("MB read") && bytes > 10_000, "{said} of {bytes}");

    let listed = published.packages.iter().filter(|row| row.is_listed && row.dependent_count >= 5).count();
    let (said, rows) = ask(browser, "select count(*) from packages where is_listed = true and dependent_count >= 5;");
    assert_eq!(rows, [[listed.to_string()]], "{said}");
    let (said, rows) = ask(browser, "select name, first_seen from packages where name in ('xz-utils', 'zlib') order by name");
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["xz-utils", "zlib"], "{said}");
    assert!(rows.iter().all(|row| row[1].starts_with("20") && row[1].len() == 10), "days read as days: {rows:?}");
    let (_, rows) = ask(browser, "SELECT name FROM packages WHERE name LIKE '<script>%'");
    assert_eq!(rows, [[sample::HOSTILE[0]]], "hostile text stays text");
    let nulls = published.scores.iter().filter(|row| row.value.is_none()).count();
    assert_eq!(ask(browser, "SELECT count(*) FROM scores WHERE value IS NULL").1, [[nulls.to_string()]]);
    refusals(browser);
    has_no_error(browser);
}

fn refusals(browser: &Browser) {
    for (sql, words) in [
        ("SELECT nothing FROM packages", "packages has no column nothing; it has purl, ecosystem"),
        ("SELECT * FROM secrets", "there is no table secrets"),
        ("SELECT * FROM packages WHERE name = 3", "name is compared with 'text'"),
        ("SELECT * FROM packages, scores", "nothing more is understood before ,"),
        ("DELETE FROM packages", "SELECT is expected before delete"),
        ("", "SELECT is expected at the end"),
    ] {
        let (said, rows) = ask(browser, sql);
        assert!(said.starts_with("No answer: ") && said.contains(words) && rows.is_empty(), "{sql}: {said}");
    }
}

#[test]
fn the_vendored_reader_is_the_one_that_is_described() {
    use sha2::Digest;
    let digest = trustgraph::ordered::hex(&sha2::Sha256::digest(include_bytes!("../../site/vendor/parquet.js")));
    assert!(include_str!("../../site/vendor/README.md").contains(&format!("`{digest}`")), "{digest}");
    let script = include_str!("../../site/query.js");
    assert!(script.contains("import(\"./parquet.js\")") && !script.contains("://"), "it asks no other host");
}
