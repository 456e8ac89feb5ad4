//! Projects as folders → what a report says when nothing could be asked; `tests/scan.rs` asks a registry.

use std::collections::BTreeMap;

use super::*;

const CARGO: &str = r#"
version = 4
[[package]]
name = "own"
version = "0.1.0"
dependencies = ["asked"]
[[package]]
name = "asked"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "needed"
version = "2.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "forked"
version = "3.0.0"
source = "git+https://example.org/forked#0123"
"#;

fn project(files: &[(&str, &str)]) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs_err::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs_err::write(path, text).expect("written");
    }
    Project::read(folder.path(), "mine").expect("listed")
}

#[test]
fn each_package_once_with_all_its_files() {
    let project =
        project(&[("Cargo.lock", CARGO), ("sub/Cargo.lock", CARGO), ("package-lock.json", "{\"lockfileVersion\": 3, ")]);
    let names: Vec<_> = project.locked.iter().map(|locked| (locked.name(), locked.is_direct, locked.files.len())).collect();
    let wanted = [("asked", Some(true), 2), ("forked", Some(false), 2), ("needed", Some(false), 2)];
    assert_eq!(names, wanted.map(|(name, is_direct, count)| (name.to_owned(), is_direct, count)));
    assert_eq!(project.of_registry("cargo").count(), 2);
    assert_eq!(project.skips["entry: part of the project itself"], 2);
    let broken: Vec<_> = project.files.iter().filter(|file| file.error.is_some()).collect();
    assert_eq!(broken.len(), 1);
    let error = broken[0].error.as_deref().unwrap_or_default();
    assert!(error.starts_with("package-lock.json: line 1"), "{error}");
}

#[test]
fn nothing_asked_is_nothing_known() {
    let project = project(&[
        ("Cargo.lock", CARGO),
        ("requirements.txt", "three\n"),
        ("go.mod", "module m\nrequire example.org/x v1.0.0\n"),
    ]);
    let failures = BTreeMap::from([("cargo".to_owned(), "crates_io: is not in the cache".to_owned())]);
    let report = Report::new(&project, None, failures);
    assert!(!report.is_complete());
    assert_eq!(report.known().count(), 0);
    let order: Vec<&str> = report.unknown().map(|one| one.name.as_str()).collect();
    assert_eq!(order[0], "asked", "what the project asks for comes first: {order:?}");
    let reasons: BTreeMap<&str, usize> = report.reasons().into_iter().collect();
    assert_eq!(reasons["nothing could be read: crates_io: is not in the cache"], 2);
    assert_eq!(reasons["comes from a git repository, not from a registry"], 1);
    assert_eq!(reasons["registries of golang packages are not read yet"], 1);
    assert_eq!(reasons["the registry configured here does not list it"], 1);
    let text = report.to_string();
    assert!(text.contains("too little is known") && text.contains("not pinned"), "{text}");
    assert!(report.dependencies.iter().all(|one| one.trust.is_none()), "missing is not zero");
}
