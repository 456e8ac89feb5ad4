//! The fixed point, enclosed from both sides.
//!
//! One iterate starts with everybody at 0, the other with everybody at 1. The map is monotone, so the first only rises, the
//! second only falls, and every fixed point lies between them; it is a contraction, so they meet. Blocks of one kind are
//! renewed after another in a fixed order (Gauss–Seidel by blocks), nodes of a block in parallel from the same state, so
//! results do not depend on the thread count.

use rayon::prelude::*;

use super::operator::{Operator, State};
use crate::graph::NodeKind;
use crate::ids::NodeId;
use crate::job::ScoreParameters;

/// The enclosed fixed point.
#[derive(Clone, Debug)]
pub struct Propagation {
    /// The middle of the brackets, with standing renewed.
    pub state: State,
    /// Earned trust from below, by node.
    pub lower: Vec<f64>,
    /// Earned trust from above, by node.
    pub upper: Vec<f64>,
    /// One entry a sweep.
    pub sweeps: Vec<Sweep>,
}

/// What one sweep did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweep {
    /// Largest rise of a lower bound.
    pub lower_residual: f64,
    /// Largest fall of an upper bound.
    pub upper_residual: f64,
    /// Widest bracket after the sweep.
    pub gap: f64,
}

/// The brackets did not meet.
#[derive(Debug, thiserror::Error)]
#[error(
    "brackets are still {gap:e} wide after {sweeps} sweeps (tolerance {tolerance:e}); raise scores.max_sweeps or lower scores.person.endorsement_weight"
)]
pub struct PropagationError {
    gap: f64,
    sweeps: usize,
    tolerance: f64,
}

impl Propagation {
    /// Widest bracket, in points of earned trust.
    pub fn gap(&self) -> f64 {
        self.sweeps.last().map_or(0.0, |sweep| sweep.gap)
    }
}

/// Sweeps until no bracket is wider than the tolerance. Each sweep costs O(edges · log of the longest row).
pub fn propagate(operator: &Operator, parameters: &ScoreParameters) -> Result<Propagation, PropagationError> {
    let count = operator.graph.nodes.count();
    let constant = |value: f64| State { earned: vec![value; count], standing: vec![value; count] };
    let (mut lower, mut upper) = (constant(0.0), constant(1.0));
    let mut sweeps = Vec::new();
    let tolerance = parameters.tolerance.value;
    while sweeps.len() < parameters.max_sweeps.value as usize {
        let lower_residual = sweep(operator, &mut lower);
        let upper_residual = sweep(operator, &mut upper);
        let gap = widest(&lower.earned, &upper.earned).max(widest(&lower.standing, &upper.standing));
        sweeps.push(Sweep { lower_residual, upper_residual, gap });
        if gap <= tolerance {
            let middle = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect();
            let state =
                State { earned: middle(&lower.earned, &upper.earned), standing: middle(&lower.standing, &upper.standing) };
            return Ok(Propagation { state: settle(operator, state), lower: lower.earned, upper: upper.earned, sweeps });
        }
    }
    let gap = sweeps.last().map_or(1.0, |sweep: &Sweep| sweep.gap);
    Err(PropagationError { gap, sweeps: sweeps.len(), tolerance })
}

/// Renews standing from the earned trust of `state`, so that the terms of a ledger and its sum come from one state.
fn settle(operator: &Operator, mut state: State) -> State {
    for kind in STANDING_ORDER {
        renew_standing(operator, &mut state, kind);
    }
    state
}

/// Kinds whose standing is renewed, each from those before it. Of teams nobody says anything.
const STANDING_ORDER: [NodeKind; 3] = [NodeKind::Package, NodeKind::Repository, NodeKind::Person];

/// One pass over all nodes; the largest change of earned trust or standing.
fn sweep(operator: &Operator, state: &mut State) -> f64 {
    let mut residual = 0.0f64;
    for kind in STANDING_ORDER {
        residual = residual.max(renew_standing(operator, state, kind));
    }
    let teams = operator.graph.nodes.range(NodeKind::Team);
    state.standing[teams].fill(0.0);
    for kind in NodeKind::ALL {
        let range = operator.graph.nodes.range(kind);
        let current = &*state;
        let renewed: Vec<f64> = range
            .clone()
            .into_par_iter()
            .with_min_len(64)
            .map_init(Vec::new, |voices, node| operator.earned(NodeId::from_row(node), current, voices))
            .collect();
        residual = residual.max(replace(&mut state.earned[range], &renewed));
    }
    residual
}

fn renew_standing(operator: &Operator, state: &mut State, kind: NodeKind) -> f64 {
    let range = operator.graph.nodes.range(kind);
    let current = &*state;
    let renewed: Vec<f64> = range
        .clone()
        .into_par_iter()
        .with_min_len(16)
        .map_init(Vec::new, |voices, node| operator.standing(NodeId::from_row(node), current, voices, |_, _, _| ()))
        .collect();
    replace(&mut state.standing[range], &renewed)
}

/// Copies `renewed` over `old`; the largest change.
fn replace(old: &mut [f64], renewed: &[f64]) -> f64 {
    let change = widest(old, renewed);
    old.copy_from_slice(renewed);
    change
}

/// Largest distance of two values at one place.
fn widest(a: &[f64], b: &[f64]) -> f64 {
    a.par_iter().zip(b).map(|(a, b)| (a - b).abs()).reduce(|| 0.0, f64::max)
}
