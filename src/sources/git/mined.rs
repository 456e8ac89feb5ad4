//! Everything read from the objects of one repository: from its cache as far as it is known, from objects where it is new.

use std::path::Path;

use gix::ObjectId;

use super::Problem;
use super::cache::Cache;
use super::files;
use super::open::Store;
use super::tags::{References, Tags};
use super::tip::Tip;
use super::walk::Walk;
use crate::tables::ReadReport;

/// What the objects of one repository say.
#[derive(Default)]
pub(super) struct Mined {
    pub walk: Walk,
    pub tags: Tags,
    pub tip: Tip,
    /// Commits were compared with their parents.
    pub has_files: bool,
}

/// How to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// Compare each commit with its parent.
    pub with_files: bool,
    /// Use every thread of the pool. Not for repositories that are themselves read in parallel.
    pub is_parallel: bool,
    /// What an earlier run left, and where to leave what this one learns.
    pub cache: Option<&'a Cache>,
}

impl Mined {
    /// Reads the repository at `path` as of `head`. Opens only what the cache does not know: with no new commit and no new tag
    /// nothing but the list of references.
    ///
    /// Memory: about 150 bytes a commit, and for each thread 64 MB of decoded objects and two trees; one pack index, which all
    /// threads share.
    pub fn read(path: &Path, head: ObjectId, reading: Reading<'_>, report: &mut ReadReport) -> Result<Self, Problem> {
        let load = || reading.cache.and_then(Cache::load).filter(|mined| mined.has_files == reading.with_files);
        if !path.is_dir() {
            // Mined on another machine: that is all there is.
            return load().filter(|mined| mined.knows(head)).ok_or(Problem::NotARepository);
        }
        let mut store = Store::open(path)?;
        let references = References::read(&store)?;
        let mut mined = load().unwrap_or_default();
        let knows_tags = mined.knows(head) && mined.tags.digest == references.digest;
        if !mined.knows(head) {
            mined.update(head, &references.targets(), &mut store, reading)?;
            mined.tip = Tip::read(&mut store, head)?;
        }
        if !knows_tags {
            mined.tags = references.open(&mut store, &mut mined.walk, report)?;
            let renumbered = mined.walk.sort();
            for tag in &mut mined.tags.list {
                tag.commit = tag.commit.map(|commit| renumbered[commit as usize]);
            }
            // Damage may be mended while nothing else changes: what has some is not remembered.
            if let Some(cache) = reading.cache.filter(|_| report.rejects.is_empty()) {
                cache.store(&mined);
            }
        }
        Ok(mined)
    }

    /// The history of `head` is known.
    fn knows(&self, head: ObjectId) -> bool {
        self.walk.facts.ids.get(self.walk.head as usize) == Some(&head)
    }

    fn update(&mut self, head: ObjectId, tags: &[ObjectId], store: &mut Store, reading: Reading<'_>) -> Result<(), Problem> {
        let mut known = self.walk.facts.ids.len();
        self.walk.update(head, tags, store, reading.is_parallel)?;
        let mut order = self.walk.order();
        // A history that was rewritten leaves what it no longer reaches; too much of it is thrown away.
        if order.len() < known / 2 {
            *self = Self::default();
            known = 0;
            self.walk.update(head, tags, store, reading.is_parallel)?;
            order = self.walk.order();
        }
        self.has_files = reading.with_files;
        if reading.with_files {
            order.retain(|number| *number as usize >= known);
            files::compare(&mut self.walk, &order, store, reading.is_parallel)?;
        }
        Ok(())
    }
}
