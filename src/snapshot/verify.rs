//! Is a snapshot what it says? Digests, schema, keys, checks; every problem is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::published::{Published, TableVisitor, guarded};
use super::{Erratum, Index, Manifest, SnapshotError, Table, checks, read_manifest};
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

/// Checks the snapshot in `folder`. An unreadable manifest is an error; everything else is listed as a problem.
pub fn verify(folder: &Path) -> Result<Verification, SnapshotError> {
    let manifest = read_manifest(folder)?;
    let mut problems = Vec::new();
    let file_count = check_digests(folder, &manifest, &mut problems)?;
    let mut check_count = 0;
    if problems.is_empty() {
        match Published::read(folder) {
            Ok(published) => {
                let quality = checks::check(&published);
                check_count = quality.len();
                problems.extend(checks::failures(&quality));
                let stated_failures = checks::failures(&published.quality);
                problems.extend(stated_failures.into_iter().map(|failure| format!("quality: published although {failure}")));
                let stated: BTreeSet<(&str, &str)> =
                    published.quality.iter().map(|q| (q.check.as_ref(), q.subject.as_str())).collect();
                // The quality table itself is written after the gates ran.
                let missing = quality.iter().filter(|row| !stated.contains(&(row.check.as_ref(), row.subject.as_str())));
                problems.extend(missing.map(|row| format!("quality: {} of {} is not in the table", row.check, row.subject)));
                published.visit(&mut Schemas { folder, problems: &mut problems })?;
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    let errata = errata(folder, &manifest, &mut problems)?;
    Ok(Verification { manifest, file_count, check_count, errata, problems })
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
