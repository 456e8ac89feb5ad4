//! Makes a snapshot of any size, writes it, verifies it, and says how long that took, how much memory, and bytes by table.
//!
//! `cargo run --release --example snapshot_speed -- OUT PACKAGES DEPENDENCIES`. Facts of a package are those of the first one of
//! `snapshots/sample`; dependencies lead to packages by a power law, most to few.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use rayon::prelude::*;
use trustgraph::job::Job;
use trustgraph::snapshot::schema::{ContributionToScoreRow, DependencyRow, DependentRow, PackageRow, ScoreRow};
use trustgraph::snapshot::{OutFolder, PreviousChoice, Published, Text, Word, WriteOptions, verify, write, write_alone};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, packages, dependencies] = &arguments[..] else { bail!("give OUT PACKAGES DEPENDENCIES") };
    let (packages, dependencies): (usize, usize) = (packages.parse()?, dependencies.parse()?);
    let begun = Instant::now();
    let published = published(packages, dependencies / packages.max(1))?;
    say("rows made", begun)?;
    let job = Job::shipped()?;
    std::fs::create_dir_all(out)?;
    for _ in 0..3 {
        let begun = Instant::now();
        write_alone(&published.dependencies, &job.decisions.visibility, Path::new(out), &[])?;
        say(&format!("{} dependencies written alone", published.dependencies.len()), begun)?;
        let begun = Instant::now();
        write_alone(&published.scores, &job.decisions.visibility, Path::new(out), &[])?;
        say(&format!("{} scores written alone", published.scores.len()), begun)?;
    }
    let begun = Instant::now();
    let options = WriteOptions { visibility: &job.decisions.visibility, previous: &PreviousChoice::None, replace: true };
    let folder = OutFolder::begin(Path::new(out))?;
    let written = write(published, &options, &folder)?;
    say("written", begun)?;
    let mut stdout = std::io::stdout().lock();
    for table in written.manifest.tables.iter().filter(|table| table.row_count > 1000) {
        writeln!(stdout, "{:24} {:>11} rows {:>12} bytes", table.name, table.row_count, table.size_bytes)?;
    }
    let begun = Instant::now();
    let verification = verify(&written.folder, None)?;
    say(&format!("verified, {} checks", verification.check_count), begun)?;
    if !verification.problems.is_empty() {
        bail!("{}", verification.problems.join("\n"));
    }
    Ok(())
}

/// Seconds since `begun`, and the most memory so far.
fn say(what: &str, begun: Instant) -> anyhow::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status").context("peak memory is known on Linux only")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("no peak memory");
    writeln!(std::io::stdout(), "{what} in {:.1} s, {peak}", begun.elapsed().as_secs_f64())?;
    Ok(())
}

fn purl(package: usize) -> Text {
    format!("pkg:npm/package-{package:08}").into()
}

/// A number in 0..1 that looks random, the same for the same place.
fn drawn(place: usize) -> f64 {
    let mixed = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Packages, one score, two lines of ledger each, and dependencies both ways.
fn published(count: usize, needs: usize) -> anyhow::Result<Published> {
    let sample = Published::read(Path::new("snapshots/sample"))?;
    let first = sample.packages.first().context("the sample has packages")?;
    let mut manifest = sample.manifest.clone();
    manifest.sentinels.clear();
    let mut published = Published::empty(manifest);
    let purls: Vec<Text> = (0..count).into_par_iter().map(purl).collect();
    published.packages =
        (0..count).into_par_iter().map(|at| PackageRow { purl: purls[at], ecosystem: "npm".into(), ..first.clone() }).collect();
    let score = |at: usize| ScoreRow {
        metric: "trust".into(),
        node_kind: "package".into(),
        node_id: purls[at],
        value: Some(drawn(at)),
        lower: Some(drawn(at)),
        upper: Some(drawn(at)),
        percentile: Some(drawn(at)),
        rank: Some(at as i64 + 1),
        rank_lower: None,
        rank_upper: None,
        null_reason: None,
        weakest: Some("control".into()),
    };
    published.scores = (0..count).into_par_iter().map(score).collect();
    let lines = |at: usize| {
        let node_id = purls[at];
        [("own", 0.25), ("control", 0.75)].into_iter().enumerate().map(move |(rank, (component, share))| ContributionToScoreRow {
            node_kind: "package".into(),
            node_id,
            rank: rank as i64 + 1,
            component: component.into(),
            neighbor_kind: None,
            neighbor_id: None,
            edge_kind: None,
            weight: None,
            neighbor_score: None,
            amount: drawn(at) * share,
        })
    };
    published.contributions_to_score = (0..count).into_par_iter().flat_map_iter(lines).collect();
    let needed = |at: u32| {
        let mut needed: Vec<u32> =
            (0..needs).map(|place| (drawn(at as usize * needs + place).powi(4) * count as f64) as u32).collect();
        needed.sort_unstable();
        needed.dedup();
        needed.into_iter().filter(move |other| *other != at).map(move |other| (at, other))
    };
    let count = u32::try_from(count)?;
    let mut edges: Vec<(u32, u32)> = (0..count).into_par_iter().flat_map_iter(needed).collect();
    let kind = Word::from("runtime");
    let dependency = |(at, other): &(u32, u32)| DependencyRow {
        purl: purls[*at as usize],
        dependency_purl: purls[*other as usize],
        kind,
        is_sole: true,
        is_new: None,
    };
    published.dependencies = edges.par_iter().map(dependency).collect();
    edges.par_sort_unstable_by_key(|(at, other)| (*other, *at));
    let dependent =
        |(at, other): &(u32, u32)| DependentRow { dependency_purl: purls[*other as usize], purl: purls[*at as usize], kind };
    published.dependents = edges.par_iter().map(dependent).collect();
    Ok(published)
}
