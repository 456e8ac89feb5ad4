//! The look-up of the tables that stand in a folder.

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{LookedUp, LookupFiles, TABLES, lookup_files};
use crate::snapshot::published::guarded;
use crate::snapshot::{Manifest, SnapshotError};

/// Makes the look-up of the files in `folder` that `manifest` lists. Holds the columns that are looked up beside what
/// [`lookup_files`] holds.
pub(in crate::snapshot) fn lookup_of(folder: &Path, manifest: &Manifest) -> Result<LookupFiles, SnapshotError> {
    let listed = TABLES.iter().filter(|plan| manifest.tables.iter().any(|table| table.name == plan.table));
    let batches: Vec<(&str, RecordBatch)> =
        listed.map(|plan| Ok((plan.table, read(folder, plan)?))).collect::<Result<_, SnapshotError>>()?;
    Ok(lookup_files(&manifest.snapshot, &batches.iter().map(|(name, batch)| (*name, batch)).collect()))
}

/// The columns of a table that are looked up, as one batch.
fn read(folder: &Path, plan: &LookedUp) -> Result<RecordBatch, SnapshotError> {
    let path = folder.join(format!("{}.parquet", plan.table));
    let file = fs_err::File::open(&path)?.into_parts().0;
    let read = || -> Result<RecordBatch, String> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
        let mask = ProjectionMask::columns(reader.parquet_schema(), plan.columns.iter().copied().chain([plan.key]));
        let reader = reader.with_projection(mask).with_batch_size(1 << 16).build().map_err(|error| error.to_string())?;
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        concat_batches(&schema, &batches).map_err(|error| error.to_string())
    };
    guarded(read).map_err(|error| SnapshotError::Parquet { file: path.display().to_string(), error })
}
