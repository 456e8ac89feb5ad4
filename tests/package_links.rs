//! A distribution and two registries in one run: the same project is linked, published and shown, and no score is moved by it.

mod damage;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runs::{run, snapshots};
use serde_json::{Value, json};
use trustgraph::ids::{Ecosystem, Purl, RepositoryUrl};
use trustgraph::job::Job;
use trustgraph::links::package_links;
use trustgraph::snapshot::{Published, verify};
use trustgraph::sources::{self, FetchContext};
use trustgraph::tables::{LinkRelation, Package, RepositoryLink, Suite, Tables, TablesBuilder};
use trustgraph::units::Day;

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
        (row.purl.to_string(), row.other_purl.to_string(), row.evidence.to_string(), (row.confidence * 100.0).round() as i64)
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

    let damaged = damage::is_withstood(&found, "left");
    assert!(damaged.contains(&"package_links") && damaged.contains(&"publishes"), "{damaged:?}");

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

/// All source packages of a real distribution; `None` where its indices are absent.
fn distribution() -> Option<(Job, Tables)> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let folder = shared.join("debian");
    let mut job = Job::read(&runs::jobs().join("debian.toml")).expect("a job");
    job.sources.debian.as_mut().expect("a source").suites.retain(|suite| suite.name == "trixie");
    let context = FetchContext {
        cache: folder.clone(),
        is_offline: true,
        job_folder: job.folder.clone(),
        inputs: [("debian".to_owned(), folder.clone())].into(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    let raw = folder.is_dir().then(|| sources::fetch(&job, &context).expect("indices"))?;
    let tables = sources::read(&job, &raw, None).expect("good indices");
    Some((job, tables))
}

#[test]
fn rules_for_names_on_a_whole_distribution() {
    let Some((job, tables)) = distribution() else {
        runs::skip("no Debian indices in $TRUSTGRAPH_SHARED_DATA or ../shared/data");
        return;
    };
    assert!(tables.built_uses.len() > 5_000, "{} rows", tables.built_uses.len());
    assert!(package_links(&tables, &job.parameters.links).is_empty(), "one registry has nothing to be linked to");
    let registered = [
        (Ecosystem::Cargo, "serde_json", Some("https://github.com/serde-rs/json")),
        (Ecosystem::Cargo, "libc", Some("https://github.com/rust-lang/libc")),
        (Ecosystem::Cargo, "md-5", None),
        (Ecosystem::Npm, "lodash", Some("https://github.com/lodash/lodash")),
        (Ecosystem::Npm, "xz-for-free", Some("https://github.com/rust-lang/libc")),
        (Ecosystem::Pypi, "numpy", Some("https://github.com/numpy/numpy")),
        (Ecosystem::Pypi, "attrs", None),
        (Ecosystem::Pypi, "PyYAML", Some("https://github.com/yaml/pyyaml")),
    ];
    let mut builder = TablesBuilder::resume(tables);
    for (ecosystem, name, repository) in registered {
        let suite = builder.suite(Suite { ecosystem, as_of: Day(20_000), name: ecosystem.name().into() });
        let package = builder.package(Package {
            purl: Purl::new(ecosystem, name).expect("a purl"),
            ecosystem,
            name: name.into(),
            facts_as_of: Day(20_000),
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        let Some(url) = repository else { continue };
        let repository = builder.repository(RepositoryUrl::parse(url).expect("a URL"));
        let (relation, directory, branch, evidence_level) = (LinkRelation::Source, None, None, 0);
        builder.rows.repository_links.push(RepositoryLink {
            package,
            suite,
            repository,
            relation,
            directory,
            branch,
            evidence_level,
        });
    }
    let tables = builder.finish();
    let name = |id: trustgraph::ids::PackageId| tables.packages[id.row()].name.as_str();
    let links = package_links(&tables, &job.parameters.links);
    let of_distribution = links.iter().filter(|link| tables.packages[link.package.row()].ecosystem == Ecosystem::Debian);
    let found: BTreeMap<(&str, &str), String> = of_distribution
        .map(|link| ((name(link.other), name(link.package)), link.evidence.words().collect::<Vec<_>>().join(" ")))
        .collect();
    let expected = [
        (("PyYAML", "pyyaml"), "claimed_repository"),
        (("attrs", "python-attrs"), "name"),
        (("libc", "rust-libc"), "claimed_repository name built_using"),
        (("lodash", "node-lodash"), "name"),
        (("lodash", "python-xstatic-lodash"), "claimed_repository"),
        (("md-5", "rust-md-5"), "name built_using"),
        (("numpy", "numpy"), "name"),
        (("serde_json", "rust-serde-json"), "claimed_repository name built_using"),
        (("xz-for-free", "rust-libc"), "claimed_repository"),
    ];
    assert_eq!(found, expected.map(|(pair, words)| (pair, words.to_owned())).into());
    let strangers = links.iter().filter(|link| name(link.package) == "xz-for-free" || name(link.other) == "xz-for-free");
    assert!(strangers.map(|link| link.confidence).all(|confidence| confidence < job.parameters.links.likely_package_link.value));
}
