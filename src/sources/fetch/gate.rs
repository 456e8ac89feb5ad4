//! One gate a host: how many requests may be open there, how many may begin in a second, and not before when.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How fast a host is asked.
#[derive(Clone, Copy, Debug)]
pub(in crate::sources) struct Pace {
    /// Requests a second in the long run; also how many may begin at once after a rest, but at least one.
    pub(in crate::sources) per_second: f64,
    /// Requests that may be open at the same time.
    pub(in crate::sources) open: usize,
}

impl Pace {
    /// For files behind a content network, as the indices of registries are.
    pub(in crate::sources) const FILES: Self = Self { per_second: 20.0, open: 6 };
    /// A server on this machine needs no mercy.
    pub(super) const LOOPBACK: Self = Self { per_second: f64::INFINITY, open: 8 };
}

/// A token bucket with a counter of open requests.
pub(super) struct Gate {
    pace: Pace,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Requests that may begin now.
    tokens: f64,
    filled: Instant,
    open: usize,
    /// The host asked to be left alone until then.
    not_before: Instant,
}

/// One open request; it ends when this is dropped.
pub(super) struct Turn(Arc<Gate>);

impl Gate {
    /// A gate nobody went through yet.
    pub(super) fn new(pace: Pace) -> Self {
        let now = Instant::now();
        let state = State { tokens: pace.per_second.max(1.0), filled: now, open: 0, not_before: now };
        Self { pace, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for a turn.
    pub(super) fn enter(gate: &Arc<Self>) -> Turn {
        let mut state = gate.lock();
        loop {
            let wait = if state.open >= gate.pace.open { None } else { Some(state.wait(gate.pace)) };
            state = match wait {
                Some(Duration::ZERO) => {
                    state.tokens -= 1.0;
                    state.open += 1;
                    return Turn(gate.clone());
                }
                Some(wait) => gate.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
                None => gate.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Lets nobody in for `wait`.
    pub(super) fn close_for(&self, wait: Duration) {
        let mut state = self.lock();
        state.not_before = state.not_before.max(Instant::now() + wait);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Fills the bucket and says how long the next request has to wait.
    fn wait(&mut self, pace: Pace) -> Duration {
        let now = Instant::now();
        if pace.per_second.is_infinite() {
            self.tokens = f64::MAX;
        } else {
            let new = now.duration_since(self.filled).as_secs_f64() * pace.per_second;
            self.tokens = (self.tokens + new).min(pace.per_second.max(1.0));
        }
        self.filled = now;
        let missing = (1.0 - self.tokens).max(0.0);
        let for_token = if missing > 0.0 { Duration::from_secs_f64(missing / pace.per_second) } else { Duration::ZERO };
        for_token.max(self.not_before.saturating_duration_since(now))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.lock().open -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_burst_then_the_pace() {
        let gate = Arc::new(Gate::new(Pace { per_second: 50.0, open: 99 }));
        let begun = Instant::now();
        for _ in 0..55 {
            Gate::enter(&gate);
        }
        assert!(begun.elapsed() >= Duration::from_millis(90), "five beyond the burst take a tenth of a second");
    }

    #[test]
    fn no_more_than_allowed_are_open() {
        let gate = Arc::new(Gate::new(Pace { per_second: 1e6, open: 2 }));
        let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let _turn = Gate::enter(&gate);
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
    }

    #[test]
    fn a_closed_gate_opens_again() {
        let gate = Arc::new(Gate::new(Pace::LOOPBACK));
        gate.close_for(Duration::from_millis(30));
        let begun = Instant::now();
        Gate::enter(&gate);
        assert!(begun.elapsed() >= Duration::from_millis(30));
    }
}
