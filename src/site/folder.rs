//! The folder a site is written to: all or nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::SiteError;

/// A site that is being written beside its place. Files appear at the target only with [`SiteFolder::publish`].
pub(super) struct SiteFolder {
    target: PathBuf,
    partial: PathBuf,
    replaced: PathBuf,
    file_count: AtomicU64,
    byte_count: AtomicU64,
}

impl SiteFolder {
    /// Starts a site for `target` and clears what a killed run left behind.
    pub fn begin(target: &Path, snapshot: &str) -> Result<Self, SiteError> {
        let name = target.file_name().ok_or_else(|| SiteError::Target { path: target.display().to_string() })?;
        let beside = |suffix: &str| target.with_file_name(format!("{}.{suffix}", name.to_string_lossy()));
        let partial = beside(&format!("partial-{}", super::paths::slug(snapshot)));
        let replaced = beside("replaced");
        if replaced.exists() && !target.exists() {
            fs_err::rename(&replaced, target)?;
        }
        remove_left_behind(target, &format!("{}.partial-", name.to_string_lossy()))?;
        if replaced.exists() {
            fs_err::remove_dir_all(&replaced)?;
        }
        fs_err::create_dir_all(&partial)?;
        Ok(Self { target: target.into(), partial, replaced, file_count: AtomicU64::new(0), byte_count: AtomicU64::new(0) })
    }

    /// Makes the folders that the files `paths` stand in.
    pub fn make_folders<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), SiteError> {
        let folders: std::collections::BTreeSet<&str> = paths.filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
        for folder in folders {
            fs_err::create_dir_all(self.partial.join(folder))?;
        }
        Ok(())
    }

    /// Writes one file into a folder that exists. Callable from many threads.
    pub fn write(&self, path: &str, content: &[u8]) -> Result<(), SiteError> {
        fs_err::write(self.partial.join(path), content)?;
        self.file_count.fetch_add(1, Ordering::Relaxed);
        self.byte_count.fetch_add(content.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Puts the site in its place, removes the one it replaces, and returns the number of files and bytes written.
    pub fn publish(self) -> Result<(u64, u64), SiteError> {
        if self.target.exists() {
            fs_err::rename(&self.target, &self.replaced)?;
        }
        fs_err::rename(&self.partial, &self.target)?;
        if self.replaced.exists() {
            fs_err::remove_dir_all(&self.replaced)?;
        }
        Ok((self.file_count.load(Ordering::Relaxed), self.byte_count.load(Ordering::Relaxed)))
    }
}

/// A site that was not published leaves nothing behind. After a publication nothing stands there any more.
impl Drop for SiteFolder {
    fn drop(&mut self) {
        if self.partial.exists()
            && let Err(error) = fs_err::remove_dir_all(&self.partial)
        {
            tracing::warn!("{error}; the next run removes it");
        }
    }
}

/// Removes folders beside `target` whose names begin with `prefix`.
fn remove_left_behind(target: &Path, prefix: &str) -> Result<(), SiteError> {
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.exists() {
        return Ok(());
    }
    for entry in fs_err::read_dir(parent)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) && entry.path().is_dir() {
            fs_err::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_site_stays_until_the_new_one_is_whole() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("site");
        let first = SiteFolder::begin(&target, "2026-01-01").expect("begin");
        first.write("a.txt", b"one").expect("write");
        assert!(!target.exists());
        assert_eq!(first.publish().expect("publish"), (1, 3));

        let killed = SiteFolder::begin(&target, "2026-01-02").expect("begin");
        killed.write("a.txt", b"half").expect("write");
        drop(killed);
        assert_eq!(fs_err::read_to_string(target.join("a.txt")).expect("old"), "one");

        let second = SiteFolder::begin(&target, "2026-01-03").expect("begin");
        second.write("b.txt", b"two").expect("write");
        second.publish().expect("publish");
        assert!(!target.join("a.txt").exists() && target.join("b.txt").exists());
        assert_eq!(fs_err::read_dir(root.path()).expect("root").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_run_killed_between_the_renames_is_repaired() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("site");
        fs_err::create_dir(root.path().join("site.replaced")).expect("left behind");
        SiteFolder::begin(&target, "s").expect("begin");
        assert!(target.exists());
    }
}
