//! Is a snapshot what it says? Digests, schema, keys, checks; every problem is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::drift::{DRIFT_CHECKS, drift};
use super::published::{Published, TableVisitor, guarded};
use super::schema::QualityRow;
use super::{Erratum, Index, LOOKUP_INDEX, Manifest, Previous, SnapshotError, Table, checks, read_manifest, shards};
use crate::sources::RawFile;

/// What `verify` found.
#[derive(Debug)]
pub struct Verification {
    /// The snapshot's own words.
    pub manifest: Manifest,
    /// Files whose digest was checked.
    pub file_count: usize,
    /// Gates that were run again.
    pub check_count: usize,
    /// What `index.json` beside it says of it.
    pub errata: Vec<Erratum>,
    /// One sentence a problem; empty = the snapshot holds.
    pub problems: Vec<String>,
}

/// Checks the snapshot in `folder`, and its drift from the older one in `previous` where that is given. An unreadable manifest is an
/// error; everything else is listed as a problem.
pub fn verify(folder: &Path, previous: Option<&Path>) -> Result<Verification, SnapshotError> {
    let manifest = read_manifest(folder)?;
    let mut problems = Vec::new();
    let file_count = check_digests(folder, &manifest, &mut problems)?;
    let mut check_count = 0;
    if problems.is_empty() {
        match Published::read(folder) {
            Ok(published) => {
                let mut quality = checks::check(&published);
                match previous.map(|previous| drift_from(previous, &published)) {
                    Some(Ok(drift)) => quality.extend(drift),
                    Some(Err(problem)) => problems.push(problem),
                    None => {}
                }
                check_count = quality.len();
                problems.extend(checks::failures(&quality));
                let stated_failures = checks::failures(&published.quality);
                problems.extend(stated_failures.into_iter().map(|failure| format!("quality: published although {failure}")));
                let stated: BTreeSet<(&str, &str)> =
                    published.quality.iter().map(|q| (q.check.as_ref(), q.subject.as_str())).collect();
                // The quality table itself is written after the gates ran. Drift from another snapshot than the run's own is in no table.
                let is_own = |row: &&QualityRow| !DRIFT_CHECKS.contains(&row.check.as_ref()) || is_pinned(&manifest, previous);
                let missing =
                    quality.iter().filter(is_own).filter(|row| !stated.contains(&(row.check.as_ref(), row.subject.as_str())));
                problems.extend(missing.map(|row| format!("quality: {} of {} is not in the table", row.check, row.subject)));
                published.visit(&mut Schemas { folder, problems: &mut problems })?;
                // Rows and look-up together would be the most memory of all.
                drop(published);
                if folder.join(LOOKUP_INDEX).is_file() {
                    problems.extend(shards::problems(folder, &shards::lookup_of(folder, &manifest)?));
                }
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    let errata = errata(folder, &manifest, &mut problems)?;
    Ok(Verification { manifest, file_count, check_count, errata, problems })
}

/// Every gate on drift from the snapshot in `previous`; an error is one sentence.
fn drift_from(previous: &Path, published: &Published) -> Result<Vec<QualityRow>, String> {
    let (before, manifest) = (Previous::read(previous)?, &published.manifest);
    let old = &before.published.manifest;
    if old.job != manifest.job || old.as_of >= manifest.as_of {
        return Err(format!(
            "previous: {} is of job {} as of {}; give an older snapshot of job {} than {}",
            previous.display(),
            old.job,
            old.as_of,
            manifest.job,
            manifest.as_of
        ));
    }
    if let Some(pinned) = manifest.previous.as_ref().filter(|pinned| pinned.snapshot == old.snapshot)
        && pinned.sha256sums_sha256 != before.sha256sums_sha256
    {
        return Err(format!("previous: {} is not the snapshot {} that manifest.json pins", previous.display(), old.snapshot));
    }
    Ok(drift(&before, published))
}

/// Whether `previous` is the snapshot that the run itself compared with.
fn is_pinned(manifest: &Manifest, previous: Option<&Path>) -> bool {
    let old = previous.and_then(|folder| read_manifest(folder).ok());
    old.is_some_and(|old| manifest.previous.as_ref().is_some_and(|pinned| pinned.snapshot == old.snapshot))
}

/// What the `index.json` beside the snapshot says of it; a withdrawal is a problem.
fn errata(folder: &Path, manifest: &Manifest, problems: &mut Vec<String>) -> Result<Vec<Erratum>, SnapshotError> {
    let folder = fs_err::canonicalize(folder)?;
    let index = Index::read(folder.parent().unwrap_or(&folder)).unwrap_or_else(|error| {
        problems.push(error.to_string());
        Index::default()
    });
    let errata = index.errata(&manifest.snapshot).to_vec();
    let withdrawn = errata.iter().filter(|erratum| erratum.is_withdrawn);
    problems.extend(withdrawn.map(|erratum| format!("it is withdrawn: {}", erratum.text)));
    Ok(errata)
}

/// Every file is listed in `SHA256SUMS` with its digest, and every listed file is there. Listed files with digest and size.
pub(super) fn check_sums(folder: &Path, problems: &mut Vec<String>) -> Result<BTreeMap<String, (String, u64)>, SnapshotError> {
    let text = String::from_utf8_lossy(&fs_err::read(folder.join("SHA256SUMS"))?).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    let sums: BTreeMap<&str, &str> = lines.map(|(sha256, file)| (file, sha256)).collect();
    if sums.len() != text.lines().count() {
        problems.push("SHA256SUMS: a line is not `digest  file`, or a file stands twice".to_owned());
    }
    let mut present = BTreeSet::new();
    for entry in fs_err::read_dir(folder)? {
        present.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    present.remove("SHA256SUMS");
    for name in present.iter().filter(|name| !sums.contains_key(name.as_str())) {
        problems.push(format!("{name}: not listed in SHA256SUMS"));
    }
    let mut listed = BTreeMap::new();
    for (name, sha256) in sums {
        let path = folder.join(name);
        if !present.contains(name) || !path.is_file() {
            problems.push(format!("{name}: listed in SHA256SUMS but missing"));
            continue;
        }
        let found = RawFile::pin(name, &path, None)?;
        if found.digest != format!("sha256:{sha256}") {
            problems.push(format!("{name}: {} does not match SHA256SUMS", found.digest));
        }
        listed.insert(name.to_owned(), (sha256.to_owned(), found.size_bytes));
    }
    Ok(listed)
}

/// The manifest and `SHA256SUMS` say the same. Returns how many files are listed.
fn check_digests(folder: &Path, manifest: &Manifest, problems: &mut Vec<String>) -> Result<usize, SnapshotError> {
    let listed = check_sums(folder, problems)?;
    for table in &manifest.tables {
        match listed.get(&table.file) {
            Some((sha256, size_bytes)) if (&table.sha256, table.size_bytes) == (sha256, *size_bytes) => {}
            Some(_) => problems.push(format!("{}: digest or size differs from manifest.json", table.file)),
            None => problems.push(format!("{}: listed in manifest.json but not in SHA256SUMS", table.file)),
        }
    }
    Ok(listed.len())
}

/// Compares the columns and row count of each file with the schema in code and the manifest.
struct Schemas<'p> {
    folder: &'p Path,
    problems: &'p mut Vec<String>,
}

impl TableVisitor for Schemas<'_> {
    type Error = SnapshotError;

    fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), SnapshotError> {
        let name = format!("{}.parquet", T::NAME);
        let file = fs_err::File::open(self.folder.join(&name))?.into_parts().0;
        let reader = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string()))
            .map_err(|error| SnapshotError::Parquet { file: name.clone(), error })?;
        let known = T::schema();
        for field in reader.schema().fields() {
            match known.field_with_name(field.name()) {
                Ok(expected) if expected.data_type() == field.data_type() => {}
                Ok(_) => self.problems.push(format!("{name}: column {} has another type", field.name())),
                Err(_) => self.problems.push(format!("{name}: column {} is unknown to this version", field.name())),
            }
        }
        if reader.metadata().file_metadata().num_rows() != rows.len() as i64 {
            self.problems.push(format!("{name}: row count differs from its footer"));
        }
        Ok(())
    }
}
