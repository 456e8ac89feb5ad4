//! Why a score is what it is: its published terms as bars from one zero line that sum to the score.

use super::lookup::Lookup;
use super::view::NodeView;
use super::{view, words};
use crate::snapshot::schema::ContributionToScoreRow;

/// Terms that stand in rows of their own; when there are more, the smaller ones stand in one row together.
const ROWS: usize = 7;

/// All terms of one score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LedgerView {
    /// Terms, largest first, the remainder last.
    pub terms: Vec<Term>,
    /// What is left of the terms.
    pub folded: Option<Folded>,
    /// Their sum in points, two decimals.
    pub sum: String,
    /// Bar of the sum.
    pub sum_bar: String,
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
    /// Signed points.
    pub amount: String,
    /// Drawn amount: classes of the style sheet for its length and, where zero is not at the left, its beginning.
    pub bar: String,
    /// Lowers the score.
    pub is_negative: bool,
}

/// The sum of terms that stand in no row of their own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Folded {
    /// How many.
    pub count: usize,
    /// Signed points.
    pub amount: String,
    /// Drawn amount.
    pub bar: String,
    /// Lowers the score.
    pub is_negative: bool,
}

impl LedgerView {
    /// Ledger of a node on the page `from`; `None` when it has no terms.
    pub fn new(lookup: &Lookup, kind: &str, id: &str, from: &str) -> Option<Self> {
        let rows = &lookup.published.contributions_to_score[lookup.ledger(kind, id)];
        if rows.is_empty() {
            return None;
        }
        let sum: f64 = rows.iter().map(|row| row.amount).sum();
        let low = rows.iter().map(|row| row.amount).fold(sum.min(0.0), f64::min);
        let high = rows.iter().map(|row| row.amount).fold(sum.max(0.0), f64::max);
        let scale = Scale { low, span: (high - low).max(1e-9) };
        let (shown, smaller) = rows.split_at(if rows.len() > ROWS + 1 { ROWS } else { rows.len() });
        let terms = shown.iter().map(|row| term(lookup, row, &scale, from)).collect();
        let folded = (!smaller.is_empty()).then(|| folded(smaller, &scale));
        Some(Self { terms, folded, sum: format!("{:.2}", sum * 10.0), sum_bar: scale.bar(sum) })
    }
}

struct Scale {
    low: f64,
    span: f64,
}

impl Scale {
    fn bar(&self, amount: f64) -> String {
        let length = view::bar(amount.abs() / self.span);
        match view::bar((amount.min(0.0) - self.low) / self.span) {
            0 => format!("b{length}"),
            start => format!("b{length} x{start}"),
        }
    }
}

fn folded(rows: &[ContributionToScoreRow], scale: &Scale) -> Folded {
    let amount: f64 = rows.iter().map(|row| row.amount).sum();
    Folded { count: rows.len(), amount: words::signed_points(amount), bar: scale.bar(amount), is_negative: amount < 0.0 }
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
        // The part says it.
        (Some("maintains"), "control") | (Some("needs"), "dependencies") => "",
        (Some(edge), _) => words::edge(edge),
        (None, _) => "",
    };
    Term {
        component: words::component(&row.component).to_owned(),
        neighbor,
        edge: edge.to_owned(),
        amount: words::signed_points(row.amount),
        bar: scale.bar(row.amount),
        is_negative: row.amount < 0.0,
    }
}
