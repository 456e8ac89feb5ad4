//! What must be beaten: figures that anybody can take from a history without a model.

use rustc_hash::FxHashMap;

use crate::ids::PersonId;
use crate::signals::history::{Histories, History, Reading};

/// A series of readings, like that of a signal; higher is worse.
pub(super) type Baseline = fn(&History) -> Vec<Reading>;

/// By name.
pub(super) const ALL: [(&str, Baseline); 4] = [
    ("commit_share_shift", commit_share_shift),
    ("few_lifetime_contributors", few_lifetime_contributors),
    ("months_since_last_commit", months_since_last_commit),
    ("top_contributor_share", top_contributor_share),
];

/// Share of all commits so far that their most frequent author wrote.
fn top_contributor_share(history: &History) -> Vec<Reading> {
    let mut counts = vec![0u32; history.actors.len()];
    let mut all = 0;
    let mut reading = |month: &crate::signals::history::Month| {
        month.authored.iter().for_each(|(actor, count)| counts[*actor as usize] += count);
        all += month.commit_count;
        let top = counts.iter().max().copied().unwrap_or(0);
        if all > 0 { Ok(f64::from(top) / f64::from(all)) } else { Err("no commit yet") }
    };
    history.months.iter().map(&mut reading).collect()
}

/// −ln of the number of authors so far.
fn few_lifetime_contributors(history: &History) -> Vec<Reading> {
    let mut firsts: Vec<usize> = history.actors.iter().filter_map(|actor| actor.authored_months.first().copied()).collect();
    firsts.sort_unstable();
    let count = |at: usize| firsts.partition_point(|first| *first <= at);
    (0..history.months.len()).map(|at| if count(at) > 0 { Ok(-(count(at) as f64).ln()) } else { Err("no commit yet") }).collect()
}

/// Months without a commit up to now.
fn months_since_last_commit(history: &History) -> Vec<Reading> {
    let mut silent = 0u32;
    let mut reading = |month: &crate::signals::history::Month| {
        silent = if month.commit_count > 0 { 0 } else { silent + 1 };
        Ok(f64::from(silent))
    };
    history.months.iter().map(&mut reading).collect()
}

/// Share of commits that went to other authors between the last twelve months and the twelve before (total variation).
fn commit_share_shift(history: &History) -> Vec<Reading> {
    let shares = |end: usize| -> Vec<(u32, f64)> {
        let window = &history.months[end.saturating_sub(12)..end];
        let all: u32 = window.iter().map(|month| month.commit_count).sum();
        let mut list: Vec<(u32, f64)> =
            window.iter().flat_map(|month| &month.authored).map(|(a, n)| (*a, f64::from(*n))).collect();
        list.sort_by_key(|(actor, _)| *actor);
        let sum = |of: &[(u32, f64)]| (of[0].0, of.iter().map(|(_, count)| count).sum::<f64>() / f64::from(all.max(1)));
        list.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
    };
    let reading = |at: usize| {
        if at < 23 {
            return Err("younger than two years");
        }
        let (now, before) = (shares(at + 1), shares(at - 11));
        if now.is_empty() || before.is_empty() {
            return Err("no commit in one of the years");
        }
        let earlier = |actor: u32| before.binary_search_by_key(&actor, |share| share.0).map_or(0.0, |found| before[found].1);
        Ok(now.iter().map(|(actor, share)| (share - earlier(*actor)).max(0.0)).sum())
    };
    (0..history.months.len()).map(reading).collect()
}

/// PageRank over persons and repositories, plain: an edge both ways for every author of a repository.
#[derive(Debug)]
pub(super) struct PageRanks {
    /// First month a person wrote in a history: (history, person, month), sorted.
    edges: Vec<(usize, usize, i32)>,
    person_count: usize,
}

impl PageRanks {
    /// Gathers who ever wrote where.
    pub(super) fn new(histories: &Histories) -> Self {
        let mut numbers: FxHashMap<PersonId, usize> = FxHashMap::default();
        let mut edges = Vec::new();
        for (row, history) in histories.list.iter().enumerate() {
            for actor in &history.actors {
                if let Some(first) = actor.authored_months.first() {
                    let next = numbers.len();
                    let person = *numbers.entry(actor.person).or_insert(next);
                    edges.push((row, person, history.first_month + *first as i32));
                }
            }
        }
        Self { edges, person_count: numbers.len() }
    }

    /// 1 − rank of each history at the end of `month`, so that higher is worse; damping 0.85, 50 sweeps. O(edges) a sweep.
    pub(super) fn as_of(&self, histories: &Histories, month: i32) -> Vec<Option<f64>> {
        let edges: Vec<(usize, usize)> = self.edges.iter().filter(|edge| edge.2 <= month).map(|edge| (edge.0, edge.1)).collect();
        let (mut authors, mut repositories) = (vec![0.0; histories.list.len()], vec![0.0; self.person_count]);
        for (row, person) in &edges {
            authors[*row] += 1.0;
            repositories[*person] += 1.0;
        }
        let nodes = authors.iter().chain(&repositories).filter(|degree| **degree > 0.0).count().max(1) as f64;
        let (mut ranks, mut persons) = (vec![1.0 / nodes; authors.len()], vec![1.0 / nodes; repositories.len()]);
        for _ in 0..50 {
            let (mut next, mut next_persons) = (vec![0.15 / nodes; authors.len()], vec![0.15 / nodes; repositories.len()]);
            for (row, person) in &edges {
                next[*row] += 0.85 * persons[*person] / repositories[*person];
                next_persons[*person] += 0.85 * ranks[*row] / authors[*row];
            }
            (ranks, persons) = (next, next_persons);
        }
        ranks.iter().zip(&authors).map(|(rank, degree)| (*degree > 0.0).then(|| 1.0 - rank)).collect()
    }
}
