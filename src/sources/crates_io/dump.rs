//! A database dump → rows. One pass over the archive, then one over the packages.

use std::io::Read;

use rustc_hash::{FxHashMap, FxHashSet};
use semver::Version;
use serde::Deserialize;

use super::insert::Listed;
use super::publishers::Publisher;
use super::tables::{CrateRow, Dump, NeedRow, OwnerRow, UNREAD, VersionRow, comparable};
use super::{SOURCE, archive, check_rejects, input_error, people};
use crate::ids::{Ecosystem, PackageId, RepositoryUrl, SuiteId};
use crate::sources::{RawFile, SourceError};
use crate::tables::{
    Dependency, LinkRelation, Maintainer, MaintainerRole, PackageFlag, Publication, ReadReport, RepositoryLink, Suite,
    TablesBuilder,
};
use crate::units::Day;

/// Files of a dump that hold no rows.
const PROSE: [&str; 4] = ["README.md", "schema.sql", "import.sql", "export.sql"];
/// Largest `metadata.json`.
const MAX_METADATA_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
struct Metadata {
    timestamp: String,
}

/// Reads the dump.
pub(super) fn read(dump: &RawFile, limit: f64, until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
    let (mut rows, mut taken, mut reports) = (Dump::default(), None, Vec::new());
    let mut other = ReadReport::new(SOURCE, dump.name.clone());
    archive::each_file(dump, |file, reader| {
        let mut report = ReadReport::new(SOURCE, file);
        if reports.iter().any(|known: &ReadReport| known.file == file) {
            return Err(input_error(file, "is twice in the dump; get the dump again"));
        }
        match rows.read(file, reader, &mut report) {
            Some(result) => {
                result?;
                check_rejects(&report, limit)?;
                reports.push(report);
            }
            None if file == "metadata.json" => taken = Some(metadata(reader)?),
            None if UNREAD.contains(&file) || PROSE.contains(&file) => other.skip("file of no use here"),
            None => {
                tracing::warn!("{SOURCE}: {}: a file of the dump is new; it is not read", file.escape_debug());
                other.skip("file that this version does not know");
            }
        }
        Ok(())
    })?;
    for needed in ["crates.csv", "versions.csv", "dependencies.csv", "crate_owners.csv", "users.csv", "teams.csv"] {
        if !reports.iter().any(|report| report.file == needed) {
            return Err(input_error(&dump.name, format!("holds no {needed}; that is no whole dump")));
        }
    }
    // What it holds is no younger than itself, whatever its label says.
    let dated = rows.versions.iter().map(|version| version.created).chain(rows.owners.iter().map(|owner| owner.since));
    let as_of = dated.chain([taken]).max().flatten();
    let as_of = as_of.ok_or_else(|| input_error(&dump.name, "holds no version with a day"))?;
    tables.rows.reports.extend(reports);
    if until.is_none_or(|until| as_of <= until) {
        Packages::new(rows, as_of, &mut other).insert(tables);
    } else {
        other.skip("dump is of a later day than asked for");
    }
    tables.rows.reports.push(other);
    Ok(())
}

fn metadata(reader: &mut dyn Read) -> Result<Day, SourceError> {
    let wrong = || input_error("metadata.json", "says of no day; get the dump again");
    let mut text = Vec::new();
    reader.take(MAX_METADATA_BYTES).read_to_end(&mut text).map_err(|_| wrong())?;
    let metadata: Metadata = serde_json::from_slice(&text).map_err(|_| wrong())?;
    metadata.timestamp.get(..10).and_then(Day::parse).ok_or_else(wrong)
}

/// A dump, ready to become rows.
struct Packages<'r> {
    rows: Dump,
    as_of: Day,
    report: &'r mut ReadReport,
}

impl<'r> Packages<'r> {
    fn new(mut rows: Dump, as_of: Day, report: &'r mut ReadReport) -> Self {
        // Rows of one package stand together, in the order of their numbers, in whatever order the dump has them.
        rows.crates.sort_unstable_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        rows.versions.sort_unstable_by_key(|version| (version.krate, version.id));
        // Of an owner that stands twice a row with a day comes first.
        rows.owners.sort_unstable_by_key(|owner| (owner.krate, owner.is_team, owner.owner, owner.since.is_none(), owner.since));
        Self { rows, as_of, report }
    }

    fn insert(self, tables: &mut TablesBuilder) {
        let suite = tables.suite(Suite { ecosystem: Ecosystem::Cargo, as_of: self.as_of, name: "dump".to_owned() });
        let (mut packages, mut shown) = (FxHashMap::default(), FxHashMap::default());
        for (row, krate) in self.rows.crates.iter().enumerate() {
            if row > 0 && self.rows.crates[row - 1].name == krate.name {
                self.report.skip("package stands twice");
                continue;
            }
            let versions = of(&self.rows.versions, krate.id, |version| version.krate);
            let Some(newest) = newest(versions, self.rows.default_versions.get(&krate.id)) else {
                self.report.skip("package has no version");
                continue;
            };
            let CrateRow { name, homepage, repository, is_trusted_only, .. } = krate;
            let (homepage, repository) = (homepage.as_deref(), repository.as_deref());
            let flags = [
                (self.rows.deleted.contains(&comparable(name)), PackageFlag::NameReused),
                (*is_trusted_only == Some(true), PackageFlag::TrustedPublishingOnly),
            ];
            let flags = flags.into_iter().filter_map(|(is_set, flag)| is_set.then_some(flag)).collect();
            let listed = Listed { name, version: &newest.number, homepage, repository, directory: None, flags };
            let Some(package) = listed.insert(suite, self.as_of, tables, self.report) else { continue };
            packages.insert(krate.id, package);
            shown.insert(newest.id, package);
            self.rows.publish(package, versions, self.report, tables);
            trusted_link(package, suite, newest.trusted.as_deref(), tables);
            let owners = of(&self.rows.owners, krate.id, |owner| owner.krate);
            self.rows.own((package, suite), owners, self.as_of, self.report, tables);
        }
        insert_needs(&self.rows.needs, &packages, &shown, suite, self.report, tables);
    }
}

/// Rows of one package out of all, which are sorted by it.
fn of<T>(rows: &[T], krate: u32, package: impl Fn(&T) -> u32) -> &[T] {
    let start = rows.partition_point(|row| package(row) < krate);
    let count = rows[start..].partition_point(|row| package(row) == krate);
    &rows[start..start + count]
}

/// The version the registry shows; else the highest, not withdrawn and not a test release where there is one.
fn newest<'v>(versions: &'v [VersionRow], default: Option<&u32>) -> Option<&'v VersionRow> {
    if let Some(shown) = default.and_then(|id| versions.iter().find(|version| version.id == *id)) {
        return Some(shown);
    }
    let rank = |version: &VersionRow| {
        let number = Version::parse(&version.number).ok();
        (!version.is_yanked, number.as_ref().is_some_and(|number| number.pre.is_empty()), number, version.id)
    };
    versions.iter().max_by_key(|version| rank(version))
}

impl Dump {
    fn publish(&self, package: PackageId, versions: &[VersionRow], report: &mut ReadReport, tables: &mut TablesBuilder) {
        let mut seen = FxHashSet::default();
        for version in versions {
            if !seen.insert(&version.number) {
                report.skip("version stands twice");
                continue;
            }
            let login = |id: u32| self.logins.get(&id).map_or("", |login| login);
            let publisher = version.publisher.map(|id| people::person(tables, id.into(), login(id)));
            let publisher = Publisher { account: publisher, trusted: version.trusted.clone() };
            tables.rows.publications.push(Publication {
                package,
                version: version.number.as_ref().to_owned(),
                published: version.created,
                publisher: publisher.account,
                authorization: publisher.authorization(),
                is_yanked: version.is_yanked,
                digest: version.digest.map(|digest| format!("sha256:{}", crate::ordered::hex(&digest))),
                commit: None,
                registry_signature: None,
            });
        }
    }

    fn own(
        &self,
        (package, suite): (PackageId, SuiteId),
        owners: &[OwnerRow],
        as_of: Day,
        report: &mut ReadReport,
        tables: &mut TablesBuilder,
    ) {
        for (row, owner) in owners.iter().enumerate() {
            if row > 0 && (owners[row - 1].is_team, owners[row - 1].owner) == (owner.is_team, owner.owner) {
                report.skip("owner stands twice");
                continue;
            }
            let logins = if owner.is_team { &self.teams } else { &self.logins };
            let login = logins.get(&owner.owner).map_or("", |login| login);
            let account = if owner.is_team {
                people::team(tables, owner.owner.into(), login, as_of)
            } else {
                people::person(tables, owner.owner.into(), login)
            };
            let role = MaintainerRole::Maintainer;
            tables.rows.maintainers.push(Maintainer { package, suite, account, role, since: owner.since });
        }
    }
}

/// Level of a link the registry itself verified: it let the repository's workflow publish.
const REGISTRY_VERIFIED: i8 = 4;

/// Links `package` to the repository whose workflow the registry let publish its newest version, if it did.
pub(super) fn trusted_link(package: PackageId, suite: SuiteId, trusted: Option<&str>, tables: &mut TablesBuilder) {
    let Some(Ok(url)) = trusted.map(RepositoryUrl::parse) else { return };
    let repository = tables.repository(url);
    tables.rows.repository_links.push(RepositoryLink {
        package,
        suite,
        repository,
        relation: LinkRelation::Source,
        directory: None,
        branch: None,
        evidence_level: REGISTRY_VERIFIED,
    });
}

/// What the shown version of each package needs.
fn insert_needs(
    needs: &[NeedRow],
    packages: &FxHashMap<u32, PackageId>,
    shown: &FxHashMap<u32, PackageId>,
    suite: SuiteId,
    report: &mut ReadReport,
    tables: &mut TablesBuilder,
) {
    let mut seen = FxHashSet::default();
    for need in needs {
        let Some(&package) = shown.get(&need.version) else { continue };
        let Some(&dependency) = packages.get(&need.krate) else {
            report.skip("dependency is not in the dump");
            continue;
        };
        if seen.insert((package, dependency, need.kind)) {
            tables.rows.dependencies.push(Dependency { package, suite, dependency, kind: need.kind, is_sole: true });
        }
    }
}
