//! Claims that hold, claims that are chance, and names that are borrowed.

use std::collections::BTreeMap;

use super::*;
use crate::ids::{AccountKey, Ecosystem, Purl, RepositoryUrl};
use crate::job::Parameters;
use crate::tables::{
    Account, AccountKind, Maintainer, MaintainerRole, Manifest, ManifestKind, Package, Publication, Suite, TablesBuilder, Tag,
};
use crate::units::Day;

/// A registry of packages, each with versions and days, a maintainer, and a repository with tags.
#[derive(Default)]
struct World {
    builder: TablesBuilder,
}

impl World {
    fn package(&mut self, name: &str, maintainer: Option<&str>, repository: &str, versions: &[(&str, i32)]) -> &mut Self {
        let ecosystem = Ecosystem::Npm;
        let suite = self.builder.suite(Suite { ecosystem, as_of: Day(20_000), name: "npm".into() });
        let package = self.builder.package(Package {
            purl: Purl::new(ecosystem, name).expect("a purl"),
            ecosystem,
            name: name.into(),
            facts_as_of: Day(20_000),
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        let account = maintainer.map(|login| {
            self.builder.account(Account {
                place: "npm",
                key: AccountKey::from_name(login),
                kind: AccountKind::Person,
                handle: Some(login.into()),
                names: BTreeMap::new(),
                displayed: None,
                verification: None,
            })
        });
        let maintainer =
            account.map(|account| Maintainer { package, suite, account, role: MaintainerRole::Maintainer, since: None });
        self.builder.rows.maintainers.extend(maintainer);
        let repository = self.builder.repository(RepositoryUrl::parse(repository).expect("a URL"));
        self.builder.rows.repository_links.push(RepositoryLink {
            package,
            suite,
            repository,
            relation: LinkRelation::Source,
            directory: None,
            branch: None,
            evidence_level: 0,
        });
        self.builder.rows.publications.extend(versions.iter().map(|(version, day)| Publication {
            package,
            version: (*version).into(),
            published: Some(Day(*day)),
            publisher: None,
            authorization: None,
            is_yanked: false,
            digest: None,
            commit: None,
            registry_signature: None,
        }));
        self
    }

    fn tags(&mut self, repository: &str, tags: &[(&str, i32)]) -> &mut Self {
        let repository = self.builder.repository(RepositoryUrl::parse(repository).expect("a URL"));
        self.builder.rows.tags.extend(tags.iter().map(|(name, day)| Tag {
            repository,
            name: (*name).into(),
            target: [0; 12],
            tagger: None,
            created: Some(Day(*day)),
            has_signature: false,
            lander: None,
            signature: None,
        }));
        self
    }

    fn manifests(&mut self, repository: &str, named: &[(&str, &str)]) -> &mut Self {
        let repository = self.builder.repository(RepositoryUrl::parse(repository).expect("a URL"));
        self.builder.rows.manifests.extend(named.iter().map(|(package, directory)| Manifest {
            repository,
            kind: ManifestKind::Npm,
            package: (*package).into(),
            directory: (*directory).into(),
        }));
        self
    }

    /// Level, basis and matches by name of the package.
    fn judged(&mut self) -> BTreeMap<String, (i8, &'static str, Option<u32>)> {
        let parameters: Parameters = toml::from_str(include_str!("../../jobs/parameters.toml")).expect("parameters");
        let tables = judge(std::mem::take(&mut self.builder).finish(), &parameters.links);
        let row = |row: &RepositoryEvidence| {
            let matched = row.agreement.map(|agreement| agreement.matched_version_count);
            (tables.packages[row.package.row()].name.clone(), (row.evidence_level, row.basis.name(), matched))
        };
        let levels: Vec<i8> = tables.repository_links.iter().map(|link| link.evidence_level).collect();
        assert_eq!(levels, tables.repository_evidence.iter().map(|row| row.evidence_level).collect::<Vec<_>>());
        tables.repository_evidence.iter().map(row).collect()
    }
}

const R: &str = "https://github.com/owner/repo";
const VERSIONS: [(&str, i32); 5] =
    [("1.0.0", 10_000), ("1.1.0", 10_400), ("1.1.1", 10_900), ("1.2.0", 11_500), ("2.0.0", 12_000)];

#[test]
fn tags_that_follow_versions_are_evidence() {
    let tags = [("v1.0.0", 10_000), ("v1.1.0", 10_401), ("release-1_1_1", 10_899), ("v1.2.0", 11_506), ("2.0", 12_000)];
    let judged = World::default().package("one", Some("ann"), R, &VERSIONS).tags(R, &tags).judged();
    assert_eq!(judged["one"], (2, "tags", Some(5)));
    let late: Vec<_> = tags.iter().map(|(name, day)| (*name, day + 40)).collect();
    let judged = World::default().package("one", Some("ann"), R, &VERSIONS).tags(R, &late).judged();
    assert_eq!(judged["one"], (0, "claim", Some(0)), "the same names at other times");
    let judged = World::default().package("one", Some("Owner"), R, &VERSIONS).judged();
    assert_eq!(judged["one"], (1, "login", None), "no history: nothing is said of tags");
}

#[test]
fn two_packages_that_both_released_1_0_0_do_not_match_by_chance() {
    // Versions everybody has, all within a month, as both the package and the repository began that month.
    let common = [("1.0.0", 10_000), ("1.0.1", 10_005), ("1.0.2", 10_010), ("1.1.0", 10_015)];
    let mut world = World::default();
    for n in 0..30 {
        let repository = format!("https://github.com/other/r{n}");
        world.package(&format!("other{n}"), Some(&format!("u{n}")), &repository, &common);
    }
    world.package("one", Some("ann"), R, &common).tags(R, &common.map(|(version, day)| (version, day + 2)));
    assert_eq!(world.judged()["one"], (0, "claim", Some(4)));
}

#[test]
fn each_package_of_a_monorepo_has_tags_of_its_own() {
    let mut tags: Vec<(String, i32)> = VERSIONS.iter().map(|(version, day)| (format!("@s/core@{version}"), *day)).collect();
    tags.extend(VERSIONS.iter().map(|(version, day)| (format!("cli-v{version}"), day + 3)));
    let tags: Vec<(&str, i32)> = tags.iter().map(|(name, day)| (name.as_str(), *day)).collect();
    let mut world = World::default();
    world.package("@s/core", Some("ann"), R, &VERSIONS).package("@s/cli", Some("ann"), R, &VERSIONS);
    world.package("@s/third", Some("ann"), R, &VERSIONS).tags(R, &tags);
    let judged = world.judged();
    assert_eq!((judged["@s/core"].0, judged["@s/cli"].0), (2, 2));
    assert_eq!(judged["@s/third"], (0, "claim", None), "tags of the others say nothing of it");
}

#[test]
fn manifests_say_whose_the_repository_is() {
    let judged = |named: &[(&str, &str)]| {
        let mut world = World::default();
        world.package("one", Some("ann"), R, &VERSIONS).manifests(R, named).judged()["one"]
    };
    assert_eq!(judged(&[("root", ""), ("one", "packages/one")]), (3, "manifest", None));
    assert_eq!(judged(&[("famous", "")]), (-1, "other_package", None));
    assert_eq!(
        judged(&[("root", ""), ("two", "packages/two")]),
        (0, "claim", None),
        "a monorepo whose packages are made otherwise"
    );
    assert_eq!(judged(&[]), (0, "claim", None));
}

#[test]
fn a_few_tags_among_many_versions_are_somebody_elses() {
    let many: Vec<(String, i32)> = (0..40).map(|n| (format!("1.{n}.0"), 10_000 + n * 100)).collect();
    let many: Vec<(&str, i32)> = many.iter().map(|(version, day)| (version.as_str(), *day)).collect();
    let tags = [("v1.0.0", 10_000), ("v1.1.0", 10_100), ("v1.39.0", 13_900), ("v1.20.0", 12_000)];
    let judged = World::default().package("one", Some("ann"), R, &many).tags(R, &tags).judged();
    assert_eq!(judged["one"], (0, "claim", Some(4)));
}

#[test]
fn a_crowd_of_strangers_contradicts_itself_and_nobody_else() {
    let mut world = World::default();
    world.package("first", Some("ann"), R, &[("1.0.0", 9_000)]).package("sister", Some("ann"), R, &[("1.0.0", 15_000)]);
    world.package("nobody", None, R, &[("1.0.0", 15_000)]).package("mine", Some("owner"), R, &[("1.0.0", 15_000)]);
    for n in 0..6 {
        world.package(&format!("star{n}"), Some(&format!("u{n}")), R, &[("1.0.0", 12_000)]);
    }
    let judged = world.judged();
    assert_eq!(judged["first"].0, 0, "who came first keeps the claim");
    assert_eq!(judged["sister"].0, 0, "and so do the other packages of the same people");
    assert_eq!((judged["mine"].0, judged["nobody"].0), (1, 0), "evidence, and what is not known, are not contradicted");
    assert!((0..6).all(|n| judged[&format!("star{n}")] == (-1, "crowd", None)), "{judged:?}");
    let mut world = World::default();
    for n in 0..4 {
        world.package(&format!("fork{n}"), Some(&format!("u{n}")), R, &[("1.0.0", 12_000 + n)]);
    }
    assert!(world.judged().values().all(|(level, ..)| *level == 0), "a few forks are no crowd");
}
