//! From edges to compressed rows in two passes over the edges, without ever holding a list of them.
//!
//! The first pass counts, the second writes every edge to its place. Both passes run in parallel and meet edges in any order;
//! rows are sorted at the end, so the result depends on the edges only. While building, an edge costs its final 4 bytes and
//! nothing else; a node costs its final 12 and 4 for a cursor (8 more under a [`Renumbering`]).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;

use super::in_neighbors::{InNeighbors, blocks, pieces};
use super::{EdgeError, Renumbering};

/// Something that can tell its edges twice, in any order, from several threads at once.
pub trait EdgeSource {
    /// Calls `visit(from, to)` once for every edge; the number of edges.
    fn for_each_edge(&self, visit: impl Fn(u32, u32) + Sync) -> Result<u64, EdgeError>;
}

/// What the first pass knows: both degrees of every node. Nodes are numbered from 0 to the largest number seen.
#[derive(Debug)]
pub struct EdgeCounts {
    in_degrees: Box<[u32]>,
    out_degrees: Box<[u32]>,
    edge_count: u64,
}

/// Nodes a segment of counters: small graphs stay small, and nothing is copied when a larger number shows up.
const SEGMENT: usize = 1 << 16;
/// A graph may always have this many nodes, however few edges.
const ANY_NODES: u64 = 1 << 24;
/// Beyond that, at most this many nodes an edge: one mistyped number must not ask for 64 GB.
const NODES_PER_EDGE: u64 = 64;
/// Edges a block of rows when rows are sorted. No influence on the result.
const SORTED_AT_ONCE: usize = 1 << 16;

impl EdgeCounts {
    /// The first pass. O(edges).
    pub fn of(edges: &(impl EdgeSource + ?Sized)) -> Result<Self, EdgeError> {
        let (incoming, outgoing) = (Counters::new(), Counters::new());
        let edge_count = edges.for_each_edge(|from, to| {
            outgoing.add(from);
            incoming.add(to);
        })?;
        if edge_count == 0 {
            return Err(EdgeError::NoEdges);
        }
        let node_count = incoming.len().max(outgoing.len());
        if node_count as u64 > ANY_NODES.max(edge_count.saturating_mul(NODES_PER_EDGE)) {
            return Err(EdgeError::TooSparse { largest: node_count as u64 - 1, edge_count });
        }
        let counts = Self { in_degrees: incoming.take(node_count), out_degrees: outgoing.take(node_count), edge_count };
        for degrees in [&counts.in_degrees, &counts.out_degrees] {
            // A counter that went round is missing 2^32 edges.
            if degrees.par_iter().map(|degree| u64::from(*degree)).sum::<u64>() != edge_count {
                return Err(EdgeError::TooManyAtOneNode);
            }
        }
        Ok(counts)
    }

    /// Nodes, with and without edges.
    pub fn node_count(&self) -> usize {
        self.out_degrees.len()
    }

    /// Edges, each as often as it was given.
    pub fn edge_count(&self) -> u64 {
        self.edge_count
    }

    /// Edges that leave each node.
    pub fn out_degrees(&self) -> &[u32] {
        &self.out_degrees
    }

    /// The second pass: `edges` must tell the same edges again. With a numbering the graph comes out renumbered, at no memory
    /// an edge. O(edges · log of the longest row).
    pub fn fill(self, edges: &(impl EdgeSource + ?Sized), numbering: Option<&Renumbering>) -> Result<InNeighbors, EdgeError> {
        let in_degrees = renumbered(self.in_degrees, numbering);
        let out_degrees = renumbered(self.out_degrees, numbering);
        let offsets = offsets(&in_degrees);
        let cursors: Vec<AtomicU32> = in_degrees.into_iter().map(AtomicU32::new).collect();
        let places: Vec<AtomicU32> = (0..self.edge_count as usize).into_par_iter().map(|_| AtomicU32::new(0)).collect();
        let filling = Filling { offsets: &offsets, cursors: &cursors, places: &places, has_changed: AtomicBool::new(false) };
        let edge_count = match numbering.map(Renumbering::new_of_old) {
            None => edges.for_each_edge(|from, to| filling.place(from, to)),
            Some(new) => edges.for_each_edge(|from, to| match (new.get(from as usize), new.get(to as usize)) {
                (Some(from), Some(to)) => filling.place(*from, *to),
                _ => filling.has_changed.store(true, Relaxed),
            }),
        }?;
        if filling.has_changed.into_inner() || edge_count != self.edge_count {
            return Err(EdgeError::Changed);
        }
        drop(cursors);
        // Same size, same alignment: collected in place.
        let mut neighbors: Vec<u32> = places.into_iter().map(AtomicU32::into_inner).collect();
        sort_rows(&offsets, &mut neighbors);
        Ok(InNeighbors::from_parts(offsets, neighbors.into(), out_degrees))
    }
}

/// Counters that grow by segments while several threads count.
struct Counters(Box<[OnceLock<Box<[AtomicU32]>>]>);

impl Counters {
    fn new() -> Self {
        Self((0..=u32::MAX as usize / SEGMENT).map(|_| OnceLock::new()).collect())
    }

    fn add(&self, node: u32) {
        let segment = self.0[node as usize / SEGMENT].get_or_init(|| (0..SEGMENT).map(|_| AtomicU32::new(0)).collect());
        segment[node as usize % SEGMENT].fetch_add(1, Relaxed);
    }

    /// One more than the largest number counted.
    fn len(&self) -> usize {
        let last = self.0.iter().enumerate().rev().find_map(|(number, segment)| Some((number, segment.get()?)));
        let place = |counters: &[AtomicU32]| counters.iter().rposition(|count| count.load(Relaxed) != 0);
        last.map_or(0, |(number, counters)| number * SEGMENT + place(counters).map_or(0, |place| place + 1))
    }

    /// The first `len` counters.
    fn take(self, len: usize) -> Box<[u32]> {
        let mut counts = Vec::with_capacity(len);
        for segment in self.0 {
            let wanted = SEGMENT.min(len - counts.len());
            match segment.into_inner() {
                Some(counters) => counts.extend(counters.into_iter().take(wanted).map(AtomicU32::into_inner)),
                None => counts.resize(counts.len() + wanted, 0),
            }
        }
        counts.into()
    }
}

/// Rows while they are filled from the back.
struct Filling<'a> {
    offsets: &'a [u64],
    /// Places of each row that are still free.
    cursors: &'a [AtomicU32],
    places: &'a [AtomicU32],
    /// An edge came up that was not there in the first pass.
    has_changed: AtomicBool,
}

impl Filling<'_> {
    fn place(&self, from: u32, to: u32) {
        let row = to as usize;
        if let (Some(cursor), Some(begin)) = (self.cursors.get(row), self.offsets.get(row)) {
            let free = u64::from(cursor.fetch_sub(1, Relaxed));
            if free > 0
                && let Some(place) = self.places.get((begin + free - 1) as usize)
            {
                place.store(from, Relaxed);
                return;
            }
        }
        self.has_changed.store(true, Relaxed);
    }
}

fn renumbered(degrees: Box<[u32]>, numbering: Option<&Renumbering>) -> Box<[u32]> {
    match numbering {
        None => degrees,
        Some(numbering) => numbering.old_of_new().par_iter().map(|old| degrees[*old as usize]).collect::<Vec<u32>>().into(),
    }
}

/// Where rows of these lengths begin, and where the last ends.
pub(super) fn offsets(degrees: &[u32]) -> Box<[u64]> {
    let mut offsets = Vec::with_capacity(degrees.len() + 1);
    let mut end = 0u64;
    offsets.push(end);
    offsets.extend(degrees.iter().map(|degree| {
        end += u64::from(*degree);
        end
    }));
    offsets.into()
}

/// Sorts every row.
fn sort_rows(offsets: &[u64], neighbors: &mut [u32]) {
    let blocks = blocks(offsets, SORTED_AT_ONCE);
    let edges = pieces(neighbors, blocks.iter().map(|block| block.edges.len()));
    blocks.par_iter().zip(edges).for_each(|(block, mut edges)| {
        for row in block.rows.clone() {
            let length = (offsets[row + 1] - offsets[row]) as usize;
            if let Some(row) = edges.split_off_mut(..length) {
                if length < SORTED_AT_ONCE { row.sort_unstable() } else { row.par_sort_unstable() }
            }
        }
    });
}

impl EdgeSource for [(u32, u32)] {
    fn for_each_edge(&self, visit: impl Fn(u32, u32) + Sync) -> Result<u64, EdgeError> {
        self.par_iter().for_each(|(from, to)| visit(*from, *to));
        Ok(self.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_keep_what_was_given() {
        let edges = [(3, 1), (0, 1), (3, 1), (1, 1), (2, 0), (0, 4)];
        let counts = EdgeCounts::of(&edges[..]).expect("counts");
        assert_eq!((counts.node_count(), counts.edge_count()), (5, 6));
        assert_eq!(counts.out_degrees(), [2, 1, 1, 2, 0]);
        let graph = counts.fill(&edges[..], None).expect("a graph");
        assert_eq!(graph.offsets(), [0, 1, 5, 5, 5, 6]);
        assert_eq!((graph.row(0), graph.row(1), graph.row(4)), (&[2][..], &[0, 1, 3, 3][..], &[0][..]));
    }

    #[test]
    fn numbering_while_filling_is_numbering_afterwards() {
        let edges = [(3, 1), (0, 1), (3, 1), (1, 1), (2, 0), (0, 4), (5, 3)];
        let counts = EdgeCounts::of(&edges[..]).expect("counts");
        let numbering = Renumbering::by_falling_out_degree(counts.out_degrees());
        let at_once = counts.fill(&edges[..], Some(&numbering)).expect("a graph");
        let plain = EdgeCounts::of(&edges[..]).expect("counts").fill(&edges[..], None).expect("a graph");
        assert_eq!(at_once, numbering.apply(&plain));
    }

    #[test]
    fn segments_grow() {
        let edges = [(200_000, 70_000), (0, 65_536)];
        let counts = EdgeCounts::of(&edges[..]).expect("counts");
        assert_eq!(counts.node_count(), 200_001);
        let graph = counts.fill(&edges[..], None).expect("a graph");
        assert_eq!((graph.row(70_000), graph.row(65_536), graph.out_degrees()[200_000]), (&[200_000][..], &[0][..], 1));
    }

    #[test]
    fn other_edges_in_the_second_pass_are_noticed() {
        let first = [(0, 1), (1, 2)];
        for second in [&[(0, 1), (0, 1)][..], &[(0, 1)], &[(0, 1), (1, 2), (1, 2)], &[(0, 1), (1, 9)]] {
            let counts = EdgeCounts::of(&first[..]).expect("counts");
            assert!(matches!(counts.fill(second, None), Err(EdgeError::Changed)), "{second:?}");
        }
    }

    #[test]
    fn nothing_and_one_far_number_are_refused() {
        assert!(matches!(EdgeCounts::of(&[][..]), Err(EdgeError::NoEdges)));
        let error = EdgeCounts::of(&[(0, u32::MAX)][..]).expect_err("too sparse");
        assert!(error.to_string().contains("4294967295"), "{error}");
    }
}
