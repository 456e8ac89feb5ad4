//! Facts on edges → weights, by the job's parameters. Rows are global nodes.

use std::collections::BTreeMap;

use crate::graph::{Csr, NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::job::ScoreParameters;
use crate::tables::DependencyKind;
use crate::units::Day;

/// Shares of control; each row sums to at most 1.
pub(super) fn control(graph: &TrustGraph, parameters: &ScoreParameters, as_of: Day) -> Csr<f64> {
    let mut rows: Vec<Vec<(NodeId, f64)>> = vec![Vec::new(); graph.nodes.range(NodeKind::Person).len()];
    rows.extend((0..graph.members.row_count()).map(|row| {
        let all: u32 = graph.members.row(row).map(|(_, shared)| shared).sum();
        graph.members.row(row).map(|(person, shared)| (person, f64::from(shared) / f64::from(all))).collect()
    }));
    rows.extend((0..graph.integrators.row_count()).map(|row| integrators(graph, parameters, as_of, row)));
    rows.extend((0..graph.maintainers.row_count()).map(|row| {
        let neighbors: Vec<NodeId> = graph.maintainers.neighbors(row).to_vec();
        control_shares(graph, parameters.team.control_share.value, neighbors)
    }));
    Csr::from_rows(rows)
}

/// Persons share equally; teams hold `team_share` together when persons are named beside them, else all.
pub fn control_shares(graph: &TrustGraph, team_share: f64, neighbors: Vec<NodeId>) -> Vec<(NodeId, f64)> {
    let is_team = |node: NodeId| graph.nodes.kind(node) == NodeKind::Team;
    let teams = neighbors.iter().filter(|node| is_team(**node)).count();
    let persons = neighbors.len() - teams;
    let for_teams = match (teams, persons) {
        (0, _) => 0.0,
        (_, 0) => 1.0,
        _ => team_share,
    };
    let share = |node| if is_team(node) { for_teams / teams as f64 } else { (1.0 - for_teams) / persons as f64 };
    neighbors.into_iter().map(|node| (node, share(node))).collect()
}

/// Names in git are free text. Of these persons a registry says that they have to do with the repository, so commits that bear
/// their names there may count.
fn is_registered(graph: &TrustGraph, repository: usize, person: NodeId) -> bool {
    graph.publishers.neighbors(repository).binary_search(&person).is_ok()
}

fn integrators(graph: &TrustGraph, parameters: &ScoreParameters, as_of: Day, row: usize) -> Vec<(NodeId, f64)> {
    let weights = &parameters.repository;
    // A history taken years ago is not an abandoned project: the window ends where the history does.
    let last_day = graph.repositories[row].history_as_of.map_or(as_of, |taken| taken.min(as_of));
    let first_month = last_day.month() - weights.control_window_months.value as i32 + 1;
    let mut acts: BTreeMap<NodeId, f64> = BTreeMap::new();
    let mut all = 0.0;
    for (person, fact) in graph.integrators.row(row).filter(|(_, fact)| fact.month >= first_month) {
        let (signed, unsigned) = (f64::from(fact.signed_count), f64::from(fact.unsigned_count));
        all += signed + unsigned;
        if !is_registered(graph, row, person) {
            continue;
        }
        *acts.entry(person).or_default() += signed * weights.signed_share.value + unsigned * weights.unsigned_share.value;
    }
    acts.into_iter().filter(|(_, act)| *act > 0.0).map(|(person, act)| (person, act / all)).collect()
}

/// Evidence of others.
pub(super) fn vouching(graph: &TrustGraph, parameters: &ScoreParameters, as_of: Day) -> Csr<f64> {
    let mut rows: Vec<Vec<(NodeId, f64)>> = Vec::with_capacity(graph.nodes.count());
    let team_share = parameters.team.control_share.value;
    for row in 0..graph.maintained.row_count() {
        let person = graph.nodes.node(NodeKind::Person, row);
        let mut voices: Vec<(NodeId, f64)> = Vec::new();
        for &package in graph.maintained.neighbors(row) {
            // A package's standing is shared by those who share control: a hundred co-maintainers earn no more than one.
            let control = control_shares(graph, team_share, graph.maintainers.neighbors(graph.nodes.row(package)).to_vec());
            voices.extend(control.into_iter().filter(|(node, _)| *node == person).map(|(_, share)| (package, share)));
        }
        let landed = graph.acceptors.row(row);
        for (acceptor, fact) in landed.filter(|(acceptor, fact)| is_registered(graph, fact.repository.row(), *acceptor)) {
            let months = f64::from(fact.month_count) * parameters.person.accepted_month_evidence.value;
            let age = as_of.years_since(Day::middle_of(fact.year)).max(0.0);
            voices.push((acceptor, months * (-age / parameters.person.work_half_life_years.value).exp2()));
        }
        rows.push(voices);
    }
    rows.extend(std::iter::repeat_with(Vec::new).take(graph.nodes.count_of(NodeKind::Team)));
    let min_level = parameters.repository.min_evidence_level.value;
    for row in 0..graph.built.row_count() {
        let proven = graph.built.row(row).filter(|(_, level)| f64::from(*level) >= min_level);
        rows.push(proven.map(|(package, _)| (package, 1.0)).collect());
    }
    for row in 0..graph.users.row_count() {
        let evidence = |kind| match kind {
            DependencyKind::Runtime => 1.0,
            DependencyKind::Build => parameters.package.build_use_evidence.value,
            DependencyKind::Optional => parameters.package.optional_use_evidence.value,
            DependencyKind::Development => parameters.package.development_use_evidence.value,
        };
        rows.push(graph.users.row(row).map(|(person, kind)| (person, evidence(kind))).collect());
    }
    Csr::from_rows(rows)
}

/// What packages need to run: 1 each, less where an alternative would do.
pub(super) fn needs(graph: &TrustGraph, parameters: &ScoreParameters) -> Csr<f64> {
    let alternative = parameters.package.alternative_weight.value;
    let mut rows: Vec<Vec<(NodeId, f64)>> = vec![Vec::new(); graph.nodes.range(NodeKind::Package).start];
    rows.extend((0..graph.dependencies.row_count()).map(|row| {
        let runtime = graph.dependencies.row(row).filter(|(_, need)| need.kind == DependencyKind::Runtime);
        let weighed = runtime.map(|(package, need)| (package, if need.is_sole { 1.0 } else { alternative }));
        weighed.filter(|(_, weight)| *weight > 0.0).collect()
    }));
    Csr::from_rows(rows)
}
