//! Why a score is what it is: its published terms as bars from one zero line that sum to the score.

use super::lookup::{Lookup, rows_of};
use super::view::NodeView;
use super::words;
use crate::snapshot::schema::ContributionToScoreRow;

/// All terms of one score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LedgerView {
    /// Terms, largest first, the remainder last.
    pub terms: Vec<Term>,
    /// Their sum in points, two decimals.
    pub sum: String,
    /// Where zero is, 0..=100.
    pub zero: String,
    /// Bar of the sum.
    pub sum_bar: Bar,
}

/// One term.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    /// Component as a noun.
    pub component: String,
    /// The node it comes from.
    pub neighbor: Option<NodeView>,
    /// What connects them, in words.
    pub edge: String,
    /// Weight of the connection; empty for none.
    pub weight: String,
    /// Signed points.
    pub amount: String,
    /// For sorting.
    pub sort_key: String,
    /// Drawn amount.
    pub bar: Bar,
    /// Lowers the score.
    pub is_negative: bool,
}

/// A horizontal bar, 0..=100.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    /// Left end.
    pub x: String,
    /// Length.
    pub width: String,
}

impl LedgerView {
    /// Ledger of a node on the page `from`; `None` when it has no terms.
    pub fn new(lookup: &Lookup, kind: &str, id: &str, from: &str) -> Option<Self> {
        let table = &lookup.published.contributions_to_score;
        let kinds = rows_of(table, |row| row.node_kind.as_ref(), kind);
        let of_kind = &table[kinds];
        let rows = &of_kind[rows_of(of_kind, |row| row.node_id.as_str(), id)];
        if rows.is_empty() {
            return None;
        }
        let sum: f64 = rows.iter().map(|row| row.amount).sum();
        let low = rows.iter().map(|row| row.amount).fold(sum.min(0.0), f64::min);
        let high = rows.iter().map(|row| row.amount).fold(sum.max(0.0), f64::max);
        let scale = Scale { low, span: (high - low).max(1e-9) };
        let terms = rows.iter().map(|row| term(lookup, row, &scale, from)).collect();
        Some(Self { terms, sum: format!("{:.2}", sum * 10.0), zero: scale.at(0.0), sum_bar: scale.bar(sum) })
    }
}

struct Scale {
    low: f64,
    span: f64,
}

impl Scale {
    fn at(&self, value: f64) -> String {
        super::view::length((value - self.low) / self.span)
    }

    fn bar(&self, amount: f64) -> Bar {
        Bar { x: self.at(amount.min(0.0)), width: super::view::length(amount.abs() / self.span) }
    }
}

fn term(lookup: &Lookup, row: &ContributionToScoreRow, scale: &Scale, from: &str) -> Term {
    let neighbor = match (&row.neighbor_kind, &row.neighbor_id) {
        (Some(kind), Some(id)) => {
            let node = lookup.node(kind, id, from);
            Some(NodeView { score: row.neighbor_score.or(node.score), ..node })
        }
        _ => None,
    };
    let edge = match (row.edge_kind.as_deref(), row.component.as_ref()) {
        (_, "remainder") => "smaller terms, listed in no row",
        (Some(edge), _) => words::edge(edge),
        (None, _) => "",
    };
    Term {
        component: words::component(&row.component).to_owned(),
        neighbor,
        edge: edge.to_owned(),
        weight: row.weight.map(words::figure).unwrap_or_default(),
        amount: words::signed_points(row.amount),
        sort_key: format!("{:.9}", row.amount),
        bar: scale.bar(row.amount),
        is_negative: row.amount < 0.0,
    }
}
