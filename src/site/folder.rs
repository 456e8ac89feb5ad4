//! The folder a site is written to: all or nothing.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::SiteError;
use super::plan::HostLimits;
use crate::snapshot::has_address;

/// What a site holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Files.
    pub file_count: u64,
    /// Bytes of all files.
    pub byte_count: u64,
    /// Files that were not there before with the same bytes.
    pub changed_count: u64,
}

/// A site that is being written beside its place. Files appear at the target only with [`SiteFolder::publish`].
pub(super) struct SiteFolder {
    target: PathBuf,
    partial: PathBuf,
    replaced: PathBuf,
    limits: HostLimits,
    largest: AtomicU64,
    file_count: AtomicU64,
    byte_count: AtomicU64,
    changed_count: AtomicU64,
    /// Files with something like an address.
    addressed: Mutex<Vec<String>>,
}

impl SiteFolder {
    /// Starts a site for `target` and clears what a killed run left behind.
    pub fn begin(target: &Path, snapshot: &str, limits: HostLimits) -> Result<Self, SiteError> {
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
        Ok(Self {
            target: target.into(),
            partial,
            replaced,
            limits,
            largest: AtomicU64::new(0),
            file_count: AtomicU64::new(0),
            byte_count: AtomicU64::new(0),
            changed_count: AtomicU64::new(0),
            addressed: Mutex::default(),
        })
    }

    /// Makes the folders that the files `paths` stand in.
    pub fn make_folders<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), SiteError> {
        let folders: std::collections::BTreeSet<&str> = paths.filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
        for folder in folders {
            fs_err::create_dir_all(self.partial.join(folder))?;
        }
        Ok(())
    }

    /// Writes one file into a folder that exists. Callable from many threads. Where the site that is replaced has the same bytes,
    /// its file is taken over as it is, so that copies of the site by time or by inode see what changed.
    pub fn write(&self, path: &str, content: &[u8]) -> Result<(), SiteError> {
        if std::str::from_utf8(content).is_ok_and(has_address) {
            self.addressed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(path.to_owned());
        }
        let (old, new) = (self.target.join(path), self.partial.join(path));
        if !is_same(&old, content) || fs_err::hard_link(&old, &new).is_err() {
            fs_err::write(new, content)?;
            self.changed_count.fetch_add(1, Ordering::Relaxed);
        }
        self.file_count.fetch_add(1, Ordering::Relaxed);
        self.largest.fetch_max(content.len() as u64, Ordering::Relaxed);
        self.byte_count.fetch_add(content.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Puts the site in its place, removes the one it replaces, and returns what was written. A site that is too large or holds
    /// an address stays unpublished.
    pub fn publish(self) -> Result<Written, SiteError> {
        let written = Written {
            file_count: self.file_count.load(Ordering::Relaxed),
            byte_count: self.byte_count.load(Ordering::Relaxed),
            changed_count: self.changed_count.load(Ordering::Relaxed),
        };
        self.check(written)?;
        if self.target.exists() {
            fs_err::rename(&self.target, &self.replaced)?;
        }
        fs_err::rename(&self.partial, &self.target)?;
        if self.replaced.exists() {
            fs_err::remove_dir_all(&self.replaced)?;
        }
        Ok(written)
    }

    fn check(&self, Written { file_count, byte_count, .. }: Written) -> Result<(), SiteError> {
        let mut pages = self.addressed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        pages.sort();
        if !pages.is_empty() {
            return Err(SiteError::Addresses { pages });
        }
        let (limits, largest_file_bytes) = (self.limits, self.largest.load(Ordering::Relaxed));
        if file_count > limits.files || byte_count > limits.bytes || largest_file_bytes > limits.file_bytes {
            return Err(SiteError::TooLarge { file_count, byte_count, largest_file_bytes, limits });
        }
        Ok(())
    }
}

/// Whether the file at `path` has exactly these bytes. Reads it only when its length fits.
fn is_same(path: &Path, content: &[u8]) -> bool {
    let has_length = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == content.len() as u64);
    has_length && std::fs::read(path).is_ok_and(|found| found == content)
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

    const NO_LIMITS: HostLimits = HostLimits { files: u64::MAX, bytes: u64::MAX, file_bytes: u64::MAX };

    fn begin(target: &Path, snapshot: &str) -> SiteFolder {
        SiteFolder::begin(target, snapshot, NO_LIMITS).expect("begin")
    }

    #[test]
    fn what_did_not_change_is_the_same_file() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("site");
        let write = |texts: [&str; 2]| {
            let site = begin(&target, "s");
            site.write("a.txt", texts[0].as_bytes()).expect("write");
            site.write("b.txt", texts[1].as_bytes()).expect("write");
            site.publish().expect("publish").changed_count
        };
        let changed = |name: &str| fs_err::metadata(target.join(name)).expect("a file").modified().expect("a time");
        assert_eq!(write(["one", "two"]), 2);
        let before = changed("a.txt");
        assert_eq!(write(["one", "TWO"]), 1, "equal length, other bytes");
        assert_eq!(changed("a.txt"), before);
        assert_eq!(fs_err::read_to_string(target.join("b.txt")).expect("new"), "TWO");
    }

    #[test]
    fn too_much_and_addresses_are_refused_whole() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("site");
        for (limits, text) in [
            (HostLimits { files: 1, ..NO_LIMITS }, "x"),
            (HostLimits { bytes: 1, ..NO_LIMITS }, "x"),
            (HostLimits { file_bytes: 0, ..NO_LIMITS }, "x"),
        ] {
            let site = SiteFolder::begin(&target, "s", limits).expect("begin");
            site.write("a.txt", text.as_bytes()).expect("write");
            site.write("b.txt", text.as_bytes()).expect("write");
            assert!(matches!(site.publish(), Err(SiteError::TooLarge { file_count: 2, byte_count: 2, .. })));
        }
        let site = begin(&target, "s");
        for name in ["b.txt", "a.txt"] {
            site.write(name, b"write to somebody@example.org").expect("write");
        }
        let refused = site.publish().expect_err("refused").to_string();
        assert!(refused.ends_with("2 pages hold what looks like an e-mail address: a.txt, b.txt"), "{refused}");
        assert!(!target.exists());
    }

    #[test]
    fn the_old_site_stays_until_the_new_one_is_whole() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("site");
        let first = begin(&target, "2026-01-01");
        first.write("a.txt", b"one").expect("write");
        assert!(!target.exists());
        assert_eq!(first.publish().expect("publish"), Written { file_count: 1, byte_count: 3, changed_count: 1 });

        let killed = begin(&target, "2026-01-02");
        killed.write("a.txt", b"half").expect("write");
        drop(killed);
        assert_eq!(fs_err::read_to_string(target.join("a.txt")).expect("old"), "one");

        let second = begin(&target, "2026-01-03");
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
        begin(&target, "s");
        assert!(target.exists());
    }
}
