//! Work over a long list, cut into chunks that all threads share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Problem;
use super::open::Store;

/// `work` of every chunk of `size` items, in the order of the chunks. With `is_parallel` every thread of the pool takes the next
/// chunk as soon as it is done with one; each opens one store, whose pack cache stays warm from chunk to chunk. The first problem
/// in the order of the list wins.
pub(super) fn in_chunks<T: Sync, R: Send>(
    store: &mut Store,
    items: &[T],
    size: usize,
    is_parallel: bool,
    work: impl Fn(&mut Store, &[T]) -> Result<R, Problem> + Sync,
) -> Result<Vec<R>, Problem> {
    if !is_parallel || items.len() <= size {
        return items.chunks(size).map(|chunk| work(store, chunk)).collect();
    }
    let (shared, next, done) = (store.share(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    rayon::broadcast(|_| {
        let mut store = Store::shared(&shared);
        let take = || items.chunks(size).enumerate().nth(next.fetch_add(1, Ordering::Relaxed));
        while let Some((at, chunk)) = take() {
            let result = work(&mut store, chunk);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, result));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
