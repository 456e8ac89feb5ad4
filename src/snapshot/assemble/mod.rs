//! Results of all layers → rows of the published tables. Nothing is computed here that another layer should know.

mod attacks;
mod backtest;
mod facts;
mod histories;
mod names;
mod people;
mod registries;
mod results;
mod run;
mod validation;

use super::manifest::{Manifest, ManifestSuite, SCHEMA_VERSION, SignalDoc};
use super::published::Published;
use super::schema::BacktestMeasureRow;
use crate::attacks::Outcome;
use crate::graph::NodeKind;
use crate::graph::TrustGraph;
use crate::identity::Identities;
use crate::job::Job;
use crate::scores::{Scores, Validation};
use crate::signals::{self, Facts, Findings, history};
use crate::sources::RawInputs;
use crate::tables::{PackageLink, Tables};
use crate::units::Day;

pub use attacks::attack_outcomes;
pub use backtest::backtest_measures;
use names::Names;

/// Everything a run computed.
pub struct RunResults<'r> {
    /// Settings.
    pub job: &'r Job,
    /// Facts after this day were not used.
    pub as_of: Day,
    /// Person ids can be recomputed by anyone who knows an address.
    pub is_pseudonym_key_public: bool,
    /// Raw inputs with their digests.
    pub raw: &'r RawInputs,
    /// What is known.
    pub tables: &'r Tables,
    /// Which packages of different registries are the same project.
    pub package_links: &'r [PackageLink],
    /// Who is who.
    pub identities: &'r Identities,
    /// Who touches what.
    pub graph: &'r TrustGraph,
    /// How much.
    pub scores: &'r Scores,
    /// How far the scores can be relied on.
    pub validation: &'r Validation,
    /// What to look at.
    pub findings: &'r Findings,
    /// What signals looked at.
    pub facts: &'r Facts<'r>,
    /// How well signals work, as a backtest measured it; empty when the job names none.
    pub backtest_measures: &'r [BacktestMeasureRow],
    /// What attackers would gain; empty when the job simulates none.
    pub attack_outcomes: &'r [Outcome],
}

/// All published tables and the manifest, its file list still empty.
pub fn assemble(run: &RunResults) -> Published {
    let names = Names::new(run);
    let mut published = Published::empty(manifest(run));
    facts::fill(run, &names, &mut published);
    people::fill(run, &names, &mut published);
    registries::fill(run, &names, &mut published);
    histories::fill(run, &names, &mut published);
    results::fill(run, &names, &mut published);
    validation::fill(run.validation, &mut published);
    published.backtest_measures = run.backtest_measures.to_vec();
    published.attack_outcomes = attack_outcomes(run.attack_outcomes);
    run::fill(run, &mut published);
    published
}

fn manifest(run: &RunResults) -> Manifest {
    let suite = |suite: &crate::tables::Suite| ManifestSuite {
        ecosystem: suite.ecosystem.name().to_owned(),
        name: suite.name.clone(),
        as_of: suite.as_of,
    };
    let commit = option_env!("TRUSTGRAPH_COMMIT").map(|commit| format!(" ({commit})")).unwrap_or_default();
    Manifest {
        schema_version: SCHEMA_VERSION.to_owned(),
        snapshot: run.as_of.to_string(),
        as_of: run.as_of,
        job: run.job.name.clone(),
        title: run.job.title.clone(),
        code: format!("trustgraph {}{commit}", env!("CARGO_PKG_VERSION")),
        job_digest: run.job.digest.clone(),
        inputs_digest: run::inputs_digest(run.raw),
        pseudonym_key: if run.is_pseudonym_key_public { "public" } else { "secret" }.to_owned(),
        previous: None,
        sentinels: run.job.sentinels.clone(),
        suites: run.tables.suites.iter().map(suite).collect(),
        parameters: run.job.parameters.stated(),
        signals: signal_docs(),
        tables: Vec::new(),
    }
}

/// Every signal in words, by name.
fn signal_docs() -> Vec<SignalDoc> {
    let doc = |kind: NodeKind, words: [&str; 3]| {
        let [name, question, method] = words.map(str::to_owned);
        SignalDoc { name, node_kind: kind.name().to_owned(), question, method }
    };
    let of_packages = signals::ALL.iter().map(|one| doc(NodeKind::Package, [one.name(), one.question(), one.method()]));
    let of_repositories = history::ALL.iter().map(|one| doc(NodeKind::Repository, [one.name(), one.question(), one.method()]));
    let mut docs: Vec<SignalDoc> = of_packages.chain(of_repositories).collect();
    docs.sort_by(|a, b| a.name.cmp(&b.name));
    docs
}
