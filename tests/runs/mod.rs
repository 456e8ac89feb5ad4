//! Runs of the real program: temporary jobs and indices, what a run said, what it left on disk.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use trustgraph::snapshot::{Published, verify};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_trustgraph");

/// The committed jobs.
pub fn jobs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs")
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub log: String,
}

impl Said {
    /// Reads what a child said; fails on any trace of a panic.
    pub fn of(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = Self { code: output.status.code(), out: text(&output.stdout), log: text(&output.stderr) };
        for word in ["panicked at", "unforeseen at", "stack backtrace", "overflowed its stack"] {
            assert!(!said.out.contains(word) && !said.log.contains(word), "a panic: {said:#?}");
        }
        said
    }

    /// Asserts the exit code and that the log holds every word.
    #[track_caller]
    pub fn expect(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.log.contains(word), "`{word}` is missing in {self:#?}");
        }
        self
    }
}

/// A command of the program, from the folder of the project, with no trace of the caller's own settings.
pub fn command<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command.env_remove("RUST_LOG").env_remove("TRUSTGRAPH_PSEUDONYM_KEY_FILE").env_remove("RUST_BACKTRACE");
    command
}

/// Runs a command to its end.
pub fn run<A: AsRef<OsStr>>(arguments: &[A]) -> Said {
    Said::of(command(arguments).output().expect("the program starts"))
}

/// Says why a test asks nothing here.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// A job in a folder of its own, with the committed parameters and decisions, and a folder for what it publishes.
pub struct World {
    folder: TempDir,
    suites: Vec<(String, String)>,
    pub max_reject_share: String,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("in")).expect("a folder for indices");
        Self { folder, suites: Vec::new(), max_reject_share: "0.01".into() }
    }

    /// A suite of so many packages that a run takes a while; each needs some before it.
    pub fn of_size(packages: usize) -> Self {
        let mut world = Self::new();
        for (name, day) in [("one", "2020-01-01"), ("two", "2022-01-01")] {
            let needs = |row: usize| [row / 2, row / 3, row.saturating_sub(1)].map(|row| format!("p{row:05}")).join(", ");
            let sources: String =
                (0..packages).map(|row| source(&format!("p{row:05}"), &format!("Build-Depends: {}\n", needs(row)))).collect();
            let binaries: String = (0..packages).map(|row| binary(&format!("p{row:05}"), &needs(row))).collect();
            world.add(name, day, &sources, &binaries);
        }
        world
    }

    /// A suite of one healthy package beside `sources` and `binaries`.
    pub fn with(sources: &str, binaries: &str) -> Self {
        let mut world = Self::new();
        let sources = format!("{}{sources}", source("healthy", ""));
        world.add("one", "2020-01-01", &sources, &format!("{}{binaries}", binary("healthy", "")));
        world
    }

    /// Adds a suite with plain indices.
    pub fn add(&mut self, suite: &str, day: &str, sources: &str, binaries: &str) {
        self.write(&format!("in/{suite}_Sources"), sources.as_bytes());
        self.write(&format!("in/{suite}_Packages"), binaries.as_bytes());
        self.suites.push((suite.into(), day.into()));
    }

    /// A path in the folder of the world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("a file of the world");
    }

    /// Text of the job.
    pub fn job(&self) -> String {
        let jobs = jobs();
        let limit = &self.max_reject_share;
        let mut text = format!(
            "title = \"A world made for a test\"\nparameters = '{0}/parameters.toml'\ndecisions = '{0}/decisions'\n\
             [sources.debian]\npath = \"in\"\nmax_reject_share = {limit}\n",
            jobs.display()
        );
        for (name, day) in &self.suites {
            text += &format!("[[sources.debian.suites]]\nname = {name:?}\nas_of = \"{day}\"\n");
        }
        text
    }

    /// Writes the job and runs it with `more` arguments.
    pub fn run(&self, more: &[&str]) -> Said {
        self.write("job.toml", self.job().as_bytes());
        Said::of(self.command(more).output().expect("the program starts"))
    }

    /// The command of [`World::run`]; the job must have been written.
    pub fn command(&self, more: &[&str]) -> Command {
        let (job, out) = (self.path("job.toml"), self.path("out"));
        let mut command = command(&[OsStr::new("run"), job.as_os_str(), OsStr::new("--out"), out.as_os_str()]);
        command.args(more);
        command
    }

    /// The only snapshot, read back.
    pub fn published(&self) -> Published {
        let found = snapshots(&self.path("out"));
        assert_eq!(found.len(), 1, "{found:?}");
        Published::read(&found[0]).expect("a snapshot that can be read")
    }

    /// Nothing was published: no snapshot, no part of one, no site.
    #[track_caller]
    pub fn expect_nothing_published(&self) {
        let left: Vec<String> = files(&self.path("out")).into_keys().filter(|name| name != "snapshots/.lock").collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

/// A stanza of a `Sources` index; `more` are further lines.
pub fn source(name: &str, more: &str) -> String {
    format!("Package: {name}\nVersion: 1.0-1\nMaintainer: Ann {name} <{name}@example.org>\nBinary: {name}\n{more}\n")
}

/// A stanza of a `Packages` index.
pub fn binary(name: &str, needs: &str) -> String {
    format!("Package: {name}\nVersion: 1.0-1\nDepends: {needs}\n\n")
}

/// Whole snapshots of an output folder, by name; each must hold what it says.
#[track_caller]
pub fn snapshots(out: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(out.join("snapshots")) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("an entry").path());
    let is_shown =
        |path: &PathBuf| path.is_dir() && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let mut found: Vec<PathBuf> = names.filter(is_shown).collect();
    found.sort();
    for folder in &found {
        let verified = verify(folder, None).expect("a snapshot can be read");
        assert!(verified.problems.is_empty(), "{}: {:?}", folder.display(), verified.problems);
    }
    found
}

/// Every file below `folder` with its digest; folders that hold nothing do not count.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
            found.insert(name, trustgraph::ordered::hex(&Sha256::digest(std::fs::read(&path).expect("a file"))));
        }
    }
    found
}

/// Asserts that a site is whole: its front page is there, and every page's styles, scripts and pages it links to.
#[track_caller]
pub fn expect_whole_site(site: &Path) {
    let index = std::fs::read_to_string(site.join("index.html")).expect("a front page");
    let mut links = 0;
    for attribute in [" href=", " src="] {
        for value in index.split(attribute).skip(1) {
            // A page may leave out quotes where HTML does not need them.
            let value = value.trim_start_matches('"').split(['"', ' ', '>']).next().unwrap_or_default();
            let link = value.split(['#', '?']).next().unwrap_or_default();
            if link.is_empty() || link.contains(':') || link.starts_with("../") {
                continue;
            }
            links += 1;
            assert!(site.join(link).exists(), "the front page links to {link}, which is not there");
        }
    }
    assert!(links > 5, "a front page with {links} links");
}
