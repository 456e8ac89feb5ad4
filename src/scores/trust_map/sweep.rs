//! One pass over all nodes, both bounds at once.

use std::ops::Range;

use rayon::prelude::*;

use super::ordered_rows::{Bracket, ROUNDING, RowsMut, Scratch};
use super::{NodeTerms, Renews, Step, TrustMap};
use crate::graph::{Csr, pieces};

/// Messages are arranged anew when one edge in so many was put in order.
const STIRRED: usize = 4;

/// A bracket that keeps more than this part of its width is slow: it is asked what the order of its rows loses. On Kronecker
/// graphs figures from 0.6 to 0.75 need equally many sweeps; a lower one asks rows whose order is right.
const SLOW: f64 = 0.6;

/// Bounds of every node; both bounds of a neighbor lie in one place of memory.
#[derive(Clone, Debug)]
pub struct Brackets {
    /// Of x.
    pub earned: Vec<Bracket>,
    /// Of what the node says of others, by place.
    pub(super) messages: Vec<Bracket>,
    renewed: Vec<Bracket>,
    /// The arrangement `messages` stands in.
    pub(super) arrangement: u32,
    /// Messages shall be arranged before the next sweep.
    is_stirred: bool,
}

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Largest rise of a lower bound.
    pub lower_residual: f64,
    /// Largest fall of an upper bound.
    pub upper_residual: f64,
    /// Widest bracket after the sweep.
    pub gap: f64,
    /// Edges of rows that were put in order anew.
    pub reordered_edge_count: usize,
}

impl Brackets {
    /// Everything between 0 and 1, but 0 what no step renews and what is pinned.
    pub fn start(map: &TrustMap) -> Self {
        let count = map.node_count();
        let (mut earned, mut messages) = (vec![[0.0; 2]; count], vec![[0.0; 2]; count]);
        let open = |values: &mut [Bracket], nodes: &Range<usize>, place: &dyn Fn(usize) -> usize| {
            for node in nodes.clone() {
                values[place(node)][1] = if map.terms[node].is_pinned { 0.0 } else { 1.0 };
            }
        };
        for (step, _) in &map.steps {
            if step.renews != Renews::Standing {
                open(&mut earned, &step.nodes, &|node| node);
            }
            if step.renews != Renews::Earned {
                open(&mut messages, &step.nodes, &|node| map.places.of_node[node] as usize);
            }
        }
        let longest = map.steps.iter().map(|(step, _)| step.nodes.len()).max().unwrap_or(0);
        let (renewed, arrangement) = (vec![[0.0; 2]; longest], map.places.arrangement);
        // From 0 and 1 everywhere the first sweep learns an order, and the first arrangement waits for it.
        Self { earned, messages, renewed, arrangement, is_stirred: false }
    }
}

impl TrustMap {
    /// Renews every node once, block after block (Gauss–Seidel by blocks), and puts rows in order where that pays. Lower
    /// bounds only rise, upper bounds only fall, and every fixed point stays between them: the map is monotone.
    ///
    /// Panics when `brackets` were begun on another arrangement of this map: one map closes one pair of brackets at a time.
    pub fn sweep(&mut self, brackets: &mut Brackets) -> Sweep {
        assert_eq!(brackets.arrangement, self.places.arrangement, "brackets of this arrangement");
        if brackets.is_stirred {
            self.arrange(brackets);
        }
        let steps = std::mem::take(&mut self.steps);
        let done = steps.iter().map(|(step, blocks)| self.renew(brackets, step, blocks)).fold(Sweep::default(), Sweep::and);
        self.steps = steps;
        let is_first = self.places.arrangement == 0;
        brackets.is_stirred = is_first || done.reordered_edge_count * STIRRED >= self.vouching.edge_count().max(1);
        done
    }

    fn renew(&mut self, brackets: &mut Brackets, step: &Step, blocks: &[Range<usize>]) -> Sweep {
        let Self { terms, control, vouching, needs, places, .. } = self;
        let Brackets { earned, messages, renewed, .. } = brackets;
        let renewed = &mut renewed[..step.nodes.len()];
        let work: Vec<_> = blocks
            .iter()
            .zip(pieces(renewed, blocks.iter().map(|block| block.len())))
            .zip(vouching.split(blocks).into_iter().zip(needs.split(blocks)))
            .collect();
        let now = Now { renews: step.renews, earned, messages, control, places: &places.of_node };
        let one = |scratch: &mut Scratch, ((block, renewed), (mut vouching, mut needs)): (_, (RowsMut, RowsMut))| {
            let (block, renewed): (&Range<usize>, &mut [Bracket]) = (block, renewed);
            let mut done = Sweep::default();
            for (row, (node, new)) in block.clone().zip(renewed).enumerate() {
                let terms = &terms[node];
                let old = if step.renews == Renews::Standing { now.message(node) } else { now.earned[node] };
                *new = now.renewed(node, row, terms, &vouching, &needs);
                if new[1] - new[0] > SLOW * (old[1] - old[0]) + ROUNDING && now.mend(row, &mut vouching, &mut needs, scratch) {
                    *new = now.renewed(node, row, terms, &vouching, &needs);
                }
                done = done.and(enclose(new, old));
            }
            done.reordered_edge_count = vouching.reordered_edge_count();
            done
        };
        let done = work.into_par_iter().map_init(Scratch::default, one).reduce(Sweep::default, Sweep::and);
        if step.renews != Renews::Standing {
            earned[step.nodes.clone()].par_iter_mut().zip(&*renewed).for_each(|(old, new)| *old = *new);
        }
        if step.renews != Renews::Earned {
            let nodes = &places.nodes[step.nodes.clone()];
            let start = step.nodes.start;
            messages[step.nodes.clone()].par_iter_mut().zip(nodes).for_each(|(old, node)| *old = renewed[*node as usize - start]);
        }
        done
    }
}

/// What a step reads: bounds before it.
#[derive(Clone, Copy)]
struct Now<'n> {
    renews: Renews,
    earned: &'n [Bracket],
    messages: &'n [Bracket],
    places: &'n [u32],
    control: &'n Csr<f64>,
}

impl Now<'_> {
    /// What `node` says of others.
    fn message(self, node: usize) -> Bracket {
        self.messages[self.places[node] as usize]
    }

    /// New bounds of what this step renews of a node.
    fn renewed(self, node: usize, row: usize, terms: &NodeTerms, vouching: &RowsMut, needs: &RowsMut) -> Bracket {
        match self.renews {
            _ if terms.is_pinned => [0.0; 2],
            Renews::Standing => self.standing(row, terms, vouching),
            Renews::Earned => self.earned(node, row, terms, self.message(node), needs),
            Renews::Both => self.earned(node, row, terms, self.standing(row, terms, vouching), needs),
        }
    }

    /// Puts the rows of a node in order where the step reads them and their order loses too much; whether it did.
    #[cold]
    fn mend(self, row: usize, vouching: &mut RowsMut, needs: &mut RowsMut, scratch: &mut Scratch) -> bool {
        let says = |place: u32| self.messages[place as usize];
        let is_vouching_mended = self.renews != Renews::Earned && vouching.mend(row, says, scratch);
        let are_needs_mended = self.renews != Renews::Standing && needs.mend(row, |neighbor| self.lack(neighbor), scratch);
        is_vouching_mended || are_needs_mended
    }

    fn standing(self, row: usize, terms: &NodeTerms, vouching: &RowsMut) -> Bracket {
        let heard = vouching.pull(row, |place| self.messages[place as usize]);
        heard.map(|heard| terms.seed + (1.0 - terms.seed) * heard)
    }

    /// What a needed node lacks of 1.
    fn lack(self, neighbor: u32) -> Bracket {
        let [lower, upper] = self.earned[neighbor as usize];
        [1.0 - upper, 1.0 - lower]
    }

    fn earned(self, node: usize, row: usize, terms: &NodeTerms, standing: Bracket, needs: &RowsMut) -> Bracket {
        let mut base = [terms.own; 2];
        if terms.control > 0.0 {
            for (neighbor, share) in self.control.row(node) {
                let [lower, upper] = self.earned[neighbor.row()];
                base[0] += terms.control * share * lower;
                base[1] += terms.control * share * upper;
            }
        }
        if terms.needs > 0.0 && !needs.is_empty(row) {
            // 1 less the mean of what lacks, the worst first.
            let [least, most] = needs.pull(row, |neighbor| self.lack(neighbor));
            base[0] += terms.needs * (1.0 - most);
            base[1] += terms.needs * (1.0 - least);
        }
        [0, 1].map(|bound| base[bound] + (1.0 - base[bound]) * terms.endorsement * standing[bound])
    }
}

impl Sweep {
    /// Both together.
    fn and(self, other: Self) -> Self {
        Self {
            lower_residual: self.lower_residual.max(other.lower_residual),
            upper_residual: self.upper_residual.max(other.upper_residual),
            gap: self.gap.max(other.gap),
            reordered_edge_count: self.reordered_edge_count + other.reordered_edge_count,
        }
    }
}

/// Keeps the better of the old and the new bounds; what changed.
fn enclose(new: &mut Bracket, [old_lower, old_upper]: Bracket) -> Sweep {
    let [lower, upper] = new;
    *lower = lower.max(old_lower);
    *upper = upper.min(old_upper);
    Sweep {
        lower_residual: *lower - old_lower,
        upper_residual: old_upper - *upper,
        gap: *upper - *lower,
        reordered_edge_count: 0,
    }
}
