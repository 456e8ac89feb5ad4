//! `trustgraph check` on lockfiles and bills of materials as no honest tool writes them: exit code 2, the file and the reason, and nothing
//! half-judged as passed.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod small_snapshot;

use std::path::Path;
use std::time::{Duration, Instant};

use runs::Said;
use small_snapshot::{SmallSnapshot, npm_lock};

/// Whole documents of every format that shows its end.
const DOCUMENTS: [(&str, &str); 9] = [
    (
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://example.org/index\"\n",
    ),
    (
        "uv.lock",
        "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://example.org/simple\" }\n",
    ),
    ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n\n[metadata]\nlock-version = \"2.1\"\n"),
    ("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\"}}}"),
    ("pnpm-lock.yaml", "{lockfileVersion: '9.0', packages: {\"a@1.0.0\": {resolution: {integrity: sha512-x}}}}"),
    (
        "pom.xml",
        "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency></dependencies></project>",
    ),
    ("bom.json", "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{\"purl\": \"pkg:npm/a@1\"}]}"),
    (
        "bom.xml",
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components><component type=\"library\"><name>a</name><purl>pkg:npm/a@1</purl></component></components></bom>",
    ),
    (
        "sbom.spdx.json",
        "{\"spdxVersion\": \"SPDX-2.3\", \"packages\": [{\"name\": \"a\", \"versionInfo\": \"1\", \"externalRefs\": [{\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:npm/a@1\"}]}]}",
    ),
];

fn check(folder: &Path, snapshot: &Path, file: &str) -> Said {
    let mut command = runs::command(&["check", file, "--today", "2026-01-31", "--snapshot"]);
    Said::of(command.arg(snapshot).current_dir(folder).output().expect("the program starts"))
}

#[test]
fn a_file_that_breaks_off_is_an_error() {
    let (small, here) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    for (name, text) in DOCUMENTS {
        let write = |bytes: &[u8]| std::fs::write(here.path().join(name), bytes).expect("a file");
        write(text.as_bytes());
        let whole = check(here.path(), small.path(), name);
        assert!(whole.code == Some(0) && !whole.out.contains("could not be read, 1"), "{name} whole: {whole:#?}");
        // In the middle of the first package's own text.
        let cut = text
            .find("a\"")
            .or_else(|| text.find("<artifactId>"))
            .or_else(|| text.find("<name>"))
            .or_else(|| text.find("a@"))
            .expect("a package");
        write(&text.as_bytes()[..cut]);
        let said = check(here.path(), small.path(), name).expect(2, &[]);
        assert!(said.out.contains(&format!("error: read: {name}: ")) && said.out.contains("1 could not be read"), "{said:#?}");
        write(&[text.as_bytes(), b"\xff\xfe"].concat());
        check(here.path(), small.path(), name).expect(2, &[]);
    }
}

#[test]
fn a_file_of_which_nothing_can_be_judged_does_not_pass() {
    let (small, here) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    let lock = |version: &str| {
        format!(
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"registry+https://example.org/index\"\n"
        )
    };
    let check_text = |text: &str| {
        std::fs::write(here.path().join("Cargo.lock"), text).expect("a file");
        check(here.path(), small.path(), "Cargo.lock")
    };
    let said = check_text(&lock("1\\u0007")).expect(2, &[]);
    assert!(said.out.contains("nothing in it could be judged: 1 entry") && said.out.contains("1 could not be read"), "{said:#?}");
    let one_of_two = format!("{}{}", lock("1\\u0007"), lock("1.0.0").split_once('\n').expect("lines").1);
    assert!(!check_text(&one_of_two).out.contains("nothing in it could be judged"));
    assert_eq!(check_text("version = 4\n").code, Some(0), "a file without entries has nothing to judge");
}

#[test]
fn enormous_and_deep_files_are_errors_soon() {
    let (small, here) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    let deep = "[{\"components\":".repeat(50_000);
    for (name, text) in [
        ("bom.json", format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{deep}")),
        ("pnpm-lock.yaml", format!("lockfileVersion: 9\na: {}", "[".repeat(100_000))),
        ("uv.lock", format!("x = {}", "[".repeat(100_000))),
        ("pom.xml", "<project>".repeat(100_000)),
    ] {
        std::fs::write(here.path().join(name), text).expect("a file");
        let began = Instant::now();
        let said = check(here.path(), small.path(), name).expect(2, &[]);
        assert!(said.out.contains("1 could not be read"), "{said:#?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{name} took {:?}", began.elapsed());
    }
    let file = std::fs::File::create(here.path().join("Cargo.lock")).expect("a file");
    file.set_len((64 << 20) + 1).expect("a large file");
    let said = check(here.path(), small.path(), "Cargo.lock").expect(2, &[]);
    assert!(said.out.contains("larger than 64 MiB"), "{said:#?}");
}

#[test]
fn a_name_that_stands_twice_is_no_way_round() {
    let (small, here) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    let write = |name: &str, text: &str| std::fs::write(here.path().join(name), text).expect("a file");
    // The same key twice: one reader takes the first, another the last.
    write("package-lock.json", &npm_lock(&[("bad", "6.6.6"), ("bad", "1.0.0")]));
    let said = check(here.path(), small.path(), "package-lock.json").expect(2, &[]);
    assert!(said.out.contains("stands twice"), "{said:#?}");
    write("Cargo.lock", "[[package]]\nname = \"a\"\nname = \"b\"\nversion = \"1.0.0\"\n");
    check(here.path(), small.path(), "Cargo.lock").expect(2, &[]);
    // Two entries of one package are judged as one, whatever stands between them.
    let component = |version: &str| format!("{{\"type\": \"library\", \"purl\": \"pkg:npm/bad@{version}\"}}");
    let list = [component("6.6.6"), component("1.0.0"), component("6.6.6")].join(",\n");
    write("bom.json", &format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{list}]}}"));
    let said = check(here.path(), small.path(), "bom.json").expect(1, &[]);
    assert!(
        said.out.contains("pkg:npm/bad@6.6.6 every version") && said.out.contains("pkg:npm/bad@1.0.0 every version"),
        "{said:#?}"
    );
}

#[test]
fn a_private_registry_is_never_taken_for_the_public_one() {
    let (small, here) = (SmallSnapshot::whole(), tempfile::tempdir().expect("a folder"));
    let entry = |name: &str, from: &str| format!("\"node_modules/{name}\": {{\"version\": \"1.0.0\", \"resolved\": \"{from}\"}}");
    let public = ["one", "two", "three"].map(|name| entry(name, &format!("https://npm.example.org/{name}/-/{name}-1.0.0.tgz")));
    let odd = [
        entry("@s/good", "https://npm.corp.example.net/@s/good/-/good-1.0.0.tgz"),
        entry("old", "https://files.example.net/old.zip"),
        entry("blank", "file:../blank.tgz"),
    ];
    let rows = [public, odd].concat().join(",\n");
    std::fs::write(here.path().join("package-lock.json"), format!("{{\"lockfileVersion\": 3, \"packages\": {{\n{rows}\n}}}}"))
        .expect("a file");
    let said = check(here.path(), small.path(), "package-lock.json").expect(0, &[]);
    for (line, word) in [(5, "the registry npm.corp.example.net"), (6, "address"), (7, "beside the lockfile")] {
        let shown = said.out.lines().find(|shown| shown.starts_with(&format!("package-lock.json:{line}: ")));
        let shown = shown.unwrap_or_else(|| panic!("line {line} in {said:#?}"));
        assert!(shown.contains("not judged") && shown.contains(word), "{shown}");
    }
    assert!(!said.out.contains("deprecated"), "facts of the public package `old` are not this one's: {said:#?}");
}
