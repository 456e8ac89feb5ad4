//! Accounts of the registry. It numbers them; their logins are public and may change hands, so the number is the key.
//!
//! Display names are left out: anyone may call themselves anything, and names join accounts where a registry vouches for them.

use crate::ids::{AccountId, AccountKey};
use crate::tables::{Account, AccountKind, TablesBuilder};
use crate::units::Day;

use super::SOURCE;

/// The account of a person.
pub(super) fn person(tables: &mut TablesBuilder, number: i64, login: &str) -> AccountId {
    tables.account(Account {
        place: SOURCE,
        key: AccountKey::from_number(number),
        kind: AccountKind::Person,
        handle: is_login(login).then(|| login.to_owned()),
        names: Default::default(),
        displayed: None,
        verification: None,
    })
}

/// The account of a team, such as `github:organization:team`. Teams are numbered apart from persons.
pub(super) fn team(tables: &mut TablesBuilder, number: i64, login: &str, as_of: Day) -> AccountId {
    let name = login.split(':').all(is_login).then(|| login.to_owned());
    tables.account(Account {
        place: SOURCE,
        key: AccountKey::from_name(&format!("team {number}")),
        kind: AccountKind::Team,
        handle: None,
        names: name.iter().map(|name| (name.clone(), 1)).collect(),
        displayed: name.map(|name| (as_of, name)),
        verification: None,
    })
}

/// What forges allow as a login.
fn is_login(login: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte);
    (1..=100).contains(&login.len()) && login.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_shown_and_nothing_else() {
        let mut tables = TablesBuilder::default();
        person(&mut tables, 1, "ann");
        person(&mut tables, 2, "ann@example.org");
        team(&mut tables, 1, "github:rust-lang:libs", Day(0));
        let accounts = tables.finish().accounts;
        let shown: Vec<_> = accounts.iter().map(|account| (account.kind, account.handle.as_deref(), account.name())).collect();
        let (person, team) = (AccountKind::Person, AccountKind::Team);
        assert_eq!(shown, [(person, Some("ann"), None), (person, None, None), (team, None, Some("github:rust-lang:libs"))]);
    }
}
