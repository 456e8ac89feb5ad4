//! A plain graph read as one of trust: every node vouches for those it has an edge to.

use std::io::Write;
use std::time::Duration;

use trustgraph::graph::{Csr, InNeighbors};
use trustgraph::scores::{Brackets, NodeTerms, Renews, Step, Sweep, TrustMap, WeightedRows};

use super::timed;

/// Bracket to reach, and sweeps it may take.
const TOLERANCE: f64 = 1e-9;
const MAX_SWEEPS: usize = 200;

/// How far vouching lifts a node, and the evidence that gives half of it. The shipped figures for persons.
const ENDORSEMENT: f64 = 0.6;
const HALF_EVIDENCE: f64 = 1.0;

/// Builds the map, closes the brackets, and prints what that took.
pub(super) fn print(out: &mut impl Write, graph: InNeighbors) -> anyhow::Result<()> {
    let (map, build) = timed(|| map(graph));
    let mut map = map?;
    writeln!(out, "trust: build      {:8.3} s   {} edges with weights", build.as_secs_f64(), map.edge_count())?;
    let mut brackets = Brackets::start(&map);
    let mut sweeps: Vec<(Sweep, Duration)> = Vec::new();
    while sweeps.len() < MAX_SWEEPS && sweeps.last().is_none_or(|(sweep, _)| sweep.gap > TOLERANCE) {
        sweeps.push(timed(|| map.sweep(&mut brackets)));
    }
    let again = timed(|| map.sweep(&mut brackets)).1.as_nanos() as f64 / map.edge_count() as f64;
    let mut times: Vec<f64> = sweeps.iter().map(|(_, time)| time.as_nanos() as f64 / map.edge_count() as f64).collect();
    let all: f64 = sweeps.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let gap = sweeps.last().map_or(0.0, |(sweep, _)| sweep.gap);
    writeln!(out, "trust: both bounds{all:8.3} s   {} sweeps, widest bracket {gap:e}", sweeps.len())?;
    let each: Vec<String> = times.iter().map(|time| format!("{time:.2}")).collect();
    writeln!(out, "each sweep        {} ns an edge", each.join(" "))?;
    times.sort_by(f64::total_cmp);
    if let (Some(best), Some(median), Some(worst)) = (times.first(), times.get(times.len() / 2), times.last()) {
        writeln!(out, "ns/edge/sweep     best {best:.3}  median {median:.3}  worst {worst:.3}")?;
    }
    writeln!(out, "one more sweep    {again:8.3} ns an edge, after the brackets met")?;
    Ok(())
}

/// Every tenth node has a record of its own; weights are 1, 2 or 3. The numbers come from the places of nodes and edges.
fn map(graph: InNeighbors) -> anyhow::Result<TrustMap> {
    let node_count = graph.node_count();
    let (offsets, neighbors) = graph.into_rows();
    let weights = (0..neighbors.len() as u64).map(|edge| (1 + mix(edge) % 3) as f64).collect();
    let vouching = WeightedRows { offsets, neighbors, weights, halves: vec![HALF_EVIDENCE; node_count].into() };
    let own = |node: u64| if mix(node).is_multiple_of(10) { 0.2 + 0.3 * (mix(node) % 1000) as f64 / 1000.0 } else { 0.0 };
    let terms = (0..node_count as u64).map(|node| NodeTerms { own: own(node), endorsement: ENDORSEMENT, ..NodeTerms::default() });
    let control = Csr::from_rows(vec![Vec::new(); node_count]);
    let steps = vec![Step { nodes: 0..node_count, renews: Renews::Both }];
    Ok(TrustMap::new(terms.collect(), control, vouching, WeightedRows::empty(node_count), steps)?)
}

/// 64-bit mixing (Steele, Lea, Flood 2014).
fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
