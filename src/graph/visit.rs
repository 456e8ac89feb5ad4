//! A CSR over packages as petgraph sees it, so that its algorithms run on our arrays instead of a copy.

use fixedbitset::FixedBitSet;
use petgraph::Directed as PetgraphDirected;
use petgraph::visit::{
    GraphBase, GraphProp, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, NodeIndexable,
    Visitable,
};

use super::Csr;

/// Rows as nodes, neighbors as successors; `backward` holds the same edges transposed.
pub struct Directed<'g, F> {
    forward: &'g Csr<F>,
    backward: &'g Csr<F>,
    /// Number of the node that row 0 stands for.
    first: u32,
}

impl<'g, F: Copy> Directed<'g, F> {
    /// A view; `first` is the [`NodeId`](crate::ids::NodeId) of row 0.
    pub fn new(forward: &'g Csr<F>, backward: &'g Csr<F>, first: u32) -> Self {
        Self { forward, backward, first }
    }
}

impl<F> Clone for Directed<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for Directed<'_, F> {}
impl<F> GraphRef for Directed<'_, F> {}
impl<F> GraphBase for Directed<'_, F> {
    type NodeId = u32;
    type EdgeId = ();
}
impl<F> GraphProp for Directed<'_, F> {
    type EdgeType = PetgraphDirected;
}
impl<F: Copy> NodeCount for Directed<'_, F> {
    fn node_count(&self) -> usize {
        self.forward.row_count()
    }
}
impl<F: Copy> NodeIndexable for Directed<'_, F> {
    fn node_bound(&self) -> usize {
        self.forward.row_count()
    }
    fn to_index(&self, node: u32) -> usize {
        node as usize
    }
    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}
impl<F: Copy> IntoNodeIdentifiers for Directed<'_, F> {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.forward.row_count() as u32
    }
}
impl<F: Copy> Visitable for Directed<'_, F> {
    type Map = FixedBitSet;
    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.forward.row_count())
    }
    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.forward.row_count());
    }
}

/// Neighbors of a row as row numbers.
pub struct Rows<'g> {
    nodes: std::slice::Iter<'g, crate::ids::NodeId>,
    first: u32,
}

impl Iterator for Rows<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.nodes.next().map(|node| node.0 - self.first)
    }
}

impl<'g, F: Copy> IntoNeighbors for Directed<'g, F> {
    type Neighbors = Rows<'g>;
    fn neighbors(self, node: u32) -> Rows<'g> {
        self.neighbors_directed(node, petgraph::Direction::Outgoing)
    }
}
impl<'g, F: Copy> IntoNeighborsDirected for Directed<'g, F> {
    type NeighborsDirected = Rows<'g>;
    fn neighbors_directed(self, node: u32, direction: petgraph::Direction) -> Rows<'g> {
        let side = if direction == petgraph::Direction::Outgoing { self.forward } else { self.backward };
        Rows { nodes: side.neighbors(node as usize).iter(), first: self.first }
    }
}

/// Rows as nodes and one more that leads to all of `first`: the root from which everything is reached. Neighbors are rows.
pub struct Rooted<'g, F> {
    forward: &'g Csr<F>,
    first: &'g [crate::ids::NodeId],
}

impl<'g, F: Copy> Rooted<'g, F> {
    /// A view; neighbors of `forward` and all of `first` are row numbers.
    pub fn new(forward: &'g Csr<F>, first: &'g [crate::ids::NodeId]) -> Self {
        Self { forward, first }
    }

    /// The node that stands before all others.
    pub fn root(&self) -> u32 {
        self.forward.row_count() as u32
    }
}

impl<F> Clone for Rooted<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for Rooted<'_, F> {}
impl<F> GraphRef for Rooted<'_, F> {}
impl<F> GraphBase for Rooted<'_, F> {
    type NodeId = u32;
    type EdgeId = ();
}
impl<F: Copy> Visitable for Rooted<'_, F> {
    type Map = FixedBitSet;
    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.forward.row_count() + 1)
    }
    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.forward.row_count() + 1);
    }
}
impl<'g, F: Copy> IntoNeighbors for Rooted<'g, F> {
    type Neighbors = Rows<'g>;
    fn neighbors(self, node: u32) -> Rows<'g> {
        let nodes = if node == self.root() { self.first } else { self.forward.neighbors(node as usize) };
        Rows { nodes: nodes.iter(), first: 0 }
    }
}
