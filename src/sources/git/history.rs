//! One repository: what its objects say → rows. Histories are read one after another or in parallel, and put into tables one
//! after another.

use std::collections::BTreeMap;
use std::path::Path;

use gix::ObjectId;

use super::Problem;
use super::actor::Actor;
use super::landing::Landings;
use super::mined::{Mined, Reading};
use super::owners::OwnerName;
use super::tags::RawTag;
use crate::ids::{AccountId, RepositoryId, RepositoryUrl};
use crate::sources::history_day::{clip, newest_credible};
use crate::tables::{Alias, Commit, Manifest, Owner, ReadReport, SigningKey, TablesBuilder, Tag, Trailer};
use crate::units::Day;

/// Everything known of one repository.
pub(super) struct History {
    /// Newest committer day that is not absurd.
    newest: Day,
    mined: Mined,
    /// Commits HEAD reaches that name who made them, by day and id.
    order: Vec<u32>,
    landings: Landings,
    /// By the numbers of `mined.walk.facts.actors`.
    actors: Vec<Actor>,
    report: ReadReport,
}

impl History {
    /// Reads the history of `head`. Cost: see [`Mined::read`], and O(commits).
    pub fn read(path: &Path, head: ObjectId, reading: Reading<'_>, mut report: ReadReport) -> Result<Self, Problem> {
        let mined = Mined::read(path, head, reading, &mut report)?;
        let facts = &mined.walk.facts;
        let landings = Landings::of(&mined.walk);
        let mut order: Vec<u32> = (0u32..).take(facts.commits.len()).filter(|number| landings.is_reached(*number)).collect();
        let mut chain: Vec<i32> = mined.walk.chain().map(|number| facts.commits[number as usize].committed).collect();
        chain.reverse();
        let newest = newest_credible(chain, order.iter().map(|number| facts.commits[*number as usize].committed));
        for (row, number) in (1u64..).zip(&order) {
            if facts.commits[*number as usize].is_nameless {
                report.reject("commit names no author or no committer", row);
            }
        }
        order.retain(|number| !facts.commits[*number as usize].is_nameless);
        let mailmap = gix::mailmap::Snapshot::from_bytes(mined.tip.mailmap.as_deref().unwrap_or_default());
        let actors = facts.actors.iter().map(|actor| Actor::read(actor, &mailmap)).collect();
        Ok(Self { newest, order, landings, actors, report, mined })
    }

    /// Puts the facts up to `until` into `tables`. Days are clipped to the newest credible day first: a commit that claims to
    /// come from the future was made by then.
    pub fn into_tables(mut self, url: RepositoryUrl, until: Option<Day>, tables: &mut TablesBuilder) {
        let taken = until.unwrap_or(self.newest);
        self.count_skips(taken);
        let newest = self.newest;
        let is_later = |day: i32| clip(day, newest) > taken;
        let commits = &self.mined.walk.facts.commits;
        self.order.retain(|number| !is_later(commits[*number as usize].committed));
        self.mined.tags.list.retain(|tag| !is_later(tag.created));
        self.report.read_count = (self.order.len() + self.mined.tags.list.len()) as u64;
        tables.rows.reports.push(std::mem::take(&mut self.report));
        if self.order.is_empty() {
            return;
        }
        let repository = tables.repository(url);
        tables.has_history(repository, taken);
        let accounts = self.accounts(tables);
        let is_forge = self.actors.iter().map(|actor| actor.is_forge).collect();
        let rows = Rows { history: &self, repository, accounts, is_forge, taken, last: newest.min(taken) };
        rows.push_commits(tables);
        rows.push_aliases(tables);
        rows.push_keys(tables);
        tables.rows.tags.extend(self.mined.tags.list.iter().map(|tag| rows.tag(tag)));
        // Files of HEAD say nothing of an earlier day.
        if taken >= newest {
            rows.push_tip(tables);
        }
    }

    /// Counts what is left out or was mended.
    fn count_skips(&mut self, taken: Day) {
        let Mined { walk, tags, tip, has_files } = &self.mined;
        let (report, newest) = (&mut self.report, self.newest);
        let commits = || self.order.iter().map(|number| &walk.facts.commits[*number as usize]);
        let clipped = commits().filter(|commit| clip(commit.committed, newest).0 != commit.committed).count();
        let later = commits().filter(|commit| clip(commit.committed, newest) > taken).count();
        let later_tags = tags.list.iter().filter(|tag| clip(tag.created, newest) > taken).count();
        let unknown = commits().filter(|commit| *has_files && commit.difference.is_none()).count();
        report.skip_many("commit day is impossible and was clipped", clipped);
        report.skip_many("commit after the last day", later);
        report.skip_many("tag after the last day", later_tags);
        report.skip_many("files of the commit are unknown: folders are missing from this clone, or too many changed", unknown);
        report.skip_many("tag is a symbolic reference", tags.symbolic as usize);
        report.skip_many("tag names no commit", tags.without_commit as usize);
        report.skip_many("mailmap is not in this partial clone", usize::from(tip.mailmap.is_none()));
        report.skip_many("file of HEAD is missing, too large or not what its name says", tip.unread as usize);
        report.skip_many("manifest names no published package", tip.nameless as usize);
        report.skip_many("files of HEAD are later than the last day", usize::from(taken < newest));
    }

    /// Accounts of all actors of kept rows, in the order of actors.
    fn accounts(&self, tables: &mut TablesBuilder) -> Vec<Option<AccountId>> {
        let facts = &self.mined.walk.facts;
        let mut counts = vec![0u32; self.actors.len()];
        let mut count = |actor: u32| counts[actor as usize] += 1;
        for number in &self.order {
            let commit = &facts.commits[*number as usize];
            [commit.author, commit.committer].into_iter().for_each(&mut count);
            facts.trailers(*number).iter().for_each(|(_, actor)| count(*actor));
        }
        self.mined.tags.list.iter().filter_map(|tag| tag.tagger).for_each(count);
        let counted = self.actors.iter().zip(counts);
        counted.map(|(actor, count)| (count > 0).then(|| tables.account(actor.clone().account(count)))).collect()
    }
}

/// Makes rows of a history whose late facts are gone.
struct Rows<'a> {
    history: &'a History,
    repository: RepositoryId,
    /// By actor; `None` for one that only rows name which are left out.
    accounts: Vec<Option<AccountId>>,
    /// By actor.
    is_forge: Vec<bool>,
    taken: Day,
    /// The last day a fact may have.
    last: Day,
}

impl Rows<'_> {
    fn account(&self, actor: u32) -> AccountId {
        self.accounts[actor as usize].expect("every actor of a kept row was counted")
    }

    fn push_commits(&self, tables: &mut TablesBuilder) {
        let facts = &self.history.mined.walk.facts;
        tables.rows.commits.reserve(self.history.order.len());
        tables.rows.trailers.reserve(facts.trailers.len());
        for number in &self.history.order {
            let commit = self.commit(*number);
            let trailer = |(role, actor): &(_, u32)| Trailer {
                repository: self.repository,
                commit: commit.id,
                role: *role,
                account: self.account(*actor),
                committed: commit.committed,
            };
            tables.rows.trailers.extend(facts.trailers(*number).iter().map(trailer));
            tables.rows.commits.push(commit);
        }
    }

    fn commit(&self, number: u32) -> Commit {
        let (walk, landings, is_forge) = (&self.history.mined.walk, &self.history.landings, &self.is_forge);
        let commit = &walk.facts.commits[number as usize];
        let landing = walk.facts.commits[landings.landing(number) as usize].committed;
        // What a merge of a later day brought in had not landed yet.
        let has_landed = clip(landing, self.history.newest) <= self.taken;
        let known = |actor: Option<u32>| actor.filter(|_| has_landed).and_then(|actor| self.accounts[actor as usize]);
        Commit {
            repository: self.repository,
            committed: clip(commit.committed, self.last),
            id: walk.facts.short(number),
            authored: clip(commit.authored, self.last),
            clock: commit.clock,
            author: self.account(commit.author),
            committer: self.account(commit.committer),
            parent_count: u8::try_from(walk.parents(number).len()).unwrap_or(u8::MAX),
            has_signature: commit.signature.is_some(),
            is_committed_by_forge: is_forge[commit.committer as usize],
            pusher: if is_forge[commit.committer as usize] {
                known(landings.pusher(walk, number, is_forge))
            } else {
                Some(self.account(commit.committer))
            },
            lander: known(landings.lander(walk, number, is_forge)),
            landed: has_landed.then(|| clip(landing, self.last)),
            file_count: commit.difference.map(|(file_count, _)| file_count),
            line_count: None,
            areas: commit.difference.map(|(_, areas)| areas),
            signature: commit.signature.map(|signature| walk.facts.signatures[signature as usize].kind),
        }
    }

    fn tag(&self, tag: &RawTag) -> Tag {
        let (walk, landings) = (&self.history.mined.walk, &self.history.landings);
        let lander = || {
            let commit = tag.commit.filter(|commit| landings.is_reached(*commit))?;
            let landing = walk.facts.commits[landings.landing(commit) as usize].committed;
            let actor = landings.lander(walk, commit, &self.is_forge)?;
            self.accounts[actor as usize].filter(|_| clip(landing, self.history.newest) <= self.taken)
        };
        Tag {
            repository: self.repository,
            name: tag.name.clone(),
            target: tag.target,
            tagger: tag.tagger.map(|tagger| self.account(tagger)),
            created: Some(clip(tag.created, self.last)),
            has_signature: tag.signature.is_some(),
            lander: lander(),
            signature: tag.signature.map(|signature| walk.facts.signatures[signature as usize].kind),
        }
    }

    /// Addresses that the mailmap replaces in kept rows.
    fn push_aliases(&self, tables: &mut TablesBuilder) {
        for (actor, account) in self.history.actors.iter().zip(&self.accounts) {
            if let (Some(key), Some(account)) = (&actor.replaced, *account) {
                tables.rows.aliases.push(Alias { repository: self.repository, key: key.clone(), account });
            }
        }
    }

    /// Keys by committer, with how often and when.
    fn push_keys(&self, tables: &mut TablesBuilder) {
        let facts = &self.history.mined.walk.facts;
        let mut keys: BTreeMap<(AccountId, u32), (u32, Day, Day)> = BTreeMap::new();
        for number in &self.history.order {
            let commit = &facts.commits[*number as usize];
            let Some(signature) = commit.signature else { continue };
            let day = clip(commit.committed, self.last);
            let seen = keys.entry((self.account(commit.committer), signature)).or_insert((0, day, day));
            *seen = (seen.0 + 1, seen.1.min(day), seen.2.max(day));
        }
        let mailmap = gix::mailmap::Snapshot::default();
        for ((account, signature), (commit_count, first, last)) in keys {
            let signature = &facts.signatures[signature as usize];
            let certified = signature.address.as_ref().map(|address| Actor::read(address, &mailmap));
            let certified = certified.map(|actor| tables.account(actor.account(0)));
            let (repository, kind, key) = (self.repository, signature.kind, signature.key.clone());
            tables.rows.signing_keys.push(SigningKey {
                repository,
                account,
                kind,
                key,
                certified,
                commit_count,
                seen: (first, last),
            });
        }
    }

    fn push_tip(&self, tables: &mut TablesBuilder) {
        let tip = &self.history.mined.tip;
        let manifest = |raw: &super::manifests::RawManifest| Manifest {
            repository: self.repository,
            kind: raw.kind,
            package: raw.package.clone(),
            directory: raw.directory.clone(),
        };
        tables.rows.manifests.extend(tip.manifests.iter().map(manifest));
        let mailmap = gix::mailmap::Snapshot::from_bytes(tip.mailmap.as_deref().unwrap_or_default());
        for (kind, owner) in &tip.owners {
            let (account, login) = match &owner.name {
                OwnerName::Actor(actor) => (Some(tables.account(Actor::read(actor, &mailmap).account(1))), None),
                OwnerName::Login(login) => (None, Some(login.clone())),
            };
            let (repository, line_count) = (self.repository, owner.line_count);
            tables.rows.owners.push(Owner { repository, kind: *kind, account, login, line_count });
        }
    }
}
