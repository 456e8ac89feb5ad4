//! A large random history, held against the git program on every commit: files touched, trailers, who landed what; the same read
//! from a cache, after new commits, after damage, on one thread and on all.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::cache::Cache;
use super::super::mined::Reading;
use super::{context, git, source};
use crate::sources::git::history::History;
use crate::sources::git::open::Store;
use crate::sources::{RawFile, Source};
use crate::tables::{ReadReport, Tables, TablesBuilder, TrailerRole};

/// Paths that replace each other: files where folders were, names that differ by case, all areas.
const PATHS: [&str; 20] = [
    "a",
    "a/b",
    "a/b/c",
    "a.c",
    "A",
    "a-b",
    "b/c",
    "b",
    "Makefile",
    "src/x.c",
    "src/x.c/y",
    "src/X.c",
    "tests/t.rs",
    "vendor/v.c",
    ".github/w.yml",
    "docs/d.md",
    "lib/deep/er/and/deeper/f.py",
    "lib/deep",
    "z\u{e9}",
    "data.bin",
];

/// Draws numbers; written out so that every run makes the same history.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// `count` commits on top of `from` others, as `git fast-import` reads them.
fn stream(from: usize, count: usize) -> Vec<u8> {
    let mut draw = Draw(from as u64 + 11);
    let mut text = Vec::new();
    let at = "@";
    for number in from + 1..=from + count {
        let who = |name: usize| format!("P{name} <p{name}{at}example.org>");
        let (author, committer) = (draw.below(30), draw.below(10));
        let mut message = format!("Commit {number}\n\nSome text.\n");
        if draw.below(3) == 0 {
            message += &format!("\nSigned-off-by: {}\nReviewed-by: {}\n", who(author), who(draw.below(30)));
        } else if draw.below(3) == 0 {
            message += &format!("\nnot a trailer\nAcked-by: {}\n", who(draw.below(30)));
        }
        let time = 1_400_000_000 + number * 5000;
        writeln!(text, "commit refs/heads/main\nmark :{number}").expect("memory");
        writeln!(text, "author {} {time} +0000\ncommitter {} {time} +0000", who(author), who(committer)).expect("memory");
        writeln!(text, "data {}\n{message}", message.len()).expect("memory");
        if number > 1 {
            writeln!(text, "from :{}", number - 1).expect("memory");
            if number > 20 && draw.below(8) == 0 {
                writeln!(text, "merge :{}", number - 2 - draw.below(15)).expect("memory");
            }
        }
        for _ in 0..draw.below(5) {
            change(&mut draw, &mut text, number);
        }
    }
    text
}

fn change(draw: &mut Draw, text: &mut Vec<u8>, number: usize) {
    let path = PATHS[draw.below(PATHS.len())];
    match draw.below(10) {
        0 | 1 => writeln!(text, "D {path}"),
        2 => writeln!(text, "M 160000 {number:040x} {path}"),
        kind => {
            let mode = ["100644", "100644", "100755", "120000"][kind % 4];
            let content = draw.below(50).to_string();
            writeln!(text, "M {mode} inline {path}\ndata {}\n{content}", content.len())
        }
    }
    .expect("memory");
}

fn import(repository: &Path, marks: &Path, stream: &[u8]) {
    let marks_in = format!("--import-marks-if-exists={}", marks.display());
    let marks_out = format!("--export-marks={}", marks.display());
    let mut child = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["fast-import", "--quiet", "--force", &marks_in, &marks_out])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("a pipe").write_all(stream).expect("written");
    assert!(child.wait().expect("it ends").success());
}

/// A bare repository with this many commits; `None`, told on the way, where there is no git program.
fn generated(folder: &Path, count: usize) -> Option<()> {
    let made = Command::new("git").args(["init", "-q", "--bare", "--initial-branch=main"]).arg(folder.join("r.git")).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: there is no git program to build fixtures with");
        return None;
    }
    import(&folder.join("r.git"), &folder.join("marks"), &stream(0, count));
    Some(())
}

fn pinned(folder: &Path) -> RawFile {
    source(&["r.git"]).fetch(&context(folder)).expect("raw files").remove(0)
}

/// Reads the repository with these settings; the read report without its counts of caches does not differ either.
fn read(folder: &Path, is_parallel: bool, with_cache: bool) -> Tables {
    let raw = pinned(folder);
    let head = raw.digest.strip_prefix("git:").and_then(|hex| gix::ObjectId::from_hex(hex.as_bytes()).ok()).expect("a commit");
    let cache = with_cache.then(|| Cache::new(&folder.join("mined"), &raw.name));
    let reading = Reading { with_files: true, is_parallel, cache: cache.as_ref() };
    let history = History::read(&raw.path, head, reading, ReadReport::new("git", &raw.name)).expect("a history");
    let mut tables = TablesBuilder::default();
    history.into_tables(crate::ids::RepositoryUrl::from_published(&raw.name), None, &mut tables);
    tables.finish()
}

/// Lines of `git log --raw` by commit.
fn raw_counts(repository: &Path) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    let mut commit = String::new();
    for line in git(repository, &["log", "--raw", "--no-renames", "--format=%H"]).lines() {
        match line.strip_prefix(':') {
            Some(_) => *counts.get_mut(&commit).expect("a commit came first") += 1,
            None if !line.is_empty() => {
                commit = line[..24].to_owned();
                counts.insert(commit.clone(), 0);
            }
            None => {}
        }
    }
    counts
}

fn our_counts(tables: &Tables) -> BTreeMap<String, u32> {
    tables
        .commits
        .iter()
        .map(|commit| (crate::ordered::hex(&commit.id), commit.file_count.expect("all trees are there")))
        .collect()
}

fn text(tables: &Tables) -> String {
    let keys: Vec<&str> = tables.accounts.iter().map(|account| account.key.secret()).collect();
    format!("{tables:?}{keys:?}")
}

#[test]
fn every_commit_is_as_git_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = generated(folder.path(), 2500) else { return };
    let repository = folder.path().join("r.git");
    let tables = read(folder.path(), true, false);
    assert_eq!(our_counts(&tables), raw_counts(&repository));
    let trailers = |key: &str| git(&repository, &["log", &format!("--format=%(trailers:key={key},valueonly)")]);
    for (role, key) in TrailerRole::ALL {
        let expected = trailers(key).lines().filter(|line| !line.is_empty()).count();
        assert_eq!(tables.trailers.iter().filter(|trailer| trailer.role == role).count(), expected, "{key}");
    }
    assert!(tables.trailers.len() > 1000);
    let chain = git(&repository, &["rev-list", "--count", "--first-parent", "HEAD"]);
    let landed_alone = tables.commits.iter().filter(|commit| commit.landed == Some(commit.committed)).count();
    assert!(
        landed_alone >= chain.trim().parse().expect("a number") && tables.commits.iter().all(|commit| commit.lander.is_some())
    );
    let alone = read(folder.path(), false, false);
    assert_eq!(text(&alone), text(&tables), "one thread and all read the same");
    git(&repository, &["commit-graph", "write", "--reachable"]);
    git(&repository, &["repack", "-adq"]);
    assert!(Store::open(&repository).expect("a repository").commit_graph().is_some());
    assert_eq!(text(&read(folder.path(), true, false)), text(&tables), "and with a commit-graph");
}

#[test]
fn caches_never_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = generated(folder.path(), 300) else { return };
    let (repository, marks) = (folder.path().join("r.git"), folder.path().join("marks"));
    let same =
        |what: &str| assert_eq!(text(&read(folder.path(), false, true)), text(&read(folder.path(), false, false)), "{what}");
    same("first");
    same("nothing new");
    import(&repository, &marks, &stream(300, 40));
    git(&repository, &["tag", "v1.0", "HEAD~3"]);
    same("new commits and a tag");
    git(&repository, &["tag", "-d", "v1.0"]);
    same("a tag gone");
    git(&repository, &["update-ref", "refs/heads/main", "HEAD~30"]);
    same("rewound");
    git(&repository, &["update-ref", "refs/heads/main", "HEAD~200"]);
    same("rewound far");
}

#[test]
fn damaged_caches_are_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = generated(folder.path(), 60) else { return };
    let expected = text(&read(folder.path(), false, true));
    let file = super::files(&folder.path().join("mined")).remove(0);
    let intact = fs_err::read(&file).expect("a cache");
    let (raw, mut draw) = (pinned(folder.path()), Draw(3));
    let cache = Cache::new(&folder.path().join("mined"), &raw.name);
    for round in 0..200 {
        let mut bytes = intact.clone();
        if round % 4 == 0 {
            bytes.truncate(draw.below(intact.len()));
        } else {
            let at = draw.below(bytes.len());
            bytes[at] ^= 1 << draw.below(8);
        }
        // Every second file has a checksum that fits its damage, so that the content itself has to be checked.
        if round % 2 == 1 && bytes.len() > 8 {
            let end = bytes.len() - 8;
            let sum = super::super::cache::checksum(&bytes[..end]);
            bytes[end..].copy_from_slice(&sum);
            fs_err::write(&file, &bytes).expect("written");
            let _ = cache.load();
            continue;
        }
        fs_err::write(&file, &bytes).expect("written");
        assert!(cache.load().is_none(), "round {round}");
    }
    fs_err::write(&file, b"x").expect("written");
    assert_eq!(text(&read(folder.path(), false, true)), expected);
    assert_eq!(fs_err::read(&file).expect("a cache"), intact, "the same bytes again");
}
