//! Every score parameter halved and doubled, one at a time.

use rayon::prelude::*;

use super::groups::{self, Group};
use super::order_statistics::{quantile, rank_correlation, sorted};
use super::{Basis, ValidationParameters};
use crate::graph::NodeKind;
use crate::job::ScoreParameters;
use crate::scores::{PropagationError, certified, criticality, places};

/// What a parameter is multiplied by, each in turn.
const FACTORS: [f64; 2] = [0.5, 2.0];
/// Variants computed at once; bounds memory.
const AT_ONCE: usize = 8;

/// What every parameter does to the scores of packages.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// By parameter, in the order of their declaration, and factor.
    pub variants: Vec<Variant>,
    /// Smallest and largest rank of trust over the job's own scores and all variants, by package row.
    pub rank_intervals: Vec<Option<(u64, u64)>>,
}

/// One parameter changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Full name.
    pub parameter: String,
    /// The job's own value.
    pub value: f64,
    /// What it was multiplied by.
    pub factor: f64,
    /// The score it was judged by.
    pub judged: Judged,
    /// What happened.
    pub effect: Result<Effect, Unmeasured>,
}

/// Which score a parameter can move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Trust.
    Trust,
    /// Criticality.
    Criticality,
}

/// Why a variant was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmeasured {
    /// The value is 0, or at the end of what is allowed.
    Unchanged,
    /// The brackets did not meet in `max_sweeps`.
    NotConverged,
}

/// What a changed parameter did to the packages that have a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The value that was tried.
    pub changed_value: f64,
    /// Largest distance of a score from the job's own.
    pub largest_change: f64,
    /// Median distance of a score from the job's own.
    pub median_change: f64,
    /// Spearman's correlation with the job's own order; `None` when one of them puts all packages level.
    pub rank_correlation: Option<f64>,
    /// Share of the packages of rank 1 to 100 that stay among them.
    pub top_100_share: f64,
    /// Share of the first hundredth of the packages that stay in it.
    pub top_percent_share: f64,
    /// Median trust by group; empty where another score was judged.
    pub medians: Vec<Option<f64>>,
}

impl Judged {
    /// Name of the metric.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Criticality => "criticality",
        }
    }

    /// The score that a parameter can move; `None` when it is none: how closely and how long is computed, and how much is
    /// listed. A parameter not named here moves trust.
    pub fn by(parameter: &str) -> Option<Self> {
        match parameter {
            "scores.tolerance" | "scores.max_sweeps" | "scores.ledger_rows" => None,
            name if name.starts_with("scores.criticality_") => Some(Self::Criticality),
            _ => Some(Self::Trust),
        }
    }
}

impl Unmeasured {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::NotConverged => "not_converged",
        }
    }
}

/// A variant to be computed.
struct Task {
    parameter: String,
    value: f64,
    factor: f64,
    judged: Judged,
}

/// Halves and doubles. `trust` is published trust by package row; its scored packages are the ones compared. No variants where
/// no package has a score.
pub(super) fn measure(
    basis: &Basis,
    validation: &ValidationParameters,
    trust: &[Option<f64>],
    groups: &[Group],
) -> Result<Sensitivity, PropagationError> {
    let own_ranks = places(&certified(trust)).into_iter().map(|place| place.map(|place| (place.rank, place.rank)));
    let mut found = Sensitivity { variants: Vec::new(), rank_intervals: own_ranks.collect() };
    if trust.iter().all(Option::is_none) {
        return Ok(found);
    }
    let mut own = basis.parameters.clone();
    own.tolerance.value = validation.tolerance.value;
    let own_trust = Standing::new(trusts(&Basis { parameters: &own, ..*basis }, trust)?);
    let own_criticality = Standing::new(criticalities(basis, &own));
    for tasks in tasks(&own).chunks(AT_ONCE) {
        let done = tasks.par_iter().map(|task| {
            let changed = own.scaled(&task.parameter, task.factor).ok_or(Unmeasured::Unchanged);
            changed.and_then(|(parameters, value)| {
                let (before, values) = match task.judged {
                    Judged::Trust => (&own_trust, trusts(&Basis { parameters: &parameters, ..*basis }, trust)),
                    Judged::Criticality => (&own_criticality, Ok(criticalities(basis, &parameters))),
                };
                let after = Standing::new(values.map_err(|_| Unmeasured::NotConverged)?);
                let is_trust = task.judged == Judged::Trust;
                let groups = if is_trust { groups } else { &[] };
                let effect = effect(value, before, &after, groups);
                Ok((effect, if is_trust { after.ranks } else { Vec::new() }))
            })
        });
        let done: Vec<_> = done.collect();
        for (task, done) in tasks.iter().zip(done) {
            let effect = done.map(|(effect, ranks)| {
                widen(&mut found.rank_intervals, &ranks);
                effect
            });
            let Task { parameter, value, factor, judged } = task;
            found.variants.push(Variant {
                parameter: parameter.clone(),
                value: *value,
                factor: *factor,
                judged: *judged,
                effect,
            });
        }
    }
    Ok(found)
}

fn tasks(own: &ScoreParameters) -> Vec<Task> {
    let tasks = own.named().into_iter().filter_map(|(parameter, value)| {
        let judged = Judged::by(&parameter)?;
        Some(FACTORS.map(|factor| Task { parameter: parameter.clone(), value, factor, judged }))
    });
    tasks.flatten().collect()
}

/// Scores by package row with their ranks.
struct Standing {
    values: Vec<Option<f64>>,
    ranks: Vec<Option<u64>>,
}

impl Standing {
    fn new(values: Vec<Option<f64>>) -> Self {
        let ranks = places(&values).into_iter().map(|place| place.map(|place| place.rank)).collect();
        Self { values, ranks }
    }
}

/// Trust of the packages that have a published one, as ranks are taken.
fn trusts(basis: &Basis, published: &[Option<f64>]) -> Result<Vec<Option<f64>>, PropagationError> {
    let nodes = basis.trust_of(basis.graph)?;
    let packages = &nodes[basis.graph.nodes.range(NodeKind::Package)];
    let trust = published.iter().zip(packages).map(|(published, trust)| published.and(Some(*trust)));
    Ok(certified(&trust.collect::<Vec<_>>()))
}

/// Criticality of listed packages.
fn criticalities(basis: &Basis, parameters: &ScoreParameters) -> Vec<Option<f64>> {
    let values = criticality(basis.graph, basis.tables, parameters);
    basis.graph.packages.iter().zip(values).map(|(facts, value)| facts.is_listed.then_some(value)).collect()
}

fn effect(changed_value: f64, before: &Standing, after: &Standing, groups: &[Group]) -> Effect {
    let pairs = || before.values.iter().zip(&after.values).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
    let changes = sorted(pairs().map(|(a, b)| Some((a - b).abs())));
    let (old, new): (Vec<f64>, Vec<f64>) = pairs().unzip();
    Effect {
        changed_value,
        largest_change: changes.last().copied().unwrap_or(0.0),
        median_change: quantile(&changes, 0.5).unwrap_or(0.0),
        rank_correlation: rank_correlation(&old, &new),
        top_100_share: kept(before, after, 100),
        top_percent_share: kept(before, after, changes.len().div_ceil(100) as u64),
        medians: groups.iter().map(|group| groups::median(group, &after.values)).collect(),
    }
}

/// Share of the packages up to `rank` that stay there.
fn kept(before: &Standing, after: &Standing, rank: u64) -> f64 {
    let is_first = |place: &Option<u64>| place.is_some_and(|place| place <= rank);
    let first = before.ranks.iter().filter(|place| is_first(place)).count();
    let both = before.ranks.iter().zip(&after.ranks).filter(|(a, b)| is_first(a) && is_first(b)).count();
    both as f64 / first.max(1) as f64
}

/// Widens each interval to hold the rank of one more order.
fn widen(intervals: &mut [Option<(u64, u64)>], ranks: &[Option<u64>]) {
    for (interval, rank) in intervals.iter_mut().zip(ranks) {
        if let (Some((low, high)), Some(rank)) = (interval, rank) {
            (*low, *high) = ((*low).min(*rank), (*high).max(*rank));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_every_order_they_were_shown() {
        let mut intervals = vec![Some((2, 2)), None, Some((1, 1))];
        widen(&mut intervals, &[Some(5), Some(1), Some(1)]);
        widen(&mut intervals, &[Some(1), None, Some(3)]);
        widen(&mut intervals, &[]);
        assert_eq!(intervals, [Some((1, 5)), None, Some((1, 3))]);
    }

    #[test]
    fn effects_have_closed_forms() {
        let standing = |values: [f64; 4]| Standing::new(values.map(Some).to_vec());
        let (before, after) = (standing([0.9, 0.5, 0.4, 0.1]), standing([0.5, 0.9, 0.4, 0.2]));
        let found = effect(2.0, &before, &after, &[]);
        assert_eq!((found.largest_change, found.median_change), (0.4, 0.25));
        assert_eq!((kept(&before, &after, 1), kept(&before, &after, 2)), (0.0, 1.0));
        assert_eq!((found.top_100_share, found.top_percent_share), (1.0, 0.0));
        let correlation = found.rank_correlation.expect("a correlation");
        assert!((correlation - 0.8).abs() < 1e-15);
        let none = effect(2.0, &before, &standing([0.9, 0.5, 0.4, 0.1]), &[]);
        assert_eq!((none.largest_change, none.median_change, none.rank_correlation), (0.0, 0.0, Some(1.0)));
    }
}
