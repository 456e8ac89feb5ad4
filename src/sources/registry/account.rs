//! Accounts of registries, known by their public login.

use std::collections::BTreeMap;

use crate::ids::AccountKey;
use crate::tables::{Account, AccountKind, MaintainerRole};
use crate::units::Day;

/// A login at a registry and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources) struct Login {
    /// As the registry writes it.
    name: String,
    kind: AccountKind,
    /// Role in the package.
    pub(in crate::sources) role: MaintainerRole,
}

impl Login {
    /// The account `name` of one human. `None` for what is no login: those of registries have no blanks and, so that no address
    /// is ever taken for one, no `@`.
    pub(in crate::sources) fn person(name: &str, role: MaintainerRole) -> Option<Self> {
        is_login(name).then(|| Self { name: name.to_owned(), kind: AccountKind::Person, role })
    }

    /// An organization: several humans.
    pub(in crate::sources) fn organization(name: &str) -> Option<Self> {
        is_login(name).then(|| Self { name: name.to_owned(), kind: AccountKind::Team, role: MaintainerRole::Maintainer })
    }

    /// The account at `place`, shown under its login on `day`.
    pub(in crate::sources) fn account(self, place: &'static str, day: Day) -> Account {
        // Logins of persons and organizations are two lists.
        let key = match self.kind {
            AccountKind::Team => AccountKey::from_name(&format!("organization {}", self.name)),
            AccountKind::Person | AccountKind::Bot => AccountKey::from_name(&self.name),
        };
        Account {
            place,
            key,
            kind: self.kind,
            handle: Some(self.name.clone()),
            names: BTreeMap::from([(self.name.clone(), 1)]),
            displayed: Some((day, self.name)),
            verification: None,
        }
    }
}

fn is_login(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "._-~+".contains(c);
    !name.is_empty() && name.len() <= 214 && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_hold_no_addresses() {
        let person = |name: &str| Login::person(name, MaintainerRole::Maintainer);
        assert!(person("sindre.sorhus-2_x").is_some());
        for wrong in ["", "Ann Lee", "ann@example.org", "a\u{202e}b", "a/b", "x".repeat(300).as_str()] {
            assert_eq!(person(wrong), None, "{wrong}");
        }
        let account = |login: Option<Login>| login.expect("a login").account("npm", Day(0));
        assert_ne!(account(person("x")).key, account(Login::organization("x")).key);
        assert_eq!(account(Login::organization("x")).kind, AccountKind::Team);
    }
}
