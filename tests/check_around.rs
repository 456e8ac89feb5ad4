//! Around `trustgraph check`: enriched bills of materials, and the script of the action as a pull request runs it.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod small_snapshot;

use std::path::Path;
use std::process::{Command, Output};

use runs::Said;
use serde_json::Value;
use small_snapshot::{SmallSnapshot, npm_lock};

fn enrich(text: &str) -> Result<Value, Said> {
    let (small, folder) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("bom.json"), text).expect("a file");
    let mut command = runs::command(&["check", "bom.json", "--today", "2026-01-31", "--enrich", "out.json", "--snapshot"]);
    let said = Said::of(command.arg(small.path()).current_dir(folder.path()).output().expect("the program starts"));
    match std::fs::read_to_string(folder.path().join("out.json")) {
        Ok(text) => Ok(serde_json::from_str(&text).expect("JSON")),
        Err(_) => Err(said),
    }
}

#[test]
fn cyclonedx_gets_properties_once() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "purl": "pkg:npm/%40s/good@1.0.0",
        "properties": [{"name": "own", "value": "1"}], "components": [{"type": "library", "purl": "pkg:npm/bad@6.6.6"}]}, {"type": "file", "name": "x"}]}"#;
    let enriched = enrich(text).expect("enriched");
    let good = &enriched["components"][0];
    let expected = serde_json::json!([
        {"name": "own", "value": "1"}, {"name": "trustgraph:snapshot", "value": "2026-01-31"},
        {"name": "trustgraph:status", "value": "success"}, {"name": "trustgraph:trust", "value": "0.800000"},
    ]);
    assert_eq!(good["properties"], expected);
    let bad = good["components"][0]["properties"].as_array().expect("properties");
    assert!(bad.iter().any(|one| one["name"] == "trustgraph:failure:malicious"), "{bad:#?}");
    assert_eq!(enriched["components"][1]["properties"], Value::Null);
    assert_eq!(enrich(&enriched.to_string()).expect("enriched"), enriched, "twice is once");
}

#[test]
fn spdx_gets_annotations_once() {
    let two = r#"{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "versionInfo": "1.0.0",
        "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/%40s/good"}]}]}"#;
    let enriched = enrich(two).expect("enriched");
    let annotation = &enriched["packages"][0]["annotations"][0];
    assert_eq!(annotation["annotationDate"], "2026-01-31T00:00:00Z");
    assert_eq!(annotation["comment"], "trustgraph:snapshot=2026-01-31; trustgraph:status=success; trustgraph:trust=0.800000");
    assert_eq!(enrich(&enriched.to_string()).expect("enriched"), enriched, "twice is once");
    let three = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "software_Package", "spdxId": "https://example.org/a",
        "creationInfo": "_:info", "software_packageVersion": "1.0.0", "software_packageUrl": "pkg:npm/%40s/good"}]}"#;
    let enriched = enrich(three).expect("enriched");
    let added = &enriched["@graph"][1];
    assert_eq!((&added["type"], &added["subject"]), (&"Annotation".into(), &"https://example.org/a".into()));
    assert_eq!(enrich(&enriched.to_string()).expect("enriched"), enriched, "twice is once");
}

#[test]
fn what_cannot_be_enriched_says_so() {
    let signed = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [], "signature": {}}"#;
    enrich(signed).expect_err("refused").expect(2, &["is signed"]);
    enrich(&npm_lock(&[("@s/good", "1.0.0")])).expect_err("refused").expect(2, &["neither CycloneDX nor SPDX"]);
}

/// A git repository with a lockfile on its first commit, and a changed one beside it.
fn repository(before: &str, after: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"];
        let done = Command::new("git").args(name).args(arguments).current_dir(folder.path()).output().expect("git");
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    std::fs::write(folder.path().join("package-lock.json"), before).expect("a file");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "before"]);
    std::fs::write(folder.path().join("package-lock.json"), after).expect("a file");
    folder
}

fn action(folder: &Path, snapshot: &Path, more: &[(&str, &str)]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions/check/check.sh");
    let mut command = Command::new("bash");
    command.arg(script).current_dir(folder).env("TRUSTGRAPH_PROGRAM", runs::PROGRAM).env("TRUSTGRAPH_SNAPSHOT", snapshot);
    command.env("TRUSTGRAPH_LOCKFILES", "package-lock.json\n").env_remove("GITHUB_STEP_SUMMARY");
    command.env("GITHUB_OUTPUT", folder.join("output")).envs(more.iter().copied()).output().expect("bash")
}

#[test]
fn the_action_judges_what_changed_by_the_policy_before_it() {
    if Command::new("git").arg("--version").output().is_err() {
        return runs::skip("there is no git");
    }
    let small = SmallSnapshot::whole();
    let (good, bad) = (npm_lock(&[("@s/good", "1.0.0")]), npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")]));
    let changed = repository(&good, &bad);
    // The change also tries to let itself pass.
    std::fs::write(changed.path().join("trustgraph.toml"), "[rules]\nmalicious = \"off\"\nwithheld = \"off\"\n")
        .expect("a policy");
    let summary = changed.path().join("summary").display().to_string();
    let more = [("TRUSTGRAPH_BASE", "HEAD"), ("TRUSTGRAPH_SARIF", "log.sarif"), ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let done = action(changed.path(), small.path(), &more);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let read = |name: &str| std::fs::read_to_string(changed.path().join(name)).expect("a file");
    assert_eq!(read("output"), "exit-code=1\n");
    assert!(read("summary").contains("| failure | `pkg:npm/bad@6.6.6`"), "{}", read("summary"));
    let log: Value = serde_json::from_str(&read("log.sarif")).expect("SARIF");
    assert_eq!(log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "package-lock.json");
    assert_eq!(
        action(repository(&bad, &bad).path(), small.path(), &[("TRUSTGRAPH_BASE", "HEAD")]).status.code(),
        Some(0),
        "nothing changed"
    );
    assert_eq!(action(changed.path(), small.path(), &[("TRUSTGRAPH_BASE", "gone")]).status.code(), Some(2));
    assert_eq!(action(changed.path(), small.path(), &[("TRUSTGRAPH_BASE", "--output=x")]).status.code(), Some(2));
    let odd = [("TRUSTGRAPH_LOCKFILES", "--help\n$(touch taken)\n")];
    assert_eq!(action(changed.path(), small.path(), &odd).status.code(), Some(2), "names are files, never flags or code");
    assert!(!changed.path().join("taken").exists());
}
