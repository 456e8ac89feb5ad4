//! Documents: asked for once, on condition, within limits, and never lost by a stop.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// A path that was asked, with the condition.
type Asked = (String, Option<String>);

/// A loopback registry that answers conditional requests as real ones do.
pub(in crate::sources) struct Registry {
    pub(in crate::sources) base: Url,
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
    /// Paths that were asked, with the condition.
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Registry {
    /// Serves `files` with their digest as tag, compressed when that is accepted.
    /// `BASE` in `config.json` becomes the server's own address.
    pub(in crate::sources) fn start(mut files: BTreeMap<String, Vec<u8>>) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        if let Some(config) = files.get_mut("config.json") {
            let text = String::from_utf8_lossy(config).replace("BASE", &format!("http://127.0.0.1:{port}/"));
            *config = text.into_bytes();
        }
        let (stop, stopped) = mpsc::channel();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = asked.clone();
        let thread = std::thread::spawn(move || {
            while stopped.try_recv().is_err() {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let header = |name: &'static str| {
                    let found = request.headers().iter().find(|header| header.field.equiv(name));
                    found.map(|header| header.value.to_string())
                };
                let (condition, accepted) = (header("If-None-Match"), header("Accept-Encoding").unwrap_or_default());
                log.lock().expect("whole").push((request.url().to_owned(), condition.clone()));
                respond(request, &files, condition, &accepted);
            }
        });
        let base = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("a URL");
        Self { base, stop, thread, asked }
    }

    fn documents(&self, names: &[&str]) -> Vec<Document> {
        names.iter().map(|name| Document::new(*name, self.base.join(name).expect("a URL"))).collect()
    }

    pub(in crate::sources) fn end(self) -> Vec<Asked> {
        self.stop.send(()).expect("still there");
        self.thread.join().expect("a clean end");
        Arc::try_unwrap(self.asked).expect("no other").into_inner().expect("whole")
    }
}

fn respond(request: Request, files: &BTreeMap<String, Vec<u8>>, condition: Option<String>, accepted: &str) {
    let Some(body) = files.get(request.url().trim_start_matches('/')) else {
        return request.respond(Answer::empty(404)).expect("answered");
    };
    let tag = format!("\"{}\"", digest(body));
    let header = |name: &str, value: &str| Header::from_bytes(name, value).expect("a header");
    if condition.as_ref() == Some(&tag) {
        return request.respond(Answer::empty(304)).expect("answered");
    }
    let answer = if accepted.contains("gzip") {
        Answer::from_data(gzip(body)).with_header(header("Content-Encoding", "gzip"))
    } else {
        Answer::from_data(body.clone())
    };
    request.respond(answer.with_header(header("ETag", &tag))).expect("answered");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn files(count: usize) -> (Vec<String>, BTreeMap<String, Vec<u8>>) {
    let names: Vec<String> = (0..count).map(|at| format!("p{at:03}.txt")).collect();
    // Hexadecimal digests do not compress to nothing.
    let body = |name: &String| (0..200).flat_map(|at| digest(format!("{name} {at}").as_bytes()).into_bytes()).collect();
    (names.clone(), names.iter().map(|name| (name.clone(), body(name))).collect())
}

#[test]
fn a_second_run_asks_on_condition_and_costs_almost_nothing() {
    let (names, bodies) = files(30);
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["absent.txt"]).collect();
    let registry = Registry::start(bodies.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let documents = registry.documents(&names);
    let run = || {
        let context = context(folder.path(), Budget::default());
        let brought = fetcher_of(&context).documents(&documents).expect("brought");
        (brought, context.network.byte_count(), context.network.request_count())
    };
    let (first, first_bytes, first_requests) = run();
    let (second, second_bytes, second_requests) = run();
    // A request on a connection that the server is about to close is made again, and counts again.
    for requests in [first_requests, second_requests] {
        assert!((31..=45).contains(&requests), "{requests}");
    }
    assert_eq!(first, second);
    assert!(second_bytes * 50 < first_bytes, "{second_bytes} of {first_bytes} bytes: at most 2 %");
    assert_eq!(first.last(), Some(&None), "what is not there is no error");
    for (name, file) in names.iter().zip(first.iter().flatten()) {
        assert_eq!(&fs_err::read(&file.path).expect("there"), &bodies[*name]);
        assert_eq!((file.name.as_str(), &file.digest), (*name, &format!("sha256:{}", digest(&bodies[*name]))));
    }
    let asked = registry.end();
    let on_condition: std::collections::BTreeSet<_> = asked.iter().filter(|(_, on)| on.is_some()).map(|(name, _)| name).collect();
    assert_eq!(on_condition.len(), 30);
    assert!(asked[..31].iter().all(|(_, condition)| condition.is_none()));
    // The server is gone; what is on disk stays.
    let mut offline = context(folder.path(), Budget::default());
    offline.is_offline = true;
    assert_eq!(fetcher_of(&offline).documents(&documents).expect("on disk"), second);
    fs_err::write(&second[3].as_ref().expect("there").path, "damaged").expect("written");
    let error = fetcher_of(&offline).documents(&documents).expect_err("damaged").to_string();
    assert!(error.contains("p003.txt: is not in the cache"), "{error}");
}

#[test]
fn a_spent_budget_stops_and_goes_on() {
    let (names, bodies) = files(10);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let registry = Registry::start(bodies);
    let folder = tempfile::tempdir().expect("a folder");
    let documents = registry.documents(&names);
    let run = |requests| {
        let context = context(folder.path(), Budget { requests: Some(requests), ..Budget::default() });
        fetcher_of(&context).documents(&documents).map(|files| files.iter().flatten().count()).map_err(|error| error.to_string())
    };
    let stopped = |missing| {
        Err(format!(
            "test: the budget is spent (4 requests; {missing} of 10 documents are still missing); what was brought is kept: run the same command again to go on"
        ))
    };
    assert_eq!([run(4), run(4), run(4)], [stopped(6), stopped(2), Ok(10)], "the third day has two to bring");
    assert_eq!(run(0), Ok(10), "all is there; nothing could be checked");
    assert_eq!(run(9), Ok(10));
    // Ten were brought, and about half of two budgets went to checks: requests begin side by side.
    assert!((15..=21).contains(&registry.end().len()));
}

#[test]
fn what_is_known_by_digest_is_asked_for_once() {
    let registry = Registry::start(BTreeMap::from([("a.crate".to_owned(), CONTENT.to_vec())]));
    let folder = tempfile::tempdir().expect("a folder");
    let url = registry.base.join("a.crate").expect("a URL");
    let wanted = |sha256: String| Document { sha256: Some(sha256), ..Document::file("a.crate", url.clone(), 1000) };
    let fetcher = fetcher_of(&context(folder.path(), Budget::default()));
    let error = fetcher.documents(&[wanted(digest(b"other"))]).expect_err("another file").to_string();
    assert!(error.contains("digest it is known by"), "{error}");
    for _ in 0..3 {
        let files = fetcher.documents(&[wanted(digest(CONTENT))]).expect("brought");
        assert!(files[0].as_ref().expect("there").path.to_string_lossy().ends_with(".crate"));
    }
    assert_eq!(registry.end().len(), 2);
}

/// Fetches one document from a server with `answers`, at most 1000 bytes of it.
fn one(answers: Vec<Respond>) -> (Result<Option<Vec<u8>>, String>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Loopback::start(answers);
    let document = Document { limit_bytes: 1000, ..Document::new("name", server.url.clone()) };
    let files = fetcher_of(&context(folder.path(), Budget::default())).documents(&[document]);
    let body = |file: &RawFile| fs_err::read(&file.path).expect("there");
    let result = files.map(|files| files[0].as_ref().map(body)).map_err(|error| error.to_string());
    (result, server.asked().len())
}

fn encoded(bytes: Vec<u8>, encoding: &'static str) -> Respond {
    Box::new(move |request| {
        let header = Header::from_bytes("Content-Encoding", encoding).expect("a header");
        request.respond(Answer::from_data(bytes.clone()).with_header(header)).expect("answered");
    })
}

#[test]
fn bombs_and_broken_encodings() {
    let bomb = gzip(&vec![0; 10 << 20]);
    let (result, asked) = one(vec![encoded(bomb, "gzip")]);
    assert!(result.expect_err("too large").contains("larger than its limit"));
    assert_eq!(asked, 1, "not tried again");
    let mut cut = gzip(CONTENT);
    cut.truncate(cut.len() - 6);
    let (result, asked) = one(vec![encoded(cut, "gzip"), encoded(gzip(CONTENT), "gzip")]);
    assert_eq!((result, asked), (Ok(Some(CONTENT.to_vec())), 2));
    let (result, _) = one((0..3).map(|_| encoded(CONTENT.to_vec(), "gzip")).collect());
    assert!(result.expect_err("no gzip").contains("after 3 tries"));
    let (result, _) = one(vec![encoded(CONTENT.to_vec(), "br")]);
    assert!(result.expect_err("not asked for").contains("encoding that was not asked for"));
}

#[test]
fn servers_that_ask_for_patience() {
    let begun = Instant::now();
    let (result, _) = one(vec![with_header(429, "Retry-After", "1".into(), b""), body(CONTENT)]);
    assert_eq!(result, Ok(Some(CONTENT.to_vec())));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let (result, asked) = one(vec![with_header(503, "Retry-After", "7200".into(), b"")]);
    assert!(result.expect_err("later").contains("asks to wait 7200 s; run again then"));
    assert_eq!(asked, 1);
}

#[test]
fn a_stalled_connection_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("an address"))).expect("a URL");
    let server = std::thread::spawn(move || {
        let mut stalled = Vec::new();
        for _ in 0..3 {
            stalled.push(answer(&listener, b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123"));
        }
        stalled
    });
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let files = fetcher_of(&context(folder.path(), Budget::default())).documents(&[Document::new("name", url)]);
    let error = files.expect_err("too little came").to_string();
    assert!(error.contains("broke off") && error.contains("after 3 tries"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    server.join().expect("a clean end");
}

#[test]
fn a_broken_file_is_resumed_when_its_tag_is_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("an address"))).expect("a URL");
    let server = std::thread::spawn(move || {
        let promised = b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 20\r\n\r\n01234567";
        let rest = b"HTTP/1.1 206 Partial Content\r\nETag: \"x\"\r\nContent-Range: bytes 8-19/20\r\nContent-Length: 12\r\n\r\n89abcdefghij";
        [&promised[..], &rest[..]].map(|answer| answer_and_hang_up(&listener, answer))
    });
    let folder = tempfile::tempdir().expect("a folder");
    let fetcher = fetcher_of(&context(folder.path(), Budget::default()));
    let files = fetcher.documents(&[Document::file("dump.zip", url, 1000)]).expect("brought");
    assert_eq!(fs_err::read(&files[0].as_ref().expect("there").path).expect("there"), CONTENT);
    let asked = server.join().expect("a clean end");
    assert!(asked[1].contains("range: bytes=8-") && asked[1].contains("if-range: \"x\""), "{asked:?}");
    assert!(asked[0].contains("accept-encoding: identity"), "{asked:?}");
}

#[test]
fn what_upstream_names_leads_nowhere_private() {
    let (result, asked) = one(vec![with_header(302, "Location", "http://127.0.0.2:1/x".into(), b"")]);
    let error = result.expect_err("refused");
    assert!(error.contains("redirect refused") && !error.contains("127.0.0.2"), "{error}");
    assert_eq!(asked, 1);
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path(), Budget::default());
    for url in ["http://example.org/", "https://10.0.0.1/", "https://[::1]/"] {
        let document = Document::new("name", Url::parse(url).expect("a URL"));
        assert!(fetcher_of(&context).documents(&[document]).is_err(), "{url}");
    }
    assert_eq!(context.network.request_count(), 0, "refused before anything was sent");
}
