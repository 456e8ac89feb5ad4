//! A repository of The Update Framework with keys of our own: every file is signed anew whenever a test changes something.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sigstore_tuf::canonical_json::to_canonical_bytes;
use sigstore_verify::crypto::KeyPair;

/// Files by name, as they are served.
pub type Files = BTreeMap<String, Value>;

/// A key of one of the two kinds that such repositories have.
pub enum Key {
    Ecdsa(KeyPair),
    Ed25519(Box<Ed25519KeyPair>),
}

impl Key {
    fn sign(&self, bytes: &[u8]) -> String {
        match self {
            Self::Ecdsa(key) => trustgraph::ordered::hex(key.sign(bytes).expect("a signature").as_bytes()),
            Self::Ed25519(key) => trustgraph::ordered::hex(key.sign(bytes).as_ref()),
        }
    }

    /// As a root lists it.
    fn public(&self) -> Value {
        match self {
            Self::Ecdsa(key) => {
                let pem = key.public_key_der().expect("a key").to_pem();
                json!({"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": pem}})
            }
            Self::Ed25519(key) => {
                let hex = trustgraph::ordered::hex(key.public_key().as_ref());
                json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex}})
            }
        }
    }
}

/// Three signers of root and targets, of whom two are needed, and a program that signs the rest.
pub struct Signers {
    name: &'static str,
    people: [Key; 3],
    program: Key,
}

/// Versions and last days of the roles below the root.
#[derive(Clone, Debug)]
pub struct Release {
    /// Of timestamp, snapshot and targets.
    pub versions: [u64; 3],
    /// Of timestamp, snapshot and targets.
    pub expires: [&'static str; 3],
    /// What is signed for under the name of the trusted root.
    pub document: Value,
    /// Whether names of files hold versions and digests.
    pub is_consistent: bool,
}

impl Release {
    /// Version `version` of all, good until the end of 2099.
    pub fn new(version: u64, document: &Value) -> Self {
        Self { versions: [version; 3], expires: ["2099-12-31T00:00:00Z"; 3], document: document.clone(), is_consistent: true }
    }
}

impl Signers {
    /// New keys, of signers called `name-0`, `name-1`, `name-2` and `name-program`.
    pub fn new(name: &'static str) -> Self {
        let key = || Key::Ecdsa(KeyPair::generate_ecdsa_p256().expect("a key"));
        Self { name, people: [key(), key(), key()], program: key() }
    }

    /// The same with Ed25519 keys.
    pub fn ed25519(name: &'static str) -> Self {
        let key = || Key::Ed25519(Box::new(Ed25519KeyPair::generate().expect("a key")));
        Self { name, people: [key(), key(), key()], program: key() }
    }

    /// The first `count` of the three, by name.
    pub fn people(&self, count: usize) -> Vec<(String, &Key)> {
        self.people.iter().enumerate().take(count).map(|(row, key)| (format!("{}-{row}", self.name), key)).collect()
    }

    /// The program, by name.
    pub fn program(&self) -> Vec<(String, &Key)> {
        vec![(format!("{}-program", self.name), &self.program)]
    }

    /// The part of a root that is signed.
    pub fn root(&self, version: u64, expires: &str) -> Value {
        let all = self.people(3).into_iter().chain(self.program());
        let keys: BTreeMap<String, Value> = all.map(|(name, key)| (name, key.public())).collect();
        let ids = |signers: Vec<(String, &Key)>| signers.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let people = json!({"keyids": ids(self.people(3)), "threshold": 2});
        let program = json!({"keyids": ids(self.program()), "threshold": 1});
        json!({
            "_type": "root", "spec_version": "1.0.31", "version": version, "expires": expires, "consistent_snapshot": true, "keys": keys,
            "roles": {"root": people, "targets": people, "snapshot": program, "timestamp": program},
        })
    }

    /// A root signed by two people.
    pub fn signed_root(&self, version: u64) -> Value {
        signed(self.root(version, "2099-12-31T00:00:00Z"), &self.people(2))
    }

    /// What a role hands on to `self`: the part of its targets that says so. Two of the three people must sign.
    pub fn delegation(&self, role: &str, paths: &Value) -> Value {
        let keys: BTreeMap<String, Value> = self.people(3).into_iter().map(|(name, key)| (name, key.public())).collect();
        let ids: Vec<&String> = keys.keys().collect();
        let role = json!({"name": role, "keyids": ids, "threshold": 2, "terminating": false, "paths": paths});
        json!({"keys": keys, "roles": [role]})
    }

    /// Every file of a release.
    pub fn publish(&self, release: &Release) -> Files {
        self.publish_as(release, targets(release), &[])
    }

    /// Every file of a release in which the targets are `targets`, and further roles have these signed files.
    pub fn publish_as(&self, release: &Release, targets: Value, roles: &[(&str, Value)]) -> Files {
        let Release { versions: [timestamp, snapshot, version], expires, document, is_consistent } = release;
        let signed_targets = signed(targets, &self.people(2));
        let mut signed_snapshot = role("snapshot", *snapshot, expires[1]);
        signed_snapshot["meta"] = json!({"targets.json": named(&signed_targets, *version)});
        for (name, file) in roles {
            signed_snapshot["meta"][format!("{name}.json")] = named(file, *version);
        }
        let signed_snapshot = signed(signed_snapshot, &self.program());
        let mut signed_timestamp = role("timestamp", *timestamp, expires[0]);
        signed_timestamp["meta"] = json!({"snapshot.json": named(&signed_snapshot, *snapshot)});
        let signed_timestamp = signed(signed_timestamp, &self.program());
        let prefixed = |prefix: &str, name: &str| if *is_consistent { format!("{prefix}.{name}") } else { name.to_owned() };
        let mut files = Files::from([
            ("timestamp.json".to_owned(), signed_timestamp),
            (prefixed(&snapshot.to_string(), "snapshot.json"), signed_snapshot),
            (prefixed(&version.to_string(), "targets.json"), signed_targets),
            (format!("targets/{}", prefixed(&sha256(document), "trusted_root.json")), document.clone()),
        ]);
        let named = |(name, file): &(&str, Value)| (prefixed(&version.to_string(), &format!("{name}.json")), file.clone());
        files.extend(roles.iter().map(named));
        files
    }
}

/// The targets of a release, unsigned: the trusted root.
pub fn targets(release: &Release) -> Value {
    let mut targets = role("targets", release.versions[2], release.expires[2]);
    let hashes = json!({"sha256": sha256(&release.document)});
    targets["targets"] = json!({"trusted_root.json": {"length": length(&release.document), "hashes": hashes}});
    targets
}

fn role(kind: &str, version: u64, expires: &str) -> Value {
    json!({"_type": kind, "spec_version": "1.0.31", "version": version, "expires": expires})
}

/// The envelope with one signature a key.
pub fn signed(payload: Value, keys: &[(String, &Key)]) -> Value {
    let bytes = to_canonical_bytes(&payload).expect("whole numbers");
    let signatures: Vec<Value> = keys.iter().map(|(name, key)| json!({"keyid": name, "sig": key.sign(&bytes)})).collect();
    json!({"signatures": signatures, "signed": payload})
}

pub fn named(file: &Value, version: u64) -> Value {
    json!({"version": version, "length": length(file), "hashes": {"sha256": sha256(file)}})
}

fn length(file: &Value) -> usize {
    file.to_string().len()
}

fn sha256(file: &Value) -> String {
    trustgraph::ordered::hex(&Sha256::digest(file.to_string()))
}
