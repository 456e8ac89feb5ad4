//! A trusted root brought up to date by The Update Framework: what is followed, and each known attack with its own reason.

mod metadata_repository;
#[path = "trusted_root/other_repositories.rs"]
mod other_repositories;
#[expect(dead_code, reason = "other tests use the rest")]
mod provenance_world;
#[expect(dead_code, reason = "other tests use the rest")]
mod registry_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use jiff::Timestamp;
use metadata_repository::{Files, Key, Release, Signers, signed};
use provenance_world::World;
use registry_server::Server;
use runs::run;
use serde_json::{Value, json};
use tempfile::TempDir;
use trustgraph::provenance::{RefreshError, Refreshed, TrustedRoots, refresh};

/// Signers, the trusted root they sign, and the folder with what is known.
struct Client {
    signers: Signers,
    document: Value,
    known: TempDir,
}

impl Client {
    fn new() -> Self {
        Self { signers: Signers::new("person"), document: World::new().root(None), known: tempfile::tempdir().expect("a folder") }
    }

    fn release(&self, version: u64) -> Release {
        Release::new(version, &self.document)
    }

    fn files(&self, version: u64) -> Files {
        self.signers.publish(&self.release(version))
    }

    /// Refreshes from `files`, of which each is served whole, whatever is asked for.
    fn refresh_at(&self, files: Files, now: &str) -> Result<Refreshed, RefreshError> {
        self.refresh_from(&self.signers.signed_root(1), files, now)
    }

    fn refresh_from(&self, root: &Value, files: Files, now: &str) -> Result<Refreshed, RefreshError> {
        let bring = move |name: &str, _: u64| Ok(files.get(name).map(|file| file.to_string().into_bytes()));
        refresh(root.to_string().as_bytes(), Box::new(bring), self.known.path(), now.parse().expect("a time"))
    }

    fn refresh(&self, files: Files) -> Result<Refreshed, RefreshError> {
        self.refresh_at(files, "2026-01-01T00:00:00Z")
    }

    /// Why `files` are refused, in words.
    fn refused(&self, files: Files) -> String {
        self.refresh(files).expect_err("refused").to_string()
    }
}

/// Changes the file whose name ends with `name`.
fn change(files: &mut Files, name: &str, change: impl FnOnce(&mut Value)) {
    change(files.iter_mut().find(|(known, _)| known.ends_with(name)).expect("a file").1);
}

#[test]
fn a_chain_of_roots_is_followed_to_what_they_sign() {
    let client = Client::new();
    let mut files = client.files(7);
    files.insert("2.root.json".to_owned(), client.signers.signed_root(2));
    files.insert("3.root.json".to_owned(), client.signers.signed_root(3));
    let found = client.refresh(files.clone()).expect("refreshed");
    assert_eq!(found.document, client.document.to_string().into_bytes());
    assert_eq!((found.root_version, found.timestamp_version), (3, 7));
    assert_eq!(found.expires, "2099-12-31T00:00:00Z".parse::<Timestamp>().expect("a time"));
    assert_eq!(client.refresh(files).expect("the same again"), found);
    assert_eq!(client.refresh(client.files(8)).expect("newer").timestamp_version, 8, "roots that are known need not come again");
}

#[test]
fn new_signers_are_let_in_by_the_old_ones_alone() {
    let (client, heirs) = (Client::new(), Signers::new("heir"));
    let next = heirs.root(2, "2099-12-31T00:00:00Z");
    let (old, new) = (client.signers.people(2), heirs.people(2));
    let with = |signers: &[&[(String, &Key)]], mut files: Files| {
        files.insert("2.root.json".to_owned(), signed(next.clone(), &signers.concat()));
        client.refresh(files)
    };
    let theirs = || heirs.publish(&client.release(1));
    for signers in [&[&new[..]][..], &[&old[..]], &[&old[..1], &new], &[&old, &new[..1]]] {
        let refused = with(signers, theirs()).expect_err("refused").to_string();
        assert!(refused.starts_with("root: signed by ") && refused.ends_with(" of the 2 keys that are needed"), "{refused}");
    }
    assert_eq!(with(&[&old, &new], theirs()).expect("let in").root_version, 2);
    let refused = with(&[&old, &new], client.files(2)).expect_err("the old ones are out").to_string();
    assert_eq!(refused, "timestamp: signed by 0 of the 1 keys that are needed");
}

#[test]
fn older_versions_are_refused() {
    let client = Client::new();
    client.refresh(client.files(5)).expect("refreshed");
    assert_eq!(client.refused(client.files(4)), "timestamp: version 4 is older than version 5, which is known");
    let with = |versions| client.signers.publish(&Release { versions, ..client.release(5) });
    assert_eq!(client.refused(with([6, 4, 5])), "snapshot (via timestamp): version 4 is older than version 5, which is known");
    assert_eq!(client.refused(with([6, 6, 4])), "targets.json (via snapshot): version 4 is older than version 5, which is known");
    // Also when what is known has expired since.
    let late = client.refresh_at(client.files(4), "2200-01-01T00:00:00Z").expect_err("refused");
    assert!(matches!(late, RefreshError::Expired { .. } | RefreshError::Rollback { .. }), "{late}");
}

#[test]
fn what_is_held_back_expires() {
    let role_at = |row: usize| {
        let client = Client::new();
        let mut release = client.release(1);
        release.expires[row] = "2025-12-31T00:00:00Z";
        client.refused(client.signers.publish(&release))
    };
    for (row, role) in ["timestamp", "snapshot", "targets"].into_iter().enumerate() {
        assert!(role_at(row).starts_with(&format!("{role}: expired at 2025-12-31T00:00:00Z; what is newer is held back")));
    }
    let client = Client::new();
    let mut files = client.files(1);
    files.insert("2.root.json".to_owned(), signed(client.signers.root(2, "2025-12-31T00:00:00Z"), &client.signers.people(2)));
    assert!(client.refused(files).starts_with("root: expired at"));
    // The same files are good today and stale in a century.
    let client = Client::new();
    client.refresh(client.files(1)).expect("refreshed");
    let stale = client.refresh_at(client.files(1), "2100-01-01T00:00:00Z").expect_err("refused");
    assert!(matches!(stale, RefreshError::Expired { .. }), "{stale}");
}

#[test]
fn files_of_two_releases_do_not_mix() {
    let client = Client::new();
    let other = Release { document: World::new().root(None), ..client.release(1) };
    let (one, two) = (client.files(1), client.signers.publish(&other));
    for name in ["1.snapshot.json", "1.targets.json"] {
        let mut files = one.clone();
        files.insert(name.to_owned(), two[name].clone());
        let refused = client.refused(files);
        assert!(refused.starts_with("does not belong to what names it: ") && refused.contains(&name[2..]), "{refused}");
    }
}

#[test]
fn other_bytes_than_signed_for_are_refused() {
    let client = Client::new();
    let with = |document: Value| {
        let mut files = client.files(1);
        change(&mut files, ".trusted_root.json", |file| *file = document);
        client.refused(files)
    };
    let text = client.document.to_string();
    let other = text.replacen("log.example.org", "log.example.net", 1);
    let same_length: Value = serde_json::from_str(&other).expect("JSON");
    assert_eq!(with(same_length), "does not belong to what names it: trusted_root.json: sha256 mismatch");
    assert_eq!(
        with(json!({})),
        format!("does not belong to what names it: trusted_root.json: length 2 != pinned {}", text.len())
    );
    let longer = with(json!([client.document, "more"]));
    assert!(longer.ends_with(&format!("trusted_root.json: longer than {} bytes", text.len())), "{longer}");
    let endless = Client::new();
    let mut files = endless.files(1);
    change(&mut files, "timestamp.json", |file| file["padding"] = "x".repeat(1 << 20).into());
    assert_eq!(endless.refused(files), "timestamp.json: longer than 16384 bytes");
}

#[test]
fn what_nobody_signed_for_is_not_there() {
    let client = Client::new();
    let mut release = client.release(1);
    release.document = json!({"signed": "but no trusted root"});
    let refused = client.refused(client.signers.publish(&release));
    assert!(refused.starts_with("the trusted root cannot be used"), "{refused}");
    let client = Client::new();
    let mut files = client.files(1);
    files.retain(|name, _| !name.ends_with("targets.json"));
    assert!(client.refused(files).starts_with("cannot be brought: "));
    assert!(client.refused(Files::new()).starts_with("cannot be brought: "));
}

#[test]
fn signatures_are_counted_by_key() {
    let client = Client::new();
    let next = client.signers.root(2, "2099-12-31T00:00:00Z");
    let people = client.signers.people(2);
    let refused = |root: Value| {
        let mut files = client.files(1);
        files.insert("2.root.json".to_owned(), root);
        client.refused(files)
    };
    let twice = [people[0].clone(), people[0].clone()];
    assert_eq!(refused(signed(next.clone(), &twice)), "root: key person-0 stands twice");
    let stranger = Signers::new("person");
    let named_alike = [people[0].clone(), stranger.people(2)[1].clone()];
    assert_eq!(refused(signed(next.clone(), &named_alike)), "root: signed by 1 of the 2 keys that are needed");
    let mut alias = next.clone();
    alias["keys"]["alias"] = alias["keys"]["person-0"].clone();
    alias["roles"]["root"]["keyids"] = json!(["person-0", "alias"]);
    let both = [people[0].clone(), ("alias".to_owned(), people[0].1), people[1].clone()];
    assert_eq!(refused(signed(alias, &both)), "root: key alias stands twice");
    assert_eq!(
        refused(signed(client.signers.root(3, "2099-12-31T00:00:00Z"), &people)),
        "root: version 3 does not follow version 1"
    );
    let mut files = client.files(1);
    change(&mut files, "timestamp.json", |file| file["signatures"] = json!([]));
    assert_eq!(client.refused(files), "timestamp: signed by 0 of the 1 keys that are needed");
    // Its signers may write such a root; nothing below it is believed.
    let mut none = next;
    none["roles"]["timestamp"]["threshold"] = 0.into();
    assert!(refused(signed(none, &people)).contains("threshold 0"));
}

#[test]
fn what_is_no_metadata() {
    let client = Client::new();
    for (text, what) in [
        (r#"{"signed": {}, "signed": {}}"#, "stands twice"),
        ("[]", "top level is not a JSON object"),
        ("{", "is no metadata"),
        ("{} {}", "is not one document"),
        (r#"{"signed": {"_type": "root"}, "signatures": []}"#, "expected _type"),
    ] {
        let bring = move |name: &str, _: u64| Ok((name == "timestamp.json").then(|| text.as_bytes().to_vec()));
        let root = client.signers.signed_root(1).to_string();
        let found = refresh(root.as_bytes(), Box::new(bring), client.known.path(), Timestamp::UNIX_EPOCH);
        let refused = found.expect_err(text).to_string();
        assert!(refused.contains(what), "{text}: {refused}");
    }
}

#[test]
fn what_cannot_be_kept_is_not_believed() {
    let client = Client::new();
    let blocked = client.known.path().join("a file");
    std::fs::write(&blocked, "").expect("written");
    let files = client.files(1);
    let bring = move |name: &str, _: u64| Ok(files.get(name).map(|file| file.to_string().into_bytes()));
    let root = client.signers.signed_root(1).to_string();
    let found = refresh(root.as_bytes(), Box::new(bring), &blocked, Timestamp::UNIX_EPOCH).expect_err("refused");
    assert!(matches!(found, RefreshError::NotKept(_)), "{found}");
}

#[test]
fn the_command_takes_a_server_and_a_folder() {
    let client = Client::new();
    let at = |name: &str| client.known.path().join(name).display().to_string();
    let served = |files: Files| Server::start(|_| files.into_iter().map(|(name, file)| (format!("/x/{name}"), file)).collect());
    std::fs::write(at("root.json"), client.signers.signed_root(1).to_string()).expect("written");
    let server = served(client.files(3));
    let trusted_root = |metadata: &str| {
        let arguments =
            ["trusted-root", "--metadata", metadata, "--root", &at("root.json"), "--out", &at("out"), "--cache", &at("cache")];
        run(&arguments)
    };
    let said = trusted_root(&format!("{}/x", server.address)).expect(0, &[]).out;
    assert!(said.contains("root 1, timestamp 3\ngood until    2099-12-31T00:00:00Z\n"), "{said}");
    let written = std::fs::read(at("out")).expect("a file");
    assert_eq!(written, client.document.to_string().into_bytes());
    assert!(TrustedRoots::read(&written).is_ok());
    std::fs::remove_file(at("out")).expect("removed");
    for (name, file) in client.files(2) {
        let path = client.known.path().join("copy").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, file.to_string()).expect("written");
    }
    trusted_root(&at("copy")).expect(1, &["no trusted root from", "timestamp: version 2 is older than version 3"]);
    assert!(!std::path::Path::new(&at("out")).exists(), "nothing is written");
    let mut files = client.files(4);
    change(&mut files, "timestamp.json", |file| file["padding"] = "x".repeat(8 << 20).into());
    let server = served(files);
    trusted_root(&format!("{}/x", server.address)).expect(1, &["timestamp.json: larger than 16384 bytes"]);
    trusted_root(&at("nowhere")).expect(1, &["nowhere is missing", "timestamp.json"]);
    trusted_root("http://127.0.0.1:9/x").expect(1, &["cannot be brought"]);
}
