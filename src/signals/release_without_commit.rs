use super::{Answer, Evidence, Facts, Signal};
use crate::ids::{PackageId, RepositoryId};
use crate::job::SignalParameters;
use crate::tables::LinkRelation;

/// A version that the repository never tagged.
pub struct ReleaseWithoutCommit;

impl Signal for ReleaseWithoutCommit {
    fn name(&self) -> &'static str {
        "release_without_commit"
    }

    fn question(&self) -> &'static str {
        "Is the newest version of the package one that its upstream repository has no tag for?"
    }

    fn method(&self) -> &'static str {
        "The version in the newest suite, without epoch, packaging revision and what the packager added after +, ~ or dfsg, against the tags of the repository \
         named as upstream, each from its first digit on with _ and - read as dots. Fires when no tag says it, though tags name the \
         versions of this program; strength 0.5, because many projects do not tag all they release. Unknown where the package names no upstream repository, its history \
         was not read or was taken before the suite, it has no tags with digits, or the version is a snapshot that names a day or a commit."
    }

    fn ask(&self, facts: &Facts, _: &SignalParameters, package: PackageId) -> Answer {
        let suite = facts.graph.present.newest_listing(package).expect("only listed packages are asked about");
        let links = &facts.tables.repository_links;
        let start = links.partition_point(|link| (link.package, link.suite) < (package, suite));
        let same = links[start..].iter().take_while(|link| (link.package, link.suite) == (package, suite));
        let upstream = same.filter(|link| link.relation == LinkRelation::Upstream && link.evidence_level >= 0);
        let Some(repository) = upstream.map(|link| link.repository).next() else {
            return Answer::Unknown("it names no upstream repository");
        };
        let as_of = facts.tables.suites[suite.row()].as_of;
        match facts.tables.repositories[repository.row()].history_as_of {
            None => return Answer::Unknown("the history of its upstream repository was not read"),
            Some(taken) if taken < as_of => return Answer::Unknown("the upstream history was taken before the suite"),
            Some(_) => {}
        }
        let releases = &facts.tables.releases;
        let at = releases.partition_point(|row| (row.package, row.suite) < (package, suite));
        let Some(version) = upstream_version(&releases[at].version) else {
            return Answer::Unknown("its version names a day or a commit");
        };
        let versions = tagged(facts, repository);
        if versions.is_empty() {
            return Answer::Unknown("the upstream repository has no tag with a digit");
        }
        if versions.contains(&version) {
            return Answer::No;
        }
        let sentence = format!(
            "Version {version} in {} has no tag in {}, which has {} tags that name versions.",
            facts.tables.suites[suite.row()].name,
            facts.tables.repositories[repository.row()].url,
            versions.len()
        );
        let neighbor = Some(facts.graph.nodes.node(crate::graph::NodeKind::Repository, repository.row()));
        Answer::Yes(Evidence { strength: 0.5, first_seen: as_of, sentence, neighbor })
    }
}

/// Versions that tags of `repository` name.
fn tagged(facts: &Facts, repository: RepositoryId) -> Vec<String> {
    let tags = &facts.tables.tags;
    let start = tags.partition_point(|tag| tag.repository < repository);
    let own = tags[start..].iter().take_while(|tag| tag.repository == repository);
    own.filter_map(|tag| plain(&tag.name)).collect()
}

/// From the first digit on, parts joined by dots.
fn plain(tag: &str) -> Option<String> {
    let start = tag.find(|c: char| c.is_ascii_digit())?;
    Some(tag[start..].to_ascii_lowercase().replace(['_', '-'], "."))
}

/// The upstream part of a Debian version; `None` for a snapshot.
fn upstream_version(version: &str) -> Option<String> {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let version = version.rsplit_once('-').map_or(version, |(upstream, _)| upstream);
    // What was taken back to an older version says so: `5.6.1+really5.4.5`.
    let version = version.split_once("+really").map_or(version, |(_, real)| real);
    let cut = version.split(['+', '~']).next().unwrap_or_default();
    let cut = cut.split("dfsg").next().unwrap_or_default().trim_end_matches(['.', '-']);
    let has_day = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 6);
    let is_snapshot = ["git", "svn", "hg", "bzr", "cvs", "~rc", "~beta", "~alpha"].iter().any(|word| version.contains(word));
    if is_snapshot || has_day(version) { None } else { plain(cut) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_without_what_the_packager_added() {
        for (version, upstream) in [
            ("1:2.3-4", Some("2.3")),
            ("5.6.1+really5.4.5-1", Some("5.4.5")),
            ("1.2~dfsg-3", Some("1.2")),
            ("1.2.dfsg1-3", Some("1.2")),
            ("3.0", Some("3.0")),
            ("0~git20230101-1", None),
            ("20230101-1", None),
            ("1.0~rc1-1", None),
            ("", None),
        ] {
            assert_eq!(upstream_version(version).as_deref(), upstream, "{version}");
        }
        assert_eq!(plain("release-1_2-3").as_deref(), Some("1.2.3"));
        assert_eq!(plain("stable"), None);
    }
}
