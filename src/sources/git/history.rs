//! One repository: objects → rows. Histories are read in parallel and put into tables one after another.

use std::path::Path;

use gix::ObjectId;
use gix::objs::Kind;

use super::Problem;
use super::actor::{Actor, Actors};
use super::object::CommitHeader;
use super::open::Store;
use super::tags::{self, RawTag};
use super::walk::{RawCommit, Walk};
use crate::ids::{AccountId, RepositoryUrl};
use crate::sources::history_day::{clip, newest_credible};
use crate::tables::{Commit, ReadReport, TablesBuilder, Tag};
use crate::units::Day;

/// Everything read from one repository.
pub(super) struct History {
    /// Newest committer day that is not absurd.
    newest: Day,
    commits: Vec<RawCommit>,
    tags: Vec<RawTag>,
    actors: Vec<Actor>,
    report: ReadReport,
}

impl History {
    /// Reads the history of `head`. Cost: about 8 µs a commit.
    pub fn read(path: &Path, head: ObjectId, mut report: ReadReport) -> Result<Self, Problem> {
        let mut store = Store::open(path)?;
        let mut actors = Actors::new(mailmap(&mut store, head, &mut report)?);
        let walk = Walk::from(head, &mut store, &mut actors, &mut report)?;
        let tags = tags::read(&mut store, &walk, &mut actors, &mut report)?;
        let newest = newest_credible(walk.chain.iter().copied(), walk.commits.iter().map(|commit| commit.committed));
        Ok(Self { newest, commits: walk.commits, tags, actors: actors.into_list(), report })
    }

    /// Puts the facts up to `until` into `tables`. Days are clipped to the newest credible day first: a commit that claims to
    /// come from the future was made by then.
    pub fn into_tables(mut self, url: RepositoryUrl, until: Option<Day>, tables: &mut TablesBuilder) {
        let taken = until.unwrap_or(self.newest);
        let is_later = |day: i32| clip(day, self.newest) > taken;
        let mut report = std::mem::take(&mut self.report);
        self.commits.retain(|commit| !commit.is_nameless);
        let clipped = self.commits.iter().filter(|commit| clip(commit.committed, self.newest).0 != commit.committed);
        report.skip_many("commit day is impossible and was clipped", clipped.count());
        let (commits, tags) = (self.commits.len(), self.tags.len());
        self.commits.retain(|commit| !is_later(commit.committed));
        self.tags.retain(|tag| !is_later(tag.created));
        report.skip_many("commit after the last day", commits - self.commits.len());
        report.skip_many("tag after the last day", tags - self.tags.len());
        report.read_count = (self.commits.len() + self.tags.len()) as u64;
        tables.rows.reports.push(report);
        if !self.commits.is_empty() {
            self.push(url, taken, tables);
        }
    }

    fn push(self, url: RepositoryUrl, taken: Day, tables: &mut TablesBuilder) {
        let repository = tables.repository(url);
        tables.has_history(repository, taken);
        let mut counts = vec![0u32; self.actors.len()];
        let authors = self.commits.iter().flat_map(|commit| [commit.author, commit.committer]);
        for actor in authors.chain(self.tags.iter().filter_map(|tag| tag.tagger)) {
            counts[actor as usize] += 1;
        }
        let forge: Vec<bool> = self.actors.iter().map(|actor| actor.is_forge).collect();
        let counted = self.actors.into_iter().zip(counts);
        let accounts: Vec<Option<AccountId>> =
            counted.map(|(actor, count)| (count > 0).then(|| tables.account(actor.account(count)))).collect();
        let account = |actor: u32| accounts[actor as usize].expect("every actor of a kept row was counted");
        let last = self.newest.min(taken);
        tables.rows.commits.extend(self.commits.iter().map(|commit| Commit {
            repository,
            committed: clip(commit.committed, last),
            id: commit.id,
            authored: clip(commit.authored, last),
            author: account(commit.author),
            committer: account(commit.committer),
            parent_count: commit.parent_count,
            has_signature: commit.has_signature,
            is_committed_by_forge: forge[commit.committer as usize],
        }));
        tables.rows.tags.extend(self.tags.into_iter().map(|tag| Tag {
            repository,
            name: tag.name,
            target: tag.target,
            tagger: tag.tagger.map(account),
            created: Some(clip(tag.created, last)),
            has_signature: tag.has_signature,
        }));
    }
}

/// The mailmap of HEAD. A partial clone may lack it, which is told, not fatal.
fn mailmap(store: &mut Store, head: ObjectId, report: &mut ReadReport) -> Result<gix::mailmap::Snapshot, Problem> {
    let tree = CommitHeader::parse(store.read(head, Kind::Commit)?).tree.ok_or(Problem::Object)?;
    let mailmap = store.mailmap(tree)?;
    if mailmap.is_none() {
        report.skip("mailmap is not in this partial clone");
    }
    Ok(mailmap.unwrap_or_default())
}
