//! One numbering for nodes of all kinds: persons first, then teams, repositories, packages.

use crate::ids::{NodeId, PackageId, PersonId, RepositoryId, TeamId};

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A human.
    Person,
    /// Several humans behind one address.
    Team,
    /// A version-controlled history.
    Repository,
    /// A registry item.
    Package,
}

impl NodeKind {
    /// All kinds, in the order of their nodes.
    pub const ALL: [Self; 4] = [Self::Person, Self::Team, Self::Repository, Self::Package];

    /// Name in tables, JSON and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Team => "team",
            Self::Repository => "repository",
            Self::Package => "package",
        }
    }
}

/// First node of each kind, and the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    starts: [u32; 5],
}

impl Nodes {
    /// A numbering for so many nodes of each kind, in the order of [`NodeKind::ALL`].
    pub fn new(counts: [usize; 4]) -> Self {
        let mut starts = [0; 5];
        for (at, count) in counts.iter().enumerate() {
            let end = starts[at] as usize + count;
            starts[at + 1] = u32::try_from(end).expect("fewer than 2^32 nodes");
        }
        Self { starts }
    }

    /// All nodes.
    pub fn count(&self) -> usize {
        self.starts[4] as usize
    }

    /// Nodes of one kind.
    pub fn count_of(&self, kind: NodeKind) -> usize {
        self.range(kind).len()
    }

    /// Positions of the nodes of one kind among all.
    pub fn range(&self, kind: NodeKind) -> std::ops::Range<usize> {
        self.starts[kind as usize] as usize..self.starts[kind as usize + 1] as usize
    }

    /// What `node` stands for.
    pub fn kind(&self, node: NodeId) -> NodeKind {
        let after = self.starts[1..4].iter().filter(|start| node.0 >= **start).count();
        NodeKind::ALL[after]
    }

    /// Position of `node` among the nodes of its kind.
    pub fn row(&self, node: NodeId) -> usize {
        (node.0 - self.starts[self.kind(node) as usize]) as usize
    }

    /// Node of the `row`-th thing of `kind`.
    pub fn node(&self, kind: NodeKind, row: usize) -> NodeId {
        NodeId::from_row(self.starts[kind as usize] as usize + row)
    }

    /// Node of a person.
    pub fn person(&self, id: PersonId) -> NodeId {
        self.node(NodeKind::Person, id.row())
    }

    /// Node of a team.
    pub fn team(&self, id: TeamId) -> NodeId {
        self.node(NodeKind::Team, id.row())
    }

    /// Node of a repository.
    pub fn repository(&self, id: RepositoryId) -> NodeId {
        self.node(NodeKind::Repository, id.row())
    }

    /// Node of a package.
    pub fn package(&self, id: PackageId) -> NodeId {
        self.node(NodeKind::Package, id.row())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_rows_come_back() {
        let nodes = Nodes::new([2, 0, 1, 3]);
        let list: Vec<_> = (0..6).map(|n| (nodes.kind(NodeId(n)), nodes.row(NodeId(n)))).collect();
        use NodeKind::*;
        assert_eq!(list, [(Person, 0), (Person, 1), (Repository, 0), (Package, 0), (Package, 1), (Package, 2)]);
        assert_eq!(nodes.package(PackageId(1)), NodeId(4));
    }
}
