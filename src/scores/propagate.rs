//! The fixed point, enclosed from both sides.
//!
//! One iterate starts with everybody at 0, the other with everybody at 1. The map is monotone, so the first only rises, the
//! second only falls, and every fixed point lies between them; it is a contraction, so they meet. Nodes of one kind are renewed
//! together from the same state and kinds one after another, so results do not depend on the thread count.

use super::operator::{Operator, State};
use super::trust_map::{Bracket, Brackets, MapError, Sweep, TrustMap};
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

/// Why there is no fixed point to publish.
#[derive(Debug, thiserror::Error)]
pub enum PropagationError {
    /// The map itself is wrong.
    #[error("the graph cannot carry trust: {0}")]
    Map(#[from] MapError),
    /// A tolerance that no bracket can reach.
    #[error("scores.tolerance is {0}; it must be above 0 and below 1, for rounding alone keeps brackets about 1e-15 wide")]
    Tolerance(f64),
    /// The brackets did not meet.
    #[error(
        "brackets are still {gap:e} wide after {sweeps} sweeps (tolerance {tolerance:e}); raise scores.max_sweeps or lower scores.person.endorsement_weight"
    )]
    NotConverged {
        /// Widest bracket.
        gap: f64,
        /// Sweeps done.
        sweeps: usize,
        /// Bracket asked for.
        tolerance: f64,
    },
}

impl Propagation {
    /// Widest bracket, in points of earned trust.
    pub fn gap(&self) -> f64 {
        self.sweeps.last().map_or(0.0, |sweep| sweep.gap)
    }
}

/// The fixed point of the operator's map. Each sweep costs O(edges), more where rows change their order.
pub fn propagate(operator: &Operator, parameters: &ScoreParameters) -> Result<Propagation, PropagationError> {
    let mut map = operator.trust_map()?;
    let (tolerance, max_sweeps) = (parameters.tolerance.value, parameters.max_sweeps.value as usize);
    let (brackets, sweeps) = close(&mut map, tolerance, max_sweeps)?;
    let one = |values: &[Bracket], bound: fn(Bracket) -> f64| values.iter().copied().map(bound).collect();
    let middle = |[lower, upper]: Bracket| 0.5 * (lower + upper);
    let state = State { earned: one(&brackets.earned, middle), standing: one(&map.messages(&brackets), middle) };
    let (lower, upper) = (one(&brackets.earned, |[lower, _]| lower), one(&brackets.earned, |[_, upper]| upper));
    Ok(Propagation { state: operator.settle(state), lower, upper, sweeps })
}

/// Sweeps until no bracket is wider than `tolerance`.
pub fn close(map: &mut TrustMap, tolerance: f64, max_sweeps: usize) -> Result<(Brackets, Vec<Sweep>), PropagationError> {
    if !(tolerance > 0.0 && tolerance < 1.0) {
        return Err(PropagationError::Tolerance(tolerance));
    }
    let mut brackets = Brackets::start(map);
    let mut sweeps: Vec<Sweep> = Vec::new();
    while sweeps.len() < max_sweeps {
        sweeps.push(map.sweep(&mut brackets));
        if sweeps.last().is_some_and(|sweep| sweep.gap <= tolerance) {
            return Ok((brackets, sweeps));
        }
    }
    let gap = sweeps.last().map_or(1.0, |sweep| sweep.gap);
    Err(PropagationError::NotConverged { gap, sweeps: sweeps.len(), tolerance })
}
