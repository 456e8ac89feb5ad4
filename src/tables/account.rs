use std::collections::BTreeMap;

use crate::ids::AccountKey;
use crate::units::Day;

/// A login or address at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Where it is an account: `debian`, `git`, `commits`.
    pub place: &'static str,
    /// What makes it unique there. Private.
    pub key: AccountKey,
    /// Person, team or bot.
    pub kind: AccountKind,
    /// Public login, where the place has logins.
    pub handle: Option<String>,
    /// Names it was seen under, with how often. Never holds an address.
    pub names: BTreeMap<String, u32>,
    /// The name its registry displays now, and since which list: people change their names. `None` where no registry does.
    pub displayed: Option<(Day, String)>,
    /// What the place itself proved about the holder.
    pub verification: Option<Verification>,
}

impl Account {
    /// The place is a registry that shows its maintainers by name. Names in git histories are free text and stay private.
    pub fn displays_name(&self) -> bool {
        self.displayed.is_some()
    }

    /// It stands for an address or name in a history: free text, which nobody verified.
    pub fn is_from_history(&self) -> bool {
        matches!(self.place, "git" | "commits")
    }

    /// The name its registry displays now.
    pub fn name(&self) -> Option<&str> {
        self.displayed.as_ref().map(|(_, name)| name.as_str())
    }
}

/// What stands behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// One human, as far as the source can tell.
    Person,
    /// A team, mailing list or role address that several humans share.
    Team,
    /// A program.
    Bot,
}

/// What a place proved about the holder of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verification {
    /// Holds an address that a distribution gives only to members whose key it keeps.
    DistributionMember,
}
