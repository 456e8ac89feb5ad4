//! A repository of The Update Framework with keys of our own: every file is signed anew whenever a test changes something.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sigstore_tuf::canonical_json::to_canonical_bytes;
use sigstore_verify::crypto::KeyPair;

/// Files by name, as they are served.
pub type Files = BTreeMap<String, Value>;

/// Three signers of root and targets, of whom two are needed, and a program that signs the rest.
pub struct Signers {
    name: &'static str,
    people: [KeyPair; 3],
    program: KeyPair,
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
}

impl Release {
    /// Version `version` of all, good until the end of 2099.
    pub fn new(version: u64, document: &Value) -> Self {
        Self { versions: [version; 3], expires: ["2099-12-31T00:00:00Z"; 3], document: document.clone() }
    }
}

impl Signers {
    /// New keys, of signers called `name-0`, `name-1`, `name-2` and `name-program`.
    pub fn new(name: &'static str) -> Self {
        let key = || KeyPair::generate_ecdsa_p256().expect("a key");
        Self { name, people: [key(), key(), key()], program: key() }
    }

    /// The first `count` of the three, by name.
    pub fn people(&self, count: usize) -> Vec<(String, &KeyPair)> {
        self.people.iter().enumerate().take(count).map(|(row, key)| (format!("{}-{row}", self.name), key)).collect()
    }

    /// The program, by name.
    pub fn program(&self) -> Vec<(String, &KeyPair)> {
        vec![(format!("{}-program", self.name), &self.program)]
    }

    /// The part of a root that is signed.
    pub fn root(&self, version: u64, expires: &str) -> Value {
        let all = self.people(3).into_iter().chain(self.program());
        let keys: BTreeMap<String, Value> = all.map(|(name, key)| (name, public(key))).collect();
        let ids = |signers: Vec<(String, &KeyPair)>| signers.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
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

    /// Every file of a release.
    pub fn publish(&self, release: &Release) -> Files {
        let Release { versions: [timestamp, snapshot, targets], expires, document } = release;
        let role = |kind: &str, version: u64, expires: &str| json!({"_type": kind, "spec_version": "1.0.31", "version": version, "expires": expires});
        let digest = sha256(document);
        let mut signed_targets = role("targets", *targets, expires[2]);
        signed_targets["targets"] = json!({"trusted_root.json": {"length": length(document), "hashes": {"sha256": digest}}});
        let signed_targets = signed(signed_targets, &self.people(2));
        let mut signed_snapshot = role("snapshot", *snapshot, expires[1]);
        signed_snapshot["meta"] = json!({"targets.json": named(&signed_targets, *targets)});
        let signed_snapshot = signed(signed_snapshot, &self.program());
        let mut signed_timestamp = role("timestamp", *timestamp, expires[0]);
        signed_timestamp["meta"] = json!({"snapshot.json": named(&signed_snapshot, *snapshot)});
        let signed_timestamp = signed(signed_timestamp, &self.program());
        [
            ("timestamp.json".to_owned(), signed_timestamp),
            (format!("{snapshot}.snapshot.json"), signed_snapshot),
            (format!("{targets}.targets.json"), signed_targets),
            (format!("targets/{digest}.trusted_root.json"), document.clone()),
        ]
        .into()
    }
}

/// The envelope with one signature a key.
pub fn signed(payload: Value, keys: &[(String, &KeyPair)]) -> Value {
    let bytes = to_canonical_bytes(&payload).expect("whole numbers");
    let sign = |key: &KeyPair| trustgraph::ordered::hex(key.sign(&bytes).expect("a signature").as_bytes());
    let signatures: Vec<Value> = keys.iter().map(|(name, key)| json!({"keyid": name, "sig": sign(key)})).collect();
    json!({"signatures": signatures, "signed": payload})
}

fn public(key: &KeyPair) -> Value {
    let pem = key.public_key_der().expect("a key").to_pem();
    json!({"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": pem}})
}

fn named(file: &Value, version: u64) -> Value {
    json!({"version": version, "length": length(file), "hashes": {"sha256": sha256(file)}})
}

fn length(file: &Value) -> usize {
    file.to_string().len()
}

fn sha256(file: &Value) -> String {
    trustgraph::ordered::hex(&Sha256::digest(file.to_string()))
}
