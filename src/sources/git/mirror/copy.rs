//! Mirrors a repository of this machine, without any program: packs and loose objects are copied as they are, then HEAD and
//! tags are written. Content of files comes along, because it shares the packs.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::budget::Budget;
use super::place::{self, BRANCH};
use super::{Failure, Limits, Refusal};
use crate::sources::git::open::Store;

/// Copies what the repository in `from` holds and the mirror in `to` does not.
pub(super) fn copy(from: &Path, to: &Path, limits: &Limits, budget: &Budget) -> Result<(), Failure> {
    let inner = from.join(".git");
    let from = if inner.is_dir() { inner } else { from.to_path_buf() };
    let mut store = Store::open(&from).map_err(Refusal::from)?;
    if from.join("objects").join("info").join("alternates").exists() {
        return Err(Refusal::Alternates.into());
    }
    let refs = packed_refs(&mut store)?;
    let (bytes, objects) = place::size(&from)?;
    limits.check(bytes, objects)?;
    let wanted = place::object_files(&from)?;
    let place_of = |path: &PathBuf| path.strip_prefix(&from).map(|path| to.join(path)).map_err(|_| Refusal::NotARepository);
    let mut kept = Vec::with_capacity(wanted.len());
    for (path, size) in &wanted {
        if budget.is_over.load(Ordering::Relaxed) {
            return Err(Refusal::TooLong.into());
        }
        let target = place_of(path)?;
        if !fs_err::metadata(&target).is_ok_and(|known| known.len() == *size) {
            copy_whole(path, &target)?;
        }
        kept.push(target);
    }
    place::write_whole(&to.join("packed-refs"), refs.as_bytes())?;
    // Single files of branches and tags, from when it was fetched in another way, would hide these.
    place::remove(&to.join("refs"))?;
    fs_err::create_dir(to.join("refs"))?;
    // What the repository packed anew is not kept twice.
    for (path, _) in place::object_files(to)? {
        if kept.binary_search(&path).is_err() {
            fs_err::remove_file(path)?;
        }
    }
    Ok(())
}

/// HEAD as the mirror's branch, and all tags.
fn packed_refs(store: &mut Store) -> Result<String, Failure> {
    let head = store.head().map_err(Refusal::from)?;
    let mut refs = format!("# pack-refs with: sorted \n{head} {BRANCH}\n");
    for (name, id) in store.tags(|| ()).map_err(Refusal::from)? {
        writeln!(refs, "{id} refs/tags/{name}").expect("writing to a string cannot fail");
    }
    Ok(refs)
}

/// The index last among equals in name: a pack is seen once its index is there.
fn copy_whole(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let part = to.with_file_name("copying");
    let _ = fs_err::remove_file(&part);
    fs_err::copy(from, &part)?;
    fs_err::rename(part, to)
}
