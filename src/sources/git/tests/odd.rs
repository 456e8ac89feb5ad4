//! Commits that no tool writes today, made by hand and held against the git program: trees with modes of old tools, trees out of
//! order, merges of three, messages of every kind, signatures, forges.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{git, read};
use crate::tables::{Area, Areas, ManifestKind, OwnerKind, SignatureKind, Tables, TrailerRole};

const BLOB: &str = "blob";

/// A repository written object by object.
struct Odd<'a> {
    repository: &'a Path,
    time: u64,
}

impl Odd<'_> {
    fn write(&self, kind: &str, content: &[u8]) -> String {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(self.repository)
            .args(["hash-object", "-t", kind, "-w", "--stdin", "--literally"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("git runs");
        child.stdin.take().expect("a pipe").write_all(content).expect("written");
        let output = child.wait_with_output().expect("it ends");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn tree(&self, entries: &[(&str, &str, &str)]) -> String {
        let mut bytes = Vec::new();
        for (mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(gix::ObjectId::from_hex(id.as_bytes()).expect("an id").as_bytes());
        }
        self.write("tree", &bytes)
    }

    fn commit(&mut self, tree: &str, parents: &[&str], who: [&str; 2], more: &str, message: &[u8]) -> String {
        self.time += 86_400;
        let parents: String = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
        let [author, committer] = who.map(|who| format!("{who} {} +0000", self.time));
        let header = format!("tree {tree}\n{parents}author {author}\ncommitter {committer}\n{more}\n");
        self.write("commit", &[header.as_bytes(), message].concat())
    }
}

const ADA: &str = "Ada <ada@example.org>";
const BOB: &str = "Bob <bob@example.org>";
const EVE: &str = "Eve <eve@example.org>";

/// Builds `odd.git`; `None`, told on the way, where there is no git program.
fn build(folder: &Path) -> Option<()> {
    let repository = folder.join("odd.git");
    let made = Command::new("git").args(["init", "-q", "--bare", "--initial-branch=main"]).arg(&repository).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: there is no git program to build fixtures with");
        return None;
    }
    let mut odd = Odd { repository: &repository, time: 1_500_000_000 };
    let (x, y) = (odd.write(BLOB, b"x"), odd.write(BLOB, b"y"));
    let folder = odd.tree(&[("100644", "f.c", &x), ("100644", "g.c", &y)]);
    let empty = odd.tree(&[]);
    let trees = [
        odd.tree(&[("100644", "a", &x), ("100644", "b.c", &x), ("40000", "d", &folder)]),
        odd.tree(&[("100664", "a", &x), ("100644", "b.c", &x), ("40000", "d", &folder)]),
        odd.tree(&[("100755", "a", &x), ("100644", "b.c", &x), ("040000", "d", &folder)]),
        odd.tree(&[("40000", "a", &folder), ("100644", "b.c", &x), ("120000", "d", &x)]),
        odd.tree(&[("100644", "A", &x), ("160000", "a", &x), ("100644", "b.c", &x)]),
        odd.tree(&[("100644", "b.c", &y), ("100644", "a", &x), ("100644", "a", &y)]),
        empty.clone(),
        odd.tree(&[("40000", "empty", &empty), ("40000", "vendor", &folder)]),
    ];
    let mut line = odd.commit(&empty, &[], [ADA, ADA], "", b"An empty root\n");
    for tree in &trees {
        line = odd.commit(tree, &[&line], [ADA, BOB], "", b"T\n\nReviewed-by: Eve <eve@example.org>\n");
    }
    let root = odd.commit(&trees[0], &[], [EVE, EVE], "", b"Another root\n");
    let forge = format!("GitHub <{}>", ["noreply", "github.com"].join("@"));
    let by_button = odd.commit(&trees[1], &[&root], [EVE, &forge], "", b"Edited on a page\n");
    let merge = odd.commit(&trees[2], &[&line, &by_button, &root], [BOB, &forge], "", b"Merge of three\n");
    let squashed = odd.commit(&trees[3], &[&merge], [EVE, &forge], "", b"Squashed\n");
    let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQAAAANrZXk\n -----END SSH SIGNATURE-----\n";
    let hostile: Vec<u8> =
        [&b"T\n\nSigned-off-by: \xff\xfe <r\xe9@example.org>\n"[..], &b"Acked-by: A <<>>\n".repeat(500)].concat();
    let signed = odd.commit(&tip(&odd), &[&squashed], [ADA, ADA], signature, &hostile);
    git(&repository, &["update-ref", "refs/heads/main", &signed]);
    git(&repository, &["update-ref", "refs/tags/v1.0", &by_button]);
    Some(())
}

/// The tree of HEAD, with manifests and lists of owners.
fn tip(odd: &Odd) -> String {
    let cargo = odd.write(BLOB, b"[package]\nname = \"odd\"\n");
    let nobody = odd.write(BLOB, b"{\"private\": true, \"name\": \"x\"}");
    let broken = odd.write(BLOB, b"{");
    let control = odd.write(BLOB, b"Source: odd-deb\n");
    let owners = odd.write(BLOB, b"* @Ada bob@example.org\n");
    let maintainers = odd.write(BLOB, b"M:\tNew <new@example.org>\n");
    let cargo_folder = odd.tree(&[("100644", "Cargo.toml", &cargo)]);
    let debian = odd.tree(&[("100644", "control", &control)]);
    odd.tree(&[
        ("100644", "CODEOWNERS", &owners),
        ("100644", "Cargo.toml", &cargo),
        ("100644", "MAINTAINERS", &maintainers),
        ("40000", "debian", &debian),
        ("100644", "package.json", &nobody),
        ("100644", "pyproject.toml", &broken),
        ("40000", "sub", &cargo_folder),
        ("40000", "tests", &cargo_folder),
        ("40000", "vendor", &cargo_folder),
    ])
}

fn key(tables: &Tables, account: Option<crate::ids::AccountId>) -> Option<&str> {
    account.map(|account| tables.accounts[account.row()].key.secret())
}

#[test]
fn odd_commits_are_counted_as_git_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = build(folder.path()) else { return };
    let repository = folder.path().join("odd.git");
    let tables = read(folder.path(), &["odd.git"], None).expect("a history");
    for commit in &tables.commits {
        let id = crate::ordered::hex(&commit.id);
        let shown = git(&repository, &["show", "--raw", "--no-renames", "--format=", "--diff-merges=off", &id]);
        assert_eq!(commit.file_count, Some(shown.lines().count() as u32), "{id}");
    }
    assert_eq!(tables.commits.len(), 14);
    let vendored = tables.commits.iter().any(|commit| commit.areas == Some(Areas::of(Area::Vendored)));
    assert!(vendored, "a submodule or a vendored folder alone");
}

#[test]
fn folders_without_files_are_read_from_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = build(folder.path()) else { return };
    let repository = folder.path().join("odd.git");
    let mut odd = Odd { repository: &repository, time: 1_600_000_000 };
    let empty = odd.tree(&[]);
    let head = git(&repository, &["rev-parse", "HEAD"]);
    let emptied = odd.commit(&empty, &[head.trim()], [ADA, ADA], "", b"All gone\n");
    git(&repository, &["update-ref", "refs/heads/main", &emptied]);
    // Git knows this object by heart; a clone need not hold it.
    let (first, rest) = empty.split_at(2);
    fs_err::remove_file(repository.join("objects").join(first).join(rest)).expect("a loose object");
    let tables = read(folder.path(), &["odd.git"], None).expect("a history");
    let last = tables.commits.iter().find(|commit| emptied.starts_with(&crate::ordered::hex(&commit.id))).expect("the newest");
    let shown = git(&repository, &["show", "--raw", "--no-renames", "--format=", &emptied]);
    assert_eq!(last.file_count, Some(shown.lines().count() as u32));
    assert!(tables.manifests.is_empty() && tables.owners.is_empty());
    assert_eq!(tables.reports[0].skips.get("file of HEAD is missing, too large or not what its name says"), None);
    assert_eq!(tables.commits.len(), 15);
}

#[test]
fn pushers_and_landers_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = build(folder.path()) else { return };
    let tables = read(folder.path(), &["odd.git"], None).expect("a history");
    let commits = &tables.commits[tables.commits.len() - 5..];
    let who: Vec<_> = commits.iter().map(|commit| (key(&tables, commit.pusher), key(&tables, commit.lander))).collect();
    let (ada, bob, eve) = (Some("ada@example.org"), Some("bob@example.org"), Some("eve@example.org"));
    assert_eq!(who[0], (eve, bob), "a branch, committed by its author, merged by another");
    assert_eq!(who[1], (bob, bob), "a page of the forge, merged");
    assert_eq!(who[2], (bob, bob), "the merge");
    assert_eq!(who[3], (None, None), "squashed: nobody says by whom");
    assert_eq!(who[4], (ada, ada));
    assert_eq!(commits[0].landed, Some(commits[2].committed));
    assert_eq!(key(&tables, tables.tags[0].maker()), bob, "a lightweight tag is its lander's");
    let until = read(folder.path(), &["odd.git"], Some(commits[1].committed)).expect("a history");
    let unmerged = until.commits.last().expect("the edit on a page");
    assert_eq!((unmerged.pusher, unmerged.lander, unmerged.landed), (None, None, None), "the merge is later");
    assert!(until.manifests.is_empty() && until.owners.is_empty(), "files of HEAD are later");
}

#[test]
fn trailers_signatures_and_files_of_head() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = build(folder.path()) else { return };
    let tables = read(folder.path(), &["odd.git"], None).expect("a history");
    let count = |role| tables.trailers.iter().filter(|trailer| trailer.role == role).count();
    assert_eq!((count(TrailerRole::Reviewer), count(TrailerRole::SignedOff), count(TrailerRole::Acker)), (8, 1, 0));
    assert!(tables.accounts.iter().any(|account| account.key.secret() == "r\u{e9}@example.org"), "as Latin-1");
    let keys: Vec<_> =
        tables.signing_keys.iter().map(|row| (row.kind, row.key.starts_with("SHA256:"), row.commit_count)).collect();
    assert_eq!(keys, [(SignatureKind::Ssh, true, 1)]);
    let manifests: Vec<_> = tables.manifests.iter().map(|row| (row.kind, row.package.as_str(), row.directory.as_str())).collect();
    let cargo = ManifestKind::Cargo;
    assert_eq!(manifests, [(cargo, "odd", ""), (cargo, "odd", "sub"), (ManifestKind::Debian, "odd-deb", "")]);
    let owners: Vec<_> = tables.owners.iter().map(|row| (row.kind, row.login.as_deref(), key(&tables, row.account))).collect();
    assert_eq!(
        owners,
        [
            (OwnerKind::CodeOwners, Some("ada"), None),
            (OwnerKind::CodeOwners, None, Some("bob@example.org")),
            (OwnerKind::Maintainers, None, Some("new@example.org")),
        ]
    );
    let skips = &tables.reports[0].skips;
    assert_eq!(skips["manifest names no published package"], 1);
    assert_eq!(skips["file of HEAD is missing, too large or not what its name says"], 1);
}
