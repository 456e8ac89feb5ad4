//! What servers say is kept to the letter: conditions, dates, ranges, limits of time, and a budget that ends in the middle of a file.

use super::*;

/// Serves one connection after the other: each gets the next of `answers` and is closed. What was asked, in lower case.
fn raw(answers: Vec<Vec<u8>>) -> (Url, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("an address"))).expect("a URL");
    let server =
        std::thread::spawn(move || answers.iter().map(|answer| answer_and_hang_up(&listener, answer)).collect::<Vec<_>>());
    (url, server)
}

fn whole(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn bytes_of(file: Option<&RawFile>) -> Vec<u8> {
    fs_err::read(&file.expect("a file").path).expect("there")
}

#[test]
fn what_has_no_tag_is_asked_for_by_its_time() {
    let time = "Last-Modified: Tue, 03 Nov 2026 10:11:12 GMT\r\nContent-Length: 20\r\n";
    let unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec();
    let (url, server) = raw(vec![whole(time, CONTENT), unchanged, whole("Content-Length: 3\r\n", b"new")]);
    let folder = tempfile::tempdir().expect("a folder");
    let run = || {
        let fetcher = fetcher_of(&context(folder.path(), Budget::default()));
        bytes_of(fetcher.documents(&[Document::new("name", url.clone())]).expect("brought")[0].as_ref())
    };
    assert_eq!([run(), run(), run()], [CONTENT, CONTENT, b"new"]);
    let asked = server.join().expect("a clean end");
    let is_conditional: Vec<_> =
        asked.iter().map(|asked| asked.contains("if-modified-since: tue, 03 nov 2026 10:11:12 gmt")).collect();
    assert_eq!(is_conditional, [false, true, true]);
}

#[test]
fn patience_may_be_asked_for_until_a_date() {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new();
    let date = date.timestamp_to_rfc9110_string(&(jiff::Timestamp::now() + Duration::from_secs(2))).expect("a date");
    let busy = format!("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: {date}\r\n\r\n");
    let (url, server) = raw(vec![busy.into_bytes(), whole("Content-Length: 20\r\n", CONTENT)]);
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let files = fetcher_of(&context(folder.path(), Budget::default())).documents(&[Document::new("name", url)]);
    assert_eq!(bytes_of(files.expect("brought")[0].as_ref()), CONTENT);
    assert!(begun.elapsed() >= Duration::from_millis(900), "dates have no parts of a second");
    assert_eq!(server.join().expect("a clean end").len(), 2);
}

#[test]
fn parts_of_two_files_are_never_joined() {
    for (tag, is_resumed) in [("\"x\"", true), ("W/\"x\"", false)] {
        let broken = whole(&format!("ETag: {tag}\r\nContent-Length: 20\r\n"), b"XXXXXXXX");
        let (url, server) = raw(vec![broken, whole("ETag: \"y\"\r\nContent-Length: 20\r\n", CONTENT)]);
        let folder = tempfile::tempdir().expect("a folder");
        let fetcher = fetcher_of(&context(folder.path(), Budget::default()));
        let files = fetcher.documents(&[Document::file("dump.zip", url, 1000)]).expect("brought");
        assert_eq!(bytes_of(files[0].as_ref()), CONTENT, "{tag}");
        let asked = server.join().expect("a clean end").remove(1);
        assert_eq!((asked.contains("range: bytes=8-"), asked.contains("if-range: \"x\"")), (is_resumed, is_resumed), "{asked}");
    }
}

#[test]
fn a_budget_that_ends_within_a_file_goes_on_there() {
    let body: Vec<u8> = (0..400_000_u32).map(|at| (at % 251) as u8).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let run = |url: Url, budget| {
        let context = context(folder.path(), budget);
        let files = fetcher_of(&context).documents(&[Document::file("dump.zip", url, 1 << 20)]);
        files.map(|files| bytes_of(files[0].as_ref())).map_err(|error| error.to_string())
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("an address"))).expect("a URL");
    let content = body.clone();
    let server = std::thread::spawn(move || {
        // The first client hangs up before all is sent.
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.write_all(&whole("ETag: \"x\"\r\nContent-Length: 400000\r\n", &content));
        let (mut stream, asked) = answer(&listener, b"");
        let start = asked.split("range: bytes=").nth(1).and_then(|rest| rest.split('-').next()).expect("a range");
        let start: usize = start.parse().expect("a number");
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\nETag: \"x\"\r\nContent-Range: bytes {start}-399999/400000\r\nContent-Length: {}\r\n\r\n",
            content.len() - start
        );
        stream.write_all(&[head.as_bytes(), &content[start..]].concat()).expect("sent");
        start
    });
    let stopped = run(url.clone(), Budget { bytes: Some(100_000), ..Budget::default() }).expect_err("spent");
    assert!(stopped.contains("the budget is spent (100000 bytes; 1 of 1 documents are still missing)"), "{stopped}");
    let late = run(url.clone(), Budget { minutes: Some(0), ..Budget::default() }).expect_err("no time");
    assert!(late.contains("the budget is spent (0 minutes; 1 of 1 documents are still missing)"), "{late}");
    assert_eq!(run(url, Budget::default()), Ok(body));
    let start = server.join().expect("a clean end");
    assert!((100_000 - 1000..300_000).contains(&start), "what the first run brought is kept: {start}");
}

/// Sends a byte now and then, for ever.
fn drip(listener: &TcpListener) {
    let (mut stream, _) = answer(listener, b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
    while stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(60));
    }
}

#[test]
fn bytes_that_drip_are_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = Url::parse(&format!("http://{}/file", listener.local_addr().expect("an address"))).expect("a URL");
    let server = std::thread::spawn(move || (0..9).for_each(|_| drip(&listener)));
    let folder = tempfile::tempdir().expect("a folder");
    let times =
        Times { first_pause: Duration::from_millis(1), silence: Duration::from_millis(500), whole: Duration::from_millis(150) };
    let context = context(folder.path(), Budget::default());
    let fetcher =
        Fetcher::with_times("test", &context, &Url::parse("http://127.0.0.1/").expect("a URL"), times).expect("a client");
    let path = folder.path().join("name");
    let wanted = Wanted { name: "name", path: &path, sha256: &digest(CONTENT), size_bytes: CONTENT.len() as u64 };
    let errors = [
        fetcher.bytes(&url, "name", 1000).map(|_| ()).expect_err("too slow"),
        fetcher.file(&url, &wanted).map(|_| ()).expect_err("too slow"),
        fetcher.documents(&[Document::new("name", url.clone())]).map(|_| ()).expect_err("too slow"),
    ];
    for error in errors {
        assert!(error.to_string().contains("it did not come within 150ms"), "{error}");
    }
    server.join().expect("a clean end");
}

#[test]
fn what_comes_whole_again_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let fetcher = fetcher_of(&context(folder.path(), Budget::default()));
    let count = |headers: &str, change: &dyn Fn(Document) -> Document| {
        let (url, server) = raw(vec![whole(&format!("{headers}Content-Length: 20\r\n"), CONTENT)]);
        let place = super::super::remembered::Place::of(&fetcher.cache, &Document::new("name", url.clone()));
        fetcher.try_document(&change(Document::new("name", url)), &place, None).map_err(|_| "brought").expect("brought");
        server.join().expect("a clean end");
        fetcher.unconditional_count.swap(0, std::sync::atomic::Ordering::Relaxed)
    };
    let same = |document: Document| document;
    assert_eq!(count("", &same), 1);
    assert_eq!(count("ETag: \"x\"\r\n", &same), 0);
    assert_eq!(count("Last-Modified: Tue, 03 Nov 2026 10:11:12 GMT\r\n", &same), 0);
    assert_eq!(count("", &|document| Document { max_age_seconds: 60, ..document }), 0);
    assert_eq!(count("", &|document| Document { sha256: Some(digest(CONTENT)), ..document }), 0);
}
