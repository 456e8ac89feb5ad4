//! `DATA_DICTIONARY.md`: every table and column in words, from the schema in code.

use std::convert::Infallible;
use std::fmt::Write;

use super::Table;
use super::manifest::SCHEMA_VERSION;
use super::published::{Published, TableVisitor};

/// The whole dictionary as Markdown.
pub fn markdown() -> String {
    let mut text = format!(
        "# Data dictionary\n\nSchema {SCHEMA_VERSION}. Generated from the schema in code; do not edit. Each table is one Parquet \
         file, sorted by its key. A missing value is null and never means zero or no.\n\n\
         Metrics of `scores`: `trust` (all kinds of nodes); its components `own`, `control`, `vouching`, `dependencies` on the same \
         scale (packages); `criticality` (packages; sums to 1 over an ecosystem); `dominator_share` (packages; part of the other listed packages whose \
         needs all pass through it, on every chain of what they need to run down to a package that needs nothing; 0..=1); \
         `effective_maintainers` (packages; a count).\n"
    );
    let Ok(()) = Published::visit_schema(&mut Sections(&mut text));
    text
}

/// Writes a section a table.
struct Sections<'t>(&'t mut String);

impl TableVisitor for Sections<'_> {
    type Error = Infallible;

    fn visit<T: Table>(&mut self, _: &[T]) -> Result<(), Infallible> {
        section::<T>(self.0);
        Ok(())
    }
}

fn section<T: Table>(text: &mut String) {
    let _ = write!(
        text,
        "\n## {}\n\n{}\n\nKey: {}.\n\n| column | type | meaning |\n|---|---|---|\n",
        T::NAME,
        T::doc(),
        T::KEY.join(", ")
    );
    for column in T::columns() {
        let kind = type_name(&column.data_type);
        let null = if column.is_nullable { ", may be null" } else { "" };
        let _ = writeln!(text, "| {} | {kind}{null} | {} |", column.name, column.doc.replace('|', "\\|"));
    }
}

/// Type of a column in words of the dictionary.
pub fn type_name(data_type: &arrow::datatypes::DataType) -> &'static str {
    use arrow::datatypes::DataType;
    match data_type {
        DataType::Utf8 => "string",
        DataType::Dictionary(_, _) => "word",
        DataType::Float64 => "double",
        DataType::Int64 => "integer",
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        _ => "other",
    }
}
