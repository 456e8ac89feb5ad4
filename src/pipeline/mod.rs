//! The whole path, one stage a statement: sources → tables → identity → graph → scores → signals → snapshot → site.
//!
//! Here, and only here and in `cli`, are the clock (to say how long stages took) and the environment.

mod backtest;
mod linked_repositories;
mod nodes;
mod reproduce;
mod scan;
mod simulate;
mod stages;
mod what_if;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::attacks::World;
use crate::graph::{NodeKind, TrustGraph};
use crate::identity::{self, Identities, PseudonymKey};
use crate::job::{Job, JobError};
use crate::links;
use crate::scores::{self, Basis};
use crate::signals::{self, Facts};
use crate::site;
use crate::snapshot::{self, Manifest, OutFolder, PreviousChoice, RunResults, WriteOptions, Written};
use crate::sources::{self, FetchContext, RawInputs, Shard};
use crate::tables::Tables;
use crate::units::Day;

pub use backtest::{BacktestOptions, BacktestSummary, CommitFiles, SuiteFiles, backtest};
use nodes::Known;
pub use reproduce::{Reproduction, ReproductionOptions, reproduce, snapshot_folder};
pub use scan::{ScanOptions, ScanSummary, reproduce_scan, scan};
pub use simulate::{Simulation, SimulationOptions, attack, simulate};
pub use stages::LogWriter;
use stages::Stages;
pub use what_if::{Answer, Moved, Question, WhatIf, what_if};

/// What a job's graph is built from.
#[derive(Clone, Debug)]
pub struct InputOptions {
    /// Replaces the job's own as-of day.
    pub as_of: Option<Day>,
    /// What sources may use.
    pub fetch: FetchContext,
    /// Key of published person ids.
    pub key: PseudonymKey,
}

/// How a run is asked for.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What to read.
    pub inputs: InputOptions,
    /// Snapshots go under `out/snapshots/`, the site to `out/site/`.
    pub out: PathBuf,
    /// Which older snapshot the new one is compared with.
    pub previous: PreviousChoice,
    /// Throw away a snapshot of the same day that differs.
    pub replace: bool,
}

/// What a run did.
#[derive(Debug)]
pub struct RunSummary {
    /// Folder of the snapshot.
    pub snapshot: PathBuf,
    /// Folder of the site.
    pub site: PathBuf,
    /// The unsigned statement about it.
    pub statement: PathBuf,
    /// What was published.
    pub manifest: Manifest,
    /// The same bytes had been published before.
    pub is_unchanged: bool,
    /// Nodes by kind, in the order of [`NodeKind::ALL`].
    pub node_counts: [usize; 4],
    /// Edges of all kinds.
    pub edge_count: usize,
    /// Sweeps of the propagation.
    pub sweep_count: usize,
    /// Widest bracket of earned trust.
    pub gap: f64,
    /// How large the site is.
    pub rendered: site::SiteSummary,
    /// Stage → seconds, in order.
    pub stages: Vec<(&'static str, Duration)>,
}

/// Everything up to the graph.
struct Prepared {
    raw: RawInputs,
    tables: Tables,
    as_of: Day,
    identities: Identities,
    graph: TrustGraph,
}

impl Prepared {
    fn known(&self) -> Known<'_> {
        Known { tables: &self.tables, identities: &self.identities, graph: &self.graph }
    }
}

/// What was published, and figures of how.
struct Computed {
    written: Written,
    node_counts: [usize; 4],
    edge_count: usize,
    sweep_count: usize,
    gap: f64,
}

/// Runs `job` from raw inputs to snapshot and site.
pub fn run(job: &Job, options: &RunOptions) -> anyhow::Result<RunSummary> {
    let site = options.out.join("site");
    check_visibility(job)?;
    check_site(&site)?;
    let out = OutFolder::begin(&options.out)?;
    let mut stages = Stages::default();
    let Computed { written, node_counts, edge_count, sweep_count, gap } = compute(job, options, &out, &mut stages)?;
    let rendered = stages.run("render", || render(&written.folder, &site))?;
    Ok(RunSummary {
        node_counts,
        edge_count,
        sweep_count,
        gap,
        rendered,
        stages: stages.done,
        snapshot: written.folder,
        statement: written.statement,
        manifest: written.manifest,
        is_unchanged: written.is_unchanged,
        site,
    })
}

/// From raw inputs to a published snapshot.
fn compute(job: &Job, options: &RunOptions, out: &OutFolder, stages: &mut Stages) -> anyhow::Result<Computed> {
    let backtest_measures = job.backtest.as_deref().map(snapshot::read_alone).transpose()?.unwrap_or_default();
    let prepared = prepare(job, &options.inputs, stages)?;
    let Prepared { raw, tables, as_of, identities, graph } = &prepared;
    let decided = nodes::seeds(&prepared.tables, &job.decisions.seeds);
    let seeds = prepared.known().seeds(&decided)?;
    let scores = stages.run("propagate", || scores::compute(graph, tables, &job.parameters.scores, &seeds, *as_of))?;
    let basis = Basis { graph, tables, parameters: &job.parameters.scores, seeds: &seeds, as_of: *as_of };
    let validation = stages.run("validate", || scores::validate(&basis, &scores, &job.parameters.validation))?;
    let team_share = job.parameters.scores.team.control_share.value;
    let facts = Facts::new(tables, identities, graph, &scores, team_share);
    let findings = stages.run("find", || ok(signals::find(&facts, &job.parameters)))?;
    let world = World { tables, identities, graph, scores: &scores };
    let attack_outcomes = stages.run("simulate", || simulate::outcomes(job, &job.attacks, world, *as_of, &options.inputs.key))?;
    let package_links = links::package_links(tables, &job.parameters.links);
    let results = RunResults {
        job,
        as_of: *as_of,
        is_pseudonym_key_public: options.inputs.key.is_public,
        raw,
        tables,
        package_links: &package_links,
        identities,
        graph,
        scores: &scores,
        validation: &validation,
        findings: &findings,
        facts: &facts,
        backtest_measures: &backtest_measures,
        attack_outcomes: &attack_outcomes,
    };
    let write = WriteOptions { visibility: &job.decisions.visibility, previous: &options.previous, replace: options.replace };
    let written = stages.run("write", || snapshot::write(snapshot::assemble(&results), &write, out))?;
    Ok(Computed {
        written,
        node_counts: NodeKind::ALL.map(|kind| graph.nodes.count_of(kind)),
        edge_count: graph.edge_count(),
        sweep_count: scores.propagation.sweeps.len(),
        gap: scores.propagation.gap(),
    })
}

/// Fetches, reads, resolves and builds.
fn prepare(job: &Job, options: &InputOptions, stages: &mut Stages) -> anyhow::Result<Prepared> {
    let until = options.as_of.or(job.as_of);
    // Of thousands of links many lead nowhere; why is in the state table, and need not be in every manifest.
    let is_mirrored = |url: &_| sources::is_mirrored(url, &options.fetch);
    let job = &linked_repositories::with_linked_repositories(job, &options.fetch, is_mirrored)?;
    let raw = stages.run("fetch", || sources::fetch(job, &options.fetch))?;
    let tables = stages.run("read", || sources::read(job, &raw, until))?;
    let tables = stages.run("link", || ok(links::judge(tables, &job.parameters.links)))?;
    let as_of = as_of(&tables, until)?;
    let identities =
        stages.run("resolve", || ok(identity::resolve(&tables, &job.parameters.identity, &job.decisions, &options.key)))?;
    let graph = stages.run("build", || ok(TrustGraph::build(&tables, &identities)))?;
    Ok(Prepared { raw, tables, as_of, identities, graph })
}

/// Mirrors the git repositories of `job`, brings its other raw inputs, and pins them all.
pub fn fetch(job: &Job, context: &FetchContext) -> anyhow::Result<RawInputs> {
    let mut stages = Stages::default();
    let job = &linked_repositories::with_linked_repositories(job, context, |_| true)?;
    stages.run("mirror", || sources::mirror(job, context, false))?;
    Ok(stages.run("fetch", || sources::fetch(job, context))?)
}

/// The part `shard` of [`fetch`]: what registries say, or some of the histories, mirrored and mined. Which repositories packages link to
/// is read from the cache, so registries are asked by their own part alone. What a spent budget left is mined all the same.
pub fn fetch_shard(job: &Job, context: &FetchContext, shard: Shard) -> anyhow::Result<RawInputs> {
    let mut stages = Stages::default();
    let mut job = job.clone();
    if shard.is_registries() {
        job.sources.git = None;
        return Ok(stages.run("fetch", || sources::fetch(&job, context))?);
    }
    let offline = FetchContext { is_offline: true, ..context.clone() };
    let mut job = linked_repositories::with_linked_repositories(&job, &offline, |url| shard.holds(url))?.into_owned();
    if let Some(git) = &mut job.sources.git {
        let is_own = |url: &str| sources::repository_url(url).is_some_and(|url| shard.holds(&url));
        git.repositories.retain(|one| one.path.is_none() && is_own(&one.url));
    }
    let mirrored = stages.run("mirror", || sources::mirror(&job, context, true));
    let mined = stages.run("mine", || sources::mine(&job, context))?;
    Ok(mirrored.map(|()| mined)?)
}

/// Renders the site from a published snapshot, and from nothing else.
pub fn render(snapshot: &Path, site: &Path) -> anyhow::Result<site::SiteSummary> {
    check_site(site)?;
    let published = snapshot::Published::read(snapshot)?;
    Ok(site::render(&published, site)?)
}

/// Refuses to render in the place of anything but an older site, because what stands there goes away.
fn check_site(site: &Path) -> anyhow::Result<()> {
    let is_site = || ["index.html", ".nojekyll"].iter().all(|name| site.join(name).is_file());
    let is_empty = || site.is_dir() && fs_err::read_dir(site).is_ok_and(|mut entries| entries.next().is_none());
    if site.exists() && !is_site() && !is_empty() {
        bail!("{} is no website of this program and would be removed; give another --out or move it away", site.display());
    }
    Ok(())
}

/// The day of the newest fact that was read: never later, because a calendar alone must move no score.
fn as_of(tables: &Tables, until: Option<Day>) -> anyhow::Result<Day> {
    let newest = newest_day(tables).with_context(|| match until {
        Some(day) => format!("nothing is known as of {day}: every suite and history begins later; give a later --as-of"),
        None => "the sources told nothing that has a date".to_owned(),
    })?;
    Ok(until.map_or(newest, |until| until.min(newest)))
}

fn newest_day(tables: &Tables) -> Option<Day> {
    let suites = tables.suites.iter().map(|suite| suite.as_of);
    suites.chain(tables.repositories.iter().filter_map(|repository| repository.history_as_of)).max()
}

/// Refuses a job that does not decide every column, before hours are spent on it.
fn check_visibility(job: &Job) -> Result<(), JobError> {
    let problems = snapshot::visibility_problems(&job.decisions.visibility);
    let what = problems.join("\n  ");
    if problems.is_empty() { Ok(()) } else { Err(JobError::Parameter { path: "visibility.toml".into(), what }) }
}

fn ok<T>(value: T) -> Result<T, std::convert::Infallible> {
    Ok(value)
}
