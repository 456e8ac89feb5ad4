//! Lists around a node that pages show as tables: how many there are, the first of them, and where the rest is.

use std::collections::BTreeMap;

use super::graph::{Group, Neighbor};
use super::lookup::Lookup;
use super::view::NodeView;
use super::words;
use crate::snapshot::schema::{PackageRow, RepositoryLinkRow};

/// Rows a list has at most; the Parquet tables have all.
pub(super) const LIMIT: usize = 40;
/// Rows a list of dependencies or dependents on a page has at most.
const USES: usize = 12;
/// Neighbors of one group in a picture at most.
const DRAWN: usize = 12;

/// The first rows of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listing<T> {
    /// Rows shown.
    pub rows: Vec<T>,
    /// All there are.
    pub total: usize,
}

impl<T> Listing<T> {
    /// Keeps the first `limit` of `rows`.
    pub fn new(mut rows: Vec<T>, limit: usize) -> Self {
        let total = rows.len();
        rows.truncate(limit);
        Self { rows, total }
    }

    /// How many are not shown.
    pub fn more(&self) -> usize {
        self.total - self.rows.len()
    }

    /// All there are, with separators.
    pub fn count(&self) -> String {
        words::count(self.total as i64)
    }

    /// How many are not shown, with separators.
    pub fn more_count(&self) -> String {
        words::count(self.more() as i64)
    }
}

/// A dependency or dependent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PackageUse {
    /// The other package.
    pub node: NodeView,
    /// It is needed to run; else to build only.
    pub is_runtime: bool,
    /// `run`, `build` or both.
    pub kinds: &'static str,
    /// No earlier suite had it.
    pub is_new: bool,
    /// Another package would do instead.
    pub has_alternative: bool,
    /// Criticality percentile of the other package.
    pub criticality: Option<f64>,
}

impl PackageUse {
    /// Criticality percentile, or a dash.
    pub fn criticality_text(&self) -> String {
        words::percentile_or_dash(self.criticality)
    }
}

/// What a package needs: runtime first, weakest first, unknown scores before all.
pub(super) fn dependencies(lookup: &Lookup, purl: &str, from: &str) -> Listing<PackageUse> {
    let table = &lookup.published.dependencies;
    let rows = &table[lookup.rows_of_package(|by| &by.dependencies, purl)];
    let mut uses: Vec<(PackageUse, &str)> = rows
        .chunk_by(|a, b| a.dependency_purl == b.dependency_purl)
        .map(|same| {
            let id = same[0].dependency_purl.as_str();
            let kinds = Kinds::of(same.iter().map(|row| row.kind.as_ref()));
            let is_new = same.iter().all(|row| row.is_new == Some(true));
            let has_alternative = same.iter().all(|row| !row.is_sole);
            (package_use(lookup, id, from, kinds, is_new, has_alternative), id)
        })
        .collect();
    uses.sort_by(|(a, a_id), (b, b_id)| {
        let score = |u: &PackageUse| u.node.score.unwrap_or(-1.0);
        b.is_runtime.cmp(&a.is_runtime).then(score(a).total_cmp(&score(b))).then(a_id.cmp(b_id))
    });
    Listing::new(uses.into_iter().map(|(one, _)| one).collect(), USES)
}

/// What needs a package: most critical first.
pub(super) fn dependents(lookup: &Lookup, purl: &str, from: &str) -> Listing<PackageUse> {
    let table = &lookup.published.dependents;
    let rows = &table[lookup.rows_of_package(|by| &by.dependents, purl)];
    let mut users: Vec<(&str, Kinds, f64)> = rows
        .chunk_by(|a, b| a.purl == b.purl)
        .map(|same| {
            let id = same[0].purl.as_str();
            let criticality = lookup.score("criticality", "package", id).and_then(|row| row.value).unwrap_or(-1.0);
            (id, Kinds::of(same.iter().map(|row| row.kind.as_ref())), criticality)
        })
        .collect();
    users.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(b.0)));
    let total = users.len();
    let shown = users.into_iter().take(USES).map(|(id, kinds, _)| package_use(lookup, id, from, kinds, false, false));
    Listing { rows: shown.collect(), total }
}

/// Which kinds of dependency join two packages.
#[derive(Clone, Copy)]
struct Kinds {
    runtime: bool,
    build: bool,
}

impl Kinds {
    fn of<'k>(kinds: impl Iterator<Item = &'k str>) -> Self {
        kinds.fold(Self { runtime: false, build: false }, |found, kind| Self {
            runtime: found.runtime || kind == "runtime",
            build: found.build || kind == "build",
        })
    }

    fn words(self) -> &'static str {
        match (self.runtime, self.build) {
            (true, true) => "run, build",
            (true, false) => "run",
            _ => "build",
        }
    }
}

fn package_use(lookup: &Lookup, id: &str, from: &str, kinds: Kinds, is_new: bool, has_alternative: bool) -> PackageUse {
    PackageUse {
        node: lookup.node("package", id, from),
        is_runtime: kinds.runtime,
        kinds: kinds.words(),
        is_new,
        has_alternative,
        criticality: lookup.score("criticality", "package", id).and_then(|row| row.percentile),
    }
}

/// A person or team in control of a package, suite by suite.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Controller {
    /// Who.
    pub node: NodeView,
    /// Share of control in each suite of [`Control::suites`]; empty where not named.
    pub shares: Vec<String>,
    /// `maintainer` or `uploader` in the last suite that names them.
    pub role: String,
    /// Share in the newest suite.
    pub current: f64,
    /// Place of the last suite that names them among all suites.
    pub last_named: usize,
}

/// Who controls a package over the suites.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Control {
    /// `Who can publish it`, or who could in the last suite that lists the package.
    pub title: String,
    /// Suites, oldest first.
    pub suites: Vec<String>,
    /// Those of the newest suite that lists the package, largest share first.
    pub people: Listing<Controller>,
    /// Those that only earlier suites name, the last ones first.
    pub former: Listing<Controller>,
}

/// People in control of a package.
pub(super) fn control(lookup: &Lookup, package: &PackageRow, from: &str) -> Control {
    let p = lookup.published;
    let purl = package.purl.as_str();
    let mut releases: Vec<_> = p.releases[lookup.rows_of_package(|by| &by.releases, purl)].iter().collect();
    releases.sort_by_key(|row| (row.as_of, row.suite));
    let suites: Vec<String> = releases.iter().map(|row| row.suite.to_string()).collect();
    let mut shares: BTreeMap<(&str, &str), (Vec<f64>, usize, &str)> = BTreeMap::new();
    for row in &p.maintainers[lookup.rows_of_package(|by| &by.maintainers, purl)] {
        let Some(at) = suites.iter().position(|suite| row.suite == *suite) else { continue };
        let key = (row.maintainer_kind.as_ref(), row.maintainer_id.as_str());
        let entry = shares.entry(key).or_insert_with(|| (vec![f64::NAN; suites.len()], at, row.role.as_ref()));
        entry.0[at] = if entry.0[at].is_nan() { row.control_share } else { entry.0[at] + row.control_share };
        if at >= entry.1 {
            (entry.1, entry.2) = (at, row.role.as_ref());
        }
    }
    let mut people: Vec<Controller> = shares
        .into_iter()
        .map(|((kind, id), (shares, last_named, role))| Controller {
            node: lookup.node(kind, id, from),
            current: shares.last().copied().filter(|share| !share.is_nan()).unwrap_or(0.0),
            shares: shares.iter().map(|share| if share.is_nan() { String::new() } else { words::percent(*share) }).collect(),
            role: role.to_owned(),
            last_named,
        })
        .collect();
    people.sort_by(|a, b| {
        let key = |one: &Controller| (one.last_named, one.current);
        let ((a_last, a_share), (b_last, b_share)) = (key(a), key(b));
        b_last.cmp(&a_last).then(b_share.total_cmp(&a_share)).then_with(|| a.node.name.cmp(&b.node.name))
    });
    let former = people.split_off(people.partition_point(|one| one.last_named + 1 == suites.len()));
    let title = match package.is_listed {
        true => "Who can publish it".to_owned(),
        false => format!("Could publish it in {}", package.suite),
    };
    Control { title, suites, people: Listing::new(people, LIMIT), former: Listing::new(former, LIMIT) }
}

/// A repository a package names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RepositoryClaim {
    /// The repository.
    pub node: NodeView,
    /// `packaging` or `upstream`, in words.
    pub relation: String,
    /// How well it is proven, in words.
    pub evidence: &'static str,
    /// Number of the evidence level.
    pub level: i64,
    /// Folder and branch, where named.
    pub place: String,
}

/// Repositories a package names.
pub(super) fn repositories(lookup: &Lookup, purl: &str, from: &str) -> Vec<RepositoryClaim> {
    let table = &lookup.published.repository_links;
    table[lookup.rows_of_package(|by| &by.repository_links, purl)].iter().map(|row| claim(lookup, row, from)).collect()
}

fn claim(lookup: &Lookup, row: &RepositoryLinkRow, from: &str) -> RepositoryClaim {
    let folder = row.directory.as_ref().map(|directory| format!("folder {directory}"));
    let branch = row.branch.as_ref().map(|branch| format!("branch {branch}"));
    RepositoryClaim {
        node: lookup.node("repository", &row.repository_url, from),
        relation: relation(&row.relation),
        evidence: words::evidence_level(row.evidence_level),
        level: row.evidence_level,
        place: folder.into_iter().chain(branch).collect::<Vec<_>>().join(", "),
    }
}

/// What a repository is to a package.
pub(super) fn relation(word: &str) -> String {
    match word {
        "packaging" => "its packaging".to_owned(),
        "source" => "what it names as its own".to_owned(),
        "upstream" => "the program itself".to_owned(),
        other => other.to_owned(),
    }
}

/// The persons and teams now in control, as a group of a picture.
pub(super) fn control_group(control: &Control) -> Group {
    let people = &control.people;
    let neighbor = |one: &Controller| Neighbor { node: one.node.clone(), weight: one.current, is_claimed: false };
    Group {
        title: control.title.clone(),
        neighbors: people.rows.iter().take(DRAWN).map(neighbor).collect(),
        more: people.total - people.rows.len().min(DRAWN),
        table: "control",
    }
}

/// Repositories, as a group of a picture.
pub(super) fn repository_group(claims: &[RepositoryClaim]) -> Group {
    let neighbor = |one: &RepositoryClaim| Neighbor {
        node: one.node.clone(),
        weight: one.level.clamp(0, 5) as f64 / 5.0,
        is_claimed: one.level <= 0,
    };
    Group {
        title: "Repositories it names".to_owned(),
        neighbors: claims.iter().take(4).map(neighbor).collect(),
        more: claims.len().saturating_sub(4),
        table: "repositories",
    }
}

/// Dependencies or dependents, as a group of a picture.
pub(super) fn use_group(title: &str, table: &'static str, uses: &Listing<PackageUse>) -> Group {
    let limit = DRAWN / 2;
    let neighbor =
        |one: &PackageUse| Neighbor { node: one.node.clone(), weight: if one.is_runtime { 0.4 } else { 0.1 }, is_claimed: false };
    Group {
        title: title.to_owned(),
        neighbors: uses.rows.iter().take(limit).map(neighbor).collect(),
        more: uses.total - uses.rows.len().min(limit),
        table,
    }
}
