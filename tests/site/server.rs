//! A server of one folder on the loopback address, for as long as the value lives.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Serves files until it is dropped.
pub struct Server {
    inner: Arc<tiny_http::Server>,
    thread: Option<JoinHandle<()>>,
    port: u16,
}

impl Server {
    /// Serves `folder` on a free port.
    pub fn start(folder: &Path) -> Self {
        let inner = Arc::new(tiny_http::Server::http("127.0.0.1:0").expect("a loopback port"));
        let port = inner.server_addr().to_ip().expect("an address").port();
        let (server, folder) = (Arc::clone(&inner), folder.to_path_buf());
        let thread = std::thread::spawn(move || server.incoming_requests().for_each(|request| answer(request, &folder)));
        Self { inner, thread: Some(thread), port }
    }

    /// Address of a file.
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.inner.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(request: tiny_http::Request, folder: &Path) {
    let path = request.url().split(['?', '#']).next().unwrap_or_default().trim_start_matches('/').replace("%2B", "+");
    let file: PathBuf = folder.join(path);
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    let header = tiny_http::Header::from_bytes("Content-Type", kind).expect("a header");
    let range =
        request.headers().iter().find(|header| header.field.equiv("Range")).map(|header| header.value.as_str().to_owned());
    let _ = match std::fs::read(&file) {
        Ok(bytes) => {
            let Some((start, end)) = range.as_deref().and_then(|range| bounds(range, bytes.len())) else {
                let _ = request.respond(tiny_http::Response::from_data(bytes).with_header(header));
                return;
            };
            let said = format!("bytes {start}-{}/{}", end - 1, bytes.len());
            let said = tiny_http::Header::from_bytes("Content-Range", said).expect("a header");
            let part = tiny_http::Response::from_data(&bytes[start..end]).with_status_code(206);
            request.respond(part.with_header(header).with_header(said))
        }
        Err(_) => request.respond(tiny_http::Response::from_string("nothing here").with_status_code(404)),
    };
}

/// First byte and the one after the last of `bytes=FIRST-[LAST]` in a file of `length` bytes.
fn bounds(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = if last.is_empty() { length } else { last.parse::<usize>().ok()?.saturating_add(1).min(length) };
    first.parse().ok().filter(|first| *first < end).map(|first| (first, end))
}
