//! The sweeps on graphs that are hard, against the definition; maps that have no meaning are refused in words.

use proptest::prelude::*;
use trustgraph::graph::Csr;
use trustgraph::ids::NodeId;
use trustgraph::scores::{
    MapError, NodeTerms, PropagationError, Renews, Step, TrustMap, WeightedRows, close, saturating, soft_minimum,
};

const ENDORSEMENT: f64 = 0.6;
const HALF: f64 = 1.5;
const TOLERANCE: f64 = 1e-9;

/// Voucher, vouched for, weight; nodes with a record of their own; nodes held at 0.
#[derive(Clone, Debug, Default)]
struct Shape {
    node_count: usize,
    edges: Vec<(u32, u32, f64)>,
    own: Vec<(usize, f64)>,
    pinned: Vec<usize>,
}

impl Shape {
    fn rows(&self) -> WeightedRows {
        let mut edges = self.edges.clone();
        edges.sort_by_key(|edge| edge.1);
        let mut offsets = vec![0u64; self.node_count + 1];
        edges.iter().for_each(|edge| offsets[edge.1 as usize + 1] += 1);
        for node in 0..self.node_count {
            offsets[node + 1] += offsets[node];
        }
        WeightedRows {
            offsets: offsets.into(),
            neighbors: edges.iter().map(|edge| edge.0).collect(),
            weights: edges.iter().map(|edge| edge.2).collect(),
            halves: vec![HALF; self.node_count].into(),
        }
    }

    fn terms(&self) -> Vec<NodeTerms> {
        let mut terms = vec![NodeTerms { endorsement: ENDORSEMENT, ..NodeTerms::default() }; self.node_count];
        self.own.iter().for_each(|(node, own)| terms[*node].own = *own);
        self.pinned.iter().for_each(|node| terms[*node].is_pinned = true);
        terms
    }

    fn map(&self) -> Result<TrustMap, MapError> {
        let nobody = Csr::from_rows(vec![Vec::new(); self.node_count]);
        let steps = vec![Step { nodes: 0..self.node_count, renews: Renews::Both }];
        TrustMap::new(self.terms(), nobody, self.rows(), WeightedRows::empty(self.node_count), steps)
    }

    /// Bounds and sweeps; the same bits at 1, 2, 3 and 8 threads.
    fn closed(&self) -> (Vec<[f64; 2]>, usize) {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| close(&mut self.map().expect("a map"), TOLERANCE, 80).expect("the brackets meet"))
        };
        let (brackets, sweeps) = with(1);
        for threads in [2, 3, 8] {
            assert_eq!(brackets.earned, with(threads).0.earned, "{threads} threads");
        }
        (brackets.earned, sweeps.len())
    }

    /// The definition of the map, node by node, applied to the middle of the brackets, stays within them.
    fn check(&self) {
        let (earned, sweep_count) = self.closed();
        assert!(sweep_count < 80);
        let (terms, rows) = (self.terms(), self.rows());
        for (node, [lower, upper]) in earned.iter().enumerate() {
            assert!(0.0 <= *lower && lower <= upper && *upper <= 1.0 && upper - lower <= TOLERANCE);
            let edges = rows.offsets[node] as usize..rows.offsets[node + 1] as usize;
            let mut voices: Vec<(f64, f64, u32)> = edges
                .map(|at| (earned[rows.neighbors[at] as usize], rows.weights[at], at as u32))
                .map(|([lower, upper], weight, at)| (0.5 * (lower + upper), weight, at))
                .collect();
            let own = terms[node].own;
            let heard = saturating(&mut voices, HALF, |_, _| ());
            let expected = if terms[node].is_pinned { 0.0 } else { own + (1.0 - own) * ENDORSEMENT * heard };
            assert!((expected - 0.5 * (lower + upper)).abs() <= TOLERANCE, "node {node}: {expected} not in {lower}..={upper}");
        }
    }
}

fn edge(from: usize, to: usize) -> (u32, u32, f64) {
    (from as u32, to as u32, 1.0 + (from % 3) as f64)
}

#[test]
fn hard_graphs_close() {
    let long = 100_000;
    let chain = Shape {
        node_count: long,
        edges: (1..long).map(|node| edge(node - 1, node)).collect(),
        own: vec![(0, 0.9)],
        ..Shape::default()
    };
    let many = 1_000_000;
    let hub_own: Vec<(usize, f64)> = (1..=many).step_by(7).map(|node| (node, (node % 1000) as f64 / 2000.0)).collect();
    let heard = (1..=many).map(|node| edge(node, 0));
    let hub = Shape {
        node_count: many + 1,
        edges: heard.chain((1..=1000).map(|node| edge(0, node))).collect(),
        own: hub_own,
        ..Shape::default()
    };
    let side = 400;
    let across = (0..side).flat_map(|left| (0..25).map(move |step| (left, side + (left * 31 + step * step) % side)));
    let both = across.flat_map(|(a, b)| [edge(a, b), edge(b, a)]);
    let own = (0..side).map(|node| (node, (node % 10) as f64 / 20.0)).collect();
    let nearly_bipartite = Shape { node_count: 2 * side, edges: both.chain([edge(0, 1)]).collect(), own, ..Shape::default() };
    let parts = Shape {
        node_count: 30_000,
        edges: (0..30_000).filter(|node| node % 3 != 2).map(|node| edge(node, node + 1)).collect(),
        own: (0..30_000).step_by(5).map(|node| (node, 0.4)).collect(),
        ..Shape::default()
    };
    let pinned = Shape { pinned: (0..side).step_by(2).collect(), ..nearly_bipartite.clone() };
    let loops = Shape {
        node_count: 3,
        edges: vec![edge(0, 0), edge(0, 1), edge(0, 1), edge(1, 1), edge(1, 0), (2, 0, 0.0)],
        own: vec![(0, 0.5)],
        ..Shape::default()
    };
    let alone = Shape { node_count: 4, own: vec![(1, 1.0)], ..Shape::default() };
    for (name, shape) in [
        ("chain", chain),
        ("hub", hub),
        ("nearly bipartite", nearly_bipartite),
        ("parts", parts),
        ("pinned", pinned),
        ("self and repeated edges", loops),
        ("no edges", alone),
        ("nothing", Shape::default()),
    ] {
        println!("{name}");
        shape.check();
    }
}

#[test]
fn an_edge_given_twice_is_two_voices_and_nobody_lifts_itself() {
    let of = |edges: Vec<(u32, u32, f64)>| {
        let shape = Shape { node_count: 2, edges, own: vec![(0, 0.8)], ..Shape::default() };
        shape.closed().0[1][1]
    };
    let (once, twice, heavier) = (of(vec![(0, 1, 1.0)]), of(vec![(0, 1, 1.0); 2]), of(vec![(0, 1, 2.0)]));
    assert!(once < twice && (twice - heavier).abs() < 1e-15);
    assert!(of(vec![(1, 1, 5.0)]) <= TOLERANCE, "a node without a record that vouches for itself stays at nothing");
}

/// Node → who controls it, by share.
type Shares = Vec<Vec<(NodeId, f64)>>;

#[test]
fn maps_without_meaning_are_refused_in_words() {
    let good = || Shape { node_count: 3, edges: vec![edge(0, 1), edge(1, 2)], own: vec![(0, 0.5)], ..Shape::default() };
    let weighing = |weight| Shape { edges: vec![(0, 1, 1.0), (0, 2, weight)], ..good() }.map();
    for weight in [f64::NAN, -1.0, f64::INFINITY] {
        expect(weighing(weight), &["vouching: edge 0 of node 2 weighs", "finite and not negative"]);
    }
    for own in [f64::NAN, -0.1, 1.1] {
        expect(Shape { own: vec![(1, own)], ..good() }.map(), &["own part of node 1 is", "0..=1"]);
    }
    expect(Shape { edges: vec![(7, 1, 1.0)], ..good() }.map(), &["leads to node 7, and there are 3"]);
    let with = |change: fn(&mut Vec<NodeTerms>, &mut Shares, &mut WeightedRows, &mut Vec<Step>)| {
        let mut terms = good().terms();
        let (mut control, mut rows) = (vec![Vec::new(); 3], good().rows());
        let mut steps = vec![Step { nodes: 0..3, renews: Renews::Both }];
        change(&mut terms, &mut control, &mut rows, &mut steps);
        TrustMap::new(terms, Csr::from_rows(control), rows, WeightedRows::empty(3), steps)
    };
    expect(with(|terms, _, _, _| terms[2].endorsement = 1.0), &["endorsement of node 2 is 1", "1 left out"]);
    expect(with(|terms, _, _, _| terms[0].control = 0.9), &["base of node 0 is 1.4"]);
    expect(with(|terms, _, _, _| terms[1].seed = -1.0), &["seed of node 1 is -1"]);
    let shares = |_: &mut Vec<NodeTerms>, control: &mut Shares, _: &mut WeightedRows, _: &mut Vec<Step>| {
        control[1] = vec![(NodeId(0), 0.7), (NodeId(2), 0.6)];
    };
    expect(with(shares), &["shares of control of node 1 sum to 1.29", "at most 1"]);
    expect(with(|_, control, _, _| control.truncate(2)), &["control has 2 rows for 3 nodes"]);
    expect(with(|_, _, rows, _| rows.halves[1] = 0.0), &["half evidence of node 1 is 0"]);
    expect(with(|_, _, rows, _| rows.offsets[1] = 9), &["vouching: offsets"]);
    expect(with(|_, _, _, steps| steps[0].nodes.end = 4), &["up to 4, and there are 3"]);
    let overlapping = |_: &mut Vec<NodeTerms>, _: &mut Shares, _: &mut WeightedRows, steps: &mut Vec<Step>| {
        steps.push(Step { nodes: 1..3, renews: Renews::Standing });
    };
    expect(with(overlapping), &["0..3 and 1..3 renew messages"]);
}

#[track_caller]
fn expect(refused: Result<TrustMap, MapError>, words: &[&str]) {
    let told = refused.expect_err("no such map").to_string();
    words.iter().for_each(|word| assert!(told.contains(word), "`{word}` is missing in {told}"));
}

#[test]
fn a_tolerance_nobody_can_reach_is_refused_and_too_few_sweeps_are_told() {
    let shape = Shape { node_count: 2, edges: vec![edge(0, 1), edge(1, 0)], own: vec![(0, 0.5)], ..Shape::default() };
    for tolerance in [0.0, -1.0, f64::NAN, 1.0] {
        let told = close(&mut shape.map().expect("a map"), tolerance, 80).expect_err("refused").to_string();
        assert!(told.contains("above 0 and below 1"), "{told}");
    }
    let told = close(&mut shape.map().expect("a map"), 1e-12, 3).expect_err("too few sweeps");
    assert!(matches!(told, PropagationError::NotConverged { sweeps: 3, .. }), "{told}");
}

/// Voices: value and weight.
fn voices() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0.0..=1.0f64, 0.0..5.0f64), 1..12)
}

fn evidence(voices: &[(f64, f64)]) -> [f64; 2] {
    let all = || (0..).zip(voices).map(|(place, (value, weight))| (*value, *weight, place)).collect::<Vec<_>>();
    [saturating(&mut all(), HALF, |_, _| ()), soft_minimum(&mut all(), HALF, |_, _| ()).unwrap_or(0.0)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// What makes the fixed point unique: no value that rises lowers the result, and it never moves by more than any value did.
    #[test]
    fn evidence_is_monotone_and_moves_by_no_more_than_its_voices(voices in voices(), moves in prop::collection::vec(0.0..=1.0f64, 12)) {
        let risen: Vec<(f64, f64)> = voices.iter().zip(&moves).map(|((value, weight), by)| (value + by * (1.0 - value), *weight)).collect();
        let most = voices.iter().zip(&risen).map(|(a, b)| b.0 - a.0).fold(0.0, f64::max);
        for (before, after) in evidence(&voices).into_iter().zip(evidence(&risen)) {
            prop_assert!(after >= before - 1e-15 && after - before <= most + 1e-15, "{before} {after} {most}");
        }
    }

    /// Endorsement is convex in the values, the soft minimum concave: a stale order errs to the safe side, below and above.
    #[test]
    fn any_order_gives_a_bound(voices in voices(), other in prop::collection::vec(0.0..=1.0f64, 12)) {
        let second: Vec<(f64, f64)> = voices.iter().zip(&other).map(|((_, weight), value)| (*value, *weight)).collect();
        let middle: Vec<(f64, f64)> = voices.iter().zip(&second).map(|(a, b)| (0.5 * (a.0 + b.0), a.1)).collect();
        let ([one, soft_one], [two, soft_two], [half, soft_half]) = (evidence(&voices), evidence(&second), evidence(&middle));
        prop_assert!(half <= 0.5 * (one + two) + 1e-15, "{half} {one} {two}");
        prop_assert!(soft_half >= 0.5 * (soft_one + soft_two) - 1e-15, "{soft_half} {soft_one} {soft_two}");
    }

    /// More weight never lowers what is vouched.
    #[test]
    fn more_evidence_never_lowers(voices in voices(), more in prop::collection::vec(0.0..5.0f64, 12)) {
        let heavier: Vec<(f64, f64)> = voices.iter().zip(&more).map(|((value, weight), by)| (*value, weight + by)).collect();
        prop_assert!(evidence(&heavier)[0] >= evidence(&voices)[0] - 1e-15);
    }
}
