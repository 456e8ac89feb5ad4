//! A loopback registry that answers conditional requests as real ones do, and remembers what it sent. A thread a connection: a
//! pool would let kept connections wait for each other.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Path, status and bytes of one answer.
pub type Sent = (String, u16, usize);

/// Stops when dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    is_stopped: Arc<AtomicBool>,
    sent: Arc<Mutex<Vec<Sent>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the documents that `documents` makes for its address.
    pub fn start(documents: impl FnOnce(&str) -> BTreeMap<String, Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let documents: Arc<BTreeMap<String, String>> =
            Arc::new(documents(&address).into_iter().map(|(path, value)| (path, value.to_string())).collect());
        let (is_stopped, sent): (Arc<AtomicBool>, Arc<Mutex<Vec<Sent>>>) = Default::default();
        let (stopped, log) = (is_stopped.clone(), sent.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().take_while(|_| !stopped.load(Ordering::Relaxed)).flatten() {
                let (documents, log) = (documents.clone(), log.clone());
                // It ends when the client closes the connection.
                std::thread::spawn(move || serve(&stream, &documents, &log));
            }
        });
        Self { address, is_stopped, sent, thread: Some(thread) }
    }

    /// What was sent since the last time this was asked.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().expect("whole"))
    }
}

/// Answers one request after the other.
fn serve(stream: &TcpStream, documents: &BTreeMap<String, String>, log: &Mutex<Vec<Sent>>) {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let head: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)) else { return };
        let known =
            head.iter().filter_map(|line| line.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case("if-none-match"));
        let (status, body, tag) = answer(documents.get(path), known.map(|(_, tag)| tag));
        log.lock().expect("whole").push((path.to_owned(), status, body.len()));
        let answer = format!("HTTP/1.1 {status} X\r\nETag: {tag}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(document: Option<&String>, known: Option<&str>) -> (u16, String, String) {
    let Some(document) = document else { return (404, String::new(), "\"\"".into()) };
    let tag: String = Sha256::digest(document).iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    if known == Some(&tag) { (304, String::new(), tag) } else { (200, document.clone(), tag) }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
