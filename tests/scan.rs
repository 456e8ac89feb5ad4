//! `trustgraph scan` on a project whose registries are loopback servers in their real formats.

mod registry_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use registry_server::Server;
use runs::{Said, run, snapshots};
use serde_json::{Value, json};

fn documents(_: &str) -> BTreeMap<String, Value> {
    let packument = |name: &str, maintainers: Value| {
        json!({
            "name": name, "dist-tags": {"latest": "1.0.0"}, "maintainers": maintainers,
            "time": {"1.0.0": "2022-01-01T00:00:00.000Z"},
            "versions": {"1.0.0": {"repository": "owner/one", "_npmUser": {"name": "ann"}, "dependencies": {}}}
        })
    };
    let simple = json!({
        "meta": {"api-version": "1.4"}, "name": "three",
        "files": [{"filename": "three-1.0.zip", "hashes": {}, "yanked": true, "upload-time": "2020-01-01T00:00:00Z"}]
    });
    BTreeMap::from([
        ("/npm/one".to_owned(), packument("one", json!([{"name": "ann"}, {"name": "bob"}]))),
        ("/npm/@s%2ftwo".to_owned(), packument("@s/two", json!([]))),
        ("/simple/three/".to_owned(), simple),
    ])
}

/// A project with three lockfiles, one of them cut off, and a folder that leads back to itself.
fn project(folder: &Path) -> PathBuf {
    let project = folder.join("mine");
    std::fs::create_dir_all(project.join("web")).expect("made");
    let package = |version: &str| json!({"version": version});
    let lock = json!({"lockfileVersion": 3, "packages": {
        "": {"dependencies": {"one": "^1"}}, "node_modules/one": package("1.0.0"), "node_modules/@s/two": package("1.0.0"),
        "node_modules/gone": package("1.0.0")
    }});
    std::fs::write(project.join("web/package-lock.json"), lock.to_string()).expect("written");
    std::fs::write(project.join("requirements.txt"), "three==1.0\n").expect("written");
    std::fs::write(project.join("poetry.lock"), "[[package]]\nname = \"cut").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&project, project.join("loop")).expect("linked");
    project
}

fn scan(folder: &Path, server: &Server, more: &[&str]) -> Said {
    let (project, cache, out) = (project_path(folder), folder.join("cache"), folder.join("out"));
    let bases = [format!("npm={}/npm", server.address), format!("pypi={}/simple", server.address)];
    let paths = [project, cache, out].map(|path| path.to_string_lossy().into_owned());
    let mut arguments = vec!["scan", &*paths[0], "--cache", &*paths[1], "--out", &*paths[2]];
    arguments.extend(["--base", &*bases[0], "--base", &*bases[1]]);
    arguments.extend(more);
    run(&arguments)
}

fn project_path(folder: &Path) -> PathBuf {
    folder.join("mine")
}

#[test]
fn who_is_behind_a_project() {
    let server = Server::start(documents);
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    let said = scan(folder.path(), &server, &["--format", "json"]).expect(1, &[]);
    let first: usize = server.take().iter().map(|(_, _, length)| length).sum();
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    let rows = report["dependencies"].as_array().expect("a list");
    let of = |purl: &str| rows.iter().find(|row| row["purl"] == purl).expect("a row");
    let one = of("pkg:npm/one");
    let names: Vec<&str> = one["maintainers"].as_array().expect("a list").iter().filter_map(|who| who["name"].as_str()).collect();
    assert_eq!((one["is_known"].as_bool(), one["is_direct"].as_bool()), (Some(true), Some(true)), "{one}");
    assert!(names.contains(&"ann") && names.contains(&"bob"), "{names:?}");
    assert_eq!((&one["evidence_level"], &one["repository_url"]), (&json!(0), &json!("https://github.com/owner/one")));
    assert_eq!(rows[0]["purl"], "pkg:npm/one", "what is known comes first");
    for (purl, word) in [
        ("pkg:npm/%40s/two", "does not say who may publish"),
        ("pkg:npm/gone", "does not list it"),
        ("pkg:pypi/three", "names no repository"),
    ] {
        let row = of(purl);
        assert_eq!(row["is_known"], false, "{row}");
        assert!(row["unknown"].to_string().contains(word), "{row}");
    }
    assert_eq!(of("pkg:pypi/three")["findings"][0]["signal"], "yanked");
    assert_eq!(report["skips"]["symbolic link, not followed"], 1);
    assert!(report["files"].to_string().contains("poetry.lock: line"), "{}", report["files"]);

    let page = std::fs::read_to_string(folder.path().join("out/site/index.html")).expect("a page");
    for word in ["Who is behind mine", "@s/two", "does not list it", "could not be read"] {
        assert!(page.contains(word), "`{word}` is missing");
    }
    let (before, _) = page.split_once("does not list it").expect("the reason");
    let number = before.rsplit("reason-").next().and_then(|rest| rest.split('>').next()).expect("its place");
    let row = page.split("<tr").find(|row| row.contains(">gone")).expect("a row");
    assert!(row.contains(&format!("href=#reason-{number}")), "the row points to its reason: {row}");
    assert_eq!(snapshots(&folder.path().join("out")).len(), 1);

    let again = scan(folder.path(), &server, &["--format", "json"]).expect(1, &[]);
    let second: usize = server.take().iter().map(|(_, _, length)| length).sum();
    assert_eq!(again.out, said.out);
    assert!(second * 50 < first, "a second scan brings {second} bytes of {first}");
    let offline = scan(folder.path(), &server, &["--format", "json", "--offline"]).expect(1, &[]);
    assert_eq!(offline.out, said.out);
    reproduce(folder.path(), &server);
    assert!(server.take().is_empty(), "offline asks nobody");
}

/// Takes the document that holds `text` out of the cache.
fn forget(cache: &Path, text: &str) {
    let mut open = vec![cache.to_path_buf()];
    let mut gone = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if std::fs::read_to_string(&path).is_ok_and(|body| body.contains(text)) {
                std::fs::remove_file(&path).expect("removed");
                gone += 1;
            }
        }
    }
    assert_eq!(gone, 1, "{text}");
}

#[test]
fn one_document_that_is_not_there_makes_one_package_unknown() {
    let server = Server::start(documents);
    let folder = tempfile::tempdir().expect("a folder");
    let project = project(folder.path());
    std::fs::remove_file(project.join("poetry.lock")).expect("removed");
    let read = |said: Said| -> Value { serde_json::from_str(&said.out).expect("JSON") };
    let whole = read(scan(folder.path(), &server, &["--format", "json"]).expect(0, &[]));
    server.take();
    forget(&folder.path().join("cache"), "\"name\":\"@s/two\"");
    let part =
        read(scan(folder.path(), &server, &["--format", "json", "--offline"]).expect(1, &["1 packages are not in the cache"]));
    assert!(server.take().is_empty(), "offline asks nobody");
    let of = |report: &Value, purl: &str| {
        let rows = report["dependencies"].as_array().expect("a list");
        rows.iter().find(|row| row["purl"] == purl).expect("a row").clone()
    };
    for purl in ["pkg:npm/one", "pkg:npm/gone", "pkg:pypi/three"] {
        assert_eq!(of(&whole, purl), of(&part, purl));
    }
    assert_eq!(of(&whole, "pkg:npm/%40s/two")["evidence_level"], 0);
    let two = of(&part, "pkg:npm/%40s/two");
    assert!(two["evidence_level"].is_null() && two["unknown"].to_string().contains("not in the cache"), "{two}");
    let failures = part["failures"].as_object().expect("an object");
    assert_eq!(failures.keys().collect::<Vec<_>>(), ["pkg:npm/%40s/two"]);
    let text = scan(folder.path(), &server, &["--offline"]).expect(1, &[]).out;
    assert!(text.contains("1 packages: its documents are not in the cache"), "{text}");

    forget(&folder.path().join("cache"), "\"name\":\"three\"");
    let less = read(scan(folder.path(), &server, &["--format", "json", "--offline"]).expect(1, &[]));
    let three = of(&less, "pkg:pypi/three")["unknown"].to_string();
    assert!(three.contains("nothing could be read: pypi: ") && three.contains("is not in the cache"), "none is left: {three}");
    assert_eq!(of(&whole, "pkg:npm/one"), of(&less, "pkg:npm/one"));
}

/// The snapshot of a scan is made anew from the cache; another project is told.
fn reproduce(folder: &Path, server: &Server) {
    let snapshot = snapshots(&folder.join("out")).remove(0).display().to_string();
    let [project, cache, again] = ["mine", "cache", "again"].map(|name| folder.join(name).display().to_string());
    let [npm, pypi] = [format!("npm={}/npm", server.address), format!("pypi={}/simple", server.address)];
    let arguments =
        ["reproduce", &snapshot, "--project", &project, "--cache", &cache, "--out", &again, "--base", &npm, "--base", &pypi];
    run(&arguments[..8]).expect(1, &["nothing of what the scan asked for is in the cache"]);
    let said = run(&arguments).expect(0, &[]);
    assert!(said.out.ends_with("every byte is the same\n"), "{said:#?}");
    std::fs::write(folder.join("mine/requirements.txt"), "").expect("written");
    let said = run(&arguments).expect(1, &[]);
    assert!(said.out.contains("other job, parameters and decisions: was "), "{said:#?}");
    run(&["reproduce", &snapshot, "jobs/scan.toml", "--cache", &cache]).expect(2, &["is of a scan", "--project"]);
}

#[test]
fn what_cannot_be_asked_is_unknown() {
    let server = Server::start(documents);
    let folder = tempfile::tempdir().expect("a folder");
    let project = project(folder.path());
    std::fs::remove_file(project.join("poetry.lock")).expect("removed");
    let said = scan(folder.path(), &server, &["--offline"]).expect(1, &["is not in the cache"]);
    assert!(said.out.contains("nothing could be read: npm: ") && said.out.contains("nothing was published"), "{said:?}");
    assert!(!folder.path().join("out/site").exists());

    scan(folder.path(), &server, &[]).expect(0, &[]);
}

#[test]
fn nothing_to_scan_is_wrong_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    run(&["scan", &path]).expect(2, &["no lockfile"]);
    run(&["scan", &format!("{path}/nowhere")]).expect(2, &["is no folder"]);
    std::fs::write(folder.path().join("go.mod"), "module m\nrequire example.org/x v1.0.0\n").expect("written");
    let out = folder.path().join("out").to_string_lossy().into_owned();
    let said = run(&["scan", &path, "--out", &out]).expect(0, &[]);
    assert!(said.out.contains("registries of golang packages are not read yet"), "{said:?}");
}
