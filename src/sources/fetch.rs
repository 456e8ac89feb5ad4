//! The only code that opens a connection, but for the mirroring of git histories.
//!
//! Two ways to fetch: [`Fetcher::bytes`] for small files that are checked by their signature, [`Fetcher::file`] for files whose
//! digest is known before: content-addressed, resumed where an earlier try stopped, and never visible under their final name
//! before size and digest are right.

mod published;

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use super::{RawFile, SourceError};
pub use published::PublishedSnapshot;

/// Who asks: name, version and where to complain.
const USER_AGENT: &str = concat!("trustgraph/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");
/// Tries a file, the first included.
const TRIES: u32 = 3;
/// Longest wait a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// Time without a byte after which a connection is given up.
const TIMEOUT: Duration = Duration::from_secs(60);
const MAX_REDIRECTS: usize = 5;
/// No file of a registry is larger.
const MAX_FILE_BYTES: u64 = 1 << 30;
/// At most one progress line a file in this time.
const PROGRESS_PAUSE: Duration = Duration::from_secs(2);

/// A client for one source. TLS roots are those of the machine (`rustls-platform-verifier`).
pub(super) struct Fetcher {
    client: Client,
    source_name: &'static str,
    /// Wait before the second try; doubled before each further one.
    first_pause: Duration,
}

/// A file whose content is known by digest.
pub(super) struct Wanted<'a> {
    /// Name for messages.
    pub(super) name: &'a str,
    /// Where it shall lie; beside it `.part` holds what has come so far.
    pub(super) path: &'a Path,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub(super) sha256: &'a str,
    /// Its size.
    pub(super) size_bytes: u64,
}

/// Why one try failed.
enum Failure {
    /// Worth another try, after the given wait where the server named one.
    Again(String, Option<Duration>),
    /// No use to try again.
    Final(String),
}

impl Fetcher {
    /// A client that speaks for `source_name` in messages.
    pub(super) fn new(source_name: &'static str) -> Result<Self, SourceError> {
        Self::with_pause(source_name, Duration::from_secs(1))
    }

    fn with_pause(source_name: &'static str, first_pause: Duration) -> Result<Self, SourceError> {
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(redirects())
            .build()
            .map_err(|error| SourceError::Fetch { source_name, what: format!("no HTTP client: {error}") })?;
        Ok(Self { client, source_name, first_pause })
    }

    /// The body at `url`, at most `limit` bytes of it; `None` when the server has no such file. `name` is for messages.
    pub(super) fn bytes(&self, url: &Url, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.with_tries(name, || {
            let Some(response) = self.get(url, 0)? else { return Ok(None) };
            let mut body = Vec::new();
            response.take(limit + 1).read_to_end(&mut body).map_err(broken_off)?;
            if body.len() as u64 > limit {
                return Err(Failure::Final(format!("larger than {limit} bytes")));
            }
            Ok(Some(body))
        })
    }

    /// Brings `wanted` from `url`; `false` when the server has no such file.
    pub(super) fn file(&self, url: &Url, wanted: &Wanted) -> Result<bool, SourceError> {
        if wanted.size_bytes > MAX_FILE_BYTES {
            return Err(
                self.error(wanted.name, &format!("is said to have {} bytes, more than {MAX_FILE_BYTES}", wanted.size_bytes))
            );
        }
        self.with_tries(wanted.name, || self.try_file(url, wanted))
    }

    fn try_file(&self, url: &Url, wanted: &Wanted) -> Result<bool, Failure> {
        let part = wanted.path.with_added_extension("part");
        let has = fs_err::metadata(&part).map_or(0, |known| known.len());
        // A part that is already too long, or complete, is checked or thrown away without asking.
        let resumed = if has > wanted.size_bytes { 0 } else { has };
        if resumed < wanted.size_bytes || resumed == 0 {
            let Some(response) = self.get(url, resumed)? else { return Ok(false) };
            let is_continued = resumed > 0 && continues(&response, resumed);
            let mut file = open_part(&part, is_continued).map_err(on_disk)?;
            let start = if is_continued { resumed } else { 0 };
            copy(response, &mut file, wanted, start)?;
        }
        check(&part, wanted, resumed > 0)?;
        fs_err::rename(&part, wanted.path).map_err(on_disk)?;
        Ok(true)
    }

    /// Asks for the bytes of `url` from `start` on. `None` when there is no such file.
    fn get(&self, url: &Url, start: u64) -> Result<Option<Response>, Failure> {
        let mut request = self.client.get(url.clone());
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
        }
        let response = request.send().map_err(|error| {
            let what = describe(&error.without_url());
            if what.contains("redirect") { Failure::Final(what) } else { Failure::Again(what, None) }
        })?;
        let status = response.status();
        match status {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(Some(response)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            // What lies here does not fit what lies there: take it whole.
            StatusCode::RANGE_NOT_SATISFIABLE if start > 0 => self.get(url, 0),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::Again(format!("the server answers {status}"), retry_after(&response))),
            _ if status.is_server_error() => Err(Failure::Again(format!("the server answers {status}"), retry_after(&response))),
            _ => Err(Failure::Final(format!("the server answers {status}"))),
        }
    }

    fn with_tries<T>(&self, name: &str, mut one_try: impl FnMut() -> Result<T, Failure>) -> Result<T, SourceError> {
        let mut pause = self.first_pause;
        for number in 1.. {
            match one_try() {
                Ok(done) => return Ok(done),
                Err(Failure::Again(what, wait)) if number < TRIES => {
                    let wait = wait.unwrap_or(pause).min(MAX_WAIT);
                    tracing::info!("{}: {name}: {what}; try {} of {TRIES} in {wait:?}", self.source_name, number + 1);
                    std::thread::sleep(wait);
                    pause *= 2;
                }
                Err(Failure::Again(what, _)) => {
                    return Err(self.error(name, &format!("{what}, after {TRIES} tries; try again later")));
                }
                Err(Failure::Final(what)) => return Err(self.error(name, &what)),
            }
        }
        Err(self.error(name, "not tried"))
    }

    fn error(&self, name: &str, what: &str) -> SourceError {
        SourceError::Fetch { source_name: self.source_name, what: format!("{name}: {what}") }
    }
}

/// At most five, and never from https down to http.
fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let is_down = attempt.previous().iter().any(|url| url.scheme() == "https") && attempt.url().scheme() != "https";
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("too many redirects")
        } else if is_down {
            attempt.error("redirect from https to http")
        } else {
            attempt.follow()
        }
    })
}

/// An error with its causes, which reqwest keeps apart.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn broken_off(error: std::io::Error) -> Failure {
    Failure::Again(format!("the connection broke off ({error})"), None)
}

fn on_disk(error: std::io::Error) -> Failure {
    Failure::Final(error.to_string())
}

/// Seconds a server asks to wait. A date instead of seconds is left out: our own pause does.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether the server sends what follows byte `start`, rather than the whole file.
fn continues(response: &Response, start: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    response.status() == StatusCode::PARTIAL_CONTENT && range.is_some_and(|range| range.starts_with(&format!("bytes {start}-")))
}

fn open_part(path: &Path, is_continued: bool) -> std::io::Result<fs_err::File> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::OpenOptions::new().create(true).write(true).append(is_continued).truncate(!is_continued).open(path)
}

/// Writes the body behind what is there, never more than the wanted size.
fn copy(mut body: Response, file: &mut fs_err::File, wanted: &Wanted, start: u64) -> Result<(), Failure> {
    let mut buffer = vec![0; 1 << 16];
    let mut done = start;
    let mut last_line = Instant::now();
    loop {
        let count = body.read(&mut buffer).map_err(broken_off)?;
        if count == 0 {
            return Ok(());
        }
        done += count as u64;
        if done > wanted.size_bytes {
            return Err(Failure::Final(format!(
                "is longer than the {} bytes that are signed; try again later",
                wanted.size_bytes
            )));
        }
        std::io::Write::write_all(file, &buffer[..count]).map_err(on_disk)?;
        if last_line.elapsed() >= PROGRESS_PAUSE {
            last_line = Instant::now();
            tracing::info!("{}: {} of {} kB", wanted.name, done / 1000, wanted.size_bytes / 1000);
        }
    }
}

/// Holds what has come against size and digest. What is wrong is removed; what is short stays, to be resumed.
fn check(part: &Path, wanted: &Wanted, is_resumed: bool) -> Result<(), Failure> {
    let RawFile { digest, size_bytes, .. } = RawFile::pin(wanted.name, part, None).map_err(on_disk)?;
    if size_bytes < wanted.size_bytes {
        return Err(Failure::Again(format!("only {size_bytes} of {} bytes came", wanted.size_bytes), None));
    }
    if digest == format!("sha256:{}", wanted.sha256) {
        return Ok(());
    }
    fs_err::remove_file(part).map_err(on_disk)?;
    let what = "does not have the digest that is signed; the mirror may be in the middle of an update: try again later";
    // The first bytes may be those of an older try.
    if is_resumed { Err(Failure::Again(what.into(), None)) } else { Err(Failure::Final(what.into())) }
}

#[cfg(test)]
mod tests;
