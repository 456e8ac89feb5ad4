//! HOW WELL IT WORKS: signals replayed on labelled histories, as of each month, and what they caught, how early, at what cost.
//!
//! A reading of month *m* is computed from months up to *m*, so the series of a signal is its replay. Labels and cases judge
//! readings and never enter them. Every random choice comes from a generator written out in `generator.rs` and seeded by the job.

mod abandonment;
mod areas;
mod baselines;
mod cases;
mod episodes;
mod generator;
mod governance;
mod injection;
mod labels;
mod measure;
mod orphaning;
mod ranks;
mod replay;

use crate::identity::Identities;
use crate::job::Parameters;
use crate::tables::Tables;

pub use cases::{Case, CaseError};
pub use measure::{Measure, Report};
pub use orphaning::OrphaningError;
pub use replay::{Replay, ReplayError, Span};

/// Measures everything that histories and their labels allow.
pub fn histories(tables: &Tables, replay: &Replay<'_>, cases: &[Case], parameters: &Parameters) -> Vec<Measure> {
    let backtest = &parameters.backtest;
    let labels = replay.labels(tables);
    let mut measures = governance::measures(replay, cases, backtest);
    measures.extend(ranks::measures(replay, &labels, parameters));
    measures.extend(labels::measures(replay, &labels));
    measures.extend(episodes::measures(replay, &labels, parameters));
    measures.extend(abandonment::measures(replay, &labels, backtest));
    measures.extend(injection::measures(replay, &labels, parameters));
    measures
}

/// Measures what a suite foretells of the next. Each comes with tables that were read from it alone; persons are those of the first.
pub fn suites(
    before: (&Tables, &str),
    after: (&Tables, &str),
    identities: &Identities,
    parameters: &Parameters,
) -> Result<Vec<Measure>, OrphaningError> {
    orphaning::measures(before, after, identities, parameters)
}
