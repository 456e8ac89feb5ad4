//! A loopback server over the folder of a snapshot that may misbehave for one file, and snapshots with a look-up to put there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use tiny_http::{Header, Request, Response, Server};
use trustgraph::snapshot::{LOOKED_UP_TABLES, lookup_files, read_manifest};

/// How a server behaves for one file.
#[derive(Clone)]
pub enum Behavior {
    /// The file of the folder.
    Honest,
    /// Other bytes of the same length.
    Lies,
    /// The first half of what was asked for.
    BreaksOff,
    /// The whole file, whatever part was asked for.
    KnowsNoRanges,
    /// These bytes, cut as asked for.
    Serves(Vec<u8>),
    /// No answer.
    Stalls,
    /// An address.
    Points(String),
    /// 404.
    HasNone,
}

/// A loopback server over a folder.
pub struct Loopback {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// Bytes of all bodies.
    pub sent: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Loopback {
    pub fn start(folder: PathBuf, odd_file: &'static str, behavior: Behavior) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a free port");
        let url = format!("http://127.0.0.1:{}/snap", server.server_addr().to_ip().expect("an address").port());
        let (asked, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let sent = Arc::new(AtomicUsize::new(0));
        let (asked_inside, stop_inside, sent_inside) = (asked.clone(), stop.clone(), sent.clone());
        let thread = std::thread::spawn(move || {
            let mut held = Vec::new();
            while !stop_inside.load(Ordering::Relaxed) {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let name = request.url().trim_start_matches("/snap/").to_owned();
                asked_inside.lock().expect("not poisoned").push(name.clone());
                let behavior = if name == odd_file { behavior.clone() } else { Behavior::Honest };
                let file = std::fs::read(folder.join(&name)).ok();
                let file = if let Behavior::Serves(other) = &behavior { Some(other.clone()) } else { file };
                let range = if matches!(behavior, Behavior::KnowsNoRanges) { None } else { range(&request) };
                let part =
                    file.map(|bytes| range.clone().map_or(bytes.clone(), |range| bytes.get(range).unwrap_or_default().to_vec()));
                let status = if range.is_some() { 206 } else { 200 };
                let answer = match (behavior, part) {
                    (Behavior::Stalls, _) => {
                        held.push(request);
                        continue;
                    }
                    (Behavior::Points(to), _) => Response::from_data(Vec::new())
                        .with_status_code(302)
                        .with_header(Header::from_bytes("Location", to.as_str()).expect("a header")),
                    (Behavior::HasNone, _) | (_, None) => Response::from_data(Vec::new()).with_status_code(404),
                    (Behavior::Lies, Some(bytes)) => {
                        Response::from_data(bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>()).with_status_code(status)
                    }
                    (Behavior::BreaksOff, Some(bytes)) => {
                        Response::from_data(bytes[..bytes.len() / 2].to_vec()).with_status_code(status)
                    }
                    (_, Some(bytes)) => Response::from_data(bytes).with_status_code(status),
                };
                sent_inside.fetch_add(answer.data_length().unwrap_or(0), Ordering::Relaxed);
                // The client may have gone.
                let _ = request.respond(answer);
            }
        });
        Self { url, asked, sent, stop, thread: Some(thread) }
    }
}

impl Loopback {
    /// What was asked for since the last call.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("not poisoned"))
    }
}

/// Bytes that are asked for.
fn range(request: &Request) -> Option<std::ops::Range<usize>> {
    let header = request.headers().iter().find(|header| header.field.equiv("Range"))?;
    let (start, end) = header.value.as_str().strip_prefix("bytes=")?.split_once('-')?;
    Some(start.parse().ok()?..end.parse::<usize>().map_or(usize::MAX, |end| end + 1))
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A copy of a snapshot with the look-up made of its tables but `without` one.
pub fn with_made_lookup(snapshot: &Path, without: &str) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(snapshot).expect("a snapshot") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("a copy");
    }
    let read = |name: &&'static str| {
        let file = std::fs::File::open(copy.path().join(format!("{name}.parquet"))).expect("a table");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a table");
        let schema = reader.schema().clone();
        let batches: Vec<_> = reader.build().expect("a table").map(|batch| batch.expect("rows")).collect();
        (*name, concat_batches(&schema, &batches).expect("one table"))
    };
    let is_there = |name: &&&str| **name != without && copy.path().join(format!("{name}.parquet")).is_file();
    let batches: Vec<_> = LOOKED_UP_TABLES.iter().filter(is_there).map(read).collect();
    let name = read_manifest(snapshot).expect("a manifest").snapshot;
    let began = std::time::Instant::now();
    let made = lookup_files(&name, &batches.iter().map(|(name, batch)| (*name, batch)).collect());
    println!("a look-up of {} and {} bytes in {:?}", made.index.len(), made.data.len(), began.elapsed());
    super::small_snapshot::list(copy.path(), &made);
    copy
}
