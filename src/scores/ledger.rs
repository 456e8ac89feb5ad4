//! The terms of a score, largest first, summing to it exactly.

use rayon::prelude::*;

use super::operator::{Component, Operator, State, Term};
use crate::ids::NodeId;

/// Terms of one node on the scale of the score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// The largest terms, falling; of equals by component, neighbor and edge.
    pub rows: Vec<LedgerRow>,
    /// What the rows left out sum to, and how many there are; `None` when all are listed.
    pub remainder: Option<(f64, usize)>,
}

/// One term.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Which part of the score.
    pub component: Component,
    /// The neighbor it comes from.
    pub neighbor: Option<NodeId>,
    /// Kind of edge or own fact.
    pub edge: &'static str,
    /// Share of control, or evidence.
    pub weight: Option<f64>,
    /// Points on the 0..=1 scale.
    pub amount: f64,
}

impl Ledger {
    /// The score: rows and remainder added in their order.
    pub fn sum(&self) -> f64 {
        self.rows.iter().map(|row| row.amount).sum::<f64>() + self.remainder.map_or(0.0, |(amount, _)| amount)
    }
}

impl Operator<'_> {
    /// Ledgers of all nodes at `state`, `row_limit` terms each and a remainder.
    pub(super) fn ledgers(&self, state: &State, row_limit: usize) -> Vec<Ledger> {
        let unknown = self.parameters.unknown_score.value;
        let ledger = |voices: &mut Vec<_>, node: usize| {
            if self.is_pinned(NodeId::from_row(node)) {
                let held = Term { component: Component::Own, neighbor: None, edge: "malicious", weight: None, amount: 0.0 };
                return Ledger { rows: vec![to_row(held, 0.0, 0.0)], remainder: None };
            }
            let floor = Term { component: Component::Unknown, neighbor: None, edge: "floor", weight: None, amount: 0.0 };
            let mut rows = vec![to_row(floor, unknown, 0.0)];
            let terms = merge(self.terms(NodeId::from_row(node), state, voices));
            rows.extend(terms.into_iter().map(|term| to_row(term, 0.0, 1.0 - unknown)));
            shorten(rows, row_limit)
        };
        (0..self.graph.nodes.count()).into_par_iter().map_init(Vec::new, ledger).collect()
    }
}

fn to_row(term: Term, floor: f64, scale: f64) -> LedgerRow {
    let Term { component, neighbor, edge, weight, amount } = term;
    LedgerRow { component, neighbor, edge, weight, amount: floor + scale * amount }
}

/// One term a component, neighbor and edge: evidence of several years is one row.
fn merge(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_by_key(|term| (term.component, term.neighbor, term.edge));
    terms.dedup_by(|later, kept| {
        let is_same = (later.component, later.neighbor, later.edge) == (kept.component, kept.neighbor, kept.edge);
        if is_same {
            kept.amount += later.amount;
            kept.weight = kept.weight.zip(later.weight).map(|(a, b)| a + b);
        }
        is_same
    });
    terms
}

fn shorten(mut rows: Vec<LedgerRow>, row_limit: usize) -> Ledger {
    let key = |row: &LedgerRow| (row.component, row.neighbor, row.edge);
    rows.sort_by(|a, b| b.amount.total_cmp(&a.amount).then_with(|| key(a).cmp(&key(b))));
    let rest = rows.split_off(rows.len().min(row_limit));
    let remainder = (!rest.is_empty()).then(|| (rest.iter().map(|row| row.amount).sum(), rest.len()));
    Ledger { rows, remainder }
}
