//! Every command, used rightly and wrongly: exit codes 0, 1, 2, and messages that say where, what, and what to do.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use runs::{Said, command, jobs, run};
use tempfile::TempDir;

/// The sample, published once for all tests.
static SAMPLE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command_line");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of an earlier run goes away");
    }
    let said = run_sample(&folder, &[]).expect(0, &[]);
    assert!(said.out.contains("(new; ") && said.out.contains(" tables, ") && said.out.contains("index.html ("), "{said:#?}");
    folder
});

/// Folder of the snapshot of [`SAMPLE`].
fn sample() -> PathBuf {
    SAMPLE.join("snapshots/2025-08-09")
}

fn run_sample(out: &Path, more: &[&str]) -> Said {
    let out = out.to_str().expect("text");
    run(&[&["run", "jobs/sample.toml", "--out", out], more].concat())
}

/// A copy of the sample's snapshot that a test may damage.
fn copy() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("2025-08-09");
    std::fs::create_dir(&to).expect("a folder");
    for entry in std::fs::read_dir(sample()).expect("a snapshot") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, to.join(from.file_name().expect("a name"))).expect("a copy");
    }
    (folder, to)
}

#[test]
fn help_tells_a_stranger_what_is_needed() {
    for (arguments, words) in [
        (
            vec!["--help"],
            vec![
                "run",
                "simulate",
                "fetch",
                "render",
                "explain",
                "backtest",
                "verify",
                "diff",
                "reproduce",
                "index",
                "Exit codes: 0 done, 1",
                "--log",
            ],
        ),
        (
            vec!["run", "--help"],
            vec![
                "jobs/sample.toml",
                "--as-of",
                "YYYY-MM-DD",
                "--out",
                "--threads",
                "--replace",
                "--offline",
                "--input",
                "--base",
                "--cache",
            ],
        ),
        (
            vec!["simulate", "--help"],
            vec!["--attack", "jobs/attacks.toml", "attack_outcomes.parquet", "--as-of", "--threads", "--input"],
        ),
        (vec!["fetch", "--help"], vec!["jobs/README.md", "digests", "--offline", "--input", "SOURCE=PATH"]),
        (vec!["render", "--help"], vec!["manifest.json", "--out"]),
        (vec!["explain", "--help"], vec!["pkg:deb/debian/xz-utils", "--snapshot", "--format", "json"]),
        (
            vec!["backtest", "--help"],
            vec!["--from", "--to", "YYYY-MM", "--commits", "--labels", "--cases", "--snapshot-dates", "--debian", "report.json"],
        ),
        (vec!["verify", "--help"], vec!["manifest.json", "exit code 1", "digests"]),
    ] {
        let said = run(&arguments).expect(0, &[]);
        for word in words {
            assert!(said.out.contains(word), "{arguments:?} does not mention {word}: {}", said.out);
        }
    }
    assert!(run(&["--version"]).expect(0, &[]).out.starts_with("trustgraph "));
}

#[test]
fn wrong_use_is_exit_code_2() {
    let job = "jobs/sample.toml";
    for (arguments, words) in [
        (vec![], vec!["Usage"]),
        (vec!["rnu"], vec!["rnu", "--help"]),
        (vec!["run"], vec!["<JOB>"]),
        (vec!["run", job, "--thread", "1"], vec!["--threads"]),
        (vec!["run", job, "--threads", "0"], vec!["1..=1024"]),
        (vec!["run", job, "--threads", "100000"], vec!["1..=1024"]),
        (vec!["run", job, "--threads", "two"], vec!["two"]),
        (vec!["run", job, "--as-of", "yesterday"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of", "2025-02-30"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of", "20250809"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of=-002025-08-09"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of=+012025-08-09"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of=0001-01-01"], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--as-of="], vec!["YYYY-MM-DD"]),
        (vec!["run", job, "--input", "debian"], vec!["SOURCE=VALUE"]),
        (vec!["run", job, "--input", "=x"], vec!["both parts"]),
        (vec!["run", job, "--input", "npm=x"], vec!["no source `npm`", "it reads: debian"]),
        (vec!["fetch", job, "--base", "npm=x"], vec!["no source `npm`", "it reads: debian"]),
        (vec!["run", job, "--log", "loud"], vec!["loud", "debug"]),
        (vec!["render", "x"], vec!["--out"]),
        (vec!["explain", "x"], vec!["--snapshot"]),
        (vec!["explain", "x", "--snapshot", "y", "--without", "z"], vec!["cannot be used with", "--snapshot"]),
        (vec!["explain", "x", "--snapshot", "y", "--job", job], vec!["cannot be used with"]),
        (vec!["explain", "x", "--snapshot", "y", "--steps", "0"], vec!["1..=4"]),
        (vec!["explain", "nothing", "--job", job, "--offline"], vec!["`nothing` is no package, repository, person or team"]),
        (vec!["explain", "xz-utils", "--job", job, "--without", "nothing"], vec!["`nothing` is no package"]),
        (vec!["explain", "xz-utils", "--job", job, "--compromised", "glibc"], vec!["`glibc` is no person or team"]),
        (vec!["explain", "xz-utils", "--job", job, "--without-link", "glibc"], vec!["no link between", "`glibc`"]),
        (vec!["explain", "x", "--snapshot", "y", "--format", "xml"], vec!["xml", "json"]),
        (vec!["verify"], vec!["<SNAPSHOT>"]),
        (vec!["run", "no/such/job.toml"], vec!["no/such/job.toml"]),
        (vec!["run", "jobs"], vec!["jobs"]),
    ] {
        run(&arguments).expect(2, &words);
    }
    let key = ["run", job, "--out", "/nonexistent/out"];
    let said = command(&key).env("TRUSTGRAPH_PSEUDONYM_KEY_FILE", jobs().join("../.gitignore")).output().expect("it starts");
    Said::of(said).expect(2, &[".gitignore", "at least 16 bytes"]);
    let said = command(&key).env("TRUSTGRAPH_PSEUDONYM_KEY_FILE", "/nonexistent/key").output().expect("it starts");
    Said::of(said).expect(1, &["/nonexistent/key"]);
}

#[test]
fn a_day_before_every_suite_is_told() {
    let out = tempfile::tempdir().expect("a folder");
    run_sample(out.path(), &["--as-of", "1999-01-01"]).expect(1, &["nothing is known as of 1999-01-01", "later --as-of"]);
    run_sample(out.path(), &["--as-of", "2021-08-13"]).expect(1, &["nothing is known as of 2021-08-13"]);
    assert!(runs::snapshots(out.path()).is_empty() && !out.path().join("site").exists());
}

#[test]
fn inputs_are_listed_with_their_digests() {
    let said = run(&["fetch", "jobs/sample.toml"]).expect(0, &[]);
    let lines: Vec<Vec<&str>> = said.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 6, "{said:#?}");
    for line in &lines {
        assert!(line[0] == "debian" && line[1].ends_with(".xz") && line[2].starts_with("20") && line[3].starts_with("sha256:"));
    }
    run(&["run", "jobs/sample.toml", "--input", "debian=/nonexistent"]).expect(1, &["/nonexistent/bullseye_Sources is missing"]);
    let out = tempfile::tempdir().expect("a folder");
    let path = out.path().to_str().expect("text");
    let arguments = ["fetch", "jobs/debian.toml", "--offline", "--cache", path];
    run(&arguments).expect(1, &["--offline"]);
}

#[test]
fn nodes_are_explained_by_any_of_their_names() {
    let snapshot = sample();
    let explain =
        |id: &str, format: &str| run(&["explain", id, "--snapshot", snapshot.to_str().expect("text"), "--format", format]);
    let json = |id: &str| -> serde_json::Value { serde_json::from_str(&explain(id, "json").expect(0, &[]).out).expect("JSON") };
    let published = trustgraph::snapshot::Published::read(&snapshot).expect("a snapshot");
    let row = published.packages.iter().find(|row| row.name == "xz-utils").expect("the sample holds xz-utils");
    let person = published.maintainers.iter().find(|row| row.maintainer_kind == "person").expect("a person");
    let (bare, _) = row.purl.split_once('?').expect("a qualifier");
    let by_name = json("xz-utils");
    assert_eq!(by_name["node_id"], row.purl.as_str());
    assert_eq!(by_name, json(bare));
    assert_eq!(by_name, json(&row.purl));
    let repository = row.packaging_repository_url.as_deref().expect("a repository");
    for id in ["xz-utils", &person.maintainer_id, repository, &published.teams[0].team_id] {
        let told = json(id);
        let amounts = told["contributions"].as_array().expect("a list").iter().filter_map(|term| term["amount"].as_f64());
        match told["value"].as_f64() {
            Some(value) => assert!((amounts.sum::<f64>() - value).abs() < 1e-9, "{id}: {told}"),
            None => assert!(told["null_reason"].is_string(), "{id}: {told}"),
        }
    }
    assert!(explain("xz-utils", "text").expect(0, &[]).out.contains("  sum"));
    for id in ["no-such-package", "", "p0000000000000000", "pkg:deb/debian/none", "../..", "\u{202e}<b>"] {
        explain(id, "text").expect(2, &["is not in", "give a purl, a package name"]);
    }
}

#[test]
fn a_second_run_changes_nothing_and_a_different_one_must_be_asked_for() {
    let out = tempfile::tempdir().expect("a folder");
    run_sample(out.path(), &[]).expect(0, &[]);
    let before = runs::files(out.path());
    let said = run_sample(out.path(), &[]).expect(0, &[]);
    assert!(said.out.contains("unchanged since an earlier run"), "{said:#?}");
    assert_eq!(before, runs::files(out.path()));
    let other = runs::World::new();
    let text = std::fs::read_to_string(jobs().join("sample.toml")).expect("the job");
    let text = text.replace("\"parameters.toml\"", &format!("'{}/parameters.toml'", jobs().display()));
    let text = text.replace("\"decisions\"", &format!("'{}/decisions'", jobs().display()));
    let text = text.replace("\"sample_attacks.toml\"", &format!("'{}/sample_attacks.toml'", jobs().display()));
    let backtest = format!("'{}/../snapshots/backtest", jobs().display());
    let text = text.replace("\"../snapshots/backtest", &backtest).replace("measures.parquet\"", "measures.parquet'");
    other.write("job.toml", text.replace("\"sample\"", &format!("'{}/sample'", jobs().display())).as_bytes());
    let job = other.path("job.toml");
    let arguments = ["run", job.to_str().expect("text"), "--out", out.path().to_str().expect("text")];
    run(&arguments).expect(1, &["snapshots/2025-08-09", "immutable", "--replace"]);
    assert_eq!(before, runs::files(out.path()), "a refused run leaves everything as it was");
    run(&[&arguments[..], &["--replace"]].concat()).expect(0, &[]);
    assert_ne!(before, runs::files(out.path()));
    assert_eq!(runs::snapshots(out.path()).len(), 1);
}

#[test]
fn a_site_is_made_from_a_snapshot_and_from_nothing_else() {
    let (_guard, snapshot) = copy();
    let out = tempfile::tempdir().expect("a folder");
    let (site, snapshot) = (out.path().join("site"), snapshot.to_str().expect("text"));
    let arguments = ["render", snapshot, "--out", site.to_str().expect("text")];
    assert!(run(&arguments).expect(0, &[]).out.contains("index.html"));
    let first = runs::files(&site);
    run(&arguments).expect(0, &[]);
    assert_eq!(first, runs::files(&site), "rendered twice into one folder");
    runs::expect_whole_site(&site);
    run(&["render", "jobs", "--out", arguments[3]]).expect(1, &["jobs is no snapshot", "manifest.json"]);
    run(&["explain", "xz-utils", "--snapshot", "jobs"]).expect(1, &["jobs is no snapshot"]);
    run(&["verify", "/nonexistent"]).expect(1, &["/nonexistent is no snapshot"]);
    std::fs::write(Path::new(snapshot).join("scores.parquet"), "PAR1").expect("damaged");
    run(&arguments).expect(1, &["scores.parquet", "digest"]);
    assert_eq!(first, runs::files(&site), "the old site stays");
}

#[test]
fn full_outputs_are_told_and_closed_ones_are_no_failure() {
    let snapshot = sample();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(out) = full() else {
        runs::skip("there is no /dev/full");
        return;
    };
    let arguments = ["verify", snapshot.to_str().expect("text")];
    let said = command(&arguments).stdout(out).output().expect("it starts");
    Said::of(said).expect(1, &["standard output", "No space left"]);
    let said = command(&arguments).stderr(full().expect("opened before")).output().expect("it starts");
    assert_eq!(Said::of(said).code, Some(0), "a log that cannot be written fails nothing");
    let mut child = command(&arguments).stdout(std::process::Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "nobody reads: no failure");
}

/// Runs `verify` on a copy of the sample after `damage`; it must name each of `words`.
#[track_caller]
fn expect_problem(damage: impl FnOnce(&Path), words: &[&str]) {
    let (_guard, snapshot) = copy();
    damage(&snapshot);
    let said = run(&["verify", snapshot.to_str().expect("text")]).expect(1, &[]);
    for word in words {
        assert!(said.out.contains(word) || said.log.contains(word), "`{word}` is missing in {said:#?}");
    }
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("a file");
    change(&mut bytes);
    std::fs::write(path, bytes).expect("written");
}

/// Lets `SHA256SUMS` say what the files are now.
fn fix_sums(snapshot: &Path) {
    let files = runs::files(snapshot);
    let sums = files.iter().filter(|(name, _)| *name != "SHA256SUMS").map(|(name, sum)| format!("{sum}  {name}\n"));
    std::fs::write(snapshot.join("SHA256SUMS"), sums.collect::<String>()).expect("written");
}

fn edit_manifest(snapshot: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(snapshot.join("manifest.json")).expect("a manifest");
    assert!(text.contains(from), "{from} is not in the manifest");
    std::fs::write(snapshot.join("manifest.json"), text.replacen(from, to, 1)).expect("written");
}

#[test]
fn verify_holds_what_is_whole_and_names_what_is_not() {
    let said = run(&["verify", sample().to_str().expect("text")]).expect(0, &[]);
    assert!(said.out.contains("it holds") && said.out.contains(" files and "), "{said:#?}");
    let table = "packages.parquet";
    expect_problem(|s| edit(&s.join(table), |bytes| bytes[100] ^= 1), &[table, "does not match SHA256SUMS", "does NOT hold"]);
    expect_problem(|s| std::fs::remove_file(s.join(table)).expect("removed"), &[table, "listed in SHA256SUMS but missing"]);
    expect_problem(|s| std::fs::write(s.join("extra"), "").expect("written"), &["extra: not listed in SHA256SUMS"]);
    expect_problem(|s| std::fs::create_dir(s.join("folder")).expect("made"), &["folder: not listed in SHA256SUMS"]);
    expect_problem(|s| std::fs::remove_file(s.join("SHA256SUMS")).expect("removed"), &["SHA256SUMS"]);
    expect_problem(|s| edit(&s.join("SHA256SUMS"), |bytes| bytes.extend(b"\xff no sum\n")), &["SHA256SUMS: a line is not"]);
    let escape =
        |s: &Path| edit(&s.join("SHA256SUMS"), |bytes| bytes.extend(format!("{}  ../../etc/passwd\n", "0".repeat(64)).bytes()));
    expect_problem(escape, &["../../etc/passwd: listed in SHA256SUMS but missing"]);
    expect_problem(|s| edit_manifest(s, "About 500", "About 501"), &["manifest.json", "does not match SHA256SUMS"]);
}

#[test]
fn verify_is_not_fooled_by_fixed_sums() {
    let both = |name: &'static str, length: usize| {
        move |s: &Path| {
            edit(&s.join(name), |bytes| bytes.truncate(length));
            fix_sums(s);
        }
    };
    expect_problem(both("packages.parquet", 20_000), &["packages.parquet: digest or size differs from manifest.json"]);
    expect_problem(both("manifest.json", 400), &["manifest.json", "EOF"]);
    expect_problem(both("manifest.json", 0), &["manifest.json", "EOF"]);
    let other = |from: &'static str, to: &'static str| {
        move |s: &Path| {
            edit_manifest(s, from, to);
            fix_sums(s);
        }
    };
    expect_problem(
        other("\"schema_version\": \"0.", "\"schema_version\": \"7."),
        &["manifest.json", "schema 7.", "release of trustgraph"],
    );
    expect_problem(
        other("\"snapshot\": \"2025-08-09\"", "\"snapshot\": \"../../x\""),
        &["manifest.json", "is not its as_of day"],
    );
    expect_problem(other("packages.parquet", "../packages.parquet"), &["../packages.parquet: listed in manifest.json but not"]);
    expect_problem(other("\"checks.max_bracket_gap\"", "\"checks.no\""), &["bracket_gap of scores"]);
    let stranger = |s: &Path| edit(&s.join("manifest.json"), |bytes| *bytes = vec![b'['; 200_000]);
    expect_problem(stranger, &["manifest.json", "recursion limit"]);
}
