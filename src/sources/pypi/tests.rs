//! Both documents of projects, in the index's own form → tables; hostile ones too.

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::job::RegistrySource;
use crate::sources::registry::Packages;
use crate::sources::{FetchContext, Source, SourceError};
use crate::tables::{AccountKind, Authorization, DependencyKind, MaintainerRole, PackageFlag, Tables, TablesBuilder};

fn simple(name: &str, version: &str, day: &str, more: Value) -> Value {
    let mut document = json!({
        "meta": {"api-version": "1.4", "_last-serial": 7}, "name": name, "versions": [version],
        "project-status": {"status": "active"},
        "files": [
            {"filename": format!("{name}-{version}-py3-none-any.whl"), "url": "https://example.org/f", "yanked": false,
             "hashes": {"sha256": "b".repeat(64)}, "upload-time": format!("{day}T12:00:01.5Z"), "provenance": null},
            {"filename": format!("{name}-{version}.tar.gz"), "url": "https://example.org/f", "yanked": false,
             "hashes": {"sha256": "a".repeat(64)}, "upload-time": format!("{day}T12:00:00Z"),
             "provenance": format!("https://example.org/integrity/{name}/{version}/provenance")}
        ]
    });
    document.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    document
}

fn whole(name: &str, version: &str, more: Value) -> Value {
    let mut document = json!({
        "info": {"name": name, "version": version, "home_page": null,
            "project_urls": {"Source Code": "https://github.com/owner/name", "Homepage": "https://example.org/"},
            "requires_dist": ["two>=1", "two; extra == 'x'", format!("{name}[x]; extra == 'all'"), "elsewhere"]},
        "last_serial": 7, "releases": {}, "urls": [], "vulnerabilities": [],
        "ownership": {"organization": "pals", "roles": [{"role": "Owner", "user": "ann"}, {"role": "Maintainer", "user": "bob"}]}
    });
    document.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    document
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

fn tables(documents: &[(&str, &str, String)], until: Option<&str>) -> Result<Tables, SourceError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, part, text) in documents {
        write(folder.path(), &format!("{name}/{part}"), text);
    }
    let packages = documents.iter().map(|(name, _, _)| (*name).to_owned()).collect();
    let settings = RegistrySource {
        path: Some(folder.path().into()),
        packages,
        lockfiles: Vec::new(),
        provenance_releases: 1,
        trusted_root: None,
        max_age_hours: 0.0,
        max_reject_share: 0.5,
    };
    let context = FetchContext {
        cache: folder.path().into(),
        is_offline: true,
        job_folder: folder.path().into(),
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    let (pypi, mut builder) = (Packages::new(PYPI, settings), TablesBuilder::default());
    let raw = pypi.fetch(&context)?;
    pypi.read(&raw, until.map(|day| Day::parse(day).expect("a day")), &mut builder)?;
    Ok(builder.finish())
}

fn two_projects() -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("one", SIMPLE, simple("one", "2.0", "2024-02-03", json!({})).to_string()),
        ("one", PROJECT, whole("One", "2.0", json!({})).to_string()),
        ("two", SIMPLE, simple("two", "1.0", "2020-02-03", json!({"project-status": {"status": "archived"}})).to_string()),
    ]
}

#[test]
fn both_documents_become_rows() {
    let tables = tables(&two_projects(), None).expect("read");
    let (one, two) = (&tables.packages[0], &tables.packages[1]);
    assert_eq!((one.name.as_str(), one.purl.as_str(), two.name.as_str()), ("One", "pkg:pypi/one", "two"));
    assert_eq!(one.homepage.as_deref(), Some("https://example.org/"));
    assert!(one.flags.is_empty() && two.flags.contains(&PackageFlag::Archived));
    let row = &tables.publications[0];
    assert_eq!(row.digest, Some(format!("sha256:{}", "a".repeat(64))), "the source distribution's");
    assert_eq!((row.publisher, row.authorization), (None, Some(Authorization::TrustedPublisher)));
    assert_eq!(row.published.map(|day| day.to_string()).as_deref(), Some("2024-02-03"));
    let accounts: Vec<_> = tables.accounts.iter().map(|row| (row.handle.as_deref(), row.kind)).collect();
    let person = AccountKind::Person;
    assert_eq!(accounts, [(Some("ann"), person), (Some("bob"), person), (Some("pals"), AccountKind::Team)]);
    let roles: Vec<_> = tables.maintainers.iter().map(|row| row.role).collect();
    assert_eq!(roles, [MaintainerRole::Maintainer, MaintainerRole::Uploader, MaintainerRole::Maintainer]);
    let kinds: Vec<_> = tables.dependencies.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [DependencyKind::Runtime, DependencyKind::Optional]);
    assert_eq!(tables.repositories[0].url.as_str(), "https://github.com/owner/name");
    assert_eq!(tables.reports[0].skips["document that says nothing of ownership"], 1, "two has no project document");
}

#[test]
fn an_earlier_day_shows_what_was_known_then() {
    let mut documents = two_projects();
    let file = json!([{"filename": "one-1.0.tar.gz", "upload_time_iso_8601": "2021-05-06T00:00:00Z", "yanked": true,
        "digests": {"sha256": "c".repeat(64)}}]);
    documents[1].2 = whole("One", "2.0", json!({"releases": {"1.0": file}})).to_string();
    let now = tables(&documents, None).expect("read");
    assert_eq!(now.publications.iter().filter(|row| row.is_yanked).count(), 1);
    let then = tables(&documents, Some("2022-01-01")).expect("read");
    assert_eq!((then.releases[0].version.as_str(), then.suites[0].as_of.to_string().as_str()), ("1.0", "2021-05-06"));
    assert!(then.dependencies.is_empty() && then.maintainers.is_empty(), "the document speaks of a later version and day");
}

#[test]
fn hostile_documents_are_counted_and_harm_nobody() {
    let good = two_projects().remove(2);
    let deep = format!("{{\"name\":\"x\",\"files\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let wrong = json!({"name": "x", "files": [7, {}, {"filename": "../../x"}, {"filename": "x-1.tar.gz", "hashes": [], "yanked": {}}],
        "project-status": [1]});
    for (text, rejects) in [
        ("", 1),
        ("{}", 1),
        ("{\"name\":\"other\"}", 1),
        // What is not wanted is passed over without recursion, however deep.
        (deep.as_str(), 0),
        ("{\"name\":\"x\",\"files\":{}}", 0),
        (wrong.to_string().as_str(), 0),
    ] {
        let tables = tables(&[good.clone(), ("x", SIMPLE, text.to_owned())], None).expect("read");
        assert_eq!(tables.reports[0].reject_count(), rejects, "{}", &text[..text.len().min(80)]);
        assert!(tables.packages.iter().any(|package| package.name == "two"));
    }
}

#[test]
fn many_files_are_read() {
    let files: String =
        (0..100_000).map(|n| format!("{{\"filename\":\"x-{n}.tar.gz\",\"upload-time\":\"2020-01-01T00:00:00Z\"}},")).collect();
    let text = format!("{{\"name\":\"x\",\"files\":[{files}{{}}]}}");
    let tables = tables(&[("x", SIMPLE, text)], None).expect("read");
    assert_eq!((tables.publications.len(), tables.releases[0].version.as_str()), (100_000, "99999"));
}
