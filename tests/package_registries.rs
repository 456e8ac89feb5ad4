//! npm and the Python Package Index from a loopback server in their real formats: fetch, run, Parquet, and a second fetch that
//! brings nothing.

mod damage;
mod registry_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use registry_server::Server;
use runs::{run, snapshots};
use serde_json::{Value, json};
use trustgraph::snapshot::Published;

const JOB: &str = r#"
title = "Two registries"
parameters = "PARAMETERS"
decisions = "DECISIONS"

[sources.npm]
packages = ["sigstore", "@s/two", "gone", "lost", "crowd-1", "crowd-2", "crowd-3", "crowd-4"]
lockfiles = ["package-lock.json"]
provenance_releases = 2
max_age_hours = 0
max_reject_share = 0.0

[sources.pypi]
packages = ["Pypi_Attestations"]
lockfiles = ["requirements.txt"]
provenance_releases = 1
max_age_hours = 0
max_reject_share = 0.0
"#;

/// Real attestations, where they are.
fn real(name: &str) -> Option<Vec<u8>> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    std::fs::read(shared.join("attestations").join(name)).ok()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |group: &[u8], at: usize| {
        let bits = group.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - group.len()));
        if at > group.len() { '=' } else { char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]) }
    };
    bytes.chunks(3).flat_map(|group| (0..4).map(move |at| digit(group, at))).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal")).collect()
}

const SIGSTORE: &str = "46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c";
const ATTESTATIONS: &str = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3";

fn npm() -> BTreeMap<String, Value> {
    let version = |digest: &str, more: Value| {
        let mut fields = json!({
            "dist": {"integrity": format!("sha512-{}", base64(&bytes(digest))), "attestations": {"provenance": {}}},
            "repository": {"type": "git", "url": "git+https://github.com/sigstore/sigstore-js.git", "directory": "packages/client"},
            "_npmUser": {"name": "GitHub Actions", "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:x"}}
        });
        fields.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        fields
    };
    let sigstore = json!({
        "name": "sigstore", "dist-tags": {"latest": "2.0.0"}, "maintainers": [{"name": "ann", "email": "ann@example.org"}],
        "time": {"1.0.0": "2023-01-01T00:00:00.000Z", "2.0.0": "2023-08-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"},
        "versions": {"1.0.0": version(&"0".repeat(128), json!({})), "2.0.0": version(SIGSTORE, json!({"dependencies": {"@s/two": "1"}}))}
    });
    let of = |name: &str, maintainer: &str, year: u32| {
        json!({
            "name": name, "dist-tags": {"latest": "1.0.0"}, "maintainers": [{"name": maintainer}],
            "time": {"1.0.0": format!("{year}-01-01T00:00:00.000Z")},
            "versions": {"1.0.0": {"repository": "owner/two", "_npmUser": {"name": maintainer}, "dependencies": {}}}
        })
    };
    let plain = |name: &str| of(name, "bob", 2022);
    let mut bundles = json!({"attestations": []});
    if let Some(bundle) = real("npm/sigstore.js@2.0.0-provenance.sigstore.json") {
        let bundle: Value = serde_json::from_slice(&bundle).expect("JSON");
        bundles = json!({"attestations": [{"predicateType": "https://slsa.dev/provenance/v1", "bundle": bundle}]});
    }
    let trusted = json!({"_npmUser": {"name": "GitHub Actions", "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:y"}}});
    let lost = json!({
        "name": "lost", "dist-tags": {"latest": "1.2.0"}, "maintainers": [{"name": "ann"}],
        "time": {"1.0.0": "2023-01-01T00:00:00.000Z", "1.1.0": "2023-08-01T00:00:00.000Z", "1.2.0": "2023-12-01T00:00:00.000Z"},
        "versions": {"1.0.0": trusted, "1.1.0": trusted, "1.2.0": {"_npmUser": {"name": "ann"}}}
    });
    let crowd = (1..=4).map(|n| (format!("/npm/crowd-{n}"), of(&format!("crowd-{n}"), &format!("stranger-{n}"), 2023)));
    let known = BTreeMap::from([
        ("/npm/lost".into(), lost),
        ("/npm/sigstore".into(), sigstore),
        ("/npm/@s%2ftwo".into(), plain("@s/two")),
        ("/npm/locked".into(), plain("locked")),
        ("/npm/-/npm/v1/attestations/sigstore@2.0.0".into(), bundles.clone()),
        ("/npm/-/npm/v1/attestations/sigstore@1.0.0".into(), bundles),
    ]);
    known.into_iter().chain(crowd).collect()
}

fn pypi(address: &str) -> BTreeMap<String, Value> {
    let name = "pypi-attestations";
    let simple = json!({
        "meta": {"api-version": "1.4"}, "name": name, "project-status": {"status": "deprecated"},
        "files": [{"filename": "pypi_attestations-0.0.19.tar.gz", "hashes": {"sha256": ATTESTATIONS}, "yanked": false,
            "upload-time": "2024-12-01T00:00:00Z", "provenance": format!("{address}/integrity/x/0.0.19/provenance")}]
    });
    let project = json!({
        "info": {"name": name, "version": "0.0.19", "requires_dist": ["Other>=1"],
            "project_urls": {"Source": "https://github.com/trailofbits/pypi-attestations"}},
        "releases": {}, "ownership": {"organization": null, "roles": [{"role": "Owner", "user": "ann"}]}
    });
    let other =
        json!({"name": "other", "files": [{"filename": "other-1.0.zip", "hashes": {}, "upload-time": "2020-01-01T00:00:00Z"}]});
    let document = real("pypi/pypi_attestations-0.0.19.tar.gz.provenance");
    let document = document.map_or_else(|| json!({}), |text| serde_json::from_slice(&text).expect("JSON"));
    BTreeMap::from([
        ("/simple/pypi-attestations/".into(), simple),
        ("/pypi/pypi-attestations/json".into(), project),
        ("/simple/other/".into(), other),
        ("/integrity/x/0.0.19/provenance".into(), document),
    ])
}

/// A job in a folder of its own, with lockfiles beside it.
fn job(folder: &Path) -> PathBuf {
    let jobs = runs::jobs();
    let text = JOB.replace("PARAMETERS", &jobs.join("parameters.toml").to_string_lossy());
    let text = text.replace("DECISIONS", &jobs.join("decisions").to_string_lossy());
    let lock = json!({"lockfileVersion": 3, "packages": {"": {}, "node_modules/locked": {"version": "1.0.0"}}});
    for (name, text) in [("job.toml", text), ("package-lock.json", lock.to_string()), ("requirements.txt", "other==1.0\n".into())]
    {
        std::fs::write(folder.join(name), text).expect("written");
    }
    folder.join("job.toml")
}

#[test]
fn documents_become_a_snapshot_and_come_once() {
    let server = Server::start(|address| npm().into_iter().chain(pypi(address)).collect());
    let folder = tempfile::tempdir().expect("a folder");
    let job = job(folder.path()).to_string_lossy().into_owned();
    let (cache, out) = (folder.path().join("cache"), folder.path().join("out"));
    let bases = [format!("npm={}/npm", server.address), format!("pypi={}/simple", server.address)];
    let common = ["--cache", &*cache.to_string_lossy(), "--base", &bases[0], "--base", &bases[1]].map(str::to_owned);
    let fetch: Vec<String> = ["fetch".to_owned(), job.clone()].into_iter().chain(common.clone()).collect();
    run(&fetch).expect(0, &["the registry does not have gone"]);
    let first = server.take();
    assert!(first.iter().all(|(_, status, _)| matches!(status, 200 | 404)), "{first:?}");
    run(&fetch).expect(0, &[]);
    let (mut before, mut again) = (0, 0);
    first.iter().for_each(|(_, _, length)| before += length);
    server.take().iter().for_each(|(_, _, length)| again += length);
    assert!(again * 50 < before, "a second run brings {again} bytes of {before}");

    let offline = ["run".to_owned(), job, "--offline".into(), "--out".into(), out.to_string_lossy().into_owned()];
    run(&offline.into_iter().chain(common).collect::<Vec<_>>()).expect(0, &[]);
    let snapshot = snapshots(&out).into_iter().next().expect("a snapshot");
    check(&Published::read(&snapshot).expect("a snapshot"));
}

fn check(published: &Published) {
    let names: Vec<&str> = published.packages.iter().map(|row| row.purl.as_str()).collect();
    let expected = [
        "pkg:npm/%40s/two",
        "pkg:npm/locked",
        "pkg:npm/lost",
        "pkg:npm/sigstore",
        "pkg:pypi/other",
        "pkg:pypi/pypi-attestations",
    ];
    assert_eq!(names.into_iter().filter(|name| !name.starts_with("pkg:npm/crowd-")).collect::<Vec<_>>(), expected);
    let found = |signal: &str| -> Vec<(&str, f64, &str)> {
        let rows = published.findings.iter().filter(|row| row.signal == signal);
        rows.map(|row| (row.node_id.as_str(), row.strength, row.evidence.as_str())).collect()
    };
    let lost =
        "Version 1.2.0 of 2023-12-01 carries no provenance that holds; 2 of the 2 days of releases before it have one that does.";
    assert_eq!(found("provenance_lost"), [("pkg:npm/lost", 1.0, lost)]);
    let crowd = found("provenance_contradicted");
    assert_eq!(crowd.len(), 4, "who came first keeps the claim: {crowd:?}");
    assert!(crowd.iter().all(|(purl, strength, _)| purl.starts_with("pkg:npm/crowd-") && *strength == 0.8), "{crowd:?}");
    assert!(crowd[0].2.contains("as 6 packages in 5 groups without a common maintainer do, and another came first"), "{crowd:?}");
    let damaged = damage::is_withstood(published, "lost");
    assert!(damaged.contains(&"provenance") && damaged.contains(&"repository_evidence"), "{damaged:?}");
    let evidence: BTreeMap<_, _> =
        published.repository_evidence.iter().map(|row| (row.purl.as_str(), (row.evidence_level, &*row.basis))).collect();
    assert_eq!(evidence["pkg:npm/locked"], (0, "claim"));
    if real("npm/SHA512SUMS").is_none() {
        println!("skipped: no real attestations in ../shared/data (set TRUSTGRAPH_SHARED_DATA)");
        return;
    }
    assert_eq!(evidence["pkg:npm/sigstore"], (5, "attestation"));
    assert_eq!(evidence["pkg:pypi/pypi-attestations"], (5, "attestation"));
}
