//! One pass over all nodes, both bounds at once.

use std::ops::Range;

use rayon::prelude::*;

use super::ordered_rows::{Bracket, RowsMut, Scratch};
use super::{NodeTerms, Renews, Step, TrustMap};
use crate::graph::{Csr, pieces};

/// Bounds of every node; both bounds of a neighbor lie in one place of memory.
#[derive(Clone, Debug)]
pub struct Brackets {
    /// Of x.
    pub earned: Vec<Bracket>,
    /// Of what the node says of others.
    pub messages: Vec<Bracket>,
    renewed: Vec<Bracket>,
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
}

impl Brackets {
    /// Everything between 0 and 1, but 0 what no step renews and what is pinned.
    pub fn start(map: &TrustMap) -> Self {
        let count = map.node_count();
        let (mut earned, mut messages) = (vec![[0.0; 2]; count], vec![[0.0; 2]; count]);
        let open = |values: &mut [Bracket], nodes: &Range<usize>| {
            for (bounds, terms) in values[nodes.clone()].iter_mut().zip(&map.terms[nodes.clone()]) {
                bounds[1] = if terms.is_pinned { 0.0 } else { 1.0 };
            }
        };
        for (step, _) in &map.steps {
            if step.renews != Renews::Standing {
                open(&mut earned, &step.nodes);
            }
            if step.renews != Renews::Earned {
                open(&mut messages, &step.nodes);
            }
        }
        let longest = map.steps.iter().map(|(step, _)| step.nodes.len()).max().unwrap_or(0);
        Self { earned, messages, renewed: vec![[0.0; 2]; longest] }
    }
}

impl TrustMap {
    /// Renews every node once, block after block (Gauss–Seidel by blocks), and puts rows in order where that pays. Lower
    /// bounds only rise, upper bounds only fall, and every fixed point stays between them: the map is monotone.
    pub fn sweep(&mut self, brackets: &mut Brackets) -> Sweep {
        let steps = std::mem::take(&mut self.steps);
        let done = steps.iter().map(|(step, blocks)| self.renew(brackets, step, blocks)).fold(Sweep::default(), Sweep::and);
        self.steps = steps;
        done
    }

    fn renew(&mut self, brackets: &mut Brackets, step: &Step, blocks: &[Range<usize>]) -> Sweep {
        let Self { terms, control, vouching, needs, .. } = self;
        let Brackets { earned, messages, renewed } = brackets;
        let renewed = &mut renewed[..step.nodes.len()];
        let work: Vec<_> = blocks
            .iter()
            .zip(pieces(renewed, blocks.iter().map(|block| block.len())))
            .zip(vouching.split(blocks).into_iter().zip(needs.split(blocks)))
            .collect();
        let now = Now { earned, messages, control };
        let old = if step.renews == Renews::Standing { now.messages } else { now.earned };
        let one = |scratch: &mut Scratch, ((block, renewed), (mut vouching, mut needs)): (_, (RowsMut, RowsMut))| {
            let (block, renewed): (&Range<usize>, &mut [Bracket]) = (block, renewed);
            let mut done = Sweep::default();
            for (row, (node, new)) in block.clone().zip(renewed).enumerate() {
                let terms = &terms[node];
                *new = match step.renews {
                    _ if terms.is_pinned => [0.0; 2],
                    Renews::Earned => now.earned(node, row, terms, now.messages[node], &mut needs, scratch),
                    Renews::Standing => now.standing(row, terms, &mut vouching, scratch),
                    Renews::Both => {
                        let standing = now.standing(row, terms, &mut vouching, scratch);
                        now.earned(node, row, terms, standing, &mut needs, scratch)
                    }
                };
                done = done.and(enclose(new, old[node]));
            }
            done
        };
        let done = work.into_par_iter().map_init(Scratch::new, one).reduce(Sweep::default, Sweep::and);
        if step.renews != Renews::Standing {
            earned[step.nodes.clone()].copy_from_slice(renewed);
        }
        if step.renews != Renews::Earned {
            messages[step.nodes.clone()].copy_from_slice(renewed);
        }
        done
    }
}

/// What a step reads: bounds before it.
#[derive(Clone, Copy)]
struct Now<'n> {
    earned: &'n [Bracket],
    messages: &'n [Bracket],
    control: &'n Csr<f64>,
}

impl Now<'_> {
    fn standing(self, row: usize, terms: &NodeTerms, vouching: &mut RowsMut, scratch: &mut Scratch) -> Bracket {
        let heard = vouching.pull(row, |neighbor| self.messages[neighbor as usize], scratch);
        heard.map(|heard| terms.seed + (1.0 - terms.seed) * heard)
    }

    fn earned(
        self,
        node: usize,
        row: usize,
        terms: &NodeTerms,
        standing: Bracket,
        needs: &mut RowsMut,
        scratch: &mut Scratch,
    ) -> Bracket {
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
            let lack = |neighbor: u32| {
                let [lower, upper] = self.earned[neighbor as usize];
                [1.0 - upper, 1.0 - lower]
            };
            let [least, most] = needs.pull(row, lack, scratch);
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
        }
    }
}

/// Keeps the better of the old and the new bounds; what changed.
fn enclose(new: &mut Bracket, [old_lower, old_upper]: Bracket) -> Sweep {
    let [lower, upper] = new;
    *lower = lower.max(old_lower);
    *upper = upper.min(old_upper);
    Sweep { lower_residual: *lower - old_lower, upper_residual: old_upper - *upper, gap: *upper - *lower }
}
