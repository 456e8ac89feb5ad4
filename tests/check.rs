//! `trustgraph check`: every rule and status, every format, every bad input, through the real program.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod small_snapshot;

use std::path::Path;

use runs::Said;
use serde_json::Value;
use small_snapshot::{SmallSnapshot, npm_lock, yes};
use tempfile::TempDir;

/// A folder with lockfiles, and the program run inside it.
struct Project(TempDir);

impl Project {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.0.path().join(name), text).expect("a file");
        self
    }

    /// `check` with `arguments` on the last day of January 2026.
    fn check(&self, snapshot: &Path, arguments: &[&str]) -> Said {
        let mut command = runs::command(&["check", "--today", "2026-01-31", "--snapshot"]);
        command.arg(snapshot).args(arguments).current_dir(self.0.path());
        Said::of(command.output().expect("the program starts"))
    }

    fn json(&self, snapshot: &Path, arguments: &[&str]) -> Value {
        let said = self.check(snapshot, &[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:#?}"))
    }
}

/// `status level rule package line: message` of every outcome.
fn outcomes(report: &Value) -> Vec<String> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or("-").to_owned();
    let list = report["outcomes"].as_array().expect("outcomes");
    list.iter()
        .map(|one| {
            let package = text(one, "purl").replace("pkg:", "");
            let place = format!("{}:{}", text(one, "file"), one["line"]);
            format!(
                "{} {} {} {package} {place}: {}",
                text(one, "status"),
                text(one, "level"),
                text(one, "rule"),
                text(one, "message")
            )
        })
        .collect()
}

#[test]
fn every_rule_answers_with_evidence() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let packages =
        [("@s/good", "1.0.0"), ("bad", "6.6.6"), ("old", "1.0.0"), ("old", "2.0.0"), ("blank", "1.0.0"), ("unheard", "1.0.0")];
    project.write("package-lock.json", &npm_lock(&packages).replacen("node_modules/old", "node_modules/a/node_modules/old", 1));
    let report = project.json(small.path(), &["package-lock.json"]);
    let expected = [
        "failure fail malicious npm/bad package-lock.json:4: every version was published to do harm: MAL-1",
        "failure fail withheld npm/bad package-lock.json:4: its registry holds the name after a removal",
        "failure fail control_shift npm/old package-lock.json:5: Control moved | <b>x</b> [seen 2025-06-01] (https://example.org/old)",
        "failure fail vulnerable npm/old package-lock.json:5: version 1.0.0 can be attacked: VUL-1",
        "failure fail control_shift npm/old package-lock.json:6: Control moved | <b>x</b> [seen 2025-06-01] (https://example.org/old)",
        "failure fail provenance_lost npm/old package-lock.json:6: version 1.0.0 has provenance that holds, this one has not: what it carries proves nothing: digest_differs",
        "failure warn threshold npm/bad package-lock.json:4: trust 0.000 is below 0.1",
        "failure warn deprecated npm/old package-lock.json:5: its publisher advises against using it",
        "failure warn yanked npm/old package-lock.json:5: its publisher withdrew this version",
        "failure warn cool_down npm/old package-lock.json:6: was published on 2026-01-30, 1 days ago; releases of npm wait 7 days",
        "failure warn deprecated npm/old package-lock.json:6: its publisher advises against using it",
        "failure warn ownership_change npm/blank package-lock.json:7: Maintainers changed [seen 2025-06-01]",
        "failure warn threshold npm/blank package-lock.json:7: trust is not known (no_evidence), so it cannot be held against 0.1",
        "failure warn package npm/unheard package-lock.json:8: the snapshot of 2026-01-31 does not know it, so it is not judged",
        "skipped off behavior_change - package-lock.json:1: not asked of any package: the snapshot asked no such signal",
        "skipped off new_release_maker - package-lock.json:1: not asked of any package: the snapshot asked no such signal",
        "skipped off cool_down npm/blank package-lock.json:7: the snapshot does not know version 1.0.0",
        "success off package npm/%40s/good package-lock.json:3: trust 0.800; 12 rules and 3 signals found nothing",
    ];
    assert_eq!(outcomes(&report), expected, "{report:#}");
    let said = project.check(small.path(), &["package-lock.json"]).expect(1, &[]);
    assert!(said.out.contains("package-lock.json:4: failure: malicious: pkg:npm/bad@6.6.6 every version"), "{}", said.out);
    assert!(said.out.contains("6 packages judged against the snapshot of 2026-01-31: 6 failed, 8 warned"), "{}", said.out);
}

#[test]
fn a_base_leaves_only_what_changed() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")]));
    project.write("old.json", &npm_lock(&[("bad", "6.6.6")]));
    let said = project.check(small.path(), &["package-lock.json", "--base", "old.json"]).expect(0, &[]);
    assert!(said.out.contains("1 packages judged") && said.out.contains("1 unchanged since the base"), "{}", said.out);
    project.write("old.json", &npm_lock(&[("bad", "6.6.5")]));
    project.check(small.path(), &["package-lock.json", "--base", "old.json"]).expect(1, &[]);
    project.write("old.json", "{\"lockfileVersion\": 3,");
    let said = project
        .check(small.path(), &["package-lock.json", "--base", "old.json"])
        .expect(2, &["old.json: line 1", "nothing was judged"]);
    assert_eq!(said.out, "");
}

#[test]
fn policies_thresholds_and_exceptions() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let lock = npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")]);
    project.write("package-lock.json", &lock);
    let allow = |until: &str| {
        format!(
            "site = \"https://trust.example.org\"\n[rules]\nthreshold = \"fail\"\n[thresholds.npm]\ntrust = 0.85\n[[allow]]\npurl = \"pkg:npm/bad\"\nrules = [\"malicious\", \"withheld\", \"threshold\"]\nreason = \"a test\"\nuntil = \"{until}\"\n"
        )
    };
    project.write("trustgraph.toml", &allow("2026-01-31"));
    let report = project.json(small.path(), &["package-lock.json"]);
    assert_eq!((&report["fail_count"], &report["allowed_count"]), (&1.into(), &3.into()), "{report:#}");
    let failed = &report["outcomes"][0];
    assert_eq!(failed["message"], "trust 0.800 is below 0.85");
    assert_eq!(failed["link"], "https://trust.example.org/package/npm/_4/_40s~good.html", "{failed:#}");
    project.write("trustgraph.toml", &allow("2026-01-30"));
    let report = project.json(small.path(), &["package-lock.json"]);
    assert_eq!(report["fail_count"], 4);
    assert!(
        report["outcomes"][1]["message"].as_str().expect("text").ends_with("an exception for it ended on 2026-01-30"),
        "{report:#}"
    );
    for (policy, word) in [
        ("rules = 1", "invalid type"),
        ("[rules]\nmalware = \"fail\"", "`malware` is not known (known: malicious"),
        ("[rules]\nmalicious = \"deny\"", "unknown variant"),
        ("[thresholds.npm]\nstars = 1", "`stars` is not known"),
        ("[thresholds.npm]\ntrust = 5", "no value it can have"),
        ("[cool_down_days]\nnpm = -1", "not between"),
        ("[[allow]]\npurl = \"pkg:npm/bad@1\"\nrules=[\"url\"]\nreason=\"x\"\nuntil=\"2026-01-01\"", "names a version"),
        ("[[allow]]\npurl = \"pkg:npm/bad\"\nrules=[]\nreason=\"x\"\nuntil=\"2026-01-01\"", "names no rules"),
        ("[[allow]]\npurl = \"pkg:npm/bad\"\nrules=[\"url\"]\nreason=\" \"\nuntil=\"2026-01-01\"", "has no reason"),
        ("[[allow]]\npurl = \"pkg:npm/bad\"\nrules=[\"url\"]\nreason=\"x\"", "missing field `until`"),
        ("site = \"javascript:x\"", "no http or https"),
    ] {
        project.write("trustgraph.toml", policy);
        project.check(small.path(), &["package-lock.json"]).expect(2, &["trustgraph.toml", word]);
    }
}

#[test]
fn init_writes_the_shipped_policy_once() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let init =
        || Said::of(runs::command(&["check", "--init"]).current_dir(project.0.path()).output().expect("the program starts"));
    init().expect(0, &[]);
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0")]));
    project.check(small.path(), &["package-lock.json"]).expect(0, &[]);
    init().expect(2, &["trustgraph.toml"]);
}

#[test]
fn what_cannot_be_looked_up_follows_the_policy() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let lock = "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/@s/good\": {\"version\": \"1.0.0\", \"resolved\": \"git+https://example.org/x.git#0\"},\n\"node_modules/local\": {\"resolved\": \"local\", \"link\": true}}}";
    project.write("package-lock.json", lock).write("go.sum", "example.org/a v1.0.0 h1:x=\nexample.org/b v1.0.0 h1:x=\n");
    let report = project.json(small.path(), &["package-lock.json", "go.sum"]);
    let shown: Vec<String> = outcomes(&report).into_iter().filter(|one| !one.contains("not asked of any")).collect();
    assert_eq!(
        shown,
        [
            "failure warn ecosystem - go.sum:1: not judged: 2 packages, because the snapshot covers no packages of golang",
            "failure warn git npm/%40s/good package-lock.json:2: comes from a git repository; facts of the public registry say nothing about it, so it is not judged",
            "skipped off path npm/local package-lock.json:3: comes from a folder or file beside the lockfile; facts of the public registry say nothing about it, so it is not judged",
        ]
    );
    project.write("strict.toml", "[missing]\necosystem = \"fail\"\n[rules]\ngit = \"off\"\n");
    project.check(small.path(), &["go.sum", "--policy", "strict.toml"]).expect(1, &[]);
    project.check(small.path(), &["package-lock.json", "--policy", "strict.toml"]).expect(0, &[]);
}

#[test]
fn rules_without_their_table_say_so() {
    let (mut small, project) = (SmallSnapshot::base(), Project::new());
    small.seal();
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")]));
    let shown = outcomes(&project.json(small.path(), &["package-lock.json"]));
    for (rule, table) in
        [("malicious", "advisories"), ("yanked", "publishes"), ("cool_down", "publishes"), ("provenance_lost", "provenance")]
    {
        let line =
            format!("skipped off {rule} - package-lock.json:1: not asked of any package: the snapshot has no table `{table}`");
        assert!(shown.contains(&line), "{line} in {shown:#?}");
    }
    project.write("trustgraph.toml", "[missing]\nfact = \"fail\"\n");
    project.check(small.path(), &["package-lock.json"]).expect(1, &[]);
    small = SmallSnapshot::empty();
    small.add(
        "packages",
        vec![
            ("purl", small_snapshot::text(&["pkg:npm/a"])),
            ("ecosystem", small_snapshot::word(&["npm"])),
            ("name", small_snapshot::text(&["a"])),
            ("is_listed", yes(&[true])),
        ],
    );
    small.seal();
    project.write("package-lock.json", &npm_lock(&[("a", "1.0.0")])).write("trustgraph.toml", "");
    let shown = outcomes(&project.json(small.path(), &["package-lock.json"]));
    assert!(shown.iter().any(|one| one.contains("deprecated - ") && one.contains("no column `packages.status`")), "{shown:#?}");
    assert!(shown.iter().any(|one| one.contains("threshold - ") && one.contains("no table `scores`")), "{shown:#?}");
}

#[test]
fn debian_binaries_stand_for_their_source() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let purls = ["pkg:deb/debian/liblzma5@5.6?arch=amd64", "pkg:deb/debian/xz-utils@5.6?arch=source", "pkg:deb/debian/nothing@1"];
    let components: Vec<String> = purls.iter().map(|purl| format!("{{\"type\": \"library\", \"purl\": \"{purl}\"}}")).collect();
    project.write(
        "bom.json",
        &format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{}]}}", components.join(",\n")),
    );
    let report = project.json(small.path(), &["bom.json"]);
    let shown = outcomes(&report);
    assert!(
        shown.iter().any(|one| one.starts_with("success off package deb/debian/liblzma5 bom.json:1: trust 0.900")),
        "{shown:#?}"
    );
    assert_eq!(report["success_count"], 2, "{shown:#?}");
    assert!(
        shown.iter().any(|one| one.contains("deb/debian/nothing bom.json:3: the snapshot of 2026-01-31 does not know it")),
        "{shown:#?}"
    );
}

#[test]
fn sarif_points_at_lines() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")]));
    project.write(
        "trustgraph.toml",
        "[[allow]]\npurl = \"pkg:npm/bad\"\nrules = [\"threshold\"]\nreason = \"a test\"\nuntil = \"2026-12-31\"\n",
    );
    let said = project.check(small.path(), &["./package-lock.json", "--format", "sarif"]).expect(1, &[]);
    let log: Value = serde_json::from_str(&said.out).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!((log["version"].as_str(), run["tool"]["driver"]["name"].as_str()), (Some("2.1.0"), Some("trustgraph")));
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 3, "{results:#?}");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "package-lock.json");
        assert_eq!(place["region"]["startLine"], 4);
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["trustgraph/v1"].is_string());
    }
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[2]["suppressions"][0]["justification"], "a test (until 2026-12-31)");
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    assert!(!run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notes").is_empty());
}

#[test]
fn a_comment_cannot_be_taken_over() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    let hostile = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{\"purl\": \"pkg:npm/old@1%7C%60%3Cimg%3E%40team\"},\n{\"purl\": \"pkg:npm/x%7C%60%5By%5D(z)@1\"}, {\"purl\": \"pkg:npm/%E2%80%AEx@1\"}]}";
    project.write("b`|[x](y).json", hostile);
    let said = project.check(small.path(), &["b`|[x](y).json", "--format", "markdown"]);
    let rows: Vec<&str> = said.out.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() >= 3, "{said:#?}");
    for row in rows {
        let bare = row.replace("\\|", "");
        assert_eq!(bare.matches('|').count(), 6, "{row}");
        // In a span of code nothing has a meaning; outside, nothing of a stranger's may.
        let outside: String = bare.split('`').step_by(2).collect();
        assert!(!outside.contains(['<', '@', '[', '\u{202e}']) && !row.contains('\u{202e}'), "{row}");
    }
    let text = project.check(small.path(), &["b`|[x](y).json"]).out;
    assert!(!text.contains('\u{202e}') && text.lines().all(|line| !line.contains('\u{7}')), "{text}");
}

#[test]
fn bad_snapshots_end_with_two() {
    let project = Project::new();
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0")]));
    let refused = |small: &SmallSnapshot, words: &[&str]| {
        let said = project.check(small.path(), &["package-lock.json"]).expect(2, words);
        assert_eq!(said.out, "");
    };
    let changed = |file: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let small = SmallSnapshot::whole();
        let mut bytes = std::fs::read(small.file(file)).expect("a file");
        change(&mut bytes);
        std::fs::write(small.file(file), bytes).expect("a file");
        small
    };
    refused(
        &changed("scores.parquet", &|bytes| bytes[40] ^= 1),
        &["scores.parquet", "digest is not the one", "nothing was judged"],
    );
    refused(&changed("scores.parquet", &|bytes| bytes.truncate(40)), &["scores.parquet", "size is not the one"]);
    refused(&changed("manifest.json", &|bytes| bytes.truncate(40)), &["manifest.json"]);
    refused(&changed("manifest.json", &|bytes| bytes.push(b' ')), &["manifest.json", "not the one in SHA256SUMS"]);
    for version in ["9.0.0", "-1", ""] {
        let mut small = SmallSnapshot::base();
        small.schema_version = version.to_owned();
        small.seal();
        refused(&small, &["the snapshot has schema", "use the release of trustgraph that wrote it"]);
    }
    let small = SmallSnapshot::empty();
    refused(&small, &["is no snapshot"]);
    small.seal();
    refused(&small, &["does not list it"]);
    let small = SmallSnapshot::whole();
    std::fs::remove_file(small.file("findings.parquet")).expect("removed");
    refused(&small, &["findings.parquet"]);
    // Right digests over bytes that are no Parquet, or of other columns.
    let mut small = SmallSnapshot::empty();
    small.add("packages", vec![("purl", yes(&[true]))]);
    small.seal();
    refused(&small, &["packages.parquet"]);
}

#[test]
fn bad_files_are_errors_beside_good_ones() {
    let (small, project) = (SmallSnapshot::whole(), Project::new());
    project.write("package-lock.json", &npm_lock(&[("@s/good", "1.0.0")])).write("Cargo.lock", "[[package]]\nname = \"a");
    let report = project.json(small.path(), &["package-lock.json", "Cargo.lock", "none.lock"]);
    assert_eq!((&report["error_count"], &report["success_count"]), (&2.into(), &1.into()), "{report:#}");
    let shown = outcomes(&report);
    assert!(shown[0].starts_with("error fail read - Cargo.lock:2: Cargo.lock: line 2: is not TOML"), "{shown:#?}");
    project.check(small.path(), &["package-lock.json", "Cargo.lock"]).expect(2, &[]);
    project.write("notes.md", "hello");
    project.check(small.path(), &["notes.md"]).expect(2, &[]);
    project.check(Path::new("http://example.org/snapshot"), &["package-lock.json"]).expect(2, &["only https can be believed"]);
    Said::of(runs::command(&["check"]).output().expect("the program starts")).expect(2, &[]);
    Said::of(runs::command(&["check", "x", "--format", "sarif"]).output().expect("the program starts"))
        .expect(2, &["--snapshot"]);
}
