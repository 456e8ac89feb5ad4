//! From index files on disk to tables.

mod damage;
mod mirror;
mod real_data;
mod signed_mirror;

use std::path::Path;

use super::*;
use crate::job::DebianSuite;
use crate::tables::{AccountKind, LinkRelation, MaintainerRole, Tables};

const SOURCES: &str = "\
Package: zlib
Binary: zlib1g, zlib1g-dev
Version: 1:1.3-1
Maintainer: Ann Lee <ann@example.org>
Uploaders: \"Lee, Bob\" <bob@example.org>, Zlib Team <zlib@lists.example.org>
Section: libs
Testsuite: autopkgtest
Homepage: https://github.com/madler/zlib
Vcs-Git: https://salsa.debian.org/ann/zlib.git -b debian/sid [lib]

Package: zlib
Version: 1:1.2-1
Maintainer: Old Maintainer <old@example.org>

Package: gcc
Version: 12
Maintainer: Ann Lee <Ann@Example.org>
Build-Depends: zlib1g-dev (>= 1:1.2) | libz-dev, unknown-thing
Extra-Source-Only: no

Package: zombie
Version: 1
Maintainer: Old Maintainer <old@example.org>
Extra-Source-Only: yes
";

const PACKAGES: &str = "\
Package: zlib1g
Source: zlib (1:1.3-1)
Version: 1:1.3-1+b1
Depends: libc-virtual

Package: zlib1g-dev
Source: zlib
Version: 1:1.3-1
Depends: zlib1g (= 1:1.3-1)

Package: gcc
Version: 12
Provides: libc-virtual (= 1)
Depends: zlib1g
";

fn settings(suites: &[(&str, Option<&str>)]) -> DebianSource {
    let suite = |(name, day): &(&str, Option<&str>)| DebianSuite { name: name.to_string(), as_of: day.and_then(Day::parse) };
    DebianSource {
        path: None,
        architecture: "amd64".into(),
        component: "main".into(),
        keyring: "keyring.gpg".into(),
        suites: suites.iter().map(suite).collect(),
        max_reject_share: 0.01,
    }
}

fn context(folder: &Path) -> FetchContext {
    FetchContext {
        cache: folder.join("cache"),
        is_offline: false,
        job_folder: folder.into(),
        inputs: [(SOURCE.to_owned(), folder.to_path_buf())].into(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    }
}

/// A folder with both indices of `suite`.
fn write_suite(folder: &Path, suite: &str, sources: &str, packages: &str) {
    fs_err::write(folder.join(format!("{suite}_Sources")), sources).expect("written");
    fs_err::write(folder.join(format!("{suite}_Packages")), packages).expect("written");
}

fn read(folder: &Path, settings: DebianSource, until: Option<&str>) -> Result<Tables, SourceError> {
    let debian = Debian::new(settings);
    let raw = debian.fetch(&context(folder))?;
    let mut tables = TablesBuilder::default();
    debian.read(&raw, until.and_then(Day::parse), &mut tables)?;
    Ok(tables.finish())
}

#[test]
fn two_suites_become_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    write_suite(folder.path(), "trixie", SOURCES, PACKAGES);
    write_suite(folder.path(), "bookworm", SOURCES, PACKAGES);
    let suites = [("trixie", Some("2025-08-09")), ("bookworm", Some("2023-06-10"))];
    let tables = read(folder.path(), settings(&suites), None).expect("tables");
    assert_eq!(tables.suites.iter().map(|suite| suite.name.as_str()).collect::<Vec<_>>(), ["bookworm", "trixie"]);
    assert_eq!(tables.packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["gcc", "zlib"]);
    let zlib = &tables.packages[1];
    assert_eq!((zlib.section.as_deref(), zlib.has_tests, zlib.facts_as_of), (Some("libs"), true, tables.suites[1].as_of));
    assert_eq!(zlib.binaries, ["zlib1g", "zlib1g-dev"]);
    assert_eq!(tables.releases.iter().filter(|release| release.version == "1:1.3-1").count(), 2);
    assert_eq!(tables.accounts.len(), 3, "the older version's maintainer is not listed");
    let kinds: Vec<AccountKind> = tables.accounts.iter().map(|account| account.kind).collect();
    assert_eq!(kinds, [AccountKind::Person, AccountKind::Person, AccountKind::Team]);
    assert_eq!(tables.accounts[0].names["Ann Lee"], 4);
    assert_eq!(tables.maintainers.iter().filter(|row| row.role == MaintainerRole::Uploader).count(), 4);
    let edges: Vec<_> =
        tables.dependencies.iter().map(|row| (row.package.0, row.dependency.0, row.kind.name(), row.is_sole)).collect();
    let of_one_suite = [(0, 1, "runtime", true), (0, 1, "build", true), (1, 0, "runtime", true)];
    assert!(of_one_suite.iter().all(|edge| edges.iter().filter(|found| *found == edge).count() == 2), "{edges:?}");
    assert_eq!(edges.len(), 6);
    let links: Vec<_> =
        tables.repository_links.iter().map(|link| (link.relation, link.branch.as_deref(), link.directory.as_deref())).collect();
    assert!(links.contains(&(LinkRelation::Packaging, Some("debian/sid"), Some("lib"))));
    assert!(links.contains(&(LinkRelation::Upstream, None, None)));
    let report = tables.reports.iter().find(|report| report.file == "trixie_Sources").expect("a report");
    assert_eq!((report.read_count, report.reject_count()), (2, 0));
    assert_eq!(report.skips["extra-source-only"] + report.skips["older version of the same name"], 2);
    assert_eq!(report.skips["dependency on a package not in the suite"], 1);
}

#[test]
fn neither_threads_nor_order_show() {
    let folder = tempfile::tempdir().expect("a folder");
    write_suite(folder.path(), "trixie", SOURCES, PACKAGES);
    write_suite(folder.path(), "bookworm", &SOURCES.replace("Ann Lee", "A. Lee"), PACKAGES);
    let read = |threads, suites: &[(&str, Option<&str>)]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        format!("{:?}", pool.install(|| super::tests::read(folder.path(), settings(suites), None)).expect("tables"))
    };
    let (new, old) = (("trixie", Some("2025-08-09")), ("bookworm", Some("2023-06-10")));
    assert_eq!(read(1, &[new, old]), read(7, &[old, new]));
}

#[test]
fn suites_after_the_day_are_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    write_suite(folder.path(), "trixie", "not even stanzas", "");
    write_suite(folder.path(), "bookworm", SOURCES, PACKAGES);
    let suites = [("trixie", Some("2025-08-09")), ("bookworm", Some("2023-06-10"))];
    let tables = read(folder.path(), settings(&suites), Some("2023-06-10")).expect("tables");
    assert_eq!(tables.suites.len(), 1);
}

#[test]
fn the_job_is_told_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = |suites: &[(&str, Option<&str>)]| read(folder.path(), settings(suites), None).expect_err("an error").to_string();
    let text = error(&[("trixie", None)]);
    assert!(text.contains("`trixie` has no `as_of`"), "{text}");
    let text = error(&[("trixie", Some("2025-08-09"))]);
    assert!(text.contains("trixie_Sources is missing"), "{text}");
    assert!(error(&[]).contains("no suite"));
    assert!(error(&[("../x", Some("2025-08-09"))]).contains("no name of a suite"));
    assert!(error(&[("aa", Some("2025-08-09")), ("aa", Some("2025-08-10"))]).contains("twice"));
}
