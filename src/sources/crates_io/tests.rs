//! Both ways to read the registry, on documents in its own formats.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::crate_file::tests::packed;
use super::*;
use crate::sources::fetch::tests::documents::Registry;
use crate::sources::fetch::tests::{context, digest};
use crate::sources::{Budget, FetchContext};
use crate::tables::{Authorization, DependencyKind, Tables};

fn source(path: Option<&Path>, owners: bool) -> CratesIo {
    let path = path.map(Path::to_path_buf);
    CratesIo::new(CratesIoSource { path, owners, publishers: owners, max_age_hours: 0.0, max_reject_share: 0.01 })
}

fn read_with(source: &CratesIo, context: &FetchContext, until: Option<&str>) -> Result<Tables, SourceError> {
    let mut tables = TablesBuilder::default();
    source.read(&source.fetch(context)?, until.and_then(Day::parse), &mut tables)?;
    Ok(tables.finish())
}

fn none() -> FetchContext {
    context(Path::new("unused"), Budget::default())
}

const METADATA: &str = r#"{"timestamp": "2026-07-01T02:00:17Z", "crates_io_commit": "x"}"#;

/// Tables of a small dump in the layout before June 2026.
fn before() -> Vec<(&'static str, String)> {
    let digest = "ab".repeat(32);
    [
        ("metadata.json", METADATA.to_owned()),
        ("README.md", "prose".to_owned()),
        ("crate_owners.csv", "crate_id,created_at,created_by,owner_id,owner_kind\n1,2015-02-03 04:05:06,,7,0\n1,2019-01-01 00:00:00.5+00,7,7,1\n2,,,8,0\n".to_owned()),
        ("crates.csv", "created_at,description,homepage,id,name,readme,repository,updated_at\n,\"a, \"\"b\"\"\nc\",https://example.org/,1,alpha,,https://github.com/A/alpha/tree/main/core,\n,,x@example.org,2,beta,,,\n,,,3,gamma,,,\n".to_owned()),
        ("dependencies.csv", "crate_id,default_features,explicit_name,features,id,kind,optional,req,target,version_id\n2,t,,{},1,0,f,^1,,11\n2,t,,{},2,2,f,^1,,11\n3,t,,{},3,1,f,^1,,11\n3,t,,{},4,0,t,^1,,20\n1,t,,{},5,0,f,^1,,10\n9,t,,{},6,0,f,^1,,20\n".to_owned()),
        ("teams.csv", "avatar,github_id,id,login,name,org_id\n,1,7,github:org:core,Core,2\n".to_owned()),
        ("users.csv", "gh_avatar,gh_id,gh_login,id,name\n,1,ann,7,Ann Lee\n,2,bob,8,\n".to_owned()),
        ("versions.csv", format!("checksum,crate_id,created_at,id,num,published_by,yanked\n{digest},1,2015-02-03 04:05:06.1,10,1.9.0,7,f\n,1,2020-02-03 04:05:06,11,1.10.0,,f\n,1,2021-01-01 00:00:00,12,2.0.0-rc.1,8,f\n,1,2022-01-01 00:00:00,13,3.0.0,8,t\n,2,2016-01-01 00:00:00,20,0.1.0,8,f\n")),
        ("version_downloads.csv", "date,downloads,version_id\n".to_owned()),
    ]
    .into()
}

/// The same in the layout after it, with more that is new.
fn after() -> Vec<(&'static str, String)> {
    let mut tables = before();
    for (name, text) in &mut tables {
        match *name {
            "versions.csv" => {
                *text = text.replace("checksum,", "tar_sha256,").replace(",yanked\n", ",yanked,trustpub_data\n");
                *text = text.replace("\nabab", "\n\\xabab");
                let trusted = r#""{""provider"":""github"",""repository"":""a/alpha"",""run_id"":""1"",""sha"":""00""}""#;
                let rows: Vec<String> = text
                    .lines()
                    .map(|line| match line.contains(",11,1.10.0,") {
                        true => format!("{line},{trusted}"),
                        false if line.starts_with("tar_sha256") => line.to_owned(),
                        false => format!("{line},"),
                    })
                    .collect();
                *text = rows.join("\n") + "\n";
            }
            "users.csv" => *text = "id,name,created_at\n7,Ann Lee,\n8,,\n".to_owned(),
            "crates.csv" => {
                *text = text.replace(",updated_at", ",trustpub_only").replace("alpha/tree/main/core,", "alpha/tree/main/core,t");
            }
            _ => {}
        }
    }
    tables.push(("oauth_github.csv", "account_id,avatar,login,user_id\n1,,ann,7\n2,,bob,8\n".to_owned()));
    tables.push(("default_versions.csv", "crate_id,num_versions,version_id\n1,4,11\n2,1,20\n".to_owned()));
    tables.push(("deleted_crates.csv", "id,name\n5,gone\n6,BETA\n".to_owned()));
    tables.push(("novelty.csv", "id\n1\n".to_owned()));
    tables
}

pub(super) fn tar_gz(tables: &[(&str, String)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in tables {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_cksum();
        builder.append_data(&mut header, format!("2026-07-01-020017/data/{name}"), text.as_bytes()).expect("appended");
    }
    builder.into_inner().and_then(GzEncoder::finish).expect("finished")
}

fn zipped(tables: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in tables {
        writer.start_file(format!("data/{name}"), zip::write::SimpleFileOptions::default()).expect("started");
        writer.write_all(text.as_bytes()).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

pub(super) fn read_dump(name: &str, bytes: &[u8], until: Option<&str>) -> Result<Tables, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).expect("written");
    read_with(&source(Some(&path), false), &none(), until).map_err(|error| error.to_string())
}

#[test]
fn a_dump_before_june_2026() {
    let tables = read_dump("d.tar.gz", &tar_gz(&before()), None).expect("a dump");
    let names: Vec<_> = tables.packages.iter().map(|package| (package.name.as_str(), package.homepage.as_deref())).collect();
    assert_eq!(names, [("alpha", Some("https://example.org/")), ("beta", None)]);
    assert_eq!(tables.suites[0].as_of.to_string(), "2026-07-01");
    let released: Vec<_> = tables.releases.iter().map(|row| row.version.as_str()).collect();
    assert_eq!(released, ["1.10.0", "0.1.0"], "neither withdrawn nor a test release");
    let handles: Vec<_> = tables.accounts.iter().map(|account| (account.handle.as_deref(), account.name())).collect();
    assert_eq!(handles, [(Some("ann"), None), (Some("bob"), None), (None, Some("github:org:core"))]);
    let since: Vec<_> = tables.maintainers.iter().map(|row| (row.account.row(), row.since.map(|day| day.to_string()))).collect();
    assert_eq!(since, [(0, Some("2015-02-03".into())), (2, Some("2019-01-01".into())), (1, None)]);
    let needs: Vec<_> = tables.dependencies.iter().map(|row| (row.package.row(), row.dependency.row(), row.kind)).collect();
    assert_eq!(needs, [(0, 1, DependencyKind::Runtime), (0, 1, DependencyKind::Development)]);
    let link = &tables.repository_links[0];
    assert_eq!(tables.repositories[0].url.as_str(), "https://github.com/a/alpha");
    assert_eq!((link.directory.as_deref(), link.evidence_level), (Some("core"), 0));
    let first = tables.publications.iter().find(|row| row.version == "1.9.0").expect("there");
    assert_eq!(first.digest, Some(format!("sha256:{}", "ab".repeat(32))));
    assert_eq!((first.authorization, first.publisher.map(|id| id.row())), (Some(Authorization::Token), Some(0)));
    let unknown = tables.publications.iter().find(|row| row.version == "1.10.0").expect("there");
    assert_eq!((unknown.authorization, unknown.publisher), (None, None), "missing is not somebody");
    assert_eq!(tables.publications.iter().filter(|row| row.is_yanked).count(), 1);
}

#[test]
fn what_stands_twice_counts_once() {
    let once = read_dump("d.tar.gz", &tar_gz(&before()), None).expect("a dump");
    let mut doubled = before();
    for (name, text) in &mut doubled {
        match *name {
            "crates.csv" => text.push_str(",,,9,alpha,,,\n"),
            "versions.csv" => text.push_str(",1,2016-02-03 04:05:06.1,14,1.9.0,8,f\n"),
            "crate_owners.csv" => *text = text.replace("1,2015-02-03 04:05:06,,7,0\n", "1,,,7,0\n1,2015-02-03 04:05:06,,7,0\n"),
            _ => {}
        }
    }
    let twice = read_dump("d.tar.gz", &tar_gz(&doubled), None).expect("a dump");
    let shown =
        |tables: &Tables| format!("{:?}", (&tables.packages, &tables.publications, &tables.maintainers, &tables.releases));
    assert_eq!(shown(&twice), shown(&once));
    for reason in ["package stands twice", "version stands twice", "owner stands twice"] {
        assert_eq!(twice.reports.iter().filter_map(|report| report.skips.get(reason)).sum::<u64>(), 1, "{reason}");
    }
}

#[test]
fn a_dump_is_no_older_than_what_it_holds() {
    let mut tables = before();
    tables[0].1 = METADATA.replace("2026-07-01", "2016-01-01");
    let read = |until| read_dump("d.tar.gz", &tar_gz(&tables), until).expect("a dump");
    assert_eq!(read(None).suites[0].as_of.to_string(), "2022-01-01");
    assert!(read(Some("2016-12-31")).publications.is_empty(), "a label lets nothing of a later day in");
}

#[test]
fn a_dump_after_june_2026_says_the_same_and_more() {
    let old = read_dump("d.tar.gz", &tar_gz(&before()), None).expect("a dump");
    let new = read_dump("d.zip", &zipped(&after()), None).expect("a dump");
    let flags: Vec<Vec<_>> = new.packages.iter().map(|package| package.flags.iter().map(|flag| flag.name()).collect()).collect();
    assert_eq!(flags, [["trusted_publishing_only"], ["name_reused"]]);
    let without_flags =
        |tables: &Tables| tables.packages.iter().map(|one| (one.purl.clone(), one.homepage.clone())).collect::<Vec<_>>();
    assert_eq!(without_flags(&old), without_flags(&new));
    assert_eq!(
        format!("{:?}", (&old.accounts, &old.maintainers, &old.releases, &old.dependencies)),
        format!("{:?}", (&new.accounts, &new.maintainers, &new.releases, &new.dependencies))
    );
    let trusted = new.publications.iter().find(|row| row.version == "1.10.0").expect("there");
    assert_eq!(trusted.authorization, Some(Authorization::TrustedPublisher));
    let levels: Vec<_> = new.repository_links.iter().map(|link| link.evidence_level).collect();
    assert_eq!(levels, [4, 0], "the registry let the workflow of the repository publish; the package names it, too");
    let skips: BTreeMap<_, _> = new.reports.iter().flat_map(|report| report.skips.clone()).collect();
    assert_eq!(skips["file that this version does not know"], 1);
    let shuffled: Vec<_> = after().into_iter().rev().collect();
    let again = read_dump("d.tar.gz", &tar_gz(&shuffled), None).expect("a dump");
    assert_eq!(format!("{:?}", again.publications), format!("{:?}", new.publications));
    assert!(read_dump("d.zip", &zipped(&after()), Some("2026-06-30")).expect("read").packages.is_empty());
}

#[test]
fn damaged_dumps() {
    let whole = tar_gz(&before());
    for cut in [whole.len() / 3, whole.len() - 9] {
        assert!(read_dump("d.tar.gz", &whole[..cut], None).expect_err("cut off").contains("damaged"), "{cut}");
    }
    assert!(read_dump("d.zip", &zipped(&before())[..300], None).expect_err("cut off").contains("damaged"));
    let without: Vec<_> = before().into_iter().filter(|(name, _)| *name != "versions.csv").collect();
    assert!(read_dump("d.tar.gz", &tar_gz(&without), None).expect_err("not whole").contains("holds no versions.csv"));
    let mut twice = before();
    twice.push(("crates.csv", "id,name\n".to_owned()));
    assert!(read_dump("d.tar.gz", &tar_gz(&twice), None).expect_err("twice").contains("crates.csv: is twice"));
    let mut renamed = before();
    renamed[7].1 = renamed[7].1.replace("published_by,yanked", "published_by,withdrawn");
    assert!(
        read_dump("d.tar.gz", &tar_gz(&renamed), None).expect_err("renamed").contains("versions.csv: has no column `yanked`")
    );
    let mut odd = before();
    odd[4].1 = odd[4].1.replace(",1,0,f,", ",1,7,f,");
    let error = read_dump("d.tar.gz", &tar_gz(&odd), None).expect_err("too many rejects");
    assert!(error.contains("dependencies.csv: 1 of 6 rows refused") && error.contains("unknown kind of dependency"), "{error}");
    assert!(source(Some(Path::new("none.tar.gz")), false).fetch(&none()).expect_err("absent").to_string().contains("is missing"));
    assert!(source(None, false).fetch(&none()).expect_err("nothing").to_string().contains("names no `path`"));
}

/// A registry with two packages, and the lockfile that names them.
fn registry(folder: &Path, with_owners: bool) -> (Registry, std::path::PathBuf) {
    let manifest = |name: &str| {
        format!("[package]\nname = \"{name}\"\nrepository = \"https://github.com/a/b\"\nauthors = [\"A <a@example.org>\"]\n")
    };
    let vcs = format!(r#"{{"git":{{"sha1":"{}"}},"path_in_vcs":"crates/alpha"}}"#, "cd".repeat(20));
    let alpha =
        packed(&[("alpha-1.2.0/Cargo.toml", manifest("alpha").as_bytes()), ("alpha-1.2.0/.cargo_vcs_info.json", vcs.as_bytes())]);
    let beta = packed(&[("beta-0.3.0/Cargo.toml", manifest("beta").as_bytes())]);
    let line = |name: &str, version: &str, cksum: &str, deps: &str, day: &str| {
        format!(
            r#"{{"name":"{name}","vers":"{version}","deps":[{deps}],"cksum":"{cksum}","features":{{}},"yanked":false,"pubtime":"{day}T00:00:00Z"}}"#
        ) + "\n"
    };
    let need = r#"{"name":"beta","req":"^0.3","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"},{"name":"other","req":"*","kind":"dev"}"#;
    let index =
        line("alpha", "1.0.0", &digest(b"old"), "", "2020-01-01") + &line("alpha", "1.2.0", &digest(&alpha), need, "2024-02-03");
    let owners = r#"{"users":[{"id":7,"login":"ann","kind":"user","name":"Ann","url":"","avatar":null},{"id":7,"login":"github:org:core","kind":"team"}]}"#;
    let mut files = BTreeMap::from([
        ("al/ph/alpha".to_owned(), index.into_bytes()),
        ("be/ta/beta".to_owned(), line("beta", "0.3.0", &digest(&beta), "", "2023-05-05").into_bytes()),
        ("dl/alpha/1.2.0/download".to_owned(), alpha.clone()),
        ("dl/beta/0.3.0/download".to_owned(), beta.clone()),
    ]);
    if with_owners {
        files.insert("program/api/v1/crates/alpha/owners".to_owned(), owners.as_bytes().to_vec());
        let versions = r#"{"versions":[{"id":2,"crate":"alpha","num":"1.2.0","published_by":null,
            "trustpub_data":{"provider":"github","repository":"A/b","run_id":"1","sha":"00"}},
            {"num":"1.0.0","published_by":{"id":7,"login":"ann","name":"Ann","url":"","avatar":""},"trustpub_data":null}],"meta":{"total":2}}"#;
        files.insert("program/api/v1/crates/alpha/versions".to_owned(), versions.as_bytes().to_vec());
    }
    let config = r#"{"dl":"BASEdl","api":"BASEprogram"}"#;
    files.insert("config.json".to_owned(), config.as_bytes().to_vec());
    let registry = Registry::start(files);
    let package = |name: &str, version: &str, digest: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+https://example.org/i\"\nchecksum = \"{digest}\"\n"
        )
    };
    let text = package("alpha", "1.2.0", &digest(&alpha))
        + &package("beta", "0.3.0", &digest(&beta))
        + "[[package]]\nname = \"own\"\nversion = \"1.0.0\"\n";
    let path = folder.join("Cargo.lock");
    fs_err::write(&path, text).expect("written");
    (registry, path)
}

fn scoped(folder: &Path, base: &str) -> FetchContext {
    let mut context = context(&folder.join("cache"), Budget::default());
    context.bases.insert(SOURCE.to_owned(), base.to_owned());
    context
}

#[test]
fn a_lockfile_through_the_sparse_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let (registry, path) = registry(folder.path(), true);
    let base = registry.base.to_string();
    let run = |owners, is_offline| {
        let mut context = scoped(folder.path(), &base);
        context.is_offline = is_offline;
        let tables = read_with(&source(Some(&path), owners), &context, None);
        (tables.map_err(|error| error.to_string()), context.network.byte_count())
    };
    let tables = run(true, false).0.expect("read");
    assert_eq!(tables.suites[0].as_of.to_string(), "2024-02-03", "the day of the newest publication");
    let versions: Vec<_> = tables
        .publications
        .iter()
        .map(|row| (row.version.as_str(), row.commit.is_some(), row.publisher.map(|id| id.row())))
        .collect();
    assert_eq!(versions, [("1.0.0", false, Some(0)), ("1.2.0", true, None), ("0.3.0", false, None)]);
    let authorizations: Vec<_> = tables.publications.iter().map(|row| row.authorization).collect();
    assert_eq!(authorizations, [Some(Authorization::Token), Some(Authorization::TrustedPublisher), None]);
    assert_eq!(tables.dependencies.len(), 1, "what is not locked is no dependency");
    let directories: Vec<_> =
        tables.repository_links.iter().map(|link| (link.directory.as_deref(), link.evidence_level)).collect();
    assert_eq!(
        directories,
        [(None, 4), (Some("crates/alpha"), 0), (None, 0)],
        "the registry let its workflow publish; it names itself"
    );
    let accounts: Vec<_> = tables.accounts.iter().map(|account| (account.handle.as_deref(), account.name())).collect();
    assert_eq!(accounts, [(Some("ann"), None), (None, Some("github:org:core"))]);
    assert_eq!(tables.maintainers.len(), 2, "nobody is known to own beta");
    let (again, again_bytes) = run(true, false);
    assert_eq!(format!("{:?}", again.expect("read")), format!("{tables:?}"));
    assert!(again_bytes < 2500, "{again_bytes} bytes of headers and no body");
    assert_eq!(format!("{:?}", run(true, true).0.expect("offline")), format!("{tables:?}"));
    assert!(run(false, false).0.expect("read").maintainers.is_empty());
    registry.end();
}

#[test]
fn registries_that_do_not_answer_or_lie() {
    let folder = tempfile::tempdir().expect("a folder");
    let (registry, path) = registry(folder.path(), false);
    let base = registry.base.to_string();
    let tables = read_with(&source(Some(&path), true), &scoped(folder.path(), &base), None).expect("read");
    assert!(tables.accounts.is_empty(), "no answer about owners is nobody known, not nobody there");
    let early = read_with(&source(Some(&path), true), &scoped(folder.path(), &base), Some("2023-12-31")).expect("read");
    assert_eq!(early.packages.len(), 1, "alpha's locked version came later");
    let text = fs_err::read_to_string(&path).expect("there");
    let wrong = text.replacen(&text[text.find("checksum").expect("one") + 12..][..64], &"0".repeat(64), 1);
    fs_err::write(&path, wrong).expect("written");
    let error = read_with(&source(Some(&path), true), &scoped(folder.path(), &base), None).expect_err("another file").to_string();
    assert!(error.contains("packages/alpha-1.2.0.crate: does not have the digest it is known by"), "{error}");
    let error = read_with(&source(Some(&path), true), &scoped(folder.path(), "ftp://x"), None).expect_err("no URL").to_string();
    assert!(error.contains("--base crates_io=URL"), "{error}");
    registry.end();
}
