//! The older snapshot that a new one is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};

use super::index::Index;
use super::manifest::{Manifest, ManifestPrevious};
use super::published::{Published, guarded, read_manifest};
use crate::units::Day;

/// Which older snapshot a new one is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PreviousChoice {
    /// The newest older one of the same job in the same folder that no erratum withdraws; none when there is none.
    #[default]
    Newest,
    /// This one.
    Folder(PathBuf),
    /// None: `changes` stays empty and no gate asks for drift.
    None,
}

/// An older snapshot, read whole.
#[derive(Debug)]
pub struct Previous {
    /// Its tables.
    pub published: Published,
    /// Its columns by table: what was not published then cannot have changed.
    pub columns: BTreeMap<String, BTreeSet<String>>,
    /// SHA-256 of its `SHA256SUMS`.
    pub sha256sums_sha256: String,
}

impl Previous {
    /// Reads the snapshot in `folder`. An error is one sentence.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| {
            format!(
                "the previous snapshot {} cannot be read ({error}); restore it, or give another with --previous",
                folder.display()
            )
        };
        let published = Published::read(folder).map_err(|error| wrong(&error))?;
        let sums = fs_err::read(folder.join("SHA256SUMS")).map_err(|error| wrong(&error))?;
        let mut columns = BTreeMap::new();
        for table in &published.manifest.tables {
            columns.insert(table.name.clone(), columns_of(&folder.join(&table.file)).map_err(|error| wrong(&error))?);
        }
        Ok(Self { published, columns, sha256sums_sha256: crate::ordered::hex(&Sha256::digest(&sums)) })
    }

    /// How a manifest names it.
    pub(super) fn pinned(&self) -> ManifestPrevious {
        ManifestPrevious { snapshot: self.published.manifest.snapshot.clone(), sha256sums_sha256: self.sha256sums_sha256.clone() }
    }
}

/// Finds and reads what `choice` says, for the snapshot of `manifest` in the folder of snapshots `root`. An error is one
/// sentence: an older snapshot that cannot be read blocks publication, because nothing could be compared with it.
pub(super) fn find(choice: &PreviousChoice, root: &Path, manifest: &Manifest) -> Result<Option<Previous>, String> {
    let folder = match choice {
        PreviousChoice::None => None,
        PreviousChoice::Folder(folder) => Some(folder.clone()),
        PreviousChoice::Newest => newest(root, manifest)?,
    };
    let Some(folder) = folder else { return Ok(None) };
    let previous = Previous::read(&folder)?;
    let found = &previous.published.manifest;
    if found.as_of >= manifest.as_of {
        return Err(format!(
            "{} is as of {}, which is not before {}; give an older --previous",
            folder.display(),
            found.as_of,
            manifest.as_of
        ));
    }
    Ok(Some(previous))
}

fn newest(root: &Path, manifest: &Manifest) -> Result<Option<PathBuf>, String> {
    let index = Index::read(root).map_err(|error| error.to_string())?;
    let entries = fs_err::read_dir(root).map_err(|error| error.to_string())?;
    let days = entries.filter_map(|entry| Day::parse(entry.ok()?.file_name().to_str()?)).filter(|day| *day < manifest.as_of);
    let mut days: Vec<Day> = days.collect();
    days.sort_unstable();
    for day in days.into_iter().rev() {
        let folder = root.join(day.to_string());
        let found = read_manifest(&folder).map_err(|error| {
            format!("the previous snapshot {day} cannot be read ({error}); restore it, or give another with --previous")
        })?;
        if found.job == manifest.job && !index.is_withdrawn(&found.snapshot) {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}

fn columns_of(path: &Path) -> Result<BTreeSet<String>, String> {
    let file = fs_err::File::open(path).map_err(|error| error.to_string())?.into_parts().0;
    let reader = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string()))?;
    Ok(reader.schema().fields().iter().map(|field| field.name().clone()).collect())
}
