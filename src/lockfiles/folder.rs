//! Which lockfiles stand in a project's folder.
//!
//! A folder is as hostile as a file: symbolic links are never followed, so nothing outside is read and no circle is walked; depth,
//! entries and lockfiles are bounded. What was passed over is counted by reason.

use std::collections::BTreeMap;
use std::fs::FileType;
use std::path::{Path, PathBuf};

use super::detect;

/// Folders below the first that are looked into.
const MAX_DEPTH: usize = 12;
/// Files and folders that are looked at; large monorepos have a tenth of that outside of the folders passed over.
const MAX_ENTRIES: usize = 500_000;
/// Lockfiles that are read.
const MAX_LOCKFILES: usize = 1000;

/// Folders of what was installed, built or copied in: their lockfiles are those of others. Folders whose names begin with a dot
/// are passed over too.
const PASSED_OVER: [&str; 11] = [
    "node_modules",
    "bower_components",
    "target",
    "vendor",
    "third_party",
    "venv",
    "site-packages",
    "__pycache__",
    "dist",
    "fixtures",
    "testdata",
];

/// What stands in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Lockfiles, seen from the folder, sorted.
    pub files: Vec<PathBuf>,
    /// What was passed over, by reason.
    pub skips: BTreeMap<&'static str, u64>,
}

/// Looks for lockfiles and bills of materials in `folder` and below. A folder below that cannot be listed is counted; `folder` itself
/// must be. Beside a `go.mod` its `go.sum` is left out: it also names what is not used.
pub fn find(folder: &Path) -> std::io::Result<Found> {
    let mut found = Found::default();
    let mut open = vec![(folder.to_path_buf(), 0)];
    let mut entry_count = 0;
    while let Some((inner, depth)) = open.pop() {
        let entries = match fs_err::read_dir(&inner) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(error),
            Err(_) => {
                found.skip("folder cannot be listed");
                continue;
            }
        };
        for entry in entries.flatten() {
            entry_count += 1;
            if entry_count > MAX_ENTRIES {
                found.skip("the folder holds more than half a million files; the rest was not looked at");
                return Ok(found.finish(folder));
            }
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(below) = found.take(entry.path(), &name, kind, depth) {
                open.push((below, depth + 1));
            }
        }
    }
    Ok(found.finish(folder))
}

impl Found {
    /// Keeps a lockfile, and returns a folder that is to be looked into.
    fn take(&mut self, path: PathBuf, name: &str, kind: FileType, depth: usize) -> Option<PathBuf> {
        if kind.is_symlink() {
            self.skip("symbolic link, not followed");
        } else if kind.is_file() && detect::is_name(&detect::name(&path)) {
            self.files.push(path);
        } else if kind.is_dir() {
            let reason = match name {
                _ if name.starts_with('.') || PASSED_OVER.contains(&name) => "folder of installed, built or copied files",
                _ if depth >= MAX_DEPTH => "folder too deep",
                _ => return Some(path),
            };
            self.skip(reason);
        }
        None
    }

    fn skip(&mut self, reason: &'static str) {
        *self.skips.entry(reason).or_default() += 1;
    }

    /// Sorted, seen from `folder`, and no more than can be read.
    fn finish(mut self, folder: &Path) -> Self {
        let has_mod = |path: &PathBuf| path.ends_with("go.sum") && path.with_file_name("go.mod").is_file();
        self.files.retain(|path| !has_mod(path));
        self.files.sort();
        for path in &mut self.files {
            if let Ok(below) = path.strip_prefix(folder) {
                *path = below.to_path_buf();
            }
        }
        for _ in MAX_LOCKFILES..self.files.len() {
            self.skip("more lockfiles than are read");
        }
        self.files.truncate(MAX_LOCKFILES);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installed_files_and_links_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in [
            "Cargo.lock",
            "web/package-lock.json",
            "web/node_modules/a/package-lock.json",
            ".git/Cargo.lock",
            "go.sum",
            "requirements/main.txt",
            "requirements/main.in",
            "requirements/notes/a.txt",
        ] {
            fs_err::create_dir_all(at(name).parent().expect("a folder")).expect("created");
            fs_err::write(at(name), "").expect("written");
        }
        fs_err::write(at("go.mod"), "").expect("written");
        fs_err::write(at("notes.txt"), "").expect("written");
        let found = find(folder.path()).expect("listed");
        assert_eq!(found.files, ["Cargo.lock", "go.mod", "requirements/main.txt", "web/package-lock.json"].map(PathBuf::from));
        assert_eq!(found.skips, BTreeMap::from([("folder of installed, built or copied files", 2)]));
        assert!(find(&at("nowhere")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn circles_and_depths_end() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("linked");
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("Cargo.lock")).expect("linked");
        let deep: PathBuf = std::iter::repeat_n("d", MAX_DEPTH + 3).collect();
        fs_err::create_dir_all(folder.path().join(&deep)).expect("created");
        fs_err::write(folder.path().join(&deep).join("Cargo.lock"), "").expect("written");
        let found = find(folder.path()).expect("listed");
        assert!(found.files.is_empty());
        assert_eq!(found.skips, BTreeMap::from([("folder too deep", 1), ("symbolic link, not followed", 2)]));
    }
}
