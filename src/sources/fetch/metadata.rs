//! Files of signed metadata, from a folder or a web server. Neither is believed: who reads them checks signatures.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use reqwest::Url;

use super::Fetcher;
use crate::sources::{FetchContext, SourceError};

const NAME: &str = "metadata";

/// Where signed metadata lies.
pub struct MetadataPlace(Place);

enum Place {
    Folder(PathBuf),
    Server(Box<Fetcher>, Url),
}

impl MetadataPlace {
    /// `place` is a folder, or the address of one that begins with `https://` or `http://`.
    pub fn new(place: &str, context: &FetchContext) -> Result<Self, SourceError> {
        if !place.starts_with("https://") && !place.starts_with("http://") {
            let folder = Path::new(place);
            let hint = "give the folder or the address with timestamp.json".to_owned();
            let missing = || SourceError::Missing { source_name: NAME, path: folder.into(), hint };
            return folder.is_dir().then(|| Self(Place::Folder(folder.into()))).ok_or_else(missing);
        }
        let url = Url::parse(&format!("{}/", place.trim_end_matches('/'))).map_err(|error| wrong(format!("{place}: {error}")))?;
        Ok(Self(Place::Server(Box::new(Fetcher::new(NAME, context, &url)?), url)))
    }

    /// The file `name`, at most `limit` bytes of it and one more; `None` when there is none. `name` must lead nowhere else.
    pub fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
        match &self.0 {
            Place::Folder(folder) => read(&folder.join(name), limit),
            Place::Server(fetcher, base) => {
                let url = base.join(name).map_err(|error| wrong(format!("{name}: {error}")))?;
                fetcher.bytes(&url, name, limit)
            }
        }
    }
}

fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
    let io = |error| SourceError::Io { source_name: NAME, error };
    let file = match fs_err::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(io)?,
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    Ok(Some(bytes))
}

fn wrong(what: String) -> SourceError {
    SourceError::Fetch { source_name: NAME, what }
}
