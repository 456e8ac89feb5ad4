//! What can be wrong with a job, and the reader that keeps the digest of all its files.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Why a job is refused. Wrong use: the command ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A file of the job cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A file is no TOML, or has a key this version does not know.
    #[error("{}: {}\nEvery key is explained in jobs/README.md.", path.display(), told(error))]
    Toml {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        error: Box<toml::de::Error>,
    },
    /// A number outside its range.
    #[error("{}: {what}", path.display())]
    Parameter {
        /// The file.
        path: PathBuf,
        /// Which and why.
        what: String,
    },
    /// Nothing to read.
    #[error("{}: the job names no source; add a [sources.debian], [sources.git], [sources.commits], [sources.npm] or [sources.pypi] table", path.display())]
    NoSource {
        /// The file.
        path: PathBuf,
    },
}

/// Line, column, the line itself and the reason; without the line when that is too long to read.
fn told(error: &toml::de::Error) -> String {
    let full = error.to_string();
    if full.len() <= 2000 {
        return full;
    }
    let reason: String = error.message().chars().take(300).collect();
    format!("{}: {reason}", full.lines().next().unwrap_or_default())
}

/// Files of the jobs that ship with the program, for commands that need none.
const SHIPPED: [(&str, &str); 7] = [
    ("jobs/scan.toml", include_str!("../../jobs/scan.toml")),
    ("jobs/backtest.toml", include_str!("../../jobs/backtest.toml")),
    ("jobs/parameters.toml", include_str!("../../jobs/parameters.toml")),
    ("jobs/decisions/identity.toml", include_str!("../../jobs/decisions/identity.toml")),
    ("jobs/decisions/opt_out.toml", include_str!("../../jobs/decisions/opt_out.toml")),
    ("jobs/decisions/seeds.toml", include_str!("../../jobs/decisions/seeds.toml")),
    ("jobs/decisions/visibility.toml", include_str!("../../jobs/decisions/visibility.toml")),
];

/// Reads TOML files and remembers what it read.
#[derive(Default)]
pub(super) struct Digested {
    sum: Sha256,
    is_shipped: bool,
}

impl Digested {
    /// Reads what ships with the program instead of files.
    pub(super) fn shipped() -> Self {
        Self { is_shipped: true, ..Self::default() }
    }

    /// Parses `path`, adding its bytes to the digest.
    pub(super) fn read_toml<T: DeserializeOwned>(&mut self, path: &Path) -> Result<T, JobError> {
        let shipped = SHIPPED.iter().find(|(name, _)| self.is_shipped && Path::new(name) == path);
        let text = shipped.map_or_else(|| fs_err::read_to_string(path), |(_, text)| Ok((*text).to_owned()))?;
        self.sum.update((text.len() as u64).to_le_bytes());
        self.sum.update(text.as_bytes());
        toml::from_str(&text).map_err(|error| JobError::Toml { path: path.into(), error: Box::new(error) })
    }

    /// Adds the bytes of `path`, which another layer reads, to the digest.
    pub(super) fn read_bytes(&mut self, path: &Path) -> Result<(), JobError> {
        let bytes = fs_err::read(path)?;
        self.sum.update((bytes.len() as u64).to_le_bytes());
        self.sum.update(&bytes);
        Ok(())
    }

    /// Digest of everything read, in hexadecimal.
    pub(super) fn finish(self) -> String {
        crate::ordered::hex(&self.sum.finalize())
    }
}
