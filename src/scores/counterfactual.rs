//! What would be: scores propagated again with something changed.

use super::operator::Operator;
use super::propagate::{PropagationError, close, propagate};
use super::trust_map::Bracket;
use super::validation::Basis;
use crate::graph::{NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::tables::DependencyKind;

impl Basis<'_> {
    /// Trust of every node, on the scale of the score, as if `changed` were the graph.
    pub fn trust_of(&self, changed: &TrustGraph) -> Result<Vec<f64>, PropagationError> {
        let operator = Operator::new(changed, self.parameters, self.seeds, self.as_of);
        let found = propagate(&operator, self.parameters)?;
        Ok((0..changed.nodes.count()).map(|node| operator.score(NodeId::from_row(node), found.state.earned[node])).collect())
    }

    /// Trust of every node as if `lost` were worth nothing and still controlled what it controls: an account in wrong hands.
    pub fn trust_with_compromised(&self, lost: NodeId) -> Result<Vec<f64>, PropagationError> {
        let operator = Operator::new(self.graph, self.parameters, self.seeds, self.as_of);
        let mut map = operator.trust_map()?;
        map.pin(lost.row());
        let (brackets, _) = close(&mut map, self.parameters.tolerance.value, self.parameters.max_sweeps.value as usize)?;
        let middle = |[lower, upper]: Bracket| 0.5 * (lower + upper);
        Ok(brackets.earned.iter().enumerate().map(|(node, x)| operator.score(NodeId::from_row(node), middle(*x))).collect())
    }

    /// Packages whose control `person` shares: as maintainer, through a team, or through a repository they are proven to be
    /// built from. By package row, sorted.
    pub fn controlled_by(&self, person: NodeId) -> Vec<usize> {
        let operator = Operator::new(self.graph, self.parameters, self.seeds, self.as_of);
        let control = &operator.control;
        let holds = |node: NodeId| control.row(node.row()).any(|(neighbor, share)| neighbor == person && share > 0.0);
        let is_controlled = |row: &usize| {
            let package = self.graph.nodes.node(NodeKind::Package, *row);
            holds(package) || control.row(package.row()).any(|(neighbor, share)| share > 0.0 && holds(neighbor))
        };
        (0..self.graph.nodes.count_of(NodeKind::Package)).filter(is_controlled).collect()
    }

    /// Packages that need one of `packages` to run, directly or through others, and `packages` themselves; by package row.
    pub fn reached_from(&self, packages: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.graph.nodes.count_of(NodeKind::Package)];
        let mut open = packages.to_vec();
        while let Some(row) = open.pop() {
            if std::mem::replace(&mut reached[row], true) {
                continue;
            }
            let needs_it = self.graph.dependents.row(row).filter(|(_, need)| need.kind == DependencyKind::Runtime);
            open.extend(needs_it.map(|(node, _)| self.graph.nodes.row(node)));
        }
        reached
    }
}
