use std::fmt::Debug;

use trustgraph::ids::RepositoryUrl;
use trustgraph::lockfiles::ParsedPurl;
use trustgraph::tables::{Tables, TablesBuilder};

/// Asserts what holds of all tables, whatever they were read from: keys are unique and sorted, ids lead to rows, package and
/// repository URLs are in the one form that reading them again gives, nothing shown holds control characters or an address, and
/// tables taken up again are the same.
pub fn expect_sound(tables: &Tables) {
    keys(tables);
    ids(tables);
    names(tables);
    accounts(tables);
    let again = TablesBuilder::resume(tables.clone()).finish();
    assert_eq!(format!("{again:?}"), format!("{tables:?}"), "tables taken up again are others");
}

fn sorted<T, K: Ord + Debug>(rows: &[T], key: impl Fn(&T) -> K) {
    for pair in rows.windows(2) {
        let (one, next) = (key(&pair[0]), key(&pair[1]));
        assert!(one < next, "{one:?} stands before {next:?}");
    }
}

fn keys(tables: &Tables) {
    sorted(&tables.suites, |row| row.clone());
    sorted(&tables.packages, |row| row.purl.clone());
    sorted(&tables.releases, |row| (row.package, row.suite));
    sorted(&tables.accounts, |row| (row.place, row.key.clone()));
    sorted(&tables.publications, |row| (row.package, row.version.clone()));
    sorted(&tables.advisories, |row| (row.package, row.id.clone()));
    sorted(&tables.maintainers, |row| (row.package, row.suite, row.account, row.role));
    sorted(&tables.dependencies, |row| (row.package, row.suite, row.dependency, row.kind));
    sorted(&tables.repositories, |row| row.url.clone());
    sorted(&tables.repository_links, Clone::clone);
    sorted(&tables.reports, Clone::clone);
}

fn ids(tables: &Tables) {
    let (packages, suites) = (tables.packages.len(), tables.suites.len());
    let (accounts, repositories) = (tables.accounts.len(), tables.repositories.len());
    for row in &tables.releases {
        assert!(row.package.row() < packages && row.suite.row() < suites);
    }
    for row in &tables.publications {
        assert!(row.package.row() < packages && row.publisher.is_none_or(|id| id.row() < accounts));
    }
    for row in &tables.maintainers {
        assert!(row.package.row() < packages && row.suite.row() < suites && row.account.row() < accounts);
    }
    for row in &tables.dependencies {
        assert!(row.package.row() < packages && row.dependency.row() < packages && row.suite.row() < suites);
        assert_ne!(row.package, row.dependency);
    }
    for row in &tables.repository_links {
        assert!(row.package.row() < packages && row.suite.row() < suites && row.repository.row() < repositories);
        assert!((-1..=5).contains(&row.evidence_level));
    }
    assert!(tables.advisories.iter().all(|row| row.package.row() < packages));
}

fn names(tables: &Tables) {
    for package in &tables.packages {
        let purl = package.purl.as_str();
        let again = ParsedPurl::parse(purl).unwrap_or_else(|| panic!("{purl} is no package URL"));
        assert_eq!((again.purl.as_str(), again.version), (purl, None));
        shown(&package.name);
        if let Some(page) = &package.homepage {
            let scheme = page.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
            assert!(matches!(scheme.as_deref(), Some("http" | "https")), "{page:?}");
            shown(page);
        }
    }
    for repository in &tables.repositories {
        let url = repository.url.as_str();
        assert_eq!(RepositoryUrl::parse(url).as_ref(), Ok(&repository.url));
        assert!(!url.contains('@'), "{url:?}");
        shown(url);
    }
    for row in &tables.repository_links {
        if let Some(folder) = &row.directory {
            assert!(!folder.is_empty() && !folder.starts_with('/') && !folder.ends_with('/'), "{folder:?}");
            assert!(folder.split('/').all(|part| part != ".."), "{folder:?}");
            shown(folder);
        }
    }
    for row in &tables.publications {
        assert!(!row.version.is_empty() && !row.version.contains('@'), "{:?}", row.version);
        shown(&row.version);
        if let Some(digest) = &row.digest {
            let (algorithm, digits) = digest.split_once(':').expect("algorithm and digits");
            assert_eq!(digits.len(), if algorithm == "sha256" { 64 } else { 128 }, "{digest}");
        }
    }
}

fn accounts(tables: &Tables) {
    for account in &tables.accounts {
        let displayed = account.name().into_iter().chain(account.handle.as_deref());
        for name in displayed.chain(account.names.keys().map(String::as_str)) {
            assert!(!is_address(name), "{name:?} is an address");
            shown(name);
        }
    }
}

/// Something like `name@host.tld`.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        local.ends_with(|c: char| c.is_alphanumeric()) && host.split_once('.').is_some_and(|(name, _)| !name.is_empty())
    })
}

fn shown(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?} holds control characters");
}
