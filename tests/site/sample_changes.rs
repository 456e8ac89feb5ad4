//! What changed in the made-up snapshot since one before that never was: every kind of change a page must show.

use super::super::snapshot::schema::*;
use super::super::snapshot::{ManifestPrevious, Published, Word};

/// Id of the snapshot before.
pub const PREVIOUS: &str = "2023-06-10";

/// Adds the changes and the pin of the snapshot before.
pub fn add(p: &mut Published) {
    p.manifest.previous = Some(ManifestPrevious { snapshot: PREVIOUS.into(), sha256sums_sha256: "ef".repeat(32) });
    let mut rows = Vec::new();
    let trust = p.scores.iter().filter(|row| row.metric == "trust" && matches!(row.node_kind.as_ref(), "package" | "repository"));
    for (at, row) in trust.enumerate() {
        let Some(value) = row.value else { continue };
        let key = list(&["trust", &row.node_kind, &row.node_id]);
        let before = (at % 10 > 0).then(|| (value - 0.01 * (at % 7) as f64).to_string());
        rows.push(change("scores", key, "value", before, Some(value.to_string()), Some(reason(p, at))));
    }
    for (at, package) in p.packages.iter().enumerate() {
        let key = package.purl.to_string();
        match at % 6 {
            0 => rows.push(whole("packages", key, "added")),
            1 => rows.push(change("packages", key, "is_listed", Some("true".into()), Some(package.is_listed.to_string()), None)),
            2 => rows.push(change("packages", key, "version", Some("1".into()), Some(package.version.to_string()), None)),
            3 => rows.push(whole("packages", format!("pkg:deb/debian/gone-{at}?arch=source"), "removed")),
            _ => {}
        }
    }
    for (at, finding) in p.findings.iter().enumerate() {
        let key = list(&[&finding.signal, &finding.node_kind, &finding.node_id]);
        match at % 3 {
            0 => rows.push(whole("findings", key, "added")),
            1 => rows.push(change("findings", key, "is_alert", Some("false".into()), Some(finding.is_alert.to_string()), None)),
            _ => rows.push(whole("findings", list(&["lone_maintainer", "package", &format!("gone-{at}")]), "removed")),
        }
    }
    rows.sort_by(|a, b| (&a.table, &a.key, &a.column).cmp(&(&b.table, &b.key, &b.column)));
    rows.dedup_by(|a, b| (&a.table, &a.key, &a.column) == (&b.table, &b.key, &b.column));
    p.changes = rows;
}

fn reason(p: &Published, at: usize) -> String {
    match at % 5 {
        0 => "written by a program of another time".into(),
        1 => "own (age) 0.1000 → 0.1200 (+0.0200)".into(),
        2 => "control of a person no longer listed 0.3000 → 0.0000 (-0.3000); remainder 0.0000 → 0.0001 (+0.0001)".into(),
        _ => {
            let person = &p.persons[at % p.persons.len()].person_id;
            format!("control of person {person} 0.1000 → 0.2000 (+0.1000); vouching (uses) 0.0100 → 0.0000 (-0.0100)")
        }
    }
}

fn list(parts: &[&str]) -> String {
    serde_json::to_string(parts).expect("texts")
}

fn whole(table: &'static str, key: String, kind: &'static str) -> ChangeRow {
    ChangeRow { change: Word::from(kind), ..change(table, key, "*", None, None, None) }
}

fn change(
    table: &'static str,
    key: String,
    column: &'static str,
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
) -> ChangeRow {
    let (table, column, change) = (Word::from(table), Word::from(column), Word::from("changed"));
    ChangeRow { table, key, column, change, before, after, reason }
}
