//! The JSON interface: `api/v1/KIND/SHARD.json` holds the documents of all nodes whose digest begins with SHARD.
//!
//! One file a node would double the number of files; a shard of at most [`MAX_SHARD_BYTES`] costs a reader one request too.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::json_rows::JsonRows;
use super::lookup::Lookup;
use super::plan::Part;
use super::{SiteError, SiteFolder, escape, neighbors, openapi, paths};
use crate::snapshot::Text;

/// Shards are cut finer until none is larger, as far as four digits go.
pub(super) const MAX_SHARD_BYTES: usize = 150_000;

/// Columns of a ledger, in the order of its lists; each shard repeats them.
const LEDGER: [&str; 7] = ["component", "edge_kind", "neighbor_kind", "neighbor_id", "weight", "neighbor_score", "amount"];

/// Columns of a score; the ends of its bracket come last, because most are closer together than the digits shown.
const SCORES: [&str; 9] = ["value", "percentile", "rank", "rank_lower", "rank_upper", "weakest", "null_reason", "lower", "upper"];

/// Columns of a maintainer.
const MAINTAINERS: [&str; 4] = ["maintainer_kind", "maintainer_id", "role", "control_share"];

/// Columns of a link to a repository.
const LINKS: [&str; 5] = ["repository_url", "relation", "evidence_level", "branch", "directory"];

/// Names of the cells of every list whose rows are lists.
const COLUMNS: [(&str, &[&str]); 4] =
    [("contributions_to_score", &LEDGER), ("maintainers", &MAINTAINERS), ("repository_links", &LINKS), ("scores", &SCORES)];

/// Documents of all nodes, cut into shards.
pub(super) struct Api {
    kinds: BTreeMap<&'static str, KindShards>,
}

/// Documents of one kind.
struct KindShards {
    /// Leading digits of the digest that name the shard.
    digits: usize,
    count: usize,
    /// Digest, id, document; sorted by digest.
    documents: Vec<(String, String, String)>,
}

impl Api {
    /// Makes all documents. O(rows), in parallel over nodes.
    pub fn new(lookup: &Lookup) -> Self {
        let writer = Documents::new(lookup);
        let p = lookup.published;
        let mut kinds = BTreeMap::new();
        kinds.insert("package", KindShards::new(p.packages.len(), |i| (p.packages[i].purl, writer.package(i))));
        kinds.insert(
            "repository",
            KindShards::new(p.repositories.len(), |i| (p.repositories[i].repository_url, writer.repository(i))),
        );
        kinds.insert("person", KindShards::new(p.persons.len(), |i| (p.persons[i].person_id, writer.person(i))));
        kinds.insert("team", KindShards::new(p.teams.len(), |i| (p.teams[i].team_id, writer.team(i))));
        Self { kinds }
    }

    /// Relative link to the file of the document of a node, from the page `from`.
    pub fn place(&self, kind: &str, id: &str, from: &str) -> Option<String> {
        let digits = self.kinds.get(kind)?.digits;
        let file = format!("api/v1/{kind}/{}.json", &paths::digest(id)[..digits]);
        Some(paths::relative(from, &file))
    }

    /// Kind, digits and number of documents of each kind.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, usize, usize)> {
        self.kinds.iter().map(|(kind, shards)| (*kind, shards.digits, shards.count))
    }

    /// JSON files of documents.
    pub fn shard_count(&self) -> u64 {
        self.kinds.values().map(|shards| shards.chunks().len() as u64).sum()
    }

    /// Files and bytes of `api/v1`; a few bytes a file too many.
    pub fn size(&self, lookup: &Lookup) -> Part {
        let head = head(lookup).len() as u64 + 64;
        let fixed = [self.index(lookup), openapi::document(self)].map(|value| pretty(&value).len() as u64);
        let mut part = Part { files: fixed.len() as u64, bytes: fixed.iter().sum(), largest: 0 };
        for chunk in self.kinds.values().flat_map(KindShards::chunks) {
            let bytes = head + size(chunk) as u64;
            part = Part { files: part.files + 1, bytes: part.bytes + bytes, largest: part.largest.max(bytes) };
        }
        part
    }

    /// Writes `api/v1`.
    pub fn write(&self, lookup: &Lookup, folder: &SiteFolder) -> Result<(), SiteError> {
        let folders: Vec<String> = self.kinds.keys().map(|kind| format!("api/v1/{kind}/x")).collect();
        folder.make_folders(folders.iter().map(String::as_str))?;
        folder.write("api/v1/index.json", pretty(&self.index(lookup)).as_bytes())?;
        folder.write("api/v1/openapi.json", pretty(&openapi::document(self)).as_bytes())?;
        let head = head(lookup);
        for (kind, shards) in &self.kinds {
            shards.chunks().par_iter().try_for_each(|chunk| {
                let shard = &chunk[0].0[..shards.digits];
                folder.write(&format!("api/v1/{kind}/{shard}.json"), shard_text(&head, kind, shard, chunk).as_bytes())
            })?;
        }
        Ok(())
    }

    fn index(&self, lookup: &Lookup) -> Value {
        let manifest = &lookup.published.manifest;
        let kinds: Map<String, Value> = self
            .kinds()
            .map(|(kind, digits, count)| {
                let path = format!("api/v1/{kind}/{{shard}}.json");
                (kind.to_owned(), json!({ "document_count": count, "shard_digits": digits, "path": path }))
            })
            .collect();
        json!({
            "schema_version": manifest.schema_version,
            "snapshot": manifest.snapshot,
            "as_of": manifest.as_of,
            "how_to": "The document of a node is documents[id] in the file path, where {shard} is the first shard_digits hexadecimal digits of the SHA-256 of the id in UTF-8. An id is a purl, a canonical repository URL, a person id or a team id. Paths start at the root of the site. A key that is absent is null. The cells of scores[metric] and of the rows of contributions_to_score, maintainers and repository_links are named by columns; null cells at the end are left out. Numbers have six significant digits, the Parquet files have all; lower and upper are left out where they are the value to six digits. Dependencies and dependents are listed by their kinds, joined by spaces. Other lists are cut at 40; counts tell how long they are, the Parquet files have all rows. A shard says its schema_version and not its snapshot and as_of: those stand here alone, so that a shard of which nothing changed stays the same file, byte for byte, from night to night. openapi.json describes both.",
            "openapi": "api/v1/openapi.json",
            "kinds": kinds,
        })
    }
}

impl KindShards {
    fn new(count: usize, document: impl Fn(usize) -> (Text, Value) + Sync + Send) -> Self {
        let mut documents: Vec<(String, String, String)> = (0..count)
            .into_par_iter()
            .map(|i| {
                let (id, value) = document(i);
                (paths::digest(&id), id.to_string(), compact(&value))
            })
            .collect();
        documents.par_sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let digits = (1..4).find(|digits| largest(&documents, *digits) <= MAX_SHARD_BYTES - 1_000).unwrap_or(4);
        Self { digits, count, documents }
    }

    /// Documents that share a file.
    fn chunks(&self) -> Vec<&[(String, String, String)]> {
        self.documents.chunk_by(|a, b| a.0[..self.digits] == b.0[..self.digits]).collect()
    }
}

/// The names of cells, as each shard repeats them.
pub(super) fn columns() -> Value {
    COLUMNS.into_iter().map(|(list, names)| (list.to_owned(), json!(names))).collect::<Map<_, _>>().into()
}

fn size(chunk: &[(String, String, String)]) -> usize {
    chunk.iter().map(|one| one.1.len() + one.2.len() + 8).sum()
}

fn largest(documents: &[(String, String, String)], digits: usize) -> usize {
    documents.chunk_by(|a, b| a.0[..digits] == b.0[..digits]).map(size).max().unwrap_or(0)
}

fn head(lookup: &Lookup) -> String {
    let manifest = &lookup.published.manifest;
    // The day stands in the index alone, so that a shard of which nothing changed is the same file.
    let text = compact(&json!({
        "schema_version": manifest.schema_version,
        "columns": columns(),
    }));
    text.strip_suffix('}').unwrap_or_default().to_owned()
}

fn shard_text(head: &str, kind: &str, shard: &str, chunk: &[(String, String, String)]) -> String {
    let mut text = format!("{head},\"kind\":\"{kind}\",\"shard\":\"{shard}\",\"documents\":{{\n");
    for (at, (_, id, document)) in chunk.iter().enumerate() {
        text.push_str(&compact(&Value::from(id.as_str())));
        text.push(':');
        text.push_str(document);
        text.push_str(if at + 1 < chunk.len() { ",\n" } else { "\n" });
    }
    text.push_str("}}\n");
    text
}

/// JSON with invisible characters as escapes.
pub(super) fn compact(value: &Value) -> String {
    escaped(value.to_string())
}

/// The same, to be read by people too.
pub(super) fn pretty(value: &Value) -> String {
    escaped(format!("{value:#}\n"))
}

fn escaped(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if escape::is_invisible(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Makes documents of rows.
struct Documents<'l, 'a> {
    lookup: &'l Lookup<'a>,
    packages: JsonRows,
    repositories: JsonRows,
    persons: JsonRows,
    teams: JsonRows,
    links: JsonRows,
    package_links: JsonRows,
    maintainers: JsonRows,
    ledger: JsonRows,
    findings: JsonRows,
}

impl<'l, 'a> Documents<'l, 'a> {
    fn new(lookup: &'l Lookup<'a>) -> Self {
        let p = lookup.published;
        Self {
            lookup,
            packages: JsonRows::new(&p.packages),
            repositories: JsonRows::new(&p.repositories),
            persons: JsonRows::new(&p.persons),
            teams: JsonRows::new(&p.teams),
            links: JsonRows::new(&p.repository_links),
            package_links: JsonRows::new(&p.package_links),
            maintainers: JsonRows::new(&p.maintainers),
            ledger: JsonRows::new(&p.contributions_to_score),
            findings: JsonRows::new(&p.findings),
        }
    }

    fn package(&self, row: usize) -> Value {
        let p = self.lookup.published;
        let package = &p.packages[row];
        let purl = package.purl.as_str();
        let mut document = self.packages.object(row, &["purl", "packaging_repository_url", "upstream_repository_url"]);
        self.describe(&mut document, "package", purl);
        let maintainers =
            self.lookup.rows_of_package(|by| &by.maintainers, purl).filter(|at| p.maintainers[*at].suite == package.suite);
        document.insert("maintainers".into(), self.maintainers.lists(maintainers, &MAINTAINERS));
        let releases = &p.releases[self.lookup.rows_of_package(|by| &by.releases, purl)];
        let versions: Map<String, Value> =
            releases.iter().map(|release| (release.suite.to_string(), release.version.as_str().into())).collect();
        document.insert("releases".into(), Value::Object(versions));
        let links = self.lookup.rows_of_package(|by| &by.repository_links, purl);
        document.insert("repository_links".into(), self.links.lists(links, &LINKS));
        let elsewhere = self.lookup.rows_of_package(|by| &by.package_links, purl);
        if !elsewhere.is_empty() {
            let first = elsewhere.start..elsewhere.end.min(elsewhere.start + neighbors::LIMIT);
            document.insert("package_links".into(), self.package_links.objects(first, &["purl"]));
        }
        let needs = self.lookup.rows_of_package(|by| &by.dependencies, purl);
        let needs = needs.map(|at| (p.dependencies[at].kind.as_ref(), p.dependencies[at].dependency_purl.as_str()));
        document.insert("dependencies".into(), by_kind(needs));
        let needed = self.lookup.rows_of_package(|by| &by.dependents, purl);
        let needed = needed.map(|at| (p.dependents[at].kind.as_ref(), p.dependents[at].purl.as_str()));
        document.insert("dependents".into(), by_kind(needed));
        Value::Object(document)
    }

    fn repository(&self, row: usize) -> Value {
        let url = self.lookup.published.repositories[row].repository_url.as_str();
        let mut document = self.repositories.object(row, &["repository_url"]);
        self.describe(&mut document, "repository", url);
        let packages = self.lookup.named_by(url).take(neighbors::LIMIT).map(|link| link.purl.as_str());
        document.insert("packages".into(), packages.collect());
        Value::Object(document)
    }

    fn person(&self, row: usize) -> Value {
        let id = self.lookup.published.persons[row].person_id.as_str();
        let mut document = self.persons.object(row, &["person_id"]);
        self.describe(&mut document, "person", id);
        Value::Object(document)
    }

    fn team(&self, row: usize) -> Value {
        let id = self.lookup.published.teams[row].team_id.as_str();
        let mut document = self.teams.object(row, &["team_id"]);
        self.describe(&mut document, "team", id);
        Value::Object(document)
    }

    /// Scores, ledger and findings: what every node may have.
    fn describe(&self, document: &mut Map<String, Value>, kind: &str, id: &str) {
        document.insert("scores".into(), self.scores(kind, id));
        let rows = self.lookup.ledger(kind, id);
        if !rows.is_empty() {
            document.insert("contributions_to_score".into(), self.ledger.lists(rows, &LEDGER));
        }
        let found = self.lookup.found(kind, id);
        if !found.is_empty() {
            let found = found.iter().map(|at| *at as usize);
            document.insert("findings".into(), self.findings.objects(found, &["node_kind", "node_id"]));
        }
    }

    fn scores(&self, kind: &str, id: &str) -> Value {
        let metrics =
            ["trust", "own", "control", "vouching", "dependencies", "criticality", "dominator_share", "effective_maintainers"];
        let mut scores = Map::new();
        for metric in metrics {
            let Some(row) = self.lookup.score(metric, kind, id) else { continue };
            let figure = |figure: Option<f64>| figure.map_or(Value::Null, super::json_rows::rounded);
            let value = figure(row.value);
            let end = |end: Option<f64>| Some(figure(end)).filter(|end| *end != value).unwrap_or(Value::Null);
            let word = |word: &Option<crate::snapshot::Word>| word.as_deref().map_or(Value::Null, Value::from);
            let rank = |rank: Option<i64>| rank.map_or(Value::Null, Value::from);
            let ends = [end(row.lower), end(row.upper)];
            let mut score = vec![value, figure(row.percentile), rank(row.rank), rank(row.rank_lower), rank(row.rank_upper)];
            score.extend([word(&row.weakest), word(&row.null_reason)]);
            score.extend(ends);
            while score.last().is_some_and(Value::is_null) {
                score.pop();
            }
            scores.insert(metric.into(), Value::Array(score));
        }
        Value::Object(scores)
    }
}

/// Ids by their kinds, joined by spaces, the first [`neighbors::LIMIT`] of each; each id once. `rows` are sorted by id.
fn by_kind<'r>(rows: impl Iterator<Item = (&'r str, &'r str)>) -> Value {
    let rows: Vec<(&str, &str)> = rows.collect();
    let mut lists: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for same in rows.chunk_by(|a, b| a.1 == b.1) {
        let mut kinds: Vec<&str> = same.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let list = lists.entry(kinds.join(" ")).or_default();
        if list.len() < neighbors::LIMIT {
            list.push(same[0].1);
        }
    }
    json!(lists)
}
