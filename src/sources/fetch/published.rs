//! Brings a published snapshot's manifest and a few of its tables from a web server, for a check that needs no more.
//!
//! The server is not believed: a table counts only when its digest is the one in the manifest, the manifest's the one in `SHA256SUMS`, and
//! nothing is read from another host than the one that was named.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::addresses::{Addresses, MAX_REDIRECTS};
use super::{Fetcher, Network, Pace, USER_AGENT, Wanted};
use crate::ordered::hex;
use crate::sources::SourceError;

const NAME: &str = "snapshot";
const MAX_MANIFEST_BYTES: u64 = 16 << 20;
const MAX_SUMS_BYTES: u64 = 1 << 20;

/// What to bring, and where to keep it.
#[derive(Clone, Debug)]
pub struct PublishedSnapshot<'s> {
    /// Address of the snapshot's folder, the one with manifest.json. https, or http on this machine.
    pub url: &'s str,
    /// Folder that keeps fetched files between runs.
    pub cache: &'s Path,
    /// Tables to bring, where the snapshot has them.
    pub tables: &'s [&'s str],
    /// Time without an answer or a byte after which a try is given up.
    pub patience: Duration,
}

/// The part of a manifest that says what to fetch.
#[derive(Deserialize)]
struct Files {
    tables: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    size_bytes: u64,
    sha256: String,
}

impl PublishedSnapshot<'_> {
    /// The local folder with the manifest and the wanted tables. What is there from an earlier run is not fetched again.
    pub fn fetch(&self) -> Result<PathBuf, SourceError> {
        let base = self.base()?;
        let fetcher = self.fetcher(&base)?;
        let get = |name: &str, limit: u64| {
            let url = base.join(name).map_err(|error| wrong(format!("{name}: {error}")))?;
            let bytes = fetcher.bytes(&url, name, limit)?;
            bytes.ok_or_else(|| wrong(format!("{} has no {name}; give the address of a snapshot's folder", self.url)))
        };
        let (manifest, sums) = (get("manifest.json", MAX_MANIFEST_BYTES)?, get("SHA256SUMS", MAX_SUMS_BYTES)?);
        let digest = hex(&Sha256::digest(&manifest));
        let is_listed =
            String::from_utf8_lossy(&sums).lines().any(|line| line.split_once("  ") == Some((&digest, "manifest.json")));
        if !is_listed {
            return Err(wrong(
                "manifest.json does not have the digest in SHA256SUMS; the server lies, or is in the middle of an update".into(),
            ));
        }
        let files: Files = serde_json::from_slice(&manifest).map_err(|error| wrong(format!("manifest.json: {error}")))?;
        let folder = self.cache.join("snapshots").join(&digest);
        let on_disk = |error| SourceError::Io { source_name: NAME, error };
        fs_err::create_dir_all(&folder).map_err(on_disk)?;
        for file in files.tables.iter().filter(|file| self.tables.contains(&file.name.as_str())) {
            self.table(&fetcher, &base, &folder, file)?;
        }
        fs_err::write(folder.join("SHA256SUMS"), &sums).map_err(on_disk)?;
        fs_err::write(folder.join("manifest.json"), &manifest).map_err(on_disk)?;
        Ok(folder)
    }

    fn table(&self, fetcher: &Fetcher, base: &Url, folder: &Path, file: &File) -> Result<(), SourceError> {
        let name = format!("{}.parquet", file.name);
        let path = folder.join(&name);
        if fs_err::metadata(&path).is_ok_and(|known| known.len() == file.size_bytes) {
            return Ok(());
        }
        let url = base.join(&name).map_err(|error| wrong(format!("{name}: {error}")))?;
        let wanted = Wanted { name: &name, path: &path, sha256: &file.sha256, size_bytes: file.size_bytes };
        if fetcher.file(&url, &wanted)? {
            Ok(())
        } else {
            Err(wrong(format!("{name} stands in manifest.json but not on the server")))
        }
    }

    fn base(&self) -> Result<Url, SourceError> {
        let url = Url::parse(&format!("{}/", self.url.trim_end_matches('/')))
            .map_err(|error| wrong(format!("{}: {error}", self.url)))?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(wrong(format!("{}: only https can be believed (http on this machine alone)", self.url)));
        }
        Ok(url)
    }

    /// A client that follows a redirect on the named host only.
    fn fetcher(&self, base: &Url) -> Result<Fetcher, SourceError> {
        let same_host = Policy::custom(|attempt| {
            let first =
                attempt.previous().first().map(|url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port()));
            let next = (attempt.url().scheme().to_owned(), attempt.url().host_str().map(str::to_owned), attempt.url().port());
            if first != Some(next) {
                attempt.error("redirect to another host; give the address of that host if it is to be believed")
            } else if attempt.previous().len() > MAX_REDIRECTS {
                attempt.error("too many redirects")
            } else {
                attempt.follow()
            }
        });
        let addresses = Arc::new(Addresses::new(base));
        let builder = Client::builder().user_agent(USER_AGENT).connect_timeout(self.patience).timeout(self.patience);
        let client = builder
            .redirect(same_host)
            .dns_resolver(addresses.clone())
            .build()
            .map_err(|error| wrong(format!("no HTTP client: {error}")))?;
        Ok(Fetcher {
            client,
            source_name: NAME,
            first_pause: self.patience.min(Duration::from_secs(1)),
            network: Network::default(),
            addresses,
            pace: Pace::FILES,
            cache: self.cache.into(),
            is_offline: false,
        })
    }
}

fn wrong(what: String) -> SourceError {
    SourceError::Fetch { source_name: NAME, what }
}
