//! What is still to be mirrored, handed out so that no host is asked too often at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex};

use super::target::Target;
use crate::job::MirrorSettings;

/// Repositories that wait, and how many of each host are being asked.
pub(super) struct Queue {
    line: Mutex<Line>,
    given_back: Condvar,
    parallel_per_host: usize,
}

struct Line {
    waiting: VecDeque<Target>,
    /// Only hosts that are being asked.
    asked: BTreeMap<String, usize>,
}

impl Queue {
    /// A queue in the order of `targets`.
    pub(super) fn new(targets: Vec<Target>, settings: &MirrorSettings) -> Self {
        let line = Line { waiting: targets.into(), asked: BTreeMap::new() };
        Self { line: Mutex::new(line), given_back: Condvar::new(), parallel_per_host: settings.parallel_per_host }
    }

    /// The first that may be asked now; waits while every host is busy; `None` when nothing is left.
    pub(super) fn take(&self) -> Option<Target> {
        let mut line = self.line.lock().expect("nobody panics with it");
        loop {
            if line.waiting.is_empty() {
                return None;
            }
            let may = |target: &Target| {
                let asked = target.host().and_then(|host| line.asked.get(&host).copied());
                asked.is_none_or(|count| count < self.parallel_per_host)
            };
            if let Some(at) = line.waiting.iter().position(may) {
                let target = line.waiting.remove(at)?;
                if let Some(host) = target.host() {
                    *line.asked.entry(host).or_default() += 1;
                }
                return Some(target);
            }
            line = self.given_back.wait(line).expect("nobody panics with it");
        }
    }

    /// `target` is no longer being asked.
    pub(super) fn give_back(&self, target: &Target) {
        let mut line = self.line.lock().expect("nobody panics with it");
        if let Some(host) = target.host()
            && let Some(count) = line.asked.get_mut(&host)
        {
            *count -= 1;
            if *count == 0 {
                line.asked.remove(&host);
            }
        }
        self.given_back.notify_all();
    }
}
