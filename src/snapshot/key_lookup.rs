//! Rows of one Parquet file by key, without reading the rest: row groups are left out by their statistics and bloom filters, pages
//! by the page index, rows by the key itself.

use std::collections::HashSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter, RowSelection,
};
use parquet::basic::Type;
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{ColumnChunkMask, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use rayon::prelude::*;

use super::published::guarded;
use super::{Cell, SnapshotError};

/// Which rows, and what of them.
#[derive(Clone, Debug)]
pub struct KeyQuery<'q> {
    /// Text column that is looked up.
    pub key: &'q str,
    /// Wanted values of it, sorted.
    pub wanted: &'q [String],
    /// Text columns that must hold one of the given words.
    pub only: &'q [(&'q str, &'q [&'q str])],
    /// Columns to read beside the key.
    pub columns: &'q [&'q str],
}

/// Rows that were found, in the order of the file.
#[derive(Clone, Debug)]
pub struct KeyRows {
    batches: Vec<RecordBatch>,
    /// Pages of the key column that were read, of all pages there are.
    pub page_counts: (usize, usize),
}

impl KeyRows {
    /// Rows that were found elsewhere than in pages of a file.
    pub(super) fn of(batch: RecordBatch) -> Self {
        Self { batches: vec![batch], page_counts: (0, 0) }
    }

    /// A column of the rows; `None` when the file has none of that name and type, or nulls where `C` has none.
    pub fn column<C: Cell>(&self, name: &str) -> Option<Vec<C>> {
        let cells = self.batches.iter().map(|batch| C::from_array(batch.column_by_name(name)?)).collect::<Option<Vec<_>>>()?;
        Some(cells.into_iter().flatten().collect())
    }

    /// Rows found.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// Looks up rows of the file at `path`, in parallel over row groups. Columns of the query that the file lacks are left out. Any
/// bytes may stand in the file: damage is an error.
pub fn rows_by_key(path: &Path, query: &KeyQuery) -> Result<KeyRows, SnapshotError> {
    let damaged = |error: String| SnapshotError::Parquet { file: path.display().to_string(), error };
    let file = fs_err::File::open(path)?.into_parts().0;
    guarded(|| look_up(path, &file, query)).map_err(damaged)
}

fn look_up(path: &Path, file: &File, query: &KeyQuery) -> Result<KeyRows, String> {
    let text = |error: parquet::errors::ParquetError| error.to_string();
    let metadata = ParquetMetaDataReader::new().parse_and_finish(file).map_err(text)?;
    let is_text = |column: usize| metadata.file_metadata().schema_descr().column(column).physical_type() == Type::BYTE_ARRAY;
    let leaf = |name: &str| metadata.file_metadata().schema_descr().columns().iter().position(|column| column.name() == name);
    let text_leaf =
        |name: &str| leaf(name).filter(|column| is_text(*column)).ok_or_else(|| format!("has no text column `{name}`"));
    let key = text_leaf(query.key)?;
    let mut only = Vec::new();
    for (name, words) in query.only {
        only.push((text_leaf(name)?, *words));
    }
    let shown: Vec<usize> = query.columns.iter().filter_map(|name| leaf(name)).collect();
    let groups: Vec<(usize, Vec<&str>)> = (0..metadata.num_row_groups())
        .filter(|group| only.iter().all(|(column, words)| words.iter().any(|word| may_hold(&metadata, *group, *column, word))))
        .map(|group| (group, keys_of_group(file, &metadata, group, key, query.wanted)))
        .filter(|(_, keys)| !keys.is_empty())
        .collect();
    let mut read: Vec<usize> = [key].into_iter().chain(only.iter().map(|(column, _)| *column)).chain(shown).collect();
    read.sort_unstable();
    read.dedup();
    let mask = ColumnChunkMask::row_groups_and_columns(groups.iter().map(|(group, _)| *group), read.iter().copied());
    let mut reader = ParquetMetaDataReader::new_with_metadata(metadata)
        .with_page_index_policy(PageIndexPolicy::Optional)
        .with_page_index_mask(mask);
    reader.read_page_indexes(file).map_err(text)?;
    let metadata = Arc::new(reader.finish().map_err(text)?);
    let arrow = ArrowReaderMetadata::try_new(metadata.clone(), ArrowReaderOptions::new()).map_err(text)?;
    let plan = Plan { path, arrow: &arrow, key, only: &only, read: &read };
    let parts: Vec<(Vec<RecordBatch>, (usize, usize))> =
        groups.par_iter().map(|(group, keys)| plan.read_group(*group, keys)).collect::<Result<_, String>>()?;
    let page_counts = parts.iter().fold((0, 0), |sum, (_, pages)| (sum.0 + pages.0, sum.1 + pages.1));
    Ok(KeyRows { batches: parts.into_iter().flat_map(|(batches, _)| batches).collect(), page_counts })
}

/// Whether a row group may hold `word`, as its statistics say. Absent ones say yes.
fn may_hold(metadata: &ParquetMetaData, group: usize, column: usize, word: &str) -> bool {
    let statistics = metadata.row_group(group).column(column).statistics();
    let bounds = statistics.and_then(|known| Some((known.min_bytes_opt()?, known.max_bytes_opt()?)));
    bounds.is_none_or(|(min, max)| min <= word.as_bytes() && word.as_bytes() <= max)
}

/// Wanted keys between the smallest and largest of a row group that its bloom filter does not deny.
fn keys_of_group<'q>(file: &File, metadata: &ParquetMetaData, group: usize, key: usize, wanted: &'q [String]) -> Vec<&'q str> {
    let chunk = metadata.row_group(group).column(key);
    let bounds = chunk.statistics().and_then(|known| Some((known.min_bytes_opt()?, known.max_bytes_opt()?)));
    let within = bounds.map_or(wanted, |(min, max)| &wanted[between(wanted, min, max)]);
    if within.is_empty() {
        return Vec::new();
    }
    // A filter that cannot be read denies nothing.
    let filter = Sbbf::read_from_column_chunk(chunk, file).ok().flatten();
    let known = |key: &&str| filter.as_ref().is_none_or(|filter| filter.check(*key));
    within.iter().map(String::as_str).filter(known).collect()
}

/// Positions in the sorted `keys` that lie within `min..=max`.
fn between<K: AsRef<str>>(keys: &[K], min: &[u8], max: &[u8]) -> Range<usize> {
    let start = keys.partition_point(|key| key.as_ref().as_bytes() < min);
    let end = keys.partition_point(|key| key.as_ref().as_bytes() <= max);
    start..end.max(start)
}

/// How the groups of one file are read.
struct Plan<'p> {
    path: &'p Path,
    arrow: &'p ArrowReaderMetadata,
    key: usize,
    only: &'p [(usize, &'p [&'p str])],
    read: &'p [usize],
}

impl Plan<'_> {
    /// Rows of one group, and how many of its pages were read.
    fn read_group(&self, group: usize, keys: &[&str]) -> Result<(Vec<RecordBatch>, (usize, usize)), String> {
        let text = |error: parquet::errors::ParquetError| error.to_string();
        // A handle of its own: clones share one position, and groups are read at the same time.
        let file = File::open(self.path).map_err(|error| error.to_string())?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.arrow.clone());
        let schema = builder.metadata().file_metadata().schema_descr_ptr();
        let mut builder = builder.with_row_groups(vec![group]).with_batch_size(1 << 13);
        let (pages, counts) = self.pages(group, keys);
        if let Some(pages) = pages {
            builder = builder.with_row_selection(pages);
        }
        let mut tests: Vec<(usize, HashSet<&str>)> = vec![(self.key, keys.iter().copied().collect())];
        tests.extend(self.only.iter().map(|(column, words)| (*column, words.iter().copied().collect())));
        let mask = |columns: &[usize]| ProjectionMask::leaves(&schema, columns.iter().copied());
        // Batches hold projected columns in the order of the file; each test reads one.
        let predicates = tests.into_iter().map(|(column, words)| {
            let words: HashSet<String> = words.into_iter().map(str::to_owned).collect();
            Box::new(ArrowPredicateFn::new(mask(&[column]), move |batch| holds(&batch, &words))) as _
        });
        let filter = RowFilter::new(predicates.collect());
        let reader = builder.with_row_filter(filter).with_projection(mask(self.read)).build().map_err(text)?;
        let batches: Result<Vec<RecordBatch>, ArrowError> = reader.collect();
        Ok((batches.map_err(|error| error.to_string())?, counts))
    }

    /// Pages of the key column that may hold a wanted key; `None` where the file has no index of pages.
    fn pages(&self, group: usize, keys: &[&str]) -> (Option<RowSelection>, (usize, usize)) {
        let metadata = self.arrow.metadata();
        let index = metadata.page_index_for_row_group(group);
        let (Some(ColumnIndexMetaData::BYTE_ARRAY(bounds)), Some(offsets)) =
            (index.column_index(self.key), index.offset_index(self.key))
        else {
            return (None, (0, 0));
        };
        let starts: Vec<usize> =
            offsets.page_locations().iter().map(|page| usize::try_from(page.first_row_index).unwrap_or(0)).collect();
        let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or(0);
        let end = |page: usize| starts.get(page + 1).copied().unwrap_or(rows);
        let may_hold = |page: &usize| match (bounds.min_value(*page), bounds.max_value(*page)) {
            (Some(min), Some(max)) => !between(keys, min, max).is_empty(),
            _ => true,
        };
        let wanted: Vec<Range<usize>> = (0..starts.len()).filter(may_hold).map(|page| starts[page]..end(page)).collect();
        let counts = (wanted.len(), starts.len());
        (Some(RowSelection::from_consecutive_ranges(wanted.into_iter(), rows)), counts)
    }
}

/// Which rows of the only column of `batch` hold one of `words`.
fn holds(batch: &RecordBatch, words: &HashSet<String>) -> Result<BooleanArray, ArrowError> {
    let column = batch.column(0);
    let is_in = |value: Option<&str>| Some(value.is_some_and(|value| words.contains(value)));
    if let Some(plain) = column.as_string_opt::<i32>() {
        return Ok(plain.iter().map(is_in).collect());
    }
    let dictionary = column.as_dictionary_opt::<Int32Type>().and_then(|column| column.downcast_dict::<StringArray>());
    let typed = dictionary.ok_or_else(|| ArrowError::SchemaError("a column that is looked up is no text".to_owned()))?;
    Ok(typed.into_iter().map(is_in).collect())
}
