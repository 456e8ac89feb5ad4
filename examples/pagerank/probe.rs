//! What memory could do at best, with nothing but the loads of an iteration.

use std::io::Write;

use rayon::prelude::*;
use trustgraph::graph::InNeighbors;

use super::timed;

/// Prints nanoseconds an edge of streaming, of gathering at this graph's places, and at places spread out; best of five.
pub(super) fn print(out: &mut impl Write, graph: &InNeighbors) -> anyhow::Result<()> {
    let messages = vec![1.0f64; graph.node_count()];
    let neighbors = graph.neighbors();
    let stream = best(neighbors, |part| part.iter().map(|neighbor| u64::from(*neighbor)).sum::<u64>() as f64);
    let gather = best(neighbors, |part| sum(part, |neighbor| messages[*neighbor as usize]));
    let nodes = messages.len() as u64;
    // Multiplying spreads a neighbor over all nodes; the high half of the product with the node count is a place.
    let random = best(neighbors, |part| {
        sum(part, |neighbor| messages[((u64::from(neighbor.wrapping_mul(0x9e37_79b1)) * nodes) >> 32) as usize])
    });
    writeln!(out, "probe: stream     {stream:8.3} ns an edge, {:.1} GB/s of neighbors", 4.0 / stream)?;
    writeln!(out, "probe: gather     {gather:8.3} ns an edge, f64 at the places of this graph, without rows")?;
    writeln!(out, "probe: scattered  {random:8.3} ns an edge, f64 at the same places spread out")?;
    Ok(())
}

/// Sum in four lanes.
fn sum(part: &[u32], value: impl Fn(&u32) -> f64) -> f64 {
    let (fours, rest) = part.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for four in fours {
        for (lane, neighbor) in lanes.iter_mut().zip(four) {
            *lane += value(neighbor);
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().map(value).sum::<f64>()
}

/// Nanoseconds an edge of the fastest of five runs.
fn best(neighbors: &[u32], work: impl Fn(&[u32]) -> f64 + Sync) -> f64 {
    let run = || neighbors.par_chunks(1 << 15).map(&work).sum::<f64>();
    let times = (0..5).map(|_| timed(|| std::hint::black_box(run())).1.as_nanos() as f64);
    times.fold(f64::INFINITY, f64::min) / neighbors.len() as f64
}
