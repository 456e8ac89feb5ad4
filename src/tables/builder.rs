//! Collects rows in any order and numbers them by their keys at the end.

use std::hash::Hash;

use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::*;
use crate::ids::{AccountId, AccountKey, PackageId, Purl, RepositoryId, RepositoryUrl, SuiteId};
use crate::units::Day;

type Interned<K, V> = IndexMap<K, V, FxBuildHasher>;

/// Takes facts from sources. Ids handed out are provisional and valid within this builder only.
#[derive(Debug, Default)]
pub struct TablesBuilder {
    suites: Interned<Suite, ()>,
    packages: Interned<Purl, Package>,
    accounts: Interned<(&'static str, AccountKey), Account>,
    repositories: Interned<RepositoryUrl, Repository>,
    /// Rows without a key of their own; pushed by sources, sorted and deduplicated by `finish`.
    pub rows: Rows,
}

/// Tables that are sets of rows.
#[derive(Debug, Default)]
pub struct Rows {
    /// See [`Tables::releases`].
    pub releases: Vec<Release>,
    /// See [`Tables::publications`].
    pub publications: Vec<Publication>,
    /// See [`Tables::provenance`].
    pub provenance: Vec<Provenance>,
    /// See [`Tables::advisories`].
    pub advisories: Vec<Advisory>,
    /// See [`Tables::maintainers`].
    pub maintainers: Vec<Maintainer>,
    /// See [`Tables::dependencies`].
    pub dependencies: Vec<Dependency>,
    /// See [`Tables::built_uses`].
    pub built_uses: Vec<BuiltUse>,
    /// See [`Tables::repository_links`].
    pub repository_links: Vec<RepositoryLink>,
    /// See [`Tables::repository_evidence`].
    pub repository_evidence: Vec<RepositoryEvidence>,
    /// See [`Tables::commits`].
    pub commits: Vec<Commit>,
    /// See [`Tables::tags`].
    pub tags: Vec<Tag>,
    /// See [`Tables::trailers`].
    pub trailers: Vec<Trailer>,
    /// See [`Tables::signing_keys`].
    pub signing_keys: Vec<SigningKey>,
    /// See [`Tables::aliases`].
    pub aliases: Vec<Alias>,
    /// See [`Tables::key_holders`].
    pub key_holders: Vec<KeyHolder>,
    /// See [`Tables::certifications`].
    pub certifications: Vec<Certification>,
    /// See [`Tables::manifests`].
    pub manifests: Vec<Manifest>,
    /// See [`Tables::owners`].
    pub owners: Vec<Owner>,
    /// See [`Tables::labels`].
    pub labels: Vec<Label>,
    /// See [`Tables::reports`].
    pub reports: Vec<ReadReport>,
}

impl TablesBuilder {
    /// A builder that holds `tables` already, so that more can be added. Ids of `tables` stay valid in it. O(rows).
    pub fn resume(tables: Tables) -> Self {
        Self {
            suites: tables.suites.into_iter().map(|suite| (suite, ())).collect(),
            packages: tables.packages.into_iter().map(|package| (package.purl.clone(), package)).collect(),
            accounts: tables.accounts.into_iter().map(|account| ((account.place, account.key.clone()), account)).collect(),
            repositories: tables.repositories.into_iter().map(|repository| (repository.url.clone(), repository)).collect(),
            rows: Rows {
                releases: tables.releases,
                publications: tables.publications,
                provenance: tables.provenance,
                advisories: tables.advisories,
                maintainers: tables.maintainers,
                dependencies: tables.dependencies,
                built_uses: tables.built_uses,
                repository_links: tables.repository_links,
                repository_evidence: tables.repository_evidence,
                commits: tables.commits,
                tags: tables.tags,
                trailers: tables.trailers,
                signing_keys: tables.signing_keys,
                aliases: tables.aliases,
                key_holders: tables.key_holders,
                certifications: tables.certifications,
                manifests: tables.manifests,
                owners: tables.owners,
                labels: tables.labels,
                reports: tables.reports,
            },
        }
    }

    /// The suite, added when new.
    pub fn suite(&mut self, suite: Suite) -> SuiteId {
        SuiteId::from_row(self.suites.insert_full(suite, ()).0)
    }

    /// The package of `facts.purl`. Facts of a later day replace earlier ones.
    pub fn package(&mut self, facts: Package) -> PackageId {
        let (row, _) = match self.packages.get_full(&facts.purl).map(|(row, _, old)| (row, old.facts_as_of)) {
            Some((row, old)) if old >= facts.facts_as_of => return PackageId::from_row(row),
            _ => self.packages.insert_full(facts.purl.clone(), facts),
        };
        PackageId::from_row(row)
    }

    /// Packages that were added, with their provisional ids, in the order of adding.
    pub fn packages(&self) -> impl Iterator<Item = (PackageId, &Package)> {
        self.packages.values().enumerate().map(|(row, package)| (PackageId::from_row(row), package))
    }

    /// The account of `seen.place` and `seen.key`. Names are counted, a verification is kept, and of two kinds the one that
    /// claims least about a human (bot, then team) wins.
    pub fn account(&mut self, seen: Account) -> AccountId {
        let key = (seen.place, seen.key.clone());
        if let Some((row, _, known)) = self.accounts.get_full_mut(&key) {
            for (name, count) in seen.names {
                *known.names.entry(name).or_default() += count;
            }
            known.kind = known.kind.max(seen.kind);
            known.verification = known.verification.max(seen.verification);
            known.handle = known.handle.take().max(seen.handle);
            known.displayed = known.displayed.take().max(seen.displayed);
            return AccountId::from_row(row);
        }
        AccountId::from_row(self.accounts.insert_full(key, seen).0)
    }

    /// The repository at `url`.
    pub fn repository(&mut self, url: RepositoryUrl) -> RepositoryId {
        let entry = self.repositories.entry(url);
        let row = entry.index();
        let url = entry.key().clone();
        entry.or_insert(Repository { url, history_as_of: None });
        RepositoryId::from_row(row)
    }

    /// Notes that a history was read, and the day it was taken.
    pub fn has_history(&mut self, repository: RepositoryId, as_of: Day) {
        let known = &mut self.repositories[repository.row()].history_as_of;
        *known = (*known).max(Some(as_of));
    }

    /// Sorts every table by its key and renumbers all ids.
    pub fn finish(self) -> Tables {
        let (suites, suite) = renumber(self.suites);
        let (packages, package) = renumber(self.packages);
        let (accounts, account) = renumber(self.accounts);
        let (repositories, repository) = renumber(self.repositories);
        let mut rows = self.rows;
        let (suite, package) = (|id: &mut SuiteId| id.0 = suite[id.row()], |id: &mut PackageId| id.0 = package[id.row()]);
        let account = |id: &mut AccountId| id.0 = account[id.row()];
        let repository = |id: &mut RepositoryId| id.0 = repository[id.row()];
        for row in &mut rows.releases {
            package(&mut row.package);
            suite(&mut row.suite);
        }
        for row in &mut rows.publications {
            package(&mut row.package);
            row.publisher.iter_mut().for_each(account);
        }
        rows.provenance.iter_mut().for_each(|row| package(&mut row.package));
        rows.advisories.iter_mut().for_each(|row| package(&mut row.package));
        for row in &mut rows.maintainers {
            package(&mut row.package);
            suite(&mut row.suite);
            account(&mut row.account);
        }
        for row in &mut rows.dependencies {
            package(&mut row.package);
            suite(&mut row.suite);
            package(&mut row.dependency);
        }
        for row in &mut rows.built_uses {
            package(&mut row.package);
            suite(&mut row.suite);
            package(&mut row.used);
        }
        for row in &mut rows.repository_links {
            package(&mut row.package);
            suite(&mut row.suite);
            repository(&mut row.repository);
        }
        for row in &mut rows.repository_evidence {
            package(&mut row.package);
            repository(&mut row.repository);
        }
        for row in &mut rows.commits {
            repository(&mut row.repository);
            account(&mut row.author);
            account(&mut row.committer);
            [&mut row.pusher, &mut row.lander].into_iter().flatten().for_each(account);
        }
        for row in &mut rows.tags {
            repository(&mut row.repository);
            [&mut row.tagger, &mut row.lander].into_iter().flatten().for_each(account);
        }
        for row in &mut rows.trailers {
            repository(&mut row.repository);
            account(&mut row.account);
        }
        for row in &mut rows.signing_keys {
            repository(&mut row.repository);
            account(&mut row.account);
            row.certified.iter_mut().for_each(account);
        }
        for row in &mut rows.aliases {
            repository(&mut row.repository);
            account(&mut row.account);
        }
        rows.key_holders.iter_mut().for_each(|row| account(&mut row.account));
        rows.manifests.iter_mut().for_each(|row| repository(&mut row.repository));
        for row in &mut rows.owners {
            repository(&mut row.repository);
            row.account.iter_mut().for_each(account);
        }
        for row in &mut rows.labels {
            repository(&mut row.repository);
        }
        rows.dependencies.retain(|row| row.package != row.dependency);
        rows.built_uses.retain(|row| row.package != row.used);
        Tables {
            suites: suites.into_keys().collect(),
            packages: packages.into_values().collect(),
            accounts: accounts.into_values().collect(),
            repositories: repositories.into_values().collect(),
            releases: sorted(rows.releases),
            publications: sorted(rows.publications),
            provenance: sorted(rows.provenance),
            advisories: sorted(rows.advisories),
            maintainers: sorted(rows.maintainers),
            dependencies: strongest(sorted(rows.dependencies)),
            built_uses: sorted(rows.built_uses),
            repository_links: sorted(rows.repository_links),
            repository_evidence: sorted(rows.repository_evidence),
            commits: sorted(rows.commits),
            tags: sorted(rows.tags),
            trailers: sorted(rows.trailers),
            signing_keys: sorted(rows.signing_keys),
            aliases: sorted(rows.aliases),
            key_holders: sorted(rows.key_holders),
            certifications: sorted(rows.certifications),
            manifests: sorted(rows.manifests),
            owners: sorted(rows.owners),
            labels: sorted(rows.labels),
            reports: sorted(rows.reports),
        }
    }
}

/// Sorts by key; the second part maps provisional rows to final ones.
fn renumber<K: Ord + Hash, V>(mut map: Interned<K, V>) -> (Interned<K, V>, Vec<u32>) {
    let mut order: Vec<u32> = (0..map.len() as u32).collect();
    order.sort_unstable_by(|a, b| map.get_index(*a as usize).map(|e| e.0).cmp(&map.get_index(*b as usize).map(|e| e.0)));
    let mut new_rows = vec![0; order.len()];
    for (new, old) in (0u32..).zip(&order) {
        new_rows[*old as usize] = new;
    }
    map.sort_unstable_keys();
    (map, new_rows)
}

fn sorted<T: Ord + Send>(mut rows: Vec<T>) -> Vec<T> {
    rows.par_sort_unstable();
    rows.dedup();
    rows
}

/// One row a (package, suite, dependency, kind): a sole need beats one with alternatives.
fn strongest(mut rows: Vec<Dependency>) -> Vec<Dependency> {
    rows.dedup_by(|later, kept| {
        let same =
            (later.package, later.suite, later.dependency, later.kind) == (kept.package, kept.suite, kept.dependency, kept.kind);
        kept.is_sole |= same && later.is_sole;
        same
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Ecosystem;

    fn package(name: &str, day: i32) -> Package {
        Package {
            purl: Purl::new(Ecosystem::Debian, name).expect("a purl"),
            ecosystem: Ecosystem::Debian,
            name: name.into(),
            facts_as_of: Day(day),
            section: Some(day.to_string()),
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        }
    }

    fn build(order: &[(&str, i32)]) -> Tables {
        let mut builder = TablesBuilder::default();
        for (name, day) in order {
            let suite = builder.suite(Suite { ecosystem: Ecosystem::Debian, as_of: Day(*day), name: day.to_string() });
            let id = builder.package(package(name, *day));
            builder.rows.releases.push(Release { package: id, suite, version: "1".into(), is_orphaned: false });
        }
        builder.finish()
    }

    #[test]
    fn order_of_reading_does_not_show() {
        let one = build(&[("b", 1), ("a", 2), ("b", 2), ("c", 1)]);
        let two = build(&[("c", 1), ("b", 2), ("b", 1), ("a", 2)]);
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
        assert_eq!(one.packages[1].section.as_deref(), Some("2"), "newest facts win");
        assert_eq!(one.releases.len(), 4);
    }

    #[test]
    fn a_resumed_builder_holds_the_same() {
        let tables = build(&[("b", 1), ("a", 2), ("b", 2)]);
        let mut builder = TablesBuilder::resume(tables.clone());
        assert_eq!(builder.package(tables.packages[1].clone()), PackageId(1), "ids stay valid");
        assert_eq!(format!("{:?}", builder.finish()), format!("{tables:?}"));
    }

    #[test]
    fn self_loops_and_duplicate_dependencies_vanish() {
        let mut builder = TablesBuilder::default();
        let suite = builder.suite(Suite { ecosystem: Ecosystem::Debian, as_of: Day(0), name: "s".into() });
        let (a, b) = (builder.package(package("a", 0)), builder.package(package("b", 0)));
        let kind = DependencyKind::Runtime;
        for (dependency, is_sole) in [(a, true), (b, false), (b, true)] {
            builder.rows.dependencies.push(Dependency { package: a, suite, dependency, kind, is_sole });
        }
        let tables = builder.finish();
        assert_eq!(tables.dependencies, [Dependency { package: a, suite, dependency: b, kind, is_sole: true }]);
    }
}
