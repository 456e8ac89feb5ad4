//! A whole run on a registry and its advisories: what is published, who is trusted, and what is held at 0.

mod damage;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use trustgraph::snapshot::{Published, verify};

/// A dump of four packages. `safe` and `bad` are alike but for an advisory; `turned` was in wrong hands for one version.
fn dump() -> Vec<u8> {
    let names = ["bad", "safe", "turned", "user"];
    let crates: String = (1..).zip(names).map(|(id, name)| format!("{id},{name},https://github.com/o/{name}\n")).collect();
    let versions: String = (1..)
        .zip(names)
        .flat_map(|(id, _)| [(id * 10, id, "1.0.0", "2015"), (id * 10 + 1, id, "1.0.1", "2020")])
        .map(|(id, of, number, year)| format!("{id},{of},{number},{year}-01-02 00:00:00,f,{of},\n"))
        .collect();
    let tables = [
        ("crates.csv", format!("id,name,repository\n{crates}")),
        ("versions.csv", format!("id,crate_id,num,created_at,yanked,published_by,checksum\n{versions}")),
        ("dependencies.csv", "version_id,crate_id,optional,kind\n41,1,f,0\n41,2,f,0\n41,3,f,0\n".to_owned()),
        (
            "crate_owners.csv",
            "crate_id,owner_id,owner_kind,created_at\n1,1,0,2015-01-02\n2,2,0,2015-01-02\n3,3,0,\n4,4,0,\n".to_owned(),
        ),
        ("users.csv", "id,gh_login\n1,ann\n2,bob\n3,cid\n4,dan\n".to_owned()),
        ("teams.csv", "id,login\n".to_owned()),
        ("metadata.json", "{\"timestamp\":\"2026-07-01T00:00:00Z\"}".to_owned()),
    ];
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in tables {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        builder.append_data(&mut header, format!("2026/data/{name}"), text.as_bytes()).expect("appended");
    }
    builder.into_inner().and_then(GzEncoder::finish).expect("finished")
}

fn advisories(path: &Path) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("created"));
    let all = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]"#;
    for (id, name, what) in [
        ("MAL-2026-1", "bad", all),
        ("MAL-2026-2", "turned", r#""versions":["1.0.0"]"#),
        ("RUSTSEC-2026-1", "safe", r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.1"}]}]"#),
    ] {
        let package = format!(r#"{{"ecosystem":"crates.io","name":"{name}"}}"#);
        zip.start_file(format!("{id}.json"), zip::write::SimpleFileOptions::default()).expect("started");
        let text = format!(r#"{{"id":"{id}","published":"2026-01-01T00:00:00Z","affected":[{{"package":{package},{what}}}]}}"#);
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished");
}

#[test]
fn a_registry_and_its_advisories() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("dump.tar.gz"), dump()).expect("written");
    advisories(Path::new(&path("all.zip")));
    let jobs = runs::jobs();
    let job = format!(
        "title = \"A registry\"\nparameters = {:?}\ndecisions = {:?}\n\n[sources.crates_io]\npath = \"dump.tar.gz\"\nmax_reject_share = 0\n\n\
         [sources.osv]\npaths = [\"all.zip\"]\nmax_reject_share = 0\n",
        jobs.join("parameters.toml"),
        jobs.join("decisions")
    );
    std::fs::write(path("registry.toml"), job).expect("written");
    runs::run(&["run", &path("registry.toml"), "--offline", "--out", &path("out")]).expect(0, &[]);
    let snapshot = folder.path().join("out/snapshots/2026-07-01");
    assert_eq!(verify(&snapshot, None).expect("a snapshot").problems, Vec::<String>::new());
    let published = Published::read(&snapshot).expect("a snapshot");
    let score = |name: &str, metric: &str| {
        let id = format!("pkg:cargo/{name}");
        published.scores.iter().find(|row| row.node_id == id && row.metric == metric).and_then(|row| row.value)
    };
    assert_eq!(score("bad", "trust"), Some(0.0));
    assert!(score("safe", "trust") > Some(0.1) && score("turned", "trust") > Some(0.1), "a version is not the package");
    let status: Vec<_> = published.packages.iter().map(|row| (row.name.as_str(), row.status.as_deref())).collect();
    assert_eq!(status, [("bad", Some("malicious")), ("safe", None), ("turned", None), ("user", None)]);
    let row = &published.packages[1];
    assert_eq!(
        (row.first_seen.to_string(), row.source_repository_url.as_deref()),
        ("2015-01-02".into(), Some("https://github.com/o/safe"))
    );
    let affected: Vec<_> =
        published.advisories.iter().map(|row| (row.kind.as_ref(), row.is_newest_affected, row.versions.as_deref())).collect();
    let expected = [
        ("malicious", Some(true), None),
        ("vulnerability", Some(false), Some("1.0.0")),
        ("malicious", Some(false), Some("1.0.0")),
    ];
    assert_eq!(affected, expected);
    assert_eq!(published.publishes.len(), 8);
    let handles: Vec<_> = published.persons.iter().filter_map(|row| row.handle.as_deref()).collect();
    assert_eq!(handles.len(), 4, "logins are public");
    assert!(published.publishes.iter().all(|row| row.publisher_id.is_some()));
    assert!(
        published.maintainers.iter().any(|row| row.since.is_some())
            && published.maintainers.iter().any(|row| row.since.is_none())
    );
    let damaged = damage::is_withstood(&published, "user");
    assert!(damaged.contains(&"advisories") && damaged.contains(&"publishes"), "{damaged:?}");
    let archive = published.contributions_to_score.iter().filter(|row| format!("{row:?}").contains("archive"));
    assert_eq!(archive.count(), 0, "anyone may publish in an open registry");
}

#[test]
fn a_spent_budget_has_an_exit_code_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let jobs = runs::jobs();
    let job = format!(
        "title = \"A registry\"\nparameters = {:?}\ndecisions = {:?}\n\n[sources.crates_io]\nmax_reject_share = 0\n",
        jobs.join("parameters.toml"),
        jobs.join("decisions")
    );
    std::fs::write(path("registry.toml"), job).expect("written");
    let arguments = |budget: &'static str| {
        vec![
            "fetch".to_owned(),
            path("registry.toml"),
            "--base".into(),
            "crates_io=http://127.0.0.1:9".into(),
            "--cache".into(),
            path("cache"),
            "--budget".into(),
            budget.into(),
        ]
    };
    runs::run(&arguments("requests=0"))
        .expect(3, &["the budget is spent (0 requests; 1 of 1 documents are still missing)", "run the same command again"]);
    runs::run(&arguments("pages=1")).expect(2, &["known: requests, bytes, minutes"]);
}
