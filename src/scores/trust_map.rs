//! The map whose fixed point is trust, as plain arrays: what the sweeps run on.
//!
//! It knows nothing of persons or packages. A node has an own part, may be controlled by others (a mean by shares), held back
//! by others (a soft minimum) and vouched for by others (saturating evidence):
//!
//! > standing = seed + (1 − seed) · A(messages of who vouches)
//! > base = own + control · Σ shareⱼ · xⱼ + needs · D(x of what it needs)
//! > x = base + (1 − base) · endorsement · standing
//!
//! The message of a node is its x or its standing, by the step that renews it. Every x lies in 0..=1.

mod arrange;
mod checks;
mod ordered_rows;
mod sweep;

use std::ops::Range;

use crate::graph::Csr;
use arrange::Places;

pub use checks::MapError;
pub use ordered_rows::Bracket;
use ordered_rows::OrderedRows;
pub use sweep::{Brackets, Sweep};

/// What is known of a node beside its edges. All numbers lie in 0..=1, and own + control + needs is at most 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeTerms {
    /// Points of own facts, with their weight in the base.
    pub own: f64,
    /// Weight of control in the base.
    pub control: f64,
    /// Weight of the soft minimum in the base.
    pub needs: f64,
    /// How far standing may lift it; below 1.
    pub endorsement: f64,
    /// Standing given by decision.
    pub seed: f64,
    /// Held at 0 whatever others say.
    pub is_pinned: bool,
}

/// What a step of a sweep renews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renews {
    /// Standing, which is the message of these nodes.
    Standing,
    /// x, from a standing renewed before.
    Earned,
    /// Standing and x; x is the message of these nodes.
    Both,
}

/// Nodes that are renewed at once, from the values before the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The nodes.
    pub nodes: Range<usize>,
    /// What of them.
    pub renews: Renews,
}

/// Edges of one kind: rows = nodes, weights ≥ 0.
#[derive(Clone, Debug)]
pub struct WeightedRows {
    /// Where each row begins among the neighbors, and after the last row the edge count.
    pub offsets: Box<[u64]>,
    /// Neighbors, row by row.
    pub neighbors: Box<[u32]>,
    /// Weights, row by row.
    pub weights: Box<[f64]>,
    /// Weight of evidence that gives half of a unanimous value, by row; above 0.
    pub halves: Box<[f64]>,
}

/// The map. 20 bytes an edge of vouching or need, 12 of control, about 100 a node.
#[derive(Clone, Debug)]
pub struct TrustMap {
    terms: Box<[NodeTerms]>,
    control: Csr<f64>,
    vouching: OrderedRows,
    needs: OrderedRows,
    places: Places,
    steps: Vec<(Step, Vec<Range<usize>>)>,
}

/// Edges a block of rows, the least work given to a thread. Results do not depend on it.
const BLOCK_EDGES: usize = 1 << 13;

impl TrustMap {
    /// Checks every number and takes the parts. `steps` are run in their order; a node that no step renews keeps 0.
    pub fn new(
        terms: Vec<NodeTerms>,
        control: Csr<f64>,
        vouching: WeightedRows,
        needs: WeightedRows,
        steps: Vec<Step>,
    ) -> Result<Self, MapError> {
        checks::check(&terms, &control, &vouching, &needs, &steps)?;
        let rows =
            |rows: WeightedRows, is_mean| OrderedRows::new(rows.offsets, rows.neighbors, rows.weights, rows.halves, is_mean);
        let places = Places::of_nodes(terms.len());
        let (vouching, needs) = (rows(vouching, false), rows(needs, true));
        let mut map = Self { terms: terms.into(), control, vouching, needs, places, steps: Vec::new() };
        map.steps = steps.into_iter().map(|step| (step.clone(), map.blocks(&step))).collect();
        Ok(map)
    }

    /// Nodes.
    pub fn node_count(&self) -> usize {
        self.terms.len()
    }

    /// Edges of all kinds.
    pub fn edge_count(&self) -> usize {
        self.control.edge_count() + self.vouching.edge_count() + self.needs.edge_count()
    }

    /// Bounds of what each node says of others, by node.
    pub fn messages(&self, brackets: &Brackets) -> Vec<Bracket> {
        self.places.of_node.iter().map(|place| brackets.messages[*place as usize]).collect()
    }

    /// Holds `node` at 0 from now on, whatever others say.
    pub fn pin(&mut self, node: usize) {
        self.terms[node].is_pinned = true;
    }

    /// Cuts the nodes of a step into pieces of about [`BLOCK_EDGES`] edges, a node counting as one.
    fn blocks(&self, step: &Step) -> Vec<Range<usize>> {
        let mut blocks = Vec::new();
        let (mut start, mut work) = (step.nodes.start, 0);
        for node in step.nodes.clone() {
            let row = node..node + 1;
            work += 1 + self.vouching.edge_count_of(row.clone()) + self.needs.edge_count_of(row);
            if work >= BLOCK_EDGES || node + 1 == step.nodes.end {
                blocks.push(start..node + 1);
                (start, work) = (node + 1, 0);
            }
        }
        blocks
    }
}

impl WeightedRows {
    /// No edges: `row_count` empty rows.
    pub fn empty(row_count: usize) -> Self {
        let offsets = vec![0; row_count + 1].into();
        Self { offsets, neighbors: [].into(), weights: [].into(), halves: vec![1.0; row_count].into() }
    }

    /// Copies `rows`; `half` by row.
    pub fn from_csr(rows: &Csr<f64>, half: impl Fn(usize) -> f64) -> Self {
        let (neighbors, weights): (Vec<u32>, Vec<f64>) = rows.edges().map(|edge| (edge.neighbor.0, edge.fact)).unzip();
        Self {
            offsets: rows.offsets().into(),
            neighbors: neighbors.into(),
            weights: weights.into(),
            halves: (0..rows.row_count()).map(half).collect(),
        }
    }
}
