//! The same project in two registries, and strangers who say that they are.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::ids::{Purl, RepositoryUrl, SuiteId};
use crate::job::Parameters;
use crate::tables::{BuiltUse, Suite, TablesBuilder};
use crate::units::Day;

const R: &str = "https://github.com/owner/repo";

/// Packages of several registries, one suite each.
#[derive(Clone, Debug, Default)]
struct World(Vec<One>);

/// One package and what it says of itself.
#[derive(Clone, Debug)]
struct One {
    ecosystem: Ecosystem,
    name: String,
    repository: Option<(String, i8)>,
    homepage: Option<String>,
    is_compiled_in: bool,
}

impl World {
    fn with(mut self, ecosystem: Ecosystem, name: &str, repository: Option<(&str, i8)>, homepage: Option<&str>) -> Self {
        self.0.push(One {
            ecosystem,
            name: name.into(),
            repository: repository.map(|(url, level)| (url.to_owned(), level)),
            homepage: homepage.map(str::to_owned),
            is_compiled_in: false,
        });
        self
    }

    fn debian(self, name: &str, repository: Option<&str>, homepage: Option<&str>) -> Self {
        self.with(Ecosystem::Debian, name, repository.map(|url| (url, 0)), homepage)
    }

    fn tables(&self) -> Tables {
        let mut builder = TablesBuilder::default();
        for one in &self.0 {
            let suite = builder.suite(Suite { ecosystem: one.ecosystem, as_of: Day(1), name: one.ecosystem.name().into() });
            let package = package(&mut builder, one);
            let relation = if one.ecosystem.is_curated() { LinkRelation::Upstream } else { LinkRelation::Source };
            if let Some((url, level)) = &one.repository {
                link(&mut builder, package, suite, url, relation, *level);
            }
            if one.is_compiled_in {
                let holder = One { name: "holder".into(), repository: None, homepage: None, ..one.clone() };
                let holder = self::package(&mut builder, &holder);
                builder.rows.built_uses.push(BuiltUse { package: holder, suite, used: package });
            }
        }
        builder.finish()
    }

    /// Evidence and percent by `package > other`, of pairs one way.
    fn links(&self) -> BTreeMap<String, (String, i64)> {
        let tables = self.tables();
        let name = |id: PackageId| format!("{} {}", tables.packages[id.row()].ecosystem.name(), tables.packages[id.row()].name);
        let links = package_links(&tables, &parameters());
        assert!(links.is_sorted_by_key(|link| (link.package, link.other)));
        for link in &links {
            let other = PackageLink { package: link.other, other: link.package, ..*link };
            assert!(links.contains(&other) && (0.0..=1.0).contains(&link.confidence), "{link:?}");
        }
        let row = |link: &PackageLink| {
            let words = link.evidence.words().collect::<Vec<_>>().join(" ");
            (format!("{} > {}", name(link.package), name(link.other)), (words, (link.confidence * 100.0).round() as i64))
        };
        links.iter().map(row).collect()
    }
}

fn parameters() -> LinkParameters {
    let parameters: Parameters = toml::from_str(include_str!("../../../jobs/parameters.toml")).expect("parameters");
    parameters.links
}

fn package(builder: &mut TablesBuilder, one: &One) -> PackageId {
    builder.package(Package {
        purl: Purl::new(one.ecosystem, &one.name).expect("a purl"),
        ecosystem: one.ecosystem,
        name: one.name.clone(),
        facts_as_of: Day(1),
        section: None,
        homepage: one.homepage.clone(),
        binaries: Vec::new(),
        has_tests: false,
        flags: Default::default(),
    })
}

fn link(builder: &mut TablesBuilder, package: PackageId, suite: SuiteId, url: &str, relation: LinkRelation, evidence_level: i8) {
    let repository = builder.repository(RepositoryUrl::parse(url).expect("a URL"));
    let (directory, branch) = (None, None);
    builder.rows.repository_links.push(RepositoryLink {
        package,
        suite,
        repository,
        relation,
        directory,
        branch,
        evidence_level,
    });
}

fn found(links: &BTreeMap<String, (String, i64)>, pair: &str) -> Option<(String, i64)> {
    links.get(pair).cloned()
}

#[test]
fn hints_by_themselves_and_together() {
    let (cargo, page) = (Ecosystem::Cargo, "https://serde.example.org/");
    let one = |debian: &str, repository, homepage, crate_repository, crate_page| {
        let world = World::default().debian(debian, repository, homepage).with(cargo, "serde_json", crate_repository, crate_page);
        found(&world.links(), &format!("debian {debian} > cargo serde_json"))
    };
    let is = |words: &str, percent| Some((words.to_owned(), percent));
    assert_eq!(one("rust-serde-json", None, None, None, None), is("name", 40), "a name alone is weak");
    assert_eq!(one("rust-serde-json", Some(R), None, Some((R, 0)), None), is("claimed_repository name", 64));
    assert_eq!(one("rust-serde-json", Some(R), None, Some((R, 3)), None), is("proven_repository name", 82));
    assert_eq!(one("json-for-rust", Some(R), None, Some((R, 5)), None), is("proven_repository", 70));
    assert_eq!(one("json-for-rust", Some(R), None, Some((R, 2)), None), is("claimed_repository", 40));
    assert_eq!(one("json-for-rust", Some(R), None, Some((R, -1)), None), None, "contradicted");
    assert_eq!(one("json-for-rust", None, Some(page), None, Some("http://www.serde.example.org")), is("homepage", 30));
    let both = one("rust-serde-json", Some(R), Some(page), Some((R, 0)), Some(page));
    assert_eq!(both, is("claimed_repository name homepage", 64), "what one hand wrote does not add up");
    assert_eq!(one("xz-utils", None, Some(page), None, Some("https://example.org/")), None);
}

#[test]
fn what_programs_are_compiled_with_is_a_library() {
    let mut world = World::default().debian("rust-md-5", None, None).with(Ecosystem::Cargo, "md-5", None, None);
    world = world.debian("python-x", None, None).with(Ecosystem::Pypi, "x", None, None);
    world.0.iter_mut().for_each(|one| one.is_compiled_in = one.ecosystem.is_curated());
    let links = world.links();
    assert_eq!(found(&links, "debian rust-md-5 > cargo md-5"), Some(("name built_using".into(), 52)));
    assert_eq!(found(&links, "debian python-x > pypi x"), Some(("name".into(), 40)), "said of Rust alone");
}

#[test]
fn one_repository_of_many_packages_joins_those_whose_names_agree() {
    let mut world = World::default().debian("protobuf", Some(R), None);
    for name in ["protobuf", "protobuf-tools", "protoc-a", "protoc-b", "protoc-c"] {
        world = world.with(Ecosystem::Pypi, name, Some((R, 3)), None);
    }
    world = world.with(Ecosystem::Npm, "google-protobuf", Some((R, 4)), None);
    let links = world.links();
    assert_eq!(found(&links, "debian protobuf > pypi protobuf"), Some(("proven_repository".into(), 70)));
    assert_eq!(found(&links, "debian protobuf > npm google-protobuf"), Some(("proven_repository".into(), 70)));
    assert_eq!(found(&links, "debian protobuf > pypi protoc-a"), Some(("proven_repository".into(), 14)), "one of five");
    assert!(!links.keys().any(|pair| pair.starts_with("pypi") && pair.contains("> pypi")), "{links:?}");
}

#[test]
fn where_packaging_is_kept_and_what_older_lists_say_joins_nobody() {
    let world = World::default().debian("aa", None, None).with(Ecosystem::Npm, "bb", Some((R, 5)), None);
    let with = |relation, newer: Option<&str>| {
        let mut builder = TablesBuilder::resume(world.tables());
        let debian = builder.packages().find(|(_, package)| package.name == "aa").map(|(id, _)| id).expect("a package");
        let suite = |day, name: &str| Suite { ecosystem: Ecosystem::Debian, as_of: Day(day), name: name.into() };
        let first = builder.suite(suite(1, "debian"));
        link(&mut builder, debian, first, R, relation, 0);
        let second = builder.suite(suite(2, "later"));
        newer.into_iter().for_each(|url| link(&mut builder, debian, second, url, LinkRelation::Upstream, 0));
        package_links(&builder.finish(), &parameters()).len()
    };
    assert_eq!(with(LinkRelation::Upstream, None), 2);
    assert_eq!(with(LinkRelation::Packaging, None), 0);
    assert_eq!(with(LinkRelation::Upstream, Some("https://github.com/owner/moved")), 0);
}

#[test]
fn crowds_on_both_sides_make_no_pairs() {
    let mut world = World::default();
    for n in 0..4000 {
        world = world.with(Ecosystem::Npm, &format!("a{n}"), Some((R, (n % 6) as i8)), Some("https://example.org/"));
        world = world.with(Ecosystem::Pypi, &format!("b{n}"), Some((R, (n % 6) as i8)), Some("https://example.org/"));
    }
    assert_eq!(package_links(&world.tables(), &parameters()), [], "sixteen million pairs, none of which says anything");
}

/// Packages of four registries with few names and repositories, so that they meet.
fn packages(levels: std::ops::Range<i8>, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<One>> {
    let repository = (0..4u8, levels).prop_map(|(n, level)| (format!("https://github.com/o/r{n}"), level));
    let one = (0..4usize, 0..12u8, prop::option::of(repository), prop::bool::ANY).prop_map(
        |(ecosystem, n, repository, is_compiled_in)| {
            let prefix = [["rust-", "node-", "python-", ""][usize::from(n) % 4], "", "", ""][ecosystem];
            let name = format!("{prefix}n{n}");
            One { ecosystem: Ecosystem::ALL[ecosystem], name, repository, homepage: None, is_compiled_in }
        },
    );
    prop::collection::vec(one, count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever strangers call their packages and whichever repository or page they name: no strong link leads to one, none that is
    /// likely unless a distribution uses the very name, and no link of others is taken or weakened that stands on proof or a name.
    #[test]
    fn a_famous_repository_gives_strangers_nothing(honest in packages(-1..6, 1..16), hostile in packages(-1..3, 1..40)) {
        let honest = World(honest);
        let taken: Vec<_> = honest.0.iter().map(|one| (one.ecosystem, &one.name)).collect();
        let is_new = |one: &One| !one.ecosystem.is_curated() && !taken.contains(&(one.ecosystem, &one.name));
        let hostile: Vec<One> = hostile.into_iter().filter(is_new).map(|one| {
            One { homepage: Some("https://example.org/".into()), ..one }
        }).collect();
        let strangers: Vec<String> = hostile.iter().map(|one| format!("{} {}", one.ecosystem.name(), one.name)).collect();
        let before = honest.links();
        let after = World(honest.0.iter().cloned().chain(hostile).collect()).links();
        let parameters = parameters();
        let percent = |bound: f64| (bound * 100.0) as i64;
        for (pair, (words, confidence)) in &after {
            if pair.split(" > ").any(|end| strangers.iter().any(|stranger| stranger == end)) {
                let is_named = words.split(' ').any(|word| word == "name");
                let bound = if is_named { &parameters.strong_package_link } else { &parameters.likely_package_link };
                prop_assert!(*confidence < percent(bound.value), "{pair}: {words} {confidence}");
            }
        }
        for (pair, (words, confidence)) in before.iter().filter(|(_, (words, _))| words.contains("proven") || words.contains("name")) {
            let now = after.get(pair).map(|(_, now)| *now);
            prop_assert!(now.is_some_and(|now| now >= *confidence), "{pair}: {words} {confidence}, now {now:?}");
        }
    }
}
