//! The state table: what was mirrored when, and what was not and why. One JSON object a line, sorted by URL, in
//! `git/mirrors.jsonl` of the cache. Written as a whole, so that it is the old or the new one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{NAME, place};
use crate::sources::SourceError;

/// Time between two writings while repositories are mirrored.
const PAUSE: Duration = Duration::from_secs(1);

/// One repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Canonical URL.
    pub(super) url: String,
    /// What came of the last asking.
    pub(super) outcome: Outcome,
    /// Why it was refused; null when it was not.
    pub(super) reason: Option<String>,
    /// Commit at HEAD of the mirror; null when there is none.
    pub(super) head: Option<String>,
    /// When it was asked last.
    pub(super) asked_at: Timestamp,
    /// When it was mirrored last; null when never.
    pub(super) fetched_at: Option<Timestamp>,
    /// Size of the mirror's objects.
    pub(super) bytes: u64,
    /// Tries of the last asking.
    pub(super) attempts: u32,
    /// Canonical URL that the server sent on to, when that is another; the mirror keeps the URL it was asked by.
    pub(super) redirected_to: Option<String>,
}

/// What came of an asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// Something new came.
    Mirrored,
    /// The mirror holds what the repository has.
    Unchanged,
    /// No mirror, or it stays as it was.
    Refused,
}

/// All rows, and the file.
pub(super) struct State {
    path: PathBuf,
    pub(super) rows: BTreeMap<String, Row>,
    written: std::time::Instant,
}

impl State {
    /// Reads the table at `path`; empty when there is none.
    pub(super) fn read(path: PathBuf) -> Result<Self, SourceError> {
        let text = match fs_err::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(|error| SourceError::Io { source_name: NAME, error })?,
        };
        let mut rows = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let row: Row = serde_json::from_str(line).map_err(|error| SourceError::Input {
                source_name: NAME,
                file: path.display().to_string(),
                what: format!("line {number}: {error}; remove the file, and every repository is asked anew"),
            })?;
            rows.insert(row.url.clone(), row);
        }
        Ok(Self { path, rows, written: std::time::Instant::now() })
    }

    /// Puts a row in, and writes the table when it was not written for a second.
    pub(super) fn put(&mut self, row: Row) -> Result<(), SourceError> {
        self.rows.insert(row.url.clone(), row);
        if self.written.elapsed() < PAUSE { Ok(()) } else { self.write() }
    }

    /// Writes the table.
    pub(super) fn write(&mut self) -> Result<(), SourceError> {
        let lines = self.rows.values().map(|row| serde_json::to_string(row).expect("a row is plain data") + "\n");
        let text: String = lines.collect();
        place::write_whole(&self.path, text.as_bytes()).map_err(|error| SourceError::Io { source_name: NAME, error })?;
        self.written = std::time::Instant::now();
        Ok(())
    }
}
