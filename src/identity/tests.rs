use std::collections::BTreeMap;

use super::*;
use crate::ids::AccountKey;
use crate::job::Parameter;
use crate::tables::{Account, TablesBuilder};

fn parameters() -> IdentityParameters {
    let parameter = |value| Parameter { value, reason: "test".into() };
    IdentityParameters {
        max_names_an_address: parameter(2.0),
        max_addresses_a_name: parameter(3.0),
        max_accounts_a_person: parameter(4.0),
        address_confidence: parameter(0.99),
        name_confidence: parameter(0.9),
    }
}

fn account(place: &'static str, address: &str, names: &[&str]) -> Account {
    Account {
        place,
        key: AccountKey::from_address(address),
        kind: AccountKind::Person,
        handle: None,
        displayed: (place == "debian").then(|| (crate::units::Day(0), names[0].to_owned())),
        names: names.iter().map(|name| ((*name).to_owned(), 1)).collect(),
        verification: None,
    }
}

fn persons(accounts: Vec<Account>, decisions: &Decisions) -> Identities {
    let mut builder = TablesBuilder::default();
    for account in accounts {
        builder.account(account);
    }
    resolve(&builder.finish(), &parameters(), decisions, &PseudonymKey::public())
}

fn sizes(identities: &Identities) -> Vec<usize> {
    let mut sizes: Vec<usize> = identities.persons.iter().map(|person| person.accounts.len()).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn one_address_at_two_places_is_one_person() {
    let found = persons(
        vec![account("debian", "a@example.org", &["Ann Lee"]), account("git", "a@example.org", &["ann"])],
        &Decisions::default(),
    );
    assert_eq!(sizes(&found), [2]);
    assert_eq!(found.persons[0].joins[0].evidence, JoinEvidence::Address);
}

#[test]
fn one_full_name_in_a_registry_is_one_person_but_not_in_git() {
    let in_place = |place| {
        persons(
            vec![account(place, "a@example.org", &["Ann Lee"]), account(place, "b@example.org", &["Ann  LEE"])],
            &Decisions::default(),
        )
    };
    assert_eq!(sizes(&in_place("debian")), [2]);
    assert_eq!(sizes(&in_place("git")), [1, 1], "names in git are free text");
}

#[test]
fn two_strangers_called_unknown_are_two() {
    let decisions = Decisions { blocked_names: ["no name".to_owned()].into(), ..Decisions::default() };
    let found = persons(
        vec![
            account("debian", "a@example.org", &["unknown"]),
            account("debian", "b@example.org", &["unknown"]),
            account("debian", "c@example.org", &["No Name"]),
            account("debian", "d@example.org", &["No Name"]),
        ],
        &decisions,
    );
    assert_eq!(sizes(&found), [1, 1, 1, 1]);
}

#[test]
fn caps_keep_strangers_apart() {
    let common = (0..5).map(|i| account("debian", &format!("x{i}@example.org"), &["Jan Novak"])).collect();
    let found = persons(common, &Decisions::default());
    assert_eq!(sizes(&found), [1; 5]);
    assert_eq!(found.refused["common name"], 4);

    let shared = vec![
        account("debian", "s@example.org", &["Ann Lee", "Bob Ray", "Cy Young"]),
        account("debian", "a@example.org", &["Ann Lee"]),
        account("debian", "b@example.org", &["Bob Ray"]),
    ];
    assert_eq!(sizes(&persons(shared, &Decisions::default())), [1, 1, 1], "an address under many names joins nobody");

    let names = ["Ann Lee", "Not Ann", "Somebody Else"];
    let slandered = || vec![account("git", "a@example.org", &names), account("debian", "a@example.org", &["Ann Lee"])];
    assert_eq!(sizes(&persons(slandered(), &Decisions::default())), [2], "free text in a history parts no listed maintainer");
    let unlisted = vec![account("git", "a@example.org", &names), account("commits", "a@example.org", &["Ann Lee"])];
    assert_eq!(sizes(&persons(unlisted, &Decisions::default())), [1, 1]);

    let welded = (0..5).map(|i| {
        account(
            "debian",
            &format!("w{i}@example.org"),
            &[["Ann A", "Bob B", "Cyd C", "Dan D", "Eve E"][i], ["Bob B", "Cyd C", "Dan D", "Eve E", "Fay F"][i]],
        )
    });
    let long_names = welded.map(|mut account| {
        account.names = account.names.into_iter().map(|(name, count)| (format!("{name}xx"), count)).collect::<BTreeMap<_, _>>();
        account
    });
    let found = persons(long_names.collect(), &Decisions::default());
    assert_eq!(sizes(&found), [1; 5], "a chain longer than the cap is undone");
    assert_eq!(found.refused["person with too many accounts"], 4);
}

#[test]
fn decisions_join_and_hide() {
    let accounts = || vec![account("debian", "a@example.org", &["Ann"]), account("debian", "b@example.org", &["Bob"])];
    let apart = persons(accounts(), &Decisions::default());
    let ids: Vec<String> = apart.persons.iter().map(|person| person.id.clone()).collect();
    let decisions = Decisions {
        joins: vec![[ids[0].clone(), ids[1].clone()], ["p0".into(), ids[0].clone()]],
        opted_out: ids.iter().cloned().collect(),
        ..Decisions::default()
    };
    let joined = persons(accounts(), &decisions);
    assert_eq!(sizes(&joined), [2]);
    assert!(joined.persons[0].is_opted_out);
    assert_eq!(joined.refused["decided join of a person not seen"], 1);
}

#[test]
fn teams_and_bots_are_no_persons() {
    let mut team = account("debian", "list@example.org", &["Some Team"]);
    team.kind = AccountKind::Team;
    let mut bot = account("git", "bot@example.org", &["some[bot]"]);
    bot.kind = AccountKind::Bot;
    let found = persons(vec![team, bot], &Decisions::default());
    assert!(found.persons.is_empty());
    assert_eq!((found.teams.len(), found.holders.iter().filter(|h| **h == Holder::Bot).count()), (1, 1));
}

#[test]
fn a_shared_address_at_two_places_is_two_persons_with_two_ids() {
    let many = ["Ann Lee", "Bob Ray", "Cy Dent"];
    let accounts = || vec![account("commits", "a@example.org", &many), account("git", "a@example.org", &many)];
    let found = persons(accounts(), &Decisions::default());
    assert_eq!(sizes(&found), [1, 1]);
    assert_ne!(found.persons[0].id, found.persons[1].id);
    let plain = PseudonymKey::public().pseudonym('p', &accounts()[0]);
    let opted_out = persons(accounts(), &Decisions { opted_out: [plain].into(), ..Decisions::default() });
    assert!(opted_out.persons.iter().all(|person| person.is_opted_out), "whoever holds the address asked not to be shown");
}
