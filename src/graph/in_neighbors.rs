//! A plain directed graph as a pull reads it: who points at a node, and how many each of them points at.

use std::ops::Range;

/// The transpose of a graph without facts on its edges, in compressed sparse rows: row = node, row content = the nodes with an
/// edge to it, sorted. Self edges stand where they are; an edge given twice stands twice and counts twice in `out_degrees`.
///
/// 4 bytes an edge and 12 a node: `u64` offsets, `u32` neighbors, `u32` out-degrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InNeighbors {
    offsets: Box<[u64]>,
    neighbors: Box<[u32]>,
    out_degrees: Box<[u32]>,
}

impl Default for InNeighbors {
    /// No nodes.
    fn default() -> Self {
        Self { offsets: [0].into(), neighbors: [].into(), out_degrees: [].into() }
    }
}

/// Rows that are worked on as one, with their neighbors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Nodes.
    pub rows: Range<usize>,
    /// Their edges, as positions among all neighbors.
    pub edges: Range<usize>,
}

impl InNeighbors {
    /// Takes the parts as they are. `offsets` has one entry more than there are nodes, rises from 0 to the edge count, and every
    /// neighbor is below the node count; the builders in this layer see to that.
    pub(super) fn from_parts(offsets: Box<[u64]>, neighbors: Box<[u32]>, out_degrees: Box<[u32]>) -> Self {
        debug_assert_eq!(offsets.len(), out_degrees.len() + 1);
        debug_assert_eq!(offsets.last().copied(), Some(neighbors.len() as u64));
        Self { offsets, neighbors, out_degrees }
    }

    /// Nodes, with and without edges.
    pub fn node_count(&self) -> usize {
        self.out_degrees.len()
    }

    /// Edges, each as often as it was given.
    pub fn edge_count(&self) -> usize {
        self.neighbors.len()
    }

    /// Nodes with an edge to `node`, sorted. O(1); panics when there is no such node.
    pub fn row(&self, node: usize) -> &[u32] {
        &self.neighbors[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }

    /// Edges that leave each node.
    pub fn out_degrees(&self) -> &[u32] {
        &self.out_degrees
    }

    /// Where each row begins among [`InNeighbors::neighbors`], and after the last row the edge count.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// Takes offsets and neighbors out, without a copy.
    pub fn into_rows(self) -> (Box<[u64]>, Box<[u32]>) {
        (self.offsets, self.neighbors)
    }

    /// All rows, one after another.
    pub fn neighbors(&self) -> &[u32] {
        &self.neighbors
    }
}

/// Cuts rows into blocks of about `weight` edges, a row without edges counting as one; a row is never cut. Depends on the
/// arguments only, so sums over blocks folded in order have the same bits at any thread count. O(rows).
pub fn blocks(offsets: &[u64], weight: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut first = 0;
    for (row, end) in offsets.iter().skip(1).enumerate() {
        let begin = offsets[first];
        let is_last = row + 2 == offsets.len();
        if is_last || (end - begin) as usize + (row - first) >= weight {
            blocks.push(Block { rows: first..row + 1, edges: begin as usize..*end as usize });
            first = row + 1;
        }
    }
    blocks
}

/// `values` cut into neighboring pieces of the given lengths; what is left over is dropped.
pub fn pieces<T>(mut values: &mut [T], lengths: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    lengths.map_while(|length| values.split_off_mut(..length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_row_once() {
        let offsets = [0, 0, 7, 7, 8, 8, 8, 20, 21];
        let found = blocks(&offsets, 4);
        assert_eq!(found.first().map(|block| block.rows.clone()), Some(0..2));
        assert_eq!(found.last().map(|block| (block.rows.end, block.edges.end)), Some((8, 21)));
        for pair in found.windows(2) {
            assert_eq!((pair[0].rows.end, pair[0].edges.end), (pair[1].rows.start, pair[1].edges.start));
        }
        assert_eq!(blocks(&[0], 4), []);
        assert_eq!(blocks(&[], 4), []);
    }

    #[test]
    fn pieces_lie_side_by_side() {
        let mut values = [1, 2, 3, 4, 5];
        assert_eq!(pieces(&mut values, [2, 0, 3].into_iter()), [&mut [1, 2][..], &mut [], &mut [3, 4, 5]]);
    }
}
