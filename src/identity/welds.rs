//! Sets of accounts that grow join by join, and what keeps two of them apart.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::{Join, words};
use crate::tables::Tables;

/// Accounts joined so far, and what is known of each set.
pub(super) struct Welds {
    sets: UnionFind<usize>,
    /// By account row; what holds for a set stands at its root.
    known: Vec<Known>,
}

/// What forbids joins by free text.
#[derive(Clone, Default)]
struct Known {
    /// A registry or distribution knows one of the accounts.
    is_registered: bool,
    /// Number at each forge.
    numbers: BTreeMap<String, String>,
}

impl Welds {
    /// Every account by itself.
    pub fn new(tables: &Tables) -> Self {
        let known = tables.accounts.iter().map(|account| {
            let hidden = words::no_reply(account).and_then(|hidden| Some((hidden.forge.to_owned(), hidden.number?.to_owned())));
            Known { is_registered: !account.is_from_history(), numbers: hidden.into_iter().collect() }
        });
        Self { sets: UnionFind::new(tables.accounts.len()), known: known.collect() }
    }

    /// Joins on proof.
    pub fn prove(&mut self, join: &Join) {
        let (a, b) = (self.sets.find_mut(join.a.row()), self.sets.find_mut(join.b.row()));
        if self.sets.union(a, b) {
            let (root, other) = if self.sets.find_mut(a) == a { (a, b) } else { (b, a) };
            let Known { is_registered, numbers } = std::mem::take(&mut self.known[other]);
            self.known[root].is_registered |= is_registered;
            self.known[root].numbers.extend(numbers);
        }
    }

    /// Joins on free text, or says why not. A stranger can write anything about an account that a registry knows, and would get
    /// its trust, or give it away; and no one has two numbers at one forge.
    pub fn believe(&mut self, join: &Join) -> Result<(), &'static str> {
        let (a, b) = (self.sets.find_mut(join.a.row()), self.sets.find_mut(join.b.row()));
        if a != b {
            if self.known[a].is_registered || self.known[b].is_registered {
                return Err("free text about an account that a registry knows");
            }
            let (one, other) = (&self.known[a].numbers, &self.known[b].numbers);
            if one.iter().any(|(forge, number)| other.get(forge).is_some_and(|known| known != number)) {
                return Err("two users of one forge");
            }
        }
        self.prove(join);
        Ok(())
    }
}
