//! A distribution and two registries in one run: the same project is linked, published and shown, and no score is moved by it.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::Path;

use runs::{run, snapshots};
use serde_json::{Value, json};
use trustgraph::snapshot::{Published, verify};

const JOB: &str = r#"
title = "A distribution and two registries"
parameters = "PARAMETERS"
decisions = "DECISIONS"

[sources.debian]
path = "debian"
suites = [{ name = "stable", as_of = "2024-06-01" }]
max_reject_share = 0.0

[sources.npm]
path = "npm"
packages = ["left", "squat"]
provenance_releases = 0
max_age_hours = 0
max_reject_share = 0.0

[sources.pypi]
path = "pypi"
packages = ["right"]
provenance_releases = 0
max_age_hours = 0
max_reject_share = 0.0
"#;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// `node-left` and `python-right` of a distribution, with the packages they are made of, and one that claims the same repository.
fn world(folder: &Path) -> String {
    let stanza = |name: &str, homepage: &str| {
        format!("Package: {name}\nBinary: {name}\nVersion: 1-1\nMaintainer: Ann <ann@example.org>\nHomepage: {homepage}\n\n")
    };
    let sources =
        [stanza("node-left", "https://github.com/o/left"), stanza("python-right", "https://right.example.org/")].concat();
    write(folder, "debian/stable_Sources", &sources);
    let binary = |name: &str| format!("Package: {name}\nVersion: 1-1\nArchitecture: all\n\n");
    write(folder, "debian/stable_Packages", &[binary("node-left"), binary("python3-right")].concat());
    let packument = |name: &str, repository: &str| {
        json!({
            "name": name, "dist-tags": {"latest": "1.0.0"}, "maintainers": [{"name": "bob"}],
            "time": {"1.0.0": "2022-01-01T00:00:00.000Z"},
            "versions": {"1.0.0": {"repository": repository, "_npmUser": {"name": "bob"}, "dependencies": {}}}
        })
    };
    for name in ["left", "squat"] {
        write(folder, &format!("npm/{name}/packument.json"), &packument(name, "o/left").to_string());
    }
    let simple: Value = json!({
        "meta": {"api-version": "1.4"}, "name": "right",
        "files": [{"filename": "right-1.0.zip", "hashes": {}, "upload-time": "2020-01-01T00:00:00Z"}]
    });
    let project = json!({"info": {"name": "right", "version": "1.0", "project_urls": {"Homepage": "http://right.example.org"}}});
    write(folder, "pypi/right/simple.json", &simple.to_string());
    write(folder, "pypi/right/project.json", &project.to_string());
    let jobs = runs::jobs();
    let text = JOB.replace("PARAMETERS", &jobs.join("parameters.toml").to_string_lossy());
    write(folder, "job.toml", &text.replace("DECISIONS", &jobs.join("decisions").to_string_lossy()));
    folder.join("job.toml").to_string_lossy().into_owned()
}

fn published(folder: &Path, job: &str, out: &str) -> Published {
    let out = folder.join(out);
    run(&["run", job, "--offline", "--out", &out.to_string_lossy()]).expect(0, &[]);
    let snapshot = snapshots(&out).into_iter().next().expect("a snapshot");
    assert_eq!(verify(&snapshot, None).expect("a snapshot").problems, Vec::<String>::new());
    Published::read(&snapshot).expect("a snapshot")
}

#[test]
fn one_project_of_several_registries() {
    let folder = tempfile::tempdir().expect("a folder");
    let job = world(folder.path());
    let found = published(folder.path(), &job, "out");
    let row = |row: &trustgraph::snapshot::schema::PackageLinkRow| {
        (row.purl.clone(), row.other_purl.clone(), row.evidence.to_string(), (row.confidence * 100.0).round() as i64)
    };
    let (left, right) = ("pkg:deb/debian/node-left?arch=source", "pkg:deb/debian/python-right?arch=source");
    let expected = [
        (left, "pkg:npm/left", "claimed_repository name", 64),
        (left, "pkg:npm/squat", "claimed_repository", 20),
        (right, "pkg:pypi/right", "name homepage", 58),
        ("pkg:npm/left", left, "claimed_repository name", 64),
        ("pkg:npm/squat", left, "claimed_repository", 20),
        ("pkg:pypi/right", right, "name homepage", 58),
    ];
    let expected = expected.map(|(a, b, words, percent)| (a.to_owned(), b.to_owned(), words.to_owned(), percent));
    assert_eq!(found.package_links.iter().map(row).collect::<Vec<_>>(), expected);
    assert_eq!(found.package_links[0].repository_url.as_deref(), Some("https://github.com/o/left"));

    let page = folder.path().join("out/site/package/debian/no/node-left.html");
    let html = std::fs::read_to_string(page).expect("a page");
    for word in ["The same project elsewhere", "likely, 64 %", "weak, 20 %", "rule for names"] {
        assert!(html.contains(word), "{word}");
    }

    // Parameters under which everything and nothing is linked give the same scores.
    let text = std::fs::read_to_string(runs::jobs().join("parameters.toml")).expect("parameters");
    let nothing = text.replace("min_package_link_confidence = { value = 0.1", "min_package_link_confidence = { value = 1");
    assert_ne!(nothing, text);
    write(folder.path(), "parameters.toml", &nothing);
    let changed = std::fs::read_to_string(&job).expect("a job").replace(
        &runs::jobs().join("parameters.toml").to_string_lossy().into_owned(),
        &folder.path().join("parameters.toml").to_string_lossy(),
    );
    write(folder.path(), "job.toml", &changed);
    let without = published(folder.path(), &job, "other");
    assert!(without.package_links.is_empty());
    assert_eq!((without.scores, without.contributions_to_score), (found.scores, found.contributions_to_score));
}
