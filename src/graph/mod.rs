//! WHO TOUCHES WHAT: one graph of persons, teams, repositories and packages, in compressed sparse rows.
//!
//! Edges carry facts (a role, a month, a count), never weights: weights are opinion and live in `scores`. Packages that the
//! newest suite of their ecosystem no longer lists keep their node and have no edges.

mod build;
mod csr;
mod edge_counts;
mod edge_list;
mod histories;
mod in_neighbors;
mod nodes;
mod present;
mod renumber;
mod visit;
mod without;

use crate::ids::RepositoryId;
use crate::tables::{DependencyKind, MaintainerRole};
use crate::units::Day;

pub use csr::{Csr, Edge};
pub use edge_counts::{EdgeCounts, EdgeSource};
pub use edge_list::{EdgeError, EdgeList, LineError};
pub use histories::acceptor;
pub use in_neighbors::{Block, InNeighbors, blocks, pieces};
pub use nodes::{NodeKind, Nodes};
pub use present::Present;
pub use renumber::Renumbering;
pub use visit::{Directed, Rooted};

/// Nodes and typed edges. Rows of each CSR are local to the row's kind (row = position among packages, persons, …);
/// neighbors are global [`NodeId`](crate::ids::NodeId)s.
#[derive(Clone, Debug)]
pub struct TrustGraph {
    /// Numbering of all nodes.
    pub nodes: Nodes,
    /// Which packages exist now, and what each suite said.
    pub present: Present,
    /// Package → persons and teams that may publish it.
    pub maintainers: Csr<MaintainerRole>,
    /// Person → packages it may publish. Teams have no row.
    pub maintained: Csr<MaintainerRole>,
    /// Team → persons named beside it, with the number of packages they share.
    pub members: Csr<u32>,
    /// Package → persons who may publish a dependent of it and not the package itself, with the strongest kind of need.
    pub users: Csr<DependencyKind>,
    /// Package → packages it needs.
    pub dependencies: Csr<Need>,
    /// Package → packages that need it.
    pub dependents: Csr<Need>,
    /// Repository → persons who integrated changes, by month.
    pub integrators: Csr<Integration>,
    /// Person → persons who landed its work, by repository and year.
    pub acceptors: Csr<Acceptance>,
    /// Repository → packages built from it, with the evidence level.
    pub built: Csr<i8>,
    /// Repository → persons whom a registry let publish a package that names it, in any suite.
    pub publishers: Csr<()>,
    /// What is known of each person beyond edges.
    pub persons: Vec<PersonFacts>,
    /// What is known of each repository beyond edges.
    pub repositories: Vec<RepositoryFacts>,
    /// What is known of each package beyond edges.
    pub packages: Vec<PackageFacts>,
}

/// A dependency as a fact on an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// To run or to build.
    pub kind: DependencyKind,
    /// No alternative would do.
    pub is_sole: bool,
}

/// Integrating acts of one person in one repository and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Integration {
    /// [`Day::month`] of the commits.
    pub month: i32,
    /// Commits with a signature, or made by the forge after it authenticated the person.
    pub signed_count: u32,
    /// Other commits: the name in them is free text.
    pub unsigned_count: u32,
}

/// Months of a year in which the neighbor landed the person's work in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acceptance {
    /// Where.
    pub repository: RepositoryId,
    /// Calendar year.
    pub year: i32,
    /// Calendar months with at least one landed commit, 1..=12.
    pub month_count: u32,
}

/// Facts of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// A distribution verified the person as a member.
    pub is_member: bool,
    /// First and last day a registry listed the person as maintainer.
    pub listed: Option<(Day, Day)>,
    /// First and last day anything shows the person.
    pub seen: Option<(Day, Day)>,
    /// Calendar months with commits.
    pub active_month_count: u32,
}

/// Facts of a repository; all `None` or zero without a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepositoryFacts {
    /// First and last commit.
    pub commits: Option<(Day, Day)>,
    /// Day the history was taken: what happened later is not known.
    pub history_as_of: Option<Day>,
    /// Commits reachable from HEAD.
    pub commit_count: u64,
    /// Of these, commits that another repository holds too and that count there.
    pub copied_commit_count: u64,
    /// Persons with commits.
    pub contributor_count: u64,
    /// Calendar months with commits.
    pub active_month_count: u32,
}

/// Facts of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageFacts {
    /// First suite that lists it, or first publication where its registry tells of it.
    pub first_seen: Day,
    /// Newest suite that lists it.
    pub last_seen: Day,
    /// The newest suite of its ecosystem lists it.
    pub is_listed: bool,
    /// Its registry takes in only what its members reviewed and signed. Anyone may publish in the others.
    pub is_curated: bool,
    /// Nobody maintains it, as its newest suite says.
    pub is_orphaned: bool,
    /// Declares automatic tests.
    pub has_tests: bool,
    /// Best proof of a repository it is built from, -1..=5; 0 where none is named.
    pub evidence_level: i8,
}

impl TrustGraph {
    /// Edges of all kinds.
    pub fn edge_count(&self) -> usize {
        self.maintainers.edge_count()
            + self.members.edge_count()
            + self.users.edge_count()
            + self.dependencies.edge_count()
            + self.integrators.edge_count()
            + self.acceptors.edge_count()
            + self.built.edge_count()
    }
}
