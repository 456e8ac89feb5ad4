//! `trustgraph attestation` as it is typed: exit codes, text, JSON, and hostile files.

#[expect(dead_code, reason = "other tests use the rest")]
mod provenance_world;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::fs::File;
use std::path::PathBuf;

use provenance_world::{ARTIFACT, IDENTITY, ISSUER, Plan, World, sha512};
use runs::{Said, run};
use serde_json::Value;
use tempfile::TempDir;

/// A bundle, its artifact and its root on disk.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let (folder, world) = (tempfile::tempdir().expect("a folder"), World::new());
        let bundle = world.bundle(&Plan::default()).to_string();
        let root = world.root(None).to_string();
        for (name, bytes) in [("bundle", bundle.as_bytes()), ("root", root.as_bytes()), ("artifact", ARTIFACT), ("other", b"x")] {
            std::fs::write(folder.path().join(name), bytes).expect("a file");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, bundle: &str, artifact: &str, more: &[&str]) -> Said {
        let [bundle, artifact, root] = [bundle, artifact, "root"].map(|name| self.path(name).display().to_string());
        let arguments = ["attestation", &bundle, "--artifact", &artifact, "--trusted-root", &root];
        run(&[&arguments, more].concat())
    }
}

#[test]
fn exit_codes_tell_a_proof_from_a_refusal_from_wrong_use() {
    let files = Files::new();
    let said = files.run("bundle", "artifact", &[]).expect(0, &[]);
    assert!(said.out.contains(IDENTITY) && said.out.contains("NOT proven") && said.out.ends_with("it holds\n"), "{said:#?}");
    files.run("bundle", "artifact", &["--identity", IDENTITY, "--issuer", ISSUER]).expect(0, &[]);
    let said = files.run("bundle", "artifact", &["--identity", ISSUER]).expect(1, &[]);
    assert!(said.out.contains("somebody else signed [identity_mismatch]"), "{said:#?}");
    let said = files.run("bundle", "other", &[]).expect(1, &[]);
    assert!(said.out.contains("[digest_mismatch]") && said.out.ends_with("it does NOT hold\n"), "{said:#?}");
    files.run("absent", "artifact", &[]).expect(2, &["absent"]);
    files.run("bundle", "absent", &[]).expect(2, &["absent"]);
    let bundle = files.path("bundle").display().to_string();
    run(&["attestation", &bundle]).expect(2, &["--artifact", "--digest"]);
    run(&["attestation", &bundle, "--digest", "sha256:00"]).expect(2, &["64"]);
    run(&["attestation", &bundle, "--digest", &sha512(), "--trusted-root", &bundle]).expect(2, &["trusted_root.json"]);
    run(&["attestation", &bundle, "--digest", &sha512()]).expect(1, &[]);
}

#[test]
fn json_has_stable_keys() {
    let files = Files::new();
    let said = files.run("bundle", "artifact", &["--format", "json"]).expect(0, &[]);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    let proof = &report["attestations"][0]["proof"];
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&report), "artifact attestations is_proven rejection");
    assert_eq!(keys(&report["attestations"][0]), "format is_proven proof rejection");
    assert_eq!(
        keys(proof),
        "claims contradiction log_entries not_proven predicate_type published signed_at signer stated_build_type stated_builder \
         subject trusted_root"
    );
    assert_eq!(proof["signer"]["kind"], "certificate");
    let said = files.run("bundle", "other", &["--format", "json"]).expect(1, &[]);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(report["attestations"][0]["rejection"]["reason"], "digest_mismatch");
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let files = Files::new();
    File::create(files.path("huge")).expect("a file").set_len(100 << 20).expect("100 MB");
    for (name, bytes, reason) in [
        ("empty", &b""[..], "no_attestation"),
        ("bytes", b"\xff\xfe", "not_json"),
        ("cut", b"{\"mediaType\":", "not_json"),
        ("number", b"7", "unknown_format"),
        ("deep", &[b'['; 1 << 20], "too_deep"),
        ("twice", b"{\"mediaType\":1,\"mediaType\":2}", "duplicate_key"),
        ("lists", b"{\"attestations\":[]}", "no_attestation"),
    ] {
        std::fs::write(files.path(name), bytes).expect("a file");
        let said = files.run(name, "artifact", &[]).expect(1, &[]);
        assert!(said.out.contains(&format!("[{reason}]")), "{name}: {said:#?}");
    }
    let said = files.run("huge", "artifact", &[]).expect(1, &[]);
    assert!(said.out.contains("[too_large]"), "{said:#?}");
}
