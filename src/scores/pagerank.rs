//! PageRank of a plain graph, by pulling.
//!
//! It enters no score: it is the yardstick of the machinery below the trust kernel, on graphs and against programs everybody
//! knows.
//!
//! # The formula
//!
//! With *n* nodes, damping *d* and D the nodes without leaving edges, the rank of *v* is the limit of
//!
//! > *r*′(*v*) = (1 − *d*) / *n* + *d* · ( Σ_{*u* → *v*} *r*(*u*) / outdegree(*u*) + Σ_{*u* ∈ D} *r*(*u*) / *n* )
//!
//! from *r* = 1 / *n* on. Ranks are a distribution: they sum to 1 at every iteration, up to rounding. This is the variant in
//! which a node without leaving edges hands its rank to all nodes alike. An edge given twice is two ways from *u* to *v*; a self
//! edge leads back.
//!
//! # The transpose
//!
//! A node reads what its in-neighbors send, so the graph comes as [`InNeighbors`], the transpose, with the out-degrees of the
//! graph itself. No two threads write one place, nothing is atomic.
//!
//! # Parallelism
//!
//! An iteration reads only the messages of the one before (Jacobi), so the order of nodes does not matter. Blocks of whole rows
//! with about `BLOCK_EDGES` edges are cut once from the graph; threads take blocks. A row is summed in four lanes in a fixed
//! order, blocks are folded from left to right: equal graphs and settings give the same bits at any thread count.
//!
//! # When it stops
//!
//! After `max_iterations`, or after the first iteration whose L1 change Σ|*r*′(*v*) − *r*(*v*)| is at most `tolerance`. The
//! result is then within *d* / (1 − *d*) · `tolerance` of the limit in L1 norm: 5.7 times the tolerance at *d* = 0.85. A
//! tolerance of 0 stops early only when nothing moves at all.
//!
//! # Memory
//!
//! Beside the graph a node costs 24 bytes with `f64` messages (rank, message, next message), 16 with `f32` messages. Ranks and
//! all sums are `f64` either way; `f32` messages round what is sent to 24 bits and halve the memory that is read at random. That
//! pays once messages no longer fit the last cache; below that it is within noise.

use std::ops::AddAssign;

use rayon::prelude::*;

use crate::graph::{Block, InNeighbors, blocks, pieces};

/// What decides the result beside the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRankSettings {
    /// Share of a rank that moves along edges, 0 ≤ d < 1.
    pub damping: f64,
    /// Iterations at most.
    pub max_iterations: usize,
    /// L1 change at which iterating stops.
    pub tolerance: f64,
}

/// Ranks on their way to the limit. `M` is how a message is kept between iterations: `f64` or `f32`.
#[derive(Debug)]
pub struct PageRank<'g, M> {
    graph: &'g InNeighbors,
    settings: PageRankSettings,
    blocks: Vec<Block>,
    ranks: Vec<f64>,
    /// Rank over out-degree, by node; 0 without leaving edges.
    messages: Vec<M>,
    next_messages: Vec<M>,
    /// Rank of the nodes without leaving edges.
    dangling: f64,
    iteration_count: usize,
    change: f64,
}

/// A number small enough to be sent along every edge.
pub trait Message: Copy + Default + Send + Sync + Into<f64> + std::fmt::Debug {
    /// The nearest message.
    fn of(value: f64) -> Self;
}

/// Edges a block of rows. Part of the result: changing it changes the last bits of ranks on graphs with dangling nodes.
const BLOCK_EDGES: usize = 1 << 15;

/// Lanes of a row's sum: enough additions at once to hide their latency, few enough for short rows. Part of the result.
const LANES: usize = 4;

impl Default for PageRankSettings {
    /// The damping of the literature, and an L1 change that no rank of a large graph notices.
    fn default() -> Self {
        Self { damping: 0.85, max_iterations: 100, tolerance: 1e-9 }
    }
}

impl<'g, M: Message> PageRank<'g, M> {
    /// Everybody at 1 / n.
    pub fn new(graph: &'g InNeighbors, settings: PageRankSettings) -> Self {
        let node_count = graph.node_count();
        let rank = 1.0 / node_count as f64;
        let messages = graph.out_degrees().par_iter().map(|degree| message(rank, *degree)).collect();
        let dangling_count = graph.out_degrees().par_iter().filter(|degree| **degree == 0).count();
        Self {
            graph,
            settings,
            blocks: blocks(graph.offsets(), BLOCK_EDGES),
            ranks: vec![rank; node_count],
            messages,
            next_messages: vec![M::default(); node_count],
            dangling: dangling_count as f64 * rank,
            iteration_count: 0,
            change: f64::INFINITY,
        }
    }

    /// Iterates until a reason to stop; returns the ranks by node. O(edges) an iteration.
    pub fn run(mut self) -> Vec<f64> {
        while self.iterate().is_some() {}
        self.ranks
    }

    /// One iteration, unless there is a reason to stop; its L1 change.
    pub fn iterate(&mut self) -> Option<f64> {
        let is_done = self.iteration_count >= self.settings.max_iterations || self.change <= self.settings.tolerance;
        if is_done || self.ranks.is_empty() {
            return None;
        }
        let damping = self.settings.damping;
        let everywhere = (1.0 - damping + damping * self.dangling) / self.ranks.len() as f64;
        let lengths = || self.blocks.iter().map(|block| block.rows.len());
        let ranks = pieces(&mut self.ranks, lengths());
        let next_messages = pieces(&mut self.next_messages, lengths());
        let (graph, messages) = (self.graph, &self.messages[..]);
        let totals: Vec<Totals> = (&self.blocks, ranks, next_messages)
            .into_par_iter()
            .map(|(block, ranks, next)| renew(graph, block, messages, ranks, next, everywhere, damping))
            .collect();
        let mut total = Totals::default();
        totals.into_iter().for_each(|part| total += part);
        std::mem::swap(&mut self.messages, &mut self.next_messages);
        self.dangling = total.dangling;
        self.change = total.change;
        self.iteration_count += 1;
        Some(total.change)
    }

    /// Ranks so far, by node.
    pub fn ranks(&self) -> &[f64] {
        &self.ranks
    }

    /// Iterations so far.
    pub fn iteration_count(&self) -> usize {
        self.iteration_count
    }
}

/// What an iteration adds up beside ranks.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    change: f64,
    dangling: f64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.change += other.change;
        self.dangling += other.dangling;
    }
}

/// New ranks and messages of one block.
fn renew<M: Message>(
    graph: &InNeighbors,
    block: &Block,
    messages: &[M],
    ranks: &mut [f64],
    next_messages: &mut [M],
    everywhere: f64,
    damping: f64,
) -> Totals {
    let mut totals = Totals::default();
    let mut edges = &graph.neighbors()[block.edges.clone()];
    let bounds = &graph.offsets()[block.rows.start..=block.rows.end];
    let out_degrees = &graph.out_degrees()[block.rows.clone()];
    let rows = bounds.windows(2).zip(out_degrees).zip(ranks).zip(next_messages);
    for (((bounds, out_degree), rank), next) in rows {
        let (row, rest) = edges.split_at((bounds[1] - bounds[0]) as usize);
        edges = rest;
        let new = everywhere + damping * pull(row, messages);
        totals.change += (new - *rank).abs();
        totals.dangling += if *out_degree == 0 { new } else { 0.0 };
        *rank = new;
        *next = message(new, *out_degree);
    }
    totals
}

/// Sum of the messages of `row`.
#[inline]
fn pull<M: Message>(row: &[u32], messages: &[M]) -> f64 {
    let (fours, rest) = row.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for four in fours {
        for (lane, neighbor) in lanes.iter_mut().zip(four) {
            *lane += messages[*neighbor as usize].into();
        }
    }
    for (lane, neighbor) in lanes.iter_mut().zip(rest) {
        *lane += messages[*neighbor as usize].into();
    }
    let [a, b, c, d] = lanes;
    (a + c) + (b + d)
}

fn message<M: Message>(rank: f64, out_degree: u32) -> M {
    if out_degree == 0 { M::default() } else { M::of(rank / f64::from(out_degree)) }
}

impl Message for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

impl Message for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }
}
