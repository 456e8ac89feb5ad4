//! Advisories in the OSV format: what was published about releases of packages that other sources list.
//!
//! Format: <https://ossf.github.io/osv-schema/>. Withdrawn advisories do not count. Ranges are resolved against the versions
//! the other sources list, in the order of the ecosystem, so this source is read after all others.

mod advisory;
mod archive;
mod order;
mod range;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use url::Url;

use super::fetch::{Document, Fetcher};
use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::PackageId;
use crate::job::OsvSource;
use crate::tables::{Advisory, ReadReport, TablesBuilder};
use crate::units::Day;

/// Name of this source.
const SOURCE: &str = "osv";
/// Largest archive of one ecosystem taken, in bytes.
const MAX_ARCHIVE_BYTES: u64 = 8 << 30;

/// Advisories, read as a job says.
pub(super) struct Osv {
    settings: OsvSource,
}

impl Osv {
    /// The source of `settings`.
    pub(super) fn new(settings: OsvSource) -> Self {
        Self { settings }
    }
}

impl Source for Osv {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let in_job = || self.settings.paths.iter().map(|path| context.job_folder.join(path)).collect();
        let paths: Vec<PathBuf> = context.inputs.get(SOURCE).map_or_else(in_job, |path| vec![path.clone()]);
        if paths.is_empty() {
            return fetch_archives(&self.settings.ecosystems, context);
        }
        let mut raw = BTreeMap::new();
        for path in paths {
            find(&path, &mut raw)?;
        }
        Ok(raw.into_values().collect())
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        let known = Known::new(tables);
        let mut found: BTreeMap<(PackageId, String), Advisory> = BTreeMap::new();
        let mut reports = Vec::new();
        for file in raw {
            let mut report = ReadReport::new(SOURCE, file.name.clone());
            archive::each_advisory(file, |row, text| match advisory::read(text, until, &known) {
                Ok(read) => {
                    report.read_count += 1;
                    report.skip_many("package of no other source", read.unknown_count);
                    report.skip_many("withdrawn", usize::from(read.is_withdrawn));
                    report.skip_many("published later", usize::from(read.is_later));
                    report.skip_many("range with a version that cannot be ordered", read.unordered_count);
                    for advisory in read.advisories {
                        merge(&mut found, advisory);
                    }
                }
                Err(reason) => report.reject(reason, row),
            })?;
            super::check_rejects(SOURCE, &report, self.settings.max_reject_share)?;
            reports.push(report);
        }
        tables.rows.advisories.extend(found.into_values());
        tables.rows.reports.extend(reports);
        Ok(())
    }
}

/// One row a package and advisory, whatever number of entries and files speak of it.
fn merge(found: &mut BTreeMap<(PackageId, String), Advisory>, advisory: Advisory) {
    let known = found.entry((advisory.package, advisory.id.clone())).or_insert_with(|| advisory.clone());
    known.kind = known.kind.min(advisory.kind);
    known.published = [known.published, advisory.published].into_iter().flatten().min();
    known.is_all_versions |= advisory.is_all_versions;
    known.versions.extend(advisory.versions);
    known.versions.sort();
    known.versions.dedup();
    if known.is_all_versions {
        known.versions.clear();
    }
}

/// Packages other sources list, and their versions.
struct Known {
    packages: FxHashMap<String, PackageId>,
    versions: FxHashMap<PackageId, Vec<String>>,
}

impl Known {
    fn new(tables: &TablesBuilder) -> Self {
        let mut versions: FxHashMap<PackageId, Vec<String>> = FxHashMap::default();
        let published = tables.rows.publications.iter().map(|row| (row.package, &row.version));
        for (package, version) in published.chain(tables.rows.releases.iter().map(|row| (row.package, &row.version))) {
            versions.entry(package).or_default().push(version.clone());
        }
        versions.values_mut().for_each(|list| {
            list.sort();
            list.dedup();
        });
        Self { packages: tables.packages().map(|(id, package)| (package.purl.to_string(), id)).collect(), versions }
    }
}

fn fetch_archives(ecosystems: &[String], context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
    let error = |what: &str| SourceError::Job { source_name: SOURCE, what: what.to_owned() };
    let base = context.bases.get(SOURCE).and_then(|base| Url::parse(&format!("{}/", base.trim_end_matches('/'))).ok());
    let base = base.filter(|url| matches!(url.scheme(), "http" | "https"));
    let base = base.ok_or_else(|| error("names no `paths`; give archives, or say where they are: `--base osv=URL`"))?;
    if ecosystems.is_empty() {
        return Err(error("names no `ecosystems` to fetch; add one, such as `npm`"));
    }
    let document = |name: &String| {
        let mut url = base.clone();
        let mut path = url.path_segments_mut().map_err(|()| error("the base address takes no path"))?;
        path.pop_if_empty().push(name).push("all.zip");
        drop(path);
        Ok(Document::file(format!("{name}.zip"), url, MAX_ARCHIVE_BYTES))
    };
    let documents: Vec<Document> = ecosystems.iter().map(document).collect::<Result<_, SourceError>>()?;
    let brought = Fetcher::new(SOURCE, context, &base)?.documents(&documents)?;
    let missing = |name: &String| SourceError::Fetch {
        source_name: SOURCE,
        what: format!("{}: is not at the base address; ecosystems have the names of the OSV schema", name.escape_default()),
    };
    ecosystems.iter().zip(brought).map(|(name, file)| file.ok_or_else(|| missing(name))).collect()
}

/// Archives and advisories at `path`, by name; of folders everything in them.
fn find(path: &Path, raw: &mut BTreeMap<String, RawFile>) -> Result<(), SourceError> {
    let io = |error| SourceError::Io { source_name: SOURCE, error };
    if path.is_dir() {
        let entries: Result<Vec<_>, _> =
            fs_err::read_dir(path).map_err(io)?.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut entries = entries.map_err(io)?;
        entries.sort();
        let is_wanted = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "json" || ending == "zip");
        return entries.iter().filter(is_wanted).try_for_each(|entry| find(entry, raw));
    }
    if !path.exists() {
        let hint = "give archives (.zip) or advisories (.json) in `paths` of the job or as `--input osv=PATH`".to_owned();
        return Err(SourceError::Missing { source_name: SOURCE, path: path.into(), hint });
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = RawFile::pin(name.clone(), path, None).map_err(io)?;
    if raw.insert(name.clone(), file).is_some() {
        let what = format!("`paths` hold two files called {}; rename one", name.escape_default());
        return Err(SourceError::Job { source_name: SOURCE, what });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
