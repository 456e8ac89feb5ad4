//! Edges a second: PageRank and trust sweeps on generated scale-free graphs, and trust on a generated world.
//!
//! `cargo bench --bench propagation`; with `PROPAGATION_LARGE=1` also a graph of 10^8 edges (about 3 GB of memory).

#[path = "../tests/random/mod.rs"]
mod random;
#[expect(dead_code, reason = "the worlds of tests/ offer more than a bench asks for")]
#[path = "../tests/worlds/mod.rs"]
mod worlds;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use random::Random;
use rayon::prelude::*;
use trustgraph::graph::{Csr, EdgeCounts, EdgeError, EdgeSource, InNeighbors, Renumbering, TrustGraph};
use trustgraph::identity::{PseudonymKey, resolve};
use trustgraph::job::Decisions;
use trustgraph::scores::{
    Message, NodeTerms, Operator, PageRank, PageRankSettings, Renews, Step, TrustMap, WeightedRows, close, propagate,
};
use worlds::{World, parameters};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Edges and the power of 2 of nodes: about 12 to 19 edges a node.
const SIZES: [(usize, u32); 3] = [(100_000, 13), (1_000_000, 16), (10_000_000, 19)];
const LARGE: (usize, u32) = (100_000_000, 23);
const SEED: u64 = 20_261_123;

/// Below `end`, small numbers more often than large ones.
fn early(random: &mut Random, end: usize) -> usize {
    let end = 1 + random.below(end);
    random.below(end)
}

/// R-MAT with the quadrants of Graph500: a = 0.57, b = c = 0.19, d = 0.05. Tells the same edges as often as asked.
struct Rmat {
    edge_count: usize,
    scale: u32,
}

impl Rmat {
    const BATCH: usize = 1 << 16;

    fn edge(&self, random: &mut Random) -> (u32, u32) {
        let (mut from, mut to) = (0, 0);
        for _ in 0..self.scale {
            let share = random.next() >> 32;
            let quadrant = [0.57, 0.76, 0.95].iter().filter(|end| share as f64 >= **end * 4_294_967_296.0).count() as u32;
            (from, to) = (from << 1 | quadrant >> 1, to << 1 | quadrant & 1);
        }
        (self.scatter(from), self.scatter(to))
    }

    /// Another number for the same node: without it the nodes with most edges would come first by themselves.
    fn scatter(&self, node: u32) -> u32 {
        (node.reverse_bits() >> (32 - self.scale)).wrapping_mul(0x9e37_79b1) & ((1 << self.scale) - 1)
    }
}

impl EdgeSource for Rmat {
    fn for_each_batch(&self, visit: impl Fn(&mut [(u32, u32)]) + Sync) -> Result<u64, EdgeError> {
        (0..self.edge_count.div_ceil(Self::BATCH)).into_par_iter().for_each(|number| {
            let mut random = Random(SEED ^ (number as u64) << 32);
            let length = Self::BATCH.min(self.edge_count - number * Self::BATCH);
            let mut batch: Vec<(u32, u32)> = (0..length).map(|_| self.edge(&mut random)).collect();
            visit(&mut batch);
        });
        Ok(self.edge_count as u64)
    }
}

fn graph(edges: &Rmat, is_by_degree: bool) -> InNeighbors {
    let counts = EdgeCounts::of(edges).expect("edges");
    let numbering = is_by_degree.then(|| Renumbering::by_falling_out_degree(counts.out_degrees()));
    counts.fill(edges, numbering.as_ref()).expect("the same edges")
}

/// One iteration a time, on and on.
fn iterate<M: Message>(group: &mut BenchmarkGroup<WallTime>, name: &str, graph: &InNeighbors) {
    let endless = PageRankSettings { max_iterations: usize::MAX, tolerance: -1.0, ..PageRankSettings::default() };
    let mut pagerank = PageRank::<M>::new(graph, endless);
    group.throughput(Throughput::Elements(graph.edge_count() as u64));
    group.bench_function(BenchmarkId::new(name, graph.edge_count()), |bencher| bencher.iter(|| pagerank.iterate()));
}

fn pagerank(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pagerank");
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    let is_large = std::env::var_os("PROPAGATION_LARGE").is_some();
    for (edge_count, scale) in SIZES.into_iter().chain(is_large.then_some(LARGE)) {
        let edges = Rmat { edge_count, scale };
        iterate::<f64>(&mut group, "plain order, f64", &graph(&edges, false));
        let by_degree = graph(&edges, true);
        iterate::<f64>(&mut group, "by degree, f64", &by_degree);
        iterate::<f32>(&mut group, "by degree, f32 messages", &by_degree);
        sweep(&mut group, by_degree);
    }
    group.finish();
}

/// One sweep a time over the same graph read as one of trust, with weights and both bounds, once rows are in order.
fn sweep(group: &mut BenchmarkGroup<WallTime>, graph: InNeighbors) {
    let (node_count, edge_count) = (graph.node_count(), graph.edge_count());
    let (offsets, neighbors) = graph.into_rows();
    let weights = (0..neighbors.len()).map(|edge| (1 + edge % 3) as f64).collect();
    let vouching = WeightedRows { offsets, neighbors, weights, halves: vec![1.0; node_count].into() };
    let own = |node: usize| if node.is_multiple_of(10) { 0.2 + (node % 300) as f64 / 1000.0 } else { 0.0 };
    let terms = (0..node_count).map(|node| NodeTerms { own: own(node), endorsement: 0.6, ..NodeTerms::default() }).collect();
    let (nobody, nothing) = (Csr::from_rows(vec![Vec::new(); node_count]), WeightedRows::empty(node_count));
    let steps = vec![Step { nodes: 0..node_count, renews: Renews::Both }];
    let mut map = TrustMap::new(terms, nobody, vouching, nothing, steps).expect("a map");
    let (mut brackets, _) = close(&mut map, 1e-9, 200).expect("the brackets meet");
    group.bench_function(BenchmarkId::new("trust, both bounds", edge_count), |bencher| {
        bencher.iter(|| map.sweep(&mut brackets));
    });
}

/// Building from edges told twice, numbering included.
fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    let edges = Rmat { edge_count: 1_000_000, scale: 16 };
    group.sample_size(10).throughput(Throughput::Elements(edges.edge_count as u64));
    group.bench_function("generate, count, number, fill", |bencher| bencher.iter(|| black_box(graph(&edges, true))));
    group.finish();
}

/// Packages with 1 to 3 maintainers and up to 6 dependencies, on old packages more often than on young ones.
fn world(package_count: usize) -> World {
    let (mut world, mut random) = (World::default(), Random(SEED));
    let persons: Vec<usize> = (0..package_count / 5).map(|number| world.person(number % 10 == 0)).collect();
    for number in 0..package_count {
        let maintainers: Vec<usize> = (0..1 + random.below(3)).map(|_| persons[early(&mut random, persons.len())]).collect();
        let dependencies: Vec<usize> = match number {
            0 => Vec::new(),
            _ => (0..random.below(7)).map(|_| early(&mut random, number)).collect(),
        };
        world.package(&maintainers, &dependencies);
    }
    world
}

/// Sweeps until the brackets of all scores meet; an edge counts once for each bracket and sweep.
fn trust(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trust");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    let (tables, parameters) = (world(PACKAGES).tables(), parameters());
    let identities = resolve(&tables, &parameters.identity, &Decisions::default(), &PseudonymKey::public());
    let graph = TrustGraph::build(&tables, &identities);
    let operator = Operator::new(&graph, &parameters.scores, &[], tables.suites[0].as_of);
    let sweeps = propagate(&operator, &parameters.scores).expect("the brackets meet").sweeps.len();
    group.throughput(Throughput::Elements((graph.edge_count() * sweeps * 2) as u64));
    group.bench_function(BenchmarkId::new("until brackets meet", graph.edge_count()), |bencher| {
        bencher.iter(|| propagate(&operator, &parameters.scores).map(|found| found.gap()));
    });
    group.finish();
}

/// Chosen so that the graph has about 10^5 edges.
const PACKAGES: usize = 10_000;

criterion_group!(benches, pagerank, build, trust);
criterion_main!(benches);
