//! Everything a signal may look at.

use super::near_names::NearNames;
use crate::graph::{NodeKind, TrustGraph};
use crate::identity::{Holder, Identities};
use crate::ids::{NodeId, PackageId, SuiteId};
use crate::scores::{Scores, control_shares, places};
use crate::tables::{DependencyKind, Tables};

/// Borrowed results of all layers below, with what several signals need.
pub struct Facts<'f> {
    /// What is known.
    pub tables: &'f Tables,
    /// Who is who.
    pub identities: &'f Identities,
    /// Who touches what.
    pub graph: &'f TrustGraph,
    /// How much.
    pub scores: &'f Scores,
    /// Share of control a team address holds beside persons.
    team_share: f64,
    /// Among listed packages, by package row.
    criticality_percentiles: Vec<Option<f64>>,
    /// Listed packages of nearly one name.
    pub(super) near_names: NearNames,
}

impl<'f> Facts<'f> {
    /// Gathers; O(letters of all names + packages · log packages).
    pub fn new(
        tables: &'f Tables,
        identities: &'f Identities,
        graph: &'f TrustGraph,
        scores: &'f Scores,
        team_share: f64,
    ) -> Self {
        let listed = |row: usize| graph.packages[row].is_listed.then_some(scores.criticality[row]);
        let values: Vec<Option<f64>> = (0..tables.packages.len()).map(listed).collect();
        let criticality_percentiles = places(&values).iter().map(|place| place.map(|p| p.percentile)).collect();
        let near_names = NearNames::new(tables, |package| graph.packages[package.row()].is_listed);
        Self { tables, identities, graph, scores, team_share, criticality_percentiles, near_names }
    }

    /// Packages that the newest suite of their ecosystem lists.
    pub fn listed_packages(&self) -> impl Iterator<Item = PackageId> + '_ {
        (0..self.tables.packages.len()).map(PackageId::from_row).filter(|package| self.graph.present.is_listed(*package))
    }

    /// Share of listed packages with less criticality, 0..=100; 0 for a package that is not listed.
    pub fn criticality_percentile(&self, package: PackageId) -> f64 {
        self.criticality_percentiles[package.row()].unwrap_or(0.0)
    }

    /// The newest suite that lists `package` and the newest earlier one that does: `(earlier, newest)`.
    pub fn suites_of(&self, package: PackageId) -> Option<(SuiteId, SuiteId)> {
        let releases = &self.tables.releases;
        let start = releases.partition_point(|row| row.package < package);
        let own = releases[start..].iter().take_while(|row| row.package == package).map(|row| row.suite);
        let mut listings: Vec<SuiteId> = own.collect();
        listings.dedup();
        match listings.as_slice() {
            [.., earlier, newest] => Some((*earlier, *newest)),
            _ => None,
        }
    }

    /// Who controlled `package` in `suite`, by share; sorted by node. What is missing to 1 is held by nobody known.
    pub fn control_in(&self, package: PackageId, suite: SuiteId) -> Vec<(NodeId, f64)> {
        let rows = &self.tables.maintainers;
        let start = rows.partition_point(|row| (row.package, row.suite) < (package, suite));
        let same = rows[start..].iter().take_while(|row| (row.package, row.suite) == (package, suite));
        let mut nodes: Vec<NodeId> = same
            .filter_map(|row| match self.identities.holders[row.account.row()] {
                Holder::Person(person) => Some(self.graph.nodes.person(person)),
                Holder::Team(team) => Some(self.graph.nodes.team(team)),
                Holder::Bot => None,
            })
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        control_shares(self.graph, self.team_share, nodes)
    }

    /// Who controls a listed package now, by share; sorted by node.
    pub fn control(&self, package: PackageId) -> Vec<(NodeId, f64)> {
        self.graph.present.newest_listing(package).map(|suite| self.control_in(package, suite)).unwrap_or_default()
    }

    /// Packages that `package` needed to run in `suite`, sorted.
    pub fn runtime_dependencies_in(&self, package: PackageId, suite: SuiteId) -> impl Iterator<Item = PackageId> + '_ {
        let rows = &self.tables.dependencies;
        let start = rows.partition_point(|row| (row.package, row.suite) < (package, suite));
        let same = rows[start..].iter().take_while(move |row| (row.package, row.suite) == (package, suite));
        same.filter(|row| row.kind == DependencyKind::Runtime).map(|row| row.dependency)
    }

    /// Trust of a node, when it has a score.
    pub fn trust(&self, node: NodeId) -> Option<f64> {
        self.scores.trust[node.row()].ok()
    }

    /// A node in a sentence: what the public knows it by. A person who opted out, or whose name no registry displays, has none.
    pub fn label(&self, node: NodeId) -> String {
        let row = self.graph.nodes.row(node);
        match self.graph.nodes.kind(node) {
            NodeKind::Person => {
                let person = &self.identities.persons[row];
                let name = (!person.is_opted_out).then(|| self.identities.public_name(self.tables, person)).flatten();
                name.unwrap_or("a person not shown by name").to_owned()
            }
            NodeKind::Team => {
                let team = &self.identities.teams[row];
                self.identities.team_name(self.tables, team).unwrap_or("a team").to_owned()
            }
            NodeKind::Repository => self.tables.repositories[row].url.to_string(),
            NodeKind::Package => self.tables.packages[row].name.clone(),
        }
    }

    /// Labels of several nodes in a sentence, at most three by name.
    pub fn labels(&self, nodes: &[NodeId]) -> String {
        let mut parts: Vec<String> = nodes.iter().take(3).map(|node| self.label(*node)).collect();
        match nodes.len() {
            0 => "nobody known".to_owned(),
            1..=3 => {
                let last = parts.pop().unwrap_or_default();
                if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
            }
            more => format!("{} and {} more", parts.join(", "), more - 3),
        }
    }
}
