//! In which months a person's work landed, and with whom.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{AccountId, PersonId, RepositoryId};
use crate::tables::{CommitId, Tables};

/// Months with landed work, by person and owner of the repository.
pub(super) struct WorkElsewhere {
    /// Person → (month, owner), sorted, without duplicates.
    months: FxHashMap<PersonId, Vec<(i32, u32)>>,
    /// Owner → number.
    owners: FxHashMap<String, u32>,
}

impl WorkElsewhere {
    /// Reads all commits. A commit that several repositories hold belongs to none of them.
    pub(super) fn new(tables: &Tables, person: impl Fn(AccountId) -> Option<PersonId>) -> Self {
        let shared = shared(tables);
        let mut owners = FxHashMap::default();
        let mut numbers = Vec::with_capacity(tables.repositories.len());
        for repository in &tables.repositories {
            let next = owners.len() as u32;
            numbers.push(*owners.entry(owner(repository.url.as_str()).to_owned()).or_insert(next));
        }
        let mut months: FxHashMap<PersonId, Vec<(i32, u32)>> = FxHashMap::default();
        for commit in tables.commits.iter().filter(|commit| !shared.contains(&commit.id)) {
            if let Some(author) = person(commit.author) {
                let list = months.entry(author).or_default();
                let entry = (commit.committed.month(), numbers[commit.repository.row()]);
                if list.last() != Some(&entry) {
                    list.push(entry);
                }
            }
        }
        for list in months.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        Self { months, owners }
    }

    /// Months in which work of `person` landed at other owners than that of `url`, ascending.
    pub(super) fn months(&self, person: PersonId, url: &str) -> Vec<i32> {
        let own = self.owners.get(owner(url));
        let list = self.months.get(&person).map_or(&[][..], Vec::as_slice);
        let mut months: Vec<i32> = list.iter().filter(|(_, owner)| Some(owner) != own).map(|(month, _)| *month).collect();
        months.dedup();
        months
    }
}

/// Commits that more than one repository holds.
fn shared(tables: &Tables) -> FxHashSet<CommitId> {
    let mut first: FxHashMap<CommitId, RepositoryId> = FxHashMap::default();
    let mut shared = FxHashSet::default();
    for commit in &tables.commits {
        if *first.entry(commit.id).or_insert(commit.repository) != commit.repository {
            shared.insert(commit.id);
        }
    }
    shared
}

/// A URL without its last part.
fn owner(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(owner, _)| owner)
}
