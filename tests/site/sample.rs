//! A made-up snapshot for tests of the site: any number of packages, the same bytes every time, hostile names among them.
//!
//! `super` must have `snapshot` and `units` in scope.

use super::snapshot::schema::*;
use super::snapshot::{Manifest, ManifestSuite, ManifestTable, Published, SCHEMA_VERSION, SignalDoc, Text, Word};
use super::units::Day;

#[path = "sample_changes.rs"]
mod sample_changes;
#[path = "sample_scores.rs"]
mod sample_scores;
#[path = "sample_validation.rs"]
mod sample_validation;

/// Suites, oldest first.
pub const SUITES: [(&str, &str); 3] = [("bullseye", "2021-08-14"), ("bookworm", "2023-06-10"), ("trixie", "2025-08-09")];

/// Names that try to break out of a page, a file name or a line.
pub const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "rtl-\u{202E}gpj.exe",
    "CON",
    "a'b&c;--",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
     xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
     xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

const REAL: [&str; 32] = [
    "glibc",
    "openssl",
    "zlib",
    "xz-utils",
    "bash",
    "coreutils",
    "gcc-14",
    "perl",
    "python3.13",
    "systemd",
    "curl",
    "sqlite3",
    "libxml2",
    "expat",
    "libpng1.6",
    "freetype",
    "gnupg2",
    "openssh",
    "git",
    "rsync",
    "cmake",
    "ninja-build",
    "meson",
    "vim",
    "nginx",
    "postgresql-17",
    "debhelper",
    "dpkg",
    "apt",
    "libsigc++-2.0",
    "cairo",
    "gtk4",
];
const WORDS: [&str; 16] = [
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper", "karst", "lumen", "moss",
    "north", "opal", "quartz",
];
const GIVEN: [&str; 12] =
    ["Ada", "Bruno", "Chidi", "Daria", "Emeka", "Freja", "Goran", "Hana", "Ines", "Jonas", "Keiko", "Lucía"];
const FAMILY: [&str; 10] =
    ["Almeida", "Brandt", "Castellano", "Dvořák", "Eriksen", "Fontaine", "García", "Hoffmann", "Ivanova", "Järvinen"];

/// Numbers that look random and are always the same.
pub struct Dice(pub u64);

impl Dice {
    /// A number on 0..1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.roll() * count as f64) as usize).min(count.saturating_sub(1))
    }
}

/// A day of a text that is one.
pub fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Name of package `i`.
pub fn name(i: usize) -> String {
    if i < REAL.len() {
        return REAL[i].to_owned();
    }
    if i < REAL.len() + HOSTILE.len() {
        return HOSTILE[i - REAL.len()].to_owned();
    }
    let word = format!("{}{}", WORDS[i % 16], WORDS[(i / 16) % 16]);
    match i % 5 {
        0 => format!("lib{word}{}", i / 256),
        1 => format!("python-{word}{}", i / 256),
        2 => format!("{word}-{}", i / 256),
        3 => format!("golang-github-{word}{}", i / 256),
        _ => format!("node-{word}{}", i / 256),
    }
}

/// Purl of package `i`.
pub fn purl(i: usize) -> String {
    let name: String = name(i)
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b".-_~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    format!("pkg:deb/debian/{name}?arch=source")
}

/// Id of person `i`.
pub fn person_id(i: usize) -> String {
    format!("{:016x}", (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Id of team `i`.
pub fn team_id(i: usize) -> String {
    format!("{:016x}", (i as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03))
}

/// Packaging repository of package `i`.
pub fn packaging_url(i: usize) -> String {
    if i == 40 { "javascript:alert(1)".to_owned() } else { format!("https://salsa.debian.org/Team-{}/{}", i % 7, slug(i)) }
}

fn slug(i: usize) -> String {
    name(i).chars().filter(|c| c.is_ascii_alphanumeric() || "-.+".contains(*c)).take(60).collect()
}

/// A snapshot of `count` packages, at least 60.
pub fn published(count: usize) -> Published {
    let mut dice = Dice(7);
    let mut p = Published::empty(manifest());
    let persons = (count / 10).max(12);
    let teams = (count / 60).max(3);
    for i in 0..count {
        add_package(&mut p, &mut dice, i, persons, teams);
    }
    add_people(&mut p, persons, teams);
    count_dependents(&mut p);
    sort(&mut p);
    sample_scores::add(&mut p);
    sample_validation::add(&mut p);
    sample_changes::add(&mut p);
    p.manifest.tables = tables(&p);
    p
}

fn add_package(p: &mut Published, dice: &mut Dice, i: usize, persons: usize, teams: usize) {
    let purl = purl(i);
    let is_listed = i % 41 != 40;
    let suites = if is_listed { &SUITES[i % 3..] } else { &SUITES[..2] };
    let (newest, _) = suites[suites.len() - 1];
    let with_upstream = i.is_multiple_of(3);
    let upstream = with_upstream.then(|| format!("https://github.com/{}/{}", WORDS[i % 16], slug(i)));
    let people: Vec<usize> = (0..1 + dice.below(4)).map(|_| (dice.roll().powi(2) * persons as f64) as usize).collect();
    for (at, (suite, suite_day)) in suites.iter().enumerate() {
        p.releases.push(ReleaseRow {
            purl: (&purl).into(),
            suite: Word::from(*suite),
            as_of: day(suite_day),
            version: format!("{}.{}.{}-{}", i % 9, at + 1, i % 13, at + 1).into(),
            is_orphaned: i % 97 == 50,
        });
        add_maintainers(p, &purl, suite, &people[..people.len().min(at + 1 + i % 3)], i.is_multiple_of(3).then_some(i % teams));
    }
    let dependencies = add_dependencies(p, dice, i, &purl);
    for url in [Some(packaging_url(i)), upstream.clone()].into_iter().flatten().enumerate() {
        add_repository(p, i, &purl, url);
    }
    for binary in [name(i), format!("{}-doc", name(i))] {
        let binary = if i == 0 { binary.replace("glibc", "libc6") } else { binary };
        p.binaries.push(BinaryRow { ecosystem: "debian".into(), binary_name: binary.into(), purl: (&purl).into() });
    }
    p.packages.push(PackageRow {
        purl: purl.into(),
        ecosystem: "debian".into(),
        name: name(i).into(),
        section: Some(if i.is_multiple_of(2) { "libs" } else { "devel" }.into()),
        version: format!("{}.{}.{}-{}", i % 9, suites.len(), i % 13, suites.len()).into(),
        suite: Word::from(newest),
        is_listed,
        is_orphaned: i % 97 == 50,
        first_seen: day(suites[0].1),
        homepage: Some(if i == 33 {
            "javascript:alert(1)".into()
        } else {
            format!("https://example.org/{i}/\"onmouseover=x").into()
        }),
        has_tests: i.is_multiple_of(2),
        maintainer_count: people.len() as i64,
        runtime_dependency_count: dependencies as i64,
        build_dependency_count: 0,
        dependent_count: 0,
        transitive_dependent_count: Some(0),
        cycle_package_count: is_listed.then_some(1 + 11 * i64::from(i.is_multiple_of(7))),
        packaging_repository_url: Some(packaging_url(i).into()),
        upstream_repository_url: upstream.map(Text::from),
        source_repository_url: None,
        status: None,
    });
}

fn add_maintainers(p: &mut Published, purl: &str, suite: &'static str, people: &[usize], team: Option<usize>) {
    let mut people: Vec<usize> = people.to_vec();
    people.sort_unstable();
    people.dedup();
    let left = if team.is_some() { 0.7 } else { 1.0 };
    let ids = people.iter().map(|i| ("person", person_id(*i), left / people.len() as f64));
    let teams = team.map(|i| ("team", team_id(i), 0.3));
    for (at, (kind, id, control_share)) in teams.into_iter().chain(ids).enumerate() {
        p.maintainers.push(MaintainerRow {
            purl: purl.into(),
            suite: Word::from(suite),
            maintainer_kind: Word::from(kind),
            maintainer_id: id.into(),
            role: Word::from(if at == 0 { "maintainer" } else { "uploader" }),
            control_share,
            since: None,
        });
    }
}

fn add_dependencies(p: &mut Published, dice: &mut Dice, i: usize, from: &str) -> usize {
    let mut needed: Vec<usize> = (0..if i == 0 { 0 } else { 3 + dice.below(9) })
        .map(|_| (dice.roll().powi(7) * i as f64) as usize)
        .chain((i > 30).then_some(26))
        .collect();
    needed.sort_unstable();
    needed.dedup();
    for on in &needed {
        let kind = Word::from(if *on == 26 || on % 2 == 1 { "build" } else { "runtime" });
        let (purl, dependency_purl) = (from.into(), purl(*on).into());
        p.dependents.push(DependentRow { dependency_purl, purl, kind });
        let is_new = (i % 3 != 2).then_some(on % 11 == 3);
        p.dependencies.push(DependencyRow { purl, dependency_purl, kind, is_sole: on % 4 != 1, is_new });
    }
    needed.len()
}

fn add_repository(p: &mut Published, i: usize, purl: &str, (at, url): (usize, String)) {
    let has_history = at == 1 && i.is_multiple_of(6);
    let on = |text| has_history.then(|| day(text));
    if has_history {
        for (person, year) in (0..6).flat_map(|person| (2019..2026).map(move |year| (person, year))) {
            p.contributions.push(ContributionRow {
                repository_url: (&url).into(),
                person_id: person_id((i + person * 7) % 12).into(),
                year,
                authored_count: (40 - person * 5) as i64,
                landed_count: (person == 0) as i64 * 60,
                accepted_count: (person > 0) as i64 * 12,
                accepted_month_count: (person > 0) as i64 * 4,
            });
        }
    }
    p.repository_links.push(RepositoryLinkRow {
        purl: purl.into(),
        repository_url: (&url).into(),
        relation: Word::from(if at == 0 { "packaging" } else { "upstream" }),
        directory: (i % 10 == 3).then(|| "src/<b>lib</b>".into()),
        branch: i.is_multiple_of(4).then(|| "debian/latest".into()),
        evidence_level: [0, 0, 2, 1, -1][i % 5],
    });
    p.repositories.push(RepositoryRow {
        fork_group: has_history.then(|| (&url).into()),
        copied_commit_count: has_history.then_some(21),
        repository_url: url.into(),
        history_as_of: on("2025-08-01"),
        first_commit: on("2009-03-01"),
        last_commit: on("2025-07-30"),
        commit_count: has_history.then_some(4321),
        contributor_count: has_history.then_some(6),
        package_count: 1,
    });
}

fn add_people(p: &mut Published, persons: usize, teams: usize) {
    for i in 0..persons {
        let name = format!("{} {}", GIVEN[i % 12], FAMILY[(i / 12) % 10]);
        p.persons.push(PersonRow {
            person_id: person_id(i).into(),
            handle: i.is_multiple_of(2).then(|| format!("{}{i}", GIVEN[i % 12].to_lowercase()).into()),
            name: match i % 9 {
                7 => None,
                8 => Some("\u{202E}<b>Mallory</b>".into()),
                _ => Some(name.into()),
            },
            is_member: i.is_multiple_of(3),
            account_count: 1 + (i % 3) as i64,
            identity_confidence: (i % 3 > 0).then_some(0.9),
            first_seen: Some(day("2008-02-01")),
            last_seen: Some(day("2025-08-09")),
            package_count: 3,
            active_month_count: 12,
        });
    }
    for i in 0..teams {
        let name = Some(format!("{} Packaging Team", WORDS[i % 16]).into());
        p.teams.push(TeamRow { team_id: team_id(i).into(), name, package_count: 20, member_count: 9 });
    }
}

fn count_dependents(p: &mut Published) {
    let mut counts = std::collections::HashMap::new();
    for row in &p.dependents {
        *counts.entry(row.dependency_purl).or_insert(0i64) += 1;
    }
    for row in &mut p.packages {
        row.dependent_count = counts.get(&row.purl).copied().unwrap_or(0);
        row.transitive_dependent_count = Some(row.dependent_count * 3);
    }
}

fn sort(p: &mut Published) {
    p.packages.sort_by_key(|row| row.purl);
    p.binaries.sort_by_key(|row| row.binary_name);
    p.releases.sort_by(|a, b| (&a.purl, &a.suite).cmp(&(&b.purl, &b.suite)));
    p.repositories.sort_by_key(|row| row.repository_url);
    p.repositories.dedup_by(|a, b| a.repository_url == b.repository_url);
    p.repository_links.sort_by(|a, b| (&a.purl, &a.repository_url).cmp(&(&b.purl, &b.repository_url)));
    p.persons.sort_by_key(|row| row.person_id);
    p.teams.sort_by_key(|row| row.team_id);
    let key = |r: &MaintainerRow| (r.purl, r.suite, r.maintainer_kind, r.maintainer_id);
    p.maintainers.sort_by_cached_key(key);
    p.contributions.sort_by_cached_key(|r| (r.repository_url, r.person_id, r.year));
    p.dependencies.sort_by(|a, b| (&a.purl, &a.dependency_purl).cmp(&(&b.purl, &b.dependency_purl)));
    p.dependents.sort_by(|a, b| (&a.dependency_purl, &a.purl).cmp(&(&b.dependency_purl, &b.purl)));
}

fn manifest() -> Manifest {
    let signal = |name: &str, question: &str| SignalDoc {
        name: name.into(),
        node_kind: "package".into(),
        question: question.into(),
        method: "Compares the two newest suites. Says unknown when only one suite lists the package.".into(),
    };
    let parameter = |name: &str, value: f64, reason: &str| serde_json::json!({ "name": name, "value": value, "reason": reason });
    let parameters = serde_json::json!([
        parameter("scores.package.control_weight", 0.6, "Who may publish it matters most."),
        parameter("scores.unknown_score", 0.1, "Floor of the scale."),
        parameter("signals.alert_strength", 0.75, "Findings this strong lead the list."),
    ]);
    Manifest {
        schema_version: SCHEMA_VERSION.into(),
        snapshot: "2025-08-09".into(),
        as_of: day("2025-08-09"),
        job: "sample".into(),
        title: "A made-up world for tests".into(),
        code: "0.1.0".into(),
        job_digest: "ab".repeat(32),
        inputs_digest: "cd".repeat(32),
        pseudonym_key: "public".into(),
        previous: None,
        sentinels: Vec::new(),
        suites: SUITES
            .iter()
            .map(|(name, as_of)| ManifestSuite { ecosystem: "debian".into(), name: (*name).into(), as_of: day(as_of) })
            .collect(),
        parameters: serde_json::from_value(parameters).expect("parameters"),
        signals: vec![
            signal("fading_maintainers", "Did trusted maintainers leave a package that much depends on?"),
            signal("lone_maintainer", "Does one trusted person stand alone behind something much depends on?"),
            signal("low_trust_dependency", "Did a trusted package take on a dependency hardly anything is known of?"),
            signal("ownership_change", "Did most of the control move to other hands?"),
        ],
        tables: Vec::new(),
    }
}

fn tables(p: &Published) -> Vec<ManifestTable> {
    let table = |name: &str, rows: usize| ManifestTable {
        name: name.into(),
        file: format!("{name}.parquet"),
        row_count: rows as u64,
        size_bytes: rows as u64 * 21,
        sha256: "0123456789abcdef".repeat(4),
    };
    vec![table("packages", p.packages.len()), table("scores", p.scores.len()), table("findings", p.findings.len())]
}
