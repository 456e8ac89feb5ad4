//! The map whose fixed point is trust.
//!
//! Earned trust x lies in 0..=1; the published score is s = u + (1 − u)·x with u the score of somebody unknown. With A the
//! saturating evidence of [`saturating`], C a mean by shares of control, D a soft minimum:
//!
//! - person: x = q + (1 − q)·e·A(packages maintained by their standing, persons who landed the work by their x)
//! - team: x = C(persons named beside it)
//! - repository: x = b + (1 − b)·e·standing, b = mean of own facts q and C(integrators); standing = A(packages built from it)
//! - package: x = b + (1 − b)·e·standing, b = mean of q, C(maintainers) and D(dependencies); standing = A(independent users)
//!
//! `standing` is what others say of a node and leaves out everybody who is in control of it. Messages to the persons in
//! control carry standing, never x, so nobody hears an echo of the own trust: what nobody else uses lifts nobody. Accounts
//! without a record of their own (q = 0) that only know each other stay at 0, however many they are. A closed group with
//! priors up to q can lift itself to at most q / (1 − (1 − q)·e), again whatever its size.
//!
//! Persons depend on standing and persons only, with factor e < 1 in the largest change; packages depend on persons, and on
//! packages with the share of D in b < 1. So the map is a contraction: one fixed point, reached from 0 and from 1.

use rayon::prelude::*;

use crate::graph::{Csr, NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::job::{ScoreParameters, Seed};
use crate::units::Day;

use super::evidence::{Voice, saturating, soft_minimum};
use super::own;

mod weights;

pub use weights::control_shares;

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The floor.
    Unknown,
    /// Own facts.
    Own,
    /// Who is in control.
    Control,
    /// What others vouch for.
    Vouching,
    /// What it is built on.
    Dependencies,
}

impl Component {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Own => "own",
            Self::Control => "control",
            Self::Vouching => "vouching",
            Self::Dependencies => "dependencies",
        }
    }
}

/// One term of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) component: Component,
    pub(super) neighbor: Option<NodeId>,
    /// What kind of edge or own fact.
    pub(super) edge: &'static str,
    pub(super) weight: Option<f64>,
    /// Points of earned trust.
    pub(super) amount: f64,
}

/// Components on the scale of the score; `None` where the node has no such part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Components {
    /// Own facts.
    pub own: Option<f64>,
    /// Control.
    pub control: Option<f64>,
    /// Vouching.
    pub vouching: Option<f64>,
    /// Dependencies.
    pub dependencies: Option<f64>,
}

impl Components {
    /// The components that exist, in a fixed order.
    pub fn list(&self) -> impl Iterator<Item = (Component, f64)> {
        let Self { own, control, vouching, dependencies } = *self;
        let all = [
            (Component::Own, own),
            (Component::Control, control),
            (Component::Vouching, vouching),
            (Component::Dependencies, dependencies),
        ];
        all.into_iter().filter_map(|(component, value)| Some((component, value?)))
    }

    /// The component with the smallest value; of equals the first.
    pub fn weakest(&self) -> Option<Component> {
        self.list().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(component, _)| component)
    }
}

/// An iterate: earned trust and standing of every node.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Earned trust x, by node.
    pub earned: Vec<f64>,
    /// What others say, by node; 0 for teams, of which nobody says anything.
    pub standing: Vec<f64>,
}

/// The map, with all weights of the job put on the edges of the graph.
#[derive(Debug)]
pub struct Operator<'g> {
    pub(super) graph: &'g TrustGraph,
    pub(super) parameters: &'g ScoreParameters,
    /// Points of own facts, by node.
    own: Vec<f64>,
    /// Prior given by a seed, by node; 0 without.
    seed: Vec<f64>,
    /// Node → who controls it, by share.
    pub(super) control: Csr<f64>,
    /// Node → who vouches for it, by evidence.
    vouching: Csr<f64>,
    /// Package → what it needs to run, by weight; one row a package.
    needs: Csr<f64>,
}

impl<'g> Operator<'g> {
    /// Puts the job's weights on the edges.
    pub fn new(graph: &'g TrustGraph, parameters: &'g ScoreParameters, seeds: &[(NodeId, &Seed)], as_of: Day) -> Self {
        let mut seed = vec![0.0; graph.nodes.count()];
        for (node, decided) in seeds {
            seed[node.row()] = decided.prior;
        }
        let own = (0..graph.nodes.count()).map(|node| {
            let credits = own::credits(graph, parameters, NodeId::from_row(node));
            credits.iter().map(|(_, points)| points).sum::<f64>().max(seed[node])
        });
        Self {
            own: own.collect(),
            control: weights::control(graph, parameters, as_of),
            vouching: weights::vouching(graph, parameters, as_of),
            needs: weights::needs(graph, parameters),
            seed,
            graph,
            parameters,
        }
    }

    /// Trust of others reaches the node, by control or by vouching.
    pub(super) fn is_reached(&self, node: NodeId, state: &State) -> bool {
        self.controlled(node, state) > 0.0 || state.standing[node.row()] > 0.0
    }

    /// Takes the shares of control out.
    pub(super) fn into_control(self) -> Csr<f64> {
        self.control
    }

    /// What others say of `node` in `state`; `emit(neighbor, weight, amount)` gets each voice's part.
    pub(super) fn standing(
        &self,
        node: NodeId,
        state: &State,
        voices: &mut Vec<Voice>,
        mut emit: impl FnMut(NodeId, f64, f64),
    ) -> f64 {
        let kind = self.graph.nodes.kind(node);
        let half = match kind {
            NodeKind::Package => self.parameters.package.endorsement_half_evidence.value,
            NodeKind::Person | NodeKind::Team | NodeKind::Repository => self.parameters.person.endorsement_half_evidence.value,
        };
        voices.clear();
        for (place, (neighbor, weight)) in (0u32..).zip(self.vouching.row(node.row())) {
            let is_person = self.graph.nodes.kind(neighbor) == NodeKind::Person;
            let value = if is_person { state.earned[neighbor.row()] } else { state.standing[neighbor.row()] };
            voices.push((value, weight, place));
        }
        let seed = if kind == NodeKind::Person { 0.0 } else { self.seed[node.row()] };
        let heard = saturating(voices, half, |place, amount| {
            let (neighbor, weight) = self.vouching.edge(node.row(), place as usize);
            emit(neighbor, weight, (1.0 - seed) * amount);
        });
        seed + (1.0 - seed) * heard
    }

    /// Earned trust of `node` by the map, from `state` with standing already renewed.
    pub(super) fn earned(&self, node: NodeId, state: &State, voices: &mut Vec<Voice>) -> f64 {
        let base = self.base(node, state, voices);
        base + (1.0 - base) * self.endorsement_weight(node) * state.standing[node.row()]
    }

    /// Mean of own facts, control and dependencies.
    fn base(&self, node: NodeId, state: &State, voices: &mut Vec<Voice>) -> f64 {
        let mix = self.mix(node);
        let dependencies = self.dependencies(node, state, voices, |_, _, _| ()).unwrap_or(0.0);
        mix.own * self.own[node.row()] + mix.control * self.controlled(node, state) + mix.dependencies * dependencies
    }

    fn controlled(&self, node: NodeId, state: &State) -> f64 {
        self.control.row(node.row()).map(|(neighbor, share)| share * state.earned[neighbor.row()]).sum()
    }

    /// Soft minimum over what a package needs to run; `None` when it needs nothing.
    fn dependencies(
        &self,
        node: NodeId,
        state: &State,
        voices: &mut Vec<Voice>,
        mut emit: impl FnMut(NodeId, f64, f64),
    ) -> Option<f64> {
        if self.graph.nodes.kind(node) != NodeKind::Package {
            return None;
        }
        let row = self.graph.nodes.row(node);
        voices.clear();
        voices.extend((0u32..).zip(self.needs.row(row)).map(|(place, (n, weight))| (state.earned[n.row()], weight, place)));
        soft_minimum(voices, self.parameters.package.dependencies_half_evidence.value, |place, amount| {
            let (neighbor, weight) = self.needs.edge(row, place as usize);
            emit(neighbor, weight, amount);
        })
    }

    /// How the parts of the base are mixed; sums to 1. A package that needs nothing is not held back by nothing.
    fn mix(&self, node: NodeId) -> Mix {
        let row = self.graph.nodes.row(node);
        let (own, control, dependencies) = match self.graph.nodes.kind(node) {
            NodeKind::Person => (1.0, 0.0, 0.0),
            NodeKind::Team => (0.0, 1.0, 0.0),
            NodeKind::Repository => {
                (self.parameters.repository.own_weight.value, self.parameters.repository.control_weight.value, 0.0)
            }
            NodeKind::Package => {
                let weights = &self.parameters.package;
                let needs = if self.needs.row(row).len() > 0 { weights.dependencies_weight.value } else { 0.0 };
                (weights.own_weight.value, weights.control_weight.value, needs)
            }
        };
        let all = own + control + dependencies;
        Mix { own: own / all, control: control / all, dependencies: dependencies / all }
    }

    fn endorsement_weight(&self, node: NodeId) -> f64 {
        match self.graph.nodes.kind(node) {
            NodeKind::Person => self.parameters.person.endorsement_weight.value,
            NodeKind::Team => 0.0,
            NodeKind::Repository => self.parameters.repository.endorsement_weight.value,
            NodeKind::Package => self.parameters.package.endorsement_weight.value,
        }
    }

    /// Every term of the node's earned trust; they sum to [`Operator::earned`].
    pub(super) fn terms(&self, node: NodeId, state: &State, voices: &mut Vec<Voice>) -> Vec<Term> {
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
        let edge = match self.graph.nodes.kind(node) {
            NodeKind::Team => "member_of",
            NodeKind::Repository => "commits",
            NodeKind::Person | NodeKind::Package => "maintains",
        };
        let mut known = 0.0;
        for (neighbor, share) in self.control.row(node.row()) {
            known += share;
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

    fn vouching_edge(&self, node: NodeId, neighbor: NodeId) -> &'static str {
        match (self.graph.nodes.kind(node), self.graph.nodes.kind(neighbor)) {
            (NodeKind::Package, _) => "uses",
            (NodeKind::Person, NodeKind::Person) => "accepted",
            (NodeKind::Person, _) => "maintains",
            (NodeKind::Repository | NodeKind::Team, _) => "builds",
        }
    }

    /// Components of every node at `state`, on the scale of the score.
    pub(super) fn components(&self, state: &State) -> Vec<Components> {
        let unknown = self.parameters.unknown_score.value;
        let scale = |earned: f64| unknown + (1.0 - unknown) * earned;
        let count = self.graph.nodes.count();
        let one = |voices: &mut Vec<Voice>, node: usize| {
            let node = NodeId::from_row(node);
            let mix = self.mix(node);
            Components {
                own: (mix.own > 0.0).then(|| scale(self.own[node.row()])),
                control: (mix.control > 0.0).then(|| scale(self.controlled(node, state))),
                vouching: (self.endorsement_weight(node) > 0.0).then(|| scale(state.standing[node.row()])),
                dependencies: self.dependencies(node, state, voices, |_, _, _| ()).map(scale),
            }
        };
        (0..count).into_par_iter().map_init(Vec::new, one).collect()
    }
}

/// Shares of the parts of a base.
struct Mix {
    own: f64,
    control: f64,
    dependencies: f64,
}
