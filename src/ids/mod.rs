//! Identifiers every layer shares: typed row numbers, package URLs, repository URLs, account keys.

mod account_key;
mod no_reply;
mod purl;
mod repository_url;

pub use account_key::AccountKey;
pub use no_reply::NoReply;
pub use purl::{Ecosystem, Purl, pypi_name};
pub use repository_url::{RepositoryUrl, UrlReject};

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of row `row`. Tables are limited to 2^32 rows.
            pub fn from_row(row: usize) -> Self {
                Self(u32::try_from(row).expect("a table has fewer than 2^32 rows"))
            }
            /// Position in its table.
            pub fn row(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

row_id! {
    /// Row of `Tables::packages`.
    PackageId,
    /// Row of `Tables::suites`.
    SuiteId,
    /// Row of `Tables::accounts`.
    AccountId,
    /// Row of `Tables::repositories`.
    RepositoryId,
    /// Row of `Identities::persons`.
    PersonId,
    /// Row of `Identities::teams`.
    TeamId,
    /// Node of the trust graph; persons, teams, repositories and packages share one numbering.
    NodeId,
}
