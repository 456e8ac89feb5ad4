//! How many packages need a package, directly or through others.

use petgraph::algo::kosaraju_scc;
use rayon::prelude::*;

use crate::graph::{Csr, Directed, Need, NodeKind, TrustGraph};
use crate::tables::DependencyKind;

/// Packages carried by one pass: 8 words of 64 bits.
const LANES: usize = 8;

/// Packages that need a package to run, directly or through others, by package row, the package itself left out. Build
/// dependencies are left out: nearly every package of a distribution takes part in building every other. Cycles are folded first (Kosaraju), then sets of
/// 512 packages are pushed along the acyclic rest as bits: O(edges · packages / 512), memory 64 bytes a component and thread.
pub fn transitive_counts(graph: &TrustGraph) -> Vec<u64> {
    let count = graph.nodes.count_of(NodeKind::Package);
    let first = graph.nodes.range(NodeKind::Package).start as u32;
    // Components of the dependency direction come dependencies first; dependents are walked the other way round.
    let (needs, needed) = (to_run(&graph.dependencies), to_run(&graph.dependents));
    let components = kosaraju_scc(Directed::new(&needs, &needed, first));
    let mut component_of = vec![0u32; count];
    for (number, members) in (0u32..).zip(&components) {
        for member in members {
            component_of[*member as usize] = number;
        }
    }
    let dependents: Vec<Vec<u32>> = components
        .par_iter()
        .map(|members| {
            let rows = members.iter().flat_map(|row| needed.neighbors(*row as usize));
            let mut found: Vec<u32> = rows.map(|node| component_of[graph.nodes.row(*node)]).collect();
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect();
    let blocks: Vec<usize> = (0..count.div_ceil(64 * LANES)).collect();
    let reached = blocks
        .par_iter()
        .map(|block| reach_block(&components, &dependents, block * 64 * LANES))
        .reduce(|| vec![0u64; components.len()], |a, b| a.iter().zip(&b).map(|(a, b)| a + b).collect());
    (0..count).map(|row| reached[component_of[row] as usize] - 1).collect()
}

/// The edges of `needs` that are there to run.
fn to_run(needs: &Csr<Need>) -> Csr<Need> {
    let rows =
        (0..needs.row_count()).map(|row| needs.row(row).filter(|(_, need)| need.kind == DependencyKind::Runtime).collect());
    Csr::from_rows(rows.collect())
}

/// For every component, how many of the packages `start..start + 512` reach it (members of the component included).
fn reach_block(components: &[Vec<u32>], dependents: &[Vec<u32>], start: usize) -> Vec<u64> {
    let mut sets = vec![[0u64; LANES]; components.len()];
    // A dependent's component comes later in the order, so its set is complete when we go from the end.
    for number in (0..components.len()).rev() {
        let mut set = [0u64; LANES];
        for member in &components[number] {
            if let Some(bit) = (*member as usize).checked_sub(start).filter(|bit| *bit < 64 * LANES) {
                set[bit / 64] |= 1 << (bit % 64);
            }
        }
        for &dependent in dependents[number].iter().filter(|dependent| **dependent as usize != number) {
            for (word, other) in set.iter_mut().zip(&sets[dependent as usize]) {
                *word |= other;
            }
        }
        sets[number] = set;
    }
    sets.iter().map(|set| set.iter().map(|word| u64::from(word.count_ones())).sum()).collect()
}
