//! Union of accounts: proof, then free text, then cuts.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use super::welds::Welds;
use super::words::Words;
use super::{Join, JoinEvidence, Person, accounts_of, bridges, name};
use crate::identity::PseudonymKey;
use crate::ids::AccountId;
use crate::job::{Decisions, IdentityParameters};
use crate::tables::{Account, AccountKind, Tables};

/// Accounts in clusters, and the joins that made them.
pub(super) struct Clusters {
    accounts: Vec<AccountId>,
    joins: Vec<Join>,
    max_accounts: usize,
    /// Joins that were refused or undone, by reason.
    pub(super) refused: BTreeMap<&'static str, u64>,
}

impl Clusters {
    pub(super) fn new(tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions) -> Self {
        let accounts: Vec<AccountId> = accounts_of(tables, AccountKind::Person).collect();
        let max_accounts = parameters.max_accounts_a_person.value as usize;
        let mut clusters = Self { accounts, joins: Vec::new(), max_accounts, refused: BTreeMap::new() };
        clusters.join_addresses(tables, parameters, decisions);
        clusters.join_keys(tables, parameters);
        clusters.join_names(tables, parameters, decisions);
        clusters.join_words(tables, parameters, decisions);
        clusters.cut_oversized();
        clusters
    }

    /// Accounts of different places with one address.
    fn join_addresses(&mut self, tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions) {
        let mut by_address: BTreeMap<&str, Vec<AccountId>> = BTreeMap::new();
        for id in &self.accounts {
            let key = &tables.accounts[id.row()].key;
            if key.address().is_some() {
                by_address.entry(key.secret()).or_default().push(*id);
            }
        }
        for group in by_address.into_values().filter(|group| group.len() > 1) {
            // Names in histories are free text: a stranger could part anybody's accounts with them. Where a registry itself shows
            // the address, the registry's names decide.
            let is_listed = |id: &&AccountId| tables.accounts[id.row()].displays_name();
            let any_listed = group.iter().any(|id| is_listed(&id));
            let mut deciding = group.iter().filter(|id| !any_listed || is_listed(id));
            let shared = deciding.any(|id| is_shared(&tables.accounts[id.row()], parameters, decisions));
            self.chain(&group, JoinEvidence::Address, parameters.address_confidence.value, shared.then_some("shared address"));
        }
    }

    /// Accounts of one registry with one full name.
    fn join_names(&mut self, tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions) {
        let mut by_name: BTreeMap<(&str, Vec<String>), BTreeSet<AccountId>> = BTreeMap::new();
        for id in &self.accounts {
            let account = &tables.accounts[id.row()];
            // A login is chosen by whoever comes first, and `lee.ann` may be anybody's.
            let is_login = account.handle.is_some() && account.handle.as_deref() == account.name();
            if !account.displays_name() || is_login || is_shared(account, parameters, decisions) {
                continue;
            }
            for name in account.names.keys().filter_map(|name| name::comparable(name, decisions)) {
                by_name.entry((account.place, name)).or_default().insert(*id);
            }
        }
        for group in by_name.into_values().filter(|group| group.len() > 1) {
            let group: Vec<AccountId> = group.into_iter().collect();
            let is_common = group.len() > parameters.max_addresses_a_name.value as usize;
            self.chain(&group, JoinEvidence::Name, parameters.name_confidence.value, is_common.then_some("common name"));
        }
    }

    fn chain(&mut self, group: &[AccountId], evidence: JoinEvidence, confidence: f64, refused: Option<&'static str>) {
        if let Some(reason) = refused {
            *self.refused.entry(reason).or_default() += group.len() as u64 - 1;
            return;
        }
        self.joins.extend(group.windows(2).map(|pair| Join::new(pair[0], pair[1], evidence, confidence)));
    }

    /// Addresses on one key of a keyring.
    fn join_keys(&mut self, tables: &Tables, parameters: &IdentityParameters) {
        for holders in tables.key_holders.chunk_by(|a, b| a.key == b.key) {
            let mut group: Vec<AccountId> = holders.iter().map(|holder| holder.account).collect();
            group.retain(|id| self.accounts.binary_search(id).is_ok());
            self.chain(&group, JoinEvidence::Keyring, parameters.keyring_confidence.value, None);
        }
    }

    /// What histories say, the most certain first, as far as nothing forbids it.
    fn join_words(&mut self, tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions) {
        let words = Words::read(tables, parameters, decisions);
        for (reason, count) in words.refused {
            *self.refused.entry(reason).or_default() += count;
        }
        let mut welds = Welds::new(tables);
        self.joins.iter().for_each(|join| welds.prove(join));
        for join in words.joins {
            match welds.believe(&join) {
                Ok(()) => self.joins.push(join),
                Err(reason) => *self.refused.entry(reason).or_default() += 1,
            }
        }
    }

    /// Clusters above the cap fall apart at their weakest bridges.
    fn cut_oversized(&mut self) {
        let lost = bridges::cut(&mut self.joins, self.max_accounts);
        if lost > 0 {
            self.refused.insert("person with too many accounts", lost);
        }
    }

    /// Adds joins between published ids. True when any applied.
    pub(super) fn join_decided(&mut self, persons: &[Person], pairs: &[[String; 2]]) -> bool {
        let find = |id: &String| persons.binary_search_by(|person| person.id.cmp(id)).ok().map(|row| persons[row].accounts[0]);
        let mut applied = false;
        for [a, b] in pairs {
            match (find(a), find(b)) {
                (Some(a), Some(b)) => {
                    self.joins.push(Join::new(a, b, JoinEvidence::Decision, 1.0));
                    applied = true;
                }
                _ => *self.refused.entry("decided join of a person not seen").or_default() += 1,
            }
        }
        applied
    }

    /// Accounts by the smallest account of their cluster.
    fn groups(&self) -> BTreeMap<AccountId, Vec<AccountId>> {
        let size = self.accounts.last().map_or(0, |id| id.row() + 1);
        let mut sets = UnionFind::<usize>::new(size);
        for join in &self.joins {
            sets.union(join.a.row(), join.b.row());
        }
        let mut first: BTreeMap<usize, AccountId> = BTreeMap::new();
        let mut groups: BTreeMap<AccountId, Vec<AccountId>> = BTreeMap::new();
        for id in &self.accounts {
            let root = *first.entry(sets.find_mut(id.row())).or_insert(*id);
            groups.entry(root).or_default().push(*id);
        }
        groups
    }

    /// One person a cluster, sorted by id. The id is that of the cluster's first account.
    pub(super) fn persons(&self, tables: &Tables, decisions: &Decisions, key: &PseudonymKey) -> Vec<Person> {
        let mut joins: BTreeMap<AccountId, Vec<Join>> = BTreeMap::new();
        let groups = self.groups();
        let root: BTreeMap<AccountId, AccountId> =
            groups.iter().flat_map(|(root, group)| group.iter().map(|id| (*id, *root))).collect();
        for join in &self.joins {
            joins.entry(root[&join.a]).or_default().push(*join);
        }
        let mut taken = BTreeSet::new();
        let person = |(root, accounts): (AccountId, Vec<AccountId>)| {
            let first = &tables.accounts[root.row()];
            let plain = key.pseudonym('p', first);
            // A shared address joins nobody, so it may stand for one person at each place; the first place keeps the plain id.
            let id = if taken.insert(plain.clone()) { plain.clone() } else { key.pseudonym_at_place('p', first) };
            // Ids that were published: later evidence may put another account first, and who asked stays unshown.
            let ids = |id: &AccountId| {
                let account = &tables.accounts[id.row()];
                [key.pseudonym('p', account), key.pseudonym_at_place('p', account)]
            };
            let is_opted_out =
                !decisions.opted_out.is_empty() && accounts.iter().flat_map(ids).any(|id| decisions.opted_out.contains(&id));
            let account_ids = accounts.iter().map(|id| key.pseudonym('a', &tables.accounts[id.row()])).collect();
            Person { account_ids, joins: joins.remove(&root).unwrap_or_default(), id, accounts, is_opted_out }
        };
        let mut persons: Vec<Person> = groups.into_iter().map(person).collect();
        persons.sort_by(|a, b| a.id.cmp(&b.id));
        persons
    }
}

/// An address that many people use, or that stands for a role.
pub(super) fn is_shared(account: &Account, parameters: &IdentityParameters, decisions: &Decisions) -> bool {
    let local = account.key.address().map_or("", |(local, _)| local);
    account.names.len() > parameters.max_names_an_address.value as usize || decisions.blocked_local_parts.contains(local)
}
