//! A dump of Rust's registry: an archive of CSV tables, in either layout. The input is the tables, one after the other.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trustgraph::job::{CratesIoSource, SourceSettings};
use trustgraph::sources::Source;
use trustgraph::units::Day;
use trustgraph_fuzz::{Place, expect_sound, parts, read, source};

/// Tables without which nothing is read, with as many columns as that takes.
const TABLES: [(&str, &[u8]); 6] = [
    ("crates.csv", b"homepage,id,name,repository\n,1,alpha,\n"),
    ("versions.csv", b"checksum,crate_id,created_at,id,num,published_by,yanked\n,1,2020-01-02 03:04:05,10,1.0.0,7,f\n"),
    ("dependencies.csv", b"crate_id,id,kind,optional,version_id\n"),
    ("crate_owners.csv", b"crate_id,created_at,created_by,owner_id,owner_kind\n1,,,7,0\n"),
    ("users.csv", b"gh_login,id,name\nann,7,Ann\n"),
    ("teams.csv", b"id,login,name\n"),
];

static STATE: LazyLock<(Place, &'static dyn Source)> = LazyLock::new(|| {
    let settings = CratesIoSource { path: None, owners: false, publishers: false, max_age_hours: 0.0, max_reject_share: 1.0 };
    (Place::new(), source(SourceSettings { crates_io: Some(settings), ..SourceSettings::default() }))
});

fn archive(tables: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in tables {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        // A name that fits into no archive is not one of a table.
        if header.set_path(name).is_ok() {
            header.set_cksum();
            builder.append(&header, *text).expect("memory takes what is written");
        }
    }
    builder.into_inner().expect("memory takes what is written")
}

fuzz_target!(|data: &[u8]| {
    let (place, source) = &*STATE;
    let mut tables = parts(data);
    let is_missing = |name: &str| !tables.iter().any(|(given, _)| *given == name);
    let filled: Vec<_> = TABLES.into_iter().filter(|(name, _)| is_missing(name)).collect();
    tables.extend(filled);
    let raw = [place.file("dump.tar", &archive(&tables), None)];
    let Ok(whole) = read(*source, &raw, None) else { return };
    expect_sound(&whole);
    let until = Day::parse("2020-12-31").expect("a day");
    let before = read(*source, &raw, Some(until)).expect("what was read whole is read in part");
    assert!(before.publications.iter().all(|row| row.published.is_none_or(|day| day <= until)), "a fact of a later day");
    assert!(before.packages.iter().all(|package| whole.packages.iter().any(|one| one.purl == package.purl)));
});
