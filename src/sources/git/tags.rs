//! All tags of a repository, annotated or not, down to the commit they name.

use gix::ObjectId;
use gix::objs::Kind;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::Problem;
use super::facts::{Facts, day, number, short};
use super::object::{CommitHeader, TagHeader};
use super::open::Store;
use super::signature::RawSignature;
use super::walk::Walk;
use crate::tables::{CommitId, ReadReport};

/// A tag may name a tag; more often than this in a row is nonsense.
pub(super) const MAX_DEPTH: usize = 8;

/// Every tag, and what became of those that are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags {
    pub list: Vec<RawTag>,
    /// Tags that name a tree or a blob.
    pub without_commit: u32,
    /// Tags that are symbolic references.
    pub symbolic: u32,
    /// SHA-256 over names and targets of the references: equal when no tag was added, moved or removed.
    pub digest: [u8; 32],
}

/// One tag as it stands, before days are clipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawTag {
    pub name: String,
    pub target: CommitId,
    /// Number of the commit it names, when HEAD reaches it or once did.
    pub commit: Option<u32>,
    /// `None` for a lightweight tag, and for the oldest annotated ones.
    pub tagger: Option<u32>,
    /// Day since 1970, any value: of the tagger, or else of the commit.
    pub created: i32,
    pub signature: Option<u32>,
}

/// References of a repository's tags, in the order of names.
pub(super) struct References {
    names: Vec<(String, ObjectId)>,
    symbolic: u32,
    /// See [`Tags::digest`].
    pub digest: [u8; 32],
}

impl References {
    /// Lists them; opens no object.
    pub fn read(store: &Store) -> Result<Self, Problem> {
        let mut symbolic = 0u32;
        let names = store.tags(|| symbolic = symbolic.saturating_add(1))?;
        let mut digest = Sha256::new();
        for (name, id) in &names {
            digest.update(id.as_bytes());
            digest.update(name);
            digest.update([0]);
        }
        digest.update(symbolic.to_le_bytes());
        Ok(Self { names, symbolic, digest: digest.finalize().into() })
    }

    /// What the references name, in their order.
    pub fn targets(&self) -> Vec<ObjectId> {
        self.names.iter().map(|(_, id)| *id).collect()
    }

    /// Reads every tag. One object read an annotated tag, one more a commit outside the history of HEAD. Damaged ones are refused
    /// in `report`.
    pub fn open(self, store: &mut Store, walk: &mut Walk, report: &mut ReadReport) -> Result<Tags, Problem> {
        let numbers = walk.numbers()?;
        let mut tags =
            Tags { list: Vec::with_capacity(self.names.len()), without_commit: 0, symbolic: self.symbolic, digest: self.digest };
        for (row, (name, id)) in (1u64..).zip(self.names) {
            match read_one(name, id, store, &mut walk.facts, &numbers) {
                Ok(Some(tag)) => tags.list.push(tag),
                Ok(None) => tags.without_commit += 1,
                Err(_) => report.reject("tag names a missing or damaged object", row),
            }
        }
        Ok(tags)
    }
}

fn read_one(
    name: String,
    mut id: ObjectId,
    store: &mut Store,
    facts: &mut Facts,
    numbers: &FxHashMap<ObjectId, u32>,
) -> Result<Option<RawTag>, Problem> {
    let mut tag = RawTag { name, target: CommitId::default(), commit: None, tagger: None, created: 0, signature: None };
    let mut tagged = None;
    for depth in 0..MAX_DEPTH {
        if let Some(commit) = numbers.get(&id) {
            tag.target = facts.short(*commit);
            tag.commit = Some(*commit);
            tag.created = tagged.unwrap_or(facts.commits[*commit as usize].committed);
            return Ok(Some(tag));
        }
        match store.kind(id).ok_or(Problem::Object)? {
            Kind::Commit => {
                let header = CommitHeader::parse(store.read(id, Kind::Commit)?);
                tag.target = short(id);
                tag.created = tagged.unwrap_or(header.committer.map_or(0, |stamp| day(stamp.seconds)));
                return Ok(Some(tag));
            }
            Kind::Tag => {
                let header = TagHeader::parse(store.read(id, Kind::Tag)?);
                id = header.target.ok_or(Problem::Object)?;
                // Only the outermost tag says who made the name; inner ones made other names.
                if depth == 0 {
                    tagged = header.tagger.map(|stamp| day(stamp.seconds));
                    tag.tagger = header.tagger.map(|stamp| facts.actor(stamp.actor)).transpose()?;
                    let signature = header.signature.map(RawSignature::parse);
                    tag.signature = signature.map(|signature| number(facts.signatures.insert_full(signature).0)).transpose()?;
                }
            }
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Ok(None)
}
