//! Documents on disk: the body, and beside it what the server said of it.
//!
//! `HH/HEX[.ending]` holds the body, `HH/HEX.json` the rest, where HEX is the SHA-256 of the address and of what was asked to be
//! accepted. Each is written beside and renamed; when they do not fit each other (a run was killed between the two), the
//! document counts as not there.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Document;
use crate::sources::RawFile;

/// What the server said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Said {
    /// Digest of the body, `sha256:HEX`. `None`: the server has no such document.
    pub(super) digest: Option<String>,
    /// `ETag`.
    pub(super) etag: Option<String>,
    /// `Last-Modified`.
    pub(super) last_modified: Option<String>,
    /// When it was last brought or found unchanged, in seconds since the epoch.
    pub(super) checked_seconds: i64,
}

/// Where one document lies.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) body: PathBuf,
    pub(super) said: PathBuf,
}

/// What lies there.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    /// `None`: the server has no such document.
    pub(super) file: Option<RawFile>,
    pub(super) said: Said,
}

impl Place {
    /// Below `cache`.
    pub(super) fn of(cache: &Path, document: &Document) -> Self {
        let mut key = Sha256::new();
        key.update(document.url.as_str());
        key.update([0]);
        key.update(document.accept.unwrap_or_default());
        let key = crate::ordered::hex(&key.finalize());
        let folder = cache.join(&key[..2]);
        let ending = Path::new(&document.name).extension().and_then(|ending| ending.to_str());
        let ending = ending.filter(|ending| ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        // `.json` is the other file's ending.
        let ending = ending.filter(|ending| *ending != "json").map_or_else(String::new, |ending| format!(".{ending}"));
        Self { body: folder.join(format!("{key}{ending}")), said: folder.join(format!("{key}.json")) }
    }

    /// What lies there and fits.
    pub(super) fn read(&self, name: &str) -> Option<Remembered> {
        let said: Said = serde_json::from_slice(&fs_err::read(&self.said).ok()?).ok()?;
        let file = match &said.digest {
            None => None,
            Some(digest) => Some(RawFile::pin(name, &self.body, None).ok().filter(|file| file.digest == *digest)?),
        };
        Some(Remembered { file, said })
    }

    /// Writes what the server said.
    pub(super) fn write(&self, said: &Said) -> io::Result<()> {
        let bytes = serde_json::to_vec(said).map_err(io::Error::other)?;
        let new = self.said.with_added_extension("part");
        if let Some(folder) = new.parent() {
            fs_err::create_dir_all(folder)?;
        }
        fs_err::write(&new, bytes)?;
        fs_err::rename(&new, &self.said)
    }
}
