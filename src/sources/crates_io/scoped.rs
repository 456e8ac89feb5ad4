//! What a `Cargo.lock` names: documents of the sparse index, and the packages' own files.
//!
//! All versions of a package are publications; the newest locked one is its release. Dependencies are those of the locked
//! versions on packages that are locked themselves. Who may publish, and who did, is known only when the registry's program was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use semver::Version;
use url::Url;

use super::crate_file::{self, CrateFile};
use super::dump::trusted_link;
use super::index::{self, Config, Line};
use super::insert::Listed;
use super::lockfile::{self, Locked};
use super::{LOCKFILE, SOURCE, base, check_rejects, fetch_error, input_error, owners, pin, publishers};
use crate::ids::{Ecosystem, PackageId, SuiteId};
use crate::job::CratesIoSource;
use crate::sources::fetch::{Document, Fetcher, Pace};
use crate::sources::{FetchContext, RawFile, SourceError};
use crate::tables::{Dependency, Maintainer, MaintainerRole, Publication, ReadReport, Suite, TablesBuilder};
use crate::units::Day;

/// Largest package file taken; the registry allows 10 MiB, and more to a few.
const MAX_PACKAGE_BYTES: u64 = 128 << 20;
/// The registry asks of crawlers that they ask its program once a second at most. On a mirror where it shares the host of the index, the
/// pace of that host holds.
const PROGRAM: Pace = Pace { per_second: 1.0, open: 1 };

/// Brings what the lockfile at `path` names.
pub(super) fn fetch(path: &Path, settings: &CratesIoSource, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
    let mut raw = vec![pin(LOCKFILE.to_owned(), path)?];
    let locked = locked(&raw[0], &mut ReadReport::default())?;
    let base = base::index(context)?;
    let fetcher = Fetcher::new(SOURCE, context, &base)?;
    let max_age_seconds = (settings.max_age_hours * 3600.0) as i64;
    let aged = |document: Document| Document { max_age_seconds, ..document };
    let at = |path: &str| base.join(path).map_err(|error| fetch_error(format!("{path}: {error}")));
    let config = one(&fetcher, aged(Document::new("config.json", at("config.json")?)))?;
    let text = fs_err::read(&config.path).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
    let config: Config = serde_json::from_slice(&text).map_err(|_| {
        fetch_error("config.json says not where packages are; is the base address that of a sparse index?".into())
    })?;
    let documents: Vec<Document> = locked
        .keys()
        .map(|name| Ok(aged(Document::new(format!("index/{name}"), at(&index::path(name))?).about(name))))
        .collect::<Result<_, SourceError>>()?;
    raw.extend(fetcher.documents(&documents)?.into_iter().flatten());
    let packages: Vec<Document> = locked.iter().flat_map(|(name, versions)| packages_of(&config, name, versions)).collect();
    raw.extend(fetcher.documents(&packages)?.into_iter().flatten());
    let asked: Vec<&str> =
        [("owners", settings.owners), ("versions", settings.publishers)].iter().filter(|one| one.1).map(|one| one.0).collect();
    if let Some(api) = config.api.as_deref().filter(|_| !asked.is_empty()) {
        let of = |name: &String| asked.iter().filter_map(|what| answer(api, name, what)).collect::<Vec<_>>();
        let documents: Vec<Document> = locked.keys().flat_map(of).map(aged).collect();
        let fetcher = Fetcher::new(SOURCE, context, &base)?.at_pace(PROGRAM);
        raw.extend(fetcher.documents(&documents)?.into_iter().flatten());
    }
    Ok(raw)
}

fn one(fetcher: &Fetcher, document: Document) -> Result<RawFile, SourceError> {
    let name = document.name.clone();
    let missing = || fetch_error(format!("{name} is not at the base address; is that a sparse index?"));
    fetcher.documents(&[document])?.into_iter().flatten().next().ok_or_else(missing)
}

/// Files of the locked versions. One whose digest the lockfile does not hold is left out: nothing would say that it is the one.
fn packages_of<'a>(
    config: &'a Config,
    name: &'a str,
    versions: &'a BTreeMap<Version, Option<String>>,
) -> impl Iterator<Item = Document> + 'a {
    versions.iter().filter_map(move |(version, checksum)| {
        let checksum = checksum.as_deref()?;
        let url = config.download(name, version, Some(checksum))?;
        let file = Document::file(format!("packages/{name}-{version}.crate"), url, MAX_PACKAGE_BYTES).about(name);
        Some(Document { sha256: Some(checksum.to_owned()), ..file })
    })
}

/// What the registry's program answers about the `owners` or `versions` of a package.
fn answer(api: &str, name: &str, what: &str) -> Option<Document> {
    let url = Url::parse(&format!("{}/api/v1/crates/{name}/{what}", api.trim_end_matches('/'))).ok()?;
    Some(Document::new(format!("{what}/{name}"), url).about(name))
}

fn locked(file: &RawFile, report: &mut ReadReport) -> Result<Locked, SourceError> {
    let text = fs_err::read_to_string(&file.path).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
    lockfile::read(&text, report).map_err(|what| input_error(LOCKFILE, what))
}

/// Reads what `fetch` brought.
pub(super) fn read(raw: &[RawFile], limit: f64, until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
    let files: BTreeMap<&str, &RawFile> = raw.iter().map(|file| (file.name.as_str(), file)).collect();
    let lockfile = files.get(LOCKFILE).ok_or_else(|| input_error(LOCKFILE, "did not come; run `fetch` again"))?;
    let mut report = ReadReport::new(SOURCE, LOCKFILE);
    let locked = locked(lockfile, &mut report)?;
    let mut index_report = ReadReport::new(SOURCE, "index");
    let lines = lines(&locked, &files, until, &mut index_report)?;
    let newest = lines.values().flatten().filter_map(|line| line.published).max();
    let Some(as_of) = newest else {
        return Err(input_error("index", format!("says of no version when it was published, so nothing is as of a day; {HINT}")));
    };
    let mut rows = Rows { as_of, locked: &locked, lines: &lines, files: &files, report: ReadReport::new(SOURCE, "packages") };
    rows.insert(tables);
    let reports = [report, index_report, rows.report];
    for report in &reports {
        check_rejects(report, limit)?;
    }
    tables.rows.reports.extend(reports);
    Ok(())
}

const HINT: &str = "use an index with `pubtime`, or a database dump";

/// Lines of every locked package, by name, published until the day that is asked for.
fn lines<'l>(
    locked: &'l Locked,
    files: &BTreeMap<&str, &RawFile>,
    until: Option<Day>,
    report: &mut ReadReport,
) -> Result<BTreeMap<&'l str, Vec<Line>>, SourceError> {
    let mut lines = BTreeMap::new();
    for name in locked.keys() {
        let Some(file) = files.get(format!("index/{name}").as_str()) else {
            report.skip("package is not in the index");
            continue;
        };
        let text = fs_err::read(&file.path).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
        let mut of_package = index::read(name, &text, report);
        of_package.retain(|line| until.is_none_or(|until| line.published.is_none_or(|day| day <= until)));
        lines.insert(name.as_str(), of_package);
    }
    Ok(lines)
}

/// What becomes rows.
struct Rows<'r> {
    as_of: Day,
    locked: &'r Locked,
    lines: &'r BTreeMap<&'r str, Vec<Line>>,
    files: &'r BTreeMap<&'r str, &'r RawFile>,
    report: ReadReport,
}

impl Rows<'_> {
    fn insert(&mut self, tables: &mut TablesBuilder) {
        let suite = tables.suite(Suite { ecosystem: Ecosystem::Cargo, as_of: self.as_of, name: "lockfile".to_owned() });
        let files = package_files(self.locked, self.files, &mut self.report);
        let mut packages = BTreeMap::new();
        for (&name, lines) in self.lines {
            // What the index does not list as of the day is not there yet.
            let is_listed = |version: &&Version| lines.iter().any(|line| line.version == **version);
            let Some(newest) = self.locked[name].keys().rfind(is_listed) else {
                self.report.skip("no locked version was published by then");
                continue;
            };
            let file = files.get(&(name, newest));
            let (version, none) = (newest.to_string(), CrateFile::default());
            let file = file.unwrap_or(&none);
            let listed = Listed {
                name,
                version: &version,
                homepage: file.homepage.as_deref(),
                repository: file.repository.as_deref(),
                directory: file.directory.as_deref(),
                flags: BTreeSet::new(),
            };
            let Some(package) = listed.insert(suite, self.as_of, tables, &mut self.report) else { continue };
            packages.insert(name, package);
            let publishers =
                self.answer("versions", name).map(|text| publishers::read(&text, tables, &mut self.report)).unwrap_or_default();
            trusted_link(package, suite, publishers.get(&version).and_then(|one| one.trusted.as_deref()), tables);
            let of = |line: &Line| publishers.get(&line.version.to_string()).cloned().unwrap_or_default();
            tables.rows.publications.extend(lines.iter().map(|line| (line, of(line))).map(|(line, publisher)| Publication {
                package,
                version: line.version.to_string(),
                published: line.published,
                publisher: publisher.account,
                authorization: publisher.authorization(),
                is_yanked: line.is_yanked,
                digest: line.checksum.as_ref().map(|digest| format!("sha256:{digest}")),
                commit: files.get(&(name, &line.version)).and_then(|file| file.commit.clone()),
                registry_signature: None,
            }));
            self.owners(name, package, suite, tables);
        }
        self.dependencies(&packages, suite, tables);
    }

    /// The answer about `what` of a package, if one came.
    fn answer(&mut self, what: &str, name: &str) -> Option<Vec<u8>> {
        let file = self.files.get(format!("{what}/{name}").as_str())?;
        let text = fs_err::read(&file.path).ok();
        if text.is_none() {
            self.report.reject("answer of the registry cannot be read from disk", 1);
        }
        text
    }

    fn owners(&mut self, name: &str, package: PackageId, suite: SuiteId, tables: &mut TablesBuilder) {
        let Some(text) = self.answer("owners", name) else { return };
        let role = MaintainerRole::Maintainer;
        for account in owners::read(&text, self.as_of, tables, &mut self.report) {
            tables.rows.maintainers.push(Maintainer { package, suite, account, role, since: None });
        }
    }

    /// What the locked versions of each package need of each other.
    fn dependencies(&mut self, packages: &BTreeMap<&str, PackageId>, suite: SuiteId, tables: &mut TablesBuilder) {
        for (name, package) in packages {
            let is_locked = |line: &&Line| self.locked[*name].contains_key(&line.version);
            let needs: BTreeSet<_> = self.lines[name].iter().filter(is_locked).flat_map(|line| &line.needs).collect();
            for (needed, kind) in needs {
                let Some(&dependency) = packages.get(needed.as_str()) else {
                    self.report.skip("dependency is not in the lockfile");
                    continue;
                };
                tables.rows.dependencies.push(Dependency { package: *package, suite, dependency, kind: *kind, is_sole: true });
            }
        }
    }
}

type Files<'r> = BTreeMap<(&'r str, &'r Version), CrateFile>;

/// Every package file that was brought, read in parallel; refused ones are counted.
fn package_files<'r>(locked: &'r Locked, files: &BTreeMap<&str, &RawFile>, report: &mut ReadReport) -> Files<'r> {
    let wanted = locked.iter().flat_map(|(name, versions)| versions.keys().map(move |version| (name.as_str(), version)));
    let found = wanted.filter_map(|(name, version)| {
        let file = files.get(format!("packages/{name}-{version}.crate").as_str())?;
        Some((name, version, file.path.as_path()))
    });
    let found: Vec<_> = found.collect();
    let read: Vec<_> = found.par_iter().map(|(name, version, path)| crate_file::read(path, name, version)).collect();
    let mut known = Files::new();
    for (row, ((name, version, _), file)) in (1..).zip(found.into_iter().zip(read)) {
        match file {
            Ok(file) => {
                report.read_count += 1;
                known.insert((name, version), file);
            }
            Err(reason) => report.reject(reason, row),
        }
    }
    known
}
