//! Clusters that are too large for one person are cut where they hang together by the least.

use std::collections::BTreeMap;

use petgraph::algo::bridges::bridges;
use petgraph::graph::UnGraph;
use petgraph::unionfind::UnionFind;
use petgraph::visit::EdgeRef;

use super::{Join, JoinEvidence};
use crate::ids::AccountId;

/// Clusters with more accounts than this are no person with a wrong bridge but a mass: all their weakest joins go at once.
const MASS: usize = 500;

/// Cuts clusters above `max` accounts, and returns how many joins were lost. O(cuts · joins) within such a cluster.
///
/// The weakest bridge goes first (a join without which the cluster falls apart, several joins of one pair taken together), of
/// equals the one that parts it most evenly. Where nothing is a bridge all joins of the lowest confidence go. What people decided
/// stays.
pub(super) fn cut(joins: &mut Vec<Join>, max: usize) -> u64 {
    let before = joins.len();
    let mut done = Vec::with_capacity(before);
    let mut open: Vec<Vec<Join>> = parts(std::mem::take(joins));
    while let Some(cluster) = open.pop() {
        let accounts = accounts_in(&cluster).len();
        let is_decided = cluster.iter().all(|join| join.evidence == JoinEvidence::Decision);
        if accounts <= max || is_decided {
            done.extend(cluster);
            continue;
        }
        let weakest = if accounts > MASS { None } else { weakest_bridge(&cluster) };
        let lowest = cluster.iter().filter(|join| join.evidence != JoinEvidence::Decision).map(|join| join.confidence);
        let lowest = lowest.fold(f64::INFINITY, f64::min);
        let goes = |join: &Join| match weakest {
            Some(pair) => (join.a, join.b) == pair,
            None => join.evidence != JoinEvidence::Decision && join.confidence <= lowest,
        };
        open.extend(parts(cluster.into_iter().filter(|join| !goes(join)).collect()));
    }
    done.sort_by(|a, b| (a.a, a.b, a.evidence).cmp(&(b.a, b.b, b.evidence)).then(b.confidence.total_cmp(&a.confidence)));
    *joins = done;
    (before - joins.len()) as u64
}

/// Joins by the cluster they hold together.
fn parts(joins: Vec<Join>) -> Vec<Vec<Join>> {
    let rows = accounts_in(&joins);
    let mut sets = UnionFind::<usize>::new(rows.len());
    for join in &joins {
        sets.union(rows[&join.a], rows[&join.b]);
    }
    let mut parts: BTreeMap<usize, Vec<Join>> = BTreeMap::new();
    for join in joins {
        parts.entry(sets.find(rows[&join.a])).or_default().push(join);
    }
    parts.into_values().collect()
}

/// Accounts of joins, numbered in their order.
fn accounts_in(joins: &[Join]) -> BTreeMap<AccountId, usize> {
    let mut rows: BTreeMap<AccountId, usize> = joins.iter().flat_map(|join| [(join.a, 0), (join.b, 0)]).collect();
    rows.values_mut().enumerate().for_each(|(row, at)| *at = row);
    rows
}

/// The pair of accounts whose joins hold the cluster together by the least; `None` when no pair does alone.
fn weakest_bridge(cluster: &[Join]) -> Option<(AccountId, AccountId)> {
    let rows = accounts_in(cluster);
    // Several joins of one pair hold together: doubt is multiplied.
    let mut pairs: BTreeMap<(AccountId, AccountId), f64> = BTreeMap::new();
    for join in cluster {
        let doubt = if join.evidence == JoinEvidence::Decision { 0.0 } else { 1.0 - join.confidence };
        *pairs.entry((join.a, join.b)).or_insert(1.0) *= doubt;
    }
    let edges = pairs.keys().map(|(a, b)| (rows[a] as u32, rows[b] as u32));
    let graph = UnGraph::<(), ()>::from_edges(edges);
    let listed: Vec<(&(AccountId, AccountId), &f64)> = pairs.iter().collect();
    let found = bridges(&graph).map(|edge| edge.id().index()).filter(|edge| *listed[*edge].1 > 0.0);
    let balance = |edge: usize| {
        let mut sets = UnionFind::<usize>::new(rows.len());
        for (at, ((a, b), _)) in listed.iter().enumerate() {
            if at != edge {
                sets.union(rows[a], rows[b]);
            }
        }
        let side = sets.find(rows[&listed[edge].0.0]);
        let count = (0..rows.len()).filter(|row| sets.find(*row) == side).count();
        count.min(rows.len() - count)
    };
    let best = found.max_by(|a, b| {
        let doubt = listed[*a].1.total_cmp(listed[*b].1);
        doubt.then_with(|| balance(*a).cmp(&balance(*b))).then_with(|| b.cmp(a))
    });
    best.map(|edge| *listed[edge].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(a: u32, b: u32, confidence: f64) -> Join {
        Join { a: AccountId(a), b: AccountId(b), evidence: JoinEvidence::Login, confidence }
    }

    fn sizes(mut joins: Vec<Join>, max: usize) -> (Vec<usize>, u64) {
        let lost = cut(&mut joins, max);
        let mut sizes: Vec<usize> = parts(joins).iter().map(|part| accounts_in(part).len()).collect();
        sizes.sort_unstable();
        (sizes, lost)
    }

    #[test]
    fn the_weakest_bridge_goes_and_rings_hold() {
        // Two triangles, and one join between them that is more certain than those inside.
        let triangles = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)].map(|(a, b)| join(a, b, 0.8));
        let mut joins = triangles.to_vec();
        joins.push(join(2, 3, 0.9));
        assert_eq!(sizes(joins.clone(), 6), (vec![6], 0), "no larger than allowed");
        assert_eq!(sizes(joins.clone(), 4), (vec![3, 3], 1));
        // A chain is cut at its least certain join; of equals in the middle.
        let chain = [(0, 1, 0.9), (1, 2, 0.5), (2, 3, 0.9), (3, 4, 0.9)].map(|(a, b, c)| join(a, b, c));
        assert_eq!(sizes(chain.to_vec(), 4), (vec![2, 3], 1));
        let even = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)].map(|(a, b)| join(a, b, 0.9));
        assert_eq!(sizes(even.to_vec(), 5), (vec![3, 3], 1));
        // Two weak joins of one pair hold better than one strong.
        let mut double = vec![join(0, 1, 0.8), join(0, 1, 0.8), join(1, 2, 0.9)];
        assert_eq!(cut(&mut double, 2), 1);
        assert_eq!(double.len(), 2);
    }

    #[test]
    fn a_ring_loses_its_weakest_joins_and_decisions_stay() {
        let ring = [(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.7), (0, 3, 0.7)].map(|(a, b, c)| join(a, b, c));
        assert_eq!(sizes(ring.to_vec(), 3), (vec![3], 2));
        let decided = (0..5).map(|i| Join { evidence: JoinEvidence::Decision, ..join(i, i + 1, 1.0) }).collect();
        assert_eq!(sizes(decided, 2), (vec![6], 0));
        let mass = (0..600).map(|i| join(i, i + 1, 0.9)).collect();
        assert_eq!(sizes(mass, 24), (vec![], 600), "a mass falls apart at once");
    }
}
