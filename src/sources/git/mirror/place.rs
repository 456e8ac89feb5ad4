//! Where mirrors lie in the cache: `git/mirrors/AB/ABCD….git` by the SHA-256 of the canonical URL, so that no part of a URL is
//! ever part of a path. A mirror is made under `git/new/` and renamed when it is whole.

use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::NAME;
use crate::ids::RepositoryUrl;
use crate::sources::SourceError;

/// The only branch of a mirror: where HEAD of the repository was.
pub(super) const BRANCH: &str = "refs/heads/mirror";

/// Folder of the mirror of `url` below `cache`, whether it is there or not.
pub(in crate::sources) fn folder(cache: &Path, url: &RepositoryUrl) -> PathBuf {
    let name = name(url);
    cache.join(NAME).join("mirrors").join(&name[..2]).join(format!("{name}.git"))
}

/// The state table below `cache`.
pub(super) fn table(cache: &Path) -> PathBuf {
    cache.join(NAME).join("mirrors.jsonl")
}

/// First half of the digest: a collision of 128 bits is not to be met, and paths stay short.
fn name(url: &RepositoryUrl) -> String {
    crate::ordered::hex(&Sha256::digest(url.as_str()))[..32].to_owned()
}

/// The part of the cache that holds mirrors, for one run alone.
pub(super) struct Place {
    cache: PathBuf,
    _lock: fs_err::File,
}

impl Place {
    /// Takes `cache/git`, made when missing, and removes what killed runs left unfinished.
    pub(super) fn take(cache: &Path) -> Result<Self, SourceError> {
        let io_error = |error| SourceError::Io { source_name: NAME, error };
        let root = cache.join(NAME);
        fs_err::create_dir_all(&root).map_err(io_error)?;
        let lock = fs_err::File::create(root.join(".lock")).map_err(io_error)?;
        lock.file().try_lock().map_err(|error| SourceError::Fetch {
            source_name: NAME,
            what: format!(
                "{}: {error}; another run mirrors into this cache, or its disk knows no locks: wait, or give another --cache",
                root.display()
            ),
        })?;
        let place = Self { cache: cache.to_path_buf(), _lock: lock };
        remove(&place.unfinished()).map_err(io_error)?;
        fs_err::create_dir_all(place.unfinished()).map_err(io_error)?;
        Ok(place)
    }

    /// Where the state table lies.
    pub(super) fn table(&self) -> PathBuf {
        table(&self.cache)
    }

    /// The mirror of `url`, whether it is there or not.
    pub(super) fn mirror(&self, url: &RepositoryUrl) -> PathBuf {
        folder(&self.cache, url)
    }

    /// An empty repository in which the mirror of `url` is made.
    pub(super) fn begin(&self, url: &RepositoryUrl) -> std::io::Result<PathBuf> {
        let folder = self.unfinished().join(format!("{}.git", name(url)));
        remove(&folder)?;
        fs_err::create_dir_all(folder.join("objects").join("pack"))?;
        fs_err::create_dir_all(folder.join("refs"))?;
        fs_err::write(folder.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
        fs_err::write(folder.join("HEAD"), format!("ref: {BRANCH}\n"))?;
        Ok(folder)
    }

    /// Puts a whole mirror in its place.
    pub(super) fn finish(&self, unfinished: &Path, url: &RepositoryUrl) -> std::io::Result<()> {
        let folder = self.mirror(url);
        if let Some(parent) = folder.parent() {
            fs_err::create_dir_all(parent)?;
        }
        remove(&folder)?;
        fs_err::rename(unfinished, folder)
    }

    fn unfinished(&self) -> PathBuf {
        self.cache.join(NAME).join("new")
    }
}

/// Removes a folder; one that is not there is removed already.
pub(super) fn remove(folder: &Path) -> std::io::Result<()> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Removes what a killed fetch left in a mirror: locks, packs without an index, files of another name.
pub(super) fn mend(folder: &Path) -> std::io::Result<()> {
    for name in ["packed-refs.lock", "HEAD.lock", "config.lock", "shallow.lock"] {
        let _ = fs_err::remove_file(folder.join(name));
    }
    let (refs, packs) = (folder.join("refs"), folder.join("objects").join("pack"));
    fs_err::create_dir_all(&refs)?;
    fs_err::create_dir_all(&packs)?;
    unlock(&refs)?;
    for entry in fs_err::read_dir(packs)? {
        let path = entry?.path();
        let is_pack = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"pack-"));
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !is_pack || ending == Some("lock") || (ending == Some("pack") && !path.with_extension("idx").exists()) {
            fs_err::remove_file(path)?;
        }
    }
    Ok(())
}

/// Removes the locks below a folder of branches and tags, none of which may have such a name.
fn unlock(refs: &Path) -> std::io::Result<()> {
    for entry in fs_err::read_dir(refs)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            unlock(&entry.path())?;
        } else if entry.path().extension().is_some_and(|ending| ending == "lock") {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Bytes of all objects, and how many there are. Reads one number of each pack's index, not the objects.
pub(super) fn size(folder: &Path) -> std::io::Result<(u64, u64)> {
    let (mut bytes, mut objects) = (0, 0);
    for (path, size) in object_files(folder)? {
        bytes += size;
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("idx") => objects += indexed(&path)?,
            None => objects += 1,
            _ => {}
        }
    }
    Ok((bytes, objects))
}

/// Objects a pack's index lists: the last entry of its first table, behind eight bytes of head.
fn indexed(path: &Path) -> std::io::Result<u64> {
    let mut count = [0; 4];
    let mut file = fs_err::File::open(path)?;
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(8 + 255 * 4))?;
    std::io::Read::read_exact(&mut file, &mut count)?;
    Ok(u64::from(u32::from_be_bytes(count)))
}

/// Packs, their indices and loose objects of a repository, with their sizes, in the order of their names. Links are no files.
pub(super) fn object_files(folder: &Path) -> std::io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    let is_hex = |name: &str, length| name.len() == length && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    for folder in fs_err::read_dir(folder.join("objects"))? {
        let folder = folder?;
        let part = folder.file_name().to_string_lossy().into_owned();
        if !(part == "pack" || is_hex(&part, 2)) || !folder.file_type()?.is_dir() {
            continue;
        }
        for file in fs_err::read_dir(folder.path())? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let is_packed = name.starts_with("pack-") && (name.ends_with(".pack") || name.ends_with(".idx"));
            if file.file_type()?.is_file() && (is_packed || is_hex(&name, 38)) {
                found.push((file.path(), file.metadata()?.len()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes a file beside itself first: it is the old or the new one, whatever happens.
pub(super) fn write_whole(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let part = path.with_added_extension("part");
    let mut file = fs_err::File::create(&part)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs_err::rename(part, path)
}

/// Bytes in the folder of packs, unfinished ones too; what vanishes while it is looked at counts nothing.
pub(super) fn bytes_on_disk(folder: &Path) -> u64 {
    let Ok(entries) = fs_err::read_dir(folder.join("objects").join("pack")) else { return 0 };
    entries.filter_map(|entry| entry.ok()?.metadata().ok()).map(|known| known.len()).sum()
}
