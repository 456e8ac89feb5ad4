//! `trustgraph check` against a snapshot on a web server: a few files, checked and kept; a server that lies, stalls, breaks off or points
//! elsewhere ends with exit code 2, and nothing is judged.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
mod small_snapshot;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runs::Said;
use small_snapshot::{SmallSnapshot, npm_lock};
use tempfile::TempDir;
use tiny_http::{Header, Response, Server};

/// How a server behaves for one file.
#[derive(Clone)]
enum Behavior {
    /// The file of the folder.
    Honest,
    /// Other bytes of the same length.
    Lies,
    /// The first half.
    BreaksOff,
    /// No answer.
    Stalls,
    /// An address.
    Points(String),
    /// 404.
    HasNone,
}

/// A loopback server over a folder.
struct Loopback {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Loopback {
    fn start(folder: PathBuf, odd_file: &'static str, behavior: Behavior) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a free port");
        let url = format!("http://127.0.0.1:{}/snap", server.server_addr().to_ip().expect("an address").port());
        let (asked, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (asked_inside, stop_inside) = (asked.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut held = Vec::new();
            while !stop_inside.load(Ordering::Relaxed) {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let name = request.url().trim_start_matches("/snap/").to_owned();
                asked_inside.lock().expect("not poisoned").push(name.clone());
                let behavior = if name == odd_file { behavior.clone() } else { Behavior::Honest };
                let bytes = std::fs::read(folder.join(&name));
                let answer = match (behavior, bytes) {
                    (Behavior::Stalls, _) => {
                        held.push(request);
                        continue;
                    }
                    (Behavior::Points(to), _) => Response::from_data(Vec::new())
                        .with_status_code(302)
                        .with_header(Header::from_bytes("Location", to.as_str()).expect("a header")),
                    (Behavior::HasNone, _) | (_, Err(_)) => Response::from_data(Vec::new()).with_status_code(404),
                    (Behavior::Lies, Ok(bytes)) => Response::from_data(bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>()),
                    (Behavior::BreaksOff, Ok(bytes)) => Response::from_data(bytes[..bytes.len() / 2].to_vec()),
                    (Behavior::Honest, Ok(bytes)) => Response::from_data(bytes),
                };
                // The client may have gone.
                let _ = request.respond(answer);
            }
        });
        Self { url, asked, stop, thread: Some(thread) }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn check(url: &str, folder: &Path) -> Said {
    std::fs::write(folder.join("package-lock.json"), npm_lock(&[("@s/good", "1.0.0"), ("bad", "6.6.6")])).expect("a file");
    let mut command = runs::command(&[
        "check",
        "package-lock.json",
        "--today",
        "2026-01-31",
        "--patience",
        "1",
        "--cache",
        "cache",
        "--snapshot",
        url,
    ]);
    Said::of(command.current_dir(folder).output().expect("the program starts"))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_few_files_are_fetched_once() {
    let (small, here) = (SmallSnapshot::whole(), folder());
    let server = Loopback::start(small.path().to_path_buf(), "", Behavior::Honest);
    let said = check(&server.url, here.path()).expect(1, &[]);
    assert!(said.out.contains("malicious"), "{said:#?}");
    let first = server.asked.lock().expect("not poisoned").len();
    assert_eq!(first, 9, "manifest, sums and seven tables");
    check(&format!("{}/", server.url), here.path()).expect(1, &[]);
    assert_eq!(server.asked.lock().expect("not poisoned").len(), first + 2, "tables are kept");
}

#[test]
fn a_bad_server_ends_with_two() {
    let elsewhere = SmallSnapshot::whole();
    let other = Loopback::start(elsewhere.path().to_path_buf(), "", Behavior::Honest);
    let asked = AtomicUsize::new(0);
    for (file, behavior, words) in [
        ("scores.parquet", Behavior::Lies, "does not have the digest"),
        ("scores.parquet", Behavior::BreaksOff, "scores.parquet"),
        ("scores.parquet", Behavior::Stalls, "scores.parquet"),
        ("scores.parquet", Behavior::HasNone, "stands in manifest.json but not on the server"),
        ("scores.parquet", Behavior::Points(format!("{}/scores.parquet", other.url)), "redirect to another host"),
        ("manifest.json", Behavior::Lies, "does not have the digest in SHA256SUMS"),
        ("manifest.json", Behavior::Stalls, "manifest.json"),
        ("manifest.json", Behavior::HasNone, "give the address of a snapshot's folder"),
        ("manifest.json", Behavior::Points(format!("{}/manifest.json", other.url)), "redirect to another host"),
        ("SHA256SUMS", Behavior::HasNone, "has no SHA256SUMS"),
    ] {
        let (small, here) = (SmallSnapshot::whole(), folder());
        let server = Loopback::start(small.path().to_path_buf(), file, behavior);
        let said = check(&server.url, here.path()).expect(2, &[words, "nothing was judged"]);
        assert_eq!(said.out, "");
        asked.fetch_add(server.asked.lock().expect("not poisoned").len(), Ordering::Relaxed);
    }
    assert!(asked.into_inner() > 10, "the servers were asked");
    assert!(other.asked.lock().expect("not poisoned").is_empty(), "nobody was led elsewhere");
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let (small, here) = (SmallSnapshot::whole(), folder());
    std::fs::copy(small.file("scores.parquet"), small.file("moved.parquet")).expect("copied");
    let server = Loopback::start(small.path().to_path_buf(), "scores.parquet", Behavior::Points("moved.parquet".into()));
    check(&server.url, here.path()).expect(1, &[]);
}
