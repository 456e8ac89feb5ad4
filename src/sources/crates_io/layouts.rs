//! The two layouts of a dump, table by table, as the registry's own export scripts write them, and what of them is not known here:
//! nothing.

use super::tests::{read_dump, tar_gz};
use crate::tables::Tables;

/// `COPY … WITH CSV HEADER` of November 2025.
const BEFORE: [(&str, &str); 14] = [
    ("categories.csv", "category,crates_cnt,created_at,description,id,path,slug"),
    ("crate_downloads.csv", "crate_id,downloads"),
    (
        "crates.csv",
        "created_at,description,documentation,homepage,id,max_features,max_upload_size,name,readme,repository,trustpub_only,updated_at",
    ),
    ("keywords.csv", "crates_cnt,created_at,id,keyword"),
    ("metadata.csv", "total_downloads"),
    ("reserved_crate_names.csv", "name"),
    ("teams.csv", "avatar,github_id,id,login,name,org_id"),
    ("users.csv", "gh_avatar,gh_id,gh_login,id,name"),
    ("crates_categories.csv", "category_id,crate_id"),
    ("crates_keywords.csv", "crate_id,keyword_id"),
    ("crate_owners.csv", "crate_id,created_at,created_by,owner_id,owner_kind"),
    (
        "versions.csv",
        "bin_names,categories,checksum,crate_id,crate_size,created_at,description,documentation,downloads,edition,features,has_lib,\
         homepage,id,keywords,license,links,num,num_no_build,published_by,repository,rust_version,updated_at,yanked",
    ),
    ("default_versions.csv", "crate_id,num_versions,version_id"),
    ("dependencies.csv", "crate_id,default_features,explicit_name,features,id,kind,optional,req,target,version_id"),
];

/// What August 2026 writes otherwise, or for the first time.
const AFTER: [(&str, &str); 5] = [
    ("deleted_crates.csv", "available_at,created_at,deleted_at,deleted_by,id,message,name"),
    ("oauth_github.csv", "account_id,avatar,login,user_id"),
    ("reserved_usernames.csv", "username"),
    ("users.csv", "created_at,gh_id,gh_login,id,name,username"),
    (
        "versions.csv",
        "bin_names,categories,crate_id,crate_size,created_at,description,documentation,downloads,edition,features,has_lib,homepage,\
         id,keywords,license,links,num,num_no_build,published_by,repository,rust_version,tar_sha256,updated_at,yanked,\
         zip_json_sha256,zip_sha256",
    ),
];

/// Rows by name of column; what is not named is null.
const ROWS: [(&str, &[(&str, &str)]); 7] = [
    ("crates.csv", &[("id", "1"), ("name", "alpha"), ("readme", "\"a, b\nc\""), ("trustpub_only", "t")]),
    ("teams.csv", &[("id", "1"), ("login", "github:org:core")]),
    ("users.csv", &[("id", "7"), ("gh_login", "ann"), ("username", "ann"), ("gh_avatar", "x")]),
    ("oauth_github.csv", &[("user_id", "7"), ("account_id", "1"), ("login", "ann")]),
    ("crate_owners.csv", &[("crate_id", "1"), ("owner_id", "7"), ("owner_kind", "0"), ("created_at", TIME)]),
    (
        "versions.csv",
        &[
            ("id", "3"),
            ("crate_id", "1"),
            ("num", "1.0.0"),
            ("created_at", TIME),
            ("yanked", "f"),
            ("published_by", "7"),
            DIGEST,
            SAME,
        ],
    ),
    ("default_versions.csv", &[("crate_id", "1"), ("version_id", "3"), ("num_versions", "1")]),
];

const TIME: &str = "2026-01-02 03:04:05.678901+00";
const DIGEST: (&str, &str) = ("checksum", "abababababababababababababababababababababababababababababababab");
/// The type of the column changed with its name, from text to bytes.
const SAME: (&str, &str) = ("tar_sha256", "\\xabababababababababababababababababababababababababababababababab");

fn dump(layout: &[(&'static str, &str)]) -> Tables {
    let mut tables: Vec<(&str, String)> = vec![("metadata.json", r#"{"timestamp": "2026-09-01T02:00:17Z"}"#.to_owned())];
    for (file, columns) in layout {
        let row = ROWS.iter().find(|(name, _)| name == file).map(|(_, row)| {
            let field = |column| row.iter().find(|(name, _)| *name == column).map_or("", |(_, field)| *field);
            columns.split(',').map(field).collect::<Vec<_>>().join(",") + "\n"
        });
        tables.push((*file, format!("{columns}\n{}", row.unwrap_or_default())));
    }
    read_dump("d.tar.gz", &tar_gz(&tables), None).expect("a dump")
}

#[test]
fn nothing_in_the_published_layouts_is_unknown() {
    let before = dump(&BEFORE);
    let kept = BEFORE.iter().filter(|(file, _)| AFTER.iter().all(|(newer, _)| newer != file));
    let after = dump(&kept.chain(&AFTER).copied().collect::<Vec<_>>());
    for tables in [&before, &after] {
        for report in &tables.reports {
            assert_eq!(report.reject_count(), 0, "{}", report.file);
            let loud: Vec<_> = report.skips.keys().filter(|reason| reason.contains("does not know")).collect();
            assert!(loud.is_empty(), "{}: {loud:?}", report.file);
        }
    }
    let said = |tables: &Tables| format!("{:?}", (&tables.packages, &tables.publications, &tables.maintainers, &tables.accounts));
    assert_eq!(said(&before), said(&after));
    let digest = before.publications[0].digest.as_deref();
    assert_eq!(digest, Some(format!("sha256:{}", DIGEST.1).as_str()));
}
