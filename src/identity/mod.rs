//! WHO IS WHO: accounts joined to persons, with the evidence of every join kept.
//!
//! Proof first: a decision of people, an equal address at two places, one key in a distribution's keyring, an equal full name
//! inside one registry that displays names. Then free text, the most certain first, and only between accounts that no registry
//! knows: what a forge made for one user, mailmaps, keys that signed, rare names and logins. Junk is kept apart by how common it
//! is: an address under many names, a name that many bear, a role; a cluster that grows too large is cut at its weakest bridge.

mod bridges;
mod clusters;
mod forks;
mod name;
mod namesakes;
mod pseudonym;
mod spelled;
mod welds;
mod words;

use std::collections::BTreeMap;

use crate::ids::{AccountId, PersonId, TeamId};
use crate::job::{Decisions, IdentityParameters};
use crate::tables::{AccountKind, Tables, Verification};

use clusters::Clusters;
pub use forks::Forks;
pub use pseudonym::PseudonymKey;

/// All persons and teams, and whom each account belongs to.
#[derive(Debug, Default)]
pub struct Identities {
    /// Sorted by id.
    pub persons: Vec<Person>,
    /// Sorted by id.
    pub teams: Vec<Team>,
    /// Holder of each account, by account row.
    pub holders: Vec<Holder>,
    /// Joins that were refused or undone, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Which repositories share history.
    pub forks: Forks,
}

/// A human, as far as the evidence joins accounts.
#[derive(Debug)]
pub struct Person {
    /// Published pseudonym.
    pub id: String,
    /// Sorted.
    pub accounts: Vec<AccountId>,
    /// Published pseudonym of each account, in the order of `accounts`. One address has one at all places.
    pub account_ids: Vec<String>,
    /// What joined the accounts; one fewer than accounts at least.
    pub joins: Vec<Join>,
    /// Must appear in no output.
    pub is_opted_out: bool,
}

/// Several humans behind one address.
#[derive(Debug)]
pub struct Team {
    /// Published pseudonym, that of its first address.
    pub id: String,
    /// Its addresses: lists move, and keep their name. Sorted.
    pub accounts: Vec<AccountId>,
}

/// Whom an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A human.
    Person(PersonId),
    /// Several humans.
    Team(TeamId),
    /// A program.
    Bot,
}

/// Why two accounts are one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Join {
    /// The account that comes first.
    pub a: AccountId,
    /// The other.
    pub b: AccountId,
    /// What says so.
    pub evidence: JoinEvidence,
    /// 0..=1, from the job.
    pub confidence: f64,
}

/// What says that two accounts are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinEvidence {
    /// People decided.
    Decision,
    /// The same address at two places.
    Address,
    /// Addresses on one key of a distribution's keyring.
    Keyring,
    /// The same full name inside one registry.
    Name,
    /// Addresses that one forge made for one user.
    NoReply,
    /// A history's mailmap.
    Mailmap,
    /// Keys and certificates that signatures in histories name.
    SigningKey,
    /// The same rare full name in histories.
    HistoryName,
    /// The same rare login in histories.
    Login,
}

impl JoinEvidence {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Address => "address",
            Self::Keyring => "keyring",
            Self::Name => "name",
            Self::NoReply => "no_reply",
            Self::Mailmap => "mailmap",
            Self::SigningKey => "signing_key",
            Self::HistoryName => "history_name",
            Self::Login => "login",
        }
    }
}

impl Person {
    /// Published pseudonym of one of the person's accounts.
    pub fn account_id(&self, account: AccountId) -> &str {
        let row = self.accounts.binary_search(&account).expect("the account is the person's");
        &self.account_ids[row]
    }
}

impl Join {
    fn new(a: AccountId, b: AccountId, evidence: JoinEvidence, confidence: f64) -> Self {
        Self { a: a.min(b), b: a.max(b), evidence, confidence }
    }
}

impl Identities {
    /// The person behind `account`, if it is one human's.
    pub fn person_of(&self, account: AccountId) -> Option<PersonId> {
        match self.holders[account.row()] {
            Holder::Person(person) => Some(person),
            Holder::Team(_) | Holder::Bot => None,
        }
    }

    /// The name a registry itself displays, or a public login; `None` when the person is known from histories only.
    pub fn public_name<'t>(&self, tables: &'t Tables, person: &Person) -> Option<&'t str> {
        let accounts = person.accounts.iter().map(|account| &tables.accounts[account.row()]);
        // The newest list decides: people change their names.
        let newest = accounts.filter_map(|account| account.displayed.as_ref()).max_by_key(|(day, _)| *day);
        newest.map(|(_, name)| name.as_str()).or_else(|| self.public_handle(tables, person))
    }

    /// The name a registry displays for a team.
    pub fn team_name<'t>(&self, tables: &'t Tables, team: &Team) -> Option<&'t str> {
        let accounts = team.accounts.iter().map(|account| &tables.accounts[account.row()]);
        let newest = accounts.filter_map(|account| account.displayed.as_ref()).max_by_key(|(day, _)| *day);
        newest.map(|(_, name)| name.as_str())
    }

    /// A public login.
    pub fn public_handle<'t>(&self, tables: &'t Tables, person: &Person) -> Option<&'t str> {
        person.accounts.iter().find_map(|account| tables.accounts[account.row()].handle.as_deref())
    }

    /// A registry verified one of the person's accounts as a member's.
    pub fn is_member(&self, tables: &Tables, person: PersonId) -> bool {
        let accounts = &self.persons[person.row()].accounts;
        accounts.iter().any(|account| tables.accounts[account.row()].verification == Some(Verification::DistributionMember))
    }
}

/// Joins accounts to persons. O(accounts · log accounts).
pub fn resolve(tables: &Tables, parameters: &IdentityParameters, decisions: &Decisions, key: &PseudonymKey) -> Identities {
    let mut clusters = Clusters::new(tables, parameters, decisions);
    let mut persons = clusters.persons(tables, decisions, key);
    if clusters.join_decided(&persons, &decisions.joins) {
        persons = clusters.persons(tables, decisions, key);
    }
    let teams = teams(tables, key);
    let mut holders = vec![Holder::Bot; tables.accounts.len()];
    for (row, team) in teams.iter().enumerate() {
        for account in &team.accounts {
            holders[account.row()] = Holder::Team(TeamId::from_row(row));
        }
    }
    for (row, person) in persons.iter().enumerate() {
        for account in &person.accounts {
            holders[account.row()] = Holder::Person(PersonId::from_row(row));
        }
    }
    let mut identities = Identities { persons, teams, holders, refused: clusters.refused, forks: Forks::default() };
    identities.forks = Forks::find(tables, &identities, parameters);
    identities
}

/// Team addresses with one displayed name are one team. Names of teams are long and chosen to be unique.
fn teams(tables: &Tables, key: &PseudonymKey) -> Vec<Team> {
    let mut by_name: BTreeMap<(&str, String), Vec<AccountId>> = BTreeMap::new();
    for id in accounts_of(tables, AccountKind::Team) {
        let account = &tables.accounts[id.row()];
        let name = account.name().map_or_else(|| format!("\0{}", id.0), str::to_lowercase);
        by_name.entry((account.place, name)).or_default().push(id);
    }
    let id = |accounts: &[AccountId]| key.pseudonym('t', &tables.accounts[accounts[0].row()]);
    let mut teams: Vec<Team> = by_name.into_values().map(|accounts| Team { id: id(&accounts), accounts }).collect();
    teams.sort_by(|a, b| a.id.cmp(&b.id));
    teams
}

fn accounts_of(tables: &Tables, kind: AccountKind) -> impl Iterator<Item = AccountId> {
    let rows = tables.accounts.iter().enumerate().filter(move |(_, account)| account.kind == kind);
    rows.map(|(row, _)| AccountId::from_row(row))
}

#[cfg(test)]
mod tests;
