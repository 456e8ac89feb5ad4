use std::io::Write;

use super::*;
use crate::ids::{Ecosystem, Purl};
use crate::sources::fetch::tests::context;
use crate::sources::fetch::tests::documents::Registry;
use crate::sources::{Budget, FetchContext};
use crate::tables::{AdvisoryKind, Package, Publication, Tables};

fn source(paths: &[&Path]) -> Osv {
    let paths = paths.iter().map(|path| path.to_path_buf()).collect();
    Osv::new(OsvSource { paths, ecosystems: vec!["crates.io".to_owned()], max_reject_share: 0.2 })
}

fn none() -> FetchContext {
    context(Path::new("unused"), Budget::default())
}

/// Tables with one crate and one package of npm, of three versions each.
fn known() -> TablesBuilder {
    let mut tables = TablesBuilder::default();
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm] {
        let package = tables.package(Package {
            purl: Purl::new(ecosystem, "alpha").expect("a purl"),
            ecosystem,
            name: "alpha".to_owned(),
            facts_as_of: Day(0),
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        tables.rows.publications.extend(["1.0.0", "1.1.0", "2.0.0"].map(|version| Publication {
            package,
            version: version.to_owned(),
            published: None,
            publisher: None,
            authorization: None,
            is_yanked: false,
            digest: None,
            commit: None,
            registry_signature: None,
        }));
    }
    tables
}

fn advisory(id: &str, more: &str, affected: &str) -> String {
    format!(
        r#"{{"schema_version":"1.7.0","id":"{id}","modified":"2024-01-02T00:00:00Z","published":"2024-01-01T00:00:00Z"{more},"affected":[{affected}]}}"#
    )
}

fn of(ecosystem: &str, rest: &str) -> String {
    format!(r#"{{"package":{{"ecosystem":"{ecosystem}","name":"alpha"}},{rest}}}"#)
}

const FIXED: &str = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.1.0"}]}]"#;
const ALL: &str = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]"#;

fn read(source: &Osv, context: &FetchContext, until: Option<&str>) -> Result<Tables, String> {
    let mut tables = known();
    let raw = source.fetch(context).map_err(|error| error.to_string())?;
    source.read(&raw, until.and_then(Day::parse), &mut tables).map_err(|error| error.to_string())?;
    Ok(tables.finish())
}

fn zipped(advisories: &[String]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (at, text) in advisories.iter().enumerate() {
        writer.start_file(format!("../{at}.json"), zip::write::SimpleFileOptions::default()).expect("started");
        writer.write_all(text.as_bytes()).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

/// Package, id, kind, whether all versions are meant, and versions.
type Told = (String, String, AdvisoryKind, bool, String);

fn told(tables: &Tables) -> Vec<Told> {
    let row = |row: &Advisory| {
        let purl = tables.packages[row.package.row()].purl.to_string();
        (purl, row.id.clone(), row.kind, row.is_all_versions, row.versions.join(" "))
    };
    tables.advisories.iter().map(row).collect()
}

#[test]
fn what_counts_and_what_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let informational = |word: &str| format!(r#"{ALL},"database_specific":{{"informational":"{word}"}}"#);
    let advisories = [
        advisory("RUSTSEC-2024-0001", "", &of("crates.io", FIXED)),
        advisory("RUSTSEC-2024-0002", "", &of("crates.io", &informational("unmaintained"))),
        advisory("RUSTSEC-2024-0003", "", &of("crates.io", &informational("unsound"))),
        advisory("GHSA-1", r#","withdrawn":"2024-02-01T00:00:00Z""#, &of("npm", FIXED)),
        advisory("MAL-2024-1", "", &of("npm", r#""versions":["1.1.0","6.6.6"]"#)),
        advisory("GHSA-2", r#","database_specific":{"malicious-packages-origins":[{}]}"#, &of("npm", ALL)),
        advisory("GHSA-3", "", &of("Maven", FIXED)),
        // Two entries for one package are one row.
        advisory("GHSA-4", "", &[of("npm", FIXED), of("npm", r#""versions":["2.0.0"]"#)].join(",")),
    ];
    let path = folder.path().join("all.zip");
    fs_err::write(&path, zipped(&advisories)).expect("written");
    let tables = read(&source(&[&path]), &none(), None).expect("read");
    let (cargo, npm) = ("pkg:cargo/alpha".to_owned(), "pkg:npm/alpha".to_owned());
    use AdvisoryKind::{Malicious, Notice, Unmaintained, Vulnerability};
    let expected = [
        (cargo.clone(), "RUSTSEC-2024-0001".to_owned(), Vulnerability, false, "1.0.0".to_owned()),
        (cargo.clone(), "RUSTSEC-2024-0002".to_owned(), Unmaintained, true, String::new()),
        (cargo, "RUSTSEC-2024-0003".to_owned(), Notice, true, String::new()),
        (npm.clone(), "GHSA-2".to_owned(), Malicious, true, String::new()),
        (npm.clone(), "GHSA-4".to_owned(), Vulnerability, false, "1.0.0 2.0.0".to_owned()),
        (npm, "MAL-2024-1".to_owned(), Malicious, false, "1.1.0 6.6.6".to_owned()),
    ];
    assert_eq!(told(&tables), expected);
    let skips = &tables.reports[0].skips;
    assert_eq!((skips["withdrawn"], skips["package of no other source"]), (1, 1));
    let early = read(&source(&[&path]), &none(), Some("2024-01-15")).expect("read");
    assert_eq!(early.advisories.len(), 7, "not yet withdrawn");
    assert!(read(&source(&[&path]), &none(), Some("2023-12-31")).expect("read").advisories.is_empty());
}

#[test]
fn single_files_folders_and_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = folder.path().join("MAL-1.json");
    fs_err::write(&one, advisory("MAL-1", "", &of("npm", ALL))).expect("written");
    assert_eq!(read(&source(&[&one]), &none(), None).expect("read").advisories.len(), 1);
    assert_eq!(read(&source(&[folder.path()]), &none(), None).expect("read").advisories.len(), 1);
    fs_err::write(folder.path().join("x.json"), "{}").expect("written");
    let error = read(&source(&[folder.path()]), &none(), None).expect_err("one in one refused");
    assert!(error.contains("x.json: 1 of 1 rows refused") && error.contains("no advisory in the OSV format"), "{error}");
    fs_err::write(folder.path().join("x.json"), advisory("a b", "", "")).expect("written");
    assert!(read(&source(&[folder.path()]), &none(), None).expect_err("no id").contains("id is none"));
    fs_err::write(folder.path().join("x.json"), vec![b' '; 33 << 20]).expect("written");
    assert!(read(&source(&[folder.path()]), &none(), None).expect_err("large").contains("more than"));
    let zip = folder.path().join("cut.zip");
    fs_err::write(&zip, &zipped(&[advisory("MAL-1", "", &of("npm", ALL))])[..60]).expect("written");
    assert!(read(&source(&[&zip]), &none(), None).expect_err("cut").contains("damaged"));
    assert!(read(&source(&[Path::new("none.zip")]), &none(), None).expect_err("absent").contains("is missing"));
    assert!(read(&source(&[]), &none(), None).expect_err("nowhere").contains("--base osv=URL"));
}

#[test]
fn archives_are_fetched_by_ecosystem() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = zipped(&[advisory("RUSTSEC-2024-0001", "", &of("crates.io", FIXED))]);
    let registry = Registry::start(BTreeMap::from([("crates.io/all.zip".to_owned(), archive)]));
    let mut context = context(&folder.path().join("cache"), Budget::default());
    context.bases.insert(SOURCE.to_owned(), registry.base.to_string());
    assert_eq!(read(&source(&[]), &context, None).expect("read").advisories.len(), 1);
    let other = Osv::new(OsvSource { paths: Vec::new(), ecosystems: vec!["Odd".to_owned()], max_reject_share: 0.0 });
    assert!(read(&other, &context, None).expect_err("absent").contains("Odd: is not at the base address"));
    registry.end();
}
