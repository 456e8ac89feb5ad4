//! Commits → who integrated what, and whose work was accepted by whom.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Acceptance, Csr, Edge, Integration, Nodes, PersonFacts, RepositoryFacts};
use crate::identity::Identities;
use crate::ids::{PersonId, RepositoryId};
use crate::tables::{Commit, Tables};
use crate::units::Day;

/// Everything commits say.
pub(super) struct Histories {
    pub(super) integrators: Csr<Integration>,
    pub(super) acceptors: Csr<Acceptance>,
    pub(super) repositories: Vec<RepositoryFacts>,
    pub(super) persons: Vec<PersonFacts>,
}

/// Edges of one repository.
#[derive(Default)]
struct Mined {
    integrators: Vec<Edge<Integration>>,
    acceptors: Vec<Edge<Acceptance>>,
    facts: RepositoryFacts,
    /// Person → first and last day, and months with commits.
    active: BTreeMap<PersonId, (Day, Day, Vec<i32>)>,
}

/// Mines all repositories, in parallel over repositories; results are folded in their order.
pub(super) fn mine(tables: &Tables, identities: &Identities, nodes: &Nodes) -> Histories {
    let groups: Vec<&[Commit]> = tables.commits.chunk_by(|a, b| a.repository == b.repository).collect();
    let starts: Vec<usize> = groups.iter().scan(0, |end, commits| Some(std::mem::replace(end, *end + commits.len()))).collect();
    let mine = |(commits, start): (&&[Commit], &usize)| mine_one(commits, *start, identities, nodes);
    let mined: Vec<Mined> = groups.par_iter().zip(&starts).map(mine).collect();
    let (mut integrators, mut acceptors) = (Vec::new(), Vec::new());
    let mut repositories = vec![RepositoryFacts::default(); tables.repositories.len()];
    let mut active: BTreeMap<PersonId, (Day, Day, Vec<i32>)> = BTreeMap::new();
    for (commits, one) in groups.iter().zip(mined) {
        integrators.extend(one.integrators);
        acceptors.extend(one.acceptors);
        let row = commits[0].repository.row();
        repositories[row] = RepositoryFacts { history_as_of: tables.repositories[row].history_as_of, ..one.facts };
        for (person, (first, last, months)) in one.active {
            let known = active.entry(person).or_insert((first, last, Vec::new()));
            known.0 = known.0.min(first);
            known.1 = known.1.max(last);
            known.2.extend(months);
        }
    }
    let mut persons = vec![PersonFacts::default(); identities.persons.len()];
    for (person, (first, last, months)) in active {
        let facts = &mut persons[person.row()];
        facts.seen = Some((first, last));
        facts.active_month_count = distinct(months);
    }
    Histories {
        integrators: Csr::build(tables.repositories.len(), integrators),
        acceptors: Csr::build(identities.persons.len(), acceptors),
        repositories,
        persons,
    }
}

/// The commits of one repository, which begin at row `start` of the table. Those that count in another repository say when a
/// person was active, and nothing of this repository.
fn mine_one(commits: &[Commit], start: usize, identities: &Identities, nodes: &Nodes) -> Mined {
    let mut mined = Mined::default();
    let repository: RepositoryId = commits[0].repository;
    let mut integrated: BTreeMap<(PersonId, i32), (u32, u32)> = BTreeMap::new();
    let mut accepted: BTreeMap<(PersonId, PersonId), Vec<i32>> = BTreeMap::new();
    let mut own_months = Vec::new();
    for (commit, row) in commits.iter().zip(start..) {
        let (author, committer) = (identities.person_of(commit.author), identities.person_of(commit.committer));
        let month = commit.committed.month();
        for person in [author, committer].into_iter().flatten() {
            let seen = mined.active.entry(person).or_insert((commit.committed, commit.committed, Vec::new()));
            seen.0 = seen.0.min(commit.committed);
            seen.1 = seen.1.max(commit.committed);
            seen.2.push(month);
        }
        if identities.forks.is_copied(row) {
            mined.facts.copied_commit_count += 1;
            continue;
        }
        own_months.push(month);
        // The forge or a bot committed: whoever pushed it, or else wrote the change or merge, pressed the button.
        let pusher = || commit.pusher.and_then(|pusher| identities.person_of(pusher));
        if let Some(person) = committer.or_else(pusher).or(author) {
            let counts = integrated.entry((person, month)).or_default();
            let is_authenticated = commit.has_signature || commit.is_committed_by_forge;
            *(if is_authenticated { &mut counts.0 } else { &mut counts.1 }) += 1;
        }
        if let (Some(author), Some(acceptor)) = (author, acceptor(commit, identities)) {
            accepted.entry((author, acceptor)).or_default().push(month);
        }
    }
    for ((person, month), (signed_count, unsigned_count)) in integrated {
        let fact = Integration { month, signed_count, unsigned_count };
        mined.integrators.push(Edge { row: repository.0, neighbor: nodes.person(person), fact });
    }
    for ((author, acceptor), mut months) in accepted {
        months.sort_unstable();
        months.dedup();
        for year in months.chunk_by(|a, b| a.div_euclid(12) == b.div_euclid(12)) {
            let fact = Acceptance { repository, year: year[0].div_euclid(12), month_count: year.len() as u32 };
            mined.acceptors.push(Edge { row: author.0, neighbor: nodes.person(acceptor), fact });
        }
    }
    mined.facts = RepositoryFacts {
        history_as_of: None,
        commits: commits.iter().map(|c| (c.committed, c.committed)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        commit_count: commits.len() as u64,
        copied_commit_count: mined.facts.copied_commit_count,
        contributor_count: mined.active.len() as u64,
        active_month_count: distinct(own_months),
    };
    mined
}

/// Who accepted the work in `commit`: the committer who is not its author, or else whoever brought it to the main line, when that
/// is somebody else. `None`: nobody else is known to have, or nobody wrote it.
pub fn acceptor(commit: &Commit, identities: &Identities) -> Option<PersonId> {
    let author = identities.person_of(commit.author)?;
    let other = |account| identities.person_of(account).filter(|person| *person != author);
    other(commit.committer).or_else(|| other(commit.lander?))
}

fn distinct(mut months: Vec<i32>) -> u32 {
    months.sort_unstable();
    months.dedup();
    months.len() as u32
}
