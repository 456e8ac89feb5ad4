//! Persons of one snapshot → persons of a later one: what became of an id when new evidence joined or parted accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{IdentityJoinRow, PersonRow};

/// An id of the earlier snapshot and one of the later that share an account, where not everything stayed as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonChange {
    /// Id in the earlier snapshot.
    pub earlier_person_id: String,
    /// Id in the later one.
    pub later_person_id: String,
    /// What became of the earlier person.
    pub kind: PersonChangeKind,
}

/// What became of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonChangeKind {
    /// The same accounts, as far as both snapshots show them, under another id.
    Renamed,
    /// Joined with others.
    Merged,
    /// Parted.
    Split,
    /// Parted, and parts joined with others.
    Mixed,
}

/// Tables of one snapshot that say who is who.
pub type People<'p> = (&'p [PersonRow], &'p [IdentityJoinRow]);

/// What became of every person of `earlier` whose id or accounts are not what they were in `later`, sorted. Persons of whom `later`
/// shows no account are left out: they opted out or are not seen any more. O(accounts · log accounts).
pub fn person_changes(earlier: People<'_>, later: People<'_>) -> Vec<PersonChange> {
    let (before, after) = (persons_by_account(earlier), persons_by_account(later));
    let (mut parts, mut sources): (Links, Links) = Default::default();
    for (account, person) in &before {
        if let Some(now) = after.get(account) {
            parts.entry(person).or_default().insert(now);
            sources.entry(now).or_default().insert(person);
        }
    }
    let mut changes = Vec::new();
    for (person, now) in &parts {
        let is_merged = now.iter().any(|now| sources[now].len() > 1);
        let kind = match (now.len() > 1, is_merged) {
            (true, true) => PersonChangeKind::Mixed,
            (true, false) => PersonChangeKind::Split,
            (false, true) => PersonChangeKind::Merged,
            (false, false) if !now.contains(person) => PersonChangeKind::Renamed,
            (false, false) => continue,
        };
        let change =
            |now: &&str| PersonChange { earlier_person_id: (*person).to_owned(), later_person_id: (*now).to_owned(), kind };
        changes.extend(now.iter().map(change));
    }
    changes
}

type Links<'p> = BTreeMap<&'p str, BTreeSet<&'p str>>;

/// Person of every account id. A person's id is that of the first account with another letter before it.
fn persons_by_account<'p>((persons, joins): People<'p>) -> BTreeMap<String, &'p str> {
    let first = persons.iter().map(|row| (account_id(&row.person_id), row.person_id.as_str()));
    let joined = joins
        .iter()
        .flat_map(|row| [&row.account_id, &row.joined_account_id].map(|account| (account.clone(), row.person_id.as_str())));
    first.chain(joined).collect()
}

fn account_id(person_id: &str) -> String {
    format!("a{}", person_id.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Persons by the digits of their accounts.
    fn snapshot(persons: &[&[&str]]) -> (Vec<PersonRow>, Vec<IdentityJoinRow>) {
        let (mut people, mut joins) = (Vec::new(), Vec::new());
        for accounts in persons {
            let person_id = format!("p{}", accounts[0]);
            joins.extend(accounts[1..].iter().map(|account| IdentityJoinRow {
                person_id: person_id.clone(),
                account_id: format!("a{}", accounts[0]),
                joined_account_id: format!("a{account}"),
                evidence: "address".into(),
                confidence: 0.99,
            }));
            people.push(PersonRow {
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
        (people, joins)
    }

    fn changes(earlier: &[&[&str]], later: &[&[&str]]) -> Vec<(String, String, PersonChangeKind)> {
        let (earlier, later) = (snapshot(earlier), snapshot(later));
        let found = person_changes((&earlier.0, &earlier.1), (&later.0, &later.1)).into_iter();
        found.map(|row| (row.earlier_person_id, row.later_person_id, row.kind)).collect()
    }

    #[test]
    fn ids_lead_from_one_snapshot_to_the_next() {
        use PersonChangeKind::*;
        let row = |a: &str, b: &str, kind| (a.to_owned(), b.to_owned(), kind);
        assert_eq!(changes(&[&["1"], &["2", "3"]], &[&["1"], &["2", "3"], &["9"]]), []);
        assert_eq!(changes(&[&["1"], &["2"]], &[&["1", "2"]]), [row("p1", "p1", Merged), row("p2", "p1", Merged)]);
        assert_eq!(changes(&[&["1", "2"]], &[&["1"], &["2"]]), [row("p1", "p1", Split), row("p1", "p2", Split)]);
        assert_eq!(changes(&[&["2"]], &[&["1", "2"]]), [row("p2", "p1", Renamed)]);
        assert_eq!(changes(&[&["1"]], &[]), []);
        let mixed = changes(&[&["1", "2"], &["3"]], &[&["1"], &["2", "3"]]);
        assert_eq!(mixed, [row("p1", "p1", Mixed), row("p1", "p2", Mixed), row("p3", "p2", Merged)]);
    }
}
