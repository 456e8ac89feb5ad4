//! What is different from an older snapshot: rows that came and went, cells that changed, and why scores moved.
//!
//! Only tables about packages and repositories are compared: nothing is listed because a person changed. Columns that follow
//! from other tables (counts, ranks, percentiles) are left out, because they would repeat the same change many times.

mod moved_term;
mod pairs;
mod reason;

use std::collections::{BTreeMap, BTreeSet};

use super::Previous;
use super::published::Published;
use super::schema::ChangeRow;
use crate::job::{ColumnVisibility, Visibility};
pub use moved_term::{MovedTerm, TermSource};
use pairs::Pairs;

/// Cell that stands for the whole row.
pub(super) const WHOLE_ROW: &str = "*";

/// A table that is compared.
pub(super) struct Compared {
    /// Its name.
    pub(super) table: &'static str,
    /// Columns whose cells are compared.
    pub(super) columns: &'static [&'static str],
    /// Rows that came and went are listed.
    pub(super) lists_rows: bool,
}

/// All tables that are compared.
const COMPARED: [Compared; 8] = [
    Compared {
        table: "packages",
        columns: &[
            "section",
            "version",
            "suite",
            "is_listed",
            "is_orphaned",
            "homepage",
            "has_tests",
            "packaging_repository_url",
            "upstream_repository_url",
        ],
        lists_rows: true,
    },
    Compared { table: "binaries", columns: &["purl"], lists_rows: true },
    Compared { table: "repositories", columns: &[], lists_rows: true },
    Compared { table: "repository_links", columns: &["directory", "branch", "evidence_level"], lists_rows: true },
    Compared { table: "maintainers", columns: &["control_share"], lists_rows: true },
    Compared { table: "dependencies", columns: &["is_sole"], lists_rows: true },
    Compared { table: "scores", columns: &["value", "null_reason"], lists_rows: false },
    Compared { table: "findings", columns: &["strength", "is_alert"], lists_rows: true },
];

/// How a comparison is asked for.
pub(super) struct Limits {
    /// Changes of a number by less than this are none.
    pub(super) min_change: f64,
    /// Terms named as the reason of a changed score.
    pub(super) reasons: usize,
}

impl Limits {
    /// As the parameters of `later` say.
    fn of(later: &Published) -> Self {
        let parameter = |name: &str| later.manifest.parameter(name);
        Self {
            min_change: parameter("publish.min_change").unwrap_or(0.0),
            reasons: parameter("publish.change_reasons").map_or(usize::MAX, |count| count as usize),
        }
    }
}

/// Changes from `before` to `after` in columns that both publish, sorted. O(rows).
pub(super) fn changes(before: &Previous, after: &Published, visibility: &Visibility) -> Vec<ChangeRow> {
    let is_public = |table: &str, column: &str| {
        visibility.0.get(table).and_then(|columns| columns.get(column)) == Some(&ColumnVisibility::Public)
    };
    between(&before.published, after, |table, column| {
        is_public(table, column) && before.columns.get(table).is_some_and(|columns| columns.contains(column))
    })
}

/// Changes between two published snapshots, sorted. O(rows).
pub fn diff(before: &Previous, after: &Previous) -> Vec<ChangeRow> {
    let both = |table: &str, column: &str| {
        [before, after].iter().all(|one| one.columns.get(table).is_some_and(|columns| columns.contains(column)))
    };
    between(&before.published, &after.published, both)
}

fn between(before: &Published, after: &Published, is_compared: impl Fn(&str, &str) -> bool) -> Vec<ChangeRow> {
    let limits = Limits::of(after);
    let compared = COMPARED.iter().map(|one| {
        let columns = one.columns.iter().copied().filter(|column| is_compared(one.table, column)).collect();
        (one.table, (columns, one.lists_rows))
    });
    let compared: BTreeMap<&str, (BTreeSet<&str>, bool)> = compared.collect();
    let mut pairs = Pairs { compared, limits: &limits, rows: Vec::new() };
    before.visit_pairs(after, &mut pairs);
    let mut rows = pairs.rows;
    rows.retain(|row| is_told(row, after));
    for row in rows.iter_mut().filter(|row| row.table == "scores") {
        row.reason = reason::reason(before, after, &row.key, &limits);
    }
    rows.sort_by(|a, b| (&a.table, &a.key, &a.column).cmp(&(&b.table, &b.key, &b.column)));
    rows
}

/// Scores other than the trust of packages and repositories are not listed, and an end of control is not told of who is in no
/// table any more: whoever asked not to be shown would stand there as the one who vanished.
fn is_told(row: &ChangeRow, after: &Published) -> bool {
    let parts = key_parts(&row.key);
    match row.table.as_ref() {
        "scores" => {
            parts.first().is_some_and(|metric| metric == "trust") && matches!(parts[1].as_str(), "package" | "repository")
        }
        "maintainers" => is_known(after, &parts[2], &parts[3]),
        _ => true,
    }
}

/// Whether a person or team stands in its table.
fn is_known(published: &Published, kind: &str, id: &str) -> bool {
    match kind {
        "person" => published.persons.binary_search_by(|row| row.person_id.as_str().cmp(id)).is_ok(),
        "team" => published.teams.binary_search_by(|row| row.team_id.as_str().cmp(id)).is_ok(),
        _ => true,
    }
}

/// Values of the key columns of a row of `changes`: the key itself, or a JSON list where there are several.
pub fn key_parts(key: &str) -> Vec<String> {
    serde_json::from_str(key).unwrap_or_else(|_| vec![key.to_owned()])
}

#[cfg(test)]
mod tests;
