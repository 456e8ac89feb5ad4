use crate::ids::Ecosystem;
use crate::units::Day;

/// One complete list of an ecosystem's packages as of a day: a Debian suite, or the dump of a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suite {
    /// The registry world.
    pub ecosystem: Ecosystem,
    /// The day the list speaks of: for Debian the `Date` of its Release file.
    pub as_of: Day,
    /// Name, such as `trixie`.
    pub name: String,
}
