//! Two small snapshots, held against each other.

use super::*;
use crate::snapshot::Table;
use crate::snapshot::published::TableVisitor;
use crate::snapshot::schema::{ContributionToScoreRow, DependencyRow, PersonRow, ScoreRow};
use crate::units::Day;

fn manifest() -> crate::snapshot::Manifest {
    let parameters = serde_json::json!([
        { "name": "publish.min_change", "value": 0.01, "reason": "A test." },
        { "name": "publish.change_reasons", "value": 1, "reason": "A test." },
    ]);
    let manifest = serde_json::json!({
        "schema_version": "0", "snapshot": "1970-01-01", "as_of": "1970-01-01", "job": "test", "title": "", "code": "",
        "job_digest": "", "inputs_digest": "", "pseudonym_key": "", "suites": [], "parameters": parameters, "signals": [], "tables": [],
    });
    serde_json::from_value(manifest).expect("a manifest")
}

fn score(metric: &'static str, id: &str, value: f64) -> ScoreRow {
    ScoreRow {
        metric: metric.into(),
        node_kind: "package".into(),
        node_id: id.into(),
        value: Some(value),
        lower: None,
        upper: None,
        percentile: None,
        rank: None,
        rank_lower: None,
        rank_upper: None,
        null_reason: None,
        weakest: None,
    }
}

fn term(id: &str, rank: i64, neighbor: &str, amount: f64) -> ContributionToScoreRow {
    ContributionToScoreRow {
        node_kind: "package".into(),
        node_id: id.into(),
        rank,
        component: "control".into(),
        neighbor_kind: Some("person".into()),
        neighbor_id: Some(neighbor.into()),
        edge_kind: Some("maintains".into()),
        weight: None,
        neighbor_score: None,
        amount,
    }
}

fn person(id: &str) -> PersonRow {
    PersonRow {
        person_id: id.into(),
        handle: None,
        name: None,
        is_member: false,
        account_count: 1,
        identity_confidence: None,
        first_seen: Some(Day(0)),
        last_seen: None,
        package_count: 1,
        active_month_count: 0,
    }
}

fn need(purl: &str, dependency: &str) -> DependencyRow {
    DependencyRow { purl: purl.into(), dependency_purl: dependency.into(), kind: "runtime".into(), is_sole: true, is_new: None }
}

struct Names(BTreeMap<String, BTreeSet<String>>);

impl TableVisitor for Names {
    type Error = std::convert::Infallible;
    fn visit<T: Table>(&mut self, _: &[T]) -> Result<(), Self::Error> {
        self.0.insert(T::NAME.into(), T::columns().iter().map(|column| column.name.to_owned()).collect());
        Ok(())
    }
}

fn read(published: Published) -> Previous {
    let mut names = Names(BTreeMap::new());
    let Ok(()) = published.visit(&mut names);
    Previous { published, columns: names.0, sha256sums_sha256: String::new() }
}

fn told(rows: &[ChangeRow]) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let row = |row: &ChangeRow| {
        format!(
            "{} {} {} {} {}>{} {}",
            row.table,
            row.key,
            row.column,
            row.change,
            text(&row.before),
            text(&row.after),
            text(&row.reason)
        )
    };
    rows.iter().map(|one| row(one).trim_end().to_owned()).collect()
}

#[test]
fn rows_cells_and_reasons_are_told() {
    let (mut before, mut after) = (Published::empty(manifest()), Published::empty(manifest()));
    before.persons = vec![person("p1"), person("p2")];
    after.persons = vec![person("p1")];
    before.dependencies = vec![need("a", "b"), need("a", "c")];
    after.dependencies = vec![need("a", "c"), DependencyRow { is_sole: false, ..need("b", "c") }];
    before.scores = vec![score("criticality", "a", 0.5), score("trust", "a", 0.5), score("trust", "b", 0.5)];
    after.scores = vec![score("criticality", "a", 0.9), score("trust", "a", 0.25), score("trust", "b", 0.509)];
    before.contributions_to_score = vec![term("a", 1, "p2", 0.3), term("a", 2, "p1", 0.2)];
    after.contributions_to_score = vec![term("a", 1, "p1", 0.25)];
    let (before, after) = (read(before), read(after));
    assert_eq!(
        told(&diff(&before, &after)),
        [
            r#"dependencies ["a","b","runtime"] * removed >"#,
            r#"dependencies ["b","c","runtime"] * added >"#,
            r#"scores ["trust","package","a"] value changed 0.5>0.25 control of a person no longer listed 0.3000 → 0.0000 (-0.3000)"#,
        ],
        "b moved by less than the job tells, and only trust is told"
    );
    assert_eq!(diff(&after, &after), []);
}

#[test]
fn what_was_not_published_has_not_changed() {
    let (mut before, mut after) = (Published::empty(manifest()), Published::empty(manifest()));
    before.dependencies = vec![need("a", "b")];
    after.dependencies = vec![DependencyRow { is_sole: false, ..need("a", "b") }];
    let (mut before, after) = (read(before), read(after));
    assert_eq!(told(&diff(&before, &after)), [r#"dependencies ["a","b","runtime"] is_sole changed true>false"#]);
    before.columns.get_mut("dependencies").expect("a table").remove("is_sole");
    assert_eq!(diff(&before, &after), []);
}

#[test]
fn every_column_that_is_compared_exists() {
    let schema = Published::schema();
    for one in COMPARED {
        let columns = schema.get(one.table).expect("a table");
        for name in one.columns {
            assert!(columns.iter().any(|column| column.name == *name), "{}.{name}", one.table);
        }
    }
}
