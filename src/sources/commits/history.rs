//! Checked rows → tables: each history cut at its own day, accounts numbered by the table.

use rustc_hash::FxHashMap;

use super::NAME;
use super::commit_rows::CommitRow;
use super::repositories::{Names, SnapshotDays};
use super::tag_rows::TagRow;
use crate::ids::{AccountId, AccountKey, RepositoryId};
use crate::sources::history_day::{clip, newest_credible};
use crate::tables::{Account, AccountKind, Commit, ReadReport, TablesBuilder, Tag};
use crate::units::Day;

/// The last day of every repository, by its number in [`Names`].
pub(super) struct Cuts {
    /// The history was taken on this day, as far as the tables know; `None` for a name without commits.
    taken: Vec<Option<Day>>,
    until: Option<Day>,
}

impl Cuts {
    /// The day of `snapshots`, or else the newest believable commit day.
    pub fn new(commits: &[CommitRow], names: &Names, snapshots: &SnapshotDays, until: Option<Day>) -> Self {
        let mut days: Vec<Vec<i32>> = vec![Vec::new(); names.len()];
        for commit in commits {
            days[commit.repository as usize].push(commit.committed);
        }
        let taken = (0u32..).zip(days).map(|(number, mut days)| {
            days.sort_unstable();
            let newest = || newest_credible(days.iter().copied(), days.iter().copied());
            (!days.is_empty()).then(|| snapshots.get(names.url(number)).copied().unwrap_or_else(newest))
        });
        Self { taken: taken.collect(), until }
    }

    /// The last day whose facts count; `None` for a repository without commits.
    fn last(&self, repository: u32) -> Option<Day> {
        let taken = self.taken.get(repository as usize).copied().flatten()?;
        Some(self.until.map_or(taken, |until| until.min(taken)))
    }

    /// Why a fact of `day` is left out, if it is.
    fn leaves_out(&self, repository: u32, day: i32) -> Option<&'static str> {
        let Some(Some(taken)) = self.taken.get(repository as usize) else { return Some("repository has no commits") };
        if Day(day) > *taken {
            return Some("after the day the history was taken");
        }
        self.until.is_some_and(|until| Day(day) > until).then_some("after the last day")
    }
}

/// Puts rows into tables.
pub(super) struct Filler<'a> {
    pub names: &'a Names,
    pub cuts: Cuts,
    pub tables: &'a mut TablesBuilder,
    accounts: FxHashMap<i64, AccountId>,
    repositories: Vec<Option<RepositoryId>>,
}

impl<'a> Filler<'a> {
    /// For these names and days.
    pub fn new(names: &'a Names, cuts: Cuts, tables: &'a mut TablesBuilder) -> Self {
        Self { repositories: vec![None; names.len()], names, cuts, tables, accounts: FxHashMap::default() }
    }

    /// Adds commits, their accounts and repositories.
    pub fn commits(&mut self, mut rows: Vec<CommitRow>, report: &mut ReadReport) {
        rows.retain(|row| {
            let reason = self.cuts.leaves_out(row.repository, row.committed);
            reason.inspect(|reason| report.skip(reason)).is_none()
        });
        let kinds = kinds(&rows);
        report.read_count = rows.len() as u64;
        self.tables.rows.commits.reserve(rows.len());
        for row in rows {
            let last = self.cuts.last(row.repository).expect("a kept row lies before the last day of its repository");
            let committer = self.account(row.committer, kinds[&row.committer]);
            let commit = Commit {
                repository: self.repository(row.repository, last),
                committed: Day(row.committed),
                id: row.id,
                authored: clip(row.authored, last),
                clock: Some(row.clock),
                author: self.account(row.author, kinds[&row.author]),
                committer,
                parent_count: row.parent_count,
                has_signature: row.has_signature,
                is_committed_by_forge: row.is_committed_by_forge,
                pusher: (!row.is_committed_by_forge).then_some(committer),
                lander: None,
                landed: None,
                file_count: row.file_count,
                line_count: row.line_count,
                areas: None,
                signature: None,
            };
            self.tables.rows.commits.push(commit);
        }
    }

    /// Adds tags of repositories that have commits. A tag without a day cannot be placed in time: it is kept unless the run has
    /// a last day.
    pub fn tags(&mut self, rows: Vec<TagRow>, report: &mut ReadReport) {
        report.read_count = 0;
        for row in rows {
            let reason = match row.created {
                Some(day) => self.cuts.leaves_out(row.repository, day),
                None if self.cuts.until.is_some() => Some("tag without a day, which may be after the last day"),
                None => None,
            };
            let repository = self.repositories.get(row.repository as usize).copied().flatten();
            let (Some(repository), None) = (repository, reason) else {
                report.skip(reason.unwrap_or("repository has no commits"));
                continue;
            };
            report.read_count += 1;
            // A tagger without commits: nothing says that it is a program.
            let tagger = row.tagger.map(|tagger| self.account(tagger, AccountKind::Person));
            self.tables.rows.tags.push(Tag {
                repository,
                name: row.name,
                target: row.target,
                tagger,
                created: row.created.map(Day),
                has_signature: row.has_signature,
                lander: None,
                signature: None,
            });
        }
    }

    fn repository(&mut self, number: u32, last: Day) -> RepositoryId {
        if let Some(repository) = self.repositories[number as usize] {
            return repository;
        }
        let repository = self.tables.repository(self.names.url(number).clone());
        self.tables.has_history(repository, last);
        self.repositories[number as usize] = Some(repository);
        repository
    }

    fn account(&mut self, number: i64, kind: AccountKind) -> AccountId {
        *self.accounts.entry(number).or_insert_with(|| {
            self.tables.account(Account {
                place: NAME,
                key: AccountKey::from_number(number),
                kind,
                handle: None,
                names: Default::default(),
                displayed: None,
                verification: None,
            })
        })
    }
}

/// What each id is. A bot: most commits it wrote are flagged, since a person who once ran a script stays a person; or it wrote
/// none and committed only what a forge commits, which makes it the forge.
fn kinds(rows: &[CommitRow]) -> FxHashMap<i64, AccountKind> {
    #[derive(Default)]
    struct Seen {
        authored: u32,
        as_bot: u32,
        by_own_hand: bool,
    }
    let mut seen: FxHashMap<i64, Seen> = FxHashMap::default();
    for row in rows {
        let author = seen.entry(row.author).or_default();
        author.authored += 1;
        author.as_bot += u32::from(row.is_bot);
        seen.entry(row.committer).or_default().by_own_hand |= !row.is_committed_by_forge;
    }
    let kind = |seen: Seen| {
        let is_bot = if seen.authored > 0 { 2 * seen.as_bot > seen.authored } else { !seen.by_own_hand };
        if is_bot { AccountKind::Bot } else { AccountKind::Person }
    };
    seen.into_iter().map(|(id, seen)| (id, kind(seen))).collect()
}
