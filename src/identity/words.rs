//! Free text as evidence: what histories say of the accounts in them. Anybody can write it, so it is believed only of accounts that
//! no registry knows: there a join gives a stranger nothing that writing the address itself would not.

use std::collections::{BTreeMap, BTreeSet};

use super::namesakes::Namesakes;
use super::spelled::Spellings;
use super::{Join, JoinEvidence, name};
use crate::ids::{AccountId, NoReply};
use crate::job::{Decisions, IdentityParameters};
use crate::tables::{Account, AccountKind, SignatureKind, Tables};

/// Joins that histories speak for, the most certain first, and those that are too common, by reason.
pub(super) struct Words {
    /// Sorted by confidence, then evidence and accounts. Within a group that something joins, every pair.
    pub joins: Vec<Join>,
    /// Accounts that something common does not join, by reason.
    pub refused: BTreeMap<&'static str, u64>,
}

/// Accounts by each full or abbreviated name, as sorted words.
type Bearers = BTreeMap<Vec<String>, BTreeSet<AccountId>>;

/// What is looked at, account by account.
struct Reader<'a> {
    tables: &'a Tables,
    parameters: &'a IdentityParameters,
    decisions: &'a Decisions,
    /// Accounts of histories that one person may hold.
    accounts: Vec<AccountId>,
    /// Full names of each of them, as sorted words.
    names: BTreeMap<AccountId, BTreeSet<Vec<String>>>,
    namesakes: Namesakes,
    found: Words,
}

impl Words {
    /// Reads accounts, mailmaps and keys of signatures. O(accounts · log accounts).
    pub fn read(tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions) -> Self {
        let is_one = |id: &AccountId| {
            let account = &tables.accounts[id.row()];
            account.is_from_history() && !is_of_many(account, parameters, decisions)
        };
        let accounts: Vec<AccountId> = super::accounts_of(tables, AccountKind::Person).filter(is_one).collect();
        let full_names = |id: &AccountId| (*id, full_names(&tables.accounts[id.row()], parameters, decisions));
        let names: BTreeMap<_, _> = accounts.iter().map(full_names).collect();
        let rows = || names.iter().flat_map(|(id, names)| names.iter().map(|words| (*id, words.as_slice())));
        let namesakes = Namesakes::count(accounts.len(), rows());
        let mut bearers: Bearers = BTreeMap::new();
        rows().for_each(|(id, words)| _ = bearers.entry(words.to_vec()).or_default().insert(id));
        let spellings = Spellings::of(bearers.keys().map(Vec::as_slice).filter(|words| is_full(words)));
        let found = Self { joins: Vec::new(), refused: BTreeMap::new() };
        let mut reader = Reader { tables, parameters, decisions, accounts, names, namesakes, found };
        reader.join_no_replies();
        reader.join_names(&bearers);
        reader.join_logins(&spellings);
        reader.join_spelled(&bearers, &spellings);
        reader.join_mailmaps();
        reader.join_keys();
        let mut found = reader.found;
        let order = |a: &Join, b: &Join| {
            b.confidence.total_cmp(&a.confidence).then_with(|| (a.evidence, a.a, a.b).cmp(&(b.evidence, b.a, b.b)))
        };
        found.joins.sort_by(order);
        found.joins.dedup();
        found
    }
}

impl Reader<'_> {
    /// Addresses that one forge made for one user.
    fn join_no_replies(&mut self) {
        let mut groups: BTreeMap<(&str, bool, &str), BTreeSet<AccountId>> = BTreeMap::new();
        for id in &self.accounts {
            let Some(hidden) = no_reply(&self.tables.accounts[id.row()]) else { continue };
            groups.entry((hidden.forge, false, hidden.login)).or_default().insert(*id);
            if let Some(number) = hidden.number {
                groups.entry((hidden.forge, true, number)).or_default().insert(*id);
            }
        }
        let groups: Vec<_> = groups.into_values().collect();
        for group in groups {
            self.join_group(&group, JoinEvidence::NoReply, self.parameters.no_reply_confidence.value);
        }
    }

    /// Rare full names.
    fn join_names(&mut self, bearers: &Bearers) {
        for (name, group) in bearers {
            let expected = self.namesakes.expected(name, group.len());
            let max = self.parameters.max_addresses_a_rare_name.value as usize;
            if expected > self.parameters.max_namesakes.value || group.len() > max {
                *self.found.refused.entry("common name").or_default() += group.len() as u64 - 1;
                continue;
            }
            let confidence = self.parameters.history_name_confidence.value / (1.0 + expected);
            let join = |(a, b)| Join::new(a, b, JoinEvidence::HistoryName, confidence);
            self.found.joins.extend(pairs(group).map(join));
        }
    }

    /// Rare logins: of a forge, before the `@` of an address, or in place of a name.
    fn join_logins(&mut self, spellings: &Spellings<'_>) {
        let mut groups: BTreeMap<String, BTreeSet<AccountId>> = BTreeMap::new();
        for id in &self.accounts {
            for login in self.logins(*id) {
                groups.entry(login).or_default().insert(*id);
            }
        }
        for (login, group) in groups {
            // In several full names: it is a given or family name.
            let is_name = spellings.with_word(&name::without_umlauts(&login)).nth(1).is_some();
            if is_name || self.is_common(group.len()) {
                continue;
            }
            let confidence = self.parameters.login_confidence.value;
            for (a, b) in pairs(&group).filter(|(a, b)| !self.names_differ(*a, *b, &login)).collect::<Vec<_>>() {
                self.found.joins.push(Join::new(a, b, JoinEvidence::Login, confidence));
            }
        }
    }

    /// Logins that spell the rare full name of another account, of accounts that bear no full name themselves.
    fn join_spelled(&mut self, bearers: &Bearers, spellings: &Spellings<'_>) {
        let mut joins = Vec::new();
        for id in self.accounts.iter().filter(|id| !self.names[id].iter().any(|name| is_full(name))) {
            let account = &self.tables.accounts[id.row()];
            for name in self.written_logins(account).iter().filter_map(|login| spellings.spelled(login)) {
                let group = &bearers[name];
                let expected = self.namesakes.expected(name, group.len());
                let is_rare = expected <= self.parameters.max_namesakes.value
                    && group.len() <= self.parameters.max_addresses_a_rare_name.value as usize;
                if is_rare && !self.bears_another(account, name, spellings) {
                    let confidence = self.parameters.login_confidence.value / (1.0 + expected);
                    joins.extend(group.iter().map(|other| Join::new(*id, *other, JoinEvidence::Login, confidence)));
                }
            }
        }
        self.found.joins.extend(joins);
    }

    /// The account goes by a word that is part of names, but not of this one.
    fn bears_another(&self, account: &Account, name: &[String], spellings: &Spellings<'_>) -> bool {
        let words = |written: &String| name::words(written, self.decisions);
        let words: BTreeSet<String> = account.names.keys().flat_map(words).collect();
        words.iter().any(|word| !name.contains(word) && spellings.with_word(word).next().is_some())
    }

    /// Addresses that a mailmap replaces, where they are accounts of other histories.
    fn join_mailmaps(&mut self) {
        let places: BTreeSet<&str> = self.accounts.iter().map(|id| self.tables.accounts[id.row()].place).collect();
        for alias in &self.tables.aliases {
            for place in &places {
                let key = |account: &Account| (account.place, account.key.clone());
                let found = self.tables.accounts.binary_search_by(|account| key(account).cmp(&(*place, alias.key.clone())));
                let Some(found) = found.ok().map(AccountId::from_row) else { continue };
                if found != alias.account && [found, alias.account].iter().all(|id| self.accounts.binary_search(id).is_ok()) {
                    let confidence = self.parameters.mailmap_confidence.value;
                    self.found.joins.push(Join::new(found, alias.account, JoinEvidence::Mailmap, confidence));
                }
            }
        }
    }

    /// Keys that signed commits of several accounts, and addresses in the certificates of signatures.
    fn join_keys(&mut self) {
        let mut groups: BTreeMap<(SignatureKind, &str), BTreeSet<AccountId>> = BTreeMap::new();
        for row in &self.tables.signing_keys {
            let accounts = [Some(row.account), row.certified].into_iter().flatten();
            let accounts = accounts.filter(|id| self.accounts.binary_search(id).is_ok());
            // A forge signs for whoever presses its button.
            let is_own = matches!(row.kind, SignatureKind::OpenPgp | SignatureKind::Ssh) && !row.key.is_empty();
            match (is_own, row.certified) {
                (true, _) => groups.entry((row.kind, row.key.as_str())).or_default().extend(accounts),
                (false, Some(certified)) if certified != row.account => {
                    let group: BTreeSet<AccountId> = accounts.collect();
                    self.join_group(&group, JoinEvidence::SigningKey, self.parameters.signing_key_confidence.value);
                }
                _ => {}
            }
        }
        let groups: Vec<_> = groups.into_values().collect();
        for group in groups {
            self.join_group(&group, JoinEvidence::SigningKey, self.parameters.signing_key_confidence.value);
        }
    }

    fn join_group(&mut self, group: &BTreeSet<AccountId>, evidence: JoinEvidence, confidence: f64) {
        if !self.is_common(group.len()) {
            self.found.joins.extend(pairs(group).map(|(a, b)| Join::new(a, b, evidence, confidence)));
        }
    }

    /// More accounts than one person has; counted.
    fn is_common(&mut self, count: usize) -> bool {
        let is_common = count > self.parameters.max_addresses_a_name.value as usize;
        if is_common {
            *self.found.refused.entry("more accounts than one person has").or_default() += count as u64 - 1;
        }
        is_common
    }

    /// What may be a login of the account, long enough to be rare.
    fn logins(&self, id: AccountId) -> BTreeSet<String> {
        let mut logins = self.written_logins(&self.tables.accounts[id.row()]);
        logins.retain(|login| login.len() >= self.parameters.min_login_length.value as usize);
        logins
    }

    /// What may be a login of the account.
    fn written_logins(&self, account: &Account) -> BTreeSet<String> {
        let local = account.key.address().map(|(local, _)| local.split('+').next().unwrap_or(local).to_owned());
        let local = no_reply(account).map(|hidden| hidden.login.to_owned()).or(local);
        let names = account.names.keys().filter_map(|name| name::login_like(name));
        let is_blocked =
            |login: &String| self.decisions.blocked_local_parts.contains(login) || self.decisions.blocked_names.contains(login);
        local.into_iter().chain(names).filter(|login| !is_blocked(login)).collect()
    }

    /// Both bear full names, and those have no word in common but the login.
    fn names_differ(&self, a: AccountId, b: AccountId, login: &String) -> bool {
        let words = |id: AccountId| self.names[&id].iter().flatten().filter(|word| *word != login).collect::<BTreeSet<_>>();
        let (a, b) = (words(a), words(b));
        !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
    }
}

/// Every pair of a group, the smaller first.
fn pairs(group: &BTreeSet<AccountId>) -> impl Iterator<Item = (AccountId, AccountId)> {
    group.iter().flat_map(|a| group.range((std::ops::Bound::Excluded(*a), std::ops::Bound::Unbounded)).map(|b| (*a, *b)))
}

/// What a forge's address says of the account.
pub(super) fn no_reply(account: &Account) -> Option<NoReply<'_>> {
    let (local, host) = account.key.address()?;
    NoReply::parse(local, host)
}

/// Nobody can be told to stand behind the address: many use it, or it stands for a role and is used under more than one name.
fn is_of_many(account: &Account, parameters: &IdentityParameters, decisions: &Decisions) -> bool {
    let is_shared = super::clusters::is_shared(account, parameters, decisions);
    is_shared && own_names(account, parameters).count() != 1
}

/// Names of an account but for slips.
fn own_names<'a>(account: &'a Account, parameters: &IdentityParameters) -> impl Iterator<Item = &'a str> {
    let total: u64 = account.names.values().map(|count| u64::from(*count)).sum();
    let min = parameters.min_name_share.value * total as f64;
    account.names.iter().filter(move |(_, count)| f64::from(**count) >= min).map(|(name, _)| name.as_str())
}

/// Full and abbreviated names of an account, and the one that its address spells out, as in `first.last`.
fn full_names(account: &Account, parameters: &IdentityParameters, decisions: &Decisions) -> BTreeSet<Vec<String>> {
    let spelled = account.key.address().map(|(local, _)| local).filter(|_| no_reply(account).is_none());
    let spelled = spelled.filter(|local| local.contains('.') && local.chars().all(|c| c.is_alphabetic() || c == '.'));
    let names = own_names(account, parameters).chain(spelled);
    names.filter_map(|name| name::comparable(name, decisions).or_else(|| name::abbreviated(name, decisions))).collect()
}

/// Every word of the name is written out.
fn is_full(name: &[String]) -> bool {
    name.iter().all(|word| word.chars().nth(1).is_some())
}
