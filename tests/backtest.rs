//! `trustgraph backtest`: a small world from end to end, wrong use, and the figures on mined histories where those are there.

mod mined;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use mined::{Mined, parquet};
use runs::{Said, run};
use serde_json::Value;
use tempfile::TempDir;

fn world() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    Mined::world().write(folder.path());
    folder
}

/// Runs on the files of `folder`, into `folder/out`.
fn backtest(folder: &Path, out: &Path, more: &[&str]) -> Said {
    let path = |name: &str| folder.join(name).to_str().expect("text").to_owned();
    let cases = if folder.join("cases.csv").exists() { path("cases.csv") } else { path("governance_cases.csv") };
    let files = ["commits.parquet", "tags.parquet", "labels.csv", "snapshot_dates.csv"].map(path);
    let out = out.to_str().expect("text");
    let arguments =
        ["backtest", "--commits", &files[0], "--tags", &files[1], "--labels", &files[2], "--snapshot-dates", &files[3]];
    run(&[&arguments[..], &["--cases", &cases, "--out", out], more].concat())
}

fn measures(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    report["measures"].as_array().expect("measures").clone()
}

/// The only measure with these words; `note` may be left out by an empty text.
fn value(measures: &[Value], name: &str, subject: &str, signal: &str, note: &str) -> Option<f64> {
    let is_it = |m: &&Value| m["name"] == name && m["subject"] == subject && m["signal"] == signal;
    let found: Vec<&Value> =
        measures.iter().filter(is_it).filter(|m| note.is_empty() || m["note"] == note || m["month"] == note).collect();
    assert_eq!(found.len(), 1, "{name} {subject} {signal} {note}: {found:#?}");
    found[0]["value"].as_f64()
}

#[test]
fn a_takeover_is_caught_and_told_at_any_thread_count() {
    let folder = world();
    let (one, three) = (folder.path().join("one"), folder.path().join("three"));
    backtest(folder.path(), &one, &["--threads", "1"]).expect(0, &[]);
    backtest(folder.path(), &three, &["--threads", "3"]).expect(0, &[]);
    for name in ["report.json", "backtest_measures.parquet", "validation.html"] {
        let (a, b) = (std::fs::read(one.join(name)).expect(name), std::fs::read(three.join(name)).expect(name));
        assert!(a == b, "{name} depends on the number of threads");
    }
    let measures = measures(&one);
    let url = "owner0/project";
    // First push 2012-07; disclosed 2013-12.
    assert_eq!(value(&measures, "lead_months", url, "control_shift", ""), Some(17.0));
    assert_eq!(value(&measures, "rank", url, "control_shift", "2012-08"), Some(1.0));
    assert_eq!(value(&measures, "peers", url, "control_shift", "2012-08"), Some(12.0));
    assert_eq!(value(&measures, "lead_months", url, "new_release_maker", ""), Some(14.0));
    assert_eq!(value(&measures, "false_episodes_per_100_repository_years", "controls", "control_shift", ""), Some(0.0));
    assert_eq!(value(&measures, "governance_auc_same_date", "T1-T3", "control_shift", ""), Some(1.0));
    assert!(value(&measures, "injected_caught_share", "all", "control_shift", "").is_some_and(|share| share > 0.8));
    let fields = ["name", "subject", "signal", "month", "value", "lower", "upper", "n", "note"];
    for measure in &measures {
        let keys: Vec<&String> = measure.as_object().expect("an object").keys().collect();
        assert!(keys.len() == fields.len() && fields.iter().all(|field| keys.iter().any(|key| key == field)), "{keys:?}");
    }
    assert_eq!(value(&measures, "said", url, "control_shift", "2012-08"), Some(1.0));
    assert_eq!(measures.iter().filter(|measure| measure["name"] == "label").count(), 12);
    let page = std::fs::read_to_string(one.join("validation.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("control is passing to a person") && !page.contains("<script"));
    assert!(!page.replace("@media", "").contains('@'), "findings are about repositories");
}

#[test]
fn a_span_limits_what_is_judged() {
    let folder = world();
    let out = folder.path().join("out");
    backtest(folder.path(), &out, &["--from", "2004-01", "--to", "2010-06"]).expect(0, &[]);
    let measures = measures(&out);
    let ranks = |measure: &&Value| measure["name"] == "rank" && measure["value"].is_number();
    assert_eq!(measures.iter().filter(ranks).count(), 0, "the takeover came later");
    assert_eq!(value(&measures, "lead_months", "owner0/project", "control_shift", ""), None);
    for (from, to) in [("1990-01", "2011-12"), ("2004-01", "2050-01"), ("2011-01", "2010-01")] {
        let said =
            backtest(folder.path(), &out, &["--from", from, "--to", to]).expect(2, &["no history covers", "2000-01 to 2014-12"]);
        assert!(said.log.contains(from), "{said:?}");
    }
    backtest(folder.path(), &out, &["--from", "2004-13"]).expect(2, &["expected a month as YYYY-MM"]);
}

#[test]
fn a_search_chooses_on_one_half_and_judges_on_the_other() {
    let folder = world();
    let shipped = std::fs::read_to_string(runs::jobs().join("search.toml")).expect("the shipped search");
    let file = folder.path().join("search.toml");
    std::fs::write(&file, shipped.replace("draw_count = { value = 60", "draw_count = { value = 2")).expect("a search");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for (out, threads) in [(&one, "1"), (&two, "2")] {
        backtest(folder.path(), out, &["--search", file.to_str().expect("text"), "--threads", threads]).expect(0, &[]);
    }
    let measures = measures(&one);
    let of = |name: &str| measures.iter().filter(|measure| measure["name"] == name).count();
    assert_eq!((of("search"), of("search_chosen")), (6, 2), "the job's own set and two draws, on two halves");
    let read = |out: &Path| std::fs::read(out.join("report.json")).expect("a report");
    assert!(read(&one) == read(&two), "a search depends on the number of threads");
    std::fs::write(&file, shipped.replace("\"control_shift\"", "\"nothing\"")).expect("a search");
    backtest(folder.path(), &one, &["--search", file.to_str().expect("text")]).expect(2, &["history.nothing_min"]);
}

#[test]
fn what_is_missing_is_null_with_a_note() {
    let folder = world();
    let out = folder.path().join("out");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let arguments = [
        "backtest",
        "--commits",
        &path("commits.parquet"),
        "--tags",
        &path("tags.parquet"),
        "--out",
        out.to_str().expect("text"),
    ];
    run(&arguments).expect(0, &[]);
    let measures = measures(&out);
    for name in ["governance_auc_same_date", "governance_auc_size_matched", "rank", "peers", "lead_months", "abandonment_auc"] {
        let rows: Vec<&Value> = measures.iter().filter(|measure| measure["name"] == name).collect();
        assert!(rows.len() == 1 && rows[0]["value"].is_null() && rows[0]["note"].is_string(), "{name}: {rows:?}");
    }
    assert_eq!(value(&measures, "injected_caught_share", "all", "control_shift", ""), None, "no history is labelled healthy");
}

#[test]
fn wrong_files_are_named() {
    let folder = world();
    let out = folder.path().join("out");
    let text = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    text("cases.csv", "tier,repo\nT1,a/b\n");
    backtest(folder.path(), &out, &[]).expect(1, &["cases.csv: column `cutoff_date` is missing", "jobs/README.md"]);
    text("cases.csv", "tier,cutoff_date,repo\nT1,2013-6-1,a/b\n");
    backtest(folder.path(), &out, &[]).expect(1, &["cases.csv: row 1: cutoff_date is no day"]);
    text("cases.csv", "tier,cutoff_date,repo\n");
    backtest(folder.path(), &out, &[]).expect(1, &["cases.csv: holds no case"]);
    text("cases.csv", "tier,cutoff_date,repo\n<b>,,a/b\n");
    backtest(folder.path(), &out, &[]).expect(1, &["row 1: tier is no word"]);
    std::fs::remove_file(folder.path().join("tags.parquet")).expect("a file less");
    backtest(folder.path(), &out, &[]).expect(1, &["tags.parquet"]);
    let columns = vec![("x", Arc::new(Int64Array::from(vec![1])) as ArrayRef)];
    parquet(&folder.path().join("tags.parquet"), columns);
    backtest(folder.path(), &out, &[]).expect(1, &["tags.parquet: column `repo` is missing"]);
    Mined { commits: Vec::new(), tags: Vec::new(), first_year: 2000 }.write(folder.path());
    backtest(folder.path(), &out, &[]).expect(1, &["no repository has a whole month"]);
    assert!(!out.exists(), "nothing is written when something is wrong");
}

#[test]
fn absurd_days_cost_nothing() {
    let folder = world();
    let out = folder.path().join("out");
    let mut dates = "repo,snapshot_date\n".to_owned();
    (0..12).for_each(|number| dates += &format!("owner{number}/project,9999-12-31\n"));
    std::fs::write(folder.path().join("snapshot_dates.csv"), dates).expect("dates");
    backtest(folder.path(), &out, &[]).expect(0, &[]);
    backtest(folder.path(), &out, &["--to", "2107-01"]).expect(2, &["to 2106-02"]);
}

#[test]
fn wrong_use_says_what_is_missing() {
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().to_str().expect("text");
    run(&["backtest", "--out", out]).expect(2, &["nothing to replay: give a job"]);
    run(&["backtest", "--out", out, "--commits", "x"]).expect(2, &["--tags"]);
    run(&["backtest", "--out", out, "--debian", "x"]).expect(2, &["--from-suite"]);
    run(&["backtest", "--out", out, "--debian", "x", "--from-suite", "bookworm", "--to-suite", "sid"])
        .expect(1, &["no suite sid; it knows: bullseye, bookworm, trixie"]);
    let arguments = ["backtest", "--out", out, "--debian", "x", "--from-suite", "trixie", "--to-suite", "bookworm"];
    run(&arguments).expect(1, &["trixie is not older than bookworm"]);
    run(&["backtest", "jobs/nothing.toml", "--out", out]).expect(2, &["jobs/nothing.toml"]);
    run(&["backtest", "jobs/sample.toml", "--out", out]).expect(1, &["names neither histories nor"]);
}

#[test]
fn the_sample_tells_of_orphaning() {
    let out = tempfile::tempdir().expect("a folder");
    let path = out.path().to_str().expect("text");
    run(&["backtest", "jobs/sample.toml", "--from-suite", "bookworm", "--to-suite", "trixie", "--out", path]).expect(0, &[]);
    let measures = measures(out.path());
    let area = value(&measures, "orphaning_auc", "bookworm to trixie", "orphaning", "").expect("an area");
    assert!((0.0..=1.0).contains(&area));
}

/// Folder of mined histories and suites, where one is.
fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")));
    shared.join("incidents/commits.parquet").exists().then_some(shared)
}

#[test]
fn figures_on_mined_histories() {
    let Some(shared) = shared() else {
        println!("skipped: no mined histories in ../shared/data");
        return;
    };
    let out = tempfile::tempdir().expect("a folder");
    let debian = shared.join("debian");
    let suites = ["--debian", debian.to_str().expect("text"), "--from-suite", "bookworm", "--to-suite", "trixie"];
    backtest(&shared.join("incidents"), out.path(), &suites).expect(0, &[]);
    let measures = measures(out.path());
    let at_least = |name: &str, subject: &str, signal: &str, note: &str, least: f64| {
        let found = value(&measures, name, subject, signal, note);
        assert!(found.is_some_and(|found| found >= least), "{name} {subject} {signal} {note}: {found:?} < {least}");
    };
    let at_most = |name: &str, subject: &str, signal: &str, most: f64| {
        let found = value(&measures, name, subject, signal, "");
        assert!(found.is_some_and(|found| found <= most), "{name} {subject} {signal}: {found:?} > {most}");
    };
    let xz = "tukaani-project/xz";
    let months = (2..=12).map(|month| format!("2023-{month:02}")).chain((1..=3).map(|month| format!("2024-{month:02}")));
    for month in months {
        assert_eq!(value(&measures, "rank", xz, "control_shift", &month), Some(1.0), "{month}");
    }
    at_least("lead_months", xz, "control_shift", "", 14.0);
    at_least("lead_months", xz, "new_release_maker", "", 12.0);
    at_most("false_episodes_per_100_repository_years", "controls", "control_shift", 2.0);
    at_most("false_episodes_per_100_repository_years", "controls", "new_release_maker", 1.0);
    at_least("governance_auc_same_date", "T1-T3", "thin_support", "", 0.93);
    at_least("governance_auc_size_matched", "T1-T3", "thin_support", "", 0.90);
    at_least("abandonment_auc", "abandoned", "fading_activity", "-6", 0.80);
    at_least("abandonment_auc", "abandoned", "fading_activity", "6", 0.90);
    at_least("injected_caught_share", "all", "control_shift", "", 0.80);
    at_least("injected_caught_share", "patience 12, outside 0", "control_shift", "", 0.80);
    // 0.90 was hoped for and is not reached: see jobs/README.md.
    at_least("orphaning_auc", "bookworm to trixie", "orphaning", "", 0.83);
    at_most("orphaning_calibration_error", "bookworm to trixie", "orphaning", 0.004);
}
