//! Which suite is the present of an ecosystem.

use crate::ids::{PackageId, SuiteId};
use crate::tables::Tables;

/// The newest suite of each ecosystem.
#[derive(Clone, Debug, Default)]
pub struct Present {
    /// Suite → it is the newest of its ecosystem.
    is_newest: Vec<bool>,
    /// Package → the newest suite that lists it, and the first.
    listed_in: Vec<Option<(SuiteId, SuiteId)>>,
}

impl Present {
    pub(super) fn new(tables: &Tables) -> Self {
        let suites = &tables.suites;
        let same = |a: usize, b: usize| suites.get(b).is_some_and(|other| other.ecosystem == suites[a].ecosystem);
        let mut listed_in: Vec<Option<(SuiteId, SuiteId)>> = vec![None; tables.packages.len()];
        for release in &tables.releases {
            let entry = listed_in[release.package.row()].get_or_insert((release.suite, release.suite));
            *entry = (entry.0.max(release.suite), entry.1.min(release.suite));
        }
        Self { is_newest: (0..suites.len()).map(|row| !same(row, row + 1)).collect(), listed_in }
    }

    /// The newest suite that lists `package`. `None`: only named, never listed.
    pub fn newest_listing(&self, package: PackageId) -> Option<SuiteId> {
        self.listed_in[package.row()].map(|(newest, _)| newest)
    }

    /// The first suite that lists `package`.
    pub fn first_listing(&self, package: PackageId) -> Option<SuiteId> {
        self.listed_in[package.row()].map(|(_, first)| first)
    }

    /// The newest suite of the package's ecosystem lists it.
    pub fn is_listed(&self, package: PackageId) -> bool {
        self.newest_listing(package).is_some_and(|suite| self.is_newest(suite))
    }

    /// No later suite of the same ecosystem was read.
    pub fn is_newest(&self, suite: SuiteId) -> bool {
        self.is_newest[suite.row()]
    }
}
