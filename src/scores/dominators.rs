//! How many packages stand on a package alone: dominators of the dependency graph.

use petgraph::algo::dominators::simple_fast;

use super::condensation::Condensation;
use crate::graph::{Rooted, TrustGraph};
use crate::ids::{Ecosystem, NodeId};
use crate::tables::Tables;

/// Part of the other listed packages of the ecosystem that a package dominates, 0..=1, by package row; `None` for a package
/// that is not listed, and where there is no other.
///
/// A virtual root stands before all packages that need nothing to run; edges lead from what is needed to what needs it. A
/// package dominates those to which every chain from the root leads through it, or through the cycle it is in, whose other
/// members it dominates too (Lengauer and Tarjan 1979; computed after Cooper, Harvey and Kennedy 2001). Build dependencies are left out.
/// O(packages + edges) in practice.
pub(super) fn shares(condensation: &Condensation, graph: &TrustGraph, tables: &Tables) -> Vec<Option<f64>> {
    let dominated = counts(condensation);
    let mut listed = [0u64; Ecosystem::COUNT];
    for (package, facts) in tables.packages.iter().zip(&graph.packages) {
        listed[package.ecosystem as usize] += u64::from(facts.is_listed);
    }
    let share = |row: usize| {
        let others = listed[tables.packages[row].ecosystem as usize].saturating_sub(1);
        (graph.packages[row].is_listed && others > 0).then(|| dominated[row] as f64 / others as f64)
    };
    (0..dominated.len()).map(share).collect()
}

/// Packages dominated, by package row, the package itself left out.
fn counts(condensation: &Condensation) -> Vec<u64> {
    let count = condensation.count();
    let mut needs_something = vec![false; count];
    for edge in condensation.dependents.edges() {
        needs_something[edge.neighbor.row()] = true;
    }
    let first: Vec<NodeId> = (0..count).filter(|number| !needs_something[*number]).map(NodeId::from_row).collect();
    let graph = Rooted::new(&condensation.dependents, &first);
    let tree = simple_fast(graph, graph.root());
    let mut dominated: Vec<u64> = condensation.members.iter().map(|rows| rows.len() as u64).collect();
    // What dominates a component is needed by it and stands before it, so sums are complete when we go from the end.
    for number in (0..count).rev() {
        if let Some(above) = tree.immediate_dominator(number as u32).filter(|above| *above != graph.root()) {
            dominated[above as usize] += dominated[number];
        }
    }
    condensation.component_of.iter().map(|component| dominated[*component as usize] - 1).collect()
}
