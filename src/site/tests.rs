//! The site as a whole, on a made-up snapshot.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use askama::Template;

use super::Pages;
use super::changes::ChangesPage;
use super::package::PackagePage;
use super::repository::RepositoryPage;
use crate::{snapshot, units};

mod night;
mod plan;
#[path = "../../tests/site/sample.rs"]
mod sample;

fn rendered(count: usize) -> (tempfile::TempDir, super::SiteSummary) {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = super::render(&sample::published(count), &folder.path().join("site")).expect("a site");
    (folder, summary)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs_err::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { left.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Values of `attribute` in `html`, quoted or not.
fn attributes<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let mut values = Vec::new();
    for tag in html.split('<').filter_map(|tag| tag.split('>').next()) {
        let mut rest = tag;
        while let Some((name, value)) = rest.split_once('=') {
            let name = name.rsplit(' ').next().unwrap_or_default();
            let (value, after) = match value.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => value.split_once(' ').unwrap_or((value, "")),
            };
            values.extend((name == attribute).then_some(value));
            rest = after;
        }
    }
    values
}

#[test]
fn every_link_inside_leads_to_a_file() {
    let (folder, summary) = rendered(300);
    let site = folder.path().join("site");
    let all = files(&site);
    assert_eq!(summary.file_count, all.len() as u64);
    assert_eq!(summary.byte_count, all.iter().map(|file| fs_err::metadata(file).expect("a file").len()).sum::<u64>());
    assert_eq!(summary.page_count, all.iter().filter(|file| file.extension().is_some_and(|e| e == "html")).count() as u64);
    let known: BTreeSet<&PathBuf> = all.iter().collect();
    for page in all.iter().filter(|file| file.extension().is_some_and(|e| e == "html")) {
        let html = fs_err::read_to_string(page).expect("a page");
        for link in attributes(&html, "href").into_iter().chain(attributes(&html, "src")) {
            let is_outside = link.starts_with("https://") || link.starts_with('#') || link.contains("../snapshots/");
            if is_outside {
                continue;
            }
            assert!(!link.starts_with('/') && !link.contains(':'), "{link} in {}", page.display());
            let target = link.split(['#', '?']).next().unwrap_or_default();
            let mut at = page.parent().expect("a folder").to_path_buf();
            for part in target.split('/') {
                if part == ".." { assert!(at.pop()) } else { at.push(part) }
            }
            assert!(known.contains(&at), "{link} in {} leads nowhere", page.display());
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let (folder, _) = rendered(120);
    for page in files(&folder.path().join("site")) {
        let text = fs_err::read_to_string(&page).expect("text");
        assert!(!text.contains('\u{202E}'), "{}", page.display());
        if page.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        for broken in
            ["<script>", "<img", "<b>", "<i>", " onerror=\"", " style=", "<style", "href=javascript:", "href=\"javascript:"]
        {
            assert!(!text.contains(broken), "{broken} in {}", page.display());
        }
        assert_eq!(text.matches("<h1>").count(), 1, "{}", page.display());
        let scripts = text.matches("<script").count();
        assert_eq!(scripts, text.matches("<script src=").count(), "no inline script in {}", page.display());
    }
}

#[test]
fn same_snapshot_same_bytes_at_any_thread_count() {
    let write = |threads: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| super::render(&sample::published(150), &folder.path().join("site"))).expect("a site");
        let site = folder.path().join("site");
        let bytes = |file: &PathBuf| (file.strip_prefix(&site).expect("inside").to_owned(), fs_err::read(file).expect("a file"));
        files(&site).iter().map(bytes).collect::<Vec<_>>()
    };
    assert!(write(1) == write(4));
}

#[test]
fn pages_stay_small_where_thousands_depend() {
    let (folder, _) = rendered(5000);
    let page = fs_err::metadata(folder.path().join("site/package/debian/de/debhelper.html")).expect("debhelper");
    assert!(page.len() < 60_000, "{} bytes", page.len());
    let packages = files(&folder.path().join("site/package"));
    let largest = packages.iter().map(|file| fs_err::metadata(file).expect("a file").len()).max();
    assert!(largest.is_some_and(|bytes| bytes < 60_000), "{largest:?}");
    let shards = files(&folder.path().join("site/api/v1"));
    let largest = shards.iter().map(|file| fs_err::metadata(file).expect("a file").len()).max();
    assert!(largest.is_some_and(|bytes| bytes <= super::api::MAX_SHARD_BYTES as u64), "{largest:?}");
}

#[test]
fn a_package_removed_since_says_so() {
    let published = sample::published(300);
    let pages = Pages::new(&published);
    let row = published.packages.iter().position(|package| !package.is_listed).expect("a removed package");
    let page = PackagePage::new(&pages, row);
    assert_eq!(page.control.title, format!("Could publish it in {}", published.packages[row].suite));
    let html = page.render().expect("a page");
    for wrong in ["It needs no other package", "No other package needs it", "Needed by", "Who can publish it"] {
        assert!(!html.contains(wrong), "{wrong}");
    }
    assert!(html.contains("The newest suite does not list this package"));
}

#[test]
fn who_left_is_not_counted_among_those_who_stay() {
    let mut published = sample::published(300);
    let newest = |purl: &str| published.packages.iter().find(|row| row.purl == purl).map(|row| row.suite);
    let leaver = published.maintainers.iter().find(|row| newest(&row.purl).is_some_and(|suite| suite != row.suite));
    let (purl, id) = leaver.map(|row| (row.purl, row.maintainer_id)).expect("a row of an earlier suite");
    let suite = newest(&purl).expect("a package");
    published.maintainers.retain(|row| row.purl != purl || row.maintainer_id != id || row.suite != suite);
    let pages = Pages::new(&published);
    let row = pages.lookup.row_of("package", &purl).expect("a row");
    let control = PackagePage::new(&pages, row).control;
    assert!(control.people.rows.iter().all(|one| one.shares.last().is_some_and(|share| !share.is_empty())));
    assert!(control.former.total > 0 && control.former.rows.iter().all(|one| one.shares.last().is_some_and(String::is_empty)));
}

#[test]
fn a_package_in_need_stands_in_one_row() {
    let published = sample::published(1500);
    let pages = Pages::new(&published);
    let needs = super::support::needs(&pages, "index.html", usize::MAX);
    let distinct: BTreeSet<_> = needs.rows.iter().map(|need| &need.node.href).collect();
    assert!(needs.total > 0 && distinct.len() == needs.total);
}

#[test]
fn an_empty_snapshot_is_a_site_too() {
    let mut empty = snapshot::Published::empty(sample::published(60).manifest);
    empty.manifest.tables.clear();
    let folder = tempfile::tempdir().expect("a folder");
    let summary = super::render(&empty, &folder.path().join("site")).expect("a site");
    assert_eq!(summary.page_count, 14);
    for page in ["index.html", "needs-support.html"] {
        let html = fs_err::read_to_string(folder.path().join("site").join(page)).expect("a page");
        assert!(html.contains("This snapshot holds no packages") && !html.contains("too few trusted people behind it"), "{page}");
    }
}

#[test]
fn changes_are_told_with_their_reasons() {
    let mut published = sample::published(3000);
    let pages = Pages::new(&published);
    let page = ChangesPage::new(&pages);
    let moved: Vec<f64> = page.moved.rows.iter().map(|row| row.points[2].replace('−', "-").parse().expect("points")).collect();
    assert!(page.moved.rows.len() == 40 && page.moved.total > 1000 && moved.is_sorted_by(|a, b| a.abs() >= b.abs()), "{moved:?}");
    let reasons: Vec<_> = page.moved.rows.iter().flat_map(|row| &row.reasons).collect();
    assert!(reasons.iter().any(|reason| reason.what == "Control of a person no longer listed" && reason.amount == "−3.00"));
    assert!(reasons.iter().any(|reason| reason.node.as_ref().is_some_and(|node| node.kind == "person" && node.href.is_some())));
    assert!(reasons.iter().any(|reason| reason.what == "Own facts: years of public record"));
    assert!(reasons.iter().any(|reason| reason.what == "written by a program of another time" && reason.amount.is_empty()));
    let packages = page.packages.each_ref().map(|part| part.3.rows.iter().map(|row| row.state).collect::<BTreeSet<_>>());
    assert_eq!(
        packages,
        [BTreeSet::from(["first seen", "listed again"]), BTreeSet::from(["no longer listed", "not known any more"])]
    );
    let alerts = page.findings[0].3.rows.iter().map(|row| row.state.contains("alert"));
    assert!(alerts.is_sorted_by(|a, b| a >= b), "alerts come first");
    let html = page.render().expect("a page");
    assert!(html.len() < 60_000 && html.contains("data.html#changes.parquet"), "{} bytes", html.len());
    let home = super::home::HomePage::new(&pages).render().expect("a page");
    assert!(home.contains("moved since snapshot 2023-06-10; the furthest:"));

    published.manifest.previous = None;
    published.changes.clear();
    let pages = Pages::new(&published);
    assert!(ChangesPage::new(&pages).render().expect("a page").contains("is compared with no earlier one"));
    assert!(super::home::HomePage::new(&pages).render().expect("a page").contains("No earlier snapshot was at hand"));
}

/// With `TRUSTGRAPH_SITE_PACKAGES=5000000` in the environment, of so many packages.
#[test]
#[expect(clippy::print_stderr, reason = "a measurement")]
fn packages_beyond_the_first_share_a_page() {
    let count = std::env::var("TRUSTGRAPH_SITE_PACKAGES").map_or(400, |count| count.parse().expect("a number"));
    let mut published = sample::published(count);
    let parameter = serde_json::json!({ "name": "publish.site_packages", "value": 5, "reason": "A test." });
    published.manifest.parameters.push(serde_json::from_value(parameter).expect("a parameter"));
    let folder = tempfile::tempdir().expect("a folder");
    let start = std::time::Instant::now();
    let summary = super::render(&published, &folder.path().join("site")).expect("a site");
    eprintln!("{count} packages: {summary:?} in {:.1} s", start.elapsed().as_secs_f64());
    let pages = files(&folder.path().join("site/package")).len();
    assert_eq!(pages, 5 + shelves(&folder.path().join("site/package")), "five pages and the lists of their folders");
    let dependents =
        fs_err::read_to_string(folder.path().join("site/package/debian/de/debhelper.html")).expect("the most critical");
    assert!(dependents.contains("../../../node.html#package/pkg%3Adeb/debian/"), "others are linked where they stand");
}

/// Lists of the packages of a folder.
fn shelves(folder: &Path) -> usize {
    let is_list = |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("index"));
    files(folder).iter().filter(is_list).count()
}

#[test]
fn the_ledger_of_a_package_sums_to_its_score() {
    let published = sample::published(100);
    let pages = Pages::new(&published);
    for (row, package) in published.packages.iter().enumerate() {
        let page = PackagePage::new(&pages, row);
        let trust = pages.lookup.score("trust", "package", &package.purl).and_then(|score| score.value);
        match (trust, &page.ledger) {
            (Some(trust), Some(ledger)) => {
                assert_eq!(ledger.sum, format!("{:.2}", trust * 10.0));
                assert_eq!(page.score.points, Some(format!("{:.1}", trust * 10.0)));
                assert_eq!(ledger.sum_bar, "b100");
            }
            (None, None) => assert!(page.banners.iter().any(|banner| banner.title == "No score")),
            other => panic!("{}: {:?}", package.purl, other.0),
        }
    }
}

#[test]
fn a_package_page_says_what_is_known() {
    let published = sample::published(300);
    let pages = Pages::new(&published);
    let row = pages.lookup.row_of("package", &sample::purl(26)).expect("debhelper");
    let page = PackagePage::new(&pages, row);
    assert_eq!(page.frame.path, "package/debian/de/debhelper.html");
    assert!(page.dependents.total > 250 && page.dependents.rows.len() == 12);
    let order: Vec<f64> = page.dependents.rows.iter().filter_map(|one| one.criticality).collect();
    assert!(order.is_sorted_by(|a, b| a >= b));
    let runtime: Vec<bool> = page.dependencies.rows.iter().map(|one| one.is_runtime).collect();
    assert!(runtime.is_sorted_by(|a, b| a >= b), "what it needs to run comes first");
    let graph = page.graph.expect("neighbors");
    assert!(graph.sides.iter().map(|side| side.rows.len()).sum::<usize>() <= 40);
    assert!(page.control.suites.len() == 1 && page.control.people.rows.iter().all(|one| one.shares.len() == 1));
}

#[test]
fn the_same_project_elsewhere_is_shown_with_how_sure_that_is() {
    let mut published = sample::published(100);
    for (name, value) in [("links.strong_package_link", 0.8), ("links.likely_package_link", 0.5)] {
        let parameter = serde_json::json!({ "name": name, "value": value, "reason": "A test." });
        published.manifest.parameters.push(serde_json::from_value(parameter).expect("a parameter"));
    }
    let row = |other: usize, confidence, evidence: &'static str| snapshot::schema::PackageLinkRow {
        purl: sample::purl(3).into(),
        other_purl: sample::purl(other).into(),
        confidence,
        evidence: evidence.into(),
        repository_url: None,
    };
    published.package_links =
        vec![row(5, 0.4, "name"), row(32, 0.64, "claimed_repository name"), row(8, 0.88, "proven_repository <b>")];
    let pages = Pages::new(&published);
    let at = pages.lookup.row_of("package", &sample::purl(3)).expect("a package");
    let page = PackagePage::new(&pages, at);
    let said: Vec<&str> = page.elsewhere.rows.iter().map(|one| one.confidence.as_str()).collect();
    assert_eq!(said, ["strong, 88 %", "likely, 64 %", "weak, 40 %"]);
    let html = page.render().expect("a page");
    assert!(html.contains("The same project elsewhere") && !html.contains("<b>") && !html.contains("<script>alert"), "{html}");
    let other = PackagePage::new(&pages, at + 1).render().expect("a page");
    assert!(!other.contains("The same project elsewhere"));
}

#[test]
fn a_repository_without_history_says_so() {
    let published = sample::published(100);
    let pages = Pages::new(&published);
    let row = pages.lookup.row_of("repository", &sample::packaging_url(3)).expect("a repository");
    let page = RepositoryPage::new(&pages, row);
    assert!(!page.has_history && page.graph.is_none() && page.ledger.is_none() && page.packages.total == 1);
    let row = pages.lookup.row_of("repository", &sample::packaging_url(40)).expect("a repository");
    assert_eq!(RepositoryPage::new(&pages, row).web, None, "only http and https become links");
}

#[test]
fn a_document_is_where_the_index_says() {
    let (folder, _) = rendered(200);
    let api = folder.path().join("site/api/v1");
    let index = json(&api.join("index.json"));
    let digits = index["kinds"]["package"]["shard_digits"].as_u64().expect("digits") as usize;
    let purl = sample::purl(3);
    let shard = json(&api.join(format!("package/{}.json", &super::paths::digest(&purl)[..digits])));
    assert_eq!(shard["columns"]["contributions_to_score"][6], "amount");
    let document = &shard["documents"][&purl];
    assert_eq!(document["name"], "xz-utils");
    let amounts = document["contributions_to_score"].as_array().expect("a ledger").iter();
    let sum: f64 = amounts.map(|term| term[6].as_f64().expect("an amount")).sum();
    assert!((sum - document["scores"]["trust"][0].as_f64().expect("a score")).abs() < 1e-4, "six digits of each term");
    assert!(document["dependencies"]["runtime"].is_array() || document["dependencies"]["build runtime"].is_array());
}

#[test]
fn every_json_file_says_its_version_and_only_the_index_its_day() {
    let (folder, _) = rendered(200);
    let api = folder.path().join("site/api/v1");
    let index = json(&api.join("index.json"));
    assert_eq!(
        [&index["schema_version"], &index["snapshot"], &index["as_of"]],
        [snapshot::SCHEMA_VERSION, "2025-08-09", "2025-08-09"]
    );
    let openapi = json(&api.join("openapi.json"));
    let shards: Vec<PathBuf> = files(&api).into_iter().filter(|file| file.parent() != Some(&api)).collect();
    assert!(shards.len() > 40, "{}", shards.len());
    let described = &openapi["components"]["schemas"]["Shard"];
    for file in shards {
        let shard = json(&file);
        assert_eq!(shard["schema_version"], index["schema_version"], "{}", file.display());
        assert!(shard.get("snapshot").is_none() && shard.get("as_of").is_none(), "{}", file.display());
        let keys: BTreeSet<&str> = shard.as_object().expect("an object").keys().map(String::as_str).collect();
        let known: BTreeSet<&str> = described["properties"].as_object().expect("keys").keys().map(String::as_str).collect();
        assert_eq!(keys, known, "{}", file.display());
        assert!(index["kinds"][shard["kind"].as_str().expect("a kind")].is_object(), "{}", file.display());
    }
}

fn json(file: &Path) -> serde_json::Value {
    serde_json::from_str(&fs_err::read_to_string(file).expect("a file")).expect("json")
}
