//! One table as one Parquet file: zstd, sorted by key and declared so, page index, bloom filters on later key columns.

use std::io::Write;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

/// Rows a row group of tables that are scanned: whole tables of small ecosystems in one.
const ROWS_A_GROUP: usize = 1 << 17;

/// Rows a row group of tables in which one key is looked up, which over a network fetches one group.
const ROWS_A_LOOK_UP_GROUP: usize = 1 << 15;

/// Tables in which one key is looked up.
const LOOK_UP_TABLES: [&str; 6] = ["packages", "binaries", "dependents", "contributions_to_score", "repositories", "scores"];

/// A table ready to be written.
pub(super) struct TableFile {
    pub(super) name: &'static str,
    /// What a row is.
    pub(super) doc: String,
    pub(super) key: Vec<&'static str>,
    pub(super) batch: RecordBatch,
}

impl TableFile {
    pub(super) fn file_name(&self) -> String {
        format!("{}.parquet", self.name)
    }

    /// Writes the file. Equal batches and metadata give equal bytes: nothing of the machine or the clock goes in.
    pub(super) fn write(&self, sink: impl Write + Send, metadata: &[(String, String)]) -> parquet::errors::Result<()> {
        let mut writer = ArrowWriter::try_new(sink, self.batch.schema(), Some(self.properties(metadata)))?;
        writer.write(&self.batch)?;
        writer.close()?;
        Ok(())
    }

    fn properties(&self, metadata: &[(String, String)]) -> WriterProperties {
        let schema = self.batch.schema();
        let position = |name: &str| schema.fields().iter().position(|field| field.name() == name);
        let sorting = self.key.iter().filter_map(|name| position(name)).map(|at| SortingColumn {
            column_idx: at as i32,
            descending: false,
            nulls_first: false,
        });
        let pairs = metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let rows = if LOOK_UP_TABLES.contains(&self.name) { ROWS_A_LOOK_UP_GROUP } else { ROWS_A_GROUP };
        let mut builder = WriterProperties::builder()
            .set_created_by("trustgraph".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).expect("3 is a zstd level")))
            .set_max_row_group_row_count(Some(rows))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_sorting_columns(Some(sorting.collect()))
            .set_key_value_metadata(Some(pairs.collect()));
        for name in self.key.iter().skip(1) {
            let is_text = schema.field_with_name(name).is_ok_and(|f| *f.data_type() == arrow::datatypes::DataType::Utf8);
            if is_text && self.batch.num_rows() > 1000 {
                let path = ColumnPath::from(*name);
                builder = builder.set_column_bloom_filter_enabled(path.clone(), true);
                builder = builder.set_column_bloom_filter_max_ndv(path, self.batch.num_rows() as u64);
            }
        }
        builder.build()
    }
}
