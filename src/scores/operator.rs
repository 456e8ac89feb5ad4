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
use super::trust_map::{MapError, NodeTerms, Renews, Step, TrustMap, WeightedRows};

mod component;
mod term;
mod weights;

pub use component::{Component, Components};
pub(super) use term::Term;
pub use weights::control_shares;

/// A sweep: standing of packages, of what they are built from, of persons; then what stands on persons.
const STEPS: [(NodeKind, Renews); 6] = [
    (NodeKind::Package, Renews::Standing),
    (NodeKind::Repository, Renews::Standing),
    (NodeKind::Person, Renews::Both),
    (NodeKind::Team, Renews::Earned),
    (NodeKind::Repository, Renews::Earned),
    (NodeKind::Package, Renews::Earned),
];

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
    /// Nodes held at 0, sorted.
    pinned: Vec<NodeId>,
    /// Node → who controls it, by share.
    pub(super) control: Csr<f64>,
    /// Node → who vouches for it, by evidence.
    vouching: Csr<f64>,
    /// Node → what it needs to run, by weight.
    needs: Csr<f64>,
}

impl<'g> Operator<'g> {
    /// Puts the job's weights on the edges.
    pub fn new(graph: &'g TrustGraph, parameters: &'g ScoreParameters, seeds: &[(NodeId, &Seed)], as_of: Day) -> Self {
        let mut seed = vec![0.0; graph.nodes.count()];
        for (node, decided) in seeds {
            seed[node.row()] = decided.prior;
        }
        let mut pinned: Vec<NodeId> = seeds.iter().filter(|(_, decided)| decided.is_pinned).map(|(node, _)| *node).collect();
        pinned.sort_unstable();
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
            pinned,
            graph,
            parameters,
        }
    }

    /// The same map as plain arrays, for the sweeps.
    pub fn trust_map(&self) -> Result<TrustMap, MapError> {
        let nodes = &self.graph.nodes;
        let terms = (0..nodes.count()).map(|row| {
            let node = NodeId::from_row(row);
            let mix = self.mix(node);
            NodeTerms {
                own: mix.own * self.own[row],
                control: mix.control,
                needs: mix.dependencies,
                endorsement: self.endorsement_weight(node),
                seed: self.seed_of_standing(node),
                is_pinned: self.is_pinned(node),
            }
        });
        let vouching = WeightedRows::from_csr(&self.vouching, |row| self.half(nodes.kind(NodeId::from_row(row))));
        let needs = WeightedRows::from_csr(&self.needs, |_| self.parameters.package.dependencies_half_evidence.value);
        let step = |(kind, renews)| Step { nodes: nodes.range(kind), renews };
        TrustMap::new(terms.collect(), self.control.clone(), vouching, needs, STEPS.map(step).into())
    }

    /// Renews standing from the earned trust of `state`, so that the terms of a ledger and its sum come from one state.
    pub(super) fn settle(&self, mut state: State) -> State {
        for kind in [NodeKind::Package, NodeKind::Repository, NodeKind::Person] {
            let range = self.graph.nodes.range(kind);
            let one = |voices: &mut Vec<Voice>, node| self.standing(NodeId::from_row(node), &state, voices, |_, _, _| ());
            let renewed: Vec<f64> = range.clone().into_par_iter().map_init(Vec::new, one).collect();
            state.standing[range].copy_from_slice(&renewed);
        }
        state
    }

    /// How much trust of others reaches the node, by control or by vouching.
    pub(super) fn reach(&self, node: NodeId, state: &State) -> f64 {
        self.controlled(node, state).max(state.standing[node.row()])
    }

    /// The node is held at 0.
    pub(super) fn is_pinned(&self, node: NodeId) -> bool {
        self.pinned.binary_search(&node).is_ok()
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
        voices.clear();
        if self.is_pinned(node) {
            return 0.0;
        }
        let half = self.half(self.graph.nodes.kind(node));
        for (place, (neighbor, weight)) in (0u32..).zip(self.vouching.row(node.row())) {
            let is_person = self.graph.nodes.kind(neighbor) == NodeKind::Person;
            let value = if is_person { state.earned[neighbor.row()] } else { state.standing[neighbor.row()] };
            voices.push((value, weight, place));
        }
        let seed = self.seed_of_standing(node);
        let heard = saturating(voices, half, |place, amount| {
            let (neighbor, weight) = self.vouching.edge(node.row(), place as usize);
            emit(neighbor, weight, (1.0 - seed) * amount);
        });
        seed + (1.0 - seed) * heard
    }

    /// Evidence at which vouching for a node of this kind gives half of a unanimous value.
    fn half(&self, kind: NodeKind) -> f64 {
        match kind {
            NodeKind::Package => self.parameters.package.endorsement_half_evidence.value,
            NodeKind::Person | NodeKind::Team | NodeKind::Repository => self.parameters.person.endorsement_half_evidence.value,
        }
    }

    /// A seed raises a person's own facts, and what is said of anything else.
    fn seed_of_standing(&self, node: NodeId) -> f64 {
        if self.graph.nodes.kind(node) == NodeKind::Person { 0.0 } else { self.seed[node.row()] }
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
        let row = node.row();
        voices.clear();
        voices.extend((0u32..).zip(self.needs.row(row)).map(|(place, (n, weight))| (state.earned[n.row()], weight, place)));
        soft_minimum(voices, self.parameters.package.dependencies_half_evidence.value, |place, amount| {
            let (neighbor, weight) = self.needs.edge(row, place as usize);
            emit(neighbor, weight, amount);
        })
    }

    /// How the parts of the base are mixed; sums to 1. A package that needs nothing is not held back by nothing.
    fn mix(&self, node: NodeId) -> Mix {
        let (own, control, dependencies) = match self.graph.nodes.kind(node) {
            NodeKind::Person => (1.0, 0.0, 0.0),
            NodeKind::Team => (0.0, 1.0, 0.0),
            NodeKind::Repository => {
                (self.parameters.repository.own_weight.value, self.parameters.repository.control_weight.value, 0.0)
            }
            NodeKind::Package => {
                let weights = &self.parameters.package;
                let needs = if self.needs.row(node.row()).len() > 0 { weights.dependencies_weight.value } else { 0.0 };
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
}

/// Shares of the parts of a base.
struct Mix {
    own: f64,
    control: f64,
    dependencies: f64,
}
