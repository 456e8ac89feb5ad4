//! `trustgraph check` against a snapshot on a web server: a few pieces, checked and kept; a server that lies, stalls, breaks off or points
//! elsewhere ends with exit code 2, and nothing is judged.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
mod small_snapshot;
mod snapshot_server;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use runs::Said;
use small_snapshot::{SmallSnapshot, npm_lock};
use snapshot_server::{Behavior, Loopback, with_made_lookup};
use tempfile::TempDir;

fn check(url: &str, folder: &Path) -> Said {
    std::fs::write(folder.join("package-lock.json"), npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6"), ("old", "1.0.0")]))
        .expect("a file");
    let mut command = runs::command(&[
        "check",
        "package-lock.json",
        "--today",
        "2026-01-31",
        "--patience",
        "1",
        "--cache",
        "cache",
        "--snapshot",
        url,
    ]);
    Said::of(command.current_dir(folder).output().expect("the program starts"))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A small snapshot with its look-up.
fn with_lookup() -> SmallSnapshot {
    let small = SmallSnapshot::whole();
    small.add_lookup("2026-01-31");
    small
}

#[test]
fn a_few_pieces_are_fetched_once() {
    let (small, here) = (with_lookup(), folder());
    let server = Loopback::start(small.path().to_path_buf(), "", Behavior::Honest);
    let said = check(&server.url, here.path()).expect(1, &[]);
    assert_eq!(server.asked(), ["SHA256SUMS", "manifest.json", "lookup.json", "lookup.jsonl.gz"]);
    let local = check(small.path().to_str().expect("text"), here.path()).expect(1, &[]);
    assert_eq!(said.out, local.out, "a look-up and tables say the same");
    assert_eq!(check(&format!("{}/", server.url), here.path()).expect(1, &[]).out, local.out);
    assert_eq!(server.asked(), ["SHA256SUMS"], "what did not change is kept");
    // What is kept is not believed either.
    for folder in ["cache/pieces", "cache/snapshots"] {
        for entry in std::fs::read_dir(here.path().join(folder)).expect("a folder") {
            for file in std::fs::read_dir(entry.expect("an entry").path()).expect("a folder") {
                std::fs::write(file.expect("an entry").path(), "changed").expect("written");
            }
        }
    }
    assert_eq!(check(&server.url, here.path()).expect(1, &[]).out, local.out);
    assert_eq!(server.asked().len(), 4, "what was changed here is fetched anew");
}

#[test]
fn the_sample_is_judged_alike_from_near_and_far() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/sample");
    let published = trustgraph::snapshot::Published::read(&sample).expect("the sample");
    let component = |purl: &str| format!("{{\"type\": \"library\", \"purl\": \"{}\"}}", purl.replace("?arch", "@1.0?arch"));
    let sources = published.packages.iter().map(|row| component(&row.purl));
    let binaries = published.binaries.iter().map(|row| component(&format!("pkg:deb/debian/{}", row.binary_name)));
    let components: Vec<String> = sources.chain(binaries).collect();
    let here = folder();
    let document =
        format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{}]}}", components.join(",\n"));
    std::fs::write(here.path().join("bom.json"), document).expect("a file");
    std::fs::write(
        here.path().join("trustgraph.toml"),
        "[thresholds.debian]\ntrust = 0.5\neffective_maintainers = 2\ncontrol = 0.3\n",
    )
    .expect("a policy");
    let server = Loopback::start(sample.clone(), "", Behavior::Honest);
    let judged = |snapshot: &str| {
        let arguments =
            ["check", "bom.json", "--today", "2026-01-31", "--cache", "cache", "--format", "json", "--snapshot", snapshot];
        Said::of(runs::command(&arguments).current_dir(here.path()).output().expect("the program starts"))
    };
    let near = judged(sample.to_str().expect("text"));
    assert!(near.out.len() > 100_000, "{} packages are judged", components.len());
    let far = judged(&server.url);
    assert!(near.code != Some(2) && (near.code, &near.out) == (far.code, &far.out), "a look-up and tables say the same");
    let whole: u64 = published.manifest.tables.iter().map(|table| table.size_bytes).sum();
    let sent = server.sent.load(Ordering::Relaxed) as u64;
    assert!(sent < whole, "{sent} bytes for all packages, the tables have {whole}");
}

#[test]
fn a_bad_server_of_pieces_ends_with_two() {
    let elsewhere = with_lookup();
    let other = Loopback::start(elsewhere.path().to_path_buf(), "", Behavior::Honest);
    let (index, data) = ("lookup.json", "lookup.jsonl.gz");
    let read = |small: &SmallSnapshot, name: &str| std::fs::read(small.file(name)).expect("a file");
    let empty = SmallSnapshot::base();
    empty.seal();
    empty.add_lookup("2026-01-30");
    for (file, behavior, words) in [
        (index, Behavior::Lies, "lookup.json does not have the digest in SHA256SUMS"),
        (index, Behavior::Stalls, "lookup.json"),
        (index, Behavior::HasNone, "SHA256SUMS lists lookup.json, but the server has none"),
        (index, Behavior::Serves(read(&empty, index)), "lookup.json does not have the digest in SHA256SUMS"),
        (data, Behavior::Lies, "do not have the digest of the index; the server lies, or serves another snapshot"),
        (data, Behavior::BreaksOff, "bytes came"),
        (data, Behavior::Stalls, "lookup.jsonl.gz"),
        (data, Behavior::HasNone, "lookup.jsonl.gz stands in SHA256SUMS but not on the server"),
        (data, Behavior::Points(format!("{}/{data}", other.url)), "redirect to another host"),
        (data, Behavior::Serves(read(&empty, data)), "lookup.jsonl.gz"),
        (data, Behavior::Serves(vec![0; 1 << 20]), "do not have the digest of the index"),
    ] {
        let (small, here) = (with_lookup(), folder());
        let server = Loopback::start(small.path().to_path_buf(), file, behavior);
        let said = check(&server.url, here.path()).expect(2, &[words, "nothing was judged"]);
        assert_eq!(said.out, "");
        let kept = std::fs::read_dir(here.path().join("cache/pieces")).map_or(0, Iterator::count);
        assert_eq!(kept, 0, "what was wrong is not kept");
    }
    assert!(other.asked().is_empty(), "nobody was led elsewhere");
    let (lying, here) = (SmallSnapshot::whole(), folder());
    lying.add_lookup("2026-01-30");
    let server = Loopback::start(lying.path().to_path_buf(), "", Behavior::Honest);
    check(&server.url, here.path()).expect(2, &["lookup.json: belongs to the snapshot 2026-01-30, not to 2026-01-31"]);
    let small = with_lookup();
    let server = Loopback::start(small.path().to_path_buf(), data, Behavior::KnowsNoRanges);
    check(&server.url, folder().path()).expect(1, &["the server sends whole files only"]);
}

#[test]
fn whole_tables_are_fetched_where_there_is_no_look_up() {
    let (small, here) = (SmallSnapshot::whole(), folder());
    let server = Loopback::start(small.path().to_path_buf(), "", Behavior::Honest);
    let said = check(&server.url, here.path()).expect(1, &[]);
    assert!(said.out.contains("malicious"), "{said:#?}");
    assert_eq!(server.asked().len(), 9, "manifest, sums and seven tables");
    check(&format!("{}/", server.url), here.path()).expect(1, &[]);
    assert_eq!(server.asked(), ["SHA256SUMS"], "tables are kept");
}

#[test]
fn a_bad_server_ends_with_two() {
    let elsewhere = SmallSnapshot::whole();
    let other = Loopback::start(elsewhere.path().to_path_buf(), "", Behavior::Honest);
    let asked = AtomicUsize::new(0);
    for (file, behavior, words) in [
        ("scores.parquet", Behavior::Lies, "does not have the digest"),
        ("scores.parquet", Behavior::BreaksOff, "scores.parquet"),
        ("scores.parquet", Behavior::Stalls, "scores.parquet"),
        ("scores.parquet", Behavior::HasNone, "stands in manifest.json but not on the server"),
        ("scores.parquet", Behavior::Points(format!("{}/scores.parquet", other.url)), "redirect to another host"),
        ("manifest.json", Behavior::Lies, "does not have the digest in SHA256SUMS"),
        ("manifest.json", Behavior::Stalls, "manifest.json"),
        ("manifest.json", Behavior::HasNone, "give the address of a snapshot's folder"),
        ("manifest.json", Behavior::Points(format!("{}/manifest.json", other.url)), "redirect to another host"),
        ("SHA256SUMS", Behavior::HasNone, "has no SHA256SUMS"),
    ] {
        let (small, here) = (SmallSnapshot::whole(), folder());
        let server = Loopback::start(small.path().to_path_buf(), file, behavior);
        let said = check(&server.url, here.path()).expect(2, &[words, "nothing was judged"]);
        assert_eq!(said.out, "");
        asked.fetch_add(server.asked().len(), Ordering::Relaxed);
    }
    assert!(asked.into_inner() > 10, "the servers were asked");
    assert!(other.asked().is_empty(), "nobody was led elsewhere");
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let (small, here) = (SmallSnapshot::whole(), folder());
    std::fs::copy(small.file("scores.parquet"), small.file("moved.parquet")).expect("copied");
    let server = Loopback::start(small.path().to_path_buf(), "scores.parquet", Behavior::Points("moved.parquet".into()));
    check(&server.url, here.path()).expect(1, &[]);
}

#[test]
fn a_look_up_that_says_other_than_the_tables_does_not_hold() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/sample");
    let verify = |without: &str| {
        let copy = with_made_lookup(&sample, without);
        runs::run(&["verify", copy.path().to_str().expect("text")])
    };
    verify("").expect(0, &[]);
    let said = verify("advisories").expect(1, &[]);
    assert!(said.out.contains("problem: lookup.jsonl.gz: its rows are not those of the tables"), "{said:#?}");
}
