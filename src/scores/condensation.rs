//! Dependencies without cycles: packages that need each other to run are folded into one component.

use petgraph::algo::kosaraju_scc;
use rayon::prelude::*;

use crate::graph::{Csr, Directed, Need, NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::tables::DependencyKind;

/// Packages by component, and which component needs which to run. Build dependencies are left out: nearly every package of a
/// distribution takes part in building every other.
pub(super) struct Condensation {
    /// Package rows of each component. A component stands after all that it needs.
    pub members: Vec<Vec<u32>>,
    /// Component of each package row.
    pub component_of: Vec<u32>,
    /// Component → components that need it, itself left out; nodes are component numbers.
    pub dependents: Csr<()>,
}

impl Condensation {
    /// Folds the cycles of `graph` (Kosaraju). O(packages + edges · log of the longest row).
    pub fn new(graph: &TrustGraph) -> Self {
        let first = graph.nodes.range(NodeKind::Package).start as u32;
        let (needs, needed) = (to_run(&graph.dependencies), to_run(&graph.dependents));
        // Components of the dependency direction come dependencies first.
        let members = kosaraju_scc(Directed::new(&needs, &needed, first));
        let mut component_of = vec![0u32; graph.nodes.count_of(NodeKind::Package)];
        for (number, rows) in (0u32..).zip(&members) {
            for row in rows {
                component_of[*row as usize] = number;
            }
        }
        let dependents = |(number, rows): (usize, &Vec<u32>)| -> Vec<(NodeId, ())> {
            let nodes = rows.iter().flat_map(|row| needed.neighbors(*row as usize));
            let mut found: Vec<u32> = nodes.map(|node| component_of[graph.nodes.row(*node)]).collect();
            found.sort_unstable();
            found.dedup();
            found.into_iter().filter(|other| *other as usize != number).map(|other| (NodeId(other), ())).collect()
        };
        let dependents = Csr::from_rows(members.par_iter().enumerate().map(dependents).collect());
        Self { members, component_of, dependents }
    }

    /// Members of the component of each package row.
    pub fn cycle_sizes(&self) -> Vec<u64> {
        self.component_of.iter().map(|component| self.members[*component as usize].len() as u64).collect()
    }

    /// Number of components.
    pub fn count(&self) -> usize {
        self.members.len()
    }
}

/// The edges of `needs` that are there to run.
fn to_run(needs: &Csr<Need>) -> Csr<Need> {
    let rows =
        (0..needs.row_count()).map(|row| needs.row(row).filter(|(_, need)| need.kind == DependencyKind::Runtime).collect());
    Csr::from_rows(rows.collect())
}
