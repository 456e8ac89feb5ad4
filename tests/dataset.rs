//! Snapshots that follow each other: changes, gates on drift, reproduction, retention, errata, statements and signatures.

#[expect(dead_code, reason = "other tests use the rest")]
mod provenance_world;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::{Path, PathBuf};

use provenance_world::{IDENTITY, ISSUER, Plan};
use runs::{Said, World, binary, run, snapshots, source};
use serde_json::Value;
use trustgraph::snapshot::Published;

/// The sample as of its second suite and as of its third, in one folder.
struct TwoDays {
    folder: tempfile::TempDir,
}

impl TwoDays {
    fn new() -> Self {
        let two = Self { folder: tempfile::tempdir().expect("a folder") };
        for more in [&["--as-of", "2023-06-10"][..], &[]] {
            run(&[&["run", "jobs/sample.toml", "--offline", "--out", &two.out()], more].concat()).expect(0, &[]);
        }
        two
    }

    fn out(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("snapshots").join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

const OLD: &str = "2023-06-10";
const NEW: &str = "2025-08-09";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn read_json(path: &Path) -> Value {
    json(&std::fs::read_to_string(path).expect("a file"))
}

#[test]
fn a_snapshot_tells_what_changed_and_can_be_made_anew() {
    let two = TwoDays::new();
    assert_eq!(snapshots(two.folder.path()).len(), 2);
    let new = Published::read(&two.path(NEW)).expect("a snapshot");
    assert_eq!(new.manifest.previous.as_ref().expect("a previous").snapshot, OLD);
    let of = |table: &str, change: &str| new.changes.iter().filter(|row| row.table == table && row.change == change).count();
    assert!(of("packages", "changed") > 100 && of("dependencies", "added") > 10, "two years change much");
    let moved: Vec<_> = new.changes.iter().filter(|row| row.table == "scores" && row.column == "value").collect();
    let with_reason = moved.iter().filter(|row| row.reason.is_some()).count();
    assert!(moved.len() > 20 && with_reason * 10 > moved.len() * 9, "{with_reason} of {} scores have a reason", moved.len());

    let said = run(&["verify", &two.text(NEW), "--previous", &two.text(OLD)]).expect(0, &[]);
    let alone = run(&["verify", &two.text(NEW)]).expect(0, &[]);
    let checks = |said: &Said| -> u32 {
        let line = said.out.lines().nth(1).expect("a second line");
        line.split(' ').nth(3).expect("a number").parse().expect("a number")
    };
    assert!(checks(&said) > checks(&alone) + 10, "gates on drift ran: {said:#?} {alone:#?}");
    let said = run(&["verify", &two.text(OLD), "--previous", &two.text(NEW)]).expect(1, &[]);
    assert!(said.out.contains("previous: ") && said.out.contains("give an older snapshot of job sample"), "{said:#?}");
    run(&["verify", &two.text(NEW), "--previous", &two.out()]).expect(1, &[]);
    let said = run(&["diff", &two.text(OLD), &two.text(NEW), "--format", "json"]).expect(0, &[]);
    assert_eq!(json(&said.out)["changes"].as_array().expect("a list").len(), new.changes.len(), "the table holds the same");
    let said = run(&["diff", &two.text(OLD), &two.text(NEW)]).expect(0, &[]);
    assert!(said.out.contains("because ") && said.out.contains("scores: 0 added, 0 removed"), "{said:#?}");
    let said = run(&["diff", &two.text(NEW), &two.text(NEW)]).expect(0, &[]);
    assert!(said.out.ends_with("0 changes\n"), "{said:#?}");
    run(&["diff", &two.out(), &two.text(NEW)]).expect(2, &["no snapshot"]);

    let page = |name: &str| std::fs::read_to_string(two.folder.path().join("site").join(name)).expect("a page");
    let (changes, home) = (page("changes.html"), page("index.html"));
    assert!(changes.contains(&format!("From snapshot {OLD} to {NEW}")) && changes.len() < 60_000, "{} bytes", changes.len());
    assert!(changes.contains("Control of person") && changes.contains("no longer listed"), "reasons and packages are told");
    assert!(home.contains(&format!("moved since snapshot {OLD}; the furthest:")));

    let again = two.folder.path().join("again").display().to_string();
    let arguments = ["reproduce", &two.text(NEW), "jobs/sample.toml", "--offline", "--out", &again];
    let said = run(&arguments).expect(0, &[]);
    assert!(said.out.ends_with("every byte is the same\n"), "{said:#?}");
    let sums = |folder: &Path| std::fs::read_to_string(folder.join("SHA256SUMS")).expect("sums");
    assert_eq!(sums(&two.path(NEW)), sums(&Path::new(&again).join("snapshots").join(NEW)));
    let other = other_inputs(two.folder.path());
    let said = run(&[&arguments[..], &["--input", &other]].concat()).expect(1, &[]);
    for words in ["other inputs: was ", "other input debian: trixie_Packages", "differs packages.parquet: was ", "NOT the same"] {
        assert!(said.out.contains(words), "`{words}` is missing in {said:#?}");
    }
}

/// The sample with another index in place of one.
fn other_inputs(folder: &Path) -> String {
    let other = folder.join("other");
    std::fs::create_dir(&other).expect("a folder");
    for entry in std::fs::read_dir(runs::jobs().join("sample")).expect("the sample") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, other.join(from.file_name().expect("a name"))).expect("a copy");
    }
    std::fs::copy(other.join("bookworm_Packages.xz"), other.join("trixie_Packages.xz")).expect("a copy");
    format!("debian={}", other.display())
}

#[test]
fn what_stands_beside_a_snapshot_is_kept_and_believed() {
    let two = TwoDays::new();
    let statement = read_json(&two.path(&format!("{NEW}.intoto.json")));
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let inputs = statement["predicate"]["buildDefinition"]["resolvedDependencies"].as_array().expect("a list");
    assert_eq!(inputs.len(), 2 + 6, "job, previous snapshot and six indices");
    assert!(inputs.iter().all(|input| input["digest"]["sha256"].as_str().is_some_and(|hex| hex.len() == 64)));
    let listed = std::fs::read_to_string(two.path(NEW).join("SHA256SUMS")).expect("sums").lines().count();
    assert_eq!(statement["subject"].as_array().expect("a list").len(), listed + 1);

    signatures(&two, statement);

    let errata = two.folder.path().join("errata.toml");
    std::fs::write(&errata, format!("[[errata]]\nsnapshot = {OLD:?}\ntext = \"An input was cut.\"\nis_withdrawn = true\n"))
        .expect("a file");
    let said = run(&["index", &two.out(), "--errata", &errata.display().to_string()]).expect(0, &[]);
    assert!(said.out.contains("withdrawn: An input was cut."), "{said:#?}");
    let said = run(&["verify", &two.text(OLD)]).expect(1, &[]);
    assert!(said.out.contains("it is withdrawn: An input was cut."), "{said:#?}");
    run(&["run", "jobs/sample.toml", "--offline", "--out", &two.out()]).expect(1, &["exists already"]);
    run(&["run", "jobs/sample.toml", "--offline", "--replace", "--out", &two.out()]).expect(0, &[]);
    let new = Published::read(&two.path(NEW)).expect("a snapshot");
    assert!(new.manifest.previous.is_none() && new.changes.is_empty(), "nothing is compared with what was withdrawn");
    assert_eq!(read_json(&two.path("index.json"))[0]["errata"][0]["is_withdrawn"], true, "a run keeps errata");
    std::fs::write(&errata, "[[errata]]\nsnapshot = \"2001-01-01\"\ntext = \"x\"\nis_withdrawn = false\n").expect("a file");
    run(&["index", &two.out(), "--errata", &errata.display().to_string()]).expect(2, &["2001-01-01"]);

    let said = run(&["index", &two.out()]).expect(0, &[]);
    assert!(said.out.ends_with("none has had its time\n"), "{said:#?}");
    assert_eq!(snapshots_beside(&two), [NEW, &format!("{NEW}.intoto.json"), OLD, &format!("{OLD}.intoto.json")]);
}

fn snapshots_beside(two: &TwoDays) -> Vec<String> {
    let entries = std::fs::read_dir(two.folder.path().join("snapshots")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("20"));
    names.sort_by(|a, b| b.get(..4).cmp(&a.get(..4)).then(a.cmp(b)));
    names
}

/// A bundle of a keyless signer over the run's own statement.
fn signatures(two: &TwoDays, statement: Value) {
    let world = provenance_world::World::new();
    let file = |name: &str, text: String| {
        let path = two.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let root = file("root.json", world.root(None).to_string());
    let bundle = file("bundle.json", world.bundle(&Plan { statement, ..Plan::default() }).to_string());
    let signed = |snapshot: &str, more: &[&str]| -> Said {
        run(&[&["verify", &two.text(snapshot), "--bundle", &bundle, "--trusted-root", &root], more].concat())
    };
    let by_all = ["--identity", IDENTITY, "--issuer", ISSUER];
    let said = signed(NEW, &by_all).expect(0, &[]);
    assert!(said.out.contains(IDENTITY) && said.out.contains("SHA256SUMS"), "{said:#?}");
    let said = signed(NEW, &["--identity", "https://forge.example.org/another"]).expect(1, &[]);
    assert!(said.out.contains("[identity_mismatch]"), "{said:#?}");
    let said = signed(OLD, &by_all).expect(1, &[]);
    assert!(said.out.contains("[digest_mismatch]"), "{said:#?}");
    let said = run(&["verify", &two.text(NEW)]).expect(0, &[]);
    assert!(said.out.contains("nothing here says who made it"), "{said:#?}");
    run(&["verify", &two.text(NEW), "--identity", IDENTITY]).expect(2, &["--bundle"]);
}

#[test]
fn snapshots_have_their_time() {
    let two = TwoDays::new();
    let said = run(&["index", &two.out(), "--daily", "1", "--weekly", "0"]).expect(0, &[]);
    assert!(said.out.ends_with("none has had its time\n"), "each is the last of its month: {said:#?}");
    let earlier = two.path("2025-08-01");
    std::fs::create_dir(&earlier).expect("a folder");
    for entry in std::fs::read_dir(two.path(NEW)).expect("a snapshot") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, earlier.join(from.file_name().expect("a name"))).expect("a copy");
    }
    let manifest = std::fs::read_to_string(earlier.join("manifest.json")).expect("a manifest").replace(NEW, "2025-08-01");
    std::fs::write(earlier.join("manifest.json"), manifest).expect("a manifest");
    let expired = ["index", &two.out(), "--daily", "1", "--weekly", "0"];
    let said = run(&expired).expect(0, &[]);
    assert!(said.out.contains("has had its time") && said.out.ends_with("1 would be removed; --remove does it\n"), "{said:#?}");
    assert!(earlier.exists());
    let said = run(&[&expired[..], &["--remove"]].concat()).expect(0, &[]);
    assert!(said.out.ends_with("1 removed\n") && !earlier.exists(), "{said:#?}");
    assert_eq!(read_json(&two.path("index.json")).as_array().expect("a list").len(), 2);
    run(&["index", &two.text(NEW)]).expect(2, &["is no folder"]);
}

#[test]
fn a_lost_input_and_an_unreadable_past_publish_nothing() {
    let mut world = World::new();
    for (suite, day, count) in [("one", "2020-01-01", 1600), ("two", "2022-01-01", 1200)] {
        let names: Vec<String> = (0..count).map(|row| format!("p{row:05}")).collect();
        let sources: String = names.iter().map(|name| source(name, "Build-Depends: p00000\n")).collect();
        let binaries: String = names.iter().map(|name| binary(name, "p00000")).collect();
        world.add(suite, day, &sources, &binaries);
    }
    world.run(&["--as-of", "2020-06-01"]).expect(0, &[]);
    let said = world.run(&[]).expect(1, &["nothing was published", "row_drift of packages of debian: 0.25 (limit 0.2)"]);
    assert!(said.log.contains("row_drift of dependencies of debian"), "all failures at once: {said:#?}");
    assert_eq!(snapshots(&world.path("out")).len(), 1);
    std::fs::write(world.path("out/snapshots/2020-01-01/scores.parquet"), "x").expect("damaged");
    world.run(&[]).expect(1, &["the previous snapshot", "2020-01-01 cannot be read", "scores.parquet"]);
    world.run(&["--previous", "none"]).expect(0, &[]);
}

#[test]
fn a_world_without_its_sentinels_is_not_published() {
    let world = World::with("", "");
    world.write(
        "job.toml",
        format!("{}\n[checks]\nsentinels = [\"pkg:deb/debian/absent?arch=source\"]\n", world.job()).as_bytes(),
    );
    let said = Said::of(world.command(&[]).output().expect("the program starts"));
    said.expect(1, &["sentinel_is_listed of pkg:deb/debian/absent?arch=source: 0 (limit 1)"]);
    world.expect_nothing_published();
}
