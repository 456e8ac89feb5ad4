//! Which honest nodes an attacker goes for: by their scores, those of equal score by key. No dice.

use std::collections::BTreeSet;

use super::{AttackError, World};
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId, PersonId, RepositoryId};

/// The `count` most trusted persons.
pub(super) fn persons(base: World, count: u64) -> Result<Vec<PersonId>, AttackError> {
    let ranked = ranked(base, NodeKind::Person, |_| true);
    let persons = ranked.into_iter().map(|node| PersonId::from_row(base.graph.nodes.row(node))).collect();
    first(persons, count, "trusted persons")
}

/// The `count` most trusted listed packages.
pub(super) fn packages(base: World, count: u64) -> Result<Vec<PackageId>, AttackError> {
    let ranked = ranked(base, NodeKind::Package, |row| base.graph.packages[row].is_listed);
    let packages = ranked.into_iter().map(|node| PackageId::from_row(base.graph.nodes.row(node))).collect();
    first(packages, count, "trusted packages")
}

/// Repositories that `packages` name in the newest suite, each once, in the order of their rows.
pub(super) fn repositories(base: World, packages: &[PackageId]) -> Vec<RepositoryId> {
    let packages: BTreeSet<PackageId> = packages.iter().copied().collect();
    let links = base.tables.repository_links.iter().filter(|link| base.graph.present.is_newest(link.suite));
    let named: BTreeSet<RepositoryId> =
        links.filter(|link| packages.contains(&link.package)).map(|link| link.repository).collect();
    named.into_iter().collect()
}

/// A package of each of the `count` most trusted persons who have one; every package once.
pub(super) fn one_package_a_person(base: World, count: u64) -> Result<Vec<PackageId>, AttackError> {
    let mut taken: BTreeSet<NodeId> = BTreeSet::new();
    let mut packages = Vec::new();
    for person in ranked(base, NodeKind::Person, |_| true) {
        let own = base.graph.maintained.neighbors(base.graph.nodes.row(person)).iter().filter(|node| !taken.contains(*node));
        // Of equals the last in a maximum wins; reversed, that is the first by key.
        if let Some(node) = own.rev().max_by(|a, b| base.earned(**a).total_cmp(&base.earned(**b))) {
            taken.insert(*node);
            packages.push(PackageId::from_row(base.graph.nodes.row(*node)));
        }
    }
    first(packages, count, "trusted persons with a package")
}

/// The first package from a criticality percentile on, upwards and then downwards, that has exactly one maintainer, a trusted
/// person.
pub(super) fn lone_maintained(base: World, percentile: u64) -> Result<(PackageId, PersonId), AttackError> {
    let mut rows: Vec<usize> = (0..base.tables.packages.len()).filter(|row| base.graph.packages[*row].is_listed).collect();
    rows.sort_by(|a, b| base.scores.criticality[*a].total_cmp(&base.scores.criticality[*b]).then(a.cmp(b)));
    let start = (rows.len() * percentile as usize / 100).min(rows.len());
    let lone = |row: &usize| {
        let [maintainer] = base.graph.maintainers.neighbors(*row) else { return None };
        let is_trusted = base.graph.nodes.kind(*maintainer) == NodeKind::Person && base.earned(*maintainer) > 0.0;
        is_trusted.then(|| (PackageId::from_row(*row), PersonId::from_row(base.graph.nodes.row(*maintainer))))
    };
    let found = rows[start..].iter().find_map(lone).or_else(|| rows[..start].iter().rev().find_map(lone));
    found.ok_or(AttackError::TooFew { what: "package with one trusted maintainer", asked: 1, found: 0 })
}

/// Nodes of `kind` that earned any trust, most first.
fn ranked(base: World, kind: NodeKind, is_meant: impl Fn(usize) -> bool) -> Vec<NodeId> {
    let rows = (0..base.graph.nodes.count_of(kind)).filter(|row| is_meant(*row));
    let mut nodes: Vec<NodeId> = rows.map(|row| base.graph.nodes.node(kind, row)).collect();
    nodes.retain(|node| base.earned(*node) > 0.0);
    nodes.sort_by(|a, b| base.earned(*b).total_cmp(&base.earned(*a)).then(a.cmp(b)));
    nodes
}

fn first<T>(mut all: Vec<T>, count: u64, what: &'static str) -> Result<Vec<T>, AttackError> {
    if (all.len() as u64) < count {
        return Err(AttackError::TooFew { what, asked: count, found: all.len() });
    }
    all.truncate(count as usize);
    Ok(all)
}
