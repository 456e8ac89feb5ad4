//! Persons of one snapshot → persons of a later one: what became of an id when new evidence joined or parted accounts.

use std::collections::BTreeMap;

use super::published::Published;
use super::schema::{IdentityJoinRow, PersonChangeRow, PersonRow};

/// What became of every person of `earlier` whose id or accounts are not what they were in `later`, in the order of the key.
/// O(accounts · log accounts).
///
/// Persons of whom `later` shows no account are left out: they opted out or are not seen any more. So is whoever's first account
/// it does not show, because the id is made of that one: a person who asked not to be shown would else stand here by the old id.
pub(super) fn person_changes(earlier: &Published, later: &Published) -> Vec<PersonChangeRow> {
    let snapshot = &earlier.manifest.snapshot;
    let (earlier, later) = (People::of(earlier), People::of(later));
    let mut shared: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (account, person) in &earlier.holders {
        if let Some(now) = later.holders.get(account) {
            *shared.entry((person, now)).or_default() += 1;
        }
    }
    let (mut parts, mut sources): (BTreeMap<&str, u32>, BTreeMap<&str, u32>) = Default::default();
    for (person, now) in shared.keys() {
        *parts.entry(person).or_default() += 1;
        *sources.entry(now).or_default() += 1;
    }
    shared.retain(|(person, _), _| later.holders.contains_key(&account_id(person)));
    let row = |((person, now), account_count): (&(&str, &str), &i64)| {
        // One who parted may have parts that others joined, and one that nobody did: what became of the whole is told of each.
        let is_merged =
            shared.range((*person, "")..).take_while(|((other, _), _)| other == person).any(|((_, part), _)| sources[part] > 1);
        let kind = match (parts[person] > 1, is_merged) {
            (true, true) => "mixed",
            (true, false) => "split",
            (false, true) => "merged",
            (false, false) if person != now => "renamed",
            (false, false) => return None,
        };
        let evidence = evidence(&earlier, person, &later, now);
        Some(PersonChangeRow {
            earlier_person_id: (*person).to_owned(),
            later_person_id: (*now).to_owned(),
            earlier_snapshot: snapshot.clone().into(),
            kind: kind.into(),
            account_count: *account_count,
            join_count: evidence.values().sum(),
            evidence: (!evidence.is_empty()).then(|| told(&evidence)),
        })
    };
    shared.iter().filter_map(row).collect()
}

/// Who is who in one snapshot.
struct People<'p> {
    /// Person of every account id that is shown.
    holders: BTreeMap<String, &'p str>,
    joins: BTreeMap<&'p str, Vec<&'p IdentityJoinRow>>,
}

impl<'p> People<'p> {
    fn of(published: &'p Published) -> Self {
        let first = |row: &'p PersonRow| (account_id(&row.person_id), row.person_id.as_str());
        let mut holders: BTreeMap<String, &str> = published.persons.iter().map(first).collect();
        let mut joins: BTreeMap<&str, Vec<&IdentityJoinRow>> = BTreeMap::new();
        for row in &published.identity_joins {
            holders.insert(row.account_id.to_string(), &row.person_id);
            holders.insert(row.joined_account_id.to_string(), &row.person_id);
            joins.entry(&row.person_id).or_default().push(row);
        }
        Self { holders, joins }
    }

    /// Joins that lead from accounts of `person` which `other` gives to `holder` to accounts which it does not, by evidence.
    fn crossing(&self, person: &str, other: &Self, holder: &str) -> BTreeMap<&'p str, i64> {
        let is_inside = |account: &str| other.holders.get(account).is_some_and(|found| *found == holder);
        let mut crossing = BTreeMap::new();
        for join in self.joins.get(person).into_iter().flatten() {
            if is_inside(&join.account_id) != is_inside(&join.joined_account_id) {
                *crossing.entry(&*join.evidence).or_default() += 1;
            }
        }
        crossing
    }
}

/// What joined the accounts of `before` to others in `now`, and what no longer holds those of `now` to others in `before`.
fn evidence<'p>(earlier: &People<'p>, before: &str, later: &People<'p>, now: &str) -> BTreeMap<&'p str, i64> {
    let mut evidence = later.crossing(now, earlier, before);
    for (name, count) in earlier.crossing(before, later, now) {
        *evidence.entry(name).or_default() += count;
    }
    evidence
}

fn told(evidence: &BTreeMap<&str, i64>) -> String {
    evidence.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// A person's id is that of the first account with another letter before it.
fn account_id(person_id: &str) -> String {
    format!("a{}", person_id.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Text;

    /// Persons by the digits of their accounts; the first account of each is joined to the others by its name.
    fn snapshot(persons: &[&[&str]]) -> Published {
        let manifest = serde_json::json!({
            "schema_version": "0", "snapshot": "1970-01-01", "as_of": "1970-01-01", "job": "", "title": "", "code": "",
            "job_digest": "", "inputs_digest": "", "pseudonym_key": "", "suites": [], "parameters": [], "signals": [], "tables": [],
        });
        let mut published = Published::empty(serde_json::from_value(manifest).expect("a manifest"));
        for accounts in persons {
            let person_id = Text::from(format!("p{}", accounts[0]));
            published.identity_joins.extend(accounts[1..].iter().map(|account| IdentityJoinRow {
                person_id,
                account_id: format!("a{}", accounts[0]).into(),
                joined_account_id: format!("a{account}").into(),
                evidence: "login".into(),
                confidence: 0.99,
            }));
            published.persons.push(PersonRow {
                person_id,
                handle: None,
                name: None,
                is_member: false,
                account_count: accounts.len() as i64,
                identity_confidence: None,
                first_seen: None,
                last_seen: None,
                package_count: 0,
                active_month_count: 0,
            });
        }
        published
    }

    /// Ids and kind of every row, with how many accounts and joins.
    fn changes(earlier: &[&[&str]], later: &[&[&str]]) -> Vec<String> {
        let text = |row: PersonChangeRow| {
            assert_eq!(row.evidence, (row.join_count > 0).then(|| format!("login {}", row.join_count)));
            let PersonChangeRow { earlier_person_id, later_person_id, kind, account_count, join_count, .. } = row;
            format!("{earlier_person_id} {later_person_id} {kind} {account_count} {join_count}")
        };
        person_changes(&snapshot(earlier), &snapshot(later)).into_iter().map(text).collect()
    }

    #[test]
    fn ids_lead_from_one_snapshot_to_the_next() {
        assert!(changes(&[&["1"], &["2", "3"]], &[&["1"], &["2", "3"], &["9"]]).is_empty());
        assert_eq!(changes(&[&["1"], &["2"]], &[&["1", "2"]]), ["p1 p1 merged 1 1", "p2 p1 merged 1 1"]);
        assert_eq!(changes(&[&["1", "2", "3"]], &[&["1"], &["2", "3"]]), ["p1 p1 split 1 2", "p1 p2 split 2 2"]);
        assert_eq!(changes(&[&["2"]], &[&["1", "2"]]), ["p2 p1 renamed 1 1"]);
        let mixed = changes(&[&["1", "2"], &["3"]], &[&["1"], &["2", "3"]]);
        assert_eq!(mixed, ["p1 p1 mixed 1 1", "p1 p2 mixed 1 2", "p3 p2 merged 1 1"]);
    }

    #[test]
    fn who_is_shown_no_more_is_not_told_of() {
        assert!(changes(&[&["1"]], &[]).is_empty());
        assert!(changes(&[&["1", "2"]], &[&["2"]]).is_empty(), "the first account went, and with it what the id is made of");
        assert!(changes(&[&["1", "2"]], &[&["1"]]).is_empty(), "the rest is as it was");
    }
}
