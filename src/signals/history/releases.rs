//! Tags → who made releases.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{AccountId, PersonId};
use crate::tables::{Commit, CommitId, Tag};

/// Month and maker of every released commit up to `last_month`. A release is a tag with a digit in its name; several tags of one
/// commit are one. The maker is the tagger, or for a tag that names nobody whoever landed the commit, or its author where the
/// forge did.
pub(super) fn releases(
    commits: &[Commit],
    tags: &[Tag],
    person: impl Fn(AccountId) -> Option<PersonId>,
    last_month: i32,
) -> Vec<(i32, PersonId)> {
    let targets: FxHashSet<CommitId> = tags.iter().map(|tag| tag.target).collect();
    let wanted = commits.iter().filter(|commit| targets.contains(&commit.id));
    let commits: FxHashMap<CommitId, &Commit> = wanted.map(|commit| (commit.id, commit)).collect();
    let mut versions: Vec<&Tag> = tags.iter().filter(|tag| tag.name.contains(|c: char| c.is_ascii_digit())).collect();
    // Of several tags of one commit the oldest counts.
    versions.sort_by(|a, b| (a.target, a.created, &a.name).cmp(&(b.target, b.created, &b.name)));
    versions.dedup_by_key(|tag| tag.target);
    let maker = |tag: &Tag| {
        let landed = || {
            let commit = commits.get(&tag.target)?;
            let committer = person(commit.committer).filter(|_| !commit.is_committed_by_forge);
            committer.or_else(|| person(commit.author))
        };
        match tag.tagger {
            Some(tagger) => person(tagger),
            None => landed(),
        }
    };
    let placed = versions.into_iter().filter_map(|tag| Some((tag.created?.month(), maker(tag)?)));
    placed.filter(|(month, _)| *month <= last_month).collect()
}
