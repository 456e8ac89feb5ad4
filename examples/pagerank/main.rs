//! PageRank of an edge list, timed as the GAP benchmark suite times it: `cargo run --release --example pagerank -- EDGES.el`.
//!
//! To compare with GAP's `pr` (C++, OpenMP) on the same file and the same number of threads:
//!
//! ```sh
//! OMP_NUM_THREADS=2 pr -f EDGES.el -n 5 -i 20 -t 0                      # divide "Average Time" by iterations and edges
//! pagerank EDGES.el --iterations 20 --tolerance 0 --threads 2           # prints ns an edge and iteration
//! ```
//!
//! GAP keeps ranks in `f32`, hands no rank on from nodes without leaving edges and drops self and repeated edges while it
//! builds; give it and this program a file without them to compare like with like.

mod probe;
mod trust;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use trustgraph::graph::{EdgeCounts, EdgeList, InNeighbors, Renumbering};
use trustgraph::scores::{Message, PageRank, PageRankSettings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// PageRank of a plain edge list (`from to` a line), with times and memory.
#[derive(Parser)]
struct Arguments {
    /// The edge list.
    edges: PathBuf,
    /// Iterations at most.
    #[arg(long, default_value_t = 20)]
    iterations: usize,
    /// L1 change between two iterations at which to stop.
    #[arg(long, default_value_t = 0.0)]
    tolerance: f64,
    /// Threads; all cores without it. Results do not depend on it.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Keep the numbers of the file instead of numbering nodes by falling out-degree.
    #[arg(long)]
    plain_order: bool,
    /// Send messages as f32; sums and ranks stay f64.
    #[arg(long)]
    f32_messages: bool,
    /// Also measure what memory could do at best: streaming, and gathering at random places and at this graph's.
    #[arg(long)]
    probe: bool,
    /// Then read the same graph as one of trust, everybody vouching for the neighbors, and close the brackets of all scores.
    #[arg(long)]
    trust: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build().context("cannot start threads")?;
    pool.install(|| run(&arguments))
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let list = EdgeList::open(&arguments.edges)?;
    let (counts, load) = timed(|| EdgeCounts::of(&list));
    let counts = counts?;
    let (node_count, edge_count) = (counts.node_count(), counts.edge_count());
    writeln!(out, "graph             {node_count} nodes, {edge_count} edges, {} threads", rayon::current_num_threads())?;
    let speed = |time: Duration| list.byte_count() as f64 / 1e6 / time.as_secs_f64();
    writeln!(out, "load (count)      {:8.3} s   {:.0} MB/s", load.as_secs_f64(), speed(load))?;
    let (numbering, time) = timed(|| {
        let numbers = !arguments.plain_order;
        numbers.then(|| Renumbering::by_falling_out_degree(counts.out_degrees()))
    });
    writeln!(out, "renumbering       {:8.3} s", time.as_secs_f64())?;
    let (graph, build) = timed(|| counts.fill(&list, numbering.as_ref()));
    let graph = graph?;
    writeln!(out, "build (fill)      {:8.3} s   {:.0} MB/s", build.as_secs_f64(), speed(build))?;
    memory(&mut out, "peak after build", edge_count)?;
    let ranks = match arguments.f32_messages {
        true => iterate::<f32>(&mut out, &graph, arguments)?,
        false => iterate::<f64>(&mut out, &graph, arguments)?,
    };
    memory(&mut out, "peak", edge_count)?;
    if arguments.probe {
        probe::print(&mut out, &graph)?;
    }
    let mut top: Vec<usize> = (0..ranks.len()).collect();
    let original = |node: &usize| numbering.as_ref().map_or(*node as u32, |numbering| numbering.old_of_new()[*node]);
    top.sort_by(|a, b| ranks[*b].total_cmp(&ranks[*a]).then(original(a).cmp(&original(b))));
    for node in top.iter().take(10) {
        writeln!(out, "{:>12}  {:.12e}", original(node), ranks[*node])?;
    }
    if arguments.trust {
        trust::print(&mut out, graph)?;
        memory(&mut out, "peak with trust", edge_count)?;
    }
    Ok(())
}

/// Iterates and tells times; the ranks.
fn iterate<M: Message>(out: &mut impl Write, graph: &InNeighbors, arguments: &Arguments) -> anyhow::Result<Vec<f64>> {
    let settings =
        PageRankSettings { max_iterations: arguments.iterations, tolerance: arguments.tolerance, ..PageRankSettings::default() };
    let (mut pagerank, setup) = timed(|| PageRank::<M>::new(graph, settings));
    let (mut times, mut last) = (Vec::new(), f64::NAN);
    while let (Some(change), time) = timed(|| pagerank.iterate()) {
        times.push(time.as_nanos() as f64 / graph.edge_count() as f64);
        last = change;
    }
    let all = times.iter().sum::<f64>() * graph.edge_count() as f64 / 1e9;
    times.sort_by(f64::total_cmp);
    writeln!(out, "set up            {:8.3} s", setup.as_secs_f64())?;
    writeln!(out, "iterations        {all:8.3} s   {} iterations, last L1 change {last:e}", times.len())?;
    if let (Some(best), Some(median), Some(worst)) = (times.first(), times.get(times.len() / 2), times.last()) {
        writeln!(out, "ns/edge/iteration best {best:.3}  median {median:.3}  worst {worst:.3}")?;
    }
    Ok(pagerank.ranks().to_vec())
}

/// The result and how long it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Largest resident memory so far, where the system tells.
fn memory(out: &mut impl Write, name: &str, edge_count: u64) -> anyhow::Result<()> {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kib) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()) {
        writeln!(out, "{name:<17} {:8.1} MiB {:.2} bytes an edge", kib / 1024.0, kib * 1024.0 / edge_count as f64)?;
    }
    Ok(())
}
