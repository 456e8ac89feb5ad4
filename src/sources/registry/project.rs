//! What one document of a registry says of one package, in our words.

use std::collections::BTreeSet;

use super::account::Login;
use super::attested::Attested;
use crate::ids::{Purl, RepositoryUrl};
use crate::provenance::Signed;
use crate::tables::{Authorization, DependencyKind, PackageFlag, ReadReport, RegistrySignature};
use crate::units::Day;

/// A package and all that its registry says.
#[derive(Clone, Debug)]
pub(in crate::sources) struct Project {
    /// Key.
    pub(in crate::sources) purl: Purl,
    /// As the registry writes it.
    pub(in crate::sources) name: String,
    /// Home page, if it is one that can be shown.
    pub(in crate::sources) homepage: Option<String>,
    /// States.
    pub(in crate::sources) flags: BTreeSet<PackageFlag>,
    /// Who may publish it.
    pub(in crate::sources) logins: Vec<Login>,
    /// All versions, in any order.
    pub(in crate::sources) versions: Vec<Version>,
    /// The version new users get; what stands below is said of it.
    pub(in crate::sources) newest: String,
    /// What the newest version needs.
    pub(in crate::sources) needs: Vec<Need>,
    /// Where it says it comes from.
    pub(in crate::sources) links: Vec<Link>,
    /// What its attestations prove.
    pub(in crate::sources) attested: Vec<Attested>,
    /// What was refused or set aside.
    pub(in crate::sources) report: ReadReport,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources) struct Version {
    /// As written.
    pub(in crate::sources) version: String,
    /// The day the registry took it in.
    pub(in crate::sources) published: Option<Day>,
    /// Login of who did it.
    pub(in crate::sources) publisher: Option<Login>,
    /// How the publisher was let in.
    pub(in crate::sources) authorization: Option<Authorization>,
    /// Withdrawn.
    pub(in crate::sources) is_yanked: bool,
    /// `sha256:HEX` or `sha512:HEX` of its file.
    pub(in crate::sources) digest: Option<String>,
    /// Where its attestations are, as a path below the registry or a whole address. `None`: there are none.
    pub(in crate::sources) attestations: Option<String>,
    /// Digest of the file they are about, in the form of `digest`.
    pub(in crate::sources) attested_digest: Option<String>,
    /// What the registry signed, not checked yet. `None`: it signs nothing, or does not say.
    pub(in crate::sources) signed: Option<Signed>,
    /// What that proves.
    pub(in crate::sources) registry_signature: Option<RegistrySignature>,
    /// Commit it says it was made from.
    pub(in crate::sources) commit: Option<String>,
}

/// A package that another needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sources) struct Need {
    /// What.
    pub(in crate::sources) purl: Purl,
    /// When.
    pub(in crate::sources) kind: DependencyKind,
}

/// A repository that a package names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources) struct Link {
    /// Where.
    pub(in crate::sources) url: RepositoryUrl,
    /// Folder in it.
    pub(in crate::sources) directory: Option<String>,
    /// 0: the package says so; 4: the registry itself checked it.
    pub(in crate::sources) evidence_level: i8,
}

/// Leaves out what is no version: it would stand in tables and in names of files. With `until`, leaves out versions that came
/// later or on a day nobody knows. True when there were such: then the document may speak of a later day than `until`.
pub(in crate::sources) fn cut_off(versions: &mut Vec<Version>, until: Option<Day>, report: &mut ReadReport) -> bool {
    let all = versions.len();
    versions.retain(|version| is_version(&version.version));
    report.skip_many("version that is none", all - versions.len());
    let Some(until) = until else { return false };
    let before = versions.len();
    versions.retain(|version| version.published.is_some_and(|day| day <= until));
    report.skip_many("version published after the as-of day, or on no known day", before - versions.len());
    before > versions.len()
}

/// Versions of both registries begin with a letter or digit and hold no blanks, slashes and `@`.
fn is_version(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-+!~".contains(c);
    text.len() <= 100 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_part)
}

/// The UTC day of a time such as `2024-12-04T23:03:58.786Z`; of one with an offset, the day it has in UTC.
pub(in crate::sources) fn day(text: &str) -> Option<Day> {
    // PyPI's older field has no offset, and means UTC.
    let is_short = text.len() <= 40;
    let time = || text.parse::<jiff::Timestamp>().or_else(|_| format!("{text}Z").parse());
    is_short.then(time)?.ok().and_then(|time| Day::from_unix_seconds(time.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_utc() {
        let day = |text| day(text).map(|day| day.to_string());
        assert_eq!(day("2024-12-04T23:03:58.786Z").as_deref(), Some("2024-12-04"));
        assert_eq!(day("2024-12-04T23:03:58.786000+00:00").as_deref(), Some("2024-12-04"));
        assert_eq!(day("2024-12-04T23:03:58-05:00").as_deref(), Some("2024-12-05"));
        assert_eq!(day("2026-02-19T05:00:57").as_deref(), Some("2026-02-19"));
        for wrong in ["", "2024", "yesterday", "2024-13-04T00:00:00Z", "1960-01-01T00:00:00Z", &"2".repeat(100_000)] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
