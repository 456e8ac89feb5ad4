//! Two versions of one table, row by row.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Float64Type;
use arrow::row::{RowConverter, Rows, SortField};
use arrow::util::display::array_value_to_string;

use super::{Limits, WHOLE_ROW};
use crate::snapshot::Table;
use crate::snapshot::published::PairVisitor;
use crate::snapshot::schema::ChangeRow;

/// Collects changes of the tables in `compared`.
pub(super) struct Pairs<'c> {
    /// Table → columns compared, and whether rows that came and went are listed.
    pub(super) compared: BTreeMap<&'static str, (BTreeSet<&'static str>, bool)>,
    pub(super) limits: &'c Limits,
    pub(super) rows: Vec<ChangeRow>,
}

impl PairVisitor for Pairs<'_> {
    fn visit<T: Table>(&mut self, before: &[T], after: &[T]) {
        let Some((columns, lists_rows)) = self.compared.get(T::NAME) else { return };
        let sides = [Side::new(before), Side::new(after)];
        let (before, after) = (&sides[0], &sides[1]);
        let Some((old_keys, new_keys)) = keys(before, after) else { return };
        let compared: Vec<usize> = (0..before.names.len()).filter(|at| columns.contains(before.names[*at])).collect();
        let (mut old, mut new) = (0, 0);
        while old < before.count || new < after.count {
            let order = match (old < before.count, new < after.count) {
                (true, true) => old_keys.row(old).cmp(&new_keys.row(new)),
                (true, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
            match order {
                Ordering::Less if *lists_rows => self.rows.push(whole::<T>(before, old, "removed")),
                Ordering::Greater if *lists_rows => self.rows.push(whole::<T>(after, new, "added")),
                Ordering::Equal => {
                    let cells = compared.iter().filter_map(|at| cell(before, old, after, new, *at, self.limits));
                    self.rows.extend(cells.map(|(column, before_cell, after_cell)| ChangeRow {
                        table: T::NAME.into(),
                        key: after.key(new),
                        column: column.into(),
                        change: "changed".into(),
                        before: before_cell,
                        after: after_cell,
                        reason: None,
                    }));
                }
                _ => {}
            }
            old += usize::from(order != Ordering::Greater);
            new += usize::from(order != Ordering::Less);
        }
    }
}

/// One version of a table.
struct Side {
    names: Vec<&'static str>,
    arrays: Vec<ArrayRef>,
    /// Positions of the key columns.
    key: Vec<usize>,
    count: usize,
}

impl Side {
    fn new<T: Table>(rows: &[T]) -> Self {
        let names: Vec<&str> = T::columns().iter().map(|column| column.name).collect();
        let key = T::KEY.iter().filter_map(|key| names.iter().position(|name| name == key)).collect();
        Self { arrays: T::arrays(rows), key, count: rows.len(), names }
    }

    fn keys(&self) -> Vec<ArrayRef> {
        self.key.iter().map(|at| self.arrays[*at].clone()).collect()
    }

    /// The key in words: the value itself, or a JSON list where there are several.
    fn key(&self, row: usize) -> String {
        let mut parts: Vec<String> = self.key.iter().map(|at| text(&self.arrays[*at], row).unwrap_or_default()).collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => serde_json::to_string(&parts).expect("texts are plain data"),
        }
    }
}

/// Comparable keys of both sides. `None` where key columns have types that cannot be compared; no table has.
fn keys(before: &Side, after: &Side) -> Option<(Rows, Rows)> {
    let fields = before.keys().iter().map(|array| SortField::new(array.data_type().clone())).collect();
    let converter = RowConverter::new(fields).ok()?;
    Some((converter.convert_columns(&before.keys()).ok()?, converter.convert_columns(&after.keys()).ok()?))
}

fn whole<T: Table>(side: &Side, row: usize, change: &'static str) -> ChangeRow {
    ChangeRow {
        table: T::NAME.into(),
        key: side.key(row),
        column: WHOLE_ROW.into(),
        change: change.into(),
        before: None,
        after: None,
        reason: None,
    }
}

type Cell = (&'static str, Option<String>, Option<String>);

/// The cells of one column, if they differ by enough.
fn cell(before: &Side, old: usize, after: &Side, new: usize, at: usize, limits: &Limits) -> Option<Cell> {
    let (a, b) = (&before.arrays[at], &after.arrays[at]);
    if let (Some(a), Some(b)) = (a.as_primitive_opt::<Float64Type>(), b.as_primitive_opt::<Float64Type>())
        && a.is_valid(old)
        && b.is_valid(new)
        && (a.value(old) - b.value(new)).abs() < limits.min_change
    {
        return None;
    }
    let (a, b) = (text(a, old), text(b, new));
    (a != b).then_some((after.names[at], a, b))
}

fn text(array: &ArrayRef, row: usize) -> Option<String> {
    array.is_valid(row).then(|| array_value_to_string(array, row).unwrap_or_default())
}
