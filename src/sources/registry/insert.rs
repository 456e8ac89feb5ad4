//! Projects of one registry → tables.

use std::collections::BTreeMap;

use super::account::Login;
use super::packages::Registry;
use super::project::{Project, Version};
use crate::ids::{AccountId, PackageId, SuiteId};
use crate::sources::homepage;
use crate::tables::{
    Dependency, LinkRelation, Maintainer, Package, Provenance, Publication, ReadReport, Release, RepositoryLink, Suite,
    TablesBuilder,
};
use crate::units::Day;

/// Adds `projects`, one suite in all: the packages that were asked for, as of the newest day any of them shows. Dependencies on
/// packages that were not asked for are counted in `report`, not followed. Nothing is added when no package has a day.
pub(in crate::sources) fn insert(registry: Registry, projects: Vec<Project>, mut report: ReadReport, tables: &mut TablesBuilder) {
    let days = projects.iter().flat_map(|project| &project.versions).filter_map(|version| version.published);
    let Some(as_of) = days.max() else {
        report.skip_many("package of a list in which no version has a day", projects.len());
        tables.rows.reports.push(report);
        return;
    };
    let suite = tables.suite(Suite { ecosystem: registry.ecosystem, as_of, name: registry.name.to_owned() });
    let mut into = Into { registry, as_of, suite, tables };
    let packages: BTreeMap<_, _> = projects.iter().map(|project| (project.purl.clone(), into.package(project))).collect();
    for project in projects {
        let package = packages[&project.purl];
        for need in &project.needs {
            match packages.get(&need.purl) {
                Some(&dependency) => {
                    into.tables.rows.dependencies.push(Dependency { package, suite, dependency, kind: need.kind, is_sole: true })
                }
                None => report.skip("dependency on a package that was not asked for"),
            }
        }
        into.rows(package, project, &mut report);
    }
    tables.rows.reports.push(report);
}

struct Into<'t> {
    registry: Registry,
    as_of: Day,
    suite: SuiteId,
    tables: &'t mut TablesBuilder,
}

impl Into<'_> {
    fn package(&mut self, project: &Project) -> PackageId {
        self.tables.package(Package {
            purl: project.purl.clone(),
            ecosystem: self.registry.ecosystem,
            name: project.name.clone(),
            facts_as_of: self.as_of,
            section: None,
            homepage: project.homepage.clone(),
            binaries: Vec::new(),
            has_tests: false,
            flags: project.flags.clone(),
        })
    }

    fn account(&mut self, login: Login) -> AccountId {
        self.tables.account(login.account(self.registry.name, self.as_of))
    }

    fn rows(&mut self, package: PackageId, project: Project, report: &mut ReadReport) {
        let suite = self.suite;
        self.tables.rows.releases.push(Release { package, suite, version: project.newest, is_orphaned: false });
        for login in project.logins {
            let (role, account) = (login.role, self.account(login));
            self.tables.rows.maintainers.push(Maintainer { package, suite, account, role, since: None });
        }
        for link in project.links {
            let repository = self.tables.repository(link.url);
            self.tables.rows.repository_links.push(RepositoryLink {
                package,
                suite,
                repository,
                relation: LinkRelation::Source,
                // A folder may be called like an address, which no table may hold.
                directory: link.directory.filter(|folder| !homepage::holds_an_address(folder)),
                branch: None,
                evidence_level: link.evidence_level,
            });
        }
        for version in project.versions {
            let row = self.publication(package, version);
            self.tables.rows.publications.push(row);
        }
        let attested = project.attested.into_iter().map(|one| Provenance {
            package,
            version: one.version,
            is_verified: one.is_verified,
            reason: one.reason.map(|reason| reason.key().to_owned()),
            issuer: one.issuer,
            repository: one.repository,
            workflow: one.workflow,
            commit: one.commit,
            log_index: one.log_index,
        });
        self.tables.rows.provenance.extend(attested);
        merge(report, project.report);
    }

    fn publication(&mut self, package: PackageId, version: Version) -> Publication {
        let publisher = version.publisher.map(|login| self.account(login));
        let Version { version, published, authorization, is_yanked, digest, commit, registry_signature, .. } = version;
        Publication { package, version, published, publisher, authorization, is_yanked, digest, commit, registry_signature }
    }
}

/// Counts of one document into those of all.
pub(super) fn merge(into: &mut ReadReport, one: ReadReport) {
    into.read_count += one.read_count;
    for (reason, reject) in one.rejects {
        let known = into.rejects.entry(reason).or_insert_with(|| crate::tables::Reject { count: 0, first_row: reject.first_row });
        known.count += reject.count;
        known.first_row = known.first_row.min(reject.first_row);
    }
    for (reason, count) in one.skips {
        into.skip_many(&reason, count as usize);
    }
}
