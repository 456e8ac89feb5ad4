//! What commit objects say, numbered in the order added: the form in which threads hand it over and caches keep it.

use gix::ObjectId;
use gix::objs::Kind;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::Problem;
use super::object::{CommitHeader, Stamp};
use super::open::Store;
use super::signature::RawSignature;
use super::trailers::trailers;
use crate::tables::{Areas, Clock, CommitId, TrailerRole};

/// Distinct values, numbered as met.
pub(super) type Interned<T> = IndexSet<T, FxBuildHasher>;

/// Commits and what their objects say. Lists of a commit end at its `…_end` and start where those of the commit before end.
#[derive(Default)]
pub(super) struct Facts {
    pub ids: Vec<ObjectId>,
    pub commits: Vec<RawCommit>,
    /// Folder of each commit; null where it was not read in this run, or where the commit names none. Empty as a cache left it.
    pub trees: Vec<ObjectId>,
    /// Empty as a cache left it.
    pub parents: Vec<ObjectId>,
    /// Role and actor.
    pub trailers: Vec<(TrailerRole, u32)>,
    /// Every distinct `Name <address>`, as it stands.
    pub actors: Interned<Box<[u8]>>,
    pub signatures: Interned<RawSignature>,
}

/// One commit as it stands, before days are clipped. Numbers point into its [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawCommit {
    pub author: u32,
    pub committer: u32,
    /// Day since 1970, any value.
    pub authored: i32,
    /// Day since 1970, any value.
    pub committed: i32,
    /// The author's.
    pub clock: Option<Clock>,
    pub parent_end: u32,
    pub trailer_end: u32,
    pub signature: Option<u32>,
    /// `None`: not known (not asked for, or trees are missing).
    pub difference: Option<(u32, Areas)>,
    /// Nobody can be told to have made it: its header names no author or no committer.
    pub is_nameless: bool,
}

impl Facts {
    /// Reads one more commit.
    pub fn read(&mut self, store: &mut Store, id: ObjectId) -> Result<(), Problem> {
        self.add(id, &CommitHeader::parse(store.read(id, Kind::Commit)?))
    }

    /// Makes room for all that `chunks` hold: lists that grow touch twice the memory.
    pub fn reserve(&mut self, chunks: &[Chunk]) {
        let sum = |count: fn(&Self) -> usize| chunks.iter().map(|chunk| count(&chunk.facts)).sum();
        let commits = sum(|facts| facts.ids.len());
        self.ids.reserve_exact(commits);
        self.commits.reserve_exact(commits);
        self.trees.reserve_exact(commits);
        self.parents.reserve_exact(sum(|facts| facts.parents.len()));
        self.trailers.reserve_exact(sum(|facts| facts.trailers.len()));
    }

    fn add(&mut self, id: ObjectId, header: &CommitHeader<'_>) -> Result<(), Problem> {
        let author = header.author.or(header.committer);
        let committer = header.committer.or(header.author);
        for trailer in trailers(header.message) {
            let actor = self.actor(trailer.actor)?;
            self.trailers.push((trailer.role, actor));
        }
        let signature = header.signature.map(|signature| number(self.signatures.insert_full(RawSignature::parse(signature)).0));
        self.parents.extend(&header.parents);
        let actor = |stamp: Option<Stamp<'_>>, facts: &mut Self| facts.actor(stamp.map_or(&b""[..], |stamp| stamp.actor));
        let commit = RawCommit {
            author: actor(author, self)?,
            committer: actor(committer, self)?,
            authored: author.map_or(0, |stamp| day(stamp.seconds)),
            committed: committer.map_or(0, |stamp| day(stamp.seconds)),
            clock: author.map(|stamp| Clock::new(stamp.seconds, stamp.zone)),
            parent_end: number(self.parents.len())?,
            trailer_end: number(self.trailers.len())?,
            signature: signature.transpose()?,
            difference: None,
            is_nameless: header.author.is_none() || header.committer.is_none(),
        };
        self.commits.push(commit);
        self.ids.push(id);
        self.trees.push(header.tree.unwrap_or_else(|| ObjectId::null(gix::hash::Kind::Sha1)));
        Ok(())
    }

    /// Number of the actor written as `actor`.
    pub fn actor(&mut self, actor: &[u8]) -> Result<u32, Problem> {
        match self.actors.get_index_of(actor) {
            Some(known) => number(known),
            None => number(self.actors.insert_full(actor.into()).0),
        }
    }

    /// Parents of the commit at `number`.
    pub fn parents(&self, number: u32) -> &[ObjectId] {
        &self.parents[self.parent_range(number)]
    }

    /// Where its parents stand.
    pub fn parent_range(&self, number: u32) -> std::ops::Range<usize> {
        let start = number.checked_sub(1).map_or(0, |before| self.commits[before as usize].parent_end);
        start as usize..self.commits[number as usize].parent_end as usize
    }

    /// Trailers of the commit at `number`.
    pub fn trailers(&self, number: u32) -> &[(TrailerRole, u32)] {
        let start = number.checked_sub(1).map_or(0, |before| self.commits[before as usize].trailer_end);
        &self.trailers[start as usize..self.commits[number as usize].trailer_end as usize]
    }

    /// First twelve bytes of the hash of the commit at `number`.
    pub fn short(&self, number: u32) -> CommitId {
        short(self.ids[number as usize])
    }
}

/// Commits that another thread read, and what their numbers are called here.
pub(super) struct Chunk {
    facts: Facts,
    actors: Vec<Option<u32>>,
    signatures: Vec<Option<u32>>,
}

impl Chunk {
    /// Around what was read.
    pub fn new(facts: Facts) -> Self {
        Self { actors: vec![None; facts.actors.len()], signatures: vec![None; facts.signatures.len()], facts }
    }

    /// Ids of its commits.
    pub fn ids(&self) -> &[ObjectId] {
        &self.facts.ids
    }

    /// Copies the commit at `at` to the end of `to`.
    pub fn give(&mut self, at: u32, to: &mut Facts) -> Result<(), Problem> {
        let commit = self.facts.commits[at as usize];
        let author = self.actor(commit.author, to)?;
        let committer = self.actor(commit.committer, to)?;
        for trailer in 0..self.facts.trailers(at).len() {
            let (role, actor) = self.facts.trailers(at)[trailer];
            let actor = self.actor(actor, to)?;
            to.trailers.push((role, actor));
        }
        let signature = commit.signature.map(|signature| self.signature(signature, to)).transpose()?;
        to.parents.extend(self.facts.parents(at));
        to.ids.push(self.facts.ids[at as usize]);
        to.trees.push(self.facts.trees[at as usize]);
        let (parent_end, trailer_end) = (number(to.parents.len())?, number(to.trailers.len())?);
        to.commits.push(RawCommit { author, committer, parent_end, trailer_end, signature, ..commit });
        Ok(())
    }

    fn actor(&mut self, actor: u32, to: &mut Facts) -> Result<u32, Problem> {
        if let Some(known) = self.actors[actor as usize] {
            return Ok(known);
        }
        let found = to.actor(&self.facts.actors[actor as usize])?;
        self.actors[actor as usize] = Some(found);
        Ok(found)
    }

    fn signature(&mut self, signature: u32, to: &mut Facts) -> Result<u32, Problem> {
        if let Some(known) = self.signatures[signature as usize] {
            return Ok(known);
        }
        let found = number(to.signatures.insert_full(self.facts.signatures[signature as usize].clone()).0)?;
        self.signatures[signature as usize] = Some(found);
        Ok(found)
    }
}

/// A position as it is stored. More than 2^32 of anything is no repository this program can read.
pub(super) fn number(position: usize) -> Result<u32, Problem> {
    u32::try_from(position).map_err(|_| Problem::Object)
}

/// The first twelve bytes.
pub(super) fn short(id: ObjectId) -> CommitId {
    let mut short = CommitId::default();
    short.copy_from_slice(&id.as_bytes()[..12]);
    short
}

/// Day of a second, clamped to what a day number can hold.
pub(super) fn day(seconds: i64) -> i32 {
    let day = seconds.div_euclid(86_400);
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}
