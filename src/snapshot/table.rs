//! The macro that makes a published table of a row struct, and what every table can do.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};

/// Name, meaning and type of a published column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name in Parquet, JSON and pages.
    pub name: &'static str,
    /// Meaning, unit, and what null means.
    pub doc: String,
    /// Arrow type.
    pub data_type: DataType,
    /// May be missing.
    pub is_nullable: bool,
}

/// A published table: its row struct implements this.
pub trait Table: Sized + Send + Sync {
    /// File name without ending.
    const NAME: &'static str;
    /// Columns rows are sorted by and unique in.
    const KEY: &'static [&'static str];
    /// One sentence: what a row is.
    fn doc() -> String;
    /// All columns, public or not, in order.
    fn columns() -> Vec<Column>;
    /// Arrays of `rows`, in the order of [`Table::columns`].
    fn arrays(rows: &[Self]) -> Vec<ArrayRef>;
    /// Rows of a batch that has all columns of this table.
    fn rows(batch: &RecordBatch) -> Result<Vec<Self>, TableError>;

    /// Arrow schema with docs in the field metadata.
    fn schema() -> Arc<Schema> {
        let field = |column: Column| {
            let metadata = HashMap::from([("doc".to_owned(), column.doc)]);
            Field::new(column.name, column.data_type, column.is_nullable).with_metadata(metadata)
        };
        Arc::new(Schema::new(Self::columns().into_iter().map(field).collect::<Vec<_>>()))
    }
}

/// A batch is not of this table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Column absent.
    #[error("table {table}: column `{column}` is missing; the snapshot was written by another schema version")]
    MissingColumn {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
    },
    /// Wrong type, or nulls where none may be.
    #[error("table {table}: column `{column}` has another type, or nulls where none may be")]
    WrongType {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
    },
}

/// Joins doc comment lines into one text.
pub(super) fn doc_text(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Takes the column `name` out of a batch.
pub(super) fn column<C: super::Cell>(
    batch: &RecordBatch,
    table: &'static str,
    name: &'static str,
) -> Result<std::vec::IntoIter<C>, TableError> {
    let Some(array) = batch.column_by_name(name) else {
        // A column the publisher keeps private reads as missing values.
        let absent = arrow::array::new_null_array(&C::data_type(), batch.num_rows());
        let cells = C::from_array(&absent).filter(|_| C::NULLABLE).ok_or(TableError::MissingColumn { table, column: name })?;
        return Ok(cells.into_iter());
    };
    let cells = C::from_array(array).ok_or(TableError::WrongType { table, column: name })?;
    Ok(cells.into_iter())
}

/// Declares row structs. Doc comments become column docs.
macro_rules! table {
    ($($(#[doc = $doc:literal])* $name:literal keyed by $key:tt => $row:ident { $($(#[doc = $cdoc:literal])* $column:ident: $type:ty,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $row { $($(#[doc = $cdoc])* pub $column: $type,)* }

        impl $crate::snapshot::Table for $row {
            const NAME: &'static str = $name;
            const KEY: &'static [&'static str] = &$key;
            fn doc() -> String {
                $crate::snapshot::table::doc_text(&[$($doc),*])
            }
            fn columns() -> Vec<$crate::snapshot::Column> {
                vec![$($crate::snapshot::Column {
                    name: stringify!($column),
                    doc: $crate::snapshot::table::doc_text(&[$($cdoc),*]),
                    data_type: <$type as $crate::snapshot::Cell>::data_type(),
                    is_nullable: <$type as $crate::snapshot::Cell>::NULLABLE,
                }),*]
            }
            fn arrays(rows: &[Self]) -> Vec<arrow::array::ArrayRef> {
                vec![$(<$type as $crate::snapshot::Cell>::to_array(rows.iter().map(|row| &row.$column))),*]
            }
            fn rows(batch: &arrow::array::RecordBatch) -> Result<Vec<Self>, $crate::snapshot::TableError> {
                $(let mut $column = $crate::snapshot::table::column::<$type>(batch, $name, stringify!($column))?;)*
                Ok((0..batch.num_rows()).map(|_| $row { $($column: $column.next().expect("as many as rows"),)* }).collect())
            }
        }
    )*};
}

pub(super) use table;
