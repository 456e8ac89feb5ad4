//! Columns of one record batch, by name, in the types the rows are read as.

use arrow::array::{Array, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema};

/// What a column must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// UTF-8 of any width, or a dictionary of it.
    Text,
    /// Whole numbers of any width.
    Number,
    /// Yes or no.
    Flag,
}

impl Kind {
    /// In words, for errors.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "whole numbers",
            Self::Flag => "booleans",
        }
    }

    fn fits(self, found: &DataType) -> bool {
        match (self, found) {
            (Self::Text, DataType::Dictionary(_, values)) => self.fits(values),
            (Self::Text, found) => matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
            (Self::Number, found) => found.is_integer(),
            (Self::Flag, found) => *found == DataType::Boolean,
        }
    }
}

/// Columns that are read, with their kinds, and columns that are known and not needed.
pub(super) struct Layout {
    /// Required.
    pub read: &'static [(&'static str, Kind)],
    /// Read where they are there.
    pub optional: &'static [(&'static str, Kind)],
    /// Left out without a word.
    pub unread: &'static [&'static str],
}

impl Layout {
    /// What is wrong with a file of this schema, if anything.
    pub fn check(&self, schema: &Schema) -> Result<(), String> {
        let there = self.optional.iter().filter(|(name, _)| schema.field_with_name(name).is_ok());
        for (name, kind) in self.read.iter().chain(there) {
            let field = schema.field_with_name(name).map_err(|_| format!("column `{name}` is missing"))?;
            if !kind.fits(field.data_type()) {
                return Err(format!("column `{name}` must hold {}, not {}", kind.words(), field.data_type()));
            }
            if schema.fields().iter().filter(|field| field.name() == name).count() > 1 {
                return Err(format!("column `{name}` is there twice"));
            }
        }
        Ok(())
    }

    /// Columns this version does not know, in the order of the file.
    pub fn unknown<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a str> {
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let known = |name: &str| self.read.iter().chain(self.optional).any(|(known, _)| *known == name);
        names.filter(move |name| !known(name) && !self.unread.contains(name))
    }
}

/// A column name as it may be logged: letters, digits, `_` and `-` only.
pub(super) fn shown(name: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if name.len() <= 60 && name.chars().all(is_plain) { name } else { "(not shown)" }
}

/// One batch whose schema passed [`Layout::check`].
pub(super) struct Columns<'a>(pub &'a RecordBatch);

impl Columns<'_> {
    /// Whether the file has such a column.
    pub fn has(&self, name: &str) -> bool {
        self.0.column_by_name(name).is_some()
    }

    /// A text column.
    pub fn text(&self, name: &str) -> Result<StringArray, String> {
        Ok(self.cast(name, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// A number column; what does not fit 64 signed bits is null.
    pub fn numbers(&self, name: &str) -> Result<Int64Array, String> {
        Ok(self.cast(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    /// A flag column.
    pub fn flags(&self, name: &str) -> Result<BooleanArray, String> {
        Ok(self.cast(name, &DataType::Boolean)?.as_boolean().clone())
    }

    fn cast(&self, name: &str, to: &DataType) -> Result<arrow::array::ArrayRef, String> {
        let column = self.0.column_by_name(name).ok_or_else(|| format!("column `{name}` is missing"))?;
        cast(column, to).map_err(|error| format!("column `{name}`: {error}"))
    }
}

/// The value at `row`, `None` for null.
pub(super) fn text(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// The value at `row`, `None` for null.
pub(super) fn number(column: &Int64Array, row: usize) -> Option<i64> {
    column.is_valid(row).then(|| column.value(row))
}

/// The value at `row`, `None` for null.
pub(super) fn flag(column: &BooleanArray, row: usize) -> Option<bool> {
    column.is_valid(row).then(|| column.value(row))
}
