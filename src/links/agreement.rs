//! Versions of a package held against tags of a repository: do they agree, and could that be chance?
//!
//! Two packages that both released 1.0.0 agree in one version and mean nothing. So every match counts by how rare it is: a
//! version that a share `f` of the other packages of the ecosystem has, published within the window of `w` days around a tag, in
//! a life of `d` days, matches an unrelated tag with probability `f · min(1, (2w + 1) / d)`. The surprise of all matches is the sum
//! of the negative binary logarithms, as if they were independent. Where tags name the package, that is one of as many names as
//! there are packages, and counts once.

use std::collections::{BTreeMap, BTreeSet};

use super::tag_name::{TagName, readings, subject};
use super::version_key::version_key;
use crate::ids::{Ecosystem, PackageId, RepositoryId};
use crate::job::LinkParameters;
use crate::tables::{Agreement, Tables};
use crate::units::Day;

/// What is known of all packages and tags.
pub(super) struct Judge<'t> {
    tables: &'t Tables,
    window: i32,
    /// Days of versions, by package.
    versions: BTreeMap<PackageId, BTreeMap<String, Day>>,
    /// In how many packages of an ecosystem a version stands.
    spread: BTreeMap<(Ecosystem, String), u32>,
    /// Packages of an ecosystem with versions.
    package_counts: BTreeMap<Ecosystem, u32>,
    /// Days of tags, by repository, subject and version.
    tags: BTreeMap<RepositoryId, BTreeMap<String, BTreeMap<String, Vec<Day>>>>,
}

impl<'t> Judge<'t> {
    /// Reads every version and tag once.
    pub(super) fn new(tables: &'t Tables, parameters: &LinkParameters) -> Self {
        let mut versions: BTreeMap<PackageId, BTreeMap<String, Day>> = BTreeMap::new();
        for row in &tables.publications {
            if let (Some(key), Some(day)) = (version_key(&row.version), row.published) {
                let first = versions.entry(row.package).or_default().entry(key).or_insert(day);
                *first = day.min(*first);
            }
        }
        let (mut spread, mut package_counts) = (BTreeMap::new(), BTreeMap::new());
        for (package, own) in &versions {
            let ecosystem = tables.packages[package.row()].ecosystem;
            *package_counts.entry(ecosystem).or_default() += 1;
            for key in own.keys() {
                *spread.entry((ecosystem, key.clone())).or_default() += 1;
            }
        }
        let mut tags: BTreeMap<RepositoryId, BTreeMap<String, BTreeMap<String, Vec<Day>>>> = BTreeMap::new();
        for tag in &tables.tags {
            let Some(day) = tag.created else { continue };
            for TagName { subject, key } in readings(&tag.name) {
                tags.entry(tag.repository).or_default().entry(subject).or_default().entry(key).or_default().push(day);
            }
        }
        Self { tables, window: parameters.tag_window_days.value as i32, versions, spread, package_counts, tags }
    }

    /// How the versions of `package` and the tags of `repository` agree. Tags that name the package, or the folder it is in, count
    /// alone where there are some; else those that name nobody, or the repository. `None` without either.
    pub(super) fn agreement(&self, package: PackageId, repository: RepositoryId, directory: Option<&str>) -> Option<Agreement> {
        let (versions, subjects) = (self.versions.get(&package)?, self.tags.get(&repository)?);
        let names = self.names(package, directory);
        let named: Vec<_> = names.iter().filter_map(|name| subjects.get(name)).collect();
        let is_named = !named.is_empty();
        let bare = ["".to_owned(), self.repository_name(repository)];
        let used = if is_named {
            named
        } else {
            bare.iter().collect::<BTreeSet<_>>().iter().filter_map(|name| subjects.get(*name)).collect()
        };
        let days = used.iter().flat_map(|keys| keys.values().flatten());
        let (first, last) = (days.clone().min()?, days.clone().max()?);
        let ecosystem = self.tables.packages[package.row()].ecosystem;
        let package_count = f64::from(self.package_counts.get(&ecosystem).copied().unwrap_or(1));
        let life = versions.values().max()?.0 - versions.values().min()?.0;
        let in_time = (f64::from(2 * self.window + 1) / f64::from(life.max(1))).min(1.0);
        let mut agreement = Agreement { version_tag_count: days.count() as u32, ..Agreement::default() };
        let mut bits = 0.0;
        for (key, day) in versions {
            if day.0 < first.0.saturating_sub(self.window) || day.0 > last.0.saturating_add(self.window) {
                continue;
            }
            agreement.compared_version_count += 1;
            let near = |other: &Day| (other.0 - day.0).abs() <= self.window;
            if used.iter().any(|keys| keys.get(key).is_some_and(|days| days.iter().any(near))) {
                agreement.matched_version_count += 1;
                let others = f64::from(self.spread.get(&(ecosystem, key.clone())).copied().unwrap_or(1)) - 1.0;
                // One more on either side: a version nobody else has yet may still be chosen by somebody.
                bits -= ((others + 1.0) / (package_count + 1.0) * in_time).log2();
            }
        }
        if is_named && agreement.matched_version_count > 0 {
            bits += package_count.log2();
        }
        // Sums of logarithms differ in the last digits between machines; whole bits do not.
        agreement.surprise_bits = (bits + 1e-9).floor().max(0.0) as u32;
        Some(agreement)
    }

    /// What tags may call a package: its name, its name without the scope, the folder it is in.
    fn names(&self, package: PackageId, directory: Option<&str>) -> BTreeSet<String> {
        let name = self.tables.packages[package.row()].name.as_str();
        let short = name.rsplit('/').next().unwrap_or(name);
        let folder = directory.unwrap_or_default();
        let last = folder.rsplit('/').next().unwrap_or_default();
        [name, short, folder, last].into_iter().map(subject).filter(|name| !name.is_empty()).collect()
    }

    fn repository_name(&self, repository: RepositoryId) -> String {
        let url = self.tables.repositories[repository.row()].url.as_str();
        subject(url.rsplit('/').next().unwrap_or_default())
    }
}
