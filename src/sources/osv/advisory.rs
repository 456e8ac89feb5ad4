//! One OSV document → what it says of packages that are known.

use serde::Deserialize;

use super::Known;
use super::order::Ordered;
use super::range::{Range, RawRange};
use crate::ids::{Ecosystem, Purl};
use crate::tables::{Advisory, AdvisoryKind};
use crate::units::Day;

/// What one document says, and what was left out of it.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) advisories: Vec<Advisory>,
    pub(super) is_withdrawn: bool,
    /// It was published after the day that is asked for.
    pub(super) is_later: bool,
    /// Packages no other source lists.
    pub(super) unknown_count: usize,
    /// Ranges that hold a version without order.
    pub(super) unordered_count: usize,
}

#[derive(Deserialize)]
struct Document {
    id: String,
    published: Option<String>,
    withdrawn: Option<String>,
    #[serde(default)]
    affected: Vec<Affected>,
    database_specific: Option<DocumentNotes>,
}

#[derive(Deserialize)]
struct DocumentNotes {
    #[serde(rename = "malicious-packages-origins")]
    malicious: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<Named>,
    #[serde(default)]
    ranges: Vec<RawRange>,
    #[serde(default)]
    versions: Vec<String>,
    database_specific: Option<Notes>,
}

#[derive(Deserialize)]
struct Named {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Notes {
    informational: Option<String>,
}

/// Reads one document. The error is a reason for a read report.
pub(super) fn read(text: &[u8], until: Option<Day>, known: &Known) -> Result<Read, &'static str> {
    let document: Document = serde_json::from_slice(text).map_err(|_| "is no advisory in the OSV format")?;
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if document.id.is_empty() || document.id.len() > 100 || !document.id.bytes().all(is_id) {
        return Err("id is none");
    }
    let mut read = Read::default();
    let (published, withdrawn) = (day(document.published.as_deref())?, day(document.withdrawn.as_deref())?);
    let is_over = |day: Day| until.is_none_or(|until| day <= until);
    read.is_withdrawn = withdrawn.is_some_and(is_over);
    read.is_later = published.is_some_and(|day| !is_over(day));
    if read.is_withdrawn || read.is_later {
        return Ok(read);
    }
    let is_malicious =
        document.id.starts_with("MAL-") || document.database_specific.is_some_and(|notes| notes.malicious.is_some());
    for affected in &document.affected {
        let Some((package, ecosystem)) = affected.package.as_ref().and_then(|named| package(named, known)) else {
            read.unknown_count += 1;
            continue;
        };
        let kind = if is_malicious { AdvisoryKind::Malicious } else { affected.kind() };
        let listed = known.versions.get(&package).map_or(&[][..], Vec::as_slice);
        let (versions, is_all_versions) = affected.versions(ecosystem, listed, &mut read.unordered_count);
        read.advisories.push(Advisory { package, id: document.id.clone(), kind, published, versions, is_all_versions });
    }
    Ok(read)
}

fn day(time: Option<&str>) -> Result<Option<Day>, &'static str> {
    time.map(|time| time.get(..10).and_then(Day::parse).ok_or("time is none")).transpose()
}

/// Ecosystems by their names in the schema: <https://ossf.github.io/osv-schema/#defined-ecosystems>.
fn package(named: &Named, known: &Known) -> Option<(crate::ids::PackageId, Ecosystem)> {
    let ecosystem = match named.ecosystem.as_str() {
        "crates.io" => Ecosystem::Cargo,
        "npm" => Ecosystem::Npm,
        "PyPI" => Ecosystem::Pypi,
        _ => return None,
    };
    let purl = Purl::new(ecosystem, &named.name)?;
    known.packages.get(purl.as_str()).map(|id| (*id, ecosystem))
}

impl Affected {
    /// RustSec says so of notices that are no vulnerability.
    fn kind(&self) -> AdvisoryKind {
        match self.database_specific.as_ref().and_then(|notes| notes.informational.as_deref()) {
            None => AdvisoryKind::Vulnerability,
            Some("unmaintained") => AdvisoryKind::Unmaintained,
            Some(_) => AdvisoryKind::Notice,
        }
    }

    /// Versions that are named or held by a range, sorted, and whether that is every version.
    fn versions(&self, ecosystem: Ecosystem, listed: &[String], unordered_count: &mut usize) -> (Vec<String>, bool) {
        let mut ranges = Vec::new();
        for raw in &self.ranges {
            match Range::new(raw, ecosystem) {
                Ok(range) => ranges.extend(range),
                Err(()) => *unordered_count += 1,
            }
        }
        if ranges.iter().any(Range::is_everything) {
            return (Vec::new(), true);
        }
        let is_held = |text: &&String| {
            let version = Ordered::parse(ecosystem, text);
            version.is_some_and(|version| ranges.iter().any(|range| range.holds(&version)))
        };
        let is_shown =
            |text: &&String| (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
        let named = self.versions.iter().filter(is_shown);
        let mut versions: Vec<String> = named.chain(listed.iter().filter(is_held)).cloned().collect();
        versions.sort();
        versions.dedup();
        (versions, false)
    }
}
