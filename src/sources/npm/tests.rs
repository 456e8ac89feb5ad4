//! Packuments in the registry's own form → tables; hostile ones too.

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::job::RegistrySource;
use crate::sources::registry::Packages;
use crate::sources::{FetchContext, Source, SourceError};
use crate::tables::{Authorization, DependencyKind, PackageFlag, RegistrySignature, Tables, TablesBuilder};

const DIGEST: &str = "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

fn version(name: &str, version: &str, more: Value) -> Value {
    let mut fields = json!({
        "name": name, "version": version,
        "repository": {"type": "git", "url": "git+https://github.com/owner/mono.git", "directory": "packages/one"},
        "homepage": "https://example.org/one",
        "gitHead": "0123456789abcdef0123456789abcdef01234567",
        "_npmUser": {"name": "ann", "email": "ann@example.org"},
        "maintainers": [{"name": "ann", "email": "ann@example.org"}],
        "dist": {"integrity": format!("sha512-{DIGEST}"), "signatures": [{"keyid": "SHA256:x", "sig": "x"}]},
        "dependencies": {"two": "^1.0.0", "elsewhere": "*"},
        "devDependencies": {"two": "*"}
    });
    fields.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    fields
}

fn packument(name: &str, versions: &[(&str, &str, Value)]) -> Value {
    let times = versions.iter().map(|(version, day, _)| ((*version).to_owned(), json!(format!("{day}T12:00:00.000Z"))));
    let listed = versions.iter().map(|(text, _, more)| ((*text).to_owned(), version(name, text, more.clone())));
    json!({
        "_id": name, "name": name,
        "dist-tags": {"latest": versions.last().expect("a version").0},
        "time": times.collect::<serde_json::Map<_, _>>(),
        "maintainers": [{"name": "ann", "email": "ann@example.org"}, {"name": "bob", "email": "bob@example.org"}],
        "versions": listed.collect::<serde_json::Map<_, _>>()
    })
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

fn source(folder: &Path, packages: &[&str]) -> (Packages, FetchContext) {
    let packages = packages.iter().map(|name| (*name).to_owned()).collect();
    let settings = RegistrySource {
        path: Some(folder.into()),
        packages,
        lockfiles: Vec::new(),
        provenance_releases: 2,
        trusted_root: None,
        max_age_hours: 0.0,
        max_reject_share: 0.5,
    };
    let context = FetchContext {
        cache: folder.into(),
        is_offline: true,
        job_folder: folder.into(),
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    (Packages::new(NPM, settings), context)
}

fn tables(documents: &[(&str, String)], until: Option<&str>) -> Result<Tables, SourceError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in documents {
        write(folder.path(), &format!("{name}/{PACKUMENT}"), text);
    }
    let names: Vec<&str> = documents.iter().map(|(name, _)| *name).collect();
    let (npm, context) = source(folder.path(), &names);
    let mut builder = TablesBuilder::default();
    let raw = npm.fetch(&context)?;
    npm.read(&raw, until.map(|day| Day::parse(day).expect("a day")), &mut builder)?;
    Ok(builder.finish())
}

fn two_packages() -> Vec<(&'static str, String)> {
    let trusted = json!({
        "_npmUser": {"name": "GitHub Actions", "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:x"}},
        "deprecated": "use two"
    });
    let one = packument("@s/one", &[("1.0.0", "2020-01-01", json!({})), ("1.1.0", "2024-02-03", trusted)]);
    let two = packument("two", &[("1.0.0", "2019-01-01", json!({"dependencies": {}, "repository": "owner/two"}))]);
    vec![("@s/one", one.to_string()), ("two", two.to_string())]
}

#[test]
fn a_packument_becomes_rows() {
    let tables = tables(&two_packages(), None).expect("read");
    assert_eq!(tables.suites[0].as_of.to_string(), "2024-02-03", "the newest day shown");
    let (one, two) = (&tables.packages[0], &tables.packages[1]);
    assert_eq!((one.purl.as_str(), two.purl.as_str()), ("pkg:npm/%40s/one", "pkg:npm/two"));
    assert!(one.flags.contains(&PackageFlag::Deprecated) && two.flags.is_empty());
    assert_eq!(one.homepage.as_deref(), Some("https://example.org/one"));
    assert_eq!(tables.releases[0].version, "1.1.0");
    let handles: Vec<_> = tables.accounts.iter().map(|account| account.handle.as_deref()).collect();
    assert_eq!(handles, [Some("ann"), Some("bob")]);
    assert_eq!(tables.maintainers.len(), 4);
    let publications: Vec<_> = tables.publications.iter().map(|row| (row.publisher.is_some(), row.authorization)).collect();
    let (token, trusted) = (Some(Authorization::Token), Some(Authorization::TrustedPublisher));
    assert_eq!(publications, [(true, token), (false, trusted), (true, token)]);
    assert!(tables.publications.iter().all(|row| row.digest.as_ref().is_some_and(|text| text.starts_with("sha512:cf83e1"))));
    let signature = Some(RegistrySignature::UnknownKey);
    assert!(tables.publications.iter().all(|row| row.registry_signature == signature), "the key is named `x`");
    assert!(tables.publications.iter().all(|row| row.commit.as_deref() == Some("0123456789abcdef0123456789abcdef01234567")));
    let links: Vec<_> = tables.repository_links.iter().map(|link| (link.directory.as_deref(), link.evidence_level)).collect();
    assert_eq!(links, [(Some("packages/one"), 0), (None, 0)]);
    let kinds: Vec<_> = tables.dependencies.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [DependencyKind::Runtime, DependencyKind::Development]);
    assert_eq!(tables.reports[0].skips["dependency on a package that was not asked for"], 1);
    assert_eq!((tables.reports[0].read_count, tables.reports[0].reject_count()), (2, 0));
}

#[test]
fn an_earlier_day_shows_what_was_known_then() {
    let tables = tables(&two_packages(), Some("2021-01-01")).expect("read");
    assert_eq!(tables.suites[0].as_of.to_string(), "2020-01-01");
    assert_eq!(tables.releases[0].version, "1.0.0");
    assert_eq!(tables.maintainers.len(), 3, "of @s/one those that the version itself names");
    assert!(tables.packages[0].flags.is_empty());
}

#[test]
fn the_abbreviated_form_has_no_days_and_makes_no_suite() {
    let text = json!({
        "name": "two", "modified": "2024-01-01T00:00:00.000Z", "dist-tags": {"latest": "1.0.0"},
        "versions": {"1.0.0": {"name": "two", "version": "1.0.0", "dependencies": {}, "dist": {"integrity": "sha512-AAAA"}}}
    });
    let alone = tables(&[("two", text.to_string())], None).expect("read");
    assert!(alone.packages.is_empty() && alone.suites.is_empty());
    assert_eq!(alone.reports[0].skips["package of a list in which no version has a day"], 1);
    let mut both = two_packages();
    both[1].1 = text.to_string();
    let both = tables(&both, None).expect("read");
    let two = &both.publications[2];
    assert_eq!((two.published, two.publisher, &two.digest, two.authorization), (None, None, &None, None), "missing is not no");
    assert_eq!(two.registry_signature, Some(RegistrySignature::Absent));
}

#[test]
fn held_names_are_no_packages_of_anybody() {
    let held = json!({
        "description": "security holding package", "repository": "npm/security-holder", "dependencies": {},
        "homepage": "https://example.org/holder"
    });
    let text = packument("evil", &[("0.0.1-security", "2024-01-01", held)]).to_string();
    let tables = tables(&[("evil", text)], None).expect("read");
    assert!(tables.packages[0].flags.contains(&PackageFlag::SecurityHolding));
    assert!(tables.repository_links.is_empty() && tables.packages[0].homepage.is_none());
}

#[test]
fn hostile_documents_are_counted_and_harm_nobody() {
    let good = two_packages().remove(1).1;
    let deep = format!("{{\"name\":\"x\",\"versions\":{}{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let wrong = json!({"name": "x", "versions": {"1": {"dist": [], "_npmUser": 7, "repository": [], "dependencies": {"../x": 1}}},
        "time": {"1": "2020-01-01T00:00:00Z"}, "maintainers": {"name": "x"}, "dist-tags": ["latest"]});
    for (text, rejects) in [
        ("", 1),
        ("[]", 1),
        ("{}", 1),
        ("{\"name\":\"other\"}", 1),
        (deep.as_str(), 1),
        ("{\"name\":\"x\",\"versions\":[]}", 0),
        ("{\"name\":\"x\",\"versions\":{\"1.0.0\":null}}", 0),
        ("{\"name\":\"x\",\"time\":{\"unpublished\":{\"name\":\"ann\"}}}", 0),
        (wrong.to_string().as_str(), 0),
    ] {
        let tables = tables(&[("two", good.clone()), ("x", text.to_owned())], None).expect("read");
        assert_eq!(tables.reports[0].reject_count(), rejects, "{}", &text[..text.len().min(80)]);
        assert!(tables.packages.iter().any(|package| package.name == "two"));
    }
    let refused = tables(&[("x", "{}".to_owned())], None).expect_err("too many");
    assert!(refused.to_string().contains("max_reject_share"), "{refused}");
}

#[test]
fn signatures_of_the_registry_are_checked() {
    let dist = json!({
        "integrity": "sha512-RMdeiD0OJC+S2w4931iqdi5MB9xe2T/lXZbRrHxbsmQrSA+FwhPk2bIqIwbNDCmThPgNw841Q272O6EFSYhBjQ==",
        "signatures": [{
            "keyid": "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
            "sig": "MEUCICKQJCEvvV3HdhCSj3TwH9qqIWLwc0GR1m/NED/s1bPIAiEAvkTmhIDIrD4MZoI2g27+HsuxoFJhC/evORT6T2UUwSc="
        }]
    });
    let real = json!({ "dist": dist });
    let none = json!({ "dist": {} });
    let versions = [("0.1.0", "2017-08-01", real.clone()), ("0.1.1", "2017-08-02", real), ("0.2.0", "2017-08-03", none)];
    let tables = tables(&[("venv", packument("venv", &versions).to_string())], None).expect("read");
    let found: Vec<_> = tables.publications.iter().map(|row| row.registry_signature).collect();
    assert_eq!(found, [Some(RegistrySignature::Verified), Some(RegistrySignature::Wrong), None]);
}

#[test]
fn what_is_no_version_and_what_reads_as_an_address_stays_out() {
    let address = ["ann", "example.org"].join("@");
    let fields = json!({"repository": {"url": "owner/two", "directory": format!("packages/{address}")}, "dependencies": {}});
    let versions =
        [(address.as_str(), "2020-01-01", json!({})), ("../1", "2020-01-01", json!({})), ("1.0.0", "2020-01-01", fields)];
    let tables = tables(&[("two", packument("two", &versions).to_string())], None).expect("read");
    assert_eq!((tables.publications.len(), tables.reports[0].skips["version that is none"]), (1, 2));
    assert_eq!(tables.repository_links[0].directory, None);
}

#[test]
fn many_versions_are_read() {
    let text: String = (0..100_000).map(|n| format!("\"1.0.{n}\":{{\"dist\":{{}}}},")).collect();
    let times: String = (0..100_000).map(|n| format!("\"1.0.{n}\":\"2020-01-01T00:00:00Z\",")).collect();
    let text = format!("{{\"name\":\"x\",\"versions\":{{{text}\"2.0.0-rc.1\":{{}}}},\"time\":{{{times}\"x\":1}}}}");
    let tables = tables(&[("x", text)], None).expect("read");
    assert_eq!(tables.publications.len(), 100_001);
    assert_eq!(tables.releases[0].version, "1.0.99999", "the highest that is no preview");
}

#[test]
fn attestations_are_brought_for_the_newest_releases_and_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let attested = json!({"dist": {"integrity": format!("sha512-{DIGEST}"), "attestations": {"url": "https://example.org/a"}}});
    let versions = [("1.0.0", "2020-01-01"), ("1.1.0", "2021-01-01"), ("1.2.0", "2022-01-01")];
    let versions: Vec<_> = versions.iter().map(|(version, day)| (*version, *day, attested.clone())).collect();
    write(folder.path(), "two/packument.json", &packument("two", &versions).to_string());
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        write(folder.path(), &format!("two/{version}.attestations.json"), "{\"attestations\":[]}");
    }
    let (npm, context) = source(folder.path(), &["two"]);
    let raw = npm.fetch(&context).expect("found");
    let names: Vec<_> = raw.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["two/1.1.0.attestations.json", "two/1.2.0.attestations.json", "two/packument.json"]);
    let mut builder = TablesBuilder::default();
    npm.read(&raw, None, &mut builder).expect("read");
    let tables = builder.finish();
    let found: Vec<_> = tables.provenance.iter().map(|row| (row.version.as_str(), row.reason.as_deref())).collect();
    assert_eq!(found, [("1.1.0", Some("no_attestation")), ("1.2.0", Some("no_attestation"))]);
    assert_eq!(tables.reports[0].skips["version with attestations that were not asked for"], 1);
}

#[test]
fn a_package_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let (npm, context) = source(folder.path(), &["gone"]);
    assert!(npm.fetch(&context).expect_err("missing").to_string().contains("gone/packument.json is missing"));
}
