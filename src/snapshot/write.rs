//! Publication: a temporary folder, checked, synced, renamed. A killed run leaves the old state or the new.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, ManifestTable};
use super::parquet_file::TableFile;
use super::published::{Published, TableVisitor};
use super::{SnapshotError, Table, checks, dictionary};
use crate::job::{ColumnVisibility, Visibility};

/// Where a snapshot went, and whether it was there before.
#[derive(Debug)]
pub struct Written {
    /// Its folder.
    pub folder: PathBuf,
    /// With the list of files.
    pub manifest: Manifest,
    /// The same bytes had been published before; nothing was written.
    pub is_unchanged: bool,
}

/// Checks `published` and writes it to `<out>/snapshots/<as-of>/`. Nothing is published when a check fails.
pub fn write(mut published: Published, visibility: &Visibility, out: &Path, replace: bool) -> Result<Written, SnapshotError> {
    let mut quality = checks::check(&published);
    let failures = checks::failures(&quality);
    if !failures.is_empty() {
        return Err(SnapshotError::Checks { failures });
    }
    published.quality.append(&mut quality);
    published.quality.sort_by(|a, b| (&a.check, &a.subject).cmp(&(&b.check, &b.subject)));
    let mut files = TableFiles { visibility, files: Vec::new(), problems: Vec::new() };
    published.visit(&mut files)?;
    if !files.problems.is_empty() {
        return Err(SnapshotError::Checks { failures: files.problems });
    }
    publish(published.manifest, files.files, &out.join("snapshots"), replace)
}

fn publish(mut manifest: Manifest, files: Vec<TableFile>, root: &Path, replace: bool) -> Result<Written, SnapshotError> {
    fs_err::create_dir_all(root)?;
    let lock = fs_err::File::create(root.join(".lock"))?;
    lock.file().try_lock().map_err(|_| SnapshotError::Busy { path: root.display().to_string() })?;
    let folder = root.join(&manifest.snapshot);
    let partial = root.join(format!(".{}.partial", manifest.snapshot));
    remove_folder(&partial)?;
    fs_err::create_dir(&partial)?;
    let metadata = [
        ("trustgraph.snapshot", &manifest.snapshot),
        ("trustgraph.schema_version", &manifest.schema_version),
        ("trustgraph.code", &manifest.code),
        ("trustgraph.job_digest", &manifest.job_digest),
        ("trustgraph.inputs_digest", &manifest.inputs_digest),
    ]
    .map(|(key, value)| (key.to_owned(), value.clone()));
    let written = files.par_iter().map(|file| write_table(file, &partial, &metadata));
    manifest.tables = written.collect::<Result<_, _>>()?;
    manifest.tables.sort_by(|a, b| a.name.cmp(&b.name));
    let text = serde_json::to_string_pretty(&manifest).expect("a manifest is plain data") + "\n";
    let mut sums: Vec<(String, String)> = manifest.tables.iter().map(|t| (t.file.clone(), t.sha256.clone())).collect();
    for (name, text) in [("manifest.json", text), ("DATA_DICTIONARY.md", dictionary::markdown())] {
        sums.push((name.to_owned(), crate::ordered::hex(&Sha256::digest(text.as_bytes()))));
        write_synced(&partial.join(name), text.as_bytes())?;
    }
    sums.sort();
    let sums: String = sums.iter().map(|(file, sha256)| format!("{sha256}  {file}\n")).collect();
    write_synced(&partial.join("SHA256SUMS"), sums.as_bytes())?;
    sync_folder(&partial)?;
    let is_unchanged = settle(&partial, &folder, &sums, replace)?;
    sync_folder(root)?;
    write_index(root)?;
    Ok(Written { folder, manifest, is_unchanged })
}

/// Moves `partial` to `folder`. True when the same bytes are there already.
fn settle(partial: &Path, folder: &Path, sums: &str, replace: bool) -> Result<bool, SnapshotError> {
    if !folder.exists() {
        fs_err::rename(partial, folder)?;
        return Ok(false);
    }
    if fs_err::read_to_string(folder.join("SHA256SUMS")).is_ok_and(|old| old == sums) {
        remove_folder(partial)?;
        return Ok(true);
    }
    if !replace {
        remove_folder(partial)?;
        return Err(SnapshotError::Exists { path: folder.display().to_string() });
    }
    let old = partial.with_extension("old");
    remove_folder(&old)?;
    fs_err::rename(folder, &old)?;
    fs_err::rename(partial, folder)?;
    remove_folder(&old)?;
    Ok(false)
}

fn write_table(file: &TableFile, folder: &Path, metadata: &[(String, String)]) -> Result<ManifestTable, SnapshotError> {
    let name = file.file_name();
    let mut bytes = Vec::new();
    file.write(&mut bytes, metadata)
        .map_err(|error| SnapshotError::Parquet { file: name.clone(), error: error.to_string() })?;
    write_synced(&folder.join(&name), &bytes)?;
    Ok(ManifestTable {
        name: file.name.to_owned(),
        row_count: file.batch.num_rows() as u64,
        size_bytes: bytes.len() as u64,
        sha256: crate::ordered::hex(&Sha256::digest(&bytes)),
        file: name,
    })
}

/// Writes and waits until the disk has it: a rename must never publish a file whose bytes are lost.
fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs_err::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove_folder(folder: &Path) -> std::io::Result<()> {
    if folder.exists() { fs_err::remove_dir_all(folder) } else { Ok(()) }
}

/// One entry of `index.json`.
#[derive(Serialize, Deserialize)]
struct IndexEntry {
    snapshot: String,
    schema_version: String,
    /// SHA-256 of the snapshot's `SHA256SUMS`, which pins all its files.
    sha256sums_sha256: String,
}

/// Lists all snapshots of `root` in `index.json`, oldest first.
fn write_index(root: &Path) -> Result<(), SnapshotError> {
    let mut entries = Vec::new();
    for entry in fs_err::read_dir(root)? {
        let path = entry?.path();
        let (Ok(manifest), Ok(sums)) = (super::read_manifest(&path), fs_err::read(path.join("SHA256SUMS"))) else { continue };
        entries.push(IndexEntry {
            snapshot: manifest.snapshot,
            schema_version: manifest.schema_version,
            sha256sums_sha256: crate::ordered::hex(&Sha256::digest(&sums)),
        });
    }
    entries.sort_by(|a, b| a.snapshot.cmp(&b.snapshot));
    let text = serde_json::to_string_pretty(&entries).expect("an index is plain data") + "\n";
    let partial = root.join(".index.json.partial");
    write_synced(&partial, text.as_bytes())?;
    fs_err::rename(&partial, root.join("index.json"))?;
    Ok(())
}

/// Turns tables into files with the public columns only.
struct TableFiles<'v> {
    visibility: &'v Visibility,
    files: Vec<TableFile>,
    problems: Vec<String>,
}

impl TableVisitor for TableFiles<'_> {
    type Error = SnapshotError;

    fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), SnapshotError> {
        let decided = self.visibility.0.get(T::NAME);
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for ((column, field), array) in T::columns().iter().zip(T::schema().fields()).zip(T::arrays(rows)) {
            match decided.and_then(|columns| columns.get(column.name)) {
                Some(ColumnVisibility::Public) => {
                    fields.push(field.clone());
                    arrays.push(array);
                }
                Some(ColumnVisibility::Private) if column.is_nullable => {}
                Some(ColumnVisibility::Private) => {
                    self.problems.push(format!("visibility.toml: {}.{} is needed by every reader and cannot be private", T::NAME, column.name));
                }
                None => self.problems.push(format!("visibility.toml: {}.{} is not listed; say public or private", T::NAME, column.name)),
            }
        }
        if !self.problems.is_empty() {
            return Ok(());
        }
        let schema = std::sync::Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema, arrays)
            .map_err(|error| SnapshotError::Parquet { file: T::NAME.to_owned(), error: error.to_string() })?;
        self.files.push(TableFile { name: T::NAME, key: T::KEY.to_vec(), batch });
        Ok(())
    }
}
