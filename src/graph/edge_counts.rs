//! From edges to compressed rows in two passes over the edges, without ever holding a list of them.
//!
//! The first pass counts, the second writes every edge to its place. Edges come in batches, from several threads and in any
//! order; a batch is grouped by stretches of nodes, so that a thread works on one small stretch of memory at a time, alone
//! behind its lock. Rows are sorted at the end, so the result depends on the edges only. While building, an edge costs its
//! final 4 bytes and nothing else; a node costs its final 12 and 4 for a cursor (8 more under a [`Renumbering`]).

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::in_neighbors::{InNeighbors, blocks, pieces};
use super::{EdgeError, Renumbering};

/// Something that can tell its edges twice, in any order, from several threads at once.
pub trait EdgeSource {
    /// Calls `visit` for batches of edges `(from, to)`, each edge in one batch; the number of edges. What `visit` leaves in a
    /// batch does not matter.
    fn for_each_batch(&self, visit: impl Fn(&mut [(u32, u32)]) + Sync) -> Result<u64, EdgeError>;
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
/// Rows are filled in at most this many stretches.
const STRETCHES: usize = 512;
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
        let edge_count = edges.for_each_batch(|batch| {
            outgoing.add(batch, |edge| edge.0);
            incoming.add(batch, |edge| edge.1);
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
        let out_degrees = renumbered(self.out_degrees, numbering);
        let offsets = offsets(&renumbered(self.in_degrees, numbering));
        let mut cursors = vec![0u32; out_degrees.len()];
        let mut neighbors = vec![0u32; self.edge_count as usize];
        let filling = Filling::new(&offsets, &mut cursors, &mut neighbors);
        let edge_count = edges.for_each_batch(|batch| {
            if let Some(numbering) = numbering {
                filling.renumber(batch, numbering.new_of_old());
            }
            filling.place(batch);
        })?;
        if filling.has_changed.into_inner() || edge_count != self.edge_count {
            return Err(EdgeError::Changed);
        }
        drop(cursors);
        sort_rows(&offsets, &mut neighbors);
        Ok(InNeighbors::from_parts(offsets, neighbors.into(), out_degrees))
    }
}

/// Counters that grow by segments while several threads count; segments nobody counted in are empty.
struct Counters(Box<[Mutex<Box<[u32]>>]>);

impl Counters {
    fn new() -> Self {
        Self((0..=u32::MAX as usize / SEGMENT).map(|_| Mutex::default()).collect())
    }

    /// Counts one end of every edge.
    fn add(&self, batch: &mut [(u32, u32)], end: impl Fn(&(u32, u32)) -> u32) {
        for_each_group(
            batch,
            |edge| end(edge) as usize / SEGMENT,
            |number, group| {
                let mut segment = self.0[number].lock().unwrap_or_else(PoisonError::into_inner);
                if segment.is_empty() {
                    *segment = vec![0; SEGMENT].into();
                }
                for edge in group {
                    let count = &mut segment[end(edge) as usize % SEGMENT];
                    *count = count.wrapping_add(1);
                }
            },
        );
    }

    /// One more than the largest number counted.
    fn len(&self) -> usize {
        let last = |segment: &Mutex<Box<[u32]>>| {
            segment.lock().unwrap_or_else(PoisonError::into_inner).iter().rposition(|count| *count != 0)
        };
        let found = self.0.iter().enumerate().rev().find_map(|(number, segment)| Some((number, last(segment)?)));
        found.map_or(0, |(number, last)| number * SEGMENT + last + 1)
    }

    /// The first `len` counters.
    fn take(self, len: usize) -> Box<[u32]> {
        let mut counts = Vec::with_capacity(len);
        for segment in self.0.into_iter().take(len.div_ceil(SEGMENT)) {
            let segment = segment.into_inner().unwrap_or_else(PoisonError::into_inner);
            let end = len.min(counts.len() + SEGMENT);
            counts.extend(segment.iter().take(end - counts.len()));
            counts.resize(end, 0);
        }
        counts.into()
    }
}

/// Rows while they are filled.
struct Filling<'a> {
    offsets: &'a [u64],
    /// Rows a stretch, as a power of 2.
    stretch_bits: u32,
    stretches: Vec<Mutex<Stretch<'a>>>,
    /// An edge came up that was not there in the first pass.
    has_changed: AtomicBool,
}

/// Neighboring rows, filled by one thread at a time.
struct Stretch<'a> {
    /// Edges each row has so far.
    cursors: &'a mut [u32],
    places: &'a mut [u32],
}

impl<'a> Filling<'a> {
    fn new(offsets: &'a [u64], cursors: &'a mut [u32], neighbors: &'a mut [u32]) -> Self {
        let rows = cursors.len();
        let stretch_bits = rows.div_ceil(STRETCHES).next_power_of_two().ilog2();
        let begin = |stretch: usize| offsets[rows.min(stretch << stretch_bits)];
        let lengths = (0..rows.div_ceil(1 << stretch_bits)).map(|stretch| (begin(stretch + 1) - begin(stretch)) as usize);
        let places = pieces(neighbors, lengths);
        let stretches = cursors.chunks_mut(1 << stretch_bits).zip(places);
        let stretches = stretches.map(|(cursors, places)| Mutex::new(Stretch { cursors, places })).collect();
        Self { offsets, stretch_bits, stretches, has_changed: AtomicBool::new(false) }
    }

    fn renumber(&self, batch: &mut [(u32, u32)], new_of_old: &[u32]) {
        for edge in batch {
            match (new_of_old.get(edge.0 as usize), new_of_old.get(edge.1 as usize)) {
                (Some(from), Some(to)) => *edge = (*from, *to),
                _ => self.has_changed.store(true, Relaxed),
            }
        }
    }

    fn place(&self, batch: &mut [(u32, u32)]) {
        if batch.iter().any(|edge| edge.1 as usize + 1 >= self.offsets.len()) {
            self.has_changed.store(true, Relaxed);
            return;
        }
        for_each_group(
            batch,
            |edge| edge.1 as usize >> self.stretch_bits,
            |number, group| {
                let first = number << self.stretch_bits;
                let mut stretch = self.stretches[number].lock().unwrap_or_else(PoisonError::into_inner);
                let Stretch { cursors, places } = &mut *stretch;
                for (from, to) in group {
                    let row = *to as usize;
                    let cursor = &mut cursors[row - first];
                    let place = self.offsets[row] + u64::from(*cursor);
                    if place < self.offsets[row + 1] {
                        places[(place - self.offsets[first]) as usize] = *from;
                        *cursor += 1;
                    } else {
                        self.has_changed.store(true, Relaxed);
                    }
                }
            },
        );
    }
}

/// Calls `visit` with the edges of every group, group by group. O(edges + largest group number).
fn for_each_group(
    batch: &mut [(u32, u32)],
    group_of: impl Fn(&(u32, u32)) -> usize,
    mut visit: impl FnMut(usize, &[(u32, u32)]),
) {
    let Some(last) = batch.iter().map(&group_of).max() else { return };
    let mut ends = vec![0usize; last + 1];
    for edge in &*batch {
        ends[group_of(edge)] += 1;
    }
    let mut begin = 0;
    for end in &mut ends {
        (*end, begin) = (begin, begin + *end);
    }
    let mut grouped = vec![(0, 0); batch.len()];
    for edge in &*batch {
        let place = &mut ends[group_of(edge)];
        grouped[*place] = *edge;
        *place += 1;
    }
    let mut begin = 0;
    for (number, end) in ends.into_iter().enumerate() {
        if begin < end {
            visit(number, &grouped[begin..end]);
        }
        begin = end;
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
    fn for_each_batch(&self, visit: impl Fn(&mut [(u32, u32)]) + Sync) -> Result<u64, EdgeError> {
        self.par_chunks(SORTED_AT_ONCE).for_each(|batch| visit(&mut batch.to_vec()));
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
