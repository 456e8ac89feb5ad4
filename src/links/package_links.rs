//! Which packages of different registries are the same project: by the repository and the web page they name, and by the rules a
//! distribution has for names. Nothing of trust flows over these links, and no score can see them.
//!
//! Anybody may name any repository. So a repository counts fully only between packages of which neither merely says so, a common
//! repository or page counts the less the more packages share it (a proven one among the proven only, so that strangers who name it
//! take nothing from it), and where it is shared by many, those whose names agree are taken. A name alone is weak.

use std::collections::{BTreeMap, BTreeSet};

use super::package_names::{by_rule, names_in, plain};
use crate::ids::{Ecosystem, PackageId, RepositoryId};
use crate::job::LinkParameters;
use crate::tables::{LinkRelation, Package, PackageLink, PackageLinkEvidence, RepositoryLink, Tables};

/// Links at or above the least confidence, each in both directions, sorted by package and other. O(packages + links), with
/// logarithms. Evidence levels of `tables` must have been judged.
pub fn package_links(tables: &Tables, parameters: &LinkParameters) -> Vec<PackageLink> {
    let ecosystems: BTreeSet<Ecosystem> = tables.packages.iter().map(|package| package.ecosystem).collect();
    if ecosystems.len() < 2 {
        return Vec::new();
    }
    let mut search = Search { tables, parameters, found: BTreeMap::new() };
    search.by_names();
    search.by_repositories();
    search.by_homepages();
    search.links()
}

/// Packages that name one thing → whether more than their word speaks for it.
type Group = BTreeMap<PackageId, bool>;

/// What was found of a pair, the smaller id first.
#[derive(Default)]
struct Found {
    evidence: PackageLinkEvidence,
    repository: Option<RepositoryId>,
    /// Of the common repositories and pages, the largest confidence: one hand may have written them all, so they do not add up.
    place_confidence: f64,
}

struct Search<'t> {
    tables: &'t Tables,
    parameters: &'t LinkParameters,
    found: BTreeMap<(PackageId, PackageId), Found>,
}

impl Search<'_> {
    fn package(&self, id: PackageId) -> &Package {
        &self.tables.packages[id.row()]
    }

    fn found(&mut self, a: PackageId, b: PackageId) -> &mut Found {
        self.found.entry((a.min(b), a.max(b))).or_default()
    }

    /// Pairs that a distribution's rules for names suggest.
    fn by_names(&mut self) {
        let tables = self.tables;
        let ids = || (0..).map(PackageId::from_row).zip(&tables.packages);
        let mut registered: BTreeMap<(Ecosystem, String), Vec<PackageId>> = BTreeMap::new();
        for (id, package) in ids().filter(|(_, package)| !package.ecosystem.is_curated()) {
            registered.entry((package.ecosystem, plain(&package.name))).or_default().push(id);
        }
        let used: BTreeSet<PackageId> = tables.built_uses.iter().map(|row| row.used).collect();
        for (id, package) in ids().filter(|(_, package)| package.ecosystem.is_curated()) {
            for ecosystem in Ecosystem::ALL {
                let names = by_rule(package, ecosystem).into_iter();
                let others: Vec<PackageId> =
                    names.filter_map(|name| registered.get(&(ecosystem, name))).flatten().copied().collect();
                for other in others {
                    let evidence = &mut self.found(id, other).evidence;
                    evidence.is_same_name = true;
                    // Only libraries that are compiled in are listed so.
                    evidence.is_built_using = ecosystem == Ecosystem::Cargo && used.contains(&id);
                }
            }
        }
    }

    /// Pairs that name one repository.
    fn by_repositories(&mut self) {
        let mut groups: BTreeMap<RepositoryId, Group> = BTreeMap::new();
        for link in newest(&self.tables.repository_links) {
            let is_curated = self.package(link.package).ecosystem.is_curated();
            let is_proven = is_curated || f64::from(link.evidence_level) >= self.parameters.min_proven_level.value;
            *groups.entry(link.repository).or_default().entry(link.package).or_default() |= is_proven;
        }
        let LinkParameters { proven_repository_confidence, claimed_repository_confidence, .. } = self.parameters;
        for (repository, group) in groups {
            self.pair(&group, claimed_repository_confidence.value, |found, confidence| {
                found.evidence.is_claimed_repository = true;
                found.take(Some(repository), confidence);
            });
            let proven: Group = group.into_iter().filter(|(_, is_proven)| *is_proven).collect();
            self.pair(&proven, proven_repository_confidence.value, |found, confidence| {
                found.evidence.is_proven_repository = true;
                found.take(Some(repository), confidence);
            });
        }
    }

    /// Pairs that name one web page.
    fn by_homepages(&mut self) {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for (id, package) in (0..).map(PackageId::from_row).zip(&self.tables.packages) {
            if let Some(homepage) = &package.homepage {
                groups.entry(page(homepage)).or_default().insert(id, false);
            }
        }
        let confidence = self.parameters.same_homepage_confidence.value;
        for group in groups.into_values() {
            self.pair(&group, confidence, |found, confidence| {
                found.evidence.is_same_homepage = true;
                found.take(None, confidence);
            });
        }
    }

    /// Calls `note` for pairs of `group` in different ecosystems: all of them, with `confidence` divided by how many pairs there are,
    /// unless that is too little to be shown; and those whose names agree with all of it.
    fn pair(&mut self, group: &Group, confidence: f64, note: impl Fn(&mut Found, f64)) {
        let mut by_ecosystem: BTreeMap<Ecosystem, Vec<PackageId>> = BTreeMap::new();
        for id in group.keys() {
            by_ecosystem.entry(self.package(*id).ecosystem).or_default().push(*id);
        }
        let sides: Vec<(Ecosystem, Vec<PackageId>)> = by_ecosystem.into_iter().collect();
        for (at, (ecosystem, ids)) in sides.iter().enumerate() {
            for (other_ecosystem, others) in &sides[at + 1..] {
                let shared = confidence / (ids.len() as f64 * others.len() as f64);
                if shared >= self.parameters.min_package_link_confidence.value {
                    for (a, b) in ids.iter().flat_map(|a| others.iter().map(move |b| (*a, *b))) {
                        note(self.found(a, b), shared);
                    }
                }
                for (a, b) in self.namesakes((*ecosystem, ids), (*other_ecosystem, others)) {
                    note(self.found(a, b), confidence);
                }
            }
        }
    }

    /// Pairs of two lists, each of one ecosystem, that have a name in common.
    fn namesakes(
        &self,
        (ecosystem, ids): (Ecosystem, &[PackageId]),
        others: (Ecosystem, &[PackageId]),
    ) -> BTreeSet<(PackageId, PackageId)> {
        let mut named: BTreeMap<String, Vec<PackageId>> = BTreeMap::new();
        for other in others.1 {
            for name in names_in(self.package(*other), ecosystem) {
                named.entry(name).or_default().push(*other);
            }
        }
        let mut pairs = BTreeSet::new();
        for id in ids {
            for name in names_in(self.package(*id), others.0) {
                pairs.extend(named.get(&name).into_iter().flatten().map(|other| (*id, *other)));
            }
        }
        pairs
    }

    fn links(self) -> Vec<PackageLink> {
        let mut links = Vec::new();
        for ((package, other), found) in self.found {
            let confidence = confidence(&found, self.parameters);
            if confidence >= self.parameters.min_package_link_confidence.value {
                let Found { mut evidence, repository, .. } = found;
                evidence.is_claimed_repository &= !evidence.is_proven_repository;
                let link = PackageLink { package, other, evidence, repository, confidence };
                links.extend([link, PackageLink { package: other, other: package, ..link }]);
            }
        }
        links.sort_by_key(|link| (link.package, link.other));
        links
    }
}

impl Found {
    /// Keeps the surest of what the pair has in common; of equals the first.
    fn take(&mut self, repository: Option<RepositoryId>, confidence: f64) {
        if confidence > self.place_confidence {
            self.place_confidence = confidence;
            self.repository = repository.or(self.repository);
        }
    }
}

/// One less the chance that name, place and build record all err, as if each erred by itself.
fn confidence(found: &Found, parameters: &LinkParameters) -> f64 {
    let of = |holds: bool, confidence: f64| if holds { 1.0 - confidence } else { 1.0 };
    let name = of(found.evidence.is_same_name, parameters.same_name_confidence.value);
    let built_using = of(found.evidence.is_built_using, parameters.built_using_confidence.value);
    1.0 - name * built_using * (1.0 - found.place_confidence)
}

/// Links to where a program comes from, as the newest list that names any says, contradicted ones left out. Where a distribution
/// keeps its packaging is nobody else's repository.
fn newest(links: &[RepositoryLink]) -> impl Iterator<Item = &RepositoryLink> {
    // Lists of an ecosystem are sorted by day.
    let of_package = links.chunk_by(|a, b| a.package == b.package);
    let newest = of_package.flat_map(|own| own.iter().filter(|link| own.last().is_some_and(|last| last.suite == link.suite)));
    newest.filter(|link| link.relation != LinkRelation::Packaging && link.evidence_level >= 0)
}

/// A web page without what does not tell pages apart.
fn page(homepage: &str) -> String {
    let rest = homepage.split_once("://").map_or(homepage, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.split('#').next().unwrap_or_default().trim_end_matches('/').trim_end_matches(".git").to_lowercase()
}

#[cfg(test)]
mod tests;
