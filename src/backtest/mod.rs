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
mod search;
mod takeover;

use crate::identity::Identities;
use crate::job::{Parameters, Search};
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
    measures.extend(takeover::measures(replay, &labels, parameters));
    measures.extend(unmeasured(&measures));
    measures
}

/// Measures that histories can give, and what they need.
const NEEDS: [(&str, &str); 10] = [
    ("governance_auc_same_date", "no case of tiers T1 to T5 has a history up to its cutoff"),
    ("governance_auc_size_matched", "no case of tiers T1 to T5 has a history up to its cutoff"),
    ("rank", "no label of an incident has a day and an active history"),
    ("peers", "no label of an incident has a day and an active history"),
    ("lead_months", "no label of an incident has a day"),
    ("false_episodes_per_100_repository_years", "no signal fires by itself"),
    ("handover_hit_share", "no signal fires by itself"),
    ("abandonment_auc", "no label of abandonment has a day that its history reaches"),
    ("injected_caught_share", "no insider was injected"),
    ("account_takeover_caught_share", "no regular whose habits are known, or nobody else to take the account over"),
];

/// One row without a value for every measure that is missing from `measures`, so that a reader knows why.
fn unmeasured(measures: &[Measure]) -> Vec<Measure> {
    let missing = NEEDS.iter().filter(|(name, _)| measures.iter().all(|measure| measure.name != *name));
    missing.map(|(name, why)| Measure { name, note: Some((*why).to_owned()), ..Measure::default() }).collect()
}

/// Seeks parameters of a signal on the same histories and labels, and judges what it finds on those it did not use.
pub fn search(tables: &Tables, replay: &Replay<'_>, search: &Search, parameters: &Parameters) -> Vec<Measure> {
    search::measures(replay, &replay.labels(tables), search, parameters)
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
