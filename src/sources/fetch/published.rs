//! Brings a published snapshot's manifest and what a check asks of it from a web server: pieces of its look-up, or whole tables where it
//! has none.
//!
//! The server is not believed: a piece counts only when its digest is the one in the index, the index's and the manifest's those in
//! `SHA256SUMS`, and nothing is read from another host than the one that was named.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;

use super::addresses::{Addresses, MAX_REDIRECTS};
use super::remote_snapshot::{RemoteSnapshot, digests, on_disk, wrong};
use super::{Fetcher, MAX_TIME, Network, Pace, Times, USER_AGENT, pieces};
use crate::sources::SourceError;

pub(super) const NAME: &str = "snapshot";
const MAX_MANIFEST_BYTES: u64 = 16 << 20;
const MAX_SUMS_BYTES: u64 = 1 << 20;
/// An index of a million shards has 80 MB.
const MAX_INDEX_BYTES: u64 = 128 << 20;

/// What to bring, and where to keep it.
#[derive(Clone, Debug)]
pub struct PublishedSnapshot<'s> {
    /// Address of the snapshot's folder, the one with manifest.json. https, or http on this machine.
    pub url: &'s str,
    /// Folder that keeps fetched files between runs.
    pub cache: &'s Path,
    /// The look-up's index, which names the digest of every piece of the look-up.
    pub index: &'s str,
    /// Tables to bring where the snapshot has no look-up.
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
pub(super) struct File {
    pub(super) name: String,
    pub(super) size_bytes: u64,
    pub(super) sha256: String,
}

impl PublishedSnapshot<'_> {
    /// Brings the manifest, and the look-up's index, or where the snapshot has none the wanted tables. What is there from an earlier
    /// run is not fetched again: an unchanged snapshot costs one small request.
    pub fn fetch(&self) -> Result<RemoteSnapshot, SourceError> {
        let base = self.base()?;
        let remote =
            RemoteSnapshot { fetcher: self.fetcher(&base)?, base, folder: PathBuf::new(), pieces: self.cache.join("pieces") };
        let sums = remote.small("SHA256SUMS", MAX_SUMS_BYTES)?;
        let sums =
            sums.ok_or_else(|| wrong(format!("{} has no SHA256SUMS; give the address of a snapshot's folder", self.url)))?;
        let digests = digests(&sums);
        let digest = digests.get("manifest.json").ok_or_else(|| wrong("SHA256SUMS names no manifest.json".to_owned()))?;
        let remote = RemoteSnapshot { folder: self.cache.join("snapshots").join(digest), ..remote };
        fs_err::create_dir_all(&remote.folder).map_err(on_disk)?;
        let manifest = remote.listed("manifest.json", digest, MAX_MANIFEST_BYTES)?;
        match digests.get(self.index) {
            Some(digest) => {
                let index = remote.listed(self.index, digest, MAX_INDEX_BYTES)?;
                pieces::prune(&remote.pieces, &index, pieces::MAX_OTHER_BYTES).map_err(on_disk)?;
            }
            None => {
                let files: Files = serde_json::from_slice(&manifest).map_err(|error| wrong(format!("manifest.json: {error}")))?;
                for file in files.tables.iter().filter(|file| self.tables.contains(&file.name.as_str())) {
                    remote.table(file)?;
                }
            }
        }
        fs_err::write(remote.folder.join("SHA256SUMS"), &sums).map_err(on_disk)?;
        Ok(remote)
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
            times: Times { first_pause: self.patience.min(Duration::from_secs(1)), silence: self.patience, whole: MAX_TIME },
            network: Network::default(),
            addresses,
            pace: Pace::FILES,
            cache: self.cache.into(),
            is_offline: false,
            unconditional_count: Default::default(),
        })
    }
}
