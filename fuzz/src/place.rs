use std::path::PathBuf;

use trustgraph::sources::RawFile;
use trustgraph::units::Day;

/// A folder of this process for raw files, in memory where the machine has such a place.
pub struct Place(PathBuf);

impl Place {
    /// Makes the folder.
    pub fn new() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = parent.join(format!("trustgraph-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        Self(folder)
    }

    /// Where a file called `name` lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes `bytes` as the raw file `name`. It lies under the last part of its name.
    pub fn file(&self, name: &str, bytes: &[u8], as_of: Option<Day>) -> RawFile {
        let path = self.path(name.rsplit('/').next().unwrap_or(name));
        std::fs::write(&path, bytes).expect("a file can be written");
        let digest = "sha256:".to_owned();
        RawFile { name: name.to_owned(), path, digest, size_bytes: bytes.len() as u64, as_of, cache: None }
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}
