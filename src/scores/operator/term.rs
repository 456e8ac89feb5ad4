//! The terms a score is the sum of.

use super::{Component, Operator, State};
use crate::graph::NodeKind;
use crate::ids::NodeId;
use crate::scores::evidence::Voice;
use crate::scores::own;

/// One term of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::scores) struct Term {
    pub(in crate::scores) component: Component,
    pub(in crate::scores) neighbor: Option<NodeId>,
    /// What kind of edge or own fact.
    pub(in crate::scores) edge: &'static str,
    pub(in crate::scores) weight: Option<f64>,
    /// Points of earned trust.
    pub(in crate::scores) amount: f64,
}

impl Operator<'_> {
    /// Every term of the node's earned trust; they sum to its value at a fixed point.
    pub(in crate::scores) fn terms(&self, node: NodeId, state: &State, voices: &mut Vec<Voice>) -> Vec<Term> {
        if self.is_pinned(node) {
            return Vec::new();
        }
        let mut terms = Vec::new();
        let mix = self.mix(node);
        let mut push = |component, neighbor, edge, weight, amount| {
            terms.push(Term { component, neighbor, edge, weight, amount });
        };
        let credits = own::credits(self.graph, self.parameters, node);
        let credited: f64 = credits.iter().map(|(_, points)| points).sum();
        for (name, points) in credits.into_iter().chain([("seed", self.own[node.row()] - credited)]) {
            if points > 0.0 {
                push(Component::Own, None, name, None, mix.own * points);
            }
        }
        let mut known = 0.0;
        for (neighbor, share) in self.control.row(node.row()) {
            known += share;
            let edge = self.control_edge(node);
            push(Component::Control, Some(neighbor), edge, Some(share), mix.control * share * state.earned[neighbor.row()]);
        }
        if mix.control > 0.0 && known < 1.0 - 1e-12 {
            push(Component::Control, None, "unknown", Some(1.0 - known), 0.0);
        }
        self.dependencies(node, state, voices, |neighbor, weight, amount| {
            push(Component::Dependencies, Some(neighbor), "needs", Some(weight), mix.dependencies * amount);
        });
        let factor = (1.0 - self.base(node, state, voices)) * self.endorsement_weight(node);
        let mut heard = 0.0;
        self.standing(node, state, voices, |neighbor, weight, amount| {
            heard += amount;
            let edge = self.vouching_edge(node, neighbor);
            push(Component::Vouching, Some(neighbor), edge, Some(weight), factor * amount);
        });
        let seeded = state.standing[node.row()] - heard;
        if self.seed[node.row()] > 0.0 && factor * seeded > 0.0 {
            push(Component::Vouching, None, "seed", None, factor * seeded);
        }
        terms
    }

    fn control_edge(&self, node: NodeId) -> &'static str {
        match self.graph.nodes.kind(node) {
            NodeKind::Team => "member_of",
            NodeKind::Repository => "commits",
            NodeKind::Person | NodeKind::Package => "maintains",
        }
    }

    fn vouching_edge(&self, node: NodeId, neighbor: NodeId) -> &'static str {
        match (self.graph.nodes.kind(node), self.graph.nodes.kind(neighbor)) {
            (NodeKind::Package, _) => "uses",
            (NodeKind::Person, NodeKind::Person) => "accepted",
            (NodeKind::Person, _) => "maintains",
            (NodeKind::Repository | NodeKind::Team, _) => "builds",
        }
    }
}
