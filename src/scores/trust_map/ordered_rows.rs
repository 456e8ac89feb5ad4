//! Rows of weighted edges, kept in rising order of their neighbors' values.
//!
//! The saturating evidence of a row is a Choquet integral: with the voices in rising order of value it is the plain sum
//! Σ cᵢ·vᵢ, where cᵢ = φ(wᵢ + … + wₙ) − φ(wᵢ₊₁ + … + wₙ) and φ(w) = w / (w + half). Because φ is concave, the integral is the
//! largest of these sums over all orders (Lovász 1983). That makes a stale order safe:
//!
//! - the sum over lower bounds in any order is a lower bound;
//! - raise every upper bound to the largest one before it: the raised values rise along the order and lie above the upper
//!   bounds, so their sum is an upper bound, and it is the integral itself when the order was right.
//!
//! So a sweep reads a neighbor and an increment an edge and asks nothing of the order. Only where a bracket shrinks too slowly
//! it is asked what the order loses, and the row is sorted when that is too much.

use std::ops::Range;

use rayon::prelude::*;

use crate::graph::{blocks, pieces};
use crate::scores::evidence::level;

/// A lower and an upper bound.
pub type Bracket = [f64; 2];

/// Edges a block of rows that are renumbered together. No influence on the result.
const BLOCK_EDGES: usize = 1 << 16;

/// An order is renewed when it adds more than this part of a row's bracket to the upper bound.
const LOSS_LIMIT: f64 = 0.25;

/// Rows in compressed form. 20 bytes an edge, 16 a row.
#[derive(Clone, Debug, Default)]
pub(super) struct OrderedRows {
    offsets: Box<[u64]>,
    halves: Box<[f64]>,
    neighbors: Box<[u32]>,
    weights: Box<[f64]>,
    increments: Box<[f64]>,
    /// Increments of a row are scaled to sum to 1.
    is_mean: bool,
}

/// Some whole rows, to be read and put in order by one thread.
pub(super) struct RowsMut<'r> {
    offsets: &'r [u64],
    halves: &'r [f64],
    neighbors: &'r mut [u32],
    weights: &'r mut [f64],
    increments: &'r mut [f64],
    is_mean: bool,
    reordered_edge_count: usize,
}

/// Room for the voices of one row on their way through a sort.
#[derive(Default)]
pub(super) struct Scratch {
    /// Key and place in the row.
    order: Vec<(u64, u32)>,
    /// Neighbor and weight.
    voices: Vec<(u32, f64)>,
}

impl OrderedRows {
    /// Takes rows in any order. `halves`: evidence at which a row's result is half of a unanimous value, by row.
    pub(super) fn new(
        offsets: Box<[u64]>,
        neighbors: Box<[u32]>,
        weights: Box<[f64]>,
        halves: Box<[f64]>,
        is_mean: bool,
    ) -> Self {
        let mut increments = vec![0.0; weights.len()].into_boxed_slice();
        for (row, half) in halves.iter().enumerate() {
            let edges = offsets[row] as usize..offsets[row + 1] as usize;
            set_increments(&weights[edges.clone()], *half, is_mean, &mut increments[edges]);
        }
        Self { offsets, halves, neighbors, weights, increments, is_mean }
    }

    /// Edges of all rows.
    pub(super) fn edge_count(&self) -> usize {
        self.neighbors.len()
    }

    /// Edges of some rows.
    pub(super) fn edge_count_of(&self, rows: Range<usize>) -> usize {
        (self.offsets[rows.end] - self.offsets[rows.start]) as usize
    }

    /// The rows of each of `blocks`, which lie side by side.
    pub(super) fn split(&mut self, blocks: &[Range<usize>]) -> Vec<RowsMut<'_>> {
        let Self { offsets, halves, neighbors, weights, increments, is_mean } = self;
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Vec::new() };
        let edges = offsets[first.start] as usize..offsets[last.end] as usize;
        let lengths = || blocks.iter().map(|block| (offsets[block.end] - offsets[block.start]) as usize);
        let parts = pieces(&mut neighbors[edges.clone()], lengths())
            .into_iter()
            .zip(pieces(&mut weights[edges.clone()], lengths()))
            .zip(pieces(&mut increments[edges], lengths()));
        let rows = parts.zip(blocks).map(|(((neighbors, weights), increments), block)| RowsMut {
            offsets: &offsets[block.start..=block.end],
            halves: &halves[block.clone()],
            neighbors,
            weights,
            increments,
            is_mean: *is_mean,
            reordered_edge_count: 0,
        });
        rows.collect()
    }
}

impl OrderedRows {
    /// Gives every neighbor its new number and puts rows in order of the new numbers. O(edges · log of the longest row).
    pub(super) fn renumber(&mut self, new_of_old: &[u32]) {
        let rows: Vec<Range<usize>> = blocks(&self.offsets, BLOCK_EDGES).into_iter().map(|block| block.rows).collect();
        self.split(&rows).into_par_iter().for_each_init(Scratch::default, |scratch, mut rows| {
            rows.neighbors.iter_mut().for_each(|neighbor| *neighbor = new_of_old[*neighbor as usize]);
            for row in 0..rows.halves.len() {
                rows.reorder(row, u64::from, scratch);
            }
        });
    }
}

impl RowsMut<'_> {
    /// Edges of rows that were put in order.
    pub(super) fn reordered_edge_count(&self) -> usize {
        self.reordered_edge_count
    }

    /// The row has no voice.
    pub(super) fn is_empty(&self, row: usize) -> bool {
        self.offsets[row] == self.offsets[row + 1]
    }

    /// Bounds of the row's evidence in its present order, by the bounds that `value` knows of a neighbor: lower bounds as they
    /// are, each upper bound raised to the largest before it. O(row).
    #[inline]
    pub(super) fn pull(&self, row: usize, value: impl Fn(u32) -> Bracket) -> Bracket {
        let edges = self.edges(row);
        let (fours, rest) = self.neighbors[edges.clone()].as_chunks::<LANES>();
        let (four_increments, rest_increments) = self.increments[edges].as_chunks::<LANES>();
        let (mut lower_sum, mut upper_sum, mut top) = ([0.0; LANES], [0.0; LANES], 0.0);
        for (neighbors, increments) in fours.iter().zip(four_increments) {
            for lane in 0..LANES {
                let [lower, upper] = value(neighbors[lane]);
                top = largest(top, upper);
                lower_sum[lane] += increments[lane] * lower;
                upper_sum[lane] += increments[lane] * top;
            }
        }
        for (neighbor, increment) in rest.iter().zip(rest_increments) {
            let [lower, upper] = value(*neighbor);
            top = largest(top, upper);
            lower_sum[0] += increment * lower;
            upper_sum[0] += increment * top;
        }
        let sum = |lanes: [f64; LANES]| (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
        [sum(lower_sum), sum(upper_sum)]
    }

    /// Puts the row in order when its order loses too much; whether it did. O(row), when sorted O(row · log).
    #[cold]
    pub(super) fn mend(&mut self, row: usize, value: impl Fn(u32) -> Bracket, scratch: &mut Scratch) -> bool {
        let edges = self.edges(row);
        let (mut top, mut width, mut lost) = (0.0, 0.0, 0.0);
        for (neighbor, increment) in self.neighbors[edges.clone()].iter().zip(&self.increments[edges]) {
            let [lower, upper] = value(*neighbor);
            top = largest(top, upper);
            width += increment * (top - lower);
            lost += increment * (top - upper);
        }
        let is_lossy = lost > LOSS_LIMIT * width + ROUNDING;
        if is_lossy {
            // Bits of floats that are not negative rise with their values.
            self.reorder(row, |neighbor| value(neighbor)[1].to_bits(), scratch);
        }
        is_lossy
    }

    fn edges(&self, row: usize) -> Range<usize> {
        let start = self.offsets[0];
        (self.offsets[row] - start) as usize..(self.offsets[row + 1] - start) as usize
    }

    /// Puts the voices of a row in rising order of their keys; equals stay as they stood.
    fn reorder(&mut self, row: usize, key: impl Fn(u32) -> u64, scratch: &mut Scratch) {
        let edges = self.edges(row);
        self.reordered_edge_count += edges.len();
        let (neighbors, weights) = (&mut self.neighbors[edges.clone()], &mut self.weights[edges.clone()]);
        let Scratch { order, voices } = scratch;
        order.clear();
        order.extend((0u32..).zip(&*neighbors).map(|(place, neighbor)| (key(*neighbor), place)));
        // Stable: fast on what is nearly in order.
        order.sort();
        voices.clear();
        voices.extend(order.iter().map(|(_, place)| (neighbors[*place as usize], weights[*place as usize])));
        for ((neighbor, weight), voice) in neighbors.iter_mut().zip(&mut *weights).zip(voices) {
            (*neighbor, *weight) = *voice;
        }
        set_increments(weights, self.halves[row], self.is_mean, &mut self.increments[edges]);
    }
}

/// What each voice adds when they come in this order.
fn set_increments(weights: &[f64], half: f64, is_mean: bool, increments: &mut [f64]) {
    let top = if is_mean { level(weights.iter().sum(), half) } else { 1.0 };
    let (mut weight, mut before) = (0.0, 0.0);
    for (evidence, increment) in weights.iter().zip(increments).rev() {
        weight += evidence;
        let next = if top > 0.0 { level(weight, half) / top } else { 0.0 };
        *increment = next - before;
        before = next;
    }
}

/// What adding in another order may change.
pub(super) const ROUNDING: f64 = 1e-15;

/// Not `f64::max`: without NaN a plain comparison is one instruction.
#[inline]
fn largest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Edges summed side by side, so that additions need not wait for each other.
const LANES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::evidence::{Voice, saturating, soft_minimum};

    fn rows(weights: &[f64], is_mean: bool) -> OrderedRows {
        let offsets = [0, weights.len() as u64];
        OrderedRows::new(offsets.into(), (0..weights.len() as u32).collect(), weights.into(), [1.5].into(), is_mean)
    }

    fn pull(rows: &mut OrderedRows, values: &[Bracket]) -> Bracket {
        let mut blocks = rows.split(std::slice::from_ref(&(0..1)));
        let value = |neighbor: u32| values[neighbor as usize];
        blocks[0].mend(0, value, &mut Scratch::default());
        blocks[0].pull(0, value)
    }

    fn exact(weights: &[f64], values: impl Fn(usize) -> f64) -> f64 {
        let mut voices: Vec<Voice> = (0..).zip(weights).map(|(place, w)| (values(place as usize), *w, place)).collect();
        saturating(&mut voices, 1.5, |_, _| ())
    }

    /// 64-bit mixing (Steele, Lea, Flood 2014), for values that look random.
    fn noise(seed: u64) -> f64 {
        let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    #[test]
    fn equal_bounds_give_the_integral() {
        for seed in 0..200u64 {
            let weights: Vec<f64> = (0..seed % 14).map(|n| (noise(seed * 100 + n) * 3.0).floor()).collect();
            let value = |at: usize| noise(seed * 1000 + at as u64);
            let values: Vec<Bracket> = (0..weights.len()).map(|at| [value(at); 2]).collect();
            let ([lower, upper], sum) = (pull(&mut rows(&weights, false), &values), exact(&weights, value));
            assert!((lower - sum).abs() < 1e-14 && (upper - sum).abs() < 1e-14, "{lower} {sum} {upper}");
        }
    }

    #[test]
    fn a_stale_order_still_encloses() {
        for seed in 0..200u64 {
            let weights: Vec<f64> = (0..8).map(|n| noise(seed * 100 + n) * 3.0).collect();
            let mut rows = rows(&weights, false);
            let bounds = |at: usize| {
                let low = noise(seed * 77 + at as u64) * 0.5;
                [low, low + 0.4 * noise(seed * 31 + at as u64)]
            };
            let values: Vec<Bracket> = (0..8).map(bounds).collect();
            let [lower, upper] = pull(&mut rows, &values);
            let (least, most) = (exact(&weights, |at| values[at][0]), exact(&weights, |at| values[at][1]));
            assert!(lower <= least + 1e-15 && upper >= most - 1e-15, "{lower} {least} {most} {upper}");
            let widest = values.iter().map(|[a, b]| b - a).fold(0.0, f64::max);
            assert!(upper - lower <= 1.34 * widest, "the bracket of a row is no wider than those of its voices");
        }
    }

    #[test]
    fn the_soft_minimum_is_the_mean_of_what_lacks() {
        let (weights, values) = ([1.0, 2.0, 0.5], [0.9, 0.2, 0.4]);
        let mut voices: Vec<Voice> = (0..3).map(|at| (values[at], weights[at], at as u32)).collect();
        let soft = soft_minimum(&mut voices, 1.5, |_, _| ()).expect("a value");
        let lacks: Vec<Bracket> = values.iter().map(|value| [1.0 - value; 2]).collect();
        let [lower, upper] = pull(&mut rows(&weights, true), &lacks);
        assert!((1.0 - lower - soft).abs() < 1e-15 && (1.0 - upper - soft).abs() < 1e-15);
    }
}
