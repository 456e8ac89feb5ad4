//! Parts of a score.

use rayon::prelude::*;

use super::{Operator, State};
use crate::ids::NodeId;
use crate::scores::evidence::Voice;
use crate::scores::propagate::Propagation;

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

impl Operator<'_> {
    /// Earned trust of a node on the scale of the score; 0 for one that is held at 0.
    pub(in crate::scores) fn score(&self, node: NodeId, earned: f64) -> f64 {
        let unknown = self.parameters.unknown_score.value;
        if self.is_pinned(node) { 0.0 } else { unknown + (1.0 - unknown) * earned }
    }

    /// Bounds of a node on the scale of the score. Its `value` was added up in another order, so it is let in.
    pub(in crate::scores) fn bounds(&self, found: &Propagation, node: usize, value: f64) -> [f64; 2] {
        let id = NodeId::from_row(node);
        [self.score(id, found.lower[node]).min(value), self.score(id, found.upper[node]).max(value)]
    }

    /// Components of every node at `state`, on the scale of the score.
    pub(in crate::scores) fn components(&self, state: &State) -> Vec<Components> {
        let unknown = self.parameters.unknown_score.value;
        let scale = |earned: f64| unknown + (1.0 - unknown) * earned;
        let count = self.graph.nodes.count();
        let one = |voices: &mut Vec<Voice>, node: usize| {
            let node = NodeId::from_row(node);
            if self.is_pinned(node) {
                return Components::default();
            }
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
