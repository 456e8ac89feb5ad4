//! What mining a repository learned, kept in one file between runs.
//!
//! A commit never changes, so what its objects said stays true: a later run reads new commits only. The file holds addresses of
//! persons, as the repository itself does: it belongs beside the mirror and is never published. It is written to a temporary name
//! and renamed; a file that is damaged, cut off, or of another version is left out and made anew.

use std::hash::Hasher;
use std::path::PathBuf;

use gix::ObjectId;
use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};

use super::bytes::{Reader, Writer};
use super::facts::{Facts, RawCommit};
use super::manifests::RawManifest;
use super::mined::Mined;
use super::owners::{OwnerName, RawOwner};
use super::signature::RawSignature;
use super::tags::{RawTag, Tags};
use super::tip::Tip;
use super::walk::Walk;
use crate::tables::{Areas, Clock, CommitId, ManifestKind, OwnerKind, SignatureKind, TrailerRole};

/// First bytes of a file. The number rises with every change of the layout, and of the rules for areas, trailers, signatures,
/// manifests and owners, whose answers the file holds.
const MAGIC: &[u8; 24] = b"trustgraph mined 000003\n";

/// Stands for "none" where a number is stored.
const NONE: u32 = u32::MAX;

/// Stands for the hour of no clock.
const NO_CLOCK: u8 = u8::MAX;

/// Stands for a zone that is not known.
const NO_ZONE: i8 = i8::MAX;

/// The file of one repository.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    path: PathBuf,
    name: String,
}

impl Cache {
    /// The file for the repository known as `url`, in `folder`.
    pub fn new(folder: &std::path::Path, url: &str) -> Self {
        let digest = crate::ordered::hex(&Sha256::digest(url.as_bytes()));
        Self { path: folder.join(format!("{digest}.mined")), name: url.to_owned() }
    }

    /// Where it lies.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// What an earlier run knew; `None` where there is nothing, or nothing that can be believed. One pass over the file.
    pub fn load(&self) -> Option<Mined> {
        let bytes = fs_err::read(&self.path).ok()?;
        let mined = checked(&bytes).and_then(|payload| read(&mut Reader(payload)));
        if mined.is_none() {
            tracing::warn!("git: {}: what earlier runs left is damaged or of another version and is made anew", self.name);
        }
        mined
    }

    /// Keeps `mined`. A run does not fail for want of a cache: what goes wrong is told.
    pub fn store(&self, mined: &Mined) {
        let mut bytes = Writer(MAGIC.to_vec());
        write(mined, &mut bytes);
        let sum = checksum(&bytes.0);
        bytes.0.extend_from_slice(&sum);
        let part = self.path.with_extension("part");
        let written = self.path.parent().map_or(Ok(()), fs_err::create_dir_all);
        let written = written.and_then(|()| fs_err::write(&part, &bytes.0)).and_then(|()| fs_err::rename(&part, &self.path));
        if let Err(error) = written {
            tracing::warn!("git: {}: cannot be remembered for later runs: {error}", self.name);
        }
    }
}

/// What stands between the first bytes and the checksum at the end, when both are right.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (content, sum) = bytes.split_last_chunk()?;
    let payload = content.strip_prefix(MAGIC)?;
    (checksum(content) == *sum).then_some(payload)
}

/// Tells damage from what was written. Whoever can write the file can write this as well, so a fast one does.
pub(super) fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

fn write(mined: &Mined, to: &mut Writer) {
    let Mined { walk: Walk { facts, parents, head }, tags, tip, has_files } = mined;
    to.byte(u8::from(*has_files));
    to.number(*head);
    to.count(facts.actors.len());
    facts.actors.iter().for_each(|actor| to.bytes(actor));
    to.count(facts.signatures.len());
    for RawSignature { kind, key, address } in &facts.signatures {
        to.byte(position(&SignatureKind::ALL, kind));
        to.bytes(key.as_bytes());
        to.bytes(address.as_deref().unwrap_or_default());
    }
    to.count(facts.ids.len());
    facts.ids.iter().for_each(|id| to.0.extend_from_slice(id.as_bytes()));
    facts.commits.iter().for_each(|commit| write_commit(commit, to));
    to.count(parents.len());
    parents.iter().for_each(|parent| to.number(*parent));
    to.count(facts.trailers.len());
    for (role, actor) in &facts.trailers {
        to.byte(position(&TrailerRole::ALL.map(|(role, _)| role), role));
        to.number(*actor);
    }
    write_tags(tags, to);
    write_tip(tip, to);
}

fn write_commit(commit: &RawCommit, to: &mut Writer) {
    let RawCommit { author, committer, authored, committed, clock, parent_end, trailer_end, signature, difference, is_nameless } =
        *commit;
    let (file_count, areas) = difference.unwrap_or((NONE, Areas::NONE));
    for number in [author, committer, authored.cast_unsigned(), committed.cast_unsigned(), parent_end, trailer_end] {
        to.number(number);
    }
    to.number(signature.unwrap_or(NONE));
    to.number(file_count);
    to.byte(areas.0);
    to.byte(clock.map_or(NO_CLOCK, |clock| clock.hour));
    to.byte(clock.and_then(|clock| clock.zone).unwrap_or(NO_ZONE).cast_unsigned());
    to.byte(u8::from(is_nameless));
}

fn write_tags(tags: &Tags, to: &mut Writer) {
    let Tags { list, without_commit, symbolic, digest } = tags;
    to.0.extend_from_slice(digest);
    to.number(*without_commit);
    to.number(*symbolic);
    to.count(list.len());
    for RawTag { name, target, commit, tagger, created, signature } in list {
        to.bytes(name.as_bytes());
        to.0.extend_from_slice(target);
        for number in [*commit, *tagger, Some(created.cast_unsigned()), *signature] {
            to.number(number.unwrap_or(NONE));
        }
    }
}

fn write_tip(tip: &Tip, to: &mut Writer) {
    let Tip { mailmap, manifests, owners, unread, nameless } = tip;
    to.byte(u8::from(mailmap.is_some()));
    to.bytes(mailmap.as_deref().unwrap_or_default());
    to.number(*unread);
    to.number(*nameless);
    to.count(manifests.len());
    for RawManifest { kind, package, directory } in manifests {
        to.byte(position(&ManifestKind::ALL, kind));
        to.bytes(package.as_bytes());
        to.bytes(directory.as_bytes());
    }
    to.count(owners.len());
    for (kind, RawOwner { name, line_count }) in owners {
        to.byte(u8::from(*kind == OwnerKind::Maintainers));
        let (is_login, text) = match name {
            OwnerName::Actor(actor) => (0, actor.as_slice()),
            OwnerName::Login(login) => (1, login.as_bytes()),
        };
        to.byte(is_login);
        to.bytes(text);
        to.number(*line_count);
    }
}

fn position<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|known| known == one).map_or(u8::MAX, |at| at as u8)
}

fn read(from: &mut Reader<'_>) -> Option<Mined> {
    let has_files = from.flag()?;
    let head = from.number()?;
    let mut facts = Facts::default();
    for _ in 0..from.count(4)? {
        facts.actors.insert_full(from.bytes()?.into()).1.then_some(())?;
    }
    for _ in 0..from.count(9)? {
        let kind = *SignatureKind::ALL.get(usize::from(from.byte()?))?;
        let (key, address) = (from.text()?, Some(from.bytes()?.to_vec()).filter(|address| !address.is_empty()));
        facts.signatures.insert_full(RawSignature { kind, key, address }).1.then_some(())?;
    }
    let commit_count = from.count(56)?;
    facts.ids = from.take(20 * commit_count)?.chunks_exact(20).map(ObjectId::from_bytes_or_panic).collect();
    // Lists that grow as they are read would touch twice the memory, most of the time a second run takes.
    facts.commits.reserve_exact(commit_count);
    for _ in 0..commit_count {
        facts.commits.push(read_commit(from)?);
    }
    let parent_count = from.count(4)?;
    let parents = from.take(4 * parent_count)?.as_chunks().0.iter().map(|parent| u32::from_le_bytes(*parent)).collect();
    let trailer_count = from.count(5)?;
    facts.trailers.reserve_exact(trailer_count);
    for _ in 0..trailer_count {
        facts.trailers.push((TrailerRole::ALL.get(usize::from(from.byte()?))?.0, from.number()?));
    }
    let mined = Mined { walk: Walk { facts, parents, head }, tags: read_tags(from)?, tip: read_tip(from)?, has_files };
    (from.0.is_empty() && is_consistent(&mined)).then_some(mined)
}

fn read_commit(from: &mut Reader<'_>) -> Option<RawCommit> {
    let (author, committer) = (from.number()?, from.number()?);
    let (authored, committed) = (from.number()?.cast_signed(), from.number()?.cast_signed());
    let (parent_end, trailer_end, signature) = (from.number()?, from.number()?, from.optional()?);
    let (file_count, areas, clock) = (from.optional()?, Areas(from.byte()?), read_clock(from)?);
    let is_nameless = from.flag()?;
    let difference = file_count.map(|file_count| (file_count, areas));
    Some(RawCommit { author, committer, authored, committed, clock, parent_end, trailer_end, signature, difference, is_nameless })
}

/// Hour and zone, or none of both. `None`: no such clock.
fn read_clock(from: &mut Reader<'_>) -> Option<Option<Clock>> {
    let (hour, zone) = (from.byte()?, from.byte()?.cast_signed());
    let zone = (zone != NO_ZONE).then_some(zone);
    match hour {
        NO_CLOCK => Some(None),
        0..24 if zone.is_none_or(|zone| zone.unsigned_abs() <= Clock::MAX_ZONE.unsigned_abs()) => {
            Some(Some(Clock { hour, zone }))
        }
        _ => None,
    }
}

fn read_tags(from: &mut Reader<'_>) -> Option<Tags> {
    let digest = from.take(32)?.try_into().ok()?;
    let (without_commit, symbolic) = (from.number()?, from.number()?);
    let mut list = Vec::new();
    for _ in 0..from.count(32)? {
        let (name, target) = (from.text()?, CommitId::try_from(from.take(12)?).ok()?);
        let (commit, tagger) = (from.optional()?, from.optional()?);
        list.push(RawTag { name, target, commit, tagger, created: from.number()?.cast_signed(), signature: from.optional()? });
    }
    Some(Tags { list, without_commit, symbolic, digest })
}

fn read_tip(from: &mut Reader<'_>) -> Option<Tip> {
    let (has_mailmap, mailmap) = (from.flag()?, from.bytes()?.to_vec());
    let mut tip =
        Tip { mailmap: has_mailmap.then_some(mailmap), unread: from.number()?, nameless: from.number()?, ..Tip::default() };
    for _ in 0..from.count(9)? {
        let kind = *ManifestKind::ALL.get(usize::from(from.byte()?))?;
        tip.manifests.push(RawManifest { kind, package: from.text()?, directory: from.text()? });
    }
    for _ in 0..from.count(10)? {
        let kind = if from.flag()? { OwnerKind::Maintainers } else { OwnerKind::CodeOwners };
        let name = if from.flag()? { OwnerName::Login(from.text()?) } else { OwnerName::Actor(from.bytes()?.to_vec()) };
        tip.owners.push((kind, RawOwner { name, line_count: from.number()? }));
    }
    Some(tip)
}

/// Every number points at something, and lists end in order.
fn is_consistent(mined: &Mined) -> bool {
    let Walk { facts, parents, head } = &mined.walk;
    let is_actor = |actor: u32| (actor as usize) < facts.actors.len();
    let is_signature = |signature: Option<u32>| signature.is_none_or(|at| (at as usize) < facts.signatures.len());
    let is_commit = |commit: u32| (commit as usize) < facts.commits.len();
    let (mut parent_end, mut trailer_end) = (0, 0);
    let are_commits = facts.commits.iter().all(|commit| {
        let rises = commit.parent_end >= parent_end && commit.trailer_end >= trailer_end;
        (parent_end, trailer_end) = (commit.parent_end, commit.trailer_end);
        rises && is_actor(commit.author) && is_actor(commit.committer) && is_signature(commit.signature)
    });
    let end_well = parent_end as usize == parents.len() && trailer_end as usize == facts.trailers.len();
    let are_tags = mined
        .tags
        .list
        .iter()
        .all(|tag| tag.commit.is_none_or(is_commit) && tag.tagger.is_none_or(is_actor) && is_signature(tag.signature));
    let are_trailers = facts.trailers.iter().all(|(_, actor)| is_actor(*actor));
    let are_parents = parents.iter().all(|parent| is_commit(*parent));
    are_commits && end_well && are_parents && are_tags && are_trailers && is_commit(*head)
}
