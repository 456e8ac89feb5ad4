//! All tags of a repository, annotated or not, down to the commit they name.

use gix::ObjectId;
use gix::objs::Kind;

use super::Problem;
use super::actor::Actors;
use super::object::{CommitHeader, TagHeader};
use super::open::Store;
use super::walk::{Walk, day, short};
use crate::tables::{CommitId, ReadReport};

/// A tag may name a tag; more often than this in a row is nonsense.
const MAX_DEPTH: usize = 8;

/// One tag as it stands, before days are clipped.
#[derive(Clone, Debug)]
pub(super) struct RawTag {
    pub name: String,
    pub target: CommitId,
    /// `None` for a lightweight tag, and for the oldest annotated ones.
    pub tagger: Option<u32>,
    /// Day since 1970, any value: of the tagger, or else of the commit.
    pub created: i32,
    pub has_signature: bool,
}

/// Reads every tag. One object read an annotated tag, one more a commit outside the history of HEAD.
pub(super) fn read(store: &mut Store, walk: &Walk, actors: &mut Actors, report: &mut ReadReport) -> Result<Vec<RawTag>, Problem> {
    let refs = store.tags(|| report.skip("tag is a symbolic reference"))?;
    let mut tags = Vec::with_capacity(refs.len());
    for (row, (name, id)) in (1u64..).zip(refs) {
        match read_one(name, id, store, walk, actors) {
            Ok(Some(tag)) => tags.push(tag),
            Ok(None) => report.skip("tag names no commit"),
            Err(_) => report.reject("tag names a missing or damaged object", row),
        }
    }
    Ok(tags)
}

fn read_one(
    name: String,
    mut id: ObjectId,
    store: &mut Store,
    walk: &Walk,
    actors: &mut Actors,
) -> Result<Option<RawTag>, Problem> {
    let mut tag = RawTag { name, target: CommitId::default(), tagger: None, created: 0, has_signature: false };
    let mut tagged = None;
    for depth in 0..MAX_DEPTH {
        if let Some(commit) = walk.commit(id) {
            tag.target = commit.id;
            tag.created = tagged.unwrap_or(commit.committed);
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
                    tag.has_signature = header.has_signature;
                    tagged = header.tagger.map(|stamp| day(stamp.seconds));
                    tag.tagger = header.tagger.map(|stamp| actors.number(stamp.actor));
                }
            }
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Ok(None)
}
