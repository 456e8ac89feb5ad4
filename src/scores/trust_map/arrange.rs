//! Puts the messages in order of their value, so that rows in order of value read memory in order.
//!
//! A row reads the message of each neighbor from where it stands. With messages in the order of nodes, a row in order of value
//! jumps through all of memory, and a sweep costs five to nine times one that reads rows in the order of nodes. Values settle
//! early, so a few arrangements serve all sweeps. They change where things stand and nothing else.

use rayon::prelude::*;

use super::{Brackets, Renews, TrustMap};

/// Where the message of each node stands. Places of a step's nodes are the numbers of these nodes in another order.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// By node.
    pub(super) of_node: Box<[u32]>,
    /// By place, the node.
    pub(super) nodes: Box<[u32]>,
    /// How often messages were arranged.
    pub(super) arrangement: u32,
}

impl Places {
    /// Every message at the number of its node.
    pub(super) fn of_nodes(count: usize) -> Self {
        let nodes: Box<[u32]> = (0..count as u32).collect();
        Self { of_node: nodes.clone(), nodes, arrangement: 0 }
    }
}

impl TrustMap {
    /// Moves messages into rising order of their upper bounds, step by step of those that renew messages, and rows with them.
    /// O(nodes · log nodes + edges · log of the longest row).
    pub(super) fn arrange(&mut self, brackets: &mut Brackets) {
        let mut new_of_old: Vec<u32> = (0..self.node_count() as u32).collect();
        for (step, _) in self.steps.iter().filter(|(step, _)| step.renews != Renews::Earned) {
            let uppers = &brackets.messages[step.nodes.clone()];
            // Bits of floats that are not negative rise with their values.
            let mut order: Vec<(u64, u32)> =
                uppers.iter().zip(step.nodes.start as u32..).map(|([_, upper], place)| (upper.to_bits(), place)).collect();
            order.par_sort_unstable();
            for (new, (_, old)) in (step.nodes.start as u32..).zip(&order) {
                new_of_old[*old as usize] = new;
            }
        }
        let (mut nodes, mut messages) = (self.places.nodes.clone(), brackets.messages.clone());
        for (old, new) in new_of_old.iter().enumerate() {
            nodes[*new as usize] = self.places.nodes[old];
            messages[*new as usize] = brackets.messages[old];
        }
        self.places.of_node.par_iter_mut().for_each(|place| *place = new_of_old[*place as usize]);
        self.places.nodes = nodes;
        brackets.messages = messages;
        self.vouching.renumber(&new_of_old);
        self.places.arrangement += 1;
        brackets.arrangement = self.places.arrangement;
    }
}
