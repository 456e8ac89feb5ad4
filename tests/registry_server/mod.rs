//! A loopback registry that answers conditional requests as real ones do, and remembers what it sent.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tiny_http::{Header, Response};

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
        let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", server.server_addr().to_ip().expect("an address"));
        let documents: BTreeMap<String, String> =
            documents(&address).into_iter().map(|(path, value)| (path, value.to_string())).collect();
        let (is_stopped, sent): (Arc<AtomicBool>, Arc<Mutex<Vec<Sent>>>) = Default::default();
        let (stopped, log) = (is_stopped.clone(), sent.clone());
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let path = request.url().to_owned();
                let known = request.headers().iter().find(|header| header.field.equiv("If-None-Match"));
                let (status, body, tag) = answer(documents.get(&path), known.map(|header| header.value.as_str()));
                log.lock().expect("whole").push((path, status, body.len()));
                let tag = Header::from_bytes("ETag", tag).expect("a header");
                let _ = request.respond(Response::from_string(body).with_status_code(status).with_header(tag));
            }
        });
        Self { address, is_stopped, sent, thread: Some(thread) }
    }

    /// What was sent since the last time this was asked.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().expect("whole"))
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
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
