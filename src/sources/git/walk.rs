//! All commits that HEAD reaches, each object read once.

use gix::ObjectId;
use gix::objs::Kind;
use rustc_hash::FxHashMap;

use super::Problem;
use super::actor::Actors;
use super::object::CommitHeader;
use super::open::Store;
use crate::tables::{CommitId, ReadReport};

/// One commit as it stands, before days are clipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawCommit {
    pub id: CommitId,
    pub author: u32,
    pub committer: u32,
    /// Day since 1970, any value.
    pub authored: i32,
    /// Day since 1970, any value.
    pub committed: i32,
    pub parent_count: u8,
    pub has_signature: bool,
    /// Nobody can be told to have made it: its header names no author or no committer.
    pub is_nameless: bool,
}

/// The history of one HEAD.
pub(super) struct Walk {
    /// In the order met; the first is HEAD.
    pub commits: Vec<RawCommit>,
    /// Days of the first-parent chain, oldest first.
    pub chain: Vec<i32>,
    numbers: FxHashMap<ObjectId, u32>,
}

impl Walk {
    /// Reads every commit `head` reaches. One object read a commit; memory about 120 bytes a commit.
    pub fn from(head: ObjectId, store: &mut Store, actors: &mut Actors, report: &mut ReadReport) -> Result<Self, Problem> {
        let mut walk = Self { commits: Vec::new(), chain: Vec::new(), numbers: FxHashMap::default() };
        let mut first_parents: Vec<Option<ObjectId>> = Vec::new();
        let mut waiting = vec![head];
        while let Some(id) = waiting.pop() {
            if walk.numbers.contains_key(&id) {
                continue;
            }
            let number = u32::try_from(walk.commits.len()).map_err(|_| Problem::Object)?;
            walk.numbers.insert(id, number);
            let header = CommitHeader::parse(store.read(id, Kind::Commit)?);
            let commit = RawCommit::new(id, &header, actors);
            if commit.is_nameless {
                report.reject("commit names no author or no committer", u64::from(number) + 1);
            }
            walk.commits.push(commit);
            first_parents.push(header.parents.first().copied());
            // The first parent is read next: neighbors in a pack are neighbors in time.
            waiting.extend(header.parents.iter().rev().filter(|parent| !walk.numbers.contains_key(*parent)));
        }
        walk.follow(head, &first_parents);
        Ok(walk)
    }

    /// The commit with this id, when HEAD reaches it.
    pub fn commit(&self, id: ObjectId) -> Option<&RawCommit> {
        self.numbers.get(&id).map(|number| &self.commits[*number as usize])
    }

    fn follow(&mut self, head: ObjectId, first_parents: &[Option<ObjectId>]) {
        let mut next = Some(head);
        while let Some(number) = next.and_then(|id| self.numbers.get(&id)) {
            self.chain.push(self.commits[*number as usize].committed);
            next = first_parents[*number as usize];
        }
        self.chain.reverse();
    }
}

impl RawCommit {
    fn new(id: ObjectId, header: &CommitHeader<'_>, actors: &mut Actors) -> Self {
        let is_nameless = header.author.is_none() || header.committer.is_none();
        let author = header.author.or(header.committer);
        let committer = header.committer.or(header.author);
        let mut number = |stamp: Option<super::object::Stamp<'_>>| actors.number(stamp.map_or(&b""[..], |stamp| stamp.actor));
        Self {
            id: short(id),
            author: number(author),
            committer: number(committer),
            authored: author.map_or(0, |stamp| day(stamp.seconds)),
            committed: committer.map_or(0, |stamp| day(stamp.seconds)),
            parent_count: u8::try_from(header.parents.len()).unwrap_or(u8::MAX),
            has_signature: header.has_signature,
            is_nameless,
        }
    }
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
