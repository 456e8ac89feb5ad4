//! Real attestations of npm and PyPI: all hold, and every change to one is refused with its reason.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::Value;
use trustgraph::provenance::{Artifact, Expected, Reason, Report, TrustedRoots, verify};

/// A document and what it is about.
struct Case {
    name: &'static str,
    document: Value,
    artifact: Artifact<'static>,
}

/// Bundles and PyPI documents with the file they are about, or the line of `SHA512SUMS` that names it.
const CASES: [(&str, &str); 6] = [
    ("npm/npm_slsa_bundle_v03.json", "sigstore-5.0.0.tgz"),
    ("npm/sigstore.js@2.0.0-provenance.sigstore.json", "sigstore-2.0.0.tgz"),
    ("pypi/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation", "pypi/gitlab_oidc_project-0.0.3.tar.gz"),
    ("pypi/pypi_attestation_models-0.0.4a2.tar.gz.attestation", "pypi/pypi_attestation_models-0.0.4a2.tar.gz"),
    ("pypi/pypi_attestations-0.0.19.tar.gz.provenance", "pypi/pypi_attestations-0.0.19.tar.gz"),
    ("pypi/pypi_attestations-0.0.19.tar.gz.slsa.attestation", "pypi/pypi_attestations-0.0.19.tar.gz"),
];

/// The folder of real attestations, where it is.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let folder = shared.join("attestations");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no real attestations in {} (set TRUSTGRAPH_SHARED_DATA)", folder.display());
    None
}

fn cases() -> Vec<Case> {
    let Some(folder) = folder() else { return Vec::new() };
    let sums = std::fs::read_to_string(folder.join("npm/SHA512SUMS")).expect("sums");
    let case = |(name, about): (&'static str, &str)| {
        let document = serde_json::from_slice(&std::fs::read(folder.join(name)).expect("a document")).expect("JSON");
        let artifact = match sums.lines().find(|line| line.ends_with(about)) {
            Some(line) => Artifact::of_digest(&format!("sha512:{}", &line[..128])).expect("a digest"),
            None => Artifact::of_bytes(std::fs::read(folder.join(about)).expect("an artifact")),
        };
        Case { name, document, artifact }
    };
    CASES.into_iter().map(case).collect()
}

fn check(document: &Value, artifact: &Artifact, roots: &TrustedRoots) -> Report {
    verify(document.to_string().as_bytes(), artifact, &Expected::default(), roots)
}

/// The reason of a document that is refused.
fn reason(report: &Report) -> Option<Reason> {
    let inner = report.attestations.iter().find_map(|finding| finding.rejection.as_ref());
    report.rejection.as_ref().or(inner).map(|rejection| rejection.reason)
}

#[test]
fn all_hold_and_say_where_they_come_from() {
    let roots = TrustedRoots::shipped();
    let sources = [
        "https://github.com/sigstore/sigstore-js",
        "https://github.com/sigstore/sigstore-js",
        "https://gitlab.com/facutuesca/gitlab-oidc-project",
        "https://github.com/trailofbits/pypi-attestation-models",
        "https://github.com/trailofbits/pypi-attestations",
        "https://github.com/trailofbits/pypi-attestations",
    ];
    for (case, source) in cases().iter().zip(sources) {
        let report = check(&case.document, &case.artifact, &roots);
        assert!(report.is_proven, "{}: {report}", case.name);
        let proof = report.attestations[0].proof.as_ref().expect("a proof");
        assert_eq!(proof.claims.source_repository.as_deref(), Some(source), "{}", case.name);
        assert_eq!(proof.claims.source_commit.as_ref().map(String::len), Some(40), "{}", case.name);
        assert!(proof.log_entries.iter().all(|entry| entry.is_included && entry.is_promised), "{}", case.name);
    }
}

#[test]
fn the_signer_is_who_was_asked_for() {
    let roots = TrustedRoots::shipped();
    let identity = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
    let issuer = "https://token.actions.githubusercontent.com";
    let other = format!("{identity}2");
    for case in cases().iter().take(2) {
        let document = case.document.to_string();
        for (asked, from, expected) in [
            (Some(identity), Some(issuer), None),
            (Some(identity), None, None),
            (None, Some(issuer), None),
            (Some(other.as_str()), Some(issuer), Some(Reason::IdentityMismatch)),
            (Some(identity), Some("https://gitlab.com"), Some(Reason::IssuerMismatch)),
        ] {
            let asked = Expected { identity: asked.map(str::to_owned), issuer: from.map(str::to_owned) };
            let report = verify(document.as_bytes(), &case.artifact, &asked, &roots);
            assert_eq!(reason(&report), expected, "{}", case.name);
        }
    }
}

#[test]
fn another_artifact_is_another_artifact() {
    let roots = TrustedRoots::shipped();
    for case in cases() {
        let of_bytes = Artifact::of_bytes(&b"something else"[..]);
        assert_eq!(reason(&check(&case.document, &of_bytes, &roots)), Some(Reason::DigestMismatch), "{}", case.name);
        let other_algorithm = if case.name.starts_with("npm") { "sha256" } else { "sha512" };
        let of_bytes = Artifact::of_bytes(&b"something else"[..]).digests();
        let digest = of_bytes.iter().find(|digest| digest.starts_with(other_algorithm)).expect("a digest");
        let digest = Artifact::of_digest(digest).expect("a digest");
        assert_eq!(reason(&check(&case.document, &digest, &roots)), Some(Reason::DigestNotComparable), "{}", case.name);
    }
}

#[test]
fn lists_and_lines_hold_only_if_all_of_them_do() {
    let roots = TrustedRoots::shipped();
    let cases = cases();
    let Some(case) = cases.first() else { return };
    let list = |kind: &str, bundle: &Value| serde_json::json!({"attestations": [{"predicateType": kind, "bundle": bundle}]});
    let good = list("https://slsa.dev/provenance/v1", &case.document);
    assert!(check(&good, &case.artifact, &roots).is_proven);
    let wrong = list("https://slsa.dev/provenance/v0.2", &case.document);
    assert_eq!(reason(&check(&wrong, &case.artifact, &roots)), Some(Reason::WrapperMismatch));
    let lines = format!("{}\n{}\n", case.document, cases[1].document);
    let report = verify(lines.as_bytes(), &case.artifact, &Expected::default(), &roots);
    assert_eq!((report.is_proven, report.attestations[0].is_proven), (false, true));
    assert_eq!(reason(&report), Some(Reason::DigestMismatch));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let roots = TrustedRoots::shipped();
    for case in cases() {
        let text = case.document.to_string();
        (0..text.len()).into_par_iter().step_by(97).for_each(|end| {
            let report = verify(&text.as_bytes()[..end], &case.artifact, &Expected::default(), &roots);
            assert!(!report.is_proven, "{} cut at {end}", case.name);
        });
    }
}

/// One entry of the log, as a path.
const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

/// Changes of a real bundle (a certificate lives ten minutes, so that of another release had not begun or was over), each with the reason of its own: its time, its proof, what it is about, its root, its certificate, an entry
/// twice. `other` is a bundle of another release.
fn tampered(case: &Case, other: &Case) -> Vec<(&'static str, Value, Reason)> {
    let with = |at: &str, value: Value| {
        let mut changed = case.document.clone();
        *changed.pointer_mut(at).expect("a place") = value;
        changed
    };
    let of = |at: &str| case.document.pointer(at).expect("a place").clone();
    let at = |rest: &str| format!("{ENTRY}{rest}");
    let time: i64 = of(&at("/integratedTime")).as_str().and_then(|text| text.parse().ok()).expect("a time");
    let certificate = ["/certificate/rawBytes", "/x509CertificateChain/certificates/0/rawBytes"];
    let certificate = certificate.map(|rest| format!("/verificationMaterial{rest}"));
    let certificate_of =
        |document: &Value| certificate.iter().find_map(|at| document.pointer(at)).expect("a certificate").clone();
    let own = certificate.iter().find(|at| case.document.pointer(at).is_some()).expect("a place");
    let mut hashes = of(&at("/inclusionProof/hashes"));
    hashes[0] = hashes[1].clone();
    vec![
        ("time", with(&at("/integratedTime"), (time + 1).to_string().into()), Reason::LogPromiseInvalid),
        ("proof", with(&at("/inclusionProof/hashes"), hashes), Reason::InclusionProofInvalid),
        (
            "root hash",
            with(&at("/inclusionProof/rootHash"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()),
            Reason::CheckpointMismatch,
        ),
        ("certificate", with(own, certificate_of(&other.document)), Reason::CertificateNotValid),
        ("twice", with("/verificationMaterial/tlogEntries", serde_json::json!([of(ENTRY), of(ENTRY)])), Reason::DuplicateEntry),
    ]
}

#[test]
fn each_way_to_tamper_has_its_own_reason() {
    let roots = TrustedRoots::shipped();
    let cases = cases();
    for (case, other) in cases.iter().take(2).zip(cases.iter().take(2).rev()) {
        for (what, changed, expected) in tampered(case, other) {
            let report = check(&changed, &case.artifact, &roots);
            assert_eq!(reason(&report), Some(expected), "{}: {what}: {report}", case.name);
        }
        assert_eq!(reason(&check(&case.document, &other.artifact, &roots)), Some(Reason::DigestMismatch), "{}", case.name);
    }
}

#[test]
fn roots_that_have_expired_or_are_of_others_prove_nothing() {
    let (Some(folder), cases) = (folder(), cases()) else { return };
    let shipped: Value = serde_json::from_slice(&std::fs::read(folder.join("trusted_root.json")).expect("a root")).expect("JSON");
    let reason_under = |case: &Case, change: &dyn Fn(&mut Value)| {
        let mut root = shipped.clone();
        change(&mut root);
        let roots = TrustedRoots::read(root.to_string().as_bytes()).expect("a root");
        reason(&check(&case.document, &case.artifact, &roots))
    };
    let expire = |list: &'static str| {
        move |root: &mut Value| {
            for one in root[list].as_array_mut().expect("a list") {
                let place = if one.get("validFor").is_some() { one } else { &mut one["publicKey"] };
                place["validFor"]["end"] = place["validFor"]["start"].clone();
            }
        }
    };
    let none = |list: &'static str| move |root: &mut Value| root[list] = serde_json::json!([]);
    for case in &cases {
        assert_eq!(reason_under(case, &|_| ()), None, "{}", case.name);
        assert_eq!(reason_under(case, &expire("certificateAuthorities")), Some(Reason::AuthorityNotValid), "{}", case.name);
        assert_eq!(reason_under(case, &expire("tlogs")), Some(Reason::LogKeyNotValid), "{}", case.name);
        assert_eq!(reason_under(case, &none("tlogs")), Some(Reason::UnknownLog), "{}", case.name);
        let other_keys = |root: &mut Value| {
            let key = root["tlogs"][0]["publicKey"]["rawBytes"].clone();
            for log in root["ctlogs"].as_array_mut().expect("a list") {
                log["publicKey"]["rawBytes"] = key.clone();
            }
        };
        assert_eq!(reason_under(case, &other_keys), Some(Reason::SctInvalid), "{}", case.name);
        // Whoever trusts a root that has no such log is told what that leaves open.
        let mut without = shipped.clone();
        none("ctlogs")(&mut without);
        let roots = TrustedRoots::read(without.to_string().as_bytes()).expect("a root");
        let shown = check(&case.document, &case.artifact, &roots).to_string();
        assert!(shown.contains("that the certificate was published: this root has no log of certificates"), "{shown}");
    }
}

/// Changes that are accepted, by the end of the path and what it is changed to (nothing: to anything), and why that is right.
const REDUNDANT: [(&str, Option<&str>, &str); 4] = [
    ("/keyid", None, "a hint which key signed; nobody signs it, and the key is the certificate's (DSSE 1.0)"),
    ("/timestampVerificationData", Some("null"), "no list of timestamps says the same as an empty one"),
    (
        "sigstore.js@2.0.0-provenance.sigstore.json: /verificationMaterial/tlogEntries/0/inclusionProof",
        Some("null"),
        "version 0.1 needs the log's promise only; the report then says that inclusion is not proven",
    ),
    (
        "/publisher/environment",
        Some("\"x\""),
        "certificates of 2024 do not name the environment, so nothing contradicts it; only the certificate's is shown",
    ),
];

/// Every way a leaf is changed.
fn changes(leaf: &Value) -> Vec<Value> {
    match leaf {
        Value::Null => vec![Value::from("x"), Value::from(7)],
        Value::Bool(is) => vec![Value::from(!is)],
        Value::Number(number) => vec![Value::from(number.as_i64().unwrap_or_default() + 1), Value::Null],
        Value::String(text) => {
            let mut all = vec![Value::Null, Value::from(""), Value::from(7), Value::from(format!("{text}x"))];
            if let Ok(number) = text.parse::<i64>() {
                all.extend([number + 1, number - 1, -number, i64::MAX].map(|n| Value::from(n.to_string())));
            }
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            // First, last and some between; a letter becomes its neighbour.
            for at in places.iter().step_by((places.len() / 8).max(1)).chain(places.last()) {
                let mut bytes = text.clone().into_bytes();
                bytes[*at] = if bytes[*at] == b'A' { b'B' } else { b'A' };
                all.extend(String::from_utf8(bytes).ok().filter(|changed| changed != text).map(Value::from));
            }
            all
        }
        Value::Array(_) | Value::Object(_) => vec![Value::Null],
    }
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), found)),
        Value::Array(items) => (0..).zip(items).for_each(|(i, value): (usize, _)| pointers(value, &format!("{at}/{i}"), found)),
        _ => {}
    }
    found.push(at.to_owned());
}

#[test]
fn every_leaf_counts() {
    let roots = TrustedRoots::shipped();
    let mut accepted = Vec::new();
    let mut tried = 0;
    for case in cases() {
        let mut all = Vec::new();
        pointers(&case.document, "", &mut all);
        let tests: Vec<(String, Value)> = all
            .iter()
            .flat_map(|at| changes(case.document.pointer(at).expect("a leaf")).into_iter().map(move |to| (at.clone(), to)))
            .collect();
        tried += tests.len();
        let survivors = tests.par_iter().filter(|(at, to)| {
            let mut changed = case.document.clone();
            *changed.pointer_mut(at).expect("a leaf") = to.clone();
            check(&changed, &case.artifact, &roots).is_proven
        });
        let survivors = survivors.map(|(at, to)| format!("{}: {at} = {to}", case.name)).collect::<Vec<_>>();
        accepted.extend(survivors.into_iter().filter(|line| {
            let (path, to) = line.split_once(" = ").expect("a change");
            !REDUNDANT.iter().any(|(end, only, _)| path.ends_with(end) && only.is_none_or(|only| only == to))
        }));
    }
    assert!(tried == 0 || tried > 2000, "{tried} changes tried");
    assert!(accepted.is_empty(), "{} accepted:\n{}", accepted.len(), accepted.join("\n"));
}
