//! One table as one Parquet file: zstd, sorted by key and declared so, page index, bloom filters on later key columns. Row groups
//! are made and encoded in parallel, a few at a time, and appended in order: equal rows give equal bytes at any thread count, and
//! no second copy of a large table is held.

use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use super::Table;
use crate::job::{ColumnVisibility, Visibility};

/// Row groups that are in memory at once, as columns and as bytes.
const GROUPS_AT_ONCE: usize = 8;

/// Rows a row group of tables that are scanned: whole tables of small ecosystems in one.
const ROWS_A_GROUP: usize = 1 << 17;

/// Rows a row group of tables in which one key is looked up, which over a network fetches one group.
const ROWS_A_LOOK_UP_GROUP: usize = 1 << 15;

/// Rows a page of those tables: what is decompressed for one key.
const ROWS_A_LOOK_UP_PAGE: usize = 1 << 10;

/// Tables in which one key is looked up: by `trustgraph check`, by a page of the site, by one query over a network.
const LOOK_UP_TABLES: [&str; 10] = [
    "packages",
    "binaries",
    "dependents",
    "contributions_to_score",
    "repositories",
    "scores",
    "findings",
    "publishes",
    "provenance",
    "advisories",
];

/// The public part of a table, and how it is written.
pub(super) struct TableFile {
    pub(super) name: &'static str,
    /// What a row is.
    pub(super) doc: String,
    pub(super) key: Vec<&'static str>,
    /// Its public columns.
    pub(super) schema: Arc<Schema>,
    /// Of all columns of the table, in order.
    is_public: Vec<bool>,
}

impl TableFile {
    /// The table of `T` with the columns that `visibility` publishes.
    pub(super) fn new<T: Table>(visibility: &Visibility) -> Self {
        let decided = visibility.0.get(T::NAME);
        let all = T::schema();
        let is_public = |name: &String| decided.and_then(|columns| columns.get(name)) == Some(&ColumnVisibility::Public);
        let is_public: Vec<bool> = all.fields().iter().map(|field| is_public(field.name())).collect();
        let fields: Vec<_> =
            all.fields().iter().zip(&is_public).filter(|(_, public)| **public).map(|(field, _)| field.clone()).collect();
        Self { name: T::NAME, doc: T::doc(), key: T::KEY.to_vec(), schema: Arc::new(Schema::new(fields)), is_public }
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}.parquet", self.name)
    }

    /// Writes `rows`, sorted by the key. Equal rows and metadata give equal bytes: nothing of the machine or the clock goes in.
    pub(super) fn write<T: Table>(&self, rows: &[T], sink: impl Write + Send, metadata: &[(String, String)]) -> Result<()> {
        let is_looked_up = LOOK_UP_TABLES.contains(&self.name);
        let group_rows = if is_looked_up { ROWS_A_LOOK_UP_GROUP } else { ROWS_A_GROUP };
        let properties = self.properties(&self.arrays(&rows[..rows.len().min(ROWS_A_LOOK_UP_GROUP)]), rows.len(), metadata);
        let properties = properties.set_max_row_group_row_count(Some(group_rows));
        let properties = if is_looked_up { properties.set_data_page_row_count_limit(ROWS_A_LOOK_UP_PAGE) } else { properties };
        let writer = ArrowWriter::try_new(sink, self.schema.clone(), Some(properties.build()))?;
        let (mut file, factory) = writer.into_serialized_writer()?;
        let groups: Vec<(usize, &[T])> = rows.chunks(group_rows).enumerate().collect();
        for some in groups.chunks(GROUPS_AT_ONCE) {
            let encoded = some.par_iter().map(|(at, rows)| self.encode(&factory, *at, self.arrays(rows)));
            for columns in encoded.collect::<Result<Vec<_>>>()? {
                let mut group = file.next_row_group()?;
                for column in columns {
                    column.append_to_row_group(&mut group)?;
                }
                group.close()?;
            }
        }
        file.close()?;
        Ok(())
    }

    /// Public columns of `rows`.
    fn arrays<T: Table>(&self, rows: &[T]) -> Vec<ArrayRef> {
        let columns = T::arrays(rows).into_iter().zip(&self.is_public);
        columns.filter(|(_, public)| **public).map(|(array, _)| array).collect()
    }

    /// The columns of row group `at` as bytes.
    fn encode(&self, factory: &ArrowRowGroupWriterFactory, at: usize, arrays: Vec<ArrayRef>) -> Result<Vec<ArrowColumnChunk>> {
        let writers = factory.create_column_writers(at)?.into_par_iter();
        let columns = writers.zip(self.schema.fields().iter().zip(arrays).collect::<Vec<_>>());
        let encode = |(mut writer, (field, array)): (parquet::arrow::arrow_writer::ArrowColumnWriter, (&Arc<_>, ArrayRef))| {
            for leaf in compute_leaves(field, &array)? {
                writer.write(&leaf)?;
            }
            writer.close()
        };
        columns.map(encode).collect()
    }

    fn properties(
        &self,
        first: &[ArrayRef],
        row_count: usize,
        metadata: &[(String, String)],
    ) -> parquet::file::properties::WriterPropertiesBuilder {
        let position = |name: &str| self.schema.fields().iter().position(|field| field.name() == name);
        let sorting = self.key.iter().filter_map(|name| position(name)).map(|at| SortingColumn {
            column_idx: at as i32,
            descending: false,
            nulls_first: false,
        });
        let pairs = metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let mut builder = WriterProperties::builder()
            .set_created_by("trustgraph".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).expect("3 is a zstd level")))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_sorting_columns(Some(sorting.collect()))
            .set_key_value_metadata(Some(pairs.collect()));
        for (field, column) in self.schema.fields().iter().zip(first) {
            let path = ColumnPath::from(field.name().as_str());
            if is_mostly_distinct(column) {
                builder = builder.set_column_dictionary_enabled(path.clone(), false);
            }
            let is_later_key = self.key.iter().skip(1).any(|name| name == field.name());
            if is_later_key && *field.data_type() == DataType::Utf8 && row_count > 1000 {
                builder = builder.set_column_bloom_filter_enabled(path.clone(), true);
                builder = builder.set_column_bloom_filter_max_ndv(path, row_count.min(ROWS_A_GROUP) as u64);
            }
        }
        builder
    }
}

/// Whether more than half of the first values of a column of texts or numbers differ: a dictionary would then hold nearly all of
/// them, and a reader of one page would have to read it whole.
fn is_mostly_distinct(column: &dyn Array) -> bool {
    let first = column.slice(0, column.len().min(ROWS_A_LOOK_UP_GROUP));
    let distinct = match column.data_type() {
        DataType::Utf8 => first.as_string::<i32>().iter().flatten().collect::<HashSet<_>>().len(),
        DataType::Float64 => first.as_primitive::<Float64Type>().iter().flatten().map(f64::to_bits).collect::<HashSet<_>>().len(),
        _ => 0,
    };
    distinct * 2 > first.len()
}
