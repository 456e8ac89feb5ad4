//! The search index: names in small files by their first letters, so that five million names cost a reader one small list and
//! one or two shards.
//!
//! A shard is a classic script that hands its rows to `search.js`, because pages read from a disk may load scripts but fetch
//! nothing. `search/index.js` lists all prefixes; the one at place N has the file `search/N.js`. It holds every name that
//! begins with its prefix when there are at most [`MAX_ENTRIES`] of them; otherwise the names that are exactly the prefix and
//! the most critical of the rest, while longer prefixes have their own files.

use rayon::prelude::*;
use serde_json::{Value, json};

use super::lookup::Lookup;
use super::{SiteError, SiteFolder, api, paths};

/// Names a shard holds at most before it is cut.
const MAX_ENTRIES: usize = 400;
/// Most critical names kept for a prefix whose names are in finer shards.
const TOP_ENTRIES: usize = 40;
/// Longest name that can be found, in characters; longer ones are found by their beginning.
const MAX_NAME: usize = 80;

/// One name that leads to a page.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    /// Lower case; what is typed.
    name: String,
    /// Name as shown.
    shown: String,
    /// `package`, `binary`, `repository`, `person` or `team`.
    kind: &'static str,
    /// Page, from the root of the site.
    page: String,
    /// What stands beside it, such as the package a binary is built from.
    note: String,
    /// Trust in points, empty for none.
    points: String,
    /// For ranking.
    criticality: f64,
}

/// A file of the index: a prefix and positions of the entries it holds.
#[derive(Debug, PartialEq)]
struct Shard {
    prefix: String,
    entries: Vec<u32>,
    is_whole: bool,
}

/// All names, cut into files.
pub(super) struct SearchIndex {
    entries: Vec<Entry>,
    shards: Vec<Shard>,
}

impl SearchIndex {
    /// Collects all names. O(n log n).
    pub fn new(lookup: &Lookup) -> Self {
        let entries = entries(lookup);
        Self { shards: shards(&entries), entries }
    }

    /// Files of the index.
    pub fn file_count(&self) -> usize {
        self.shards.len() + 1
    }

    /// Path and content of a file, from 0.
    pub fn file(&self, at: usize) -> (String, String) {
        let Some(number) = at.checked_sub(1) else {
            let prefixes: Vec<Value> = self.shards.iter().map(|shard| json!(shard.prefix)).collect();
            return ("search/index.js".to_owned(), format!("trustgraphSearch.index({});\n", api::compact(&json!(prefixes))));
        };
        let shard = &self.shards[number];
        let rows: Vec<String> = shard.entries.iter().map(|at| api::compact(&row(&self.entries[*at as usize]))).collect();
        let prefix = api::compact(&json!(shard.prefix));
        let text = format!("trustgraphSearch.shard({prefix},{},[\n{}\n]);\n", shard.is_whole, rows.join(",\n"));
        (format!("search/{number}.js"), text)
    }

    /// Writes `search/`.
    pub fn write(&self, folder: &SiteFolder) -> Result<(), SiteError> {
        folder.make_folders(["search/x"].into_iter())?;
        (0..self.file_count()).into_par_iter().try_for_each(|at| {
            let (path, text) = self.file(at);
            folder.write(&path, text.as_bytes())
        })
    }
}

/// The page of a repository without one of its own follows from what is shown, so it is left out.
fn row(entry: &Entry) -> Value {
    let shown = paths::shared("repository", &format!("{}/{}", entry.note, entry.shown));
    let page = if entry.kind == "repository" && entry.page == shown { "" } else { &entry.page };
    let criticality = if entry.criticality > 0.0 { (entry.criticality.log10() * 100.0).round() as i64 } else { -9999 };
    json!([entry.shown, entry.kind, page, entry.note, entry.points, criticality])
}

fn entries(lookup: &Lookup) -> Vec<Entry> {
    let p = lookup.published;
    let mut entries = Vec::with_capacity(p.packages.len() * 2 + p.repositories.len() * 2);
    for row in &p.packages {
        entries.extend(entry(lookup, ("package", &row.purl), "package", &row.name, row.ecosystem.to_string()));
    }
    for row in &p.binaries {
        let package = lookup.name_of("package", &row.purl);
        if row.binary_name != package {
            entries.extend(entry(lookup, ("package", &row.purl), "binary", &row.binary_name, package));
        }
    }
    for row in &p.repositories {
        let key = ("repository", row.repository_url.as_str());
        let path = lookup.name_of("repository", &row.repository_url);
        let (host, inner) = path.split_once('/').unwrap_or(("", &path));
        entries.extend(entry(lookup, key, "repository", inner, host.to_owned()));
        if let Some((owner, name)) = inner.rsplit_once('/') {
            entries.extend(entry(lookup, key, "repository", name, format!("{host}/{owner}")));
        }
    }
    for row in &p.persons {
        let names = row.name.iter().chain(&row.handle);
        entries.extend(names.filter_map(|name| entry(lookup, ("person", &row.person_id), "person", name, String::new())));
    }
    for row in &p.teams {
        entries.extend(row.name.iter().filter_map(|name| entry(lookup, ("team", &row.team_id), "team", name, String::new())));
    }
    entries.par_sort_by(|a, b| (&a.name, &a.page, a.kind, &a.shown).cmp(&(&b.name, &b.page, b.kind, &b.shown)));
    entries.dedup_by(|a, b| a.name == b.name && a.page == b.page);
    entries
}

/// A name that leads to the page of `node`; none for a nameless one. Persons carry no score: they are not ranked.
fn entry(lookup: &Lookup, node: (&str, &str), kind: &'static str, name: &str, note: String) -> Option<Entry> {
    let typed: String = name.to_lowercase().chars().take(MAX_NAME).collect();
    let is_compared = matches!(node.0, "package" | "repository");
    let trust = lookup.score("trust", node.0, node.1).and_then(|row| row.value).filter(|_| is_compared);
    let criticality = lookup.score("criticality", node.0, node.1).and_then(|row| row.value);
    (!typed.trim().is_empty()).then_some(())?;
    Some(Entry {
        name: typed,
        shown: name.chars().take(MAX_NAME).collect(),
        kind,
        page: lookup.page_of(node.0, node.1)?.to_owned(),
        note,
        points: trust.map(super::words::points).unwrap_or_default(),
        criticality: criticality.unwrap_or(0.0),
    })
}

/// Cuts `entries`, which are sorted by name, into shards; sorted by prefix.
fn shards(entries: &[Entry]) -> Vec<Shard> {
    let mut shards = Vec::new();
    let all = u32::try_from(entries.len()).expect("fewer than 2^32 names");
    cut(entries, &(0..all).collect::<Vec<_>>(), String::new(), &mut shards);
    shards.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    shards
}

/// Adds the shards of `members`, which all begin with `prefix`. Depth is at most [`MAX_NAME`].
fn cut(entries: &[Entry], members: &[u32], prefix: String, shards: &mut Vec<Shard>) {
    if members.is_empty() {
        return;
    }
    let name = |at: &u32| entries[*at as usize].name.as_str();
    if members.len() <= MAX_ENTRIES {
        shards.push(Shard { prefix, entries: members.to_vec(), is_whole: true });
        return;
    }
    let exact = members.partition_point(|at| name(at).len() == prefix.len());
    let (same, longer) = members.split_at(exact);
    let mut top = longer.to_vec();
    let by_criticality = |a: &u32, b: &u32| {
        let (a_entry, b_entry) = (&entries[*a as usize], &entries[*b as usize]);
        b_entry.criticality.total_cmp(&a_entry.criticality).then(a.cmp(b))
    };
    top.sort_by(by_criticality);
    top.truncate(TOP_ENTRIES);
    let mut kept = same.to_vec();
    kept.sort_by(by_criticality);
    kept.truncate(MAX_ENTRIES);
    kept.extend(top);
    kept.sort_unstable();
    let next = |at: &u32| name(at)[prefix.len()..].chars().next();
    let groups: Vec<&[u32]> = longer.chunk_by(|a, b| next(a) == next(b)).collect();
    if groups.len() > 1 || !same.is_empty() || prefix.is_empty() {
        shards.push(Shard { prefix: prefix.clone(), entries: kept, is_whole: false });
    }
    for group in groups {
        let extended = format!("{prefix}{}", next(&group[0]).map(String::from).unwrap_or_default());
        cut(entries, group, extended, shards);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, criticality: f64) -> Entry {
        let text = || String::new();
        Entry { name: name.into(), shown: name.into(), kind: "package", page: text(), note: text(), points: text(), criticality }
    }

    fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    }

    #[test]
    fn few_names_are_one_shard() {
        let entries = sorted(vec![named("a", 0.1), named("b", 0.2)]);
        assert_eq!(shards(&entries), vec![Shard { prefix: String::new(), entries: vec![0, 1], is_whole: true }]);
        assert!(shards(&[]).is_empty());
    }

    #[test]
    fn every_name_is_in_the_shard_of_its_longest_listed_prefix() {
        let mut names: Vec<Entry> = (0..3000).map(|i| named(&format!("lib{i}"), f64::from(i))).collect();
        names.push(named("lib", 1.0));
        names.push(named("é", 1.0));
        let entries = sorted(names);
        let shards = shards(&entries);
        assert!(shards.iter().all(|shard| shard.entries.len() <= MAX_ENTRIES + TOP_ENTRIES));
        for (at, entry) in entries.iter().enumerate() {
            let shard = shards.iter().filter(|shard| entry.name.starts_with(&shard.prefix)).max_by_key(|s| s.prefix.len());
            assert!(shard.is_some_and(|shard| shard.entries.contains(&(at as u32))), "{}", entry.name);
        }
        let lib = shards.iter().find(|shard| shard.prefix == "lib").expect("a shard of its own");
        let best = entries.iter().position(|entry| entry.name == "lib2999").expect("the most critical") as u32;
        assert!(!lib.is_whole && lib.entries.contains(&best));
    }

    #[test]
    fn a_long_shared_beginning_costs_no_chain_of_files() {
        let entries = sorted((0..500).map(|i| named(&format!("{}{i:03}", "x".repeat(70)), 0.0)).collect());
        let shards = shards(&entries);
        assert_eq!(shards.iter().filter(|shard| !shard.is_whole).count(), 2, "the root and the place where names part");
    }

    #[test]
    fn one_name_many_times_ends() {
        let entries = sorted((0..900).map(|_| named("same", 0.0)).collect());
        assert!(shards(&entries).iter().any(|shard| shard.prefix == "same" && shard.entries.len() == MAX_ENTRIES));
    }
}
