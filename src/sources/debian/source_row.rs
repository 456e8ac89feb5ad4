//! One stanza of a `Sources` index.

use super::index::Row;
use super::person::{self, Entry};
use super::relation::{self, Needs};
use super::stanza::Stanza;
use super::vcs::{self, Link};
use super::{people, policy};
use crate::ids::{Ecosystem, Purl};
use crate::sources::homepage;
use crate::tables::{MaintainerRole, ReadReport};

/// A source package, as one suite lists it.
pub(super) struct SourceRow {
    /// Key of the package.
    pub(super) purl: Purl,
    /// Source package name.
    pub(super) name: String,
    /// Newest version in the suite.
    pub(super) version: String,
    /// Archive section.
    pub(super) section: Option<String>,
    /// Web page.
    pub(super) homepage: Option<String>,
    /// Binaries it says it builds, on any architecture, in the order of the field.
    pub(super) binaries: Vec<String>,
    /// Declares automatic tests.
    pub(super) has_tests: bool,
    /// Its maintainer is the archive's orphanage.
    pub(super) is_orphaned: bool,
    /// Who may upload it, without the orphanage.
    pub(super) maintainers: Vec<(Entry, MaintainerRole)>,
    /// What it takes to build.
    pub(super) build_needs: Needs,
    /// Repositories it names.
    pub(super) links: Vec<Link>,
}

impl Row for SourceRow {
    const FIELDS: &'static [&'static str] = &[
        "Package",
        "Version",
        "Maintainer",
        "Uploaders",
        "Binary",
        "Section",
        "Homepage",
        "Vcs-Git",
        "Testsuite",
        "Extra-Source-Only",
        "Build-Depends",
        "Build-Depends-Indep",
        "Build-Depends-Arch",
    ];

    fn read(stanza: &Stanza, architecture: &str, report: &mut ReadReport) -> Option<Self> {
        let number = stanza.number;
        if stanza.get("Extra-Source-Only").is_some_and(|value| value.eq_ignore_ascii_case("yes")) {
            report.skip("extra-source-only");
            return None;
        }
        let (name, version) = name_and_version(stanza, report)?;
        let Some(purl) = Purl::new(Ecosystem::Debian, &name) else {
            report.reject("name has no package URL", number);
            return None;
        };
        let Some(maintainer) = stanza.get("Maintainer") else {
            report.reject("stanza without Maintainer", number);
            return None;
        };
        let (maintainers, is_orphaned) = maintainers(maintainer, stanza, report);
        let homepage = page(stanza, report);
        let packaging = stanza.get("Vcs-Git").and_then(|field| vcs::packaging(field, number, report));
        let upstream = homepage.as_deref().and_then(vcs::upstream);
        let mut build_needs = Needs::default();
        for field in ["Build-Depends", "Build-Depends-Indep", "Build-Depends-Arch"] {
            build_needs.add(stanza.get(field).unwrap_or_default(), architecture, number, report);
        }
        Some(Self {
            purl,
            name,
            version,
            section: section(stanza, report),
            homepage,
            binaries: relation::names(stanza.get("Binary").unwrap_or_default(), number, report),
            has_tests: stanza.get("Testsuite").is_some(),
            is_orphaned,
            maintainers,
            build_needs,
            links: packaging.into_iter().chain(upstream).collect(),
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }
}

/// The two fields without which there is no package, checked.
pub(super) fn name_and_version(stanza: &Stanza, report: &mut ReadReport) -> Option<(String, String)> {
    let reason = match (stanza.get("Package"), stanza.get("Version")) {
        (None, _) => "stanza without Package",
        (Some(name), _) if !policy::is_package_name(name) => "name outside Debian policy",
        (_, None) => "stanza without Version",
        (_, Some(version)) if !policy::is_version(version) => "version outside Debian policy",
        (Some(name), Some(version)) => return Some((name.to_owned(), version.to_owned())),
    };
    report.reject(reason, stanza.number);
    None
}

/// Who may upload the package, and whether its maintainer is the archive's orphanage.
fn maintainers(maintainer: &str, stanza: &Stanza, report: &mut ReadReport) -> (Vec<(Entry, MaintainerRole)>, bool) {
    let mut maintainers = Vec::new();
    let mut is_orphaned = false;
    let uploaders = stanza.get("Uploaders").unwrap_or_default();
    for (field, role) in [(maintainer, MaintainerRole::Maintainer), (uploaders, MaintainerRole::Uploader)] {
        let (entries, refused) = person::entries(field);
        (0..refused).for_each(|_| report.reject("maintainer without an address", stanza.number));
        for entry in entries {
            if people::is_orphanage(&entry.key) {
                is_orphaned |= role == MaintainerRole::Maintainer;
            } else {
                maintainers.push((entry, role));
            }
        }
    }
    (maintainers, is_orphaned)
}

fn page(stanza: &Stanza, report: &mut ReadReport) -> Option<String> {
    let checked = homepage::check(stanza.get("Homepage")?);
    checked.map_err(|reason| report.reject(reason, stanza.number)).ok().map(str::to_owned)
}

fn section(stanza: &Stanza, report: &mut ReadReport) -> Option<String> {
    let section = stanza.get("Section")?;
    if !policy::is_section(section) {
        report.reject("section is not a plain word", stanza.number);
        return None;
    }
    Some(section.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::stanza::Stanzas;
    use super::*;

    fn read(text: &str) -> (Option<SourceRow>, ReadReport) {
        let mut report = ReadReport::new("debian", "test");
        let mut stanzas = Stanzas::new(text.as_bytes(), SourceRow::FIELDS);
        let mut stanza_report = ReadReport::new("debian", "test");
        let stanza = stanzas.next(&mut stanza_report).expect("readable").expect("a stanza");
        let row = SourceRow::read(stanza, "amd64", &mut report);
        (row, report)
    }

    #[test]
    fn a_whole_stanza() {
        let (row, report) = read(
            "Package: xz-utils\nBinary: liblzma5, xz-utils,\n xzdec\nVersion: 5.8.1-1\nMaintainer: Ann <a@example.org>\n\
             Uploaders: \"Lee, Bob\" <b@example.org>\nBuild-Depends: debhelper (>= 9), po4a <!nocheck>\n\
             Build-Depends-Indep: doxygen\nBuild-Depends-Arch: gcc [i386], clang:native\nTestsuite: autopkgtest\n\
             Vcs-Git: https://salsa.debian.org/debian/xz-utils.git -b debian/sid\nSection: utils\n\
             Homepage: https://github.com/tukaani-project/xz\n",
        );
        let row = row.expect("a row");
        assert_eq!((row.name.as_str(), row.version.as_str()), ("xz-utils", "5.8.1-1"));
        assert_eq!(row.binaries, ["liblzma5", "xz-utils", "xzdec"]);
        assert_eq!((row.section.as_deref(), row.has_tests, row.is_orphaned), (Some("utils"), true, false));
        let names: Vec<_> = row.maintainers.iter().map(|(entry, role)| (entry.name.as_deref(), *role)).collect();
        assert_eq!(names, [(Some("Ann"), MaintainerRole::Maintainer), (Some("Lee, Bob"), MaintainerRole::Uploader)]);
        let needs: Vec<Vec<&str>> = row.build_needs.groups().map(Iterator::collect).collect();
        assert_eq!(needs, [["debhelper"], ["po4a"], ["doxygen"], ["clang"]]);
        assert_eq!(row.links.len(), 2);
        assert_eq!(row.links[0].branch.as_deref(), Some("debian/sid"));
        assert_eq!(report.reject_count(), 0);
        assert_eq!(report.skips["dependency of other architectures"], 1);
    }

    #[test]
    fn refused_and_set_aside() {
        let rest = "Version: 1\nMaintainer: Ann <a@example.org>\n";
        for (text, reason) in [
            (rest.to_owned(), "stanza without Package"),
            ("Package: aa\nMaintainer: Ann <a@example.org>\n".into(), "stanza without Version"),
            ("Package: aa\nVersion: 1\n".into(), "stanza without Maintainer"),
            (format!("Package: ../../etc/passwd\n{rest}"), "name outside Debian policy"),
            (format!("Package: <script>\n{rest}"), "name outside Debian policy"),
            ("Package: aa\nVersion: 1;rm\nMaintainer: Ann <a@example.org>\n".into(), "version outside Debian policy"),
        ] {
            let (row, report) = read(&text);
            assert!(row.is_none() && report.rejects.contains_key(reason), "{reason}: {report:?}");
        }
        let (row, report) = read(&format!("Package: aa\nExtra-Source-Only: yes\n{rest}"));
        assert!(row.is_none() && report.reject_count() == 0 && report.skips["extra-source-only"] == 1);
    }

    #[test]
    fn parts_of_a_stanza_are_refused_alone() {
        let (row, report) = read(
            "Package: aa\nVersion: 1\nMaintainer: Nobody\nBinary: aa, ../x\nSection: <b>\nHomepage: gopher://example.org\n\
             Vcs-Git: svn://example.org/x\n",
        );
        let row = row.expect("a row");
        assert_eq!((row.maintainers.len(), row.section, row.homepage, row.links.len()), (0, None, None, 0));
        assert_eq!(row.binaries, ["aa"]);
        assert_eq!(report.reject_count(), 5, "{report:?}");
    }

    #[test]
    fn orphans_keep_their_uploaders() {
        let orphanage = ["packages", "qa.debian.org"].join("@");
        let (row, _) =
            read(&format!("Package: aa\nVersion: 1\nMaintainer: QA Group  <{orphanage}>\nUploaders: Ann <a@example.org>\n"));
        let row = row.expect("a row");
        assert!(row.is_orphaned);
        assert_eq!(row.maintainers.len(), 1);
    }
}
