//! A loopback mirror that serves what is put into it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tiny_http::{Response, Server};

/// Files by path below the base address; what was asked for is remembered.
pub(super) struct Mirror {
    pub(super) base: String,
    pub(super) files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
    _stop: mpsc::Sender<()>,
}

impl Mirror {
    pub(super) fn start() -> Self {
        let server = Server::http("127.0.0.1:0").expect("a free port");
        let port = server.server_addr().to_ip().expect("an address").port();
        let (files, asked) = (Arc::<Mutex<BTreeMap<String, Vec<u8>>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (stop, stopped) = mpsc::channel::<()>();
        let (served, noted) = (Arc::clone(&files), Arc::clone(&asked));
        std::thread::spawn(move || {
            while stopped.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
                let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(20)) else { continue };
                let path = request.url().trim_start_matches("/debian/").to_owned();
                noted.lock().expect("no panic").push(path.clone());
                let answer = match served.lock().expect("no panic").get(&path) {
                    Some(bytes) => Response::from_data(bytes.clone()),
                    None => Response::from_data(Vec::new()).with_status_code(404),
                };
                request.respond(answer).expect("answered");
            }
        });
        Self { base: format!("http://127.0.0.1:{port}/debian"), files, asked, _stop: stop }
    }

    pub(super) fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.lock().expect("no panic").insert(path.into(), bytes.into());
    }

    pub(super) fn remove(&self, path: &str) {
        self.files.lock().expect("no panic").remove(path);
    }

    /// What was asked for since the last call.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("no panic"))
    }
}
