//! A published snapshot, read back whole. All that `site` and `policy` know.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::manifest::{Manifest, SCHEMA_VERSION};
use super::schema::*;
use super::{Column, SnapshotError, Table};
use crate::sources::RawFile;

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

            /// Reads the snapshot folder `folder`. Every table must have the digest that the manifest gives it; everything else
            /// is for `verify` to check.
            pub fn read(folder: &Path) -> Result<Self, SnapshotError> {
                let manifest = read_manifest(folder)?;
                $(let mut $field = None;)*
                rayon::scope(|scope| {
                    $(scope.spawn(|_| $field = Some(read_table(folder, &manifest)));)*
                });
                $(let $field = $field.expect("every table was read");)*
                Ok(Self { $($field: $field?,)* manifest })
            }

            /// Columns of every table, by its name.
            pub fn schema() -> BTreeMap<&'static str, Vec<Column>> {
                BTreeMap::from([$((<$row as Table>::NAME, <$row as Table>::columns()),)*])
            }
        }

        /// Calls `$visit::<Row>(…)` style visitors for every table, in the order of the schema.
        pub trait TableVisitor {
            /// What a visit may fail with.
            type Error;
            /// Visits one table.
            fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), Self::Error>;
        }

        /// Sees two versions of every table.
        pub trait PairVisitor {
            /// Visits two versions of one table, each in key order.
            fn visit<T: Table>(&mut self, before: &[T], after: &[T]);
        }

        impl Published {
            /// Shows every table without its rows to `visitor`, in the order of the schema.
            pub fn visit_schema<V: TableVisitor>(visitor: &mut V) -> Result<(), V::Error> {
                $(visitor.visit::<$row>(&[])?;)*
                Ok(())
            }

            /// Shows every table of this snapshot with the same table of a `later` one, in the order of the schema.
            pub fn visit_pairs<V: PairVisitor>(&self, later: &Self, visitor: &mut V) {
                $(visitor.visit(&self.$field, &later.$field);)*
            }

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
    /// See [`RepositoryEvidenceRow`].
    repository_evidence: RepositoryEvidenceRow,
    /// See [`PackageLinkRow`].
    package_links: PackageLinkRow,
    /// See [`PersonRow`].
    persons: PersonRow,
    /// See [`IdentityJoinRow`].
    identity_joins: IdentityJoinRow,
    /// See [`TeamRow`].
    teams: TeamRow,
    /// See [`MaintainerRow`].
    maintainers: MaintainerRow,
    /// See [`ContributionRow`].
    contributions: ContributionRow,
    /// See [`PublishRow`].
    publishes: PublishRow,
    /// See [`ProvenanceRow`].
    provenance: ProvenanceRow,
    /// See [`AdvisoryRow`].
    advisories: AdvisoryRow,
    /// See [`ContributionMonthRow`].
    contribution_months: ContributionMonthRow,
    /// See [`AcceptanceRow`].
    acceptances: AcceptanceRow,
    /// See [`ReleaseTagRow`].
    release_tags: ReleaseTagRow,
    /// See [`ManifestRow`].
    manifests: ManifestRow,
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
    /// See [`SensitivityRow`].
    sensitivity: SensitivityRow,
    /// See [`FairnessRow`].
    fairness: FairnessRow,
    /// See [`FairnessVariantRow`].
    fairness_variants: FairnessVariantRow,
    /// See [`FairnessComparisonRow`].
    fairness_comparisons: FairnessComparisonRow,
    /// See [`BacktestMeasureRow`].
    backtest_measures: BacktestMeasureRow,
    /// See [`AttackOutcomeRow`].
    attack_outcomes: AttackOutcomeRow,
    /// See [`ChangeRow`].
    changes: ChangeRow,
    /// See [`PersonChangeRow`].
    person_changes: PersonChangeRow,
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
    let wrong = |error: String| SnapshotError::Manifest { file: path.display().to_string(), error };
    let text = fs_err::read_to_string(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => SnapshotError::NoSnapshot { path: folder.display().to_string() },
        std::io::ErrorKind::InvalidData => wrong(error.to_string()),
        _ => error.into(),
    })?;
    let version: serde_json::Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let found = version.get("schema_version").and_then(|v| v.as_str()).unwrap_or("(none)").to_owned();
    if found.split('.').next() != SCHEMA_VERSION.split('.').next() {
        return Err(SnapshotError::SchemaVersion { path: path.display().to_string(), found, known: SCHEMA_VERSION });
    }
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    // The id becomes part of paths.
    if manifest.snapshot != manifest.as_of.to_string() {
        return Err(wrong(format!("snapshot {:?} is not its as_of day {}", manifest.snapshot, manifest.as_of)));
    }
    Ok(manifest)
}

/// Reads a table that stands alone, as [`write_alone`](super::write_alone) wrote it.
pub fn read_alone<T: Table>(path: &Path) -> Result<Vec<T>, SnapshotError> {
    let wrong = |error: String| SnapshotError::Parquet { file: path.display().to_string(), error };
    let opened = fs_err::File::open(path)?.into_parts().0;
    guarded(|| read_rows(opened)).map_err(wrong)?
}

/// Reads one table of `folder`.
fn read_table<T: Table>(folder: &Path, manifest: &Manifest) -> Result<Vec<T>, SnapshotError> {
    let file = format!("{}.parquet", T::NAME);
    let path = folder.join(&file);
    if manifest.schema_version != SCHEMA_VERSION && manifest.tables.iter().all(|table| table.file != file) {
        // Written when there was no such table yet.
        return Ok(Vec::new());
    }
    let pinned = RawFile::pin(&file, &path, None)?;
    let wrong = |error: String| SnapshotError::Parquet { file: path.display().to_string(), error };
    match manifest.tables.iter().find(|table| table.file == file) {
        Some(listed) if pinned.digest == format!("sha256:{}", listed.sha256) => {}
        Some(_) => return Err(wrong("its digest is not the one in manifest.json; the file was damaged or changed".to_owned())),
        None => return Err(wrong("manifest.json does not list it; the snapshot was changed".to_owned())),
    }
    let opened = fs_err::File::open(&path)?.into_parts().0;
    guarded(|| read_rows(opened)).map_err(wrong)?
}

fn read_rows<T: Table>(file: std::fs::File) -> Result<Result<Vec<T>, SnapshotError>, String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let count = usize::try_from(reader.metadata().file_metadata().num_rows()).map_err(|error| error.to_string())?;
    let reader = reader.with_batch_size(1 << 16).build().map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    // A vector that grows is held twice.
    rows.try_reserve_exact(count).map_err(|error| error.to_string())?;
    for batch in reader {
        let batch: RecordBatch = batch.map_err(|error| error.to_string())?;
        match T::rows(&batch) {
            Ok(mut read) => rows.append(&mut read),
            Err(error) => return Ok(Err(error.into())),
        }
    }
    Ok(Ok(rows))
}

/// A snapshot of a stranger may hold any bytes under matching digests, and the Parquet reader meets some with a panic.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let unforeseen = || Err("is damaged in a way the Parquet reader does not understand".to_owned());
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| unforeseen())
}
