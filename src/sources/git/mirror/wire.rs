//! The connection: one HTTP client a worker, the only way a mirror reaches a server. Speaks HTTP for gix, follows redirects by
//! the rules of the job, and counts what comes.

use std::any::Any;
use std::error::Error as _;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gix::protocol::transport::client::blocking_io::http::{GetResponse, Http, PostBodyDataKind, PostResponse};
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use url::Url;

use super::budget::{Budget, Counted};
use super::rules::{NotPublicAddress, Rules};
use super::{Failure, Refusal};

/// Who asks: forges answer the smart protocol to programs whose name begins with `git/`.
const USER_AGENT: &str = concat!("git/2 trustgraph/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");
/// Time without a byte after which a connection is given up.
const IDLE: Duration = Duration::from_secs(60);
const MAX_REDIRECTS: usize = 5;
/// What is asked first of a repository; redirects keep it.
const ADVERTISEMENT: &str = "/info/refs?service=git-upload-pack";
/// Content type of the answer of a server that speaks the smart protocol.
const ADVERTISED: &str = "application/x-git-upload-pack-advertisement";
/// What a server says of itself is no longer; with the first version of the protocol it lists all branches and tags. The git
/// program keeps all of it in memory, so it is read here first.
const MAX_ADVERTISEMENT: u64 = 16 << 20;
/// A server says so in the second version of the protocol.
const SHA256: &[u8] = b"object-format=sha256";

/// A client with the rules of a job.
#[derive(Clone)]
pub(super) struct Wire {
    client: Client,
    rules: Arc<Rules>,
}

impl Wire {
    /// A client that connects only where `rules` allow.
    pub(super) fn new(rules: &Arc<Rules>, max_seconds: u64) -> reqwest::Result<Self> {
        let idle = IDLE.min(Duration::from_secs(max_seconds));
        let client = Client::builder().user_agent(USER_AGENT).connect_timeout(idle).timeout(idle).redirect(Policy::none());
        // A proxy would look up names in our stead.
        let client = if rules.may_use_proxy() { client } else { client.no_proxy().dns_resolver(Arc::new((**rules).clone())) };
        Ok(Self { client: client.build()?, rules: Arc::clone(rules) })
    }

    /// Asks for the first page of the repository at `url`, and says where it is after redirects.
    pub(super) fn probe(&self, url: &Url, budget: &Arc<Budget>) -> Result<Url, Failure> {
        let base = url.as_str().trim_end_matches('/');
        let headers = header_map(["Git-Protocol: version=2"]);
        let (response, found) = self.get(&format!("{base}{ADVERTISEMENT}"), base, headers, budget)?;
        let mut start = Vec::new();
        let read = Counted { body: response, budget: Arc::clone(budget) }.take(MAX_ADVERTISEMENT).read_to_end(&mut start);
        read.map_err(|_| budget.failure().unwrap_or(Refusal::Connection.into()))?;
        if start.len() as u64 == MAX_ADVERTISEMENT {
            return Err(Refusal::TooLarge.into());
        }
        if start.windows(SHA256.len()).any(|part| part == SHA256) {
            return Err(Refusal::Sha256.into());
        }
        Url::parse(&found).map_err(|_| Refusal::Redirect.into())
    }

    /// A talk with one repository, under `budget`.
    pub(super) fn talk(&self, budget: &Arc<Budget>) -> Talk {
        Talk { wire: self.clone(), budget: Arc::clone(budget), found: Arc::default() }
    }

    /// Follows redirects as long as they keep the end of the URL behind `base`; the second part is the base in the end.
    fn get(&self, url: &str, base: &str, headers: HeaderMap, budget: &Arc<Budget>) -> Result<(Response, String), Failure> {
        let tail = url.strip_prefix(base).ok_or(Refusal::Redirect)?;
        let mut at = Url::parse(url).map_err(|_| Refusal::Scheme)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(Method::GET, &at, headers.clone(), Vec::new(), budget)?;
            if !response.status().is_redirection() {
                let base = at.as_str().strip_suffix(tail).ok_or(Refusal::Redirect)?.to_owned();
                let response = succeeded(response)?;
                let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
                return if kind == Some(ADVERTISED) { Ok((response, base)) } else { Err(Refusal::NotGit.into()) };
            }
            let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = next.and_then(|next| at.join(next).ok()).ok_or(Refusal::Redirect)?;
            if (at.scheme() == "https" && next.scheme() != "https") || !next.as_str().ends_with(tail) {
                return Err(Refusal::Redirect.into());
            }
            at = next;
        }
        Err(Refusal::Redirect.into())
    }

    fn send(&self, method: Method, url: &Url, headers: HeaderMap, body: Vec<u8>, budget: &Budget) -> Result<Response, Failure> {
        self.rules.check(url)?;
        if budget.left().is_zero() {
            return Err(Refusal::TooLong.into());
        }
        let answer = self.client.request(method, url.clone()).headers(headers).body(body).send();
        answer.map_err(|error| {
            let is_late = error.is_timeout() && budget.left().is_zero();
            if is_late { Refusal::TooLong.into() } else { connection_failure(&error).into() }
        })
    }
}

/// Why no answer came.
fn connection_failure(error: &reqwest::Error) -> Refusal {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let wrapped = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if wrapped.is_some_and(|inner| inner.is::<NotPublicAddress>()) {
            return Refusal::PrivateAddress;
        }
        cause = inner.source();
    }
    Refusal::Connection
}

fn succeeded(response: Response) -> Result<Response, Failure> {
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let status = response.status();
    let refusal = match status {
        StatusCode::OK => return Ok(response),
        StatusCode::NOT_FOUND | StatusCode::GONE => Refusal::NotFound,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Refusal::NotPublic,
        StatusCode::TOO_MANY_REQUESTS => Refusal::Busy,
        _ if status.is_server_error() => Refusal::Busy,
        _ if status.is_redirection() => Refusal::Redirect,
        _ => Refusal::Answer,
    };
    Err(Failure { refusal, wait: wait.map(Duration::from_secs) })
}

/// One talk of gix with one repository.
#[derive(Clone)]
pub(super) struct Talk {
    wire: Wire,
    budget: Arc<Budget>,
    /// Base URL after redirects, once something was asked.
    pub(super) found: Arc<Mutex<Option<String>>>,
}

impl Talk {
    fn fail(&self, failure: Failure) -> io::Error {
        self.budget.fail(failure);
        io::Error::other(failure.refusal.reason())
    }
}

impl Http for Talk {
    type Headers = Lines;
    type ResponseBody = Body;
    type PostBody = Upload;

    fn get(
        &mut self,
        url: &str,
        base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> gix::Result<GetResponse<Lines, Body>> {
        let got = self.wire.get(url, base_url, header_map(headers), &self.budget);
        let (response, base) = got.map_err(|failure| gix::Error::from_error(self.fail(failure)))?;
        *self.found.lock().expect("nobody panics with it") = Some(base);
        let lines = lines(&response);
        let body = Counted { body: response, budget: Arc::clone(&self.budget) };
        Ok(GetResponse { headers: Lines::Here(lines), body: Body::Here(Box::new(BufReader::with_capacity(1 << 16, body))) })
    }

    fn post(
        &mut self,
        url: &str,
        _base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _body: PostBodyDataKind,
    ) -> gix::Result<PostResponse<Lines, Body, Upload>> {
        let url = Url::parse(url).map_err(gix::Error::from_error)?;
        let question = Question { url, headers: header_map(headers), body: Vec::new() };
        let exchange = Arc::new(Mutex::new(Exchange { talk: self.clone(), question: Some(question), answer: None }));
        Ok(PostResponse {
            post_body: Upload(Arc::clone(&exchange)),
            headers: Lines::Later(Arc::clone(&exchange)),
            body: Body::Later(exchange),
        })
    }

    fn configure(&mut self, _config: &dyn Any) -> gix::Result {
        Ok(())
    }

    fn redirected_base_url(&self) -> Option<String> {
        self.found.lock().expect("nobody panics with it").clone()
    }
}

/// A request that is sent when its answer is read for the first time.
pub(super) struct Exchange {
    talk: Talk,
    question: Option<Question>,
    answer: Option<Response>,
}

struct Question {
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Exchange {
    fn ask(&mut self) -> io::Result<()> {
        let Some(Question { url, headers, body }) = self.question.take() else { return Ok(()) };
        // No redirect here: the first answer said where the repository is.
        let answer = self.talk.wire.send(Method::POST, &url, headers, body, &self.talk.budget).and_then(succeeded);
        self.answer = Some(answer.map_err(|failure| self.talk.fail(failure))?);
        Ok(())
    }
}

/// What is sent: negotiation is small, so it is kept until the answer is asked for.
pub(super) struct Upload(Arc<Mutex<Exchange>>);

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(question) = &mut self.0.lock().expect("nobody panics with it").question {
            question.body.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Headers of an answer, a line each.
pub(super) enum Lines {
    Here(Cursor<Vec<u8>>),
    Later(Arc<Mutex<Exchange>>),
}

impl Lines {
    fn here(&mut self) -> io::Result<&mut Cursor<Vec<u8>>> {
        if let Self::Later(exchange) = self {
            let mut exchange = exchange.lock().expect("nobody panics with it");
            exchange.ask()?;
            let lines = exchange.answer.as_ref().map_or_else(Cursor::default, lines);
            drop(exchange);
            *self = Self::Here(lines);
        }
        match self {
            Self::Here(lines) => Ok(lines),
            Self::Later(_) => Err(io::Error::other("no answer")),
        }
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.here()?.read(buffer)
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.here()?.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Self::Here(lines) = self {
            lines.consume(count);
        }
    }
}

/// Body of an answer.
pub(super) enum Body {
    Here(Box<BufReader<Counted<Response>>>),
    Later(Arc<Mutex<Exchange>>),
}

impl Body {
    fn here(&mut self) -> io::Result<&mut BufReader<Counted<Response>>> {
        if let Self::Later(exchange) = self {
            let mut exchange = exchange.lock().expect("nobody panics with it");
            exchange.ask()?;
            let body = exchange.answer.take().ok_or_else(|| io::Error::other("no answer"))?;
            let body = Counted { body, budget: Arc::clone(&exchange.talk.budget) };
            drop(exchange);
            *self = Self::Here(Box::new(BufReader::with_capacity(1 << 16, body)));
        }
        match self {
            Self::Here(body) => Ok(body),
            Self::Later(_) => Err(io::Error::other("no answer")),
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.here()?.read(buffer)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.here()?.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Self::Here(body) = self {
            body.consume(count);
        }
    }
}

fn lines(response: &Response) -> Cursor<Vec<u8>> {
    let mut lines = Vec::new();
    for (name, value) in response.headers() {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.push(b':');
        lines.extend_from_slice(value.as_bytes());
        lines.push(b'\n');
    }
    Cursor::new(lines)
}

/// Headers as gix writes them. Its own user agent gives way to ours.
fn header_map(headers: impl IntoIterator<Item = impl AsRef<str>>) -> HeaderMap {
    let parse = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value.trim()).ok()?))
    };
    let parsed = headers.into_iter().filter_map(|line| parse(line.as_ref()));
    parsed.filter(|(name, _)| name != reqwest::header::USER_AGENT).collect()
}
