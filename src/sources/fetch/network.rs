//! What all sources of a run share when they ask: the budget, and one gate a host.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::gate::Gate;

/// How much a run may ask for, over all its sources. `None`: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests, each further try included; redirects are part of their request.
    pub requests: Option<u64>,
    /// Bytes received: bodies as sent, and headers.
    pub bytes: Option<u64>,
    /// Minutes since the run began.
    pub minutes: Option<u64>,
}

impl Budget {
    /// Reads `requests=N,bytes=N,minutes=N`, each at most once, in any order.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut budget = Self::default();
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or("expected requests=N,bytes=N,minutes=N")?;
            let number = value.trim().parse().map_err(|_| format!("`{value}` is no number"))?;
            let limit = match name.trim() {
                "requests" => &mut budget.requests,
                "bytes" => &mut budget.bytes,
                "minutes" => &mut budget.minutes,
                other => return Err(format!("`{other}` is no budget; known: requests, bytes, minutes")),
            };
            if limit.replace(number).is_some() {
                return Err(format!("`{name}` is given twice"));
            }
        }
        Ok(budget)
    }
}

/// The network as one run sees it. Clones share one state.
#[derive(Clone)]
pub struct Network(Arc<State>);

struct State {
    budget: Budget,
    begun: Instant,
    request_count: AtomicU64,
    byte_count: AtomicU64,
    gates: Mutex<BTreeMap<String, Arc<Gate>>>,
}

impl Network {
    /// A network on which no more is spent than `budget`.
    pub fn within(budget: Budget) -> Self {
        let state = State {
            budget,
            begun: Instant::now(),
            request_count: AtomicU64::new(0),
            byte_count: AtomicU64::new(0),
            gates: Mutex::default(),
        };
        Self(Arc::new(state))
    }

    /// Takes one request out of the budget. The error names what is spent.
    pub(super) fn spend_request(&self) -> Result<(), String> {
        self.check()?;
        let (count, limit) = (self.0.request_count.fetch_add(1, Ordering::Relaxed), self.0.budget.requests);
        limit.filter(|limit| count >= *limit).map_or(Ok(()), |limit| Err(format!("{limit} requests")))
    }

    /// Counts received bytes.
    pub(super) fn count_bytes(&self, bytes: u64) {
        self.0.byte_count.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether bytes and minutes are left. The error names what is spent.
    pub(in crate::sources) fn check(&self) -> Result<(), String> {
        let Budget { requests: _, bytes, minutes } = self.0.budget;
        if let Some(limit) = bytes.filter(|limit| self.byte_count() >= *limit) {
            return Err(format!("{limit} bytes"));
        }
        let is_late = |limit: &u64| self.0.begun.elapsed() >= Duration::from_secs(limit.saturating_mul(60));
        minutes.filter(is_late).map_or(Ok(()), |limit| Err(format!("{limit} minutes")))
    }

    /// Whether what is known may still be checked: half of every budget is kept for what is missing, or a run whose checks cost as
    /// much as the budget would never come to the end of what it has to bring. The error names what is used.
    pub(super) fn may_check(&self) -> Result<(), String> {
        let Budget { requests, bytes, minutes } = self.0.budget;
        let used_minutes = self.0.begun.elapsed().as_secs() / 60;
        for (used, limit, unit) in [
            (self.request_count(), requests, "requests"),
            (self.byte_count(), bytes, "bytes"),
            (used_minutes, minutes, "minutes"),
        ] {
            if let Some(limit) = limit.filter(|limit| used.saturating_mul(2) >= *limit) {
                return Err(format!("half of {limit} {unit}"));
            }
        }
        Ok(())
    }

    /// Requests sent so far.
    pub(super) fn request_count(&self) -> u64 {
        self.0.request_count.load(Ordering::Relaxed)
    }

    /// Bytes received so far.
    pub(in crate::sources) fn byte_count(&self) -> u64 {
        self.0.byte_count.load(Ordering::Relaxed)
    }

    /// The gate of `host`, made by `new` when it is met first.
    pub(super) fn gate(&self, host: &str, new: impl FnOnce() -> Gate) -> Arc<Gate> {
        let mut gates = self.0.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(host.to_owned()).or_insert_with(|| Arc::new(new())).clone()
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::within(Budget::default())
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("budget", &self.0.budget).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_read_and_spent() {
        let budget = Budget::parse("requests=2,minutes=5,bytes=10").expect("a budget");
        assert_eq!(budget, Budget { requests: Some(2), bytes: Some(10), minutes: Some(5) });
        for wrong in ["", "requests", "requests=x", "pages=1", "bytes=1,bytes=2", "bytes=-1"] {
            assert!(Budget::parse(wrong).is_err(), "{wrong}");
        }
        let network = Network::within(budget);
        assert_eq!([(); 3].map(|()| network.spend_request().is_ok()), [true, true, false]);
        network.count_bytes(9);
        assert_eq!(network.check(), Ok(()));
        network.count_bytes(1);
        assert_eq!(network.check(), Err("10 bytes".to_owned()));
        assert!(Network::within(Budget { minutes: Some(0), ..Budget::default() }).check().is_err());
    }
}
