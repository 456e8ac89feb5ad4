//! npm and the Python Package Index from a loopback server in their real formats: fetch, run, Parquet, and a second fetch that
//! brings nothing.

mod damage;
#[expect(dead_code, reason = "other tests use the rest")]
mod provenance_world;
mod registry_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use provenance_world::{Plan, World};
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

    let made = |options: &[&str], out: &Path| {
        let out = out.to_string_lossy().into_owned();
        let arguments = [&["run", &job, "--out", &out], options].concat().into_iter().map(str::to_owned);
        run(&arguments.chain(common.clone()).collect::<Vec<_>>()).expect(0, &[]);
        snapshots(Path::new(&out)).into_iter().next().expect("a snapshot")
    };
    let snapshot = made(&["--offline"], &out);
    check(&Published::read(&snapshot).expect("a snapshot"));
    let on = made(&[], &folder.path().join("on"));
    assert_eq!(runs::files(&on), runs::files(&snapshot), "the network is asked, and nothing else is accepted or rejected");
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

/// A package whose attestation a Sigstore instance of our own vouches for.
fn write_own(folder: &Path, world: &World) {
    let (algorithm, digest) =
        (provenance_world::sha512().split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))).expect("a digest");
    let mut plan = Plan::default();
    plan.statement["subject"][0]["digest"] = json!({ algorithm: digest });
    let bundle = json!({"predicateType": "https://slsa.dev/provenance/v1", "bundle": world.bundle(&plan)});
    let packument = json!({
        "name": "own", "dist-tags": {"latest": "1.0.0"}, "maintainers": [{"name": "ann"}], "time": {"1.0.0": "2026-01-02T00:00:00.000Z"},
        "versions": {"1.0.0": {"dist": {
            "integrity": format!("sha512-{}", base64(&bytes(&digest))), "attestations": {"url": "https://x", "provenance": {}}
        }}}
    });
    std::fs::create_dir_all(folder.join("npm/own")).expect("made");
    for (name, file) in [
        ("npm/own/packument.json", packument),
        ("npm/own/1.0.0.attestations.json", json!({"attestations": [bundle]})),
        ("own_root.json", world.root(None)),
        ("other_root.json", World::new().root(None)),
        ("no_root.json", json!({"mediaType": "x"})),
    ] {
        std::fs::write(folder.join(name), file.to_string()).expect("written");
    }
}

#[test]
fn a_job_says_whom_it_trusts() {
    let folder = tempfile::tempdir().expect("a folder");
    write_own(folder.path(), &World::new());
    let with = |root: &str| {
        let text = format!(
            "title = \"Own\"\nparameters = {:?}\ndecisions = {:?}\n[sources.npm]\npath = \"npm\"\npackages = [\"own\"]\n\
             provenance_releases = 1\nmax_age_hours = 0\nmax_reject_share = 0.0\n{root}\n",
            runs::jobs().join("parameters.toml"),
            runs::jobs().join("decisions")
        );
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(path("own.toml"), text).expect("written");
        let out = tempfile::tempdir().expect("a folder");
        let said = run(&["run", &path("own.toml"), "--offline", "--out", &out.path().to_string_lossy()]);
        let published = snapshots(out.path()).first().map(|folder| Published::read(folder).expect("a snapshot"));
        (said, published)
    };
    let proof = |root: &str| {
        let (said, published) = with(root);
        said.expect(0, &[]);
        let published = published.expect("a snapshot");
        let row = &published.provenance[0];
        let is_pinned = published.sources.iter().any(|row| row.file == "trusted_root.json");
        (row.is_verified, row.reason.as_deref().map(str::to_owned), row.repository_url.is_some(), is_pinned)
    };
    let unknown = Some("unknown_log".to_owned());
    assert_eq!(proof(""), (false, unknown.clone(), false, false));
    assert_eq!(proof("trusted_root = \"own_root.json\""), (true, None, true, true));
    assert_eq!(proof("trusted_root = \"other_root.json\""), (false, unknown, false, true));
    with("trusted_root = \"no_root.json\"").0.expect(1, &["npm: trusted_root.json: the trusted root cannot be used"]);
    with("trusted_root = \"nowhere.json\"").0.expect(1, &["nowhere.json"]);
}
