//! Makes a database dump of Rust's registry of any size, in its own layout, and measures how it is read.
//!
//! `cargo run --release --example crates_dump make FILE.tar.gz PACKAGES VERSIONS DEPENDENCIES`, then
//! `cargo run --release --example crates_dump read FILE.tar.gz`. A whole dump of 2026: 200000 2000000 20000000.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Instant;

use anyhow::{Context, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use trustgraph::job::{CratesIoSource, Job, SourceSettings};
use trustgraph::sources::{self, FetchContext};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", path, packages, versions, needs] => make(path, packages.parse()?, versions.parse()?, needs.parse()?),
        ["read", path] => read(path),
        _ => bail!("give `make FILE.tar.gz PACKAGES VERSIONS DEPENDENCIES` or `read FILE.tar.gz`"),
    }
}

/// Seconds, rows and peak memory of reading.
fn read(path: &str) -> anyhow::Result<()> {
    let mut job = Job::shipped()?;
    let settings =
        CratesIoSource { path: Some(path.into()), owners: false, publishers: false, max_age_hours: 0.0, max_reject_share: 0.0 };
    job.sources = SourceSettings { crates_io: Some(settings), ..SourceSettings::default() };
    let context = FetchContext {
        cache: std::env::temp_dir(),
        is_offline: true,
        job_folder: std::env::current_dir()?,
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    let begun = Instant::now();
    let raw = sources::fetch(&job, &context)?;
    let pinned = begun.elapsed();
    let tables = sources::read(&job, &raw, None)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "pinned in {:.1} s, read in {:.1} s", pinned.as_secs_f64(), (begun.elapsed() - pinned).as_secs_f64())?;
    let rows = (tables.packages.len(), tables.publications.len(), tables.dependencies.len(), tables.maintainers.len());
    writeln!(out, "packages, publications, dependencies, maintainers: {rows:?}")?;
    for report in &tables.reports {
        writeln!(out, "{} {} rows read", report.file, report.read_count)?;
    }
    let status = std::fs::read_to_string("/proc/self/status").context("peak memory is known on Linux only")?;
    writeln!(out, "{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("no peak memory"))?;
    Ok(())
}

/// Bytes of a readme; real ones have some thousand.
const README_BYTES: usize = 2_000;
/// Days with downloads of a version; the dump holds ninety.
const DAYS: u32 = 10;

/// Writes every table with every column that the registry publishes in August 2026, in its order.
fn make(path: &str, packages: u32, versions: u32, needs: u32) -> anyhow::Result<()> {
    let file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut dump = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    let people = packages / 4 + 1;
    add(&mut dump, "metadata.json", "{\"timestamp\": \"2026-07-01T02:00:17Z\"}".into())?;
    for (name, columns) in SMALL {
        add(&mut dump, name, format!("{columns}\n"))?;
    }
    add(&mut dump, "data/crates.csv", crates(packages, people)?)?;
    let rows: String = (1..=people).map(|id| format!("{id},,person{id},{id}\n")).collect();
    add(&mut dump, "data/oauth_github.csv", format!("account_id,avatar,login,user_id\n{rows}"))?;
    let rows: String = (1..=people).map(|id| format!("{TIME},{id},person{id},{id},Person {id},person{id}\n")).collect();
    add(&mut dump, "data/users.csv", format!("created_at,gh_id,gh_login,id,name,username\n{rows}"))?;
    let rows: String = (1..=packages).map(|id| format!("{id},{TIME},,{},0\n", id % people + 1)).collect();
    add(&mut dump, "data/crate_owners.csv", format!("crate_id,created_at,created_by,owner_id,owner_kind\n{rows}"))?;
    add(&mut dump, "data/versions.csv", releases(versions, packages, people)?)?;
    // Versions go round: the last round has the newest of each package.
    let rows: String = (1..=packages).map(|id| format!("{id},{},{}\n", versions / packages, versions - packages + id)).collect();
    add(&mut dump, "data/default_versions.csv", format!("crate_id,num_versions,version_id\n{rows}"))?;
    add(&mut dump, "data/dependencies.csv", dependencies(needs, versions, packages)?)?;
    let mut text = String::from("date,downloads,version_id\n");
    for row in 0..versions * DAYS {
        writeln!(text, "2026-06-{:02},{},{}", row % DAYS + 10, row % 977, row / DAYS + 1)?;
    }
    add(&mut dump, "data/version_downloads.csv", text)?;
    dump.into_inner()?.finish()?.flush()?;
    Ok(())
}

const TIME: &str = "2020-01-02 03:04:05.678901+00";

/// Tables that are left empty: small ones, and those that are not read.
const SMALL: [(&str, &str); 10] = [
    ("data/categories.csv", "category,crates_cnt,created_at,description,id,path,slug"),
    ("data/crate_downloads.csv", "crate_id,downloads"),
    ("data/keywords.csv", "crates_cnt,created_at,id,keyword"),
    ("data/metadata.csv", "total_downloads"),
    ("data/reserved_crate_names.csv", "name"),
    ("data/reserved_usernames.csv", "username"),
    ("data/teams.csv", "avatar,github_id,id,login,name,org_id"),
    ("data/crates_categories.csv", "category_id,crate_id"),
    ("data/crates_keywords.csv", "crate_id,keyword_id"),
    ("data/deleted_crates.csv", "available_at,created_at,deleted_at,deleted_by,id,message,name"),
];

fn crates(packages: u32, people: u32) -> anyhow::Result<String> {
    let about = "A library that does one thing, and tells of it in a sentence of the usual length.";
    let readme = "# Usage\n\nWrite \"\"cargo add\"\" and its name,\nthen use it.\n".repeat(README_BYTES / 56);
    let mut text = String::from(
        "created_at,description,documentation,homepage,id,max_features,max_upload_size,name,readme,repository,trustpub_only,updated_at\n",
    );
    for id in 1..=packages {
        let owner = id % people;
        writeln!(
            text,
            "{TIME},\"{about}\",,,{id},,,package-{id},\"{readme}\",https://github.com/owner{owner}/package-{id},f,{TIME}"
        )?;
    }
    Ok(text)
}

fn releases(versions: u32, packages: u32, people: u32) -> anyhow::Result<String> {
    let mut text = String::from(
        "bin_names,categories,crate_id,crate_size,created_at,description,documentation,downloads,edition,features,has_lib,homepage,id,\
         keywords,license,links,num,num_no_build,published_by,repository,rust_version,tar_sha256,updated_at,yanked,zip_json_sha256,zip_sha256\n",
    );
    let about = "A library that does one thing, and tells of it in a sentence of the usual length.";
    for id in 1..=versions {
        let (of, number) = ((id - 1) % packages + 1, (id - 1) / packages);
        let features = r#""{""default"": [""std""], ""std"": []}""#;
        let digest = u128::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        writeln!(
            text,
            "{{}},{{}},{of},12345,2021-0{}-02 03:04:05.678901+00,\"{about}\",,99,2021,{features},t,,{id},{{}},MIT OR Apache-2.0,,\
             0.{number}.0,0.{number}.0,{},https://github.com/owner/package-{of},1.70,\\x{digest:032x}{digest:032x},{TIME},f,,",
            number % 9 + 1,
            of % people + 1
        )?;
    }
    Ok(text)
}

fn dependencies(needs: u32, versions: u32, packages: u32) -> anyhow::Result<String> {
    let mut text = String::from("crate_id,default_features,explicit_name,features,id,kind,optional,req,target,version_id\n");
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    for id in 1..=needs {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (version, needed) = (id % versions + 1, (dice >> 33) as u32 % packages + 1);
        let kind = ["0", "0", "2", "1"][(dice >> 40) as usize % 4];
        writeln!(text, "{needed},t,,{{}},{id},{kind},f,^1.2.3,,{version}")?;
    }
    Ok(text)
}

fn add(dump: &mut tar::Builder<impl Write>, name: &str, text: String) -> anyhow::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    dump.append_data(&mut header, format!("2026-07-01-020017/{name}"), text.as_bytes())?;
    Ok(())
}
