//! A world of our own against the verifier: what holds, and one reason for everything that does not.

mod provenance_world;

use provenance_world::{ARTIFACT, IDENTITY, ISSUER, Plan, SIGNED_AT, World, sha512};
use serde_json::{Value, json};
use trustgraph::provenance::{Artifact, Expected, Reason, Report, Signer, TrustedRoots, verify};

fn roots(root: &Value) -> TrustedRoots {
    TrustedRoots::read(root.to_string().as_bytes()).expect("a root")
}

fn check(document: &Value, roots: &TrustedRoots) -> Report {
    verify(document.to_string().as_bytes(), &Artifact::of_bytes(ARTIFACT), &Expected::default(), roots)
}

/// The reason, or nothing if it holds.
fn reason(report: &Report) -> Option<Reason> {
    let inner = report.attestations.iter().find_map(|finding| finding.rejection.as_ref());
    report.rejection.as_ref().or(inner).map(|rejection| rejection.reason)
}

#[test]
fn a_whole_bundle_holds_and_says_what_is_open() {
    let world = World::new();
    let report = check(&world.bundle(&Plan::default()), &roots(&world.root(None)));
    assert!(report.is_proven, "{report}");
    let proof = report.attestations[0].proof.as_ref().expect("a proof");
    assert_eq!(proof.signed_at, ["2026-01-01T00:05:00Z"]);
    assert_eq!(proof.claims.source_repository.as_deref(), Some("https://forge.example.org/owner/name"));
    assert!(proof.not_proven.iter().any(|gap| gap.contains("owner")), "self-hosted: {:?}", proof.not_proven);
}

#[test]
fn each_change_has_its_own_reason() {
    let world = World::new();
    let trusted = roots(&world.root(None));
    let good = world.bundle(&Plan::default());
    let other = world.bundle(&Plan { identity: (0x86, "https://forge.example.org/else"), ..Plan::default() });
    let entry = "/verificationMaterial/tlogEntries/0";
    let certificate = other["verificationMaterial"]["certificate"].clone();
    let at = |rest: &str| format!("{entry}{rest}");
    let time = (SIGNED_AT + 1).to_string();
    let hash = other["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["rootHash"].clone();
    let twice = json!([good.pointer(entry), good.pointer(entry)]);
    for (pointer, value, expected) in [
        (at("/integratedTime"), json!(time), Reason::LogPromiseInvalid),
        (at("/logIndex"), json!("0"), Reason::LogPromiseInvalid),
        (at("/inclusionProof/hashes/0"), hash.clone(), Reason::InclusionProofInvalid),
        (at("/inclusionProof/hashes"), json!([]), Reason::InclusionProofInvalid),
        (at("/inclusionProof/rootHash"), hash, Reason::CheckpointMismatch),
        (at("/inclusionProof/treeSize"), json!("3"), Reason::CheckpointMismatch),
        (at("/inclusionProof/treeSize"), json!("9223372036854775807"), Reason::CheckpointMismatch),
        (at("/inclusionProof/treeSize"), json!("18446744073709551616"), Reason::MalformedBundle),
        (at("/inclusionProof/checkpoint/envelope"), json!(""), Reason::CheckpointInvalid),
        (at("/inclusionProof"), json!(null), Reason::MissingInclusionProof),
        (at("/inclusionPromise"), json!(null), Reason::MissingSignedTime),
        (at("/kindVersion/kind"), json!("intoto"), Reason::MalformedBundle),
        (at("/logId/keyId"), json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), Reason::UnknownLog),
        ("/verificationMaterial/tlogEntries".to_owned(), twice, Reason::DuplicateEntry),
        ("/verificationMaterial/tlogEntries".to_owned(), json!([]), Reason::MissingLogEntry),
        ("/verificationMaterial/certificate".to_owned(), certificate, Reason::LogEntryMismatch),
        ("/verificationMaterial/certificate/rawBytes".to_owned(), json!("AAAA"), Reason::CertificateMalformed),
        ("/dsseEnvelope/payload".to_owned(), json!("e30="), Reason::StatementMalformed),
        ("/dsseEnvelope/payloadType".to_owned(), json!("text/plain"), Reason::UnsupportedSignature),
        ("/dsseEnvelope/signatures".to_owned(), json!([]), Reason::MalformedBundle),
        ("/dsseEnvelope/signatures/0/sig".to_owned(), json!("AAAA"), Reason::SignatureInvalid),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(&pointer).expect("a part") = value;
        let report = check(&changed, &trusted);
        assert_eq!(reason(&report), Some(expected), "{pointer}: {report}");
    }
}

#[test]
fn a_payload_of_another_bundle_was_not_signed() {
    let world = World::new();
    let mut other = Plan::default();
    other.statement["subject"][0]["name"] = "another".into();
    let mut bundle = world.bundle(&Plan::default());
    bundle["dsseEnvelope"]["payload"] = world.bundle(&other)["dsseEnvelope"]["payload"].clone();
    assert_eq!(reason(&check(&bundle, &roots(&world.root(None)))), Some(Reason::SignatureInvalid));
}

#[test]
fn what_was_signed_must_be_right_too() {
    let world = World::new();
    let trusted = roots(&world.root(None));
    let plan = Plan::default();
    let changed = |pointer: &str, value: Value| {
        let mut plan = plan.clone();
        *plan.statement.pointer_mut(pointer).expect("a part") = value;
        plan
    };
    let workflow = "/predicate/buildDefinition/externalParameters/workflow/repository";
    let commit = "/predicate/buildDefinition/resolvedDependencies/0/digest/gitCommit";
    for (plan, expected) in [
        (changed("/subject/0/digest/sha256", json!("00".repeat(32))), Reason::DigestMismatch),
        (changed("/subject/0/digest", json!({"sha1": "00".repeat(20)})), Reason::DigestNotComparable),
        (changed(workflow, json!("https://forge.example.org/owner/other")), Reason::RepositoryMismatch),
        (changed(commit, json!("00".repeat(20))), Reason::CommitMismatch),
        (changed("/predicate/runDetails/builder/id", json!("https://x/github-hosted")), Reason::BuilderMismatch),
        (changed("/_type", json!("https://example.org/Statement")), Reason::StatementMalformed),
        (changed("/subject", json!([])), Reason::StatementMalformed),
        (Plan { signed_at: SIGNED_AT + 3600, ..plan.clone() }, Reason::CertificateNotValid),
        (Plan { signed_at: SIGNED_AT - 3600, ..plan.clone() }, Reason::CertificateNotValid),
        (Plan { has_sct: false, ..plan.clone() }, Reason::SctInvalid),
        (Plan { is_registry: true, ..plan.clone() }, Reason::UnknownKey),
    ] {
        let report = check(&world.bundle(&plan), &trusted);
        assert_eq!(reason(&report), Some(expected), "{report}");
    }
}

#[test]
fn the_older_form_of_provenance_is_held_against_the_certificate_too() {
    let world = World::new();
    let trusted = roots(&world.root(None));
    let uri = "git+https://forge.example.org/owner/name@refs/heads/main";
    for (uri, commit, expected) in [
        (uri, "0123456789abcdef0123456789abcdef01234567", None),
        (uri, "1123456789abcdef0123456789abcdef01234567", Some(Reason::CommitMismatch)),
        ("git+https://forge.example.org/owner/fork@refs/heads/main", "", Some(Reason::RepositoryMismatch)),
        ("no address", "", Some(Reason::RepositoryMismatch)),
    ] {
        let mut plan = Plan::default();
        plan.statement["_type"] = "https://in-toto.io/Statement/v0.1".into();
        plan.statement["predicateType"] = "https://slsa.dev/provenance/v0.2".into();
        plan.statement["predicate"] = json!({"invocation": {"configSource": {"uri": uri, "digest": {"sha1": commit}}}});
        assert_eq!(reason(&check(&world.bundle(&plan), &trusted)), expected, "{uri} {commit}");
    }
}

#[test]
fn a_caller_who_names_the_signer_is_told_of_a_contradiction() {
    let world = World::new();
    let mut plan = Plan::default();
    plan.statement["predicate"]["buildDefinition"]["externalParameters"]["workflow"]["repository"] =
        "https://example.org/o/n".into();
    let expected = Expected { identity: Some(IDENTITY.to_owned()), issuer: Some(ISSUER.to_owned()) };
    let document = world.bundle(&plan).to_string();
    let report = verify(document.as_bytes(), &Artifact::of_bytes(ARTIFACT), &expected, &roots(&world.root(None)));
    let proof = report.attestations[0].proof.as_ref().expect("a proof");
    assert_eq!(proof.contradiction.as_ref().map(|rejection| rejection.reason), Some(Reason::RepositoryMismatch));
    assert!(report.to_string().contains("repository_mismatch"));
}

#[test]
fn a_root_is_trusted_in_its_days_and_no_other_root_is() {
    let (world, stranger) = (World::new(), World::new());
    let bundle = world.bundle(&Plan::default());
    let retired = roots(&world.root(Some("2025-12-31T00:00:00Z")));
    assert_eq!(reason(&check(&bundle, &retired)), Some(Reason::AuthorityNotValid));
    assert_eq!(reason(&check(&bundle, &roots(&stranger.root(None)))), Some(Reason::UnknownLog));
    assert_eq!(reason(&check(&bundle, &TrustedRoots::shipped())), Some(Reason::UnknownLog));
    let mut mixed = world.root(None);
    mixed["certificateAuthorities"] = stranger.root(None)["certificateAuthorities"].clone();
    assert_eq!(reason(&check(&bundle, &roots(&mixed))), Some(Reason::UnknownAuthority));
    let mut ended = world.root(None);
    ended["tlogs"][0]["publicKey"]["validFor"]["end"] = "2025-12-31T00:00:00Z".into();
    assert_eq!(reason(&check(&bundle, &roots(&ended))), Some(Reason::LogKeyNotValid));
    let both = format!("{}\n{}", stranger.root(None), world.root(None));
    assert!(check(&bundle, &TrustedRoots::read(both.as_bytes()).expect("two roots")).is_proven);
}

#[test]
fn a_registry_key_proves_the_registry_and_nobody_else() {
    let world = World::new();
    let bundle = world.bundle(&Plan { is_registry: true, ..Plan::default() });
    let with = |end: &str| roots(&world.root(None)).with_registry_keys(&world.registry_keys(end)).expect("keys");
    let trusted = with("2026-06-01T00:00:00Z");
    let report = check(&bundle, &trusted);
    assert!(report.is_proven, "{report}");
    let proof = report.attestations[0].proof.as_ref().expect("a proof");
    assert!(matches!(&proof.signer, Signer::RegistryKey { key_id } if key_id == "registry"));
    assert!(proof.not_proven[0].starts_with("who built it"), "{:?}", proof.not_proven);
    assert_eq!(reason(&check(&bundle, &with("2025-12-31T00:00:00Z"))), Some(Reason::KeyNotValid));
    let expected = Expected { identity: Some(IDENTITY.to_owned()), issuer: None };
    let report = verify(bundle.to_string().as_bytes(), &Artifact::of_bytes(ARTIFACT), &expected, &trusted);
    assert_eq!((report.is_proven, reason(&report)), (false, Some(Reason::IdentityMissing)));
}

#[test]
fn an_address_is_never_shown() {
    let world = World::new();
    let plan = Plan { identity: (0x81, "someone@example.org"), ..Plan::default() };
    let (bundle, trusted) = (world.bundle(&plan).to_string(), roots(&world.root(None)));
    for (asked, holds) in [(None, true), (Some("someone@example.org"), true), (Some("other@example.org"), false)] {
        let expected = Expected { identity: asked.map(str::to_owned), issuer: None };
        let report = verify(bundle.as_bytes(), &Artifact::of_bytes(ARTIFACT), &expected, &trusted);
        assert_eq!(report.is_proven, holds);
        let shown = format!("{report}{}", serde_json::to_string(&report).expect("JSON"));
        assert!(!shown.contains("@example.org") && shown.contains("e-mail"), "{shown}");
    }
}

#[test]
fn digests_that_cannot_be_compared_are_no_mismatch() {
    let world = World::new();
    let bundle = world.bundle(&Plan::default()).to_string();
    let artifact = Artifact::of_digest(&sha512()).expect("a digest");
    let report = verify(bundle.as_bytes(), &artifact, &Expected::default(), &roots(&world.root(None)));
    assert_eq!(reason(&report), Some(Reason::DigestNotComparable));
}

/// What the versions of the format differ in: the spelling of the version, the form of the certificate, proof or promise.
#[test]
fn every_version_of_the_format_has_its_own_demands() {
    let world = World::new();
    let trusted = roots(&world.root(None));
    let good = world.bundle(&Plan::default());
    let old = "application/vnd.dev.sigstore.bundle+json;version=0";
    let of = |version: &str, is_chain: bool, without: Option<&str>| {
        let mut bundle = good.clone();
        bundle["mediaType"] = version.into();
        let material = bundle["verificationMaterial"].as_object_mut().expect("an object");
        if is_chain {
            let certificate = material.remove("certificate").expect("a certificate");
            material.insert("x509CertificateChain".to_owned(), json!({"certificates": [certificate]}));
        }
        without.map(|part| material["tlogEntries"][0].as_object_mut().expect("an entry").remove(part).expect("a part"));
        check(&bundle, &trusted)
    };
    let new = "application/vnd.dev.sigstore.bundle.v0.3+json".to_owned();
    for version in [format!("{old}.1"), format!("{old}.2"), format!("{old}.3"), new] {
        let (is_first, is_third) = (version.ends_with(".1"), version.contains("0.3"));
        let whole = of(&version, !is_third, None);
        assert!(whole.is_proven, "{version}: {whole}");
        let unproven = of(&version, !is_third, Some("inclusionProof"));
        let missing = (!is_first).then_some(Reason::MissingInclusionProof);
        assert_eq!(reason(&unproven), missing, "{version}: {unproven}");
        assert!(!is_first || unproven.to_string().contains("the log promised so, and no proof is attached"), "{unproven}");
        let missing = if is_first { Reason::MissingInclusionPromise } else { Reason::MissingSignedTime };
        assert_eq!(reason(&of(&version, !is_third, Some("inclusionPromise"))), Some(missing), "{version}");
    }
    for version in [format!("{old}.4"), "application/json".to_owned(), String::new()] {
        assert_eq!(reason(&of(&version, false, None)), Some(Reason::UnsupportedVersion), "{version}");
    }
}

/// As private repositories on GitHub sign: no log at all, and an authority's word for the time.
#[test]
fn a_signed_time_stands_for_the_log_where_the_root_has_none() {
    let (world, stranger) = (World::new(), World::new());
    let plan = Plan { has_sct: false, ..Plan::default() };
    let trusted = roots(&world.root_without_logs("2030-01-01T00:00:00Z"));
    let at = |time: &str| world.private_bundle(&plan, time);
    let good = at("20260101000500Z");
    let report = check(&good, &trusted);
    assert!(report.is_proven, "{report}");
    let proof = report.attestations[0].proof.as_ref().expect("a proof");
    assert_eq!((proof.signed_at.as_slice(), proof.log_entries.len()), (&["2026-01-01T00:05:00Z".to_owned()][..], 0));
    for gap in ["this root has no transparency log", "this root has no log of certificates"] {
        assert!(report.to_string().contains(gap), "{report}");
    }
    let list = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
    let of = |bundle: &Value| bundle.pointer(list).expect("a list").clone();
    let with = |stamps: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(list).expect("a list") = stamps;
        reason(&check(&changed, &trusted))
    };
    assert_eq!(with(of(&at("20260101000500Z"))), Some(Reason::TimestampInvalid), "about another signature");
    assert_eq!(with(json!([of(&good)[0], of(&good)[0]])), Some(Reason::DuplicateEntry));
    assert_eq!(with(json!([])), Some(Reason::MissingSignedTime));
    assert_eq!(with(json!([{"signedTimestamp": "MAA="}])), Some(Reason::TimestampInvalid));
    assert_eq!(reason(&check(&at("20260101003000Z"), &trusted)), Some(Reason::CertificateNotValid));
    let retired = roots(&world.root_without_logs("2025-12-31T00:00:00Z"));
    assert_eq!(reason(&check(&good, &retired)), Some(Reason::TimestampInvalid), "its authority had ended");
    let mut mixed = world.root_without_logs("2030-01-01T00:00:00Z");
    mixed["timestampAuthorities"] = stranger.root_without_logs("2030-01-01T00:00:00Z")["timestampAuthorities"].clone();
    assert_eq!(reason(&check(&good, &roots(&mixed))), Some(Reason::TimestampInvalid), "an authority of others");
    assert!(!check(&good, &roots(&world.root(None))).is_proven, "a root with logs wants them");
}
