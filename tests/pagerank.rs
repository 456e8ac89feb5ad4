//! PageRank against the definition, computed densely; the same bits at any thread count.

mod random;

use random::Random;
use trustgraph::graph::{EdgeCounts, InNeighbors, Renumbering};
use trustgraph::scores::{Message, PageRank, PageRankSettings};

type Edges = Vec<(u32, u32)>;

const DAMPING: f64 = 0.85;

/// Skewed on both ends, with self edges, repeated edges and nodes without leaving edges.
fn random_edges(seed: u64, node_count: usize, edge_count: usize) -> Edges {
    let mut random = Random(seed);
    let edge = |_| {
        let (from, to) = (random.below(node_count), random.below(node_count));
        (random.below(from + 1) as u32, random.below(to + 1) as u32)
    };
    (0..edge_count).map(edge).collect()
}

fn graph(edges: &Edges) -> InNeighbors {
    let counts = EdgeCounts::of(&edges[..]).expect("counts");
    counts.fill(&edges[..], None).expect("a graph")
}

fn settings(max_iterations: usize, tolerance: f64) -> PageRankSettings {
    PageRankSettings { damping: DAMPING, max_iterations, tolerance }
}

fn ranks<M: Message>(graph: &InNeighbors, settings: PageRankSettings) -> Vec<f64> {
    PageRank::<M>::new(graph, settings).run()
}

/// The definition: a matrix of transition probabilities, times the vector, `iterations` times.
fn dense(edges: &Edges, node_count: usize, iterations: usize) -> Vec<f64> {
    let mut leaving = vec![0.0; node_count];
    edges.iter().for_each(|(from, _)| leaving[*from as usize] += 1.0);
    let uniform = 1.0 / node_count as f64;
    let mut matrix = vec![vec![0.0; node_count]; node_count];
    for (from, to) in edges {
        matrix[*to as usize][*from as usize] += 1.0 / leaving[*from as usize];
    }
    for row in &mut matrix {
        for (entry, leaving) in row.iter_mut().zip(&leaving) {
            *entry = (1.0 - DAMPING) * uniform + DAMPING * if *leaving == 0.0 { uniform } else { *entry };
        }
    }
    let mut ranks = vec![uniform; node_count];
    for _ in 0..iterations {
        ranks = matrix.iter().map(|row| row.iter().zip(&ranks).map(|(entry, rank)| entry * rank).sum()).collect();
    }
    ranks
}

fn farthest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn agrees_with_the_definition() {
    for seed in 0..40 {
        let edges = random_edges(seed, 3 + seed as usize * 2, 1 + seed as usize * 9);
        let graph = graph(&edges);
        for iterations in [1, 2, 30] {
            let expected = dense(&edges, graph.node_count(), iterations);
            let found = ranks::<f64>(&graph, settings(iterations, 0.0));
            assert!(farthest(&found, &expected) < 1e-14, "seed {seed}, {iterations} iterations");
            assert!(farthest(&ranks::<f32>(&graph, settings(iterations, 0.0)), &expected) < 1e-7, "seed {seed} in f32");
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-13, "seed {seed} sums to 1");
        }
    }
}

#[test]
fn the_same_bits_at_any_thread_count() {
    let graph = graph(&random_edges(7, 20_000, 300_000));
    let bits = |threads: usize| -> (Vec<u64>, Vec<u64>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let bits = |ranks: Vec<f64>| ranks.into_iter().map(f64::to_bits).collect();
        pool.install(|| (bits(ranks::<f64>(&graph, settings(100, 1e-6))), bits(ranks::<f32>(&graph, settings(9, 0.0)))))
    };
    let one = bits(1);
    for threads in [2, 3, 8] {
        assert!(bits(threads) == one, "{threads} threads");
    }
}

#[test]
fn another_numbering_is_the_same_ranking() {
    let graph = graph(&random_edges(11, 3_000, 40_000));
    let numbering = Renumbering::by_falling_out_degree(graph.out_degrees());
    let renumbered = numbering.apply(&graph);
    assert!(renumbered.out_degrees().is_sorted_by(|a, b| a >= b));
    let found = numbering.restore(&ranks::<f64>(&renumbered, settings(50, 1e-12)));
    assert!(farthest(&found, &ranks::<f64>(&graph, settings(50, 1e-12))) < 1e-15);
}

#[test]
fn dangling_nodes_hand_their_rank_to_all() {
    // 0 → 1, nothing leaves 1: r₁ = r₀ + d·r₀, r₀ = (1 − d + d·r₁) / 2.
    let found = ranks::<f64>(&graph(&vec![(0, 1)]), settings(200, 0.0));
    let first = 1.0 / (2.0 + DAMPING);
    assert!(farthest(&found, &[first, (1.0 + DAMPING) * first]) < 1e-15, "{found:?}");
}

#[test]
fn self_edges_and_repeated_edges_count_as_given() {
    let once = ranks::<f64>(&graph(&vec![(0, 1), (0, 2), (1, 0), (2, 0)]), settings(200, 0.0));
    let twice = ranks::<f64>(&graph(&vec![(0, 1), (0, 1), (0, 2), (1, 0), (2, 0)]), settings(200, 0.0));
    assert!((once[1] - once[2]).abs() < 1e-15);
    let sent = |ranks: &[f64], node: usize| ranks[node] - (1.0 - DAMPING) / 3.0;
    assert!((sent(&twice, 1) - 2.0 * sent(&twice, 2)).abs() < 1e-14, "{twice:?}");
    // A node with nothing but an edge to itself keeps what it sends.
    let alone = ranks::<f64>(&graph(&vec![(0, 0), (1, 0)]), settings(500, 0.0));
    assert!(farthest(&alone, &[1.0 - (1.0 - DAMPING) / 2.0, (1.0 - DAMPING) / 2.0]) < 1e-14, "{alone:?}");
}

#[test]
fn stops_at_the_tolerance_or_after_the_iterations() {
    let graph = graph(&random_edges(3, 500, 4_000));
    let mut pagerank = PageRank::<f64>::new(&graph, settings(1_000, 1e-6));
    let changes: Vec<f64> = std::iter::from_fn(|| pagerank.iterate()).collect();
    let (last, before) = changes.split_last().expect("some iterations");
    assert!(*last <= 1e-6 && before.iter().all(|change| *change > 1e-6));
    assert_eq!(pagerank.iteration_count(), changes.len());
    let limit = ranks::<f64>(&graph, settings(1_000, 0.0));
    let distance: f64 = pagerank.ranks().iter().zip(&limit).map(|(a, b)| (a - b).abs()).sum();
    assert!(distance <= DAMPING / (1.0 - DAMPING) * 1e-6, "{distance:e}");
    let mut short = PageRank::<f64>::new(&graph, settings(3, 0.0));
    assert_eq!(std::iter::from_fn(|| short.iterate()).count(), 3);
}

#[test]
fn no_nodes_have_no_ranks() {
    let empty = InNeighbors::default();
    assert_eq!((empty.node_count(), empty.edge_count()), (0, 0));
    assert_eq!(ranks::<f64>(&empty, PageRankSettings::default()), [0.0; 0]);
    assert_eq!(Renumbering::by_falling_out_degree(empty.out_degrees()).apply(&empty), empty);
}
