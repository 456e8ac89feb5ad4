//! Attacks on a job: its facts with an attacker's rows, and all scores anew.

use std::path::PathBuf;
use std::time::Duration;

use rayon::prelude::*;

use super::stages::Stages;
use super::{InputOptions, Known, as_of, check_visibility, nodes, ok};
use crate::attacks::{self, Alone, Outcome, World};
use crate::graph::TrustGraph;
use crate::identity::{self, PseudonymKey};
use crate::job::{Attacks, Job};
use crate::links;
use crate::scores;
use crate::site;
use crate::snapshot::schema::AttackOutcomeRow;
use crate::snapshot::{self, SCHEMA_VERSION};
use crate::sources;
use crate::tables::Tables;
use crate::units::Day;

/// How a simulation is asked for.
#[derive(Clone, Debug)]
pub struct SimulationOptions {
    /// What to read; worlds are compared by its person ids.
    pub inputs: InputOptions,
    /// Folder for the table and the plot.
    pub out: PathBuf,
}

/// What a simulation found.
#[derive(Debug)]
pub struct Simulation {
    /// One row a case.
    pub rows: Vec<AttackOutcomeRow>,
    /// File of the rows.
    pub table: PathBuf,
    /// Their plot.
    pub plot: PathBuf,
    /// Stage → seconds, in order.
    pub stages: Vec<(&'static str, Duration)>,
}

/// Simulates `attacks` on the facts of `job`. Reads what a run reads and touches no snapshot.
pub fn simulate(job: &Job, attacks: &Attacks, options: &SimulationOptions) -> anyhow::Result<Simulation> {
    check_visibility(job)?;
    attacks::plan(attacks)?;
    fs_err::create_dir_all(&options.out)?;
    let mut stages = Stages::default();
    let until = options.inputs.as_of.or(job.as_of);
    let raw = stages.run("fetch", || sources::fetch(job, &options.inputs.fetch))?;
    let tables = stages.run("read", || sources::read(job, &raw, until))?;
    let tables = stages.run("link", || ok(links::judge(tables, &job.parameters.links)))?;
    let as_of = as_of(&tables, until)?;
    let outcomes = stages.run("simulate", || attack(job, attacks, &tables, as_of, &options.inputs.key))?;
    let rows = snapshot::attack_outcomes(&outcomes);
    let metadata = [("schema_version", SCHEMA_VERSION), ("job_digest", &job.digest)]
        .map(|(key, value)| (format!("trustgraph.{key}"), value.to_owned()));
    let table = snapshot::write_alone(&rows, &job.decisions.visibility, &options.out, &metadata)?;
    let plot = options.out.join("attacks.svg");
    fs_err::write(&plot, site::attacks_svg(&rows))?;
    Ok(Simulation { rows, table, plot, stages: stages.done })
}

/// Outcomes of `attacks` on the facts `tables`.
pub fn attack(job: &Job, attacks: &Attacks, tables: &Tables, as_of: Day, key: &PseudonymKey) -> anyhow::Result<Vec<Outcome>> {
    scored(job, tables, as_of, key, |base| outcomes(job, attacks, base, as_of, key))?
}

/// Cases computed at once; each holds a copy of the tables and all scores.
const CASES_AT_ONCE: usize = 4;

/// Outcomes of `attacks` against `base`, in the order of their names and sizes. Each costs a whole computation of all scores.
pub(super) fn outcomes(
    job: &Job,
    attacks: &Attacks,
    base: World,
    as_of: Day,
    key: &PseudonymKey,
) -> anyhow::Result<Vec<Outcome>> {
    let cases = attacks::plan(attacks)?;
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let alone = |is_attested: bool| -> anyhow::Result<Alone> {
        let alone = attacks::plant_alone(base, as_of, is_attested)?;
        scored(job, &alone.tables, as_of, key, |after| Alone::new(base, after, &alone))
    };
    let (claimed, attested) = (alone(false)?, alone(true)?);
    let one = |case: &attacks::Case| {
        let planted = attacks::plant(case, base, as_of)?;
        let alone = if case.is_attested() { attested } else { claimed };
        let outcome = scored(job, &planted.tables, as_of, key, |after| attacks::measure(case, &planted, alone, base, after))?;
        tracing::debug!("{} {}: gain {:e}", outcome.attack, outcome.case, outcome.gain);
        Ok(outcome)
    };
    let mut outcomes = Vec::new();
    for some in cases.chunks(CASES_AT_ONCE) {
        let found: Vec<anyhow::Result<Outcome>> = some.par_iter().map(one).collect();
        for outcome in found {
            outcomes.push(outcome?);
        }
    }
    Ok(outcomes)
}

/// Shows `look` the world that follows from `tables`, by the stages of every run.
fn scored<T>(job: &Job, tables: &Tables, as_of: Day, key: &PseudonymKey, look: impl FnOnce(World) -> T) -> anyhow::Result<T> {
    let identities = identity::resolve(tables, &job.parameters.identity, &job.decisions, key);
    let graph = TrustGraph::build(tables, &identities);
    let decided = nodes::seeds(tables, &job.decisions.seeds);
    let seeds = Known { tables, identities: &identities, graph: &graph }.seeds(&decided)?;
    let scores = scores::compute(&graph, tables, &job.parameters.scores, &seeds, as_of)?;
    Ok(look(World { tables, identities: &identities, graph: &graph, scores: &scores }))
}
