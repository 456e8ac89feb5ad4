//! How many trusted persons really hold a package.

use std::collections::BTreeMap;

use super::operator::{Operator, State};
use crate::graph::{NodeKind, TrustGraph};
use crate::ids::NodeId;

/// Effective number of trusted maintainers, by package row: exp of the entropy of trust-weighted control shares, times the
/// mean earned trust of control. A team's share goes to its members. 0 when nobody known is in control; one fully trusted
/// person gives 1; a newcomer beside a trusted person adds little (Hill number of order 1).
pub(super) fn effective(graph: &TrustGraph, operator: &Operator, state: &State) -> Vec<f64> {
    crate::ordered::map(graph.nodes.count_of(NodeKind::Package), |row| {
        let mut shares: BTreeMap<NodeId, f64> = BTreeMap::new();
        for (neighbor, share) in operator.control.row(graph.nodes.node(NodeKind::Package, row).row()) {
            if graph.nodes.kind(neighbor) == NodeKind::Team {
                for (member, part) in operator.control.row(neighbor.row()) {
                    *shares.entry(member).or_default() += share * part;
                }
            } else {
                *shares.entry(neighbor).or_default() += share;
            }
        }
        let trusted: Vec<f64> = shares.iter().map(|(person, share)| share * state.earned[person.row()]).collect();
        let sum: f64 = trusted.iter().sum();
        if sum <= 0.0 {
            return 0.0;
        }
        let entropy: f64 = trusted.iter().filter(|part| **part > 0.0).map(|part| -(part / sum) * (part / sum).ln()).sum();
        entropy.exp() * sum
    })
}
