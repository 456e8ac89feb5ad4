//! The only code that opens a connection, but for the mirroring of git histories.
//!
//! Three ways to fetch: [`Fetcher::bytes`] for small files that are checked by their signature, [`Fetcher::file`] for files whose
//! digest is known before: content-addressed, resumed where an earlier try stopped, and never visible under their final name
//! before size and digest are right; and [`Fetcher::documents`] for what registries say, kept between runs and asked for again
//! only on condition that it changed. All of them wait their turn at the gate of the host and live within the run's budget.

mod addresses;
mod body;
mod document;
mod gate;
mod metadata;
mod network;
mod pieces;
mod published;
mod remembered;
mod remote_snapshot;
mod wait;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{StatusCode, Url};
use url::Host;

use super::{FetchContext, RawFile, SourceError};
use addresses::Addresses;
use gate::Gate;

pub(super) use document::Document;
pub(super) use gate::Pace;
pub use metadata::MetadataPlace;
pub use network::{Budget, Network};
pub use published::PublishedSnapshot;
pub use remote_snapshot::{Piece, RemoteSnapshot};

/// Who asks: name, version and where to complain.
const USER_AGENT: &str = concat!("trustgraph/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");
/// Tries a file, the first included.
const TRIES: u32 = 3;
/// Longest wait a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// Time without a byte after which a connection is given up.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest time one try may take, however steadily bytes come: a server that sends one now and then would hold a run for days.
const MAX_TIME: Duration = Duration::from_secs(3600);
/// No file of a registry is larger.
const MAX_FILE_BYTES: u64 = 1 << 30;
/// At most one progress line a file in this time.
const PROGRESS_PAUSE: Duration = Duration::from_secs(2);

/// A client for one source. TLS roots are those of the machine (`rustls-platform-verifier`).
pub(super) struct Fetcher {
    client: Client,
    source_name: &'static str,
    times: Times,
    network: Network,
    addresses: Arc<Addresses>,
    /// How fast each host is asked.
    pace: Pace,
    /// Folder of the documents of this source.
    cache: PathBuf,
    is_offline: bool,
    /// Documents that came with nothing to ask on condition by, and that every run asks for.
    unconditional_count: AtomicUsize,
}

/// How patient a client is.
#[derive(Clone, Copy)]
struct Times {
    /// Wait before the second try; doubled before each further one, and drawn out by chance.
    first_pause: Duration,
    /// Time without a byte.
    silence: Duration,
    /// Time of one try in all.
    whole: Duration,
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
    /// The budget is spent; this much of it.
    Spent(String),
}

/// An answer with a body, and the turn it holds until the body is read.
struct Answer<'g> {
    response: Response,
    network: &'g Network,
    begun: Instant,
    longest: Duration,
    _turn: gate::Turn,
}

impl Read for Answer<'_> {
    /// Counts what comes, and ends when it took too long.
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.begun.elapsed() > self.longest {
            return Err(std::io::Error::other(format!("it did not come within {:?}", self.longest)));
        }
        let count = self.response.read(buffer)?;
        self.network.count_bytes(count as u64);
        Ok(count)
    }
}

impl Fetcher {
    /// A client that speaks for `source_name` in messages. The host of `base` is trusted; it may be private.
    pub(super) fn new(source_name: &'static str, context: &FetchContext, base: &Url) -> Result<Self, SourceError> {
        let times = Times { first_pause: Duration::from_secs(1), silence: TIMEOUT, whole: MAX_TIME };
        Self::with_times(source_name, context, base, times)
    }

    fn with_times(source_name: &'static str, context: &FetchContext, base: &Url, times: Times) -> Result<Self, SourceError> {
        let addresses = Arc::new(Addresses::new(base));
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(times.silence)
            .timeout(times.silence)
            .redirect(addresses.redirects())
            .dns_resolver(addresses.clone())
            .build()
            .map_err(|error| SourceError::Fetch { source_name, what: format!("no HTTP client: {error}") })?;
        Ok(Self {
            client,
            source_name,
            times,
            network: context.network.clone(),
            addresses,
            pace: Pace::FILES,
            cache: context.cache.join(source_name).join("documents"),
            is_offline: context.is_offline,
            unconditional_count: AtomicUsize::new(0),
        })
    }

    /// The same client at another pace: programs that answer are asked more slowly than files.
    pub(super) fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The body at `url`, at most `limit` bytes of it; `None` when the server has no such file. `name` is for messages.
    pub(super) fn bytes(&self, url: &Url, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.with_tries(name, || {
            let Some(answer) = self.get(url, 0)? else { return Ok(None) };
            let mut body = Vec::new();
            answer.take(limit + 1).read_to_end(&mut body).map_err(broken_off)?;
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
            let Some(answer) = self.get(url, resumed)? else { return Ok(false) };
            let is_continued = resumed > 0 && continues(&answer.response, resumed);
            let mut file = open_part(&part, is_continued).map_err(on_disk)?;
            let start = if is_continued { resumed } else { 0 };
            copy(answer, &mut file, wanted, start)?;
        }
        check(&part, wanted, resumed > 0)?;
        fs_err::rename(&part, wanted.path).map_err(on_disk)?;
        Ok(true)
    }

    /// Asks for the bytes of `url` from `start` on. `None` when there is no such file.
    fn get(&self, url: &Url, start: u64) -> Result<Option<Answer<'_>>, Failure> {
        let mut request = self.client.get(url.clone());
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
        }
        let answer = self.send(url, request)?;
        match answer.response.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(Some(answer)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            // What lies here does not fit what lies there: take it whole.
            StatusCode::RANGE_NOT_SATISFIABLE if start > 0 => {
                drop(answer);
                self.get(url, 0)
            }
            status => Err(Failure::Final(format!("the server answers {status}"))),
        }
    }

    /// Sends `request` to `url` when its turn comes. Answers that ask to come again are failures.
    fn send(&self, url: &Url, request: RequestBuilder) -> Result<Answer<'_>, Failure> {
        self.addresses.check(url).map_err(|why| Failure::Final(why.to_owned()))?;
        let gate = self.gate(url);
        let turn = Gate::enter(&gate);
        self.network.spend_request().map_err(Failure::Spent)?;
        let begun = Instant::now();
        let response = request.send().map_err(|error| {
            let what = describe(&error.without_url());
            let is_final = ["redirect", "no public address"].iter().any(|word| what.contains(word));
            if is_final { Failure::Final(what) } else { Failure::Again(what, None) }
        })?;
        let headers = response.headers().iter();
        self.network.count_bytes(headers.map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum());
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let wait = wait::asked_for(&response);
            gate.close_for(wait.unwrap_or_default().min(MAX_WAIT));
            return Err(Failure::Again(format!("the server answers {status}"), wait));
        }
        Ok(Answer { response, network: &self.network, begun, longest: self.times.whole, _turn: turn })
    }

    fn gate(&self, url: &Url) -> Arc<Gate> {
        let is_loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        let pace = if is_loopback { Pace::LOOPBACK } else { self.pace };
        self.network.gate(url.host_str().unwrap_or_default(), || Gate::new(pace))
    }

    fn with_tries<T>(&self, name: &str, mut one_try: impl FnMut() -> Result<T, Failure>) -> Result<T, SourceError> {
        let mut pause = self.times.first_pause;
        for number in 1.. {
            match one_try() {
                Ok(done) => return Ok(done),
                Err(Failure::Again(what, Some(wait))) if wait > MAX_WAIT => {
                    let what = format!("{what} and asks to wait {} s; run again then", wait.as_secs());
                    return Err(self.error(name, &what));
                }
                Err(Failure::Again(what, wait)) if number < TRIES => {
                    let wait = wait.unwrap_or_else(|| wait::with_jitter(pause));
                    tracing::info!("{}: {name}: {what}; try {} of {TRIES} in {wait:?}", self.source_name, number + 1);
                    std::thread::sleep(wait);
                    pause *= 2;
                }
                Err(Failure::Again(what, _)) => {
                    return Err(self.error(name, &format!("{what}, after {TRIES} tries; try again later")));
                }
                Err(Failure::Final(what)) => return Err(self.error(name, &what)),
                Err(Failure::Spent(what)) => return Err(self.spent(&what)),
            }
        }
        Err(self.error(name, "not tried"))
    }

    fn spent(&self, what: &str) -> SourceError {
        SourceError::Budget { source_name: self.source_name, what: what.to_owned() }
    }

    fn error(&self, name: &str, what: &str) -> SourceError {
        SourceError::Fetch { source_name: self.source_name, what: format!("{name}: {what}") }
    }
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
fn copy(mut body: Answer, file: &mut fs_err::File, wanted: &Wanted, start: u64) -> Result<(), Failure> {
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
        body.network.check().map_err(Failure::Spent)?;
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
pub(super) mod tests;
