//! Rows of the suites → tables, in a fixed order.

use std::collections::BTreeMap;

use super::binary_row::BinaryRow;
use super::index::Index;
use super::people::People;
use super::resolve::{Edge, Resolver};
use super::source_row::SourceRow;
use crate::ids::{AccountId, AccountKey, Ecosystem, PackageId, SuiteId};
use crate::tables::{BuiltUse, Dependency, Maintainer, Package, Release, RepositoryLink, Suite, TablesBuilder};

/// Everything one suite says, with its dependencies resolved.
pub(super) struct SuiteRows {
    suite: Suite,
    sources: Index<SourceRow>,
    binaries: Index<BinaryRow>,
    /// By source row.
    binary_names: Vec<Vec<String>>,
    edges: Vec<Edge>,
    /// Source rows.
    built_uses: Vec<(u32, u32)>,
}

impl SuiteRows {
    /// Resolves the dependencies between the rows of one suite.
    pub(super) fn new(suite: Suite, mut sources: Index<SourceRow>, mut binaries: Index<BinaryRow>) -> Self {
        let resolver = Resolver::new(&sources.rows, &binaries.rows);
        let binary_names = resolver.binaries();
        let edges = resolver.edges(&mut sources.report, &mut binaries.report);
        let built_uses = resolver.built_uses(&mut binaries.report);
        Self { suite, sources, binaries, binary_names, edges, built_uses }
    }
}

/// Adds all suites. Accounts come first, because an address is judged by all its names.
pub(super) fn insert(suites: Vec<SuiteRows>, tables: &mut TablesBuilder) {
    let mut people = People::default();
    for rows in &suites {
        for (entry, _) in rows.sources.rows.iter().flat_map(|source| &source.maintainers) {
            people.see(entry, rows.suite.as_of);
        }
    }
    let accounts = people.insert(tables);
    for rows in suites {
        insert_suite(rows, &accounts, tables);
    }
}

fn insert_suite(rows: SuiteRows, accounts: &BTreeMap<AccountKey, AccountId>, tables: &mut TablesBuilder) {
    let SuiteRows { suite, sources, binaries, binary_names, edges, built_uses } = rows;
    let as_of = suite.as_of;
    let suite = tables.suite(suite);
    let mut packages = Vec::with_capacity(sources.rows.len());
    for (source, binaries) in sources.rows.into_iter().zip(binary_names) {
        let package = tables.package(Package {
            purl: source.purl,
            ecosystem: Ecosystem::Debian,
            name: source.name,
            facts_as_of: as_of,
            section: source.section,
            homepage: source.homepage,
            binaries,
            has_tests: source.has_tests,
            flags: Default::default(),
        });
        packages.push(package);
        let is_orphaned = source.is_orphaned;
        tables.rows.releases.push(Release { package, suite, version: source.version, is_orphaned });
        for (entry, role) in source.maintainers {
            let account = accounts.get(&entry.key).copied();
            tables.rows.maintainers.extend(account.map(|account| Maintainer { package, suite, account, role, since: None }));
        }
        insert_links(source.links, package, suite, tables);
    }
    tables.rows.dependencies.extend(edges.into_iter().map(|edge| Dependency {
        package: packages[edge.package as usize],
        suite,
        dependency: packages[edge.dependency as usize],
        kind: edge.kind,
        is_sole: edge.is_sole,
    }));
    tables.rows.built_uses.extend(built_uses.into_iter().map(|(package, used)| BuiltUse {
        package: packages[package as usize],
        suite,
        used: packages[used as usize],
    }));
    tables.rows.reports.extend([sources.report, binaries.report]);
}

fn insert_links(links: Vec<super::vcs::Link>, package: PackageId, suite: SuiteId, tables: &mut TablesBuilder) {
    for link in links {
        let repository = tables.repository(link.url);
        tables.rows.repository_links.push(RepositoryLink {
            package,
            suite,
            repository,
            relation: link.relation,
            directory: link.directory,
            branch: link.branch,
            evidence_level: 0,
        });
    }
}
