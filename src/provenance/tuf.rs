//! A trusted root, brought up to date by The Update Framework.
//!
//! From a root of signers that ships with the program, and signed metadata that somebody else brings (a folder, a client), to the
//! newest `trusted_root.json` they signed. There is no network and no clock in it. Specification:
//! <https://theupdateframework.github.io/specification/latest/>, version 1.0.
//!
//! # Who checks what
//!
//! `sigstore-tuf` 0.15 checks: each next root by the signers of both, one version at a time; signatures up to their thresholds, one a
//! key; expiry of all roles against the time given; versions that go back, also behind those of earlier runs, which are kept in
//! `known` and verified anew each time; lengths and digests of what is named; delegations; how many bytes are asked for. This layer
//! checks: keys that stand twice in JSON, one key under two names in a role, more bytes than asked for, names that lead elsewhere, that
//! what holds back older versions was kept and what replaced signers wrote was not, and that the document is a trusted root that can be
//! used.

mod kept;
mod strict;

use std::future::Future;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, MetadataStore, Repository, Updater};

use super::{RootError, TrustedRoots, shown};
use kept::Kept;

/// The document that is asked for.
const TARGET: &str = "trusted_root.json";

/// Signers of the Sigstore public good instance's metadata.
const PUBLIC_GOOD: &str = include_str!("roots/tuf_public_good.json");
/// Signers of the metadata of the instance for private repositories on GitHub.
const GITHUB: &str = include_str!("roots/tuf_github.json");

/// Brings the file of a name, at most so many bytes of it; `None` when there is none. Targets lie below `targets/`. The error says why
/// it cannot be had.
pub type Bring = Box<dyn Fn(&str, u64) -> Result<Option<Vec<u8>>, String> + Send + Sync>;

/// A Sigstore instance whose signers ship with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instance {
    /// The public good instance.
    PublicGood,
    /// The instance for private repositories on GitHub.
    Github,
}

impl Instance {
    /// Its name in folders and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::PublicGood => "public_good",
            Self::Github => "github",
        }
    }

    /// Its signers, as a signed root.
    pub fn root(self) -> &'static str {
        match self {
            Self::PublicGood => PUBLIC_GOOD,
            Self::Github => GITHUB,
        }
    }
}

/// A trusted root and the metadata that vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// `trusted_root.json`, byte for byte.
    pub document: Vec<u8>,
    /// Version of the root of signers, after all that followed.
    pub root_version: u64,
    /// Version of the newest timestamp.
    pub timestamp_version: u64,
    /// When the first of root, timestamp, snapshot and targets expires: until then nothing newer need be asked for.
    pub expires: Timestamp,
}

/// Why there is no newer trusted root.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Fewer signers than the role needs, whatever others signed.
    #[error("{role}: signed by {found} of the {threshold} keys that are needed")]
    TooFewSignatures {
        /// Which role.
        role: String,
        /// Distinct keys of the role whose signatures hold.
        found: usize,
        /// Keys that are needed.
        threshold: usize,
    },
    /// A key that signs or is listed twice counts once at most; metadata that says otherwise is refused.
    #[error("{role}: key {key} stands twice")]
    KeyTwice {
        /// Which role.
        role: String,
        /// The key's name.
        key: String,
    },
    /// Older than what was known.
    #[error("{role}: version {found} is older than version {known}, which is known")]
    Rollback {
        /// Which role.
        role: String,
        /// Version that is known.
        known: u64,
        /// Version that came.
        found: u64,
    },
    /// A root that does not follow the one before it.
    #[error("root: version {found} does not follow version {known}")]
    RootVersion {
        /// Version that is known.
        known: u64,
        /// Version that came.
        found: u64,
    },
    /// Whoever serves it may be holding back what is newer.
    #[error("{role}: expired at {expires}; what is newer is held back, or its signers are late")]
    Expired {
        /// Which role.
        role: String,
        /// When.
        expires: Timestamp,
    },
    /// Length, digest or version is not what the file above it says.
    #[error("does not belong to what names it: {0}")]
    Mismatch(String),
    /// More bytes than any such file has, or than were announced.
    #[error("{name}: longer than {limit} bytes")]
    TooLong {
        /// The file.
        name: String,
        /// Most bytes that are read of it.
        limit: u64,
    },
    /// No role lists the document.
    #[error("{0} is not among the targets that are signed for")]
    NotListed(String),
    /// Not metadata at all, or of a kind that is not known.
    #[error("is no metadata of The Update Framework 1.0: {0}")]
    Malformed(String),
    /// It cannot be had.
    #[error("cannot be brought: {0}")]
    NotBrought(String),
    /// Without versions that are known, older ones could be passed off as newest the next time.
    #[error("what was verified cannot be kept: {0}")]
    NotKept(String),
    /// It is signed, and no trusted root.
    #[error(transparent)]
    Unusable(#[from] RootError),
}

/// Follows `root` to the newest signers and brings the trusted root they sign, as of `now`. Verified metadata is kept in the folder
/// `known`; nothing older is accepted later. Costs some ten small files and signatures.
pub fn refresh(root: &[u8], bring: Bring, known: &Path, now: Timestamp) -> Result<Refreshed, RefreshError> {
    strict::check("root.json", root)?;
    let kept = Kept::new(known.to_path_buf());
    let repository = Files { bring };
    let mut updater = Updater::new(repository, root)?.with_store(kept.clone());
    at_once(updater.refresh(now))?;
    let document = at_once(updater.get_target(TARGET, now))?;
    TrustedRoots::read(&document)?;
    for name in ["root.json", "timestamp.json", "snapshot.json", "targets.json"] {
        let is_there = kept.load(name).map_err(|error| RefreshError::NotKept(error.to_string()))?.is_some();
        is_there.then_some(()).ok_or_else(|| RefreshError::NotKept(format!("{name} is not in {}", known.display())))?;
    }
    let trusted = updater.trusted();
    let (Some(timestamp), Some(snapshot), Some(targets)) =
        (trusted.timestamp(), trusted.snapshot(), trusted.targets_role("targets"))
    else {
        return Err(RefreshError::Malformed("a role is missing".to_owned()));
    };
    let expires = trusted.root().expires.min(timestamp.expires).min(snapshot.expires).min(targets.expires);
    Ok(Refreshed { document, root_version: trusted.root().version, timestamp_version: timestamp.version, expires })
}

/// What [`Bring`] brings, as the library asks for it, with what it leaves to others checked.
struct Files {
    bring: Bring,
}

impl Files {
    fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RefreshError> {
        strict::check_name(name)?;
        let Some(bytes) = (self.bring)(name, limit).map_err(RefreshError::NotBrought)? else { return Ok(None) };
        if bytes.len() as u64 > limit {
            return Err(RefreshError::TooLong { name: name.to_owned(), limit });
        }
        Ok(Some(bytes))
    }

    fn metadata(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RefreshError> {
        let bytes = self.file(name, limit)?;
        bytes.iter().try_for_each(|bytes| strict::check(name, bytes))?;
        Ok(bytes)
    }
}

/// An answer that is there already, with our own reason inside the library's error.
fn answer<'a>(found: Result<Option<Vec<u8>>, RefreshError>) -> FetchFuture<'a> {
    let found = found.map_err(|error| Error::transport_with_source(error.to_string(), error));
    Box::pin(std::future::ready(found))
}

impl Repository for Files {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        answer(self.metadata(name, max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        answer(self.file(&format!("targets/{path}"), max_length))
    }
}

/// The result of a future that has nothing to wait for: all answers are there when they are asked for, so no runtime is needed.
fn at_once<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, RefreshError> {
    let future: Pin<&mut _> = pin!(future);
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result?),
        Poll::Pending => Err(RefreshError::NotBrought("the library waits for something else".to_owned())),
    }
}

impl From<Error> for RefreshError {
    fn from(error: Error) -> Self {
        match error {
            Error::ThresholdNotMet { role, found, threshold } => Self::TooFewSignatures { role: shown(&role), found, threshold },
            Error::DuplicateSignature { role, key_id } => Self::KeyTwice { role: shown(&role), key: shown(&key_id) },
            Error::Rollback { role, trusted, new } => Self::Rollback { role: shown(&role), known: trusted, found: new },
            Error::BadRootVersion { trusted, new } => Self::RootVersion { known: trusted, found: new },
            Error::Expired { role, expires } => Self::Expired { role: shown(&role), expires },
            Error::IntegrityMismatch(what) => Self::Mismatch(shown(&what)),
            Error::TargetNotFound(name) => Self::NotListed(name),
            Error::Transport { message, source } => match source.map(|source| source.downcast::<Self>()) {
                Some(Ok(own)) => *own,
                _ => Self::NotBrought(message),
            },
            other => {
                let cause = std::error::Error::source(&other).map_or(String::new(), |cause| format!(" ({cause})"));
                Self::Malformed(shown(&format!("{other}{cause}")))
            }
        }
    }
}
