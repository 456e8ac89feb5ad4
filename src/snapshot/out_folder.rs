//! The folder of all snapshots: held by one run at a time, mended after killed ones, listed in `index.json`.

use std::fs::TryLockError;
use std::path::{Path, PathBuf};

use super::index::{ErrataFile, INDEX, Index};
use super::statement::{STATEMENT, statement_name};
use super::{SnapshotError, verify};
use crate::units::Day;

/// Ending of what is being written.
const PARTIAL: &str = ".partial";

/// Ending of a snapshot that is being replaced.
const REPLACED: &str = ".old";

/// `<out>/snapshots`, held until dropped. While one run holds it, others fail with [`SnapshotError::Busy`].
#[derive(Debug)]
pub struct OutFolder {
    root: PathBuf,
    /// Locks for as long as it is open.
    _lock: fs_err::File,
}

impl OutFolder {
    /// Takes `<out>/snapshots`, made when missing, and mends what killed runs left there.
    pub fn begin(out: &Path) -> Result<Self, SnapshotError> {
        let root = out.join("snapshots");
        fs_err::create_dir_all(&root)?;
        let lock = fs_err::File::create(root.join(".lock"))?;
        match lock.file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SnapshotError::Busy { path: root.display().to_string() }),
            Err(TryLockError::Error(error)) => {
                return Err(SnapshotError::Lock { path: root.join(".lock").display().to_string(), error: error.to_string() });
            }
        }
        let folder = Self { root, _lock: lock };
        folder.mend()?;
        Ok(folder)
    }

    /// Publishes as `name` what `fill` writes into an empty folder and describes by its `SHA256SUMS`. True when the same bytes
    /// stand there already. Whatever fails, the folder is left as it was.
    pub(super) fn publish(
        &self,
        name: &str,
        replace: bool,
        fill: impl FnOnce(&Path) -> Result<String, SnapshotError>,
    ) -> Result<(PathBuf, bool), SnapshotError> {
        let partial = self.hidden(name, PARTIAL);
        fs_err::create_dir(&partial)?;
        let settled = fill(&partial).and_then(|sums| self.settle(name, &sums, replace));
        if settled.is_err() {
            // The first error is the one to tell; what cannot be removed now, the next run removes.
            let _ = remove(&partial);
        }
        let is_unchanged = settled?;
        self.write_index(None)?;
        Ok((self.root.join(name), is_unchanged))
    }

    /// Moves the partial snapshot to its place. True when the same bytes are there already.
    fn settle(&self, name: &str, sums: &str, replace: bool) -> Result<bool, SnapshotError> {
        let (partial, folder) = (self.hidden(name, PARTIAL), self.root.join(name));
        sync(&partial)?;
        if !folder.exists() {
            fs_err::rename(&partial, &folder)?;
            sync(&self.root)?;
            return Ok(false);
        }
        let is_same = fs_err::read_to_string(folder.join("SHA256SUMS")).is_ok_and(|old| old == sums);
        let mut problems = Vec::new();
        if is_same && verify::check_sums(&folder, &mut problems).is_ok() && problems.is_empty() {
            remove(&partial)?;
            return Ok(true);
        }
        if !replace {
            return Err(SnapshotError::Exists { path: folder.display().to_string() });
        }
        let old = self.hidden(name, REPLACED);
        fs_err::rename(&folder, &old)?;
        if let Err(error) = fs_err::rename(&partial, &folder) {
            fs_err::rename(&old, &folder)?;
            return Err(error.into());
        }
        sync(&self.root)?;
        remove(&old)?;
        Ok(false)
    }

    /// Brings back a snapshot whose replacement was killed half-way, and removes everything else that is hidden.
    fn mend(&self) -> Result<(), SnapshotError> {
        for entry in fs_err::read_dir(&self.root)? {
            let entry = entry?;
            let Ok(hidden) = entry.file_name().into_string() else { continue };
            let Some(name) = hidden.strip_prefix('.') else { continue };
            let is_day = |name: &str| Day::parse(name.strip_suffix(STATEMENT).unwrap_or(name)).is_some();
            let is_ours = |name: &str| is_day(name) || name == INDEX;
            let place = name.strip_suffix(REPLACED).filter(|name| is_ours(name)).map(|name| self.root.join(name));
            match place {
                Some(place) if !place.exists() => fs_err::rename(entry.path(), place)?,
                Some(_) => remove(&entry.path())?,
                None if name.strip_suffix(PARTIAL).is_some_and(is_ours) => remove(&entry.path())?,
                None => {}
            }
        }
        Ok(())
    }

    fn hidden(&self, name: &str, ending: &str) -> PathBuf {
        self.root.join(format!(".{name}{ending}"))
    }

    /// The folder of all snapshots.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Lists all snapshots in `index.json` anew; errata stay, or are replaced by those of `errata`.
    pub fn write_index(&self, errata: Option<&ErrataFile>) -> Result<Index, SnapshotError> {
        let mut index = Index::read(&self.root)?.refreshed(&self.root)?;
        if let Some(errata) = errata {
            index.set_errata(errata)?;
        }
        let text = serde_json::to_string_pretty(&index).expect("an index is plain data") + "\n";
        self.write_beside(INDEX, &text)?;
        Ok(index)
    }

    /// Writes a file beside the snapshots: the old content stays until the new one is whole.
    pub(super) fn write_beside(&self, name: &str, text: &str) -> Result<(), SnapshotError> {
        let partial = self.hidden(name, PARTIAL);
        write_synced(&partial, text.as_bytes())?;
        fs_err::rename(&partial, self.root.join(name))?;
        Ok(sync(&self.root)?)
    }

    /// Removes the snapshot `name` and what is said beside it. `index.json` has to be written afterwards.
    pub fn remove(&self, name: &str) -> Result<(), SnapshotError> {
        // Renamed first: a killed removal leaves no half of a snapshot that looks whole.
        let partial = self.hidden(name, PARTIAL);
        fs_err::rename(self.root.join(name), &partial)?;
        sync(&self.root)?;
        remove(&partial)?;
        let statement = self.root.join(statement_name(name));
        if statement.exists() { Ok(remove(&statement)?) } else { Ok(()) }
    }
}

/// Writes and waits until the disk has it: a rename must never publish a file whose bytes are lost.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs_err::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(folder: &Path) -> std::io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() && !path.is_symlink() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn fill(text: &str) -> impl FnOnce(&Path) -> Result<String, SnapshotError> + '_ {
        let sum = crate::ordered::hex(&Sha256::digest(text.as_bytes()));
        move |folder| {
            let sums = format!("{sum}  a.txt\n");
            write_synced(&folder.join("a.txt"), text.as_bytes())?;
            write_synced(&folder.join("SHA256SUMS"), sums.as_bytes())?;
            Ok(sums)
        }
    }

    fn text(out: &Path) -> String {
        fs_err::read_to_string(out.join("snapshots/2026-01-01/a.txt")).expect("published")
    }

    fn names(out: &Path) -> Vec<String> {
        let entries = fs_err::read_dir(out.join("snapshots")).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn old_or_new_and_nothing_between() {
        let out = tempfile::tempdir().expect("a folder");
        let folder = OutFolder::begin(out.path()).expect("begin");
        let publish =
            |replace, content| folder.publish("2026-01-01", replace, fill(content)).map(|(_, is_unchanged)| is_unchanged);
        assert!(!publish(false, "one").expect("published"));
        assert!(publish(false, "one").expect("the same again"));
        assert!(matches!(publish(false, "two"), Err(SnapshotError::Exists { .. })));
        assert_eq!(text(out.path()), "one");
        assert!(!publish(true, "two").expect("replaced"));
        assert_eq!(text(out.path()), "two");
        let full = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into());
        assert!(folder.publish("2026-01-01", true, full).is_err());
        fs_err::write(out.path().join("snapshots/2026-01-01/a.txt"), "2w0").expect("damaged");
        assert!(matches!(publish(false, "two"), Err(SnapshotError::Exists { .. })), "damage is not the same bytes");
        assert_eq!(names(out.path()), [".lock", "2026-01-01", "index.json"]);
    }

    #[test]
    fn one_at_a_time() {
        let out = tempfile::tempdir().expect("a folder");
        let first = OutFolder::begin(out.path()).expect("begin");
        assert!(matches!(OutFolder::begin(out.path()), Err(SnapshotError::Busy { .. })));
        drop(first);
        OutFolder::begin(out.path()).expect("free again");
    }

    #[test]
    fn what_killed_runs_left_is_mended() {
        let out = tempfile::tempdir().expect("a folder");
        let root = out.path().join("snapshots");
        for name in [".2026-01-01.old", ".2026-01-02.old", "2026-01-02", ".2026-01-02.partial"] {
            fs_err::create_dir_all(root.join(name)).expect("left behind");
            fs_err::write(root.join(name).join("a.txt"), name).expect("left behind");
        }
        fs_err::write(root.join(".index.json.partial"), "[").expect("left behind");
        OutFolder::begin(out.path()).expect("begin");
        assert_eq!(names(out.path()), [".lock", "2026-01-01", "2026-01-02"]);
        assert_eq!(text(out.path()), ".2026-01-01.old");
    }
}
