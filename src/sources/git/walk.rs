//! All commits that HEAD reaches, each object read once, or not at all where it is known.

use gix::ObjectId;
use rustc_hash::FxHashMap;

use super::Problem;
use super::ahead::read_ahead;
use super::facts::{Chunk, Facts, RawCommit, number};
use super::open::Store;

/// A history, whole: everything HEAD reaches is in `facts`.
#[derive(Default)]
pub(super) struct Walk {
    pub facts: Facts,
    /// Number of each of [`Facts::parents`].
    pub parents: Vec<u32>,
    /// Number of HEAD's commit.
    pub head: u32,
}

impl Walk {
    /// Adds what `head` reaches and is not known yet. One object read a new commit; on all threads when nothing is known, beginning
    /// at `head` and `tags`.
    pub fn update(&mut self, head: ObjectId, tags: &[ObjectId], store: &mut Store, is_parallel: bool) -> Result<(), Problem> {
        if self.facts.ids.get(self.head as usize) == Some(&head) {
            return Ok(());
        }
        self.recall();
        let ahead = if is_parallel && self.facts.ids.is_empty() { read_ahead(store, head, tags)? } else { Vec::new() };
        let mut chunks: Vec<Chunk> = ahead.into_iter().map(Chunk::new).collect();
        let places = places(&chunks);
        let mut numbers = self.numbers()?;
        numbers.reserve(places.len());
        self.facts.reserve(&chunks);
        let mut waiting = vec![head];
        while let Some(id) = waiting.pop() {
            if numbers.contains_key(&id) {
                continue;
            }
            let new = number(self.facts.ids.len())?;
            match places.get(&id) {
                Some((chunk, at)) => chunks[*chunk as usize].give(*at, &mut self.facts)?,
                None => self.facts.read(store, id)?,
            }
            numbers.insert(id, new);
            // The first parent is read next: neighbors in a pack are neighbors in time.
            waiting.extend(self.facts.parents(new).iter().rev().filter(|parent| !numbers.contains_key(*parent)));
        }
        let new = self.facts.parents[self.parents.len()..].iter();
        self.parents.extend(new.map(|id| numbers.get(id).copied().expect("the walk read every parent")));
        self.head = numbers[&head];
        Ok(())
    }

    /// Completes what a cache leaves out because nobody asks for it until there is a new commit.
    fn recall(&mut self) {
        let Facts { ids, trees, parents, .. } = &mut self.facts;
        trees.resize(ids.len(), ObjectId::null(gix::hash::Kind::Sha1));
        parents.extend(self.parents[parents.len()..].iter().map(|parent| ids[*parent as usize]));
    }

    /// Numbers of all known commits, by id.
    pub fn numbers(&self) -> Result<FxHashMap<ObjectId, u32>, Problem> {
        self.facts.ids.iter().enumerate().map(|(at, id)| Ok((*id, number(at)?))).collect()
    }

    /// Numbers of the parents of the commit at `number`.
    pub fn parents(&self, number: u32) -> &[u32] {
        &self.parents[self.facts.parent_range(number)]
    }

    /// Every commit HEAD reaches, first parents first; HEAD leads. Does not depend on what was known before.
    pub fn order(&self) -> Vec<u32> {
        let mut is_met = vec![false; self.facts.commits.len()];
        let mut order = Vec::with_capacity(is_met.len());
        let mut waiting = vec![self.head];
        while let Some(number) = waiting.pop() {
            if !std::mem::replace(&mut is_met[number as usize], true) {
                order.push(number);
                waiting.extend(self.parents(number).iter().rev().filter(|parent| !is_met[**parent as usize]));
            }
        }
        order
    }

    /// Numbers the commits anew, in the order of their days and ids, in which tables keep them: so rows that are made in the order
    /// of numbers need no sorting. Forgets what a cache leaves out. The answer maps old numbers to new ones. O(n log n).
    pub fn sort(&mut self) -> Vec<u32> {
        let facts = &self.facts;
        let mut order: Vec<u32> = (0u32..).take(facts.commits.len()).collect();
        order.sort_unstable_by_key(|number| (facts.commits[*number as usize].committed, facts.ids[*number as usize]));
        let mut renumbered = vec![0; order.len()];
        for (new, old) in (0u32..).zip(&order) {
            renumbered[*old as usize] = new;
        }
        let (mut commits, mut ids) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
        let (mut parents, mut trailers) = (Vec::with_capacity(self.parents.len()), Vec::with_capacity(facts.trailers.len()));
        for old in order {
            parents.extend(self.parents(old).iter().map(|parent| renumbered[*parent as usize]));
            trailers.extend_from_slice(facts.trailers(old));
            // There are as many as before, of both.
            let (parent_end, trailer_end) = (parents.len() as u32, trailers.len() as u32);
            commits.push(RawCommit { parent_end, trailer_end, ..facts.commits[old as usize] });
            ids.push(facts.ids[old as usize]);
        }
        let Facts { actors, signatures, .. } = std::mem::take(&mut self.facts);
        self.facts = Facts { ids, commits, trailers, actors, signatures, ..Facts::default() };
        self.parents = parents;
        self.head = renumbered.get(self.head as usize).copied().unwrap_or_default();
        renumbered
    }

    /// The line of first parents, HEAD first.
    pub fn chain(&self) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(self.head), |number| self.parents(*number).first().copied())
    }
}

/// Where each commit that was read ahead stands: chunk, and number in it.
type Places = FxHashMap<ObjectId, (u32, u32)>;

fn places(chunks: &[Chunk]) -> Places {
    let count = chunks.iter().map(|chunk| chunk.ids().len()).sum();
    let mut places = Places::with_capacity_and_hasher(count, Default::default());
    for (chunk, facts) in (0u32..).zip(chunks) {
        places.extend((0u32..).zip(facts.ids()).map(|(at, id)| (*id, (chunk, at))));
    }
    places
}
