//! Tables and identities → graph.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Csr, Edge, Need, NodeKind, Nodes, PackageFacts, PersonFacts, Present, TrustGraph, histories};
use crate::identity::{Holder, Identities};
use crate::ids::{NodeId, PackageId, PersonId};
use crate::tables::{DependencyKind, MaintainerRole, RepositoryLink, Tables};
use crate::units::Day;

impl TrustGraph {
    /// Builds all edges. O(rows · log rows); peak memory about twice the result.
    pub fn build(tables: &Tables, identities: &Identities) -> Self {
        let counts = [identities.persons.len(), identities.teams.len(), tables.repositories.len(), tables.packages.len()];
        let nodes = Nodes::new(counts);
        let present = Present::new(tables);
        let (maintainers, maintained) = maintainers(tables, identities, &nodes, &present);
        let (dependencies, dependents) = dependencies(tables, &nodes, &present);
        let users = users(&nodes, &maintainers, &dependents);
        let members = members(&nodes, &maintainers);
        let histories = histories::mine(tables, identities, &nodes);
        let mut persons = person_facts(tables, identities);
        for (person, seen) in persons.iter_mut().zip(&histories.persons) {
            person.active_month_count = seen.active_month_count;
            person.seen = [person.seen, seen.seen].into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        }
        Self {
            built: built(tables, &nodes, &present),
            publishers: publishers(tables, identities, &nodes),
            packages: package_facts(tables, &present),
            integrators: histories.integrators,
            acceptors: histories.acceptors,
            repositories: histories.repositories,
            nodes,
            present,
            maintainers,
            maintained,
            members,
            users,
            dependencies,
            dependents,
            persons,
        }
    }
}

fn maintainers(
    tables: &Tables,
    identities: &Identities,
    nodes: &Nodes,
    present: &Present,
) -> (Csr<MaintainerRole>, Csr<MaintainerRole>) {
    let (mut of_package, mut of_person) = (Vec::new(), Vec::new());
    for row in tables.maintainers.iter().filter(|row| present.is_newest(row.suite)) {
        let neighbor = match identities.holders[row.account.row()] {
            Holder::Person(person) => {
                of_person.push(Edge { row: person.0, neighbor: nodes.package(row.package), fact: row.role });
                nodes.person(person)
            }
            Holder::Team(team) => nodes.team(team),
            Holder::Bot => continue,
        };
        of_package.push(Edge { row: row.package.0, neighbor, fact: row.role });
    }
    let first_role = |edges: Vec<Edge<MaintainerRole>>, rows| {
        let mut edges = edges;
        edges.sort_unstable();
        edges.dedup_by_key(|edge| (edge.row, edge.neighbor));
        Csr::build(rows, edges)
    };
    (first_role(of_package, tables.packages.len()), first_role(of_person, identities.persons.len()))
}

fn dependencies(tables: &Tables, nodes: &Nodes, present: &Present) -> (Csr<Need>, Csr<Need>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    for row in tables.dependencies.iter().filter(|row| present.is_newest(row.suite)) {
        let fact = Need { kind: row.kind, is_sole: row.is_sole };
        forward.push(Edge { row: row.package.0, neighbor: nodes.package(row.dependency), fact });
        backward.push(Edge { row: row.dependency.0, neighbor: nodes.package(row.package), fact });
    }
    let count = tables.packages.len();
    (Csr::build(count, forward), Csr::build(count, backward))
}

/// Each person once a package, with the strongest need among the dependents; own maintainers left out, so that nobody vouches
/// for what they publish themselves.
fn users(nodes: &Nodes, maintainers: &Csr<MaintainerRole>, dependents: &Csr<Need>) -> Csr<DependencyKind> {
    let rows: Vec<Vec<Edge<DependencyKind>>> = (0..dependents.row_count())
        .into_par_iter()
        .map(|row| {
            let own = maintainers.neighbors(row);
            let mut found: BTreeMap<NodeId, DependencyKind> = BTreeMap::new();
            for (dependent, need) in dependents.row(row) {
                for &person in maintainers.neighbors(nodes.row(dependent)) {
                    if nodes.kind(person) == NodeKind::Person && own.binary_search(&person).is_err() {
                        let kind = found.entry(person).or_insert(need.kind);
                        *kind = need.kind.min(*kind);
                    }
                }
            }
            found.into_iter().map(|(neighbor, fact)| Edge { row: row as u32, neighbor, fact }).collect()
        })
        .collect();
    Csr::build(dependents.row_count(), rows.into_iter().flatten().collect())
}

/// Persons named beside a team, with the number of packages they share.
fn members(nodes: &Nodes, maintainers: &Csr<MaintainerRole>) -> Csr<u32> {
    let mut shared: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    for row in 0..maintainers.row_count() {
        let (persons, teams): (Vec<NodeId>, Vec<NodeId>) =
            maintainers.neighbors(row).iter().partition(|node| nodes.kind(**node) == NodeKind::Person);
        for team in teams {
            for person in &persons {
                *shared.entry((team, *person)).or_default() += 1;
            }
        }
    }
    let edge = |((team, neighbor), fact)| Edge { row: nodes.row(team) as u32, neighbor, fact };
    Csr::build(nodes.count_of(NodeKind::Team), shared.into_iter().map(edge).collect())
}

fn built(tables: &Tables, nodes: &Nodes, present: &Present) -> Csr<i8> {
    let rows = tables.repository_links.iter().filter(|row| present.is_newest(row.suite));
    let edge =
        |row: &RepositoryLink| Edge { row: row.repository.0, neighbor: nodes.package(row.package), fact: row.evidence_level };
    Csr::build(tables.repositories.len(), rows.map(edge).collect())
}

fn publishers(tables: &Tables, identities: &Identities, nodes: &Nodes) -> Csr<()> {
    let mut edges: Vec<Edge<()>> = Vec::new();
    // Anyone may name any repository in an open registry; there only what was checked counts.
    let is_checked =
        |link: &&RepositoryLink| link.evidence_level > 0 || tables.packages[link.package.row()].ecosystem.is_curated();
    for link in tables.repository_links.iter().filter(is_checked) {
        let start = tables.maintainers.partition_point(|row| (row.package, row.suite) < (link.package, link.suite));
        let same = tables.maintainers[start..].iter().take_while(|row| (row.package, row.suite) == (link.package, link.suite));
        let persons = same.filter_map(|row| identities.person_of(row.account));
        edges.extend(persons.map(|person| Edge { row: link.repository.0, neighbor: nodes.person(person), fact: () }));
    }
    Csr::build(tables.repositories.len(), edges)
}

fn package_facts(tables: &Tables, present: &Present) -> Vec<PackageFacts> {
    let mut facts: Vec<PackageFacts> = (0..tables.packages.len())
        .map(|row| {
            let (id, package) = (PackageId::from_row(row), &tables.packages[row]);
            let first_seen = present.first_listing(id).map_or(package.facts_as_of, |suite| tables.suites[suite.row()].as_of);
            let is_listed = present.is_listed(id);
            let last_seen = present.newest_listing(id).map_or(package.facts_as_of, |suite| tables.suites[suite.row()].as_of);
            PackageFacts {
                first_seen,
                last_seen,
                is_listed,
                is_curated: package.ecosystem.is_curated(),
                is_orphaned: false,
                has_tests: package.has_tests,
                evidence_level: 0,
            }
        })
        .collect();
    for row in &tables.publications {
        let first_seen = &mut facts[row.package.row()].first_seen;
        *first_seen = row.published.map_or(*first_seen, |day| day.min(*first_seen));
    }
    for release in tables.releases.iter().filter(|row| present.newest_listing(row.package) == Some(row.suite)) {
        facts[release.package.row()].is_orphaned |= release.is_orphaned;
    }
    for link in tables.repository_links.iter().filter(|row| present.is_newest(row.suite)) {
        let level = &mut facts[link.package.row()].evidence_level;
        *level = link.evidence_level.max(*level);
    }
    facts
}

fn person_facts(tables: &Tables, identities: &Identities) -> Vec<PersonFacts> {
    let persons = (0..identities.persons.len()).map(PersonId::from_row);
    let is_member = |person| identities.is_member(tables, person);
    let mut facts: Vec<PersonFacts> =
        persons.map(|person| PersonFacts { is_member: is_member(person), ..PersonFacts::default() }).collect();
    for row in &tables.maintainers {
        if let Some(person) = identities.person_of(row.account) {
            let (day, facts): (Day, &mut PersonFacts) = (tables.suites[row.suite.row()].as_of, &mut facts[person.row()]);
            facts.listed = Some(facts.listed.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
            facts.seen = Some(facts.seen.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        }
    }
    facts
}
