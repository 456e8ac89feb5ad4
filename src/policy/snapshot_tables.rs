//! The files of a snapshot that rules need, checked against the manifest.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::PolicyError;
use crate::ordered::hex;
use crate::snapshot::{KeyQuery, KeyRows, LOOKED_UP_TABLES, Manifest, Shards, SnapshotError, read_manifest, rows_by_key};

/// Larger tables are not digested unless asked: that would cost more than the whole look-up.
const MAX_DIGESTED_BYTES: u64 = 32 << 20;

/// An opened snapshot.
pub(super) struct SnapshotTables<'q> {
    pub manifest: Manifest,
    /// Where rows come from instead of the tables.
    shards: Option<&'q Shards<'q>>,
    folder: PathBuf,
    /// Tables whose digest was not checked, for the report.
    pub unchecked: Vec<String>,
}

impl<'q> SnapshotTables<'q> {
    /// Opens the snapshot in `folder`. With `shards`, whose pieces have digests of their own, no table is needed. Else sizes must be those of the manifest, and digests too: of all tables with `checks_digests`, else of
    /// those below 32 MiB.
    pub fn open(folder: &Path, shards: Option<&'q Shards<'q>>, checks_digests: bool) -> Result<Self, PolicyError> {
        let manifest = read_manifest(folder)?;
        let mut tables = Self { manifest, shards, folder: folder.to_path_buf(), unchecked: Vec::new() };
        tables.check_manifest()?;
        if !tables.has("packages") {
            return Err(tables.wrong("packages", "manifest.json does not list it; nothing can be looked up").into());
        }
        if shards.is_some() {
            return Ok(tables);
        }
        let limit = if checks_digests { u64::MAX } else { MAX_DIGESTED_BYTES };
        let present: Vec<&str> = LOOKED_UP_TABLES.into_iter().filter(|name| tables.has(name)).collect();
        let checked: Vec<bool> =
            present.par_iter().map(|name| tables.check_table(name, limit)).collect::<Result<_, SnapshotError>>()?;
        tables.unchecked =
            present.iter().zip(checked).filter(|(_, is_checked)| !is_checked).map(|(name, _)| (*name).to_owned()).collect();
        Ok(tables)
    }

    /// Whether the snapshot has a table.
    pub fn has(&self, table: &str) -> bool {
        self.manifest.tables.iter().any(|known| known.name == table)
    }

    /// Ecosystems whose packages it holds.
    pub fn ecosystems(&self) -> BTreeSet<&str> {
        self.manifest.suites.iter().map(|suite| suite.ecosystem.as_str()).collect()
    }

    /// Looks up rows; `None` where the snapshot has no such table.
    pub fn rows(&self, table: &str, query: &KeyQuery) -> Result<Option<KeyRows>, PolicyError> {
        if !self.has(table) {
            return Ok(None);
        }
        Ok(Some(match self.shards {
            Some(shards) => shards.rows(table, query)?,
            None => rows_by_key(&self.path(table), query)?,
        }))
    }

    /// Never by the manifest's own word for the file: it is part of what is checked.
    fn path(&self, table: &str) -> PathBuf {
        self.folder.join(format!("{table}.parquet"))
    }

    fn wrong(&self, table: &str, error: &str) -> SnapshotError {
        SnapshotError::Parquet { file: self.path(table).display().to_string(), error: error.to_owned() }
    }

    /// `SHA256SUMS`, where there is one, names the digest of the manifest.
    fn check_manifest(&self) -> Result<(), SnapshotError> {
        let sums = self.folder.join("SHA256SUMS");
        if !sums.is_file() {
            return Ok(());
        }
        let file = self.folder.join("manifest.json");
        let wanted = hex(&Sha256::digest(fs_err::read(&file)?));
        let text = String::from_utf8_lossy(&fs_err::read(&sums)?).into_owned();
        let is_listed = text.lines().any(|line| line.split_once("  ") == Some((wanted.as_str(), "manifest.json")));
        let error = "its digest is not the one in SHA256SUMS; the snapshot was damaged or changed".to_owned();
        if is_listed { Ok(()) } else { Err(SnapshotError::Manifest { file: file.display().to_string(), error }) }
    }

    /// Whether the digest was checked; an error where size or digest differ.
    fn check_table(&self, table: &str, limit: u64) -> Result<bool, SnapshotError> {
        let Some(listed) = self.manifest.tables.iter().find(|known| known.name == table) else { return Ok(true) };
        let path = self.path(table);
        if fs_err::metadata(&path)?.len() != listed.size_bytes {
            return Err(self.wrong(table, "its size is not the one in manifest.json; the file was damaged or changed"));
        }
        if listed.size_bytes > limit {
            return Ok(false);
        }
        if digest(&path)? != listed.sha256 {
            return Err(self.wrong(table, "its digest is not the one in manifest.json; the file was damaged or changed"));
        }
        Ok(true)
    }
}

/// SHA-256 of a file, piece by piece.
fn digest(path: &Path) -> Result<String, SnapshotError> {
    let (mut file, mut hash, mut piece) = (fs_err::File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&piece[..count]),
        }
    }
}
