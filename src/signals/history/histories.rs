use rayon::prelude::*;

use super::acts::{Acts, RawActs};
use super::releases;
use super::work_elsewhere::WorkElsewhere;
use crate::identity::{Holder, Identities};
use crate::ids::{AccountId, PersonId, RepositoryId};
use crate::job::HistoryParameters;
use crate::tables::{Commit, Tables, Tag};
use crate::units::Day;

/// February 2106: commits hold no later second, whatever a table says of the day a history was taken.
const LAST_MONTH: i32 = 2106 * 12 + 1;

/// Who did what in which month, by repository.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// Sorted by repository; only those with a commit by a person in a whole month.
    pub list: Vec<History>,
}

/// The months of one repository.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Row of the repository.
    pub repository: RepositoryId,
    /// Its URL.
    pub url: String,
    /// Month of the first commit by a person, as in [`Day::month`].
    pub first_month: i32,
    /// One entry a month from `first_month` to the last whole month before the history was taken.
    pub months: Vec<Month>,
    /// Persons who wrote, landed or released something, in the order of their ids.
    pub actors: Vec<Actor>,
}

/// What persons did in one month. Actors are positions in [`History::actors`], ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Month {
    /// Commits on HEAD written by persons.
    pub commit_count: u32,
    /// Commits written, by actor.
    pub authored: Vec<(u32, u32)>,
    /// Commits by actor and bin of habit (hour, zone, size, area, signing), ascending. Private: never published.
    pub habits: Vec<(u32, u8, u32)>,
    /// Acts of control, by actor: weight of what landed through them.
    pub control: Vec<(u32, f64)>,
    /// Distinct commits released, by actor.
    pub releases: Vec<(u32, f64)>,
}

/// One person in one history. Months are positions in [`History::months`].
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Months with commits written here, ascending.
    pub authored_months: Vec<usize>,
    /// First month with an act of control.
    pub first_control: Option<usize>,
    /// First month with a release.
    pub first_release: Option<usize>,
    /// Months (as in [`Day::month`]) with work landed at repositories of other owners, ascending. Commits that several
    /// repositories hold are nobody's work elsewhere: forks share their past.
    pub elsewhere_months: Vec<i32>,
}

impl Histories {
    /// Reads commits and tags of `tables` month by month. O(commits · log commits).
    pub fn build(tables: &Tables, identities: &Identities, parameters: &HistoryParameters) -> Self {
        let person = |account: AccountId| match identities.holders[account.row()] {
            Holder::Person(person) => Some(person),
            Holder::Team(_) | Holder::Bot => None,
        };
        let elsewhere = WorkElsewhere::new(tables, person);
        let build = |row: usize| {
            let repository = RepositoryId::from_row(row);
            let (commits, tags) = (commits_of(tables, repository), tags_of(tables, repository));
            let taken = tables.repositories[row].history_as_of?;
            let last_month = (Day(taken.0.saturating_add(1)).month() - 1).min(LAST_MONTH);
            let acts = Acts::new(commits, person, last_month, parameters);
            let releases = releases::releases(commits, tags, person, last_month);
            let url = tables.repositories[row].url.to_string();
            History::new(repository, url, last_month, RawActs { acts, releases }, &elsewhere)
        };
        Self { list: (0..tables.repositories.len()).into_par_iter().filter_map(build).collect() }
    }

    /// The newest month of any history.
    pub fn last_month(&self) -> Option<i32> {
        self.list.iter().map(History::last_month).max()
    }

    /// The oldest month of any history.
    pub fn first_month(&self) -> Option<i32> {
        self.list.iter().map(|history| history.first_month).min()
    }

    /// The history at `url`.
    pub fn find(&self, url: &str) -> Option<usize> {
        self.list.iter().position(|history| history.url == url)
    }
}

impl History {
    /// Sorts acts into months and persons. `None` without a commit by a person.
    fn new(
        repository: RepositoryId,
        url: String,
        last_month: i32,
        RawActs { acts, releases }: RawActs,
        elsewhere: &WorkElsewhere,
    ) -> Option<Self> {
        let first_month = acts.authored.iter().map(|act| act.0).min()?;
        let everybody = || acts.authored.iter().map(|act| act.1).chain(acts.control.iter().map(|act| act.1));
        let mut persons: Vec<PersonId> = everybody().chain(releases.iter().map(|act| act.1)).collect();
        persons.sort_unstable();
        persons.dedup();
        let mut months = vec![Month::default(); usize::try_from(last_month - first_month + 1).ok()?];
        let position = |person: PersonId| persons.binary_search(&person).expect("every actor is listed") as u32;
        // Acts before the first commit by a person are dated wrongly, and belong to no month.
        let at = |month: i32| usize::try_from(month - first_month).ok().filter(|at| *at < months.len());
        let mut authored: Vec<(usize, u32)> =
            acts.authored.iter().filter_map(|act| Some((at(act.0)?, position(act.1)))).collect();
        let mut control: Vec<(usize, u32, f64)> =
            acts.control.iter().filter_map(|act| Some((at(act.0)?, position(act.1), act.2))).collect();
        let mut released: Vec<(usize, u32)> = releases.iter().filter_map(|act| Some((at(act.0)?, position(act.1)))).collect();
        let mut habits: Vec<(usize, u32, u8)> =
            acts.habits.iter().filter_map(|act| Some((at(act.0)?, position(act.1), act.2))).collect();
        authored.sort_unstable();
        habits.sort_unstable();
        control.sort_by_key(|act| (act.0, act.1));
        released.sort_unstable();
        let mut actors: Vec<Actor> = persons.iter().map(|person| Actor::new(*person, elsewhere.months(*person, &url))).collect();
        for (at, actor) in authored {
            months[at].commit_count += 1;
            add(&mut months[at].authored, actor, 1);
            let known = &mut actors[actor as usize].authored_months;
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
        for same in habits.chunk_by(|a, b| a == b) {
            let (at, actor, bin) = same[0];
            months[at].habits.push((actor, bin, same.len() as u32));
        }
        for (at, actor, weight) in control {
            add(&mut months[at].control, actor, weight);
            actors[actor as usize].first_control.get_or_insert(at);
        }
        for (at, actor) in released {
            add(&mut months[at].releases, actor, 1.0);
            actors[actor as usize].first_release.get_or_insert(at);
        }
        Some(Self { repository, url, first_month, months, actors })
    }

    /// The last whole month.
    pub fn last_month(&self) -> i32 {
        self.first_month + self.months.len() as i32 - 1
    }

    /// Position of a month, when the history covers it.
    pub fn at(&self, month: i32) -> Option<usize> {
        usize::try_from(month - self.first_month).ok().filter(|at| *at < self.months.len())
    }

    /// Commits by persons in the `window` months that end with position `at`.
    pub fn commit_count(&self, at: usize, window: usize) -> u32 {
        self.months[(at + 1).saturating_sub(window)..=at].iter().map(|month| month.commit_count).sum()
    }

    /// Somebody committed in the twelve months up to `month`, and the history covers it.
    pub fn is_active(&self, month: i32) -> bool {
        self.at(month).is_some_and(|at| self.commit_count(at, 12) > 0)
    }
}

impl Actor {
    fn new(person: PersonId, elsewhere_months: Vec<i32>) -> Self {
        Self { person, authored_months: Vec::new(), first_control: None, first_release: None, elsewhere_months }
    }
}

/// Adds to the last entry when it is the same actor's.
fn add<T: std::ops::AddAssign>(list: &mut Vec<(u32, T)>, actor: u32, amount: T) {
    match list.last_mut() {
        Some((last, sum)) if *last == actor => *sum += amount,
        _ => list.push((actor, amount)),
    }
}

/// Commits of one repository; the table is sorted by it.
fn commits_of(tables: &Tables, repository: RepositoryId) -> &[Commit] {
    let start = tables.commits.partition_point(|commit| commit.repository < repository);
    let end = tables.commits.partition_point(|commit| commit.repository <= repository);
    &tables.commits[start..end]
}

/// Tags of one repository; the table is sorted by it.
fn tags_of(tables: &Tables, repository: RepositoryId) -> &[Tag] {
    let start = tables.tags.partition_point(|tag| tag.repository < repository);
    let end = tables.tags.partition_point(|tag| tag.repository <= repository);
    &tables.tags[start..end]
}
