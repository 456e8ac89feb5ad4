//! What one try may take: time and bytes.

use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Failure, Refusal};

/// Counts one try of one repository. Whoever meets a limit notes it here, because errors lose their kind on their way through
/// the protocol.
#[derive(Debug)]
pub(super) struct Budget {
    deadline: Instant,
    max_bytes: u64,
    received: AtomicU64,
    failure: Mutex<Option<Failure>>,
    /// Set when the try must end: what computes looks at it now and then.
    pub(super) is_over: AtomicBool,
}

impl Budget {
    /// A budget that begins now.
    pub(super) fn new(time: Duration, max_bytes: u64) -> Self {
        Self {
            deadline: Instant::now() + time,
            max_bytes,
            received: AtomicU64::new(0),
            failure: Mutex::new(None),
            is_over: AtomicBool::new(false),
        }
    }

    /// Time that is left; zero when none is.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Ends the try for this reason. The first reason is kept.
    pub(super) fn fail(&self, failure: impl Into<Failure>) {
        self.is_over.store(true, Ordering::Relaxed);
        self.failure.lock().expect("nobody panics with it").get_or_insert(failure.into());
    }

    /// Why the try ended, when a limit or the server ended it.
    pub(super) fn failure(&self) -> Option<Failure> {
        *self.failure.lock().expect("nobody panics with it")
    }

    /// Runs `work` while another thread waits for the deadline, and raises `is_over` then.
    pub(super) fn watch<T>(&self, work: impl FnOnce() -> T) -> T {
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if is_done.recv_timeout(self.left()) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    self.fail(Refusal::TooLong);
                }
            });
            let result = work();
            drop(done);
            result
        })
    }

    fn take(&self, count: usize) -> io::Result<()> {
        let received = self.received.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if received > self.max_bytes {
            self.fail(Refusal::TooLarge);
        } else if self.left().is_zero() {
            self.fail(Refusal::TooLong);
        }
        if self.is_over.load(Ordering::Relaxed) { Err(io::Error::other("the limits of the job end it here")) } else { Ok(()) }
    }
}

/// A body that counts against a budget.
pub(super) struct Counted<R> {
    pub(super) body: R,
    pub(super) budget: std::sync::Arc<Budget>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.body.read(buffer).inspect_err(|_| {
            let refusal = if self.budget.left().is_zero() { Refusal::TooLong } else { Refusal::Connection };
            self.budget.fail(refusal);
        })?;
        self.budget.take(count)?;
        Ok(count)
    }
}
