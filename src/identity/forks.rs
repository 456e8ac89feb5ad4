//! Which repositories are copies of one another: histories that share commits. A copied history mints no trust, so a commit that
//! several repositories hold counts in one of them.
//!
//! Which one must not be for a stranger to decide. Dates and further commits are free to anyone who copies a repository, and so
//! is a package that names it. What a stranger cannot make is a registry's word for those who landed the shared commits: the
//! commits are the same bytes everywhere, and so are the names in them. So the repository wins whose registered persons (those
//! who may publish a package that names it) landed most of what is shared; of equals the one that more packages name, then the
//! first by URL, which matters to nobody: without registered persons names in git count nowhere.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Identities;
use crate::ids::{PersonId, RepositoryId};
use crate::job::IdentityParameters;
use crate::tables::{CommitId, Tables};

/// Groups of repositories that share history, and the commits that count elsewhere.
#[derive(Debug, Default)]
pub struct Forks {
    /// By repository row: the repository that stands for its group, itself when it shares with nobody; `None` without a history.
    groups: Vec<Option<RepositoryId>>,
    /// By commit row: another repository holds it and counts it.
    is_copied: Vec<bool>,
    /// Repositories that a group was too large for; each is a group of its own. Their copied commits still count elsewhere.
    pub cut_count: u64,
}

impl Forks {
    /// Finds all shared commits: O(commits · log commits), 16 bytes a commit.
    pub(super) fn find(tables: &Tables, identities: &Identities, parameters: &IdentityParameters) -> Self {
        let shared = Shared::find(tables);
        let order = places(tables, identities, &shared);
        let mut is_copied = vec![false; tables.commits.len()];
        let mut ties: BTreeMap<(RepositoryId, RepositoryId), Tie> = BTreeMap::new();
        for rows in shared.groups() {
            let holder = |row: &u32| tables.commits[*row as usize].repository;
            let Some(first) = rows.iter().map(holder).min_by_key(|repository| order[repository.row()]) else { continue };
            let is_root = tables.commits[rows[0] as usize].parent_count == 0;
            for row in rows.iter().filter(|row| holder(row) != first) {
                is_copied[*row as usize] = true;
                let tie = ties.entry((holder(row), first)).or_default();
                tie.shared += 1;
                tie.has_root |= is_root;
            }
        }
        let mut forks = Self { groups: vec![None; tables.repositories.len()], is_copied, cut_count: 0 };
        forks.assign(&counts(tables), &ties, parameters);
        forks
    }

    /// The repository that stands for the group of `repository`; `None` without a history.
    pub fn group_of(&self, repository: RepositoryId) -> Option<RepositoryId> {
        self.groups.get(repository.row()).copied().flatten()
    }

    /// Whether the commit in this row of the table counts in another repository.
    pub fn is_copied(&self, commit_row: usize) -> bool {
        self.is_copied.get(commit_row).copied().unwrap_or(false)
    }

    /// Puts every repository into the group of the one repository it shares most with, when both begin with the same root and
    /// share enough of the smaller history. One tie a repository: what holds the histories of two others joins one of them and
    /// welds nothing.
    fn assign(&mut self, counts: &[u64], ties: &BTreeMap<(RepositoryId, RepositoryId), Tie>, parameters: &IdentityParameters) {
        let mut strongest: BTreeMap<RepositoryId, (u64, RepositoryId)> = BTreeMap::new();
        for ((repository, first), tie) in ties {
            let smaller = counts[repository.row()].min(counts[first.row()]);
            if tie.has_root && tie.shared as f64 >= parameters.fork_min_share.value * smaller as f64 {
                let known = strongest.entry(*repository).or_insert((tie.shared, *first));
                *known = (*known).max((tie.shared, *first));
            }
        }
        let mut members: BTreeMap<RepositoryId, Vec<(u64, RepositoryId)>> = BTreeMap::new();
        for row in (0..counts.len()).filter(|row| counts[*row] > 0) {
            let repository = RepositoryId::from_row(row);
            self.groups[row] = Some(repository);
            let mut first = repository;
            // Ends: each step leads to a repository earlier in the order.
            while let Some((_, next)) = strongest.get(&first) {
                first = *next;
            }
            if let Some((shared, _)) = strongest.get(&repository) {
                members.entry(first).or_default().push((*shared, repository));
            }
        }
        let most = parameters.max_repositories_a_group.value as usize - 1;
        for (first, mut list) in members {
            list.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            self.cut_count += list.len().saturating_sub(most) as u64;
            for (_, repository) in list.into_iter().take(most) {
                self.groups[repository.row()] = Some(first);
            }
        }
    }
}

/// What two repositories share.
#[derive(Default)]
struct Tie {
    shared: u64,
    /// A commit without parents is among it.
    has_root: bool,
}

/// Commit rows whose id more than one repository has, sorted by id.
struct Shared(Vec<(CommitId, u32)>);

impl Shared {
    fn find(tables: &Tables) -> Self {
        let mut rows: Vec<(CommitId, u32)> = tables.commits.iter().map(|commit| commit.id).zip(0..).collect();
        rows.par_sort_unstable();
        let several = rows.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1);
        Self(several.flatten().copied().collect())
    }

    /// Rows of each shared commit, a repository once.
    fn groups(&self) -> impl Iterator<Item = Vec<u32>> {
        self.0.chunk_by(|a, b| a.0 == b.0).map(|same| same.iter().map(|(_, row)| *row).collect())
    }
}

/// Place of each repository in the order of whom shared commits count for, by repository row; 0 is first.
fn places(tables: &Tables, identities: &Identities, shared: &Shared) -> Vec<usize> {
    let registered = registered(tables, identities);
    let mut landed = vec![0u64; tables.repositories.len()];
    for (_, row) in &shared.0 {
        let commit = &tables.commits[*row as usize];
        let person = identities.person_of(commit.committer).or_else(|| identities.person_of(commit.author));
        landed[commit.repository.row()] +=
            u64::from(person.is_some_and(|person| registered.contains(&(commit.repository, person))));
    }
    let mut packages = vec![BTreeSet::new(); tables.repositories.len()];
    for link in &tables.repository_links {
        packages[link.repository.row()].insert(link.package);
    }
    let mut order: Vec<usize> = (0..tables.repositories.len()).collect();
    let key = |row: &usize| (std::cmp::Reverse((landed[*row], packages[*row].len())), *row);
    order.sort_by_cached_key(key);
    let mut places = vec![0; order.len()];
    for (place, row) in order.into_iter().enumerate() {
        places[row] = place;
    }
    places
}

/// Persons who may publish a package that names the repository, in any suite.
fn registered(tables: &Tables, identities: &Identities) -> BTreeSet<(RepositoryId, PersonId)> {
    let with_history = |link: &&crate::tables::RepositoryLink| tables.repositories[link.repository.row()].history_as_of.is_some();
    let persons = tables.repository_links.iter().filter(with_history).flat_map(|link| {
        let start = tables.maintainers.partition_point(|row| (row.package, row.suite) < (link.package, link.suite));
        let same = tables.maintainers[start..].iter().take_while(|row| (row.package, row.suite) == (link.package, link.suite));
        same.filter_map(|row| Some((link.repository, identities.person_of(row.account)?)))
    });
    persons.collect()
}

/// Commits of each repository.
fn counts(tables: &Tables) -> Vec<u64> {
    let mut counts = vec![0; tables.repositories.len()];
    for commit in &tables.commits {
        counts[commit.repository.row()] += 1;
    }
    counts
}
