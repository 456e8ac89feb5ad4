//! Groups of listed packages whose scores are held against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::order_statistics::{quantile, sorted};
use super::{Basis, ValidationParameters};
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId};

/// Listed packages that have something in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What packages are grouped by.
    pub dimension: &'static str,
    /// Place among the groups of its dimension, from 1: in the order of a number, else of names.
    pub position: usize,
    /// What they have in common.
    pub name: String,
    /// Package rows, rising.
    pub rows: Vec<u32>,
    /// How many of them have a trust score.
    pub scored_count: usize,
    /// Trust that a tenth, half and nine tenths of those with a score do not pass. `None`: none has a score.
    pub quantiles: Option<[f64; 3]>,
}

/// Groups by every dimension, in the order of dimension and position. Groups without packages are left out.
pub(super) fn groups(basis: &Basis, parameters: &ValidationParameters, trust: &[Option<f64>]) -> Vec<Group> {
    let communities = communities(basis);
    let tables = basis.tables;
    let mut groups = Vec::new();
    let mut by = |dimension, name: &dyn Fn(usize) -> (usize, String)| {
        groups.extend(group_by(basis, dimension, trust, name));
    };
    by("age", &|row| age(basis, parameters, row));
    by("community_size", &|row| community_size(parameters, communities[row].len()));
    by("control", &|row| control(basis, row));
    by("ecosystem", &|row| (0, tables.packages[row].ecosystem.name().to_owned()));
    by("section", &|row| (0, tables.packages[row].section.clone().unwrap_or_else(|| "none named".to_owned())));
    groups
}

/// Median trust of a group by `values`, by package row.
pub(super) fn median(group: &Group, values: &[Option<f64>]) -> Option<f64> {
    quantile(&sorted(group.rows.iter().map(|row| values[*row as usize])), 0.5)
}

fn group_by(
    basis: &Basis,
    dimension: &'static str,
    trust: &[Option<f64>],
    name: impl Fn(usize) -> (usize, String),
) -> Vec<Group> {
    let mut found: BTreeMap<(usize, String), Vec<u32>> = BTreeMap::new();
    for (row, _) in basis.graph.packages.iter().enumerate().filter(|(_, facts)| facts.is_listed) {
        found.entry(name(row)).or_default().push(PackageId::from_row(row).0);
    }
    let group = |(position, ((_, name), rows)): (usize, ((usize, String), Vec<u32>))| {
        let values = sorted(rows.iter().map(|row| trust[*row as usize]));
        let at = |share| quantile(&values, share);
        let quantiles = at(0.1).zip(at(0.5)).zip(at(0.9)).map(|((low, middle), high)| [low, middle, high]);
        Group { dimension, position, name, scored_count: values.len(), quantiles, rows }
    };
    (1..).zip(found).map(group).collect()
}

/// Persons who may publish a package, or whose commits stand in a repository it is proven to be built from, by package row.
pub(super) fn communities(basis: &Basis) -> Vec<BTreeSet<NodeId>> {
    let graph = basis.graph;
    let is_person = |node: &&NodeId| graph.nodes.kind(**node) == NodeKind::Person;
    let named = |row: usize| graph.maintainers.neighbors(row).iter().filter(is_person).copied().collect();
    let mut communities: Vec<BTreeSet<NodeId>> = (0..graph.maintainers.row_count()).map(named).collect();
    let min_level = basis.parameters.repository.min_evidence_level.value;
    for edge in graph.built.edges().filter(|edge| f64::from(edge.fact) >= min_level) {
        let persons = graph.integrators.neighbors(edge.row as usize).iter().filter(is_person);
        communities[graph.nodes.row(edge.neighbor)].extend(persons);
    }
    communities
}

/// The group of a community of `count` persons.
pub(super) fn community_size(parameters: &ValidationParameters, count: usize) -> (usize, String) {
    let (small, middle) = (parameters.small_community_max.value as usize, parameters.middle_community_max.value as usize);
    match count {
        0 => (0, "nobody named".to_owned()),
        1 => (1, "1 person".to_owned()),
        n if n <= small => (2, span(2, small)),
        n if n <= middle => (3, span(small + 1, middle)),
        _ => (4, format!("{} persons or more", middle + 1)),
    }
}

fn span(from: usize, to: usize) -> String {
    if from == to { format!("{from} persons") } else { format!("{from} to {to} persons") }
}

/// The group of the time a package was listed.
pub(super) fn age(basis: &Basis, parameters: &ValidationParameters, row: usize) -> (usize, String) {
    let facts = basis.graph.packages[row];
    let (new, young) = (parameters.new_max_years.value, parameters.young_max_years.value);
    match facts.last_seen.years_since(facts.first_seen) {
        years if years < new => (0, format!("below {}", if new == 1.0 { "1 year".to_owned() } else { format!("{new} years") })),
        years if years < young => (1, format!("{new} to {young} years")),
        _ => (2, format!("{young} years or more")),
    }
}

/// The group of who is named as maintainer.
fn control(basis: &Basis, row: usize) -> (usize, String) {
    let graph = basis.graph;
    let (persons, teams): (Vec<&NodeId>, Vec<&NodeId>) =
        graph.maintainers.neighbors(row).iter().partition(|node| graph.nodes.kind(**node) == NodeKind::Person);
    let (place, name) = match (teams.len(), persons.len()) {
        (0, 0) => (0, "nobody"),
        (0, 1) => (1, "one person"),
        (0, _) => (2, "several persons"),
        (_, 0) => (3, "a team alone"),
        (_, _) => (4, "a team and persons"),
    };
    (place, name.to_owned())
}
