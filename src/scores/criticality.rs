//! How much would break: PageRank with restart on dependencies.

use crate::graph::{NodeKind, TrustGraph};
use crate::job::ScoreParameters;
use crate::ordered;
use crate::tables::{DependencyKind, Tables};

/// Mass a random walk leaves at each package, by package row. From a package the walk follows one of its dependencies with
/// probability d (a build dependency with less weight than one to run), else it restarts at a listed package of the ecosystem;
/// a package without dependencies always restarts (Page, Brin, Motwani, Winograd 1999). Sums to 1 over the listed packages of
/// an ecosystem; 0 for others. Pull over the transpose, f64, until the L1 change is below 1e-13.
pub fn criticality(graph: &TrustGraph, tables: &Tables, parameters: &ScoreParameters) -> Vec<f64> {
    let damping = parameters.criticality_damping.value;
    let weight = |kind| match kind {
        DependencyKind::Runtime => 1.0,
        DependencyKind::Build => parameters.criticality_build_weight.value,
        DependencyKind::Optional => parameters.criticality_optional_weight.value,
        DependencyKind::Development => parameters.criticality_development_weight.value,
    };
    let count = graph.nodes.count_of(NodeKind::Package);
    let out: Vec<f64> = ordered::map(count, |row| graph.dependencies.row(row).map(|(_, need)| weight(need.kind)).sum());
    let restart = restart(graph, tables);
    let mut mass = restart.clone();
    for _ in 0..1000 {
        let given: Vec<f64> = ordered::map(count, |row| if out[row] > 0.0 { mass[row] / out[row] } else { 0.0 });
        let dangling: Vec<f64> = ordered::map(count, |row| if out[row] > 0.0 { 0.0 } else { mass[row] });
        let lost = ecosystem_sums(tables, &dangling);
        let total = ecosystem_sums(tables, &mass);
        let next: Vec<f64> = ordered::map(count, |row| {
            let ecosystem = tables.packages[row].ecosystem as usize;
            let taken: f64 = graph.dependents.row(row).map(|(node, need)| weight(need.kind) * given[graph.nodes.row(node)]).sum();
            damping * (taken + lost[ecosystem] * restart[row]) + (1.0 - damping) * total[ecosystem] * restart[row]
        });
        let change = ordered::sum(&ordered::map(count, |row| (next[row] - mass[row]).abs()));
        mass = next;
        if change < 1e-13 {
            break;
        }
    }
    mass
}

/// Equal shares over the listed packages of each ecosystem.
fn restart(graph: &TrustGraph, tables: &Tables) -> Vec<f64> {
    let listed: Vec<f64> = graph.packages.iter().map(|package| if package.is_listed { 1.0 } else { 0.0 }).collect();
    let counts = ecosystem_sums(tables, &listed);
    ordered::map(listed.len(), |row| {
        let count = counts[tables.packages[row].ecosystem as usize];
        if count > 0.0 { listed[row] / count } else { 0.0 }
    })
}

/// Sums by ecosystem, in package order.
fn ecosystem_sums(tables: &Tables, values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; crate::ids::Ecosystem::COUNT];
    for (package, value) in tables.packages.iter().zip(values) {
        sums[package.ecosystem as usize] += value;
    }
    sums
}
