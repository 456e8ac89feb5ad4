//! Reads the commits of a history on all threads before the walk puts them in order.
//!
//! A walk from HEAD alone knows the next commit only once it has read the one before. A commit-graph file names them all; where
//! there is none every thread begins at another tag and stops where somebody was before. What is read is the same for any number of
//! threads in the end: the walk leaves out what HEAD does not reach, and reads what is missing itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gix::ObjectId;
use gix::objs::Kind;
use rustc_hash::FxHashSet;

use super::Problem;
use super::chunks::in_chunks;
use super::facts::{Facts, number};
use super::object::TagHeader;
use super::open::Store;
use super::tags::MAX_DEPTH;

/// Commits of a commit-graph that a thread reads at a time.
const CHUNK: usize = 1024;

/// How long a thread with nothing to do waits before it asks again.
const PAUSE: Duration = Duration::from_micros(100);

/// Commits that `head` reaches, each once, and some that only `tags` reach. Cost: one object read a commit, on all threads; a set of
/// 32 bytes a commit.
pub(super) fn read_ahead(store: &mut Store, head: ObjectId, tags: &[ObjectId]) -> Result<Vec<Facts>, Problem> {
    if let Some(commits) = in_graph(store, head) {
        return in_chunks(store, &commits, CHUNK, true, |store, ids| {
            let mut facts = Facts::default();
            // Damage is met again, and told, by the walk.
            ids.iter().for_each(|id| facts.read(store, *id).unwrap_or_default());
            Ok(facts)
        });
    }
    // The order of hashes is none: threads begin far from each other.
    let mut waiting = tags.to_vec();
    waiting.sort_unstable();
    waiting.push(head);
    let frontier = Frontier { met: (0..256).map(|_| Mutex::default()).collect(), waiting: waiting.into(), ..Frontier::default() };
    let shared = store.share();
    rayon::broadcast(|_| frontier.follow(&mut Store::shared(&shared))).into_iter().collect()
}

/// Every commit that `head` reaches, as the commit-graph file says; `None` where no file that can be read knows it.
fn in_graph(store: &Store, head: ObjectId) -> Option<Vec<ObjectId>> {
    let graph = store.commit_graph()?;
    let mut is_met = vec![false; graph.num_commits() as usize];
    let (mut waiting, mut commits) = (vec![graph.lookup(head)?], Vec::new());
    while let Some(at) = waiting.pop() {
        if !std::mem::replace(is_met.get_mut(at.0 as usize)?, true) {
            let commit = graph.commit_at(at);
            commits.push(commit.id().to_owned());
            for parent in commit.iter_parents() {
                waiting.push(parent.ok()?);
            }
        }
    }
    Some(commits)
}

/// Where threads stand in a history that they read together.
#[derive(Default)]
struct Frontier {
    /// Commits that some thread has taken, by first byte.
    met: Vec<Mutex<FxHashSet<ObjectId>>>,
    /// Commits and tags that nobody follows yet; the last is taken first.
    waiting: Mutex<Vec<ObjectId>>,
    /// Threads that follow something.
    busy: AtomicUsize,
    /// Threads that wait for something to follow.
    idle: AtomicUsize,
}

/// A thread is busy as long as this lives, even when it ends in a panic.
struct Turn<'f>(&'f AtomicUsize);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Frontier {
    /// Reads until nobody has anything left.
    fn follow(&self, store: &mut Store) -> Result<Facts, Problem> {
        let (mut facts, mut line) = (Facts::default(), Vec::new());
        while let Some((start, _turn)) = self.next() {
            line.extend(commit_of(store, start));
            while let Some(id) = line.pop() {
                let is_new = held(&self.met[usize::from(id.as_bytes()[0])]).insert(id);
                // Damage is met again, and told, by the walk.
                if !is_new || facts.read(store, id).is_err() {
                    continue;
                }
                // The first parent is read next: neighbors in a pack are neighbors in time.
                line.extend(facts.parents(number(facts.ids.len() - 1)?).iter().rev());
                if line.len() > 1 && self.idle.load(Ordering::Relaxed) > 0 {
                    held(&self.waiting).push(line.swap_remove(0));
                }
            }
        }
        Ok(facts)
    }

    /// What to follow next; `None` when nothing is left and nobody can find more.
    fn next(&self) -> Option<(ObjectId, Turn<'_>)> {
        let take = || {
            let mut waiting = held(&self.waiting);
            let id = waiting.pop()?;
            self.busy.fetch_add(1, Ordering::AcqRel);
            Some((id, Turn(&self.busy)))
        };
        if let Some(taken) = take() {
            return Some(taken);
        }
        self.idle.fetch_add(1, Ordering::Relaxed);
        let _waits = Turn(&self.idle);
        loop {
            let is_over = self.busy.load(Ordering::Acquire) == 0;
            match take() {
                Some(taken) => return Some(taken),
                None if is_over => return None,
                None => std::thread::sleep(PAUSE),
            }
        }
    }
}

/// The commit an object is or, as a tag, names.
fn commit_of(store: &mut Store, mut id: ObjectId) -> Option<ObjectId> {
    for _ in 0..MAX_DEPTH {
        match store.kind(id)? {
            Kind::Commit => return Some(id),
            Kind::Tag => id = TagHeader::parse(store.read(id, Kind::Tag).ok()?).target?,
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
