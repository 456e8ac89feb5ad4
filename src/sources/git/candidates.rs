//! Which objects are likely the commits of a history, so that threads can read them before the walk knows.
//!
//! Only a guess: a walk reads what is missing here itself, and leaves out what it does not reach.

use gix::ObjectId;
use gix::hash::Kind::Sha1;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};

use super::open::Store;

/// Packs keep commits together at their start. So many other objects in a row end the search.
const MAX_OTHERS: usize = 20_000;

/// A commit stored as a delta of a delta, deeper than this, is not recognised.
const MAX_DELTAS: usize = 64;

/// Commits named by the commit-graph file, or else found at the start of packs. Opens no object. Cost: one sort of a pack's index,
/// 16 bytes an object.
pub(super) fn candidates(store: &Store) -> Vec<ObjectId> {
    if let Some(graph) = store.commit_graph() {
        return graph.iter_ids().map(ToOwned::to_owned).collect();
    }
    let Ok(folder) = fs_err::read_dir(store.objects().join("pack")) else { return Vec::new() };
    let paths = folder.filter_map(|entry| Some(entry.ok()?.path()));
    let mut indices: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "idx")).collect();
    indices.sort();
    indices.iter().flat_map(|path| commits_of(path).unwrap_or_default()).collect()
}

fn commits_of(path: &std::path::Path) -> Option<Vec<ObjectId>> {
    let index = index::File::at(path, Sha1).ok()?;
    let pack = data::File::at(path.with_extension("pack"), Sha1).ok()?;
    let mut entries: Vec<(u64, u32)> = (0..index.num_objects()).map(|at| (index.pack_offset_at_index(at), at)).collect();
    entries.sort_unstable();
    let (mut commits, mut others) = (Vec::new(), 0);
    for (offset, at) in entries {
        if is_commit(&pack, offset) {
            commits.push(index.oid_at_index(at).to_owned());
            others = 0;
        } else {
            others += 1;
        }
        if others > MAX_OTHERS {
            break;
        }
    }
    Some(commits)
}

fn is_commit(pack: &data::File, mut offset: u64) -> bool {
    for _ in 0..MAX_DELTAS {
        let Ok(entry) = pack.entry(offset) else { return false };
        match entry.header {
            Header::Commit => return true,
            Header::OfsDelta { base_distance } => match entry.checked_base_pack_offset(base_distance) {
                Some(base) => offset = base,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}
