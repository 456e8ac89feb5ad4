//! Opens one repository on disk and reads objects from it, trusting nothing it holds.

use std::path::Path;

use gix::objs::{Find, Kind};
use gix::{ObjectId, Repository, ThreadSafeRepository};

use super::Problem;

/// Decoded objects that each thread keeps while it follows deltas. On deep histories that is twice as fast as what a library
/// takes by itself; 80 and 96 MB are no faster, and took a thread over 200 MB on one of 82,000 commits.
const PACK_CACHE: &str = "core.deltaBaseCacheLimit=64m";

/// No whole objects are kept: they are met once.
const OBJECT_CACHE: &str = "gitoxide.objects.cacheLimit=0";

/// A repository, and one buffer for the object read last.
pub(super) struct Store {
    repository: Repository,
    buffer: Vec<u8>,
}

impl Store {
    /// Opens a bare or ordinary repository. Reads no configuration but the repository's own, follows no include, runs no
    /// program, looks at no environment, and takes the folder as given: parents are not searched. Replacement refs are not
    /// followed, so HEAD's hash pins every commit.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced).strict_config(false);
        let options = options.config_overrides([PACK_CACHE, OBJECT_CACHE]);
        let repository = options.open(path).map_err(|_| why_not(path))?.to_thread_local();
        if repository.object_hash() != gix::hash::Kind::Sha1 {
            return Err(Problem::Sha256);
        }
        if repository.is_shallow().map_err(|_| Problem::NotARepository)? {
            return Err(Problem::Shallow);
        }
        Ok(Self::with(repository))
    }

    fn with(mut repository: Repository) -> Self {
        repository.objects.ignore_replacements = true;
        Self { repository, buffer: Vec::new() }
    }

    /// What other threads can make a store of.
    pub fn share(&self) -> ThreadSafeRepository {
        self.repository.clone().into_sync()
    }

    /// A store for this thread, with a pack cache of its own and the pack index of all.
    pub fn shared(repository: &ThreadSafeRepository) -> Self {
        Self::with(repository.to_thread_local())
    }

    /// The commit-graph file, where there is one that can be read.
    pub fn commit_graph(&self) -> Option<gix::commitgraph::Graph> {
        self.repository.commit_graph_if_enabled().ok().flatten()
    }

    /// The commit HEAD names.
    pub fn head(&mut self) -> Result<ObjectId, Problem> {
        let mut head = self.repository.head().map_err(|_| Problem::NoCommit)?;
        if head.is_unborn() {
            return Err(Problem::NoCommit);
        }
        let id = head.try_peel_to_id().map_err(|_| Problem::Object)?.ok_or(Problem::NoCommit)?.detach();
        self.read(id, Kind::Commit)?;
        Ok(id)
    }

    /// The bytes of an object of this kind, checked against its hash.
    pub fn read(&mut self, id: ObjectId, kind: Kind) -> Result<&[u8], Problem> {
        if is_empty_tree(id, kind) {
            return Ok(&[]);
        }
        let object = self.repository.objects.try_find(&id, &mut self.buffer).ok().flatten().ok_or(Problem::Object)?;
        if object.kind != kind {
            return Err(Problem::Object);
        }
        object.verify_checksum(&id).map_err(|_| Problem::Object)?;
        Ok(object.data)
    }

    /// The bytes of an object of this kind, into `buffer`. Not checked against its hash: a pack's own checksums have to do for
    /// trees, which are most of what mining reads.
    pub fn read_into(&mut self, id: ObjectId, kind: Kind, buffer: &mut Vec<u8>) -> Result<(), Problem> {
        if is_empty_tree(id, kind) {
            buffer.clear();
            return Ok(());
        }
        let object = self.repository.objects.try_find(&id, buffer).ok().flatten().ok_or(Problem::Object)?;
        if object.kind == kind { Ok(()) } else { Err(Problem::Object) }
    }

    /// What an object is, without reading all of it; `None` when it is missing or damaged.
    pub fn kind(&self, id: ObjectId) -> Option<Kind> {
        self.repository.try_find_header(id).ok().flatten().map(|header| header.kind())
    }

    /// `.mailmap` in the folder `tree`, empty when there is no such file; `Ok(None)` when folder or file are missing from this
    /// clone, as in one made with `--filter`. The file in the work tree is never read: a bare and an ordinary clone must tell
    /// the same.
    pub fn mailmap(&mut self, tree: ObjectId) -> Result<Option<Vec<u8>>, Problem> {
        if !self.repository.has_object(tree) {
            return Ok(None);
        }
        let folder = gix::objs::TreeRefIter::from_bytes(self.read(tree, Kind::Tree)?, gix::hash::Kind::Sha1);
        let mut files = folder.map_while(Result::ok).filter(|entry| entry.mode.is_blob());
        let Some(id) = files.find(|entry| entry.filename == ".mailmap").map(|entry| entry.oid.to_owned()) else {
            return Ok(Some(Vec::new()));
        };
        if !self.repository.has_object(id) {
            return Ok(None);
        }
        self.read(id, Kind::Blob).map(|file| Some(file.to_vec()))
    }

    /// A file of at most `max` bytes; `None` when it is missing, larger or damaged.
    pub fn file(&mut self, id: ObjectId, max: u64) -> Option<Vec<u8>> {
        let size = self.repository.try_find_header(id).ok().flatten()?.size();
        (size <= max).then(|| self.read(id, Kind::Blob).ok().map(<[u8]>::to_vec)).flatten()
    }

    /// Every tag, by name: what its ref names. Symbolic refs are left to `skip`.
    pub fn tags(&self, mut skip: impl FnMut()) -> Result<Vec<(String, ObjectId)>, Problem> {
        let platform = self.repository.references().map_err(|_| Problem::References)?;
        let mut tags = Vec::new();
        for reference in platform.tags().map_err(|_| Problem::References)? {
            let reference = reference.map_err(|_| Problem::References)?;
            match reference.try_id() {
                Some(id) => tags.push((reference.name().shorten().to_string(), id.detach())),
                None => skip(),
            }
        }
        tags.sort_unstable();
        Ok(tags)
    }
}

/// The folder without files, which git knows by heart: a repository need not hold the object.
fn is_empty_tree(id: ObjectId, kind: Kind) -> bool {
    kind == Kind::Tree && id.is_empty_tree()
}

/// Why a folder could not be opened.
fn why_not(path: &Path) -> Problem {
    let configs = [path.join("config"), path.join(".git").join("config")];
    let is_sha256 = configs.iter().filter_map(|config| fs_err::read(config).ok()).any(|config| {
        let config = String::from_utf8_lossy(&config).to_lowercase();
        config.lines().any(|line| line.trim_start().starts_with("objectformat") && line.contains("sha256"))
    });
    if is_sha256 { Problem::Sha256 } else { Problem::NotARepository }
}
