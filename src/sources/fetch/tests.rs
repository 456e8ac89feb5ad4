use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};
use tiny_http::{Header, Request, Response as Answer, Server};

use super::*;

pub(in crate::sources) mod documents;
mod manners;

/// A loopback server that answers each request with the next of `answers` and returns what was asked.
struct Loopback {
    url: Url,
    asked: JoinHandle<Vec<(String, Option<String>)>>,
    stop: mpsc::Sender<()>,
}

type Respond = Box<dyn Fn(Request) + Send>;

impl Loopback {
    fn start(answers: Vec<Respond>) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let (stop, stopped) = mpsc::channel();
        let asked = std::thread::spawn(move || {
            let mut asked = Vec::new();
            let mut answers = answers.into_iter();
            while stopped.try_recv().is_err() {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let range = request.headers().iter().find(|header| header.field.equiv("Range"));
                asked.push((request.url().to_owned(), range.map(|header| header.value.to_string())));
                match answers.next() {
                    Some(respond) => respond(request),
                    None => request.respond(Answer::empty(500)).expect("answered"),
                }
            }
            asked
        });
        Self { url: Url::parse(&format!("http://127.0.0.1:{port}/file")).expect("a URL"), asked, stop }
    }

    fn asked(self) -> Vec<(String, Option<String>)> {
        self.stop.send(()).expect("still there");
        self.asked.join().expect("a clean end")
    }
}

fn status(code: u16) -> Respond {
    Box::new(move |request| request.respond(Answer::empty(code)).expect("answered"))
}

fn with_header(code: u16, name: &'static str, value: String, body: &'static [u8]) -> Respond {
    Box::new(move |request| {
        let header = Header::from_bytes(name, value.as_str()).expect("a header");
        request.respond(Answer::from_data(body).with_status_code(code).with_header(header)).expect("answered");
    })
}

fn body(bytes: &'static [u8]) -> Respond {
    Box::new(move |request| request.respond(Answer::from_data(bytes)).expect("answered"))
}

const CONTENT: &[u8] = b"0123456789abcdefghij";

pub(in crate::sources) fn context(cache: &Path, budget: Budget) -> FetchContext {
    FetchContext {
        cache: cache.into(),
        is_offline: false,
        job_folder: cache.into(),
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Network::within(budget),
    }
}

fn fetcher() -> Fetcher {
    fetcher_of(&context(Path::new("unused"), Budget::default()))
}

/// A client for the loopback that loses patience soon.
fn fetcher_of(context: &FetchContext) -> Fetcher {
    let base = Url::parse("http://127.0.0.1/").expect("a URL");
    let times =
        Times { first_pause: Duration::from_millis(1), silence: Duration::from_millis(300), whole: Duration::from_secs(20) };
    Fetcher::with_times("test", context, &base, times).expect("a client")
}

pub(in crate::sources) fn digest(bytes: &[u8]) -> String {
    crate::ordered::hex(&Sha256::digest(bytes))
}

/// What came of it, the file, and the ranges that were asked for.
type Outcome = (Result<bool, String>, Option<Vec<u8>>, Vec<Option<String>>);

/// Fetches CONTENT from a server with `answers`, with `part` already there.
fn fetch(part: Option<&[u8]>, answers: Vec<Respond>) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sub").join("name.xz");
    if let Some(part) = part {
        fs_err::create_dir_all(folder.path().join("sub")).expect("created");
        fs_err::write(path.with_added_extension("part"), part).expect("written");
    }
    let server = Loopback::start(answers);
    let sha256 = digest(CONTENT);
    let wanted = Wanted { name: "name.xz", path: &path, sha256: &sha256, size_bytes: CONTENT.len() as u64 };
    let result = fetcher().file(&server.url, &wanted).map_err(|error| error.to_string());
    let ranges = server.asked().into_iter().map(|(_, range)| range).collect();
    (result, fs_err::read(&path).ok(), ranges)
}

fn range(start: usize) -> Option<String> {
    Some(format!("bytes={start}-"))
}

#[test]
fn a_whole_file() {
    assert_eq!(fetch(None, vec![body(CONTENT)]), (Ok(true), Some(CONTENT.to_vec()), vec![None]));
    assert_eq!(fetch(None, vec![status(404)]), (Ok(false), None, vec![None]));
}

/// Sends `bytes` down one connection, closes it, and returns what was asked.
fn answer_and_hang_up(listener: &TcpListener, bytes: &[u8]) -> String {
    answer(listener, bytes).1
}

/// Sends `bytes` down one connection; the connection, still open, and what was asked.
fn answer(listener: &TcpListener, bytes: &[u8]) -> (TcpStream, String) {
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a request");
        asked.extend(byte);
    }
    stream.write_all(bytes).expect("sent");
    (stream, String::from_utf8(asked).expect("text").to_lowercase())
}

#[test]
fn a_broken_connection_is_resumed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/file", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let promised = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567";
        let rest = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 8-19/20\r\nContent-Length: 12\r\n\r\n89abcdefghij";
        [&promised[..], &rest[..]].map(|answer| answer_and_hang_up(&listener, answer))
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("name.xz");
    let sha256 = digest(CONTENT);
    let wanted = Wanted { name: "name.xz", path: &path, sha256: &sha256, size_bytes: CONTENT.len() as u64 };
    assert!(fetcher().file(&Url::parse(&url).expect("a URL"), &wanted).expect("fetched"));
    assert_eq!(fs_err::read(&path).expect("there"), CONTENT);
    let asked = server.join().expect("a clean end");
    assert!(!asked[0].contains("range:") && asked[1].contains("range: bytes=8-"), "{asked:?}");
    assert!(asked[0].contains("user-agent: trustgraph/") && asked[0].contains("(+https://"), "{asked:?}");
}

#[test]
fn a_part_of_an_earlier_run_is_resumed_or_restarted() {
    let rest = || with_header(206, "Content-Range", format!("bytes 8-19/{}", CONTENT.len()), &CONTENT[8..]);
    let whole = || Some(CONTENT.to_vec());
    assert_eq!(fetch(Some(&CONTENT[..8]), vec![rest()]), (Ok(true), whole(), vec![range(8)]));
    // The server knows no ranges.
    assert_eq!(fetch(Some(&CONTENT[..8]), vec![body(CONTENT)]), (Ok(true), whole(), vec![range(8)]));
    // It answers with another range than the one asked for.
    let other = with_header(206, "Content-Range", "bytes 0-19/20".into(), CONTENT);
    assert_eq!(fetch(Some(&CONTENT[..8]), vec![other]), (Ok(true), whole(), vec![range(8)]));
    assert_eq!(fetch(Some(&CONTENT[..8]), vec![status(416), body(CONTENT)]), (Ok(true), whole(), vec![range(8), None]));
    // What lies there belongs to something else.
    assert_eq!(fetch(Some(b"YYYYYYYY"), vec![rest(), body(CONTENT)]), (Ok(true), whole(), vec![range(8), None]));
    assert_eq!(fetch(Some(&[b'X'; 20]), vec![body(CONTENT)]), (Ok(true), whole(), vec![None]));
    assert_eq!(fetch(Some(&[b'X'; 99]), vec![body(CONTENT)]), (Ok(true), whole(), vec![None]));
    // Nothing is left to ask for.
    assert_eq!(fetch(Some(CONTENT), vec![]), (Ok(true), whole(), vec![]));
}

#[test]
fn wrong_content_is_never_taken() {
    let (result, file, asked) = fetch(None, vec![body(b"0123456789abcdefghiX"), body(CONTENT)]);
    assert!(result.expect_err("an error").contains("digest that is signed"));
    assert_eq!((file, asked.len()), (None, 1));
    let (result, file, _) = fetch(None, vec![body(b"0123456789abcdefghij and more")]);
    assert!(result.expect_err("an error").contains("longer than the 20 bytes"));
    assert_eq!(file, None);
    let (result, file, asked) = fetch(None, vec![body(b"0123"), body(b"0123"), body(b"0123")]);
    assert!(result.expect_err("an error").contains("only 4 of 20 bytes"));
    assert_eq!((file, asked.len()), (None, 3));
}

#[test]
fn a_busy_server_is_asked_again() {
    let busy = with_header(503, "Retry-After", "0".into(), b"");
    assert_eq!(fetch(None, vec![busy, status(500), body(CONTENT)]).0, Ok(true));
    let (result, _, asked) = fetch(None, vec![status(503), status(502), status(429), body(CONTENT)]);
    assert!(result.expect_err("an error").contains("429 Too Many Requests, after 3 tries"));
    assert_eq!(asked.len(), 3);
    let (result, _, asked) = fetch(None, vec![status(403), body(CONTENT)]);
    assert!(result.expect_err("an error").contains("403"));
    assert_eq!(asked.len(), 1);
}

#[test]
fn no_server_at_all() {
    let url = Url::parse("http://127.0.0.1:1/x").expect("a URL");
    let error = fetcher().bytes(&url, "name", 10).expect_err("an error").to_string();
    assert!(error.contains("name: ") && error.contains("after 3 tries") && !error.contains("127.0.0.1:1/x"), "{error}");
}

#[test]
fn small_files_have_a_limit() {
    let server = Loopback::start(vec![body(CONTENT), body(CONTENT)]);
    assert_eq!(fetcher().bytes(&server.url, "name", 20).expect("fetched").as_deref(), Some(CONTENT));
    assert!(fetcher().bytes(&server.url, "name", 19).expect_err("an error").to_string().contains("larger than 19 bytes"));
}

#[test]
fn redirects_end() {
    let again = || with_header(302, "Location", "/file".into(), b"");
    let server = Loopback::start((0..20).map(|_| again()).collect());
    let error = fetcher().bytes(&server.url, "name", 20).expect_err("an error").to_string();
    assert!(error.contains("too many redirects"), "{error}");
    assert_eq!(server.asked().len(), addresses::MAX_REDIRECTS + 1, "not tried again");
}
