use crate::ids::{AccountId, AccountKey, RepositoryId};

/// An address that a history's mailmap replaces by another. Written by those who landed the file: it proves nothing alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    /// The history.
    pub repository: RepositoryId,
    /// The address as commits have it. Private; no account of this history, and maybe one of another.
    pub key: AccountKey,
    /// The account that stands for it in this history.
    pub account: AccountId,
}
