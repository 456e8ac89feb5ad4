//! Rows of packages, binaries, releases, repositories, links and dependencies.

use std::collections::{BTreeMap, BTreeSet};

use super::{Names, RunResults};
use crate::graph::NodeKind;
use crate::ids::{PackageId, RepositoryId};
use crate::snapshot::Text;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;
use crate::tables::{Agreement, DependencyKind, LinkRelation, RepositoryEvidence};

pub(super) fn fill(run: &RunResults, names: &Names, published: &mut Published) {
    published.repository_links = repository_links(run, names);
    published.repository_evidence = repository_evidence(run, names);
    published.packages = packages(run, names, &published.repository_links);
    published.binaries = binaries(run, names);
    published.releases = releases(run, names);
    published.repositories = repositories(run, names, &published.repository_links);
    (published.dependencies, published.dependents) = dependencies(run, names);
}

fn repository_links(run: &RunResults, names: &Names) -> Vec<RepositoryLinkRow> {
    let newest = run.tables.repository_links.iter().filter(|l| run.graph.present.newest_listing(l.package) == Some(l.suite));
    let mut rows: Vec<RepositoryLinkRow> = newest
        .map(|link| RepositoryLinkRow {
            purl: names.purl(link.package),
            repository_url: names.repository(link.repository),
            relation: link.relation.name().into(),
            directory: link.directory.as_ref().map(Text::from),
            branch: link.branch.as_ref().map(Text::from),
            evidence_level: i64::from(link.evidence_level),
        })
        .collect();
    let key = |row: &RepositoryLinkRow| (row.purl, row.repository_url, row.relation);
    // Of several links the best proven one stays.
    rows.sort_by_cached_key(|row| (key(row), std::cmp::Reverse(row.evidence_level), row.directory));
    rows.dedup_by_key(|row| key(row));
    rows
}

fn repository_evidence(run: &RunResults, names: &Names) -> Vec<RepositoryEvidenceRow> {
    let row = |row: &RepositoryEvidence| {
        let counted = |count: fn(Agreement) -> u32| row.agreement.map(|agreement| i64::from(count(agreement)));
        let compared = row.agreement.filter(|agreement| agreement.compared_version_count > 0);
        RepositoryEvidenceRow {
            purl: names.purl(row.package),
            repository_url: names.repository(row.repository),
            evidence_level: i64::from(row.evidence_level),
            basis: row.basis.name().into(),
            compared_version_count: counted(|agreement| agreement.compared_version_count),
            matched_version_count: counted(|agreement| agreement.matched_version_count),
            overlap_share: compared.map(|one| f64::from(one.matched_version_count) / f64::from(one.compared_version_count)),
            version_tag_count: counted(|agreement| agreement.version_tag_count),
            surprise_bits: counted(|agreement| agreement.surprise_bits),
            claimant_count: i64::from(row.claimant_count),
            unrelated_claimant_count: i64::from(row.unrelated_claimant_count),
        }
    };
    run.tables.repository_evidence.iter().map(row).collect()
}

fn packages(run: &RunResults, names: &Names, links: &[RepositoryLinkRow]) -> Vec<PackageRow> {
    let counts = direct_counts(run);
    let mut claimed: BTreeMap<(&str, &str), Text> = BTreeMap::new();
    for link in links {
        claimed.entry((&link.purl, &link.relation)).or_insert(link.repository_url);
    }
    let newest: BTreeMap<_, _> = run
        .tables
        .releases
        .iter()
        .filter(|row| run.graph.present.newest_listing(row.package) == Some(row.suite))
        .map(|row| (row.package, row))
        .collect();
    let row = |(package, release): (&PackageId, &&crate::tables::Release)| {
        let (facts, known) = (&run.tables.packages[package.row()], &run.graph.packages[package.row()]);
        let purl = names.purl(*package);
        let repository = |relation: LinkRelation| claimed.get(&(purl.as_str(), relation.name())).copied();
        let control = run.facts.control_in(*package, release.suite);
        let persons = control.iter().filter(|(node, _)| run.graph.nodes.kind(*node) == NodeKind::Person).count();
        let direct = &counts[package.row()];
        PackageRow {
            packaging_repository_url: repository(LinkRelation::Packaging),
            upstream_repository_url: repository(LinkRelation::Upstream),
            source_repository_url: repository(LinkRelation::Source),
            status: super::registries::status(run, *package),
            purl,
            ecosystem: facts.ecosystem.name().into(),
            name: (&facts.name).into(),
            section: facts.section.as_ref().map(Text::from),
            version: (&release.version).into(),
            suite: names.suite(release.suite),
            is_listed: known.is_listed,
            is_orphaned: known.is_orphaned,
            first_seen: known.first_seen,
            homepage: facts.homepage.as_ref().map(Text::from),
            has_tests: facts.has_tests,
            maintainer_count: persons as i64,
            runtime_dependency_count: direct.runtime,
            build_dependency_count: direct.build,
            dependent_count: direct.dependents.len() as i64,
            transitive_dependent_count: known.is_listed.then(|| run.scores.transitive_dependent_counts[package.row()] as i64),
            cycle_package_count: known.is_listed.then(|| run.scores.cycle_sizes[package.row()] as i64),
        }
    };
    newest.iter().map(row).collect()
}

/// Direct dependencies and dependents of a package in the newest suite that lists it.
#[derive(Clone, Default)]
struct Direct {
    runtime: i64,
    build: i64,
    dependents: BTreeSet<PackageId>,
}

fn direct_counts(run: &RunResults) -> Vec<Direct> {
    let mut counts = vec![Direct::default(); run.tables.packages.len()];
    for edge in &run.tables.dependencies {
        if run.graph.present.newest_listing(edge.package) == Some(edge.suite) {
            let count = &mut counts[edge.package.row()];
            match edge.kind {
                DependencyKind::Runtime => count.runtime += 1,
                DependencyKind::Build => count.build += 1,
                DependencyKind::Optional | DependencyKind::Development => {}
            }
        }
        if run.graph.present.newest_listing(edge.dependency) == Some(edge.suite) {
            counts[edge.dependency.row()].dependents.insert(edge.package);
        }
    }
    counts
}

/// Binary names of listed packages. Of two packages that claim one name the first in purl order keeps it.
fn binaries(run: &RunResults, names: &Names) -> Vec<BinaryRow> {
    let mut rows: BTreeMap<(&str, &str), PackageId> = BTreeMap::new();
    for package in run.facts.listed_packages() {
        let facts = &run.tables.packages[package.row()];
        for binary in &facts.binaries {
            rows.entry((facts.ecosystem.name(), binary)).or_insert(package);
        }
    }
    let row = |((ecosystem, binary), package): ((&'static str, &str), PackageId)| BinaryRow {
        ecosystem: ecosystem.into(),
        binary_name: binary.into(),
        purl: names.purl(package),
    };
    rows.into_iter().map(row).collect()
}

fn releases(run: &RunResults, names: &Names) -> Vec<ReleaseRow> {
    let row = |release: &crate::tables::Release| ReleaseRow {
        purl: names.purl(release.package),
        suite: names.suite(release.suite),
        as_of: run.tables.suites[release.suite.row()].as_of,
        version: (&release.version).into(),
        is_orphaned: release.is_orphaned,
    };
    let mut rows: Vec<ReleaseRow> = run.tables.releases.iter().map(row).collect();
    rows.sort_by(|a, b| (&a.purl, &a.suite).cmp(&(&b.purl, &b.suite)));
    rows.dedup_by(|later, kept| (&later.purl, &later.suite) == (&kept.purl, &kept.suite));
    rows
}

fn repositories(run: &RunResults, names: &Names, links: &[RepositoryLinkRow]) -> Vec<RepositoryRow> {
    let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for link in links {
        packages.entry(&link.repository_url).or_default().push(&link.purl);
    }
    type Known<'a> = ((&'a crate::tables::Repository, &'a crate::graph::RepositoryFacts), Option<RepositoryId>);
    let row = |((repository, facts), group): Known| {
        let has_history = repository.history_as_of.is_some();
        let naming = packages.get_mut(repository.url.as_str()).map_or(0, |list| {
            list.sort_unstable();
            list.dedup();
            list.len()
        });
        RepositoryRow {
            repository_url: repository.url.to_string().into(),
            history_as_of: repository.history_as_of,
            first_commit: facts.commits.map(|(first, _)| first),
            last_commit: facts.commits.map(|(_, last)| last),
            commit_count: has_history.then_some(facts.commit_count as i64),
            contributor_count: has_history.then_some(facts.contributor_count as i64),
            package_count: naming as i64,
            fork_group: group.map(|group| names.repository(group)),
            copied_commit_count: has_history.then_some(facts.copied_commit_count as i64),
        }
    };
    let groups = (0..run.tables.repositories.len()).map(|row| run.identities.forks.group_of(RepositoryId::from_row(row)));
    run.tables.repositories.iter().zip(&run.graph.repositories).zip(groups).map(row).collect()
}

fn dependencies(run: &RunResults, names: &Names) -> (Vec<DependencyRow>, Vec<DependentRow>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    for edge in run.tables.dependencies.iter().filter(|edge| run.graph.present.is_newest(edge.suite)) {
        let earlier = run.facts.suites_of(edge.package);
        let was_there = |before| {
            let key = (edge.package, before, edge.dependency, edge.kind);
            let rows = &run.tables.dependencies;
            let at = rows.partition_point(|row| (row.package, row.suite, row.dependency, row.kind) < key);
            rows.get(at).is_some_and(|row| (row.package, row.suite, row.dependency, row.kind) == key)
        };
        let (purl, dependency_purl) = (names.purl(edge.package), names.purl(edge.dependency));
        backward.push(DependentRow { dependency_purl, purl, kind: edge.kind.name().into() });
        forward.push(DependencyRow {
            purl,
            dependency_purl,
            kind: edge.kind.name().into(),
            is_sole: edge.is_sole,
            is_new: earlier.map(|(before, _)| !was_there(before)),
        });
    }
    forward.sort_by(|a, b| (&a.purl, &a.dependency_purl, &a.kind).cmp(&(&b.purl, &b.dependency_purl, &b.kind)));
    backward.sort_by(|a, b| (&a.dependency_purl, &a.purl, &a.kind).cmp(&(&b.dependency_purl, &b.purl, &b.kind)));
    (forward, backward)
}
