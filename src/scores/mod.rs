//! HOW MUCH: trust, criticality, and the ledger that explains a score.
//!
//! Trust is the fixed point of one map over all nodes ([`operator`](self)): own facts, who is in control, what it is built
//! on, and the evidence of others. Criticality is a separate score and never enters trust.

mod condensation;
mod counterfactual;
mod criticality;
mod dominators;
mod evidence;
mod ledger;
mod maintainers;
mod operator;
mod own;
mod pagerank;
mod propagate;
mod ranks;
mod reach;
mod trust_map;
mod validation;

use crate::graph::{NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::job::{ScoreParameters, Seed};
use crate::tables::Tables;
use crate::units::Day;

use condensation::Condensation;
pub use criticality::criticality;
pub use evidence::{saturating, soft_minimum};
pub use ledger::{Ledger, LedgerRow};
pub use operator::{Component, Components, Operator, State, control_shares};
pub use pagerank::{Message, PageRank, PageRankSettings};
pub use propagate::{Propagation, PropagationError, close, propagate};
pub use ranks::{Place, certified, places};
pub use trust_map::{Bracket, Brackets, MapError, NodeTerms, Renews, Step, Sweep, TrustMap, WeightedRows};
pub use validation::{Basis, Comparison, Effect, Group, Judged, Sensitivity, Unmeasured, Validation, Variant, validate};

/// All results, by node.
#[derive(Debug)]
pub struct Scores {
    /// The fixed point and its brackets.
    pub propagation: Propagation,
    /// Published trust, 0..=1, by node; `Err` says why there is none.
    pub trust: Vec<Result<f64, NullReason>>,
    /// Proven bounds of the fixed point on the scale of trust, lower and upper, by node; they enclose `trust`.
    pub bounds: Vec<[f64; 2]>,
    /// Components of trust, by node.
    pub components: Vec<Components>,
    /// By package row; sums to 1 over an ecosystem's listed packages, 0 for packages not listed.
    pub criticality: Vec<f64>,
    /// Packages that need a package, directly or through others, by package row.
    pub transitive_dependent_counts: Vec<u64>,
    /// Packages that need each other to run in a circle, a package among them, by package row; 1 where it is in none.
    pub cycle_sizes: Vec<u64>,
    /// Part of the other listed packages of the ecosystem that a package dominates: every chain of what they need to run
    /// passes through it. 0..=1, by package row; `None` for a package that is not listed, and where there is no other.
    pub dominator_shares: Vec<Option<f64>>,
    /// Effective number of trusted maintainers, by package row.
    pub effective_maintainers: Vec<f64>,
    /// Share of control each neighbor holds, by node; sums to at most 1, the rest is held by nobody known.
    pub control: crate::graph::Csr<f64>,
    /// The terms of every score, by node.
    pub ledgers: Vec<Ledger>,
}

/// Why a node has no trust score. Missing is never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NullReason {
    /// The newest suite does not list the package any more.
    NotListed,
    /// No history of the repository is known.
    NoHistory,
    /// Nobody of whom anything is known stands behind the node.
    NoEvidence,
}

impl NullReason {
    /// Name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotListed => "not_listed",
            Self::NoHistory => "no_history",
            Self::NoEvidence => "no_evidence",
        }
    }
}

/// Computes all scores as of `as_of`. Results depend on the arguments only, at any thread count.
pub fn compute(
    graph: &TrustGraph,
    tables: &Tables,
    parameters: &ScoreParameters,
    seeds: &[(NodeId, &Seed)],
    as_of: Day,
) -> Result<Scores, PropagationError> {
    let operator = Operator::new(graph, parameters, seeds, as_of);
    let propagation = propagate(&operator, parameters)?;
    let ledgers: Vec<Ledger> = operator.ledgers(&propagation.state, parameters.ledger_rows.value as usize);
    let trust = (0..graph.nodes.count()).map(|node| {
        let node = NodeId::from_row(node);
        null_reason(graph, &operator, &propagation, node).map_or_else(|| Ok(ledgers[node.row()].sum()), Err)
    });
    let trust: Vec<Result<f64, NullReason>> = trust.collect();
    let condensation = Condensation::new(graph);
    Ok(Scores {
        bounds: (0..graph.nodes.count()).map(|node| operator.bounds(&propagation, node, ledgers[node].sum())).collect(),
        trust,
        components: operator.components(&propagation.state),
        criticality: criticality(graph, tables, parameters),
        transitive_dependent_counts: reach::transitive_counts(&condensation),
        cycle_sizes: condensation.cycle_sizes(),
        dominator_shares: dominators::shares(&condensation, graph, tables),
        effective_maintainers: maintainers::effective(graph, &operator, &propagation.state),
        ledgers,
        propagation,
        control: operator.into_control(),
    })
}

/// A node that no known person reaches has no score: the floor plus its own age would read as a verdict. What lies within the
/// width of a bracket is nothing.
fn null_reason(graph: &TrustGraph, operator: &Operator, found: &Propagation, node: NodeId) -> Option<NullReason> {
    let row = graph.nodes.row(node);
    match graph.nodes.kind(node) {
        NodeKind::Package => (!graph.packages[row].is_listed).then_some(NullReason::NotListed),
        NodeKind::Repository if operator.reach(node, &found.state) > found.gap() => None,
        NodeKind::Repository if graph.repositories[row].commit_count == 0 => Some(NullReason::NoHistory),
        NodeKind::Repository => Some(NullReason::NoEvidence),
        NodeKind::Person | NodeKind::Team => (found.state.earned[node.row()] <= found.gap()).then_some(NullReason::NoEvidence),
    }
}
