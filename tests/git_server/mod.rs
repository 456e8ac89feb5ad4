//! Repositories made for a test, and a server for them on this machine: `git http-backend` behind a small loopback HTTP server,
//! and servers that misbehave.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tiny_http::{Header, Request, Response, Server, StatusCode};

/// Whether the git program is there.
pub fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Makes a bare repository with `commits` commits of `number`'s own persons, written by gix, so that no git program is needed.
pub fn make_repository(path: &Path, number: usize, commits: usize) {
    std::fs::create_dir_all(path).expect("a folder");
    let repository = gix::init_bare(path).expect("a repository");
    extend_repository(&repository, number, commits);
}

/// Adds `commits` commits to the branch of HEAD.
pub fn extend_repository(repository: &gix::Repository, number: usize, commits: usize) {
    let mut parent = repository.head_id().ok().map(|id| id.detach());
    let before = parent.map_or(0, |head| {
        let walk = repository.rev_walk([head]).all().expect("a history");
        walk.count()
    });
    for at in before..before + commits {
        // Content that does not compress, so that a mirror without it is smaller.
        let mut state = (number * 1000 + at) as u64;
        let content = (0..2000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        });
        let blob = repository.write_blob(content.collect::<Vec<u8>>()).expect("written").detach();
        let map = repository.write_blob("Person 0 <p0@example.org> <p1@example.org>\n").expect("written").detach();
        let file = |name: &str, oid| gix::objs::tree::Entry {
            mode: gix::objs::tree::EntryKind::Blob.into(),
            filename: name.into(),
            oid,
        };
        let entries = vec![file(".mailmap", map), file("file.bin", blob)];
        let tree = repository.write_object(gix::objs::Tree { entries }).expect("written").detach();
        let day = 1_500_000_000 + (number * 37 + at * 11) as i64 * 86_400;
        let person = (number + at) % 23;
        let text = format!("Person {person} <p{person}@example.org> {day} +0000");
        let who = gix::actor::SignatureRef::from_bytes(text.as_bytes()).expect("a signature");
        let parents = parent.into_iter().collect::<Vec<_>>();
        parent = Some(repository.commit_as(who, who, "HEAD", format!("commit {at}"), tree, parents).expect("written").detach());
    }
    let head = parent.expect("a commit");
    let must = gix::refs::transaction::PreviousValue::Any;
    repository.tag_reference(format!("v{}", before + commits), head, must).expect("a tag");
}

/// A server that answers until it is dropped.
pub struct GitServer {
    pub url: String,
    stop: Arc<AtomicBool>,
    /// Requests so far.
    pub asked: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl GitServer {
    /// Serves the repositories below `root` at `/git/NAME`, and trouble elsewhere; see [`answer`].
    pub fn start(root: &Path) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a free port"));
        let port = server.server_addr().to_ip().expect("an address").port();
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let has_failed = Arc::new(AtomicBool::new(false));
        let threads = (0..6).map(|_| {
            let has_failed = Arc::clone(&has_failed);
            let (server, stop, asked, root) = (Arc::clone(&server), Arc::clone(&stop), Arc::clone(&asked), root.to_path_buf());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    if let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) {
                        asked.fetch_add(1, Ordering::Relaxed);
                        answer(request, &root, &has_failed, &stop);
                    }
                }
            })
        });
        Self { url: format!("http://127.0.0.1:{port}"), threads: threads.collect(), stop, asked }
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A body without an end, as fast as it is read, or a byte now and then.
struct Endless {
    sent: usize,
    pause: Duration,
    stop: Arc<AtomicBool>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::thread::sleep(self.pause);
        if self.stop.load(Ordering::Relaxed) {
            return Ok(0);
        }
        let count = if self.pause.is_zero() { buffer.len() } else { 1 };
        for byte in &mut buffer[..count] {
            *byte = START.get(self.sent).copied().unwrap_or(LINE[self.sent % LINE.len()]);
            self.sent += 1;
        }
        Ok(count)
    }
}

/// How a server begins to say what it can, of a length that is a whole number of lines.
const START: &[u8] = b"001e# service=git-upload-pack\n0000000eversion 2\n0006a\n0006a\n";
/// A line of the protocol that says nothing and ends nothing.
const LINE: &[u8] = b"0006a\n";
const ADVERTISEMENT: &str = "application/x-git-upload-pack-advertisement";

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("a header")
}

/// By the first part of the path: `git` serves; `moved`, `loop`, `elsewhere` redirect; `missing`, `login`, `error`, `web`, `slow`,
/// `endless` are what they say; `flaky` fails on the first request.
fn answer(request: Request, root: &Path, has_failed: &AtomicBool, stop: &Arc<AtomicBool>) {
    let url = request.url().to_owned();
    let mut parts = url.trim_start_matches('/').splitn(2, '/');
    let (kind, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let status = |code| Response::empty(StatusCode(code));
    let to = |place: String| status(301).with_header(header("Location", &place));
    let without_end = |pause| {
        let body = Endless { sent: 0, pause, stop: Arc::clone(stop) };
        Response::new(StatusCode(200), vec![header("Content-Type", ADVERTISEMENT)], body, None, None)
    };
    // The other side may have hung up, which is what some of these answers are for.
    let _ = match kind {
        "git" => return serve(request, root, rest),
        "flaky" if has_failed.swap(true, Ordering::Relaxed) => return serve(request, root, rest),
        "flaky" => request.respond(status(503).with_header(header("Retry-After", "0"))),
        "moved" => request.respond(to(format!("/git/{rest}"))),
        "loop" => request.respond(to(url.clone())),
        "elsewhere" => request.respond(to(format!("file:///{rest}"))),
        "login" => request.respond(status(401).with_header(header("WWW-Authenticate", "Basic realm=x"))),
        "error" => request.respond(status(500)),
        "web" => request.respond(Response::from_string("<html>a page</html>")),
        "slow" => request.respond(without_end(Duration::from_millis(300))),
        "endless" => request.respond(without_end(Duration::ZERO)),
        _ => request.respond(status(404)),
    };
}

/// One request by `git http-backend`, as a web server calls it.
fn serve(mut request: Request, root: &Path, rest: &str) {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let value = |name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map(|header| header.value.to_string()).unwrap_or_default()
    };
    let (kind, protocol, length) = (value("Content-Type"), value("Git-Protocol"), value("Content-Length"));
    let mut body = Vec::new();
    request.as_reader().read_to_end(&mut body).expect("a request");
    let mut backend = Command::new("git");
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", format!("/{path}"));
    backend.env("QUERY_STRING", query).env("REQUEST_METHOD", request.method().to_string()).env("CONTENT_TYPE", kind);
    backend.env("CONTENT_LENGTH", length).env("GIT_PROTOCOL", protocol).env("REMOTE_ADDR", "127.0.0.1");
    backend.env("GIT_CONFIG_COUNT", "2").env("GIT_CONFIG_KEY_0", "safe.directory").env("GIT_CONFIG_VALUE_0", "*");
    backend.env("GIT_CONFIG_KEY_1", "uploadpack.allowFilter").env("GIT_CONFIG_VALUE_1", "true");
    let mut child = backend.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("git starts");
    let mut input = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || input.write_all(&body));
    let output = child.wait_with_output().expect("git ends").stdout;
    let _ = writer.join();
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
    let mut response = Response::from_data(output.get(end + 4..).unwrap_or_default().to_vec());
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name {
            "Status" => response = response.with_status_code(value[..3].parse::<u16>().expect("a status")),
            _ => response.add_header(header(name, value)),
        }
    }
    let _ = request.respond(response);
}

/// A job that mirrors, in a folder of its own.
pub struct MirrorWorld {
    folder: tempfile::TempDir,
    /// Lines of `repositories`.
    pub repositories: Vec<String>,
    /// Lines of `[sources.git.mirror]` that differ from the ones below.
    pub settings: Vec<(&'static str, String)>,
    /// Further tables of the job.
    pub more: String,
}

impl MirrorWorld {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            repositories: Vec::new(),
            settings: Vec::new(),
            more: String::new(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn set(&mut self, key: &'static str, value: &str) {
        self.settings.retain(|(known, _)| *known != key);
        self.settings.push((key, value.to_owned()));
    }

    /// Adds a repository known as `url`, fetched from `from` when that is not empty.
    pub fn add(&mut self, url: &str, from: &str) {
        let from = if from.is_empty() { String::new() } else { format!(", from = {from:?}") };
        self.repositories.push(format!("{{ url = {url:?}{from} }}"));
    }

    /// Writes the job; returns its path.
    pub fn job(&self) -> PathBuf {
        let jobs = super::runs::jobs();
        let mut settings = vec![
            ("parallel", "6"),
            ("parallel_per_host", "3"),
            ("max_seconds", "20"),
            ("max_bytes", "100000000"),
            ("max_objects", "1000000"),
            ("tries", "2"),
            ("pause_seconds", "0.01"),
            ("fresh_hours", "0"),
            ("allow_private_addresses", "true"),
        ];
        settings.retain(|(key, _)| self.settings.iter().all(|(known, _)| known != key));
        let changed = self.settings.iter().map(|(key, value)| (*key, value.as_str()));
        let settings: String = settings.into_iter().chain(changed).map(|(key, value)| format!("{key} = {value}\n")).collect();
        let text = format!(
            "title = \"A world made for a test\"\nparameters = '{0}/parameters.toml'\ndecisions = '{0}/decisions'\n\
             [sources.git]\nrepositories = [\n{1}\n]\n[sources.git.mirror]\n{settings}{2}",
            jobs.display(),
            self.repositories.join(",\n"),
            self.more,
        );
        let path = self.path("job.toml");
        std::fs::write(&path, text).expect("a job");
        path
    }

    /// `verb JOB --cache CACHE`, with `more`.
    pub fn command(&self, verb: &str, cache: &str, more: &[&str]) -> Command {
        let (job, cache) = (self.job(), self.path(cache));
        let mut command = super::runs::command(&[verb.as_ref(), job.as_os_str(), "--cache".as_ref(), cache.as_os_str()]);
        command.args(more);
        command
    }

    /// Runs [`Self::command`] to its end.
    pub fn run(&self, verb: &str, cache: &str, more: &[&str]) -> super::runs::Said {
        super::runs::Said::of(self.command(verb, cache, more).output().expect("the program starts"))
    }

    /// Rows of the state table.
    pub fn table(&self, cache: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.path(cache).join("git/mirrors.jsonl")).expect("a state table");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}
