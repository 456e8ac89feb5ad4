//! What was verified, kept in a folder, and what of it a new root ends.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use sigstore_tuf::{Error, FileStore, MetadataStore};

/// Roles whose signers, once replaced, may have written versions that nobody can follow.
const ONLINE: [&str; 2] = ["timestamp", "snapshot"];

/// The folder. When a root takes a key from the signers of timestamp or snapshot, what they signed before is forgotten: who stole
/// that key could have signed the highest version there is, and no later one would be newer. Specification, 5.3.11.
#[derive(Clone)]
pub(super) struct Kept {
    folder: PathBuf,
    files: FileStore,
}

impl Kept {
    /// What is kept in `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { files: FileStore::new(&folder), folder }
    }

    fn forget_replaced(&self, root: &[u8]) -> Result<(), Error> {
        let Some(known) = self.files.load("root.json")? else { return Ok(()) };
        if !ONLINE.iter().any(|role| signers(&known, role).difference(&signers(root, role)).next().is_some()) {
            return Ok(());
        }
        for role in ONLINE {
            let path = self.folder.join(format!("{role}.json"));
            match fs_err::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::transport(format!("what replaced signers wrote cannot be forgotten: {error}")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl MetadataStore for Kept {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.files.load(name)
    }

    fn store(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        if name == "root.json" {
            self.forget_replaced(bytes)?;
        }
        self.files.store(name, bytes)
    }
}

/// Keys of `role` in a root that was verified.
fn signers(root: &[u8], role: &str) -> BTreeSet<String> {
    let root: Value = serde_json::from_slice(root).unwrap_or_default();
    let key = |id: &Value| root["signed"]["keys"][id.as_str()?]["keyval"]["public"].as_str().map(str::to_owned);
    root["signed"]["roles"][role]["keyids"].as_array().into_iter().flatten().filter_map(key).collect()
}
