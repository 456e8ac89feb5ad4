//! How many files each new commit touches, and where, on all threads.

use gix::ObjectId;
use gix::objs::Kind;

use super::Problem;
use super::chunks::in_chunks;
use super::facts::RawCommit;
use super::object::CommitHeader;
use super::open::Store;
use super::tree_diff::TreeDiff;
use super::walk::Walk;
use crate::tables::Areas;

/// Neighbors in history that one thread compares: their trees share most of their folders.
const CHUNK: usize = 256;

/// Compares each of `new` with its parent; merges touch nothing, as git shows them. A commit whose trees are missing, as in a
/// clone without them, stays unknown. Cost: two trees read for each folder that differs.
pub(super) fn compare(walk: &mut Walk, new: &[u32], store: &mut Store, is_parallel: bool) -> Result<(), Problem> {
    let seen: &Walk = walk;
    let differences = in_chunks(store, new, CHUNK, is_parallel, |store, numbers| {
        let mut diff = TreeDiff::default();
        Ok(numbers.iter().map(|number| difference(seen, *number, store, &mut diff)).collect::<Vec<_>>())
    })?;
    for (number, difference) in new.iter().zip(differences.into_iter().flatten()) {
        let commit: &mut RawCommit = &mut walk.facts.commits[*number as usize];
        commit.difference = difference;
    }
    Ok(())
}

fn difference(walk: &Walk, number: u32, store: &mut Store, diff: &mut TreeDiff) -> Option<(u32, Areas)> {
    let before = match walk.parents(number) {
        [] => None,
        [parent] => Some(tree(walk, *parent, store)?),
        _ => return Some((0, Areas::NONE)),
    };
    let after = tree(walk, number, store)?;
    let found = diff.between(store, before, after)?;
    Some((found.file_count, found.areas))
}

fn tree(walk: &Walk, number: u32, store: &mut Store) -> Option<ObjectId> {
    let known = walk.facts.trees[number as usize];
    if !known.is_null() {
        return Some(known);
    }
    CommitHeader::parse(store.read(walk.facts.ids[number as usize], Kind::Commit).ok()?).tree
}
