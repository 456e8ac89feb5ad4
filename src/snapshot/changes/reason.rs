//! Why a score moved: the terms of both ledgers, held against each other.

use std::collections::BTreeMap;

use super::moved_term::{MovedTerm, TermSource};

use super::{Limits, is_known, key_parts};
use crate::snapshot::published::Published;
use crate::snapshot::schema::ContributionToScoreRow;

/// Component, kind of edge, kind of neighbor, neighbor.
type Term<'p> = (&'p str, &'p str, &'p str, &'p str);

/// The terms that moved most, with what they gave before and give now; `None` when no term moved.
pub(super) fn reason(before: &Published, after: &Published, key: &str, limits: &Limits) -> Option<String> {
    let parts = key_parts(key);
    let (kind, id) = (parts.get(1)?, parts.get(2)?);
    let (mut old, mut new) = (ledger(before, kind, id), ledger(after, kind, id));
    level(&mut old, &new);
    level(&mut new, &old);
    let of = |ledger: &BTreeMap<Term, f64>, term: &Term| ledger.get(term).copied().unwrap_or(0.0);
    let mut moved: Vec<(Term, f64, f64)> =
        old.keys().chain(new.keys()).map(|term| (*term, of(&old, term), of(&new, term))).collect();
    moved.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()).then_with(|| a.0.cmp(&b.0)));
    moved.dedup_by_key(|(term, ..)| *term);
    // Amounts are shown with four decimals; what moved less shows nothing.
    moved.retain(|(_, before, after)| (after - before).abs() >= 0.00005);
    let told = moved.iter().take(limits.reasons).map(|(term, old, new)| told(after, term, *old, *new).to_string());
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// The term that holds what a ledger does not list.
const REMAINDER: Term = ("remainder", "", "", "");

/// Moves terms of `one` that `other` does not list, but may hold in its remainder, to the remainder of `one`: nothing is known of
/// how they moved.
fn level<'p>(one: &mut BTreeMap<Term<'p>, f64>, other: &BTreeMap<Term<'p>, f64>) {
    if !other.contains_key(&REMAINDER) {
        return;
    }
    let unlisted: Vec<Term> = one.keys().filter(|term| !other.contains_key(*term)).copied().collect();
    let amount: f64 = unlisted.iter().filter_map(|term| one.remove(term)).sum();
    *one.entry(REMAINDER).or_default() += amount;
}

fn told(listed: &Published, (component, edge, kind, id): &Term, before: f64, after: f64) -> MovedTerm {
    let source = match *kind {
        "" if edge.is_empty() => TermSource::Whole,
        "" => TermSource::Edge((*edge).to_owned()),
        _ if is_known(listed, kind, id) => TermSource::Node { kind: (*kind).to_owned(), id: (*id).to_owned() },
        _ => TermSource::Unlisted { kind: (*kind).to_owned() },
    };
    MovedTerm { component: (*component).to_owned(), source, before, after }
}

/// Terms of one score and their amounts.
fn ledger<'p>(published: &'p Published, kind: &str, id: &str) -> BTreeMap<Term<'p>, f64> {
    let rows = &published.contributions_to_score;
    let start = rows.partition_point(|row| (row.node_kind.as_ref(), row.node_id.as_str()) < (kind, id));
    let mut terms = BTreeMap::new();
    for row in rows[start..].iter().take_while(|row| row.node_kind == kind && row.node_id == id) {
        *terms.entry(term(row)).or_default() += row.amount;
    }
    terms
}

fn term(row: &ContributionToScoreRow) -> Term<'_> {
    (
        &row.component,
        row.edge_kind.as_deref().unwrap_or_default(),
        row.neighbor_kind.as_deref().unwrap_or_default(),
        row.neighbor_id.as_deref().unwrap_or_default(),
    )
}
