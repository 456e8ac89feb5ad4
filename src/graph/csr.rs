//! Compressed sparse rows with a fact on every edge.

use crate::ids::NodeId;

/// `row` touches `neighbor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge<F> {
    /// Position of the row among the nodes of its kind.
    pub row: u32,
    /// The node at the other end.
    pub neighbor: NodeId,
    /// What is known of the edge.
    pub fact: F,
}

/// Rows of edges, sorted by neighbor and fact, without duplicates. `u64` offsets, `u32` neighbors; 8 bytes a row and
/// 4 + size of the fact an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csr<F> {
    offsets: Box<[u64]>,
    neighbors: Box<[NodeId]>,
    facts: Box<[F]>,
}

impl<F: Copy + Ord> Csr<F> {
    /// Sorts and deduplicates `edges` into `row_count` rows. O(edges · log edges). Every row must be below `row_count`.
    pub fn build(row_count: usize, mut edges: Vec<Edge<F>>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut offsets = vec![0u64; row_count + 1];
        for edge in &edges {
            offsets[edge.row as usize + 1] += 1;
        }
        for row in 0..row_count {
            offsets[row + 1] += offsets[row];
        }
        let neighbors = edges.iter().map(|edge| edge.neighbor).collect();
        let facts = edges.iter().map(|edge| edge.fact).collect();
        Self { offsets: offsets.into(), neighbors, facts }
    }
}

impl<F: Copy> Csr<F> {
    /// Takes rows as they are: each already sorted by neighbor, or in an order that has a meaning.
    pub fn from_rows(rows: Vec<Vec<(NodeId, F)>>) -> Self {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut end = 0u64;
        offsets.push(end);
        for row in &rows {
            end += row.len() as u64;
            offsets.push(end);
        }
        let (neighbors, facts): (Vec<NodeId>, Vec<F>) = rows.into_iter().flatten().unzip();
        Self { offsets: offsets.into(), neighbors: neighbors.into(), facts: facts.into() }
    }

    /// The same rows with only those edges that `keep(row, neighbor)` keeps. O(edges).
    pub fn filtered(&self, keep: impl Fn(usize, NodeId) -> bool) -> Self {
        let row = |row: usize| self.row(row).filter(|(neighbor, _)| keep(row, *neighbor)).collect();
        Self::from_rows((0..self.row_count()).map(row).collect())
    }

    /// Rows.
    pub fn row_count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Edges.
    pub fn edge_count(&self) -> usize {
        self.neighbors.len()
    }

    /// Where each row begins among all edges, and after the last row the edge count.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// Edges of one row. O(1) + the row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = (NodeId, F)> + '_ {
        let range = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        self.neighbors[range.clone()].iter().copied().zip(self.facts[range].iter().copied())
    }

    /// The `place`-th edge of a row. O(1).
    pub fn edge(&self, row: usize, place: usize) -> (NodeId, F) {
        let at = self.offsets[row] as usize + place;
        (self.neighbors[at], self.facts[at])
    }

    /// Neighbors of one row, sorted; a neighbor stands there once for each fact. O(1).
    pub fn neighbors(&self, row: usize) -> &[NodeId] {
        &self.neighbors[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// All edges, row by row.
    pub fn edges(&self) -> impl Iterator<Item = Edge<F>> + '_ {
        (0..self.row_count())
            .flat_map(move |row| self.row(row).map(move |(neighbor, fact)| Edge { row: row as u32, neighbor, fact }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_free_of_duplicates() {
        let edge = |row, neighbor, fact| Edge { row, neighbor: NodeId(neighbor), fact };
        let csr = Csr::build(3, vec![edge(2, 5, 'a'), edge(0, 9, 'b'), edge(0, 3, 'a'), edge(2, 5, 'a'), edge(2, 5, 'b')]);
        assert_eq!(csr.neighbors(0), [NodeId(3), NodeId(9)]);
        assert_eq!(csr.row(1).len(), 0);
        assert_eq!(csr.row(2).collect::<Vec<_>>(), [(NodeId(5), 'a'), (NodeId(5), 'b')]);
        assert_eq!((csr.row_count(), csr.edge_count(), csr.edges().count()), (3, 4, 4));
    }
}
