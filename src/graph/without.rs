//! The same graph with something left out, for questions of what would be.

use super::{Csr, NodeKind, PersonFacts, TrustGraph};
use crate::ids::NodeId;

impl TrustGraph {
    /// As if `node` had no edges: others share what it controlled, its words are gone, and a person's record with them. Numbers
    /// of nodes stay. O(edges).
    pub fn without(&self, node: NodeId) -> Self {
        let mut graph = self.clone();
        let (kind, row) = (self.nodes.kind(node), self.nodes.row(node));
        if kind == NodeKind::Person {
            graph.persons[row] = PersonFacts::default();
        }
        let own = |rows: NodeKind| (kind == rows).then_some(row);
        cut(&mut graph.maintainers, own(NodeKind::Package), node);
        cut(&mut graph.maintained, own(NodeKind::Person), node);
        cut(&mut graph.members, own(NodeKind::Team), node);
        cut(&mut graph.users, own(NodeKind::Package), node);
        cut(&mut graph.dependencies, own(NodeKind::Package), node);
        cut(&mut graph.dependents, own(NodeKind::Package), node);
        cut(&mut graph.integrators, own(NodeKind::Repository), node);
        cut(&mut graph.acceptors, own(NodeKind::Person), node);
        cut(&mut graph.built, own(NodeKind::Repository), node);
        cut(&mut graph.publishers, own(NodeKind::Repository), node);
        graph
    }

    /// As if `package` were not known to be built from `repository`. O(edges).
    pub fn without_link(&self, package: NodeId, repository: NodeId) -> Self {
        let (mut graph, row) = (self.clone(), self.nodes.row(repository));
        graph.built = graph.built.filtered(|of, neighbor| (of, neighbor) != (row, package));
        graph
    }
}

/// Leaves out the row `own` and every edge to `node`.
fn cut<F: Copy>(rows: &mut Csr<F>, own: Option<usize>, node: NodeId) {
    *rows = rows.filtered(|row, neighbor| Some(row) != own && neighbor != node);
}
