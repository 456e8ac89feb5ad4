//! Pieces of look-ups that earlier checks left behind: those of the snapshot now asked are kept, of all others the newest few.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustc_hash::FxHashSet;

/// Most bytes of pieces that the current index does not name: several snapshots' worth of what a lockfile asks, should a server go back
/// to an older one or two servers be asked in turn.
pub(super) const MAX_OTHER_BYTES: u64 = 64 << 20;

/// Length of a digest in hexadecimal.
const DIGEST: usize = 64;

/// Removes pieces in `folder` that `index` does not name, oldest first, until no more than `limit` bytes of such are left. What another
/// check removes at the same time is no error: a piece that is missed is fetched again. O(pieces).
pub(super) fn prune(folder: &Path, index: &[u8], limit: u64) -> io::Result<()> {
    let named: FxHashSet<&[u8]> = index.split(|byte| !byte.is_ascii_hexdigit()).filter(|word| word.len() == DIGEST).collect();
    let mut others = unnamed(folder, &named)?;
    others.sort_by(|a, b| b.cmp(a));
    let mut bytes = 0u64;
    for (_, size, path) in others {
        bytes = bytes.saturating_add(size);
        if bytes > limit {
            gone(std::fs::remove_file(path))?;
        }
    }
    Ok(())
}

/// When written, bytes and place of each piece that is not `named`.
fn unnamed(folder: &Path, named: &FxHashSet<&[u8]>) -> io::Result<Vec<(SystemTime, u64, PathBuf)>> {
    let mut others = Vec::new();
    let Some(shelves) = gone(std::fs::read_dir(folder))? else { return Ok(others) };
    for shelf in shelves {
        let Some(pieces) = gone(std::fs::read_dir(shelf?.path()))? else { continue };
        for piece in pieces {
            let piece = piece?;
            if named.contains(piece.file_name().as_encoded_bytes()) {
                continue;
            }
            if let Some(known) = gone(piece.metadata())? {
                others.push((known.modified()?, known.len(), piece.path()));
            }
        }
    }
    Ok(others)
}

/// `None` where nothing is, or a file where a folder is expected: what is not a piece stays.
fn gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn named_pieces_stay_and_of_others_the_newest() {
        let folder = tempfile::tempdir().expect("a folder");
        let digest = |letter: &str| letter.repeat(DIGEST);
        for (age, letter) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let path = folder.path().join(letter.repeat(2)).join(digest(letter));
            fs_err::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs_err::write(&path, [0; 10]).expect("written");
            let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age as u64);
            fs_err::OpenOptions::new().write(true).open(&path).expect("open").into_file().set_modified(written).expect("a time");
        }
        let left = || {
            let is_left = |letter: &&str| folder.path().join(letter.repeat(2)).join(digest(letter)).exists();
            ["a", "b", "c", "d"].into_iter().filter(is_left).collect::<String>()
        };
        let index = format!("{{\"sha256\":\"{}\"}}", digest("d"));
        prune(folder.path(), index.as_bytes(), 30).expect("pruned");
        assert_eq!(left(), "abcd", "no more than the limit beside what is named");
        prune(folder.path(), index.as_bytes(), 15).expect("pruned");
        assert_eq!(left(), "ad", "the newest of the others, and the oldest because it is named");
        prune(&folder.path().join("none"), b"", 0).expect("nothing to do");
    }
}
