//! Publication: a temporary folder, checked, synced, renamed. A killed run leaves the old state or the new.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, ManifestTable};
use super::out_folder::{OutFolder, write_synced};
use super::parquet_file::TableFile;
use super::person_changes::person_changes;
use super::previous::{self, PreviousChoice};
use super::published::{Published, TableVisitor};
use super::schema::QualityRow;
use super::visibility::visibility_problems;
use super::{
    LOOKUP_DATA, LOOKUP_INDEX, SnapshotError, Table, changes, checks, descriptors, dictionary, drift, shards, statement,
};
use crate::job::Visibility;

/// Where a snapshot went, and whether it was there before.
#[derive(Debug)]
pub struct Written {
    /// Its folder.
    pub folder: PathBuf,
    /// With the list of files.
    pub manifest: Manifest,
    /// The unsigned statement about it: what it was made from, and its files.
    pub statement: PathBuf,
    /// The same bytes had been published before; nothing was written.
    pub is_unchanged: bool,
}

/// How a snapshot is published.
#[derive(Clone, Copy, Debug)]
pub struct WriteOptions<'o> {
    /// Which columns leave the run.
    pub visibility: &'o Visibility,
    /// Which older snapshot it is compared with.
    pub previous: &'o PreviousChoice,
    /// Throw away a snapshot of the same day that differs.
    pub replace: bool,
}

/// Compares `published` with the previous snapshot, checks it and writes it to `<out>/snapshots/<as-of>/`. Nothing is published
/// when a check fails.
pub fn write(mut published: Published, options: &WriteOptions, out: &OutFolder) -> Result<Written, SnapshotError> {
    let visibility = options.visibility;
    let mut failures = visibility_problems(visibility);
    let mut quality = compare(&mut published, options, out.root()).unwrap_or_else(|failure| {
        failures.push(failure);
        Vec::new()
    });
    quality.append(&mut checks::check(&published));
    failures.extend(checks::failures(&quality));
    if !failures.is_empty() {
        return Err(SnapshotError::Checks { failures });
    }
    published.quality.append(&mut quality);
    published.quality.sort_by(|a, b| (&a.check, &a.subject).cmp(&(&b.check, &b.subject)));
    let mut manifest = published.manifest.clone();
    let name = manifest.snapshot.clone();
    let (mut sums, sources) = (String::new(), published.sources.clone());
    let (folder, is_unchanged) = out.publish(&name, options.replace, |folder| {
        sums = fill(folder, &mut manifest, published, visibility)?;
        Ok(sums.clone())
    })?;
    let statement = statement::statement_name(&name);
    out.write_beside(&statement, &statement::statement(&manifest, &sources, &sums))?;
    Ok(Written { folder, manifest, statement: out.root().join(statement), is_unchanged })
}

/// Fills `changes` and `person_changes`, and pins the previous snapshot; the gates on drift. An error is one sentence.
fn compare(published: &mut Published, options: &WriteOptions, root: &Path) -> Result<Vec<QualityRow>, String> {
    let Some(previous) = previous::find(options.previous, root, &published.manifest)? else { return Ok(Vec::new()) };
    published.manifest.previous = Some(previous.pinned());
    published.changes = changes::changes(&previous, published, options.visibility);
    published.person_changes = person_changes(&previous.published, published);
    Ok(drift::drift(&previous, published))
}

/// Writes the public columns of `rows` as `<folder>/<table>.parquet`, outside any snapshot; an older file there is replaced.
pub fn write_alone<T: Table>(
    rows: &[T],
    visibility: &Visibility,
    folder: &Path,
    metadata: &[(String, String)],
) -> Result<PathBuf, SnapshotError> {
    let problems = visibility_problems(visibility);
    if !problems.is_empty() {
        return Err(SnapshotError::Checks { failures: problems });
    }
    let written = write_table(&TableFile::new::<T>(visibility), rows, folder, metadata)?;
    Ok(folder.join(written.file))
}

/// Writes all files of a snapshot into `folder`, completes the manifest, and returns the content of `SHA256SUMS`.
fn fill(folder: &Path, manifest: &mut Manifest, published: Published, visibility: &Visibility) -> Result<String, SnapshotError> {
    let metadata = [
        ("trustgraph.snapshot", &manifest.snapshot),
        ("trustgraph.schema_version", &manifest.schema_version),
        ("trustgraph.code", &manifest.code),
        ("trustgraph.job_digest", &manifest.job_digest),
        ("trustgraph.inputs_digest", &manifest.inputs_digest),
    ]
    .map(|(key, value)| (key.to_owned(), value.clone()));
    let mut tables = Tables { folder, visibility, metadata: &metadata, files: Vec::new(), listed: Vec::new() };
    published.visit(&mut tables)?;
    // Rows and look-up together would be the most memory of all.
    drop(published);
    manifest.tables = tables.listed;
    manifest.tables.sort_by(|a, b| a.name.cmp(&b.name));
    let text = serde_json::to_string_pretty(&manifest).expect("a manifest is plain data") + "\n";
    let mut sums: Vec<(String, String)> = manifest.tables.iter().map(|t| (t.file.clone(), t.sha256.clone())).collect();
    let mut texts = vec![("manifest.json", text), ("DATA_DICTIONARY.md", dictionary::markdown())];
    texts.extend(descriptors::all(manifest, &tables.files));
    let lookup = shards::lookup_of(folder, manifest)?;
    texts.push((LOOKUP_INDEX, lookup.index));
    sums.push((LOOKUP_DATA.to_owned(), crate::ordered::hex(&Sha256::digest(&lookup.data))));
    write_synced(&folder.join(LOOKUP_DATA), &lookup.data)?;
    let addressed = texts.iter().filter(|(_, text)| checks::has_address(text));
    let failures: Vec<String> = addressed.map(|(name, _)| format!("email_patterns of {name}: there is one")).collect();
    if !failures.is_empty() {
        return Err(SnapshotError::Checks { failures });
    }
    for (name, text) in texts {
        sums.push((name.to_owned(), crate::ordered::hex(&Sha256::digest(text.as_bytes()))));
        write_synced(&folder.join(name), text.as_bytes())?;
    }
    sums.sort();
    let sums: String = sums.iter().map(|(file, sha256)| format!("{sha256}  {file}\n")).collect();
    write_synced(&folder.join("SHA256SUMS"), sums.as_bytes())?;
    Ok(sums)
}

fn write_table<T: Table>(
    file: &TableFile,
    rows: &[T],
    folder: &Path,
    metadata: &[(String, String)],
) -> Result<ManifestTable, SnapshotError> {
    let name = file.file_name();
    let mut bytes = Vec::new();
    let written = file.write(rows, &mut bytes, metadata);
    written.map_err(|error| SnapshotError::Parquet { file: name.clone(), error: error.to_string() })?;
    write_synced(&folder.join(&name), &bytes)?;
    Ok(ManifestTable {
        name: file.name.to_owned(),
        row_count: rows.len() as u64,
        size_bytes: bytes.len() as u64,
        sha256: crate::ordered::hex(&Sha256::digest(&bytes)),
        file: name,
    })
}

/// Writes each table it is shown as a file of a folder, with the public columns only.
struct Tables<'w> {
    folder: &'w Path,
    visibility: &'w Visibility,
    metadata: &'w [(String, String)],
    files: Vec<TableFile>,
    listed: Vec<ManifestTable>,
}

impl TableVisitor for Tables<'_> {
    type Error = SnapshotError;

    fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), SnapshotError> {
        let file = TableFile::new::<T>(self.visibility);
        self.listed.push(write_table(&file, rows, self.folder, self.metadata)?);
        self.files.push(file);
        Ok(())
    }
}
