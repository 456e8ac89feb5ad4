//! Who names a repository: many packages that share no maintainer cannot all be built from it.
//!
//! Whoever came first keeps the claim, and so does everybody with evidence. So strangers who name a repository lower nobody but
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::ids::{AccountId, PackageId, RepositoryId};
use crate::tables::{EvidenceBasis, RepositoryEvidence, Tables};
use crate::units::Day;

/// Claims by repository.
pub(super) struct Claimants {
    /// Packages that name a repository, and the group each belongs to; no group where nobody is known to maintain it.
    groups: BTreeMap<RepositoryId, BTreeMap<PackageId, Option<usize>>>,
    /// First day a version was published.
    first: BTreeMap<PackageId, Day>,
}

impl Claimants {
    /// Groups the packages of `claims` (package, repository) by common maintainers.
    pub(super) fn of(tables: &Tables, claims: impl Iterator<Item = (PackageId, RepositoryId)>) -> Self {
        let mut maintainers: BTreeMap<PackageId, BTreeSet<AccountId>> = BTreeMap::new();
        for row in &tables.maintainers {
            maintainers.entry(row.package).or_default().insert(row.account);
        }
        let mut by_repository: BTreeMap<RepositoryId, BTreeSet<PackageId>> = BTreeMap::new();
        for (package, repository) in claims {
            by_repository.entry(repository).or_default().insert(package);
        }
        let mut first: BTreeMap<PackageId, Day> = BTreeMap::new();
        for row in &tables.publications {
            if let Some(day) = row.published {
                let known = first.entry(row.package).or_insert(day);
                *known = day.min(*known);
            }
        }
        let groups = by_repository.into_iter().map(|(repository, packages)| (repository, group(&packages, &maintainers)));
        Self { groups: groups.collect(), first }
    }

    /// Packages that name `repository`, and groups of them.
    pub(super) fn counts(&self, repository: RepositoryId) -> (u32, u32) {
        let Some(packages) = self.groups.get(&repository) else { return (0, 0) };
        let groups: BTreeSet<usize> = packages.values().flatten().copied().collect();
        (packages.len() as u32, groups.len() as u32)
    }

    /// `rows` with the claims contradicted that at least `min_groups` unrelated groups make, unless any package of the group has
    /// evidence, or the group came first.
    pub(super) fn contradicted(&self, mut rows: Vec<RepositoryEvidence>, min_groups: u32) -> Vec<RepositoryEvidence> {
        let group_of = |row: &RepositoryEvidence| self.groups.get(&row.repository)?.get(&row.package).copied().flatten();
        let mut kept: BTreeSet<(RepositoryId, usize)> = BTreeSet::new();
        let mut earliest: BTreeMap<RepositoryId, (Day, usize)> = BTreeMap::new();
        for row in &rows {
            let Some(group) = group_of(row) else { continue };
            if row.evidence_level > 0 {
                kept.insert((row.repository, group));
            }
            if let Some(day) = self.first.get(&row.package).copied() {
                let first = earliest.entry(row.repository).or_insert((day, group));
                *first = (day, group).min(*first);
            }
        }
        kept.extend(earliest.into_iter().map(|(repository, (_, group))| (repository, group)));
        for row in rows.iter_mut().filter(|row| row.unrelated_claimant_count >= min_groups && row.evidence_level == 0) {
            if group_of(row).is_some_and(|group| !kept.contains(&(row.repository, group))) {
                (row.evidence_level, row.basis) = (-1, EvidenceBasis::Crowd);
            }
        }
        rows
    }
}

/// Numbers groups of `packages` that share maintainers, directly or through others of them.
fn group(
    packages: &BTreeSet<PackageId>,
    maintainers: &BTreeMap<PackageId, BTreeSet<AccountId>>,
) -> BTreeMap<PackageId, Option<usize>> {
    let mut sets = UnionFind::<usize>::new(packages.len());
    let mut holder: BTreeMap<AccountId, usize> = BTreeMap::new();
    for (at, package) in packages.iter().enumerate() {
        for account in maintainers.get(package).into_iter().flatten() {
            sets.union(*holder.entry(*account).or_insert(at), at);
        }
    }
    let is_known = |package: &PackageId| maintainers.contains_key(package);
    packages.iter().enumerate().map(|(at, package)| (*package, is_known(package).then(|| sets.find_mut(at)))).collect()
}
