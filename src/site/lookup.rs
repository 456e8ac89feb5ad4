//! Finds what a page needs of a snapshot without a search: rows by node, pages by node, quartiles by ecosystem.
//!
//! Built once, borrows the snapshot. Tables are sorted by key, so rows of a node are one range found by bisection; the few
//! tables that are asked from their other end get an order of their own.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::paths;
use super::rows_by_node::{ByPackage, RowsByNode, ledgers};
use super::view::NodeView;
use super::words;
use crate::snapshot::Published;
use crate::snapshot::schema::{FindingRow, MaintainerRow, RepositoryLinkRow, ScoreRow};

/// In place of a row that is not there.
const NO_ROW: u32 = u32::MAX;

/// Kind and id of a node.
pub(super) type NodeKey<'a> = (&'a str, &'a str);

/// A snapshot with everything that points into it.
pub(super) struct Lookup<'a> {
    /// All tables.
    pub published: &'a Published,
    /// Row in the table of its kind, and place among all pages.
    nodes: FxHashMap<NodeKey<'a>, (u32, u32)>,
    pages: Vec<String>,
    scores: FxHashMap<(&'a str, &'a str), Range<usize>>,
    /// Row of each score by metric and kind, then by the row of the node; [`NO_ROW`] without one.
    score_rows: FxHashMap<(&'a str, &'a str), Vec<u32>>,
    by_package: ByPackage,
    ledgers: FxHashMap<&'a str, (usize, RowsByNode)>,
    maintained: Vec<u32>,
    linked: Vec<u32>,
    contributed: Vec<u32>,
    found: Vec<u32>,
    binaries: Vec<u32>,
    /// Rows of the packages with a page of their own, the most critical first.
    ranked: Vec<u32>,
    quartiles: BTreeMap<NodeKey<'a>, [f64; 3]>,
}

impl<'a> Lookup<'a> {
    /// Indexes `published`, of which `package_pages` packages get a page of their own. O(n log n).
    pub fn new(published: &'a Published, package_pages: usize) -> Self {
        let p = published;
        let mut lookup = Self {
            published,
            nodes: FxHashMap::default(),
            pages: Vec::new(),
            scores: score_ranges(&p.scores),
            score_rows: FxHashMap::default(),
            by_package: ByPackage::default(),
            ledgers: FxHashMap::default(),
            maintained: order(&p.maintainers, |row| (row.maintainer_kind.as_ref(), row.maintainer_id.as_str())),
            linked: order(&p.repository_links, |row| row.repository_url.as_str()),
            contributed: order(&p.contributions, |row| row.person_id.as_str()),
            found: order(&p.findings, finding_node),
            binaries: order(&p.binaries, |row| row.purl.as_str()),
            ranked: Vec::new(),
            quartiles: BTreeMap::new(),
        };
        lookup.ranked = lookup.most_critical(package_pages);
        lookup.lay_out_pages();
        lookup.score_rows = lookup.place_scores();
        lookup.by_package = ByPackage::new(published, |purl| lookup.row_of("package", purl));
        lookup.ledgers = ledgers(published, |(kind, id)| lookup.row_of(kind, id));
        lookup.quartiles = lookup.measure_quartiles();
        lookup
    }

    fn lay_out_pages(&mut self) {
        let p = self.published;
        let packages = p.packages.iter().map(|row| ("package", row.purl.as_str(), paths::package(&row.ecosystem, &row.name)));
        let mut own = vec![false; p.packages.len()];
        self.ranked.iter().for_each(|at| own[*at as usize] = true);
        let packages = packages
            .zip(own)
            .map(|((kind, id, path), has_page)| (kind, id, if has_page { path } else { paths::shared(kind, id) }));
        let repositories = p.repositories.iter().map(|row| {
            let (kind, url) = ("repository", row.repository_url.as_str());
            (kind, url, if row.history_as_of.is_some() { paths::repository(url) } else { paths::shared(kind, url) })
        });
        let persons = p.persons.iter().map(|row| ("person", row.person_id.as_str(), paths::identity("person", &row.person_id)));
        let teams = p.teams.iter().map(|row| ("team", row.team_id.as_str(), paths::identity("team", &row.team_id)));
        let mut taken: FxHashSet<String> = FxHashSet::default();
        let mut row = 0;
        let mut last_kind = "";
        for (kind, id, path) in packages.chain(repositories).chain(persons).chain(teams) {
            row = if kind == last_kind { row + 1 } else { 0 };
            last_kind = kind;
            let path = if taken.contains(&path) { told_apart(&path, id) } else { path };
            taken.insert(path.clone());
            self.nodes.insert((kind, id), (row, self.pages.len() as u32));
            self.pages.push(path);
        }
    }

    /// Rows of the `count` most critical packages.
    fn most_critical(&self, count: usize) -> Vec<u32> {
        let packages = &self.published.packages;
        let criticality = self.scores_of("criticality", "package").iter();
        let ranks: FxHashMap<&str, Option<i64>> = criticality.map(|row| (row.node_id.as_str(), row.rank)).collect();
        let rank = |at: &u32| (ranks.get(packages[*at as usize].purl.as_str()).copied().flatten().unwrap_or(i64::MAX), *at);
        let mut rows: Vec<u32> = (0..u32::try_from(packages.len()).expect("a table has fewer than 2^32 rows")).collect();
        rows.sort_by_cached_key(rank);
        rows.truncate(count);
        rows
    }

    /// Rows of the packages with a page of their own, the most critical first.
    pub fn ranked_packages(&self) -> &[u32] {
        &self.ranked
    }

    fn measure_quartiles(&self) -> BTreeMap<NodeKey<'a>, [f64; 3]> {
        let mut values: BTreeMap<NodeKey<'a>, Vec<f64>> = BTreeMap::new();
        for row in self.scores_of("trust", "package").iter().chain(self.scores_of("trust", "repository")) {
            let Some(value) = row.value else { continue };
            let world = if row.node_kind == "package" { self.ecosystem_of(&row.node_id) } else { "" };
            values.entry((row.node_kind.as_ref(), world)).or_default().push(value);
        }
        let quartiles = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
        };
        values.into_iter().map(|(key, values)| (key, quartiles(values))).collect()
    }

    /// First, second and third quartile of trust among the nodes of `kind` in `ecosystem`, which is empty for repositories.
    pub fn quartiles(&self, kind: &str, ecosystem: &str) -> Option<[f64; 3]> {
        self.quartiles.get(&(kind, ecosystem)).copied()
    }

    /// All quartiles of trust, by kind and ecosystem; that of repositories is empty.
    pub fn all_quartiles(&self) -> impl Iterator<Item = (NodeKey<'a>, [f64; 3])> {
        self.quartiles.iter().map(|(world, quartiles)| (*world, *quartiles))
    }

    /// Ecosystem of a package, empty for one that is not listed at all.
    pub fn ecosystem_of(&self, purl: &str) -> &'a str {
        self.row_of("package", purl).map_or("", |row| self.published.packages[row].ecosystem.as_ref())
    }

    /// Position of a node in the table of its kind.
    pub fn row_of(&self, kind: &str, id: &str) -> Option<usize> {
        self.nodes.get(&(kind, id)).map(|(row, _)| *row as usize)
    }

    /// Page of a node, from the root of the site.
    pub fn page_of(&self, kind: &str, id: &str) -> Option<&str> {
        let (_, page) = self.nodes.get(&(kind, id)).copied()?;
        self.pages.get(page as usize).map(String::as_str)
    }

    /// All pages that are of one node alone.
    pub fn node_pages(&self) -> impl Iterator<Item = &str> {
        self.pages.iter().map(String::as_str).filter(|page| !paths::is_shared(page))
    }

    /// Rows of the table of `kind` whose nodes have a page of their own, in order.
    pub fn rows_with_pages<'i>(&self, kind: &str, ids: impl Iterator<Item = &'i str>) -> Vec<usize> {
        let has_page = |id: &str| self.page_of(kind, id).is_some_and(|page| !paths::is_shared(page));
        ids.enumerate().filter(|(_, id)| has_page(id)).map(|(row, _)| row).collect()
    }

    /// A node as it is named, linked and scored on the page `from`.
    pub fn node(&self, kind: &str, id: &str, from: &str) -> NodeView {
        let trust = self.score("trust", kind, id).and_then(|row| row.value);
        NodeView {
            kind: words::node_kind(kind),
            name: self.name_of(kind, id),
            href: self.page_of(kind, id).map(|page| paths::relative(from, page)),
            score: trust,
        }
    }

    /// What a node is called: a name its registry displays, else what can be said of its id.
    pub fn name_of(&self, kind: &str, id: &str) -> String {
        let p = self.published;
        let row = self.row_of(kind, id);
        let short = || id.chars().take(10).collect::<String>();
        match kind {
            "package" => row.map_or_else(|| id.to_owned(), |row| p.packages[row].name.to_string()),
            "repository" => id.strip_prefix("https://").or(id.strip_prefix("file:///")).unwrap_or(id).to_owned(),
            "person" => {
                let person = row.map(|row| &p.persons[row]);
                let given = person.and_then(|person| person.name.or(person.handle));
                given.filter(|name| !name.trim().is_empty()).map_or_else(|| format!("person {}", short()), String::from)
            }
            "team" => {
                let given = row.and_then(|row| p.teams[row].name);
                given.filter(|name| !name.trim().is_empty()).map_or_else(|| format!("team {}", short()), String::from)
            }
            _ => id.to_owned(),
        }
    }

    /// Scores of one metric and kind, sorted by node.
    pub fn scores_of(&self, metric: &str, kind: &str) -> &'a [ScoreRow] {
        self.scores.get(&(metric, kind)).map_or(&[], |range| &self.published.scores[range.clone()])
    }

    /// One score of a node. O(1).
    pub fn score(&self, metric: &str, kind: &str, id: &str) -> Option<&'a ScoreRow> {
        let row = self.row_of(kind, id)?;
        let at = self.score_rows.get(&(metric, kind))?.get(row).filter(|at| **at != NO_ROW)?;
        self.published.scores.get(*at as usize)
    }

    /// Where the scores of each node stand. A score of a node in no table is on no page.
    fn place_scores(&self) -> FxHashMap<NodeKey<'a>, Vec<u32>> {
        let mut placed = FxHashMap::default();
        for (key, range) in &self.scores {
            let mut rows: Vec<u32> = Vec::new();
            for (at, score) in range.clone().zip(&self.published.scores[range.clone()]) {
                let Some(row) = self.row_of(key.1, &score.node_id) else { continue };
                rows.resize(rows.len().max(row + 1), NO_ROW);
                rows[row] = u32::try_from(at).expect("a table has fewer than 2^32 rows");
            }
            placed.insert(*key, rows);
        }
        placed
    }

    /// Rows about a package in `table`. O(1).
    pub fn rows_of_package(&self, table: impl Fn(&ByPackage) -> &RowsByNode, purl: &str) -> Range<usize> {
        self.row_of("package", purl).map_or(0..0, |row| table(&self.by_package).of(row))
    }

    /// Rows of the ledger of a node. O(1).
    pub fn ledger(&self, kind: &str, id: &str) -> Range<usize> {
        let of_kind = self.ledgers.get(kind).zip(self.row_of(kind, id));
        of_kind.map_or(0..0, |((start, rows), row)| {
            let rows = rows.of(row);
            start + rows.start..start + rows.end
        })
    }

    /// Maintainer rows of a person or team, all suites.
    pub fn maintained(&self, kind: &str, id: &str) -> impl Iterator<Item = &'a MaintainerRow> {
        let rows = &self.published.maintainers;
        let range = range(&self.maintained, |at| {
            let row: &MaintainerRow = &rows[*at as usize];
            (row.maintainer_kind.as_ref(), row.maintainer_id.as_str()).cmp(&(kind, id))
        });
        self.maintained[range].iter().map(|at| &rows[*at as usize])
    }

    /// Links to a repository.
    pub fn named_by(&self, url: &str) -> impl Iterator<Item = &'a RepositoryLinkRow> {
        let rows = &self.published.repository_links;
        let range = range(&self.linked, |at| rows[*at as usize].repository_url.as_str().cmp(url));
        self.linked[range].iter().map(|at| &rows[*at as usize])
    }

    /// Positions of the contributions of a person, by repository.
    pub fn contributed(&self, person: &str) -> &[u32] {
        let rows = &self.published.contributions;
        &self.contributed[range(&self.contributed, |at| rows[*at as usize].person_id.as_str().cmp(person))]
    }

    /// Positions of the findings about a node.
    pub fn found(&self, kind: &str, id: &str) -> &[u32] {
        let rows = &self.published.findings;
        &self.found[range(&self.found, |at| finding_node(&rows[*at as usize]).cmp(&(kind, id)))]
    }

    /// Names of what is installed from a package.
    pub fn binaries(&self, purl: &str) -> impl Iterator<Item = &'a str> {
        let rows = &self.published.binaries;
        let range = range(&self.binaries, |at| rows[*at as usize].purl.as_str().cmp(purl));
        self.binaries[range].iter().map(|at| rows[*at as usize].binary_name.as_str())
    }
}

/// The rows of `table` whose leading key is `id`. The table is sorted by it.
pub(super) fn rows_of<T>(table: &[T], key: impl Fn(&T) -> &str, id: &str) -> Range<usize> {
    let start = table.partition_point(|row| key(row) < id);
    start..start + table[start..].partition_point(|row| key(row) == id)
}

fn range<T>(order: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> Range<usize> {
    let start = order.partition_point(|at| compare(at).is_lt());
    start..start + order[start..].partition_point(|at| compare(at).is_eq())
}

fn order<'a, T, K: Ord>(rows: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(rows.len()).expect("a table has fewer than 2^32 rows")).collect();
    order.sort_by_cached_key(|at| key(&rows[*at as usize]));
    order
}

fn finding_node(row: &FindingRow) -> NodeKey<'_> {
    (row.node_kind.as_ref(), row.node_id.as_str())
}

fn score_ranges(scores: &[ScoreRow]) -> FxHashMap<NodeKey<'_>, Range<usize>> {
    let mut ranges = FxHashMap::default();
    let mut start = 0;
    for chunk in scores.chunk_by(|a, b| a.metric == b.metric && a.node_kind == b.node_kind) {
        ranges.insert((chunk[0].metric.as_ref(), chunk[0].node_kind.as_ref()), start..start + chunk.len());
        start += chunk.len();
    }
    ranges
}

/// A second node of one name gets a part of its digest.
fn told_apart(path: &str, id: &str) -> String {
    let stem = path.strip_suffix(".html").unwrap_or(path);
    format!("{stem}_-{}.html", &paths::digest(id)[..12])
}
