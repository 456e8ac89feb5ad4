//! One Parquet file, batch by batch, only the columns that are needed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::NAME;
use super::columns::{Columns, Layout, shown};
use crate::sources::{RawFile, SourceError};
use crate::tables::ReadReport;

/// Rows decoded at once.
const BATCH: usize = 65_536;

/// Gives every batch of `file` to `take`, with the number (from 1) of its first row. Columns that are not in `layout` are
/// counted in `report`. Errors: a file that is no Parquet, is cut off, or lacks a column.
pub(super) fn read(
    file: &RawFile,
    layout: &Layout,
    report: &mut ReadReport,
    mut take: impl FnMut(&Columns<'_>, u64) -> Result<(), String>,
) -> Result<(), SourceError> {
    let opened = fs_err::File::open(&file.path).map_err(|error| SourceError::Io { source_name: NAME, error })?;
    // The reader checks nearly all that a damaged file may claim, but of 6,300 random damages to real tables two made it panic.
    let outcome = catch_unwind(AssertUnwindSafe(|| batches(opened.into_parts().0, layout, report, &mut take)));
    let what = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(what)) => what,
        Err(_) => "is damaged in a way the Parquet reader does not understand; fetch it again".to_owned(),
    };
    Err(SourceError::Input { source_name: NAME, file: file.name.clone(), what })
}

fn batches(
    file: std::fs::File,
    layout: &Layout,
    report: &mut ReadReport,
    take: &mut impl FnMut(&Columns<'_>, u64) -> Result<(), String>,
) -> Result<(), String> {
    let damaged = |error: &dyn std::fmt::Display| format!("is cut off or damaged, fetch it again ({error})");
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| damaged(&error))?;
    layout.check(metadata.schema()).map_err(|what| format!("{what}; the layout is explained in jobs/README.md"))?;
    let unknown: Vec<&str> = layout.unknown(metadata.schema()).map(shown).collect();
    if !unknown.is_empty() {
        tracing::warn!("{NAME}: {}: columns this version does not know are not read: {unknown:?}", report.file);
        report.skip_many("unknown column", unknown.len());
    }
    let names = layout.read.iter().chain(layout.optional).map(|(name, _)| *name);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let reader = builder.with_projection(mask).with_batch_size(BATCH).build().map_err(|error| damaged(&error))?;
    let mut first = 1;
    for batch in reader {
        let batch: RecordBatch = batch.map_err(|error| damaged(&error))?;
        take(&Columns(&batch), first)?;
        first += batch.num_rows() as u64;
    }
    Ok(())
}
