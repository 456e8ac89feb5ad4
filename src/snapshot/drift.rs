//! Gates that compare with the previous snapshot: an input that was lost shows as rows, values or ranks that jump.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, ArrayRef};

use super::checks::{Checks, NO_PACKAGE, ecosystems, limit};
use super::published::{PairVisitor, Published};
use super::schema::QualityRow;
use super::{Manifest, Previous, Table};

/// Packages at the top that are compared.
const TOP: usize = 100;

/// Names of the gates on drift.
pub(super) const DRIFT_CHECKS: [&str; 4] = ["previous_snapshot_unreadable", "row_drift", "rank_churn", "null_drift"];

/// Every gate on drift from `before` to `after`; one row a figure. Figures of few rows have no limit.
pub(super) fn drift(before: &Previous, after: &Published) -> Vec<QualityRow> {
    let mut drift = Drift { checks: Checks { rows: Vec::new() }, manifest: &after.manifest, columns: &before.columns };
    let snapshot = &before.published.manifest.snapshot;
    drift.checks.at_most("previous_snapshot_unreadable", snapshot, 0.0, 0.0);
    let (old, new) = (counts(&before.published), counts(after));
    for (subject, count) in &old {
        let now = new.get(subject).copied().unwrap_or(0);
        drift.gate("row_drift", subject, (now as f64 / *count as f64 - 1.0).abs(), "max_row_drift", *count);
    }
    let (old, new) = (tops(&before.published), tops(after));
    for (subject, (top, ranked)) in &old {
        let now = new.get(subject).map(|(now, _)| now);
        let left = top.iter().filter(|id| !now.is_some_and(|now| now.contains(*id))).count();
        drift.gate("rank_churn", subject, left as f64 / top.len() as f64, "max_rank_churn", *ranked);
    }
    before.published.visit_pairs(after, &mut drift);
    drift.checks.rows
}

struct Drift<'d> {
    checks: Checks,
    manifest: &'d Manifest,
    columns: &'d BTreeMap<String, BTreeSet<String>>,
}

impl Drift<'_> {
    /// A figure over `rows` rows; it is held against the limit when they are enough.
    fn gate(&mut self, check: &'static str, subject: &str, value: f64, name: &str, rows: usize) {
        if (rows as f64) < limit(self.manifest, "min_drift_rows") {
            let (check, subject) = (check.into(), subject.into());
            self.checks.rows.push(QualityRow { check, subject, value, limit: None, is_passed: None });
        } else {
            self.checks.at_most(check, subject, value, limit(self.manifest, name));
        }
    }
}

impl PairVisitor for Drift<'_> {
    /// Shares of nulls in every column that may be null and was published before.
    fn visit<T: Table>(&mut self, before: &[T], after: &[T]) {
        if before.is_empty() || after.is_empty() {
            return;
        }
        let share = |array: &ArrayRef| array.logical_null_count() as f64 / array.len() as f64;
        for ((column, old), new) in T::columns().iter().zip(T::arrays(before)).zip(T::arrays(after)) {
            let was_public = self.columns.get(T::NAME).is_some_and(|columns| columns.contains(column.name));
            if column.is_nullable && was_public {
                let subject = format!("{}.{}", T::NAME, column.name);
                let rows = before.len().min(after.len());
                self.gate("null_drift", &subject, (share(&new) - share(&old)).abs(), "max_null_drift", rows);
            }
        }
    }
}

/// Listed packages, and dependencies by the ecosystem of the dependent.
fn counts(published: &Published) -> BTreeMap<String, usize> {
    let ecosystems = ecosystems(published);
    let mut counts = BTreeMap::new();
    for row in published.packages.iter().filter(|row| row.is_listed) {
        *counts.entry(format!("packages of {}", row.ecosystem)).or_default() += 1;
    }
    for row in &published.dependencies {
        let name = ecosystems.get(&row.purl).map_or(NO_PACKAGE, |word| word);
        *counts.entry(format!("dependencies of {name}")).or_default() += 1;
    }
    counts
}

/// The highest packages of each ecosystem by trust and by criticality, and how many have a rank.
fn tops(published: &Published) -> BTreeMap<String, (BTreeSet<&str>, usize)> {
    let ecosystems = ecosystems(published);
    let mut ranked: BTreeMap<String, Vec<(i64, &str)>> = BTreeMap::new();
    let is_ranked = |metric: &str, kind: &str| kind == "package" && matches!(metric, "trust" | "criticality");
    for row in published.scores.iter().filter(|row| is_ranked(&row.metric, &row.node_kind)) {
        if let (Some(rank), Some(name)) = (row.rank, ecosystems.get(&row.node_id)) {
            ranked.entry(format!("{} of {name}", row.metric)).or_default().push((rank, &row.node_id));
        }
    }
    ranked.into_iter().map(|(subject, rows)| (subject, top(rows))).collect()
}

/// The first of `rows`, and how many there are. Many may share a place: a fixed number keeps the share meaningful.
fn top(mut rows: Vec<(i64, &str)>) -> (BTreeSet<&str>, usize) {
    rows.sort_unstable();
    (rows.iter().take(TOP).map(|(_, id)| *id).collect(), rows.len())
}
