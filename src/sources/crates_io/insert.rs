//! One package → rows, the same from a dump and from an index.

use std::collections::BTreeSet;

use crate::ids::{Ecosystem, PackageId, Purl, RepositoryUrl, SuiteId};
use crate::sources::homepage;
use crate::tables::{LinkRelation, Package, PackageFlag, ReadReport, Release, RepositoryLink, TablesBuilder};
use crate::units::Day;

use super::crate_file::is_folder;

/// What the registry or the package says of it.
pub(super) struct Listed<'a> {
    pub(super) name: &'a str,
    /// Newest version that counts.
    pub(super) version: &'a str,
    pub(super) homepage: Option<&'a str>,
    pub(super) repository: Option<&'a str>,
    /// Folder of the repository.
    pub(super) directory: Option<&'a str>,
    /// States.
    pub(super) flags: BTreeSet<PackageFlag>,
}

impl Listed<'_> {
    /// Adds package, release and link. `None` when the name has no canonical form. What cannot be shown is counted.
    pub(super) fn insert(
        &self,
        suite: SuiteId,
        as_of: Day,
        tables: &mut TablesBuilder,
        report: &mut ReadReport,
    ) -> Option<PackageId> {
        let package = tables.package(Package {
            purl: Purl::new(Ecosystem::Cargo, self.name)?,
            ecosystem: Ecosystem::Cargo,
            name: self.name.to_owned(),
            facts_as_of: as_of,
            section: None,
            homepage: self.homepage.and_then(|text| kept(homepage::check(text), report)).map(str::to_owned),
            binaries: Vec::new(),
            has_tests: false,
            flags: self.flags.clone(),
        });
        tables.rows.releases.push(Release { package, suite, version: self.version.to_owned(), is_orphaned: false });
        if let Some((url, directory)) = self.repository.and_then(|text| kept(repository(text), report)) {
            let repository = tables.repository(url);
            let directory = self.directory.map(str::to_owned).or(directory).filter(|folder| is_folder(folder));
            tables.rows.repository_links.push(RepositoryLink {
                package,
                suite,
                repository,
                relation: LinkRelation::Source,
                directory,
                branch: None,
                // The package says so itself; nobody checked it.
                evidence_level: 0,
            });
        }
        Some(package)
    }
}

/// A page of a forge, or anything git can clone.
fn repository(text: &str) -> Result<(RepositoryUrl, Option<String>), &'static str> {
    let text = text.trim();
    let page = RepositoryUrl::from_web_page(text);
    page.or_else(|_| RepositoryUrl::parse(text).map(|url| (url, None))).map_err(|reject| reject.reason())
}

fn kept<T>(checked: Result<T, &'static str>, report: &mut ReadReport) -> Option<T> {
    checked.map_err(|reason| report.skip(reason)).ok()
}
