//! Refuses a map that has no fixed point between 0 and 1, in words, before any sweep.

use std::ops::Range;

use super::{NodeTerms, Renews, Step, WeightedRows};
use crate::graph::Csr;

/// What is wrong with a map.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapError {
    /// The tables are not all about the same nodes.
    #[error("{what} has {found} rows for {expected} nodes; give every node a row, an empty one if need be")]
    RowCount {
        /// Which table.
        what: &'static str,
        /// Its rows.
        found: usize,
        /// Nodes.
        expected: usize,
    },
    /// Offsets do not rise from 0 to the edge count, or weights and neighbors differ in number.
    #[error("{what}: offsets, neighbors and weights do not describe the same edges")]
    Shape {
        /// Which table.
        what: &'static str,
    },
    /// An edge leads nowhere.
    #[error("{what}: edge {edge} of node {node} leads to node {neighbor}, and there are {node_count}")]
    Neighbor {
        /// Which table.
        what: &'static str,
        /// Row.
        node: usize,
        /// Place in the row.
        edge: usize,
        /// Where it leads.
        neighbor: u32,
        /// Nodes.
        node_count: usize,
    },
    /// A weight that is no weight.
    #[error("{what}: edge {edge} of node {node} weighs {weight}; weights are finite and not negative")]
    Weight {
        /// Which table.
        what: &'static str,
        /// Row.
        node: usize,
        /// Place in the row.
        edge: usize,
        /// The weight.
        weight: f64,
    },
    /// More is given away than there is.
    #[error("shares of control of node {node} sum to {sum}; they may sum to at most 1, the rest is held by nobody known")]
    Shares {
        /// Row.
        node: usize,
        /// Their sum.
        sum: f64,
    },
    /// A number of a node out of range.
    #[error("{name} of node {node} is {value}; it must lie in {range}")]
    Term {
        /// Which number.
        name: &'static str,
        /// Node.
        node: usize,
        /// Its value.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// A step reaches past the last node.
    #[error("a step renews nodes up to {end}, and there are {node_count}")]
    Step {
        /// End of the step.
        end: usize,
        /// Nodes.
        node_count: usize,
    },
    /// Two steps renew the messages of some nodes together and of others not.
    #[error(
        "the steps over nodes {first:?} and {second:?} renew messages of some nodes twice; give them the same nodes, or none together"
    )]
    Overlap {
        /// Nodes of one step.
        first: Range<usize>,
        /// Nodes of the other.
        second: Range<usize>,
    },
}

/// Slack for sums of shares that were rounded.
const ROUNDING: f64 = 1e-9;

/// The first thing that is wrong, if any. O(nodes + edges).
pub(super) fn check(
    terms: &[NodeTerms],
    control: &Csr<f64>,
    vouching: &WeightedRows,
    needs: &WeightedRows,
    steps: &[Step],
) -> Result<(), MapError> {
    let node_count = terms.len();
    for (node, terms) in terms.iter().enumerate() {
        check_terms(node, terms)?;
    }
    check_edges("control", node_count, control.row_count(), |row| control.row(row).map(|(node, share)| (node.0, share)))?;
    for node in 0..node_count {
        let sum: f64 = control.row(node).map(|(_, share)| share).sum();
        if sum > 1.0 + ROUNDING {
            return Err(MapError::Shares { node, sum });
        }
    }
    for (what, rows) in [("vouching", vouching), ("needs", needs)] {
        check_shape(what, rows)?;
        let row = |row: usize| {
            let edges = rows.offsets[row] as usize..rows.offsets[row + 1] as usize;
            rows.neighbors[edges.clone()].iter().copied().zip(rows.weights[edges].iter().copied())
        };
        check_edges(what, node_count, rows.offsets.len() - 1, row)?;
        for (node, half) in rows.halves.iter().enumerate() {
            if !(*half > 0.0 && half.is_finite()) {
                return Err(MapError::Term { name: "half evidence", node, value: *half, range: "0 (left out)..infinity" });
            }
        }
    }
    check_steps(node_count, steps)
}

fn check_steps(node_count: usize, steps: &[Step]) -> Result<(), MapError> {
    if let Some(end) = steps.iter().map(|step| step.nodes.end).max().filter(|end| *end > node_count) {
        return Err(MapError::Step { end, node_count });
    }
    let mut renewed: Vec<&Range<usize>> =
        steps.iter().filter(|step| step.renews != Renews::Earned && !step.nodes.is_empty()).map(|step| &step.nodes).collect();
    renewed.sort_unstable_by_key(|nodes| (nodes.start, nodes.end));
    renewed.dedup();
    match renewed.windows(2).find(|pair| pair[1].start < pair[0].end) {
        Some(pair) => Err(MapError::Overlap { first: pair[0].clone(), second: pair[1].clone() }),
        None => Ok(()),
    }
}

fn check_terms(node: usize, terms: &NodeTerms) -> Result<(), MapError> {
    let NodeTerms { own, control, needs, endorsement, seed, is_pinned: _ } = *terms;
    let parts = [("own part", own), ("weight of control", control), ("weight of needs", needs), ("seed", seed)];
    let wrong = |name, value, range| Err(MapError::Term { name, node, value, range });
    for (name, value) in parts {
        if !(0.0..=1.0).contains(&value) {
            return wrong(name, value, "0..=1");
        }
    }
    if !(0.0..1.0).contains(&endorsement) {
        return wrong("endorsement", endorsement, "0..1 (1 left out)");
    }
    let base = own + control + needs;
    if base > 1.0 + ROUNDING { wrong("base", base, "0..=1") } else { Ok(()) }
}

fn check_shape(what: &'static str, rows: &WeightedRows) -> Result<(), MapError> {
    let edge_count = rows.neighbors.len();
    let rises = rows.offsets.windows(2).all(|pair| pair[0] <= pair[1]);
    let ends = rows.offsets.first() == Some(&0) && rows.offsets.last() == Some(&(edge_count as u64));
    let counts = rows.weights.len() == edge_count && rows.halves.len() + 1 == rows.offsets.len();
    if rises && ends && counts { Ok(()) } else { Err(MapError::Shape { what }) }
}

fn check_edges<I: Iterator<Item = (u32, f64)>>(
    what: &'static str,
    node_count: usize,
    row_count: usize,
    row: impl Fn(usize) -> I,
) -> Result<(), MapError> {
    if row_count != node_count {
        return Err(MapError::RowCount { what, found: row_count, expected: node_count });
    }
    for node in 0..node_count {
        for (edge, (neighbor, weight)) in row(node).enumerate() {
            if neighbor as usize >= node_count {
                return Err(MapError::Neighbor { what, node, edge, neighbor, node_count });
            }
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(MapError::Weight { what, node, edge, weight });
            }
        }
    }
    Ok(())
}
