//! Real repositories, built by a script with fixed dates, read and held against what the git program says.

mod generated;
mod odd;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::job::GitRepository;
use crate::tables::{AccountKind, Tables};

/// Fixture repositories below a temporary folder; `None`, told on the way, where there is no git program.
fn fixtures() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/make_histories.sh");
    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: there is no git program to build fixtures with");
        return None;
    }
    let output = Command::new("sh").arg(script).arg(folder.path()).output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(folder)
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("--no-replace-objects").arg("-C").arg(folder).args(arguments).output();
    String::from_utf8_lossy(&output.expect("git runs").stdout).into_owned()
}

fn source(folders: &[&str]) -> Git {
    let repository = |folder: &&str| GitRepository { path: Some(folder.into()), url: format!("file:///{folder}"), from: None };
    Git::new(GitSource { repositories: folders.iter().map(repository).collect(), reads_files: true, mirror: None })
}

fn context(folder: &Path) -> FetchContext {
    FetchContext {
        cache: folder.join("cache"),
        is_offline: true,
        job_folder: folder.into(),
        inputs: BTreeMap::new(),
        bases: BTreeMap::new(),
        cargo_home: None,
        network: Default::default(),
    }
}

fn read(folder: &Path, names: &[&str], until: Option<Day>) -> Result<Tables, SourceError> {
    let source = source(names);
    let mut tables = TablesBuilder::default();
    source.read(&source.fetch(&context(folder))?, until, &mut tables)?;
    Ok(tables.finish())
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Commits by the address that authored them.
fn authors(tables: &Tables) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for commit in &tables.commits {
        *counts.entry(tables.accounts[commit.author.row()].key.secret().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn counts_are_those_of_git() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["bare.git"], None).expect("a history");
    let bare = folder.path().join("bare.git");
    let log = git(&bare, &["log", "--format=%aE"]);
    let mut expected = BTreeMap::<String, usize>::new();
    for address in log.lines() {
        // What git shows for no address, and for an address that was given as the name.
        let key = if address.is_empty() { "(no address)" } else { address };
        *expected.entry(key.to_lowercase()).or_default() += 1;
    }
    let mut found = authors(&tables);
    let nameless = ["name:", "carol@example.org"].map(|key| found.remove(key).expect(key)).iter().sum::<usize>();
    found.insert("(no address)".into(), nameless);
    assert_eq!(found, expected);
    let merges = git(&bare, &["rev-list", "--count", "--merges", "HEAD"]);
    assert_eq!(tables.commits.iter().filter(|commit| commit.parent_count > 1).count().to_string(), merges.trim());
    let named = git(&bare, &["for-each-ref", "--format=%(objecttype) %(*objecttype)", "refs/tags"]);
    assert_eq!(tables.tags.len(), named.lines().filter(|line| line.contains("commit")).count());
}

#[test]
fn bare_and_ordinary_clones_tell_the_same() {
    let Some(folder) = fixtures() else { return };
    let facts = |name| {
        let tables = read(folder.path(), &[name], None).expect("a history");
        (tables.commits, tables.accounts, tables.tags)
    };
    assert_eq!(facts("bare.git"), facts("history"));
}

#[test]
fn a_clone_without_files_lacks_the_mailmap_and_says_so() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["partial.git"], None).expect("a history");
    assert_eq!((tables.commits.len(), authors(&tables).contains_key("ada.old@example.org")), (11, true));
    assert_eq!(tables.reports[0].skips["mailmap is not in this partial clone"], 1);
}

#[test]
fn commits_say_who_and_when() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["history"], None).expect("a history");
    let account = |key: &str| tables.accounts.iter().find(|account| account.key.secret() == key).expect(key);
    assert!(account("ada@example.org").names.contains_key("Ada"));
    assert_eq!(account("ada@example.org").name(), None, "names in git are free text, which nobody displays");
    assert!(account("ada@example.org").names.contains_key("Ada Lovelace"), "the mailmap joined two addresses");
    assert!(account("rene@example.org").names.contains_key("Ren\u{e9}"));
    assert!(account("carol@example.org").names.is_empty() && account("name:").names.is_empty());
    assert_eq!(account(&["7+dan-d", "users.noreply.github.com"].join("@")).handle.as_deref(), Some("dan-d"));
    let kind = |key: &str, kind| assert_eq!(account(key).kind, kind, "{key}");
    kind("renovate@example.org", AccountKind::Bot);
    kind(&["49+dependabot[bot]", "users.noreply.github.com"].join("@"), AccountKind::Bot);
    let forge = ["noreply", "github.com"].join("@");
    kind(&forge, AccountKind::Bot);
    let by_forge: Vec<_> = tables.commits.iter().filter(|commit| commit.is_committed_by_forge).collect();
    assert_eq!(by_forge.len(), 2);
    assert!(by_forge.iter().all(|commit| tables.accounts[commit.committer.row()].key.secret() == forge));
    assert_eq!(tables.commits.iter().filter(|commit| commit.has_signature).count(), 2, "OpenPGP and SSH");
    let days: Vec<_> = tables.commits.iter().map(|commit| commit.committed).collect();
    assert_eq!((days[0], days[1]), (Day(0), day("2015-01-01")), "1901 is clipped to the first day");
    assert_eq!(days[days.len() - 2..], [day("2016-01-01"); 2], "2099 is clipped to the day of the tip");
    assert_eq!(tables.repositories[0].history_as_of, Some(day("2016-01-01")));
    assert_eq!(tables.reports[0].skips["commit day is impossible and was clipped"], 2);
}

#[test]
fn tags_of_every_kind() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["history"], None).expect("a history");
    let key = |tag: &crate::tables::Tag| tag.tagger.map(|tagger| tables.accounts[tagger.row()].key.secret().to_owned());
    let tags: BTreeMap<_, _> = tables.tags.iter().map(|tag| (tag.name.as_str(), tag)).collect();
    assert_eq!(tags.keys().copied().collect::<Vec<_>>(), ["other", "v0-old", "v1", "v1-again", "v2"]);
    assert_eq!((tags["v1"].created, tags["v1"].has_signature), (Some(day("2015-01-21")), true));
    assert_eq!(key(tags["v1"]).as_deref(), Some("ada@example.org"), "mapped as authors are");
    assert_eq!((tags["v1-again"].target, tags["v1-again"].has_signature), (tags["v1"].target, false));
    assert_eq!((tags["v0-old"].tagger, tags["v0-old"].created), (None, Some(day("2015-01-03"))));
    assert_eq!((tags["v2"].tagger, tags["v2"].created), (None, Some(day("2015-01-07"))));
    assert_eq!(tags["other"].created, Some(day("2015-01-11")), "outside the history of HEAD");
    assert_eq!(tables.reports[0].skips["tag names no commit"], 2);
}

#[test]
fn histories_can_be_replayed() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["history"], Some(day("2015-01-05"))).expect("a history");
    assert_eq!(tables.commits.len(), 6, "five in order, and the one from 1901");
    assert_eq!(tables.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["v0-old"]);
    assert_eq!(tables.repositories[0].history_as_of, Some(day("2015-01-05")));
    assert!(tables.accounts.iter().all(|account| account.key.secret() != "renovate@example.org"), "not met yet");
    let later = read(folder.path(), &["history"], Some(day("2020-01-01"))).expect("a history");
    assert_eq!((later.commits.len(), later.repositories[0].history_as_of), (11, Some(day("2020-01-01"))));
    let before = read(folder.path(), &["history"], Some(Day(-1))).expect("a history");
    assert!(before.commits.is_empty() && before.repositories.is_empty());
}

#[test]
fn one_bad_repository_does_not_stop_the_others() {
    let Some(folder) = fixtures() else { return };
    let bad = ["corrupt", "empty", "missing", "shallow", "sha256", "nowhere"];
    let all: Vec<&str> = bad.into_iter().chain(["history"]).collect();
    let tables = read(folder.path(), &all, None).expect("one history is left");
    assert_eq!((tables.repositories.len(), tables.commits.len()), (1, 11));
    let reason = |name: &str| {
        let report = tables.reports.iter().find(|report| report.file == format!("file:///{name}")).expect(name);
        report.rejects.keys().next().cloned().unwrap_or_default()
    };
    assert_eq!(reason("corrupt"), Problem::Object.reason());
    assert_eq!(reason("missing"), Problem::Object.reason());
    assert_eq!(reason("empty"), Problem::NoCommit.reason());
    assert_eq!(reason("shallow"), Problem::Shallow.reason());
    assert_eq!(reason("sha256"), Problem::Sha256.reason());
    assert_eq!(reason("nowhere"), Problem::NotARepository.reason());
    let error = read(folder.path(), &bad, None).expect_err("nothing is left").to_string();
    assert!(error.starts_with("git: file:///corrupt: misses an object"), "{error}");
}

#[test]
fn a_tag_of_nothing_is_refused_alone() {
    let Some(folder) = fixtures() else { return };
    let tables = read(folder.path(), &["broken_tag"], None).expect("a history");
    assert_eq!((tables.commits.len(), tables.tags.len()), (11, 5));
    assert_eq!(tables.reports[0].rejects["tag names a missing or damaged object"].count, 1);
}

#[test]
fn heads_are_pinned_and_inputs_found() {
    let Some(folder) = fixtures() else { return };
    let source = source(&["history", "empty"]);
    let raw = source.fetch(&context(folder.path())).expect("raw files");
    let head = git(&folder.path().join("history"), &["rev-parse", "HEAD"]);
    assert_eq!((raw[0].digest.as_str(), raw[0].name.as_str()), (format!("git:{}", head.trim()).as_str(), "file:///history"));
    assert_eq!(raw[1].digest, NO_HEAD);
    let one = Git::new(GitSource {
        repositories: vec![GitRepository { path: Some("x".into()), url: "https://github.com/Some/Bare.git".into(), from: None }],
        reads_files: true,
        mirror: None,
    });
    let mut elsewhere = context(Path::new("/nowhere"));
    elsewhere.inputs.insert("git".into(), folder.path().join("bare.git"));
    assert_eq!(one.fetch(&elsewhere).expect("raw files")[0].name, "https://github.com/some/bare");
    elsewhere.inputs.insert("git".into(), folder.path().into());
    let located = self::locate::locate(&one_and("history"), &elsewhere).expect("folders");
    assert_eq!([&located[0].1, &located[1].1], [&folder.path().join("bare.git"), &folder.path().join("history")]);
    assert!(self::locate::locate(&one_and("bare"), &elsewhere).is_err(), "two URLs, one folder");
}

fn one_and(name: &str) -> GitSource {
    let repository = |url: String| GitRepository { path: Some("x".into()), url, from: None };
    let repositories = vec![repository("https://github.com/some/Bare".into()), repository(format!("https://example.org/{name}"))];
    GitSource { repositories, reads_files: true, mirror: None }
}

/// `TRUSTGRAPH_GIT_REPOSITORY=DIR cargo test --release a_large_history -- --nocapture` compares counts and speed with git.
#[test]
fn a_large_history_has_gits_own_counts() {
    let Some(folder) = std::env::var_os("TRUSTGRAPH_GIT_REPOSITORY").map(PathBuf::from) else {
        println!("skipped: TRUSTGRAPH_GIT_REPOSITORY names no repository");
        return;
    };
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let tables = read(folder.parent().expect("a parent"), &[&folder.file_name().expect("a name").to_string_lossy()], None);
        let (ours, tables) = (start.elapsed(), tables.expect("a history"));
        let start = std::time::Instant::now();
        let log = git(&folder, &["log", "--format=%an%ae%at%cn%ce%ct%P"]);
        let theirs = start.elapsed();
        let rate = |time: std::time::Duration| tables.commits.len() as f64 / time.as_secs_f64();
        println!(
            "{} commits, {} tags: {:.0}/s, git log {:.0}/s; skips {:?}",
            tables.commits.len(),
            tables.tags.len(),
            rate(ours),
            rate(theirs),
            tables.reports[0].skips
        );
        assert_eq!(tables.commits.len(), log.split('\n').count() - 1);
        let mut expected = BTreeMap::<String, usize>::new();
        for address in git(&folder, &["log", "--format=%aE"]).lines().filter(|address| address.contains('@')) {
            *expected.entry(address.to_lowercase()).or_default() += 1;
        }
        let found = authors(&tables);
        // Not none: git lets a mailmap rename a forge, and reads addresses with stray brackets a little differently.
        let differ: Vec<_> = expected.iter().filter(|(key, count)| found.get(*key) != Some(*count)).collect();
        assert!(differ.len() * 1000 <= expected.len(), "{} of {} addresses have other counts", differ.len(), expected.len());
    }
}

/// Every file below `folder`, in the order of names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs_err::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn damaged_repositories_never_panic() {
    let Some(folder) = fixtures() else { return };
    let mut state = 7u64;
    for file in files(&folder.path().join("bare.git")) {
        let intact = fs_err::read(&file).expect("a file");
        if intact.is_empty() || file.components().any(|part| part.as_os_str() == "hooks") {
            continue;
        }
        // Git makes packs read-only; a file of our own takes their place.
        fs_err::remove_file(&file).expect("a file");
        for round in 0..60usize {
            let mut bytes = intact.clone();
            for _ in 0..=round % 3 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % bytes.len();
                bytes[at] = (state >> 20) as u8;
            }
            if round % 10 == 0 {
                bytes.truncate((state >> 40) as usize % intact.len());
            }
            fs_err::write(&file, &bytes).expect("a damaged file");
            if let Err(error) = read(folder.path(), &["bare.git"], None) {
                assert!(error.to_string().starts_with("git: file:///bare.git: "), "{error}");
            }
        }
        fs_err::write(&file, &intact).expect("an intact file");
    }
    assert_eq!(read(folder.path(), &["bare.git"], None).expect("whole again").commits.len(), 11);
}
