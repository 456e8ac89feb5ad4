//! How far the scores can be relied on: what every parameter does to them, and how they differ between groups of packages.

mod comparison;
mod groups;
mod order_statistics;
mod sensitivity;

use super::{PropagationError, Scores};
use crate::graph::TrustGraph;
use crate::ids::NodeId;
use crate::job::{ScoreParameters, Seed, ValidationParameters};
use crate::tables::Tables;
use crate::units::Day;

pub use comparison::Comparison;
pub use groups::Group;
pub use sensitivity::{Effect, Judged, Sensitivity, Unmeasured, Variant};

/// All that scores are made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'b> {
    /// Who touches what.
    pub graph: &'b TrustGraph,
    /// What is known.
    pub tables: &'b Tables,
    /// The job's own parameters.
    pub parameters: &'b ScoreParameters,
    /// Nodes whose prior people decided.
    pub seeds: &'b [(NodeId, &'b Seed)],
    /// Facts after this day were not used.
    pub as_of: Day,
}

/// Sensitivity and fairness of the trust scores of packages.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Every parameter halved and doubled.
    pub sensitivity: Sensitivity,
    /// Groups of listed packages, by dimension and place.
    pub groups: Vec<Group>,
    /// Each size of community held against packages of one person with equal facts.
    pub comparisons: Vec<Comparison>,
}

/// Measures. `scores` are those of `basis`. Costs about one propagation a parameter and factor, to a wider tolerance.
pub fn validate(basis: &Basis, scores: &Scores, parameters: &ValidationParameters) -> Result<Validation, PropagationError> {
    let trust = package_trust(basis.graph, scores);
    let groups = groups::groups(basis, parameters, &trust);
    Ok(Validation {
        comparisons: comparison::comparisons(basis, parameters, &trust),
        sensitivity: sensitivity::measure(basis, parameters, &trust, &groups)?,
        groups,
    })
}

/// Trust by package row, where there is a score.
fn package_trust(graph: &TrustGraph, scores: &Scores) -> Vec<Option<f64>> {
    graph.nodes.range(crate::graph::NodeKind::Package).map(|node| scores.trust[node].ok()).collect()
}
