//! Numbers nodes so that those read most often lie side by side.

use rayon::prelude::*;

use super::edge_counts::offsets;
use super::in_neighbors::{InNeighbors, blocks, pieces};

/// A numbering of the same nodes in another order, with its inverse. 8 bytes a node.
///
/// A pull reads the message of a node once for each edge that leaves it. By falling out-degree the messages read most share
/// cache lines and stay in the cache: on skewed graphs an iteration takes about half the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renumbering {
    new_of_old: Box<[u32]>,
    old_of_new: Box<[u32]>,
}

/// Edges a block of rows. No influence on the result.
const BLOCK_EDGES: usize = 1 << 16;

impl Renumbering {
    /// The node with the most leaving edges first; among equals the order stays. O(nodes · log nodes).
    pub fn by_falling_out_degree(out_degrees: &[u32]) -> Self {
        let mut keys: Vec<u64> =
            (0u32..).zip(out_degrees).map(|(node, degree)| u64::from(u32::MAX - degree) << 32 | u64::from(node)).collect();
        keys.par_sort_unstable();
        let old_of_new: Box<[u32]> = keys.iter().map(|key| *key as u32).collect();
        let mut new_of_old = vec![0; old_of_new.len()];
        for (new, old) in (0u32..).zip(&old_of_new) {
            new_of_old[*old as usize] = new;
        }
        Self { new_of_old: new_of_old.into(), old_of_new }
    }

    /// By old number, the new one.
    pub fn new_of_old(&self) -> &[u32] {
        &self.new_of_old
    }

    /// By new number, the old one.
    pub fn old_of_new(&self) -> &[u32] {
        &self.old_of_new
    }

    /// Values by new number → values by old number.
    pub fn restore<T: Copy + Send + Sync>(&self, values: &[T]) -> Vec<T> {
        self.new_of_old.par_iter().map(|new| values[*new as usize]).collect()
    }

    /// The same graph under the new numbers, rows sorted. Needs a second graph in memory: where edges can be told twice,
    /// [`EdgeCounts::fill`](super::EdgeCounts::fill) renumbers for nothing. O(edges · log of the longest row).
    ///
    /// Panics when the numbering is of another number of nodes.
    pub fn apply(&self, graph: &InNeighbors) -> InNeighbors {
        assert_eq!(self.old_of_new.len(), graph.node_count(), "a numbering of these nodes");
        let by_new =
            |values: &dyn Fn(usize) -> u32| self.old_of_new.iter().map(|old| values(*old as usize)).collect::<Box<[u32]>>();
        let out_degrees = by_new(&|old| graph.out_degrees()[old]);
        let offsets = offsets(&by_new(&|old| graph.row(old).len() as u32));
        let mut neighbors = vec![0u32; graph.edge_count()];
        let blocks = blocks(&offsets, BLOCK_EDGES);
        let edges = pieces(&mut neighbors, blocks.iter().map(|block| block.edges.len()));
        blocks.par_iter().zip(edges).for_each(|(block, mut edges)| {
            for old in &self.old_of_new[block.rows.clone()] {
                let old_row = graph.row(*old as usize);
                if let Some(row) = edges.split_off_mut(..old_row.len()) {
                    for (place, neighbor) in row.iter_mut().zip(old_row) {
                        *place = self.new_of_old[*neighbor as usize];
                    }
                    row.sort_unstable();
                }
            }
        });
        InNeighbors::from_parts(offsets, neighbors.into(), out_degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_leaving_edges_first_and_equals_stay() {
        let numbering = Renumbering::by_falling_out_degree(&[1, 3, 0, 3, 1]);
        assert_eq!(numbering.old_of_new(), [1, 3, 0, 4, 2]);
        assert_eq!(numbering.new_of_old(), [2, 0, 4, 1, 3]);
        assert_eq!(numbering.restore(&['b', 'd', 'a', 'e', 'c']), ['a', 'b', 'c', 'd', 'e']);
    }

    #[test]
    fn no_nodes_are_numbered_too() {
        assert_eq!(Renumbering::by_falling_out_degree(&[]).new_of_old().len(), 0);
    }
}
