//! A published snapshot, read back whole. All that `site` and `policy` know.

use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::manifest::{Manifest, SCHEMA_VERSION};
use super::schema::*;
use super::{SnapshotError, Table};

macro_rules! published {
    ($($(#[$doc:meta])* $field:ident: $row:ty,)*) => {
        /// Every table of a snapshot, rows in key order, and its manifest.
        #[derive(Clone, Debug)]
        pub struct Published {
            /// The lock file of the run.
            pub manifest: Manifest,
            $($(#[$doc])* pub $field: Vec<$row>,)*
        }

        impl Published {
            /// An empty snapshot under `manifest`.
            pub fn empty(manifest: Manifest) -> Self {
                Self { manifest, $($field: Vec::new(),)* }
            }

            /// Reads the snapshot folder `folder`. Digests are not checked: that is `verify`.
            pub fn read(folder: &Path) -> Result<Self, SnapshotError> {
                let manifest = read_manifest(folder)?;
                Ok(Self { manifest, $($field: read_table(folder)?,)* })
            }
        }

        /// Calls `$visit::<Row>(…)` style visitors for every table, in the order of the schema.
        pub trait TableVisitor {
            /// What a visit may fail with.
            type Error;
            /// Visits one table.
            fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), Self::Error>;
        }

        impl Published {
            /// Shows every table to `visitor`, in the order of the schema.
            pub fn visit<V: TableVisitor>(&self, visitor: &mut V) -> Result<(), V::Error> {
                $(visitor.visit(&self.$field)?;)*
                Ok(())
            }
        }
    };
}

published! {
    /// See [`PackageRow`].
    packages: PackageRow,
    /// See [`BinaryRow`].
    binaries: BinaryRow,
    /// See [`ReleaseRow`].
    releases: ReleaseRow,
    /// See [`RepositoryRow`].
    repositories: RepositoryRow,
    /// See [`RepositoryLinkRow`].
    repository_links: RepositoryLinkRow,
    /// See [`PersonRow`].
    persons: PersonRow,
    /// See [`TeamRow`].
    teams: TeamRow,
    /// See [`MaintainerRow`].
    maintainers: MaintainerRow,
    /// See [`ContributionRow`].
    contributions: ContributionRow,
    /// See [`DependencyRow`].
    dependencies: DependencyRow,
    /// See [`DependentRow`].
    dependents: DependentRow,
    /// See [`ScoreRow`].
    scores: ScoreRow,
    /// See [`ContributionToScoreRow`].
    contributions_to_score: ContributionToScoreRow,
    /// See [`FindingRow`].
    findings: FindingRow,
    /// See [`SweepRow`].
    sweeps: SweepRow,
    /// See [`SourceRow`].
    sources: SourceRow,
    /// See [`QualityRow`].
    quality: QualityRow,
}

/// Reads and checks `manifest.json` of `folder`.
pub fn read_manifest(folder: &Path) -> Result<Manifest, SnapshotError> {
    let path = folder.join("manifest.json");
    let text = fs_err::read_to_string(&path)?;
    let error = |error: serde_json::Error| SnapshotError::Manifest { file: path.display().to_string(), error: error.to_string() };
    let version: serde_json::Value = serde_json::from_str(&text).map_err(error)?;
    let found = version.get("schema_version").and_then(|v| v.as_str()).unwrap_or("(none)").to_owned();
    if found.split('.').next() != SCHEMA_VERSION.split('.').next() {
        return Err(SnapshotError::SchemaVersion { found, known: SCHEMA_VERSION });
    }
    serde_json::from_str(&text).map_err(error)
}

/// Reads one table of `folder`.
fn read_table<T: Table>(folder: &Path) -> Result<Vec<T>, SnapshotError> {
    let file = format!("{}.parquet", T::NAME);
    let wrap = |error: &dyn std::fmt::Display| SnapshotError::Parquet { file: file.clone(), error: error.to_string() };
    let opened = fs_err::File::open(folder.join(&file))?.into_parts().0;
    let reader = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|e| wrap(&e))?;
    let reader = reader.with_batch_size(1 << 16).build().map_err(|e| wrap(&e))?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch: RecordBatch = batch.map_err(|e| wrap(&e))?;
        rows.append(&mut T::rows(&batch)?);
    }
    Ok(rows)
}
