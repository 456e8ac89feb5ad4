//! What registries say, kept between runs.
//!
//! A document that is known by digest is never asked for twice. Any other is asked for once a run, or once in the time its source
//! names, on condition that it changed (`If-None-Match`, `If-Modified-Since`). Offline, what is on disk is all there is.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE};
use reqwest::{StatusCode, Url};

use super::body::Part;
use super::remembered::{Place, Remembered, Said};
use super::{Failure, Fetcher, on_disk};
use crate::sources::{RawFile, SourceError};

/// Threads that fetch documents; gates limit each host further.
const WORKERS: usize = 8;
/// Largest document of a registry about one package.
const MAX_DOCUMENT_BYTES: u64 = 256 << 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub(in crate::sources) struct Document {
    /// Name of the raw file and in messages; its ending says how the file itself is compressed.
    pub(in crate::sources) name: String,
    /// Package it is about. `None`: the whole registry.
    pub(in crate::sources) package: Option<String>,
    /// Where it is.
    pub(in crate::sources) url: Url,
    /// Media type asked for.
    pub(in crate::sources) accept: Option<&'static str>,
    /// Most bytes taken, after decompression of the transfer.
    pub(in crate::sources) limit_bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal, where that is known before: then it is asked for only when it is not on disk.
    pub(in crate::sources) sha256: Option<String>,
    /// Seconds for which what was brought is not asked for again. 0: asked for in every run.
    pub(in crate::sources) max_age_seconds: i64,
    /// Compressed already, or so large that a broken transfer should be resumed: the transfer is not to be compressed.
    pub(in crate::sources) is_file: bool,
}

impl Document {
    /// A small text at `url`.
    pub(in crate::sources) fn new(name: impl Into<String>, url: Url) -> Self {
        Self {
            name: name.into(),
            package: None,
            url,
            accept: None,
            limit_bytes: MAX_DOCUMENT_BYTES,
            sha256: None,
            max_age_seconds: 0,
            is_file: false,
        }
    }

    /// The same, about `package`.
    pub(in crate::sources) fn about(self, package: &str) -> Self {
        Self { package: Some(package.to_owned()), ..self }
    }

    /// A file at `url` of at most `limit_bytes`.
    pub(in crate::sources) fn file(name: impl Into<String>, url: Url, limit_bytes: u64) -> Self {
        Self { limit_bytes, is_file: true, ..Self::new(name, url) }
    }
}

impl Fetcher {
    /// Brings `documents`, in their order; `None` where the server has no such document.
    ///
    /// What is not on disk is asked for first, then what was not checked for longest, so that a budget is not spent on the same
    /// ones every day; checks may use half of it. A spent budget is an error only when something was never brought.
    pub(in crate::sources) fn documents(&self, documents: &[Document]) -> Result<Vec<Option<RawFile>>, SourceError> {
        let places: Vec<Place> = documents.iter().map(|document| Place::of(&self.cache, document)).collect();
        let known: Vec<Option<Remembered>> =
            documents.iter().zip(&places).map(|(document, place)| remembered(document, place)).collect();
        let mut order: Vec<usize> = (0..documents.len()).filter(|at| !is_settled(&documents[*at], known[*at].as_ref())).collect();
        order.sort_by_key(|at| known[*at].as_ref().map_or(i64::MIN, |known| known.said.checked_seconds));
        let settled_count = documents.len() - order.len();
        let (requests, bytes) = (self.network.request_count(), self.network.byte_count());
        let outcomes = self.in_parallel(&order, |at| self.document(&documents[at], &places[at], known[at].as_ref()));
        let mut files: Vec<Option<RawFile>> = known.into_iter().map(|known| known.and_then(|known| known.file)).collect();
        let (mut spent, mut missing_count, mut stale_count, mut uncached) = (None, 0, 0, Vec::new());
        for (at, outcome) in outcomes {
            match outcome {
                Ok(Outcome::Is(file)) => files[at] = file,
                Ok(Outcome::Stale(what)) => (spent, stale_count) = (Some(what), stale_count + 1),
                Ok(Outcome::Uncached) => uncached.push(&documents[at]),
                Ok(Outcome::Missing(what)) => (spent, missing_count) = (Some(what), missing_count + 1),
                Err(error) => return Err(error),
            }
        }
        if !uncached.is_empty() {
            return Err(self.not_cached(&uncached));
        }
        self.tell_unconditional();
        let (requests, bytes) = (self.network.request_count() - requests, self.network.byte_count() - bytes);
        let name = self.source_name;
        tracing::info!("{name}: {} documents, {settled_count} known by digest; {requests} requests, {bytes} bytes", files.len());
        match spent {
            Some(what) if missing_count > 0 => {
                Err(self.spent(&format!("{what}; {missing_count} of {} documents are still missing", files.len())))
            }
            Some(what) => {
                tracing::warn!(
                    "{name}: the budget for checks is spent ({what}); {stale_count} documents are as an earlier run left them"
                );
                Ok(files)
            }
            None => Ok(files),
        }
    }

    /// Runs `one` for each number of `order` on a few threads; results by number, in the order of the numbers.
    fn in_parallel<T: Send>(&self, order: &[usize], one: impl Fn(usize) -> T + Sync) -> Vec<(usize, T)> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(order.len())));
        std::thread::scope(|scope| {
            for _ in 0..WORKERS.min(order.len()) {
                scope.spawn(|| {
                    while let Some(at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = one(*at);
                        done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*at, result));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(at, _)| *at);
        done
    }

    fn document(&self, document: &Document, place: &Place, known: Option<&Remembered>) -> Result<Outcome, SourceError> {
        if self.is_offline {
            return Ok(known.map_or(Outcome::Uncached, |known| Outcome::Is(known.file.clone())));
        }
        if let Some(what) = known.and_then(|_| self.network.may_check().err()) {
            return Ok(Outcome::Stale(what));
        }
        match self.with_tries(&document.name, || self.try_document(document, place, known)) {
            Ok(file) => Ok(Outcome::Is(file)),
            Err(SourceError::Budget { what, .. }) if known.is_some() => Ok(Outcome::Stale(what)),
            Err(SourceError::Budget { what, .. }) => Ok(Outcome::Missing(what)),
            Err(error) => Err(error),
        }
    }

    /// Names the packages when the documents are about some, and nobody when one is about all.
    fn not_cached(&self, documents: &[&Document]) -> SourceError {
        let about_all = documents.iter().find(|document| document.package.is_none());
        let first = about_all.unwrap_or(&documents[0]).name.clone();
        let packages = documents.iter().filter(|_| about_all.is_none()).filter_map(|document| document.package.clone());
        SourceError::NotCached { source_name: self.source_name, first, packages: packages.collect() }
    }

    /// Says how many documents the next run will have to bring whole again, and what spares that.
    fn tell_unconditional(&self) {
        let (name, count) = (self.source_name, self.unconditional_count.swap(0, Ordering::Relaxed));
        if count > 0 {
            let hint = "`max_age_hours` keeps them between runs";
            tracing::info!("{name}: {count} documents have neither ETag nor Last-Modified and come whole in every run; {hint}");
        }
    }

    /// Asks once for `document`, on condition that it is no longer as `known`, and keeps what came at `place`.
    pub(super) fn try_document(
        &self,
        document: &Document,
        place: &Place,
        known: Option<&Remembered>,
    ) -> Result<Option<RawFile>, Failure> {
        let part = Part::beside(&place.body);
        let begun = part.begun().filter(|_| document.is_file);
        let answer = self.send(&document.url, self.request(document, known, begun.as_ref()))?;
        let header = |name| answer.response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let checked_seconds = Timestamp::now().as_second();
        match (answer.response.status(), known) {
            (StatusCode::NOT_MODIFIED, Some(known)) => {
                place.write(&Said { checked_seconds, ..known.said.clone() }).map_err(on_disk)?;
                return Ok(known.file.clone());
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => {
                place.write(&Said { checked_seconds, ..Said::default() }).map_err(on_disk)?;
                return Ok(None);
            }
            (StatusCode::OK | StatusCode::PARTIAL_CONTENT, _) => {}
            (StatusCode::RANGE_NOT_SATISFIABLE, _) if begun.is_some() => {
                part.forget();
                return Err(Failure::Again("what lies here does not fit what lies there".into(), None));
            }
            (status, _) => return Err(Failure::Final(format!("the server answers {status}"))),
        }
        let mut said = Said { digest: None, etag: header(ETAG), last_modified: header(LAST_MODIFIED), checked_seconds };
        let is_kept = document.sha256.is_some() || document.max_age_seconds > 0;
        if said.etag.is_none() && said.last_modified.is_none() && !is_kept {
            self.unconditional_count.fetch_add(1, Ordering::Relaxed);
        }
        part.take(answer, document, begun.map_or(0, |(size, _)| size)).inspect_err(|failure| {
            if matches!(failure, Failure::Final(_)) {
                part.forget();
            }
        })?;
        let mut file = RawFile::pin(&document.name, &part.path, None).map_err(on_disk)?;
        if document.sha256.as_ref().is_some_and(|sha256| file.digest != format!("sha256:{sha256}")) {
            part.forget();
            return Err(Failure::Final("does not have the digest it is known by; report that to its registry".into()));
        }
        fs_err::rename(&part.path, &place.body).map_err(on_disk)?;
        part.forget();
        said.digest = Some(file.digest.clone());
        place.write(&said).map_err(on_disk)?;
        file.path.clone_from(&place.body);
        Ok(Some(file))
    }

    fn request(
        &self,
        document: &Document,
        known: Option<&Remembered>,
        begun: Option<&(u64, String)>,
    ) -> reqwest::blocking::RequestBuilder {
        let mut request = self.client.get(document.url.clone());
        request = request.header(ACCEPT_ENCODING, if document.is_file { "identity" } else { "gzip" });
        if let Some(accept) = document.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some((size, tag)) = begun {
            return request.header(RANGE, format!("bytes={size}-")).header(IF_RANGE, tag);
        }
        let Some(known) = known.filter(|known| known.file.is_some()) else { return request };
        match (&known.said.etag, &known.said.last_modified) {
            (Some(tag), _) => request.header(IF_NONE_MATCH, tag),
            (None, Some(time)) => request.header(IF_MODIFIED_SINCE, time),
            (None, None) => request,
        }
    }
}

/// What became of one document.
enum Outcome {
    /// As the server says now.
    Is(Option<RawFile>),
    /// Not on disk, and nobody may be asked.
    Uncached,
    /// The budget was spent before it was checked; it is on disk. What was spent.
    Stale(String),
    /// The budget was spent before it was brought. What was spent.
    Missing(String),
}

/// What is on disk; a file that must have a digest and has another is not.
fn remembered(document: &Document, place: &Place) -> Option<Remembered> {
    let known = place.read(&document.name)?;
    let is_wrong = |file: &RawFile| document.sha256.as_ref().is_some_and(|sha256| file.digest != format!("sha256:{sha256}"));
    if known.file.as_ref().is_some_and(is_wrong) { None } else { Some(known) }
}

/// Whether nothing need be asked.
fn is_settled(document: &Document, known: Option<&Remembered>) -> bool {
    let Some(known) = known else { return false };
    let age_seconds = Timestamp::now().as_second() - known.said.checked_seconds;
    let is_fresh = (0..document.max_age_seconds).contains(&age_seconds);
    known.file.is_some() && document.sha256.is_some() || is_fresh
}
