//! Gates before publication; the same ones run again in `verify`. Every figure is published, every failure is listed.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Int32Type};
use arrow::row::{RowConverter, SortField};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::published::{Published, TableVisitor};
use super::schema::*;
use super::{Manifest, SnapshotError, Table, Text, Word};

/// Ledgers must sum to their score this closely (axiom "Ledger").
const LEDGER_TOLERANCE: f64 = 1e-9;

/// Stands for the ecosystem of a package that is in no table.
pub(super) const NO_PACKAGE: &str = "(no package)";

/// Rows that are looked at together by one thread.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Runs every gate on `published`; one row a figure, sorted.
pub fn check(published: &Published) -> Vec<QualityRow> {
    let mut checks = Checks { rows: Vec::new() };
    let limit = |name: &str| limit(&published.manifest, name);
    // A job that reads histories only has no list of packages, and nothing to count.
    if !published.manifest.suites.is_empty() {
        checks.at_least("package_count", "packages", published.packages.len() as f64, limit("min_package_count"));
    }
    checks.at_most("bracket_gap", "scores", widest_bracket(published), limit("max_bracket_gap"));
    checks.at_most("null_share", "scores of listed packages", null_share(published), limit("max_null_share"));
    checks.at_most("ledger_error", "contributions_to_score", ledger_error(published), LEDGER_TOLERANCE);
    checks.at_most("scores_outside_0_to_1", "scores", outside(published), 0.0);
    checks.at_most("ranks_outside_their_interval", "scores", ranks_outside(published) as f64, 0.0);
    for (ecosystem, sum) in criticality_sums(published) {
        checks.at_most("criticality_error", &ecosystem, (sum - 1.0).abs(), LEDGER_TOLERANCE);
    }
    for (what, count) in orphans(published) {
        checks.at_most("orphaned_keys", what, count as f64, 0.0);
    }
    for (ecosystem, share) in distinct_edge_shares(published) {
        checks.at_least("distinct_edge_share", &format!("dependencies of {ecosystem}"), share, limit("min_distinct_edge_share"));
    }
    for purl in &published.manifest.sentinels {
        let is_listed = published.packages.iter().any(|row| row.is_listed && row.purl == *purl);
        checks.at_least("sentinel_is_listed", purl, f64::from(u8::from(is_listed)), 1.0);
    }
    let manifest = serde_json::to_string(&published.manifest).expect("a manifest is plain data");
    checks.at_most("email_patterns", "manifest.json", f64::from(u8::from(has_address(&manifest))), 0.0);
    let persons = published.findings.iter().filter(|finding| finding.node_kind == "person").count();
    checks.at_most("findings_on_persons", "findings", persons as f64, 0.0);
    published.visit(&mut checks).expect("checking writes nothing");
    checks.rows.sort_by(|a, b| (&a.check, &a.subject).cmp(&(&b.check, &b.subject)));
    checks.rows
}

/// One sentence for every gate that failed.
pub fn failures(quality: &[QualityRow]) -> Vec<String> {
    let failed = quality.iter().filter(|row| row.is_passed == Some(false));
    failed
        .map(|row| format!("{} of {}: {} (limit {})", row.check, row.subject, row.value, row.limit.unwrap_or(f64::NAN)))
        .collect()
}

/// The parameter `checks.{name}`; without one it is no number, and the gate fails.
pub(super) fn limit(manifest: &Manifest, name: &str) -> f64 {
    manifest.parameter(&format!("checks.{name}")).unwrap_or(f64::NAN)
}

/// Collects figures held against limits.
pub(super) struct Checks {
    pub(super) rows: Vec<QualityRow>,
}

impl Checks {
    pub(super) fn at_most(&mut self, check: &'static str, subject: &str, value: f64, limit: f64) {
        self.push(check, subject, value, limit, value <= limit);
    }

    fn at_least(&mut self, check: &'static str, subject: &str, value: f64, limit: f64) {
        self.push(check, subject, value, limit, value >= limit);
    }

    fn push(&mut self, check: &'static str, subject: &str, value: f64, limit: f64, is_passed: bool) {
        let row =
            QualityRow { check: check.into(), subject: subject.into(), value, limit: Some(limit), is_passed: Some(is_passed) };
        self.rows.push(row);
    }
}

impl TableVisitor for Checks {
    type Error = SnapshotError;

    /// Keys strictly rise; no text looks like an address.
    fn visit<T: Table>(&mut self, rows: &[T]) -> Result<(), SnapshotError> {
        let columns = T::columns();
        let keys: Vec<usize> = T::KEY.iter().filter_map(|name| columns.iter().position(|column| column.name == *name)).collect();
        let look = |at: usize| {
            // With the row before, which the first of these must follow.
            let before = at.min(1);
            let some = T::arrays(&rows[at - before..rows.len().min(at + ROWS_AT_ONCE)]);
            let addresses: usize = some.iter().map(|array| addresses_in(&array.slice(before, array.len() - before))).sum();
            (keys_not_rising(&keys.iter().map(|key| some[*key].clone()).collect::<Vec<_>>()), addresses)
        };
        let starts: Vec<usize> = (0..rows.len()).step_by(ROWS_AT_ONCE).collect();
        let sum = |a: (usize, usize), b: (usize, usize)| (a.0.saturating_add(b.0), a.1 + b.1);
        let (not_rising, addresses) = starts.into_par_iter().map(look).reduce(|| (0, 0), sum);
        self.at_most("keys_not_rising", T::NAME, not_rising as f64, 0.0);
        self.at_most("email_patterns", T::NAME, addresses as f64, 0.0);
        Ok(())
    }
}

fn keys_not_rising(keys: &[ArrayRef]) -> usize {
    let fields = keys.iter().map(|array| SortField::new(array.data_type().clone())).collect();
    let rows = RowConverter::new(fields).and_then(|converter| converter.convert_columns(keys));
    let Ok(rows) = rows else { return usize::MAX };
    (1..rows.num_rows()).filter(|at| rows.row(at - 1) >= rows.row(*at)).count()
}

fn addresses_in(array: &ArrayRef) -> usize {
    let strings = |strings: &StringArray| strings.iter().flatten().filter(|text| has_address(text)).count();
    match array.data_type() {
        DataType::Utf8 => strings(array.as_string::<i32>()),
        DataType::Dictionary(_, _) => strings(array.as_dictionary::<Int32Type>().values().as_string::<i32>()),
        _ => 0,
    }
}

/// Something like `name@host.tld` stands in `text`.
pub fn has_address(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._%+-".contains(c));
        let host: String = text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || ".-".contains(*c)).collect();
        let tld = host.trim_end_matches('.').rsplit_once('.');
        before && tld.is_some_and(|(name, tld)| !name.is_empty() && tld.len() >= 2 && tld.chars().all(char::is_alphabetic))
    })
}

/// Different pairs of packages among the rows of `dependencies`, as a part of the rows, by ecosystem of the dependent. Once a
/// dataset that many used lost nearly all its edges behind repeated ones, and its row count did not show it.
fn distinct_edge_shares(published: &Published) -> BTreeMap<Word, f64> {
    let ecosystems = ecosystems(published);
    // Rows are in order of their keys, which is a gate of its own: equal pairs stand side by side.
    let mut counts: BTreeMap<Word, [usize; 2]> = BTreeMap::new();
    for of_one in published.dependencies.chunk_by(|a, b| a.purl == b.purl) {
        let name = ecosystems.get(&of_one[0].purl).copied().unwrap_or_else(|| NO_PACKAGE.into());
        let [all, distinct] = counts.entry(name).or_default();
        *all += of_one.len();
        *distinct += of_one.chunk_by(|a, b| a.dependency_purl == b.dependency_purl).count();
    }
    counts.into_iter().map(|(name, [all, distinct])| (name, distinct as f64 / all as f64)).collect()
}

fn widest_bracket(published: &Published) -> f64 {
    let gaps = published.scores.iter().filter_map(|row| Some(row.upper? - row.lower?));
    gaps.fold(0.0, larger)
}

fn null_share(published: &Published) -> f64 {
    let listed: FxHashSet<Text> = published.packages.iter().filter(|row| row.is_listed).map(|row| row.purl).collect();
    let scored = published.scores.iter().filter(|row| row.metric == "trust" && row.value.is_some());
    let scored = scored.filter(|row| listed.contains(&row.node_id)).count();
    listed.len().saturating_sub(scored) as f64 / listed.len().max(1) as f64
}

/// Largest distance of a score from the sum of its ledger; a score without a ledger counts whole.
fn ledger_error(published: &Published) -> f64 {
    let mut sums: FxHashMap<(Word, Text), f64> = FxHashMap::default();
    for row in &published.contributions_to_score {
        *sums.entry((row.node_kind, row.node_id)).or_default() += row.amount;
    }
    let trust = published.scores.iter().filter(|row| row.metric == "trust");
    let scored = trust.filter_map(|row| Some(((row.node_kind, row.node_id), row.value?)));
    scored.map(|(node, value)| (value - sums.get(&node).copied().unwrap_or(0.0)).abs()).fold(0.0, larger)
}

/// The larger of two; what is no number wins and stays, so that no gate lets it pass.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

fn outside(published: &Published) -> f64 {
    let bounded = published.scores.iter().filter(|row| row.metric != "effective_maintainers");
    let values = bounded.flat_map(|row| [row.value, row.lower, row.upper]).flatten();
    values.filter(|value| !(0.0..=1.0).contains(value)).count() as f64
}

/// Ranks below or above the interval they stand in.
fn ranks_outside(published: &Published) -> usize {
    let ranks = published.scores.iter().filter_map(|row| Some((row.rank?, row.rank_lower?, row.rank_upper?)));
    ranks.filter(|(rank, lower, upper)| rank < lower || rank > upper).count()
}

fn criticality_sums(published: &Published) -> BTreeMap<String, f64> {
    let ecosystems = ecosystems(published);
    let mut sums = BTreeMap::new();
    for row in published.scores.iter().filter(|row| row.metric == "criticality") {
        let name = ecosystems.get(&row.node_id).map_or(NO_PACKAGE, |word| word);
        *sums.entry(name.to_owned()).or_insert(0.0) += row.value.unwrap_or(0.0);
    }
    sums
}

/// Ecosystem of every package.
pub(super) fn ecosystems(published: &Published) -> FxHashMap<Text, Word> {
    published.packages.iter().map(|row| (row.purl, row.ecosystem)).collect()
}

/// Keys of the tables that others point to.
struct Keys {
    packages: FxHashSet<Text>,
    repositories: FxHashSet<Text>,
    persons: FxHashSet<Text>,
    teams: FxHashSet<Text>,
}

impl Keys {
    fn new(published: &Published) -> Self {
        Self {
            packages: published.packages.iter().map(|row| row.purl).collect(),
            repositories: published.repositories.iter().map(|row| row.repository_url).collect(),
            persons: published.persons.iter().map(|row| row.person_id).collect(),
            teams: published.teams.iter().map(|row| row.team_id).collect(),
        }
    }

    /// How many of `nodes` stand in no table.
    fn missing<'n>(&self, nodes: impl ParallelIterator<Item = (&'n str, Text)>) -> usize {
        let is_known = |(kind, id): &(&str, Text)| match *kind {
            "package" => self.packages.contains(id),
            "repository" => self.repositories.contains(id),
            "person" => self.persons.contains(id),
            "team" => self.teams.contains(id),
            _ => false,
        };
        nodes.filter(|node| !is_known(node)).count()
    }
}

/// Keys that point to no row, by column.
fn orphans(p: &Published) -> Vec<(&'static str, usize)> {
    let keys = Keys::new(p);
    let neighbors =
        p.contributions_to_score.par_iter().filter_map(|row| Some((&**row.neighbor_kind.as_ref()?, row.neighbor_id?)));
    vec![
        ("binaries.purl", keys.missing(p.binaries.par_iter().map(|row| ("package", row.purl)))),
        ("releases.purl", keys.missing(p.releases.par_iter().map(|row| ("package", row.purl)))),
        ("dependencies.purl", keys.missing(p.dependencies.par_iter().map(|row| ("package", row.purl)))),
        ("dependencies.dependency_purl", keys.missing(p.dependencies.par_iter().map(|row| ("package", row.dependency_purl)))),
        ("dependents.purl", keys.missing(p.dependents.par_iter().map(|row| ("package", row.purl)))),
        ("dependents.dependency_purl", keys.missing(p.dependents.par_iter().map(|row| ("package", row.dependency_purl)))),
        ("repository_evidence.purl", keys.missing(p.repository_evidence.par_iter().map(|row| ("package", row.purl)))),
        (
            "repository_evidence.repository_url",
            keys.missing(p.repository_evidence.par_iter().map(|row| ("repository", row.repository_url))),
        ),
        ("package_links.purl", keys.missing(p.package_links.par_iter().map(|row| ("package", row.purl)))),
        ("package_links.other_purl", keys.missing(p.package_links.par_iter().map(|row| ("package", row.other_purl)))),
        (
            "package_links.repository_url",
            keys.missing(p.package_links.par_iter().filter_map(|row| Some(("repository", row.repository_url?)))),
        ),
        ("repository_links.purl", keys.missing(p.repository_links.par_iter().map(|row| ("package", row.purl)))),
        (
            "repository_links.repository_url",
            keys.missing(p.repository_links.par_iter().map(|row| ("repository", row.repository_url))),
        ),
        ("contributions.repository_url", keys.missing(p.contributions.par_iter().map(|row| ("repository", row.repository_url)))),
        ("contributions.person_id", keys.missing(p.contributions.par_iter().map(|row| ("person", row.person_id)))),
        (
            "contribution_months.repository_url",
            keys.missing(p.contribution_months.par_iter().map(|row| ("repository", row.repository_url))),
        ),
        ("contribution_months.person_id", keys.missing(p.contribution_months.par_iter().map(|row| ("person", row.person_id)))),
        ("acceptances.repository_url", keys.missing(p.acceptances.par_iter().map(|row| ("repository", row.repository_url)))),
        ("acceptances.person_id", keys.missing(p.acceptances.par_iter().map(|row| ("person", row.person_id)))),
        ("acceptances.acceptor_id", keys.missing(p.acceptances.par_iter().map(|row| ("person", row.acceptor_id)))),
        ("release_tags.repository_url", keys.missing(p.release_tags.par_iter().map(|row| ("repository", row.repository_url)))),
        ("release_tags.maker_id", keys.missing(p.release_tags.par_iter().filter_map(|row| Some(("person", row.maker_id?))))),
        ("manifests.repository_url", keys.missing(p.manifests.par_iter().map(|row| ("repository", row.repository_url)))),
        ("maintainers.purl", keys.missing(p.maintainers.par_iter().map(|row| ("package", row.purl)))),
        (
            "maintainers.maintainer_id",
            keys.missing(p.maintainers.par_iter().map(|row| (&*row.maintainer_kind, row.maintainer_id))),
        ),
        ("publishes.purl", keys.missing(p.publishes.par_iter().map(|row| ("package", row.purl)))),
        ("publishes.publisher_id", keys.missing(p.publishes.par_iter().filter_map(|row| Some(("person", row.publisher_id?))))),
        ("provenance.purl", keys.missing(p.provenance.par_iter().map(|row| ("package", row.purl)))),
        ("advisories.purl", keys.missing(p.advisories.par_iter().map(|row| ("package", row.purl)))),
        (
            "person_changes.later_person_id",
            keys.missing(p.person_changes.par_iter().map(|row| ("person", (&row.later_person_id).into()))),
        ),
        ("scores.node_id", keys.missing(p.scores.par_iter().map(|row| (&*row.node_kind, row.node_id)))),
        (
            "contributions_to_score.node_id",
            keys.missing(p.contributions_to_score.par_iter().map(|row| (&*row.node_kind, row.node_id))),
        ),
        ("contributions_to_score.neighbor_id", keys.missing(neighbors)),
        (
            "attack_outcomes.attacked_purl",
            keys.missing(p.attack_outcomes.par_iter().filter_map(|row| Some(("package", row.attacked_purl.as_ref()?.into())))),
        ),
        ("findings.node_id", keys.missing(p.findings.par_iter().map(|row| (&*row.node_kind, row.node_id)))),
    ]
}

#[cfg(test)]
mod tests {
    use crate::snapshot::schema::DependencyRow;
    use crate::snapshot::{Manifest, Published};

    #[test]
    fn repeated_edges_show() {
        let manifest = serde_json::json!({
            "schema_version": "0", "snapshot": "", "as_of": "1970-01-01", "job": "", "title": "", "code": "", "job_digest": "",
            "inputs_digest": "", "pseudonym_key": "", "suites": [], "parameters": [], "signals": [], "tables": [],
        });
        let manifest: Manifest = serde_json::from_value(manifest).expect("a manifest");
        let mut published = Published::empty(manifest);
        let row = |dependency: &str| DependencyRow {
            purl: "a".into(),
            dependency_purl: dependency.into(),
            kind: "runtime".into(),
            is_sole: true,
            is_new: None,
        };
        published.dependencies = [row("b"), row("b"), row("b"), row("c")].to_vec();
        assert_eq!(super::distinct_edge_shares(&published).into_values().collect::<Vec<_>>(), [0.5]);
        let failed = super::failures(&super::check(&published));
        assert!(failed.iter().any(|failure| failure.starts_with("keys_not_rising of dependencies: 2")), "{failed:?}");
        assert!(failed.iter().any(|failure| failure.starts_with("distinct_edge_share")), "no limit is no pass: {failed:?}");
    }

    #[test]
    fn what_is_no_number_passes_no_gate() {
        for values in [[f64::NAN, 1.0], [1.0, f64::NAN]] {
            assert!(values.into_iter().fold(0.0, super::larger).is_nan());
        }
        assert_eq!([0.5, 2.0, 1.0].into_iter().fold(0.0, super::larger), 2.0);
    }

    #[test]
    fn addresses_are_seen() {
        for text in ["a@example.org", "x <some.body+tag@mail.example.org>", "mailto:q@example.com?x"] {
            assert!(super::has_address(text), "{text}");
        }
        for text in ["", "@", "a@b", "user@", "pkg:npm/%40scope/name@1.0.0", "v1.0@2024", "name @example.org"] {
            assert!(!super::has_address(text), "{text}");
        }
    }
}
