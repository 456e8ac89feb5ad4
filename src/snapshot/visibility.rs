//! What a job says about columns, held against the schema.

use super::Published;
use crate::job::{ColumnVisibility, Visibility};

/// One sentence for everything in `visibility` that does not fit the schema: columns it does not list, tables and columns
/// that do not exist, and private columns that every reader needs.
pub fn visibility_problems(visibility: &Visibility) -> Vec<String> {
    let schema = Published::schema();
    let mut problems = Vec::new();
    for (table, columns) in &schema {
        for column in columns {
            match visibility.0.get(*table).and_then(|decided| decided.get(column.name)) {
                Some(ColumnVisibility::Private) if !column.is_nullable => {
                    problems.push(format!("{table}.{} is needed by every reader and cannot be private", column.name));
                }
                Some(_) => {}
                None => problems.push(format!("{table}.{} is not listed; say public or private", column.name)),
            }
        }
    }
    for (table, decided) in &visibility.0 {
        let Some(columns) = schema.get(table.as_str()) else {
            problems.push(format!("there is no table {table:?}; remove it"));
            continue;
        };
        let unknown = decided.keys().filter(|name| columns.iter().all(|column| column.name != name.as_str()));
        problems.extend(unknown.map(|name| format!("table {table} has no column {name:?}; remove it")));
    }
    problems
}
