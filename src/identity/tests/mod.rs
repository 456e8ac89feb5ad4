mod cases;

use std::collections::BTreeMap;

use super::*;
use crate::ids::{AccountKey, Ecosystem, Purl, RepositoryId, RepositoryUrl};
use crate::job::Parameter;
use crate::tables::{Account, Commit, LinkRelation, Maintainer, MaintainerRole, RepositoryLink, Suite, TablesBuilder};
use crate::units::Day;

fn parameters() -> IdentityParameters {
    let parameter = |value| Parameter { value, reason: "test".into() };
    IdentityParameters {
        max_names_an_address: parameter(2.0),
        max_addresses_a_name: parameter(3.0),
        max_addresses_a_rare_name: parameter(4.0),
        min_name_share: parameter(0.01),
        max_accounts_a_person: parameter(4.0),
        address_confidence: parameter(0.99),
        name_confidence: parameter(0.9),
        no_reply_confidence: parameter(0.99),
        mailmap_confidence: parameter(0.98),
        signing_key_confidence: parameter(0.95),
        keyring_confidence: parameter(0.99),
        history_name_confidence: parameter(0.9),
        max_namesakes: parameter(0.5),
        login_confidence: parameter(0.85),
        min_login_length: parameter(6.0),
        fork_min_share: parameter(0.5),
        max_repositories_a_group: parameter(3.0),
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
fn one_full_name_is_one_person_in_a_registry_and_in_histories_but_not_across() {
    let in_places = |a, b| {
        persons(
            vec![account(a, "a@example.org", &["Ann Lee"]), account(b, "b@example.org", &["Ann  LEE"])],
            &Decisions::default(),
        )
    };
    assert_eq!(sizes(&in_places("debian", "debian")), [2]);
    assert_eq!(sizes(&in_places("git", "git")), [2]);
    let across = in_places("debian", "git");
    assert_eq!(sizes(&across), [1, 1], "names in git are free text");
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
    assert_eq!(sizes(&found), [2, 3], "a chain longer than the cap is cut in the middle");
    assert_eq!(found.refused["person with too many accounts"], 1);
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
    for id in &ids {
        let asked = Decisions { opted_out: [id.clone()].into(), ..decisions.clone() };
        assert!(persons(accounts(), &asked).persons[0].is_opted_out, "whichever account the published id was made of");
    }
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

/// A commit of the account `committer`; `id` may be shared by repositories, and 0 is a root.
fn commit(repository: RepositoryId, id: u8, committer: AccountId) -> Commit {
    let day = Day(i32::from(id));
    let parent_count = u8::from(!id.is_multiple_of(100));
    let (author, id) = (committer, [id; 12]);
    let (has_signature, is_committed_by_forge) = (false, false);
    Commit {
        repository,
        committed: day,
        id,
        authored: day,
        clock: None,
        author,
        committer,
        parent_count,
        has_signature,
        is_committed_by_forge,
        pusher: None,
        lander: None,
        landed: None,
        file_count: None,
        line_count: None,
        areas: None,
        signature: None,
    }
}

/// Repositories by name with the ids of their commits, all landed by `a@example.org`; each of `named` is named by a package of its
/// own that the account beside it maintains.
fn forks(histories: &[(&str, std::ops::Range<u8>)], named: &[(&str, &str)]) -> (Tables, Identities) {
    let mut builder = TablesBuilder::default();
    let suite = builder.suite(Suite { ecosystem: Ecosystem::Debian, as_of: Day(300), name: "s".into() });
    let lander = builder.account(account("git", "a@example.org", &["Ann Lee"]));
    for (name, ids) in histories {
        let repository = builder.repository(RepositoryUrl::local(name));
        builder.has_history(repository, Day(300));
        builder.rows.commits.extend(ids.clone().map(|id| commit(repository, id, lander)));
    }
    for (name, maintainer) in named {
        let name_of_package = name.to_lowercase();
        let package = builder.package(crate::tables::Package {
            purl: Purl::new(Ecosystem::Debian, &name_of_package).expect("a purl"),
            ecosystem: Ecosystem::Debian,
            name: name_of_package,
            facts_as_of: Day(300),
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        let account = builder.account(account("debian", maintainer, &["Somebody"]));
        builder.rows.maintainers.push(Maintainer { package, suite, account, role: MaintainerRole::Maintainer, since: None });
        let repository = builder.repository(RepositoryUrl::local(name));
        let relation = LinkRelation::Upstream;
        let link = RepositoryLink { package, suite, repository, relation, directory: None, branch: None, evidence_level: 0 };
        builder.rows.repository_links.push(link);
    }
    let tables = builder.finish();
    let identities = resolve(&tables, &parameters(), &Decisions::default(), &PseudonymKey::public());
    (tables, identities)
}

/// Group of each repository by the last part of its URL, and commits that count in it.
fn groups((tables, identities): &(Tables, Identities)) -> Vec<(String, String, usize)> {
    let name = |row: usize| tables.repositories[row].url.as_str().trim_start_matches("file:///").to_owned();
    let own = |row: usize| {
        let commits = tables.commits.iter().enumerate();
        commits.filter(|(at, commit)| commit.repository.row() == row && !identities.forks.is_copied(*at)).count()
    };
    let group =
        |row: usize| identities.forks.group_of(RepositoryId::from_row(row)).map_or(String::new(), |group| name(group.row()));
    (0..tables.repositories.len()).map(|row| (name(row), group(row), own(row))).collect()
}

fn expect_groups(found: &(Tables, Identities), expected: &[(&str, &str, usize)]) {
    let expected: Vec<_> = expected.iter().map(|(name, group, own)| ((*name).to_owned(), (*group).to_owned(), *own)).collect();
    assert_eq!(groups(found), expected);
}

#[test]
fn a_shared_commit_counts_where_those_who_landed_it_are_registered() {
    let histories = [("A", 0..10), ("B", 0..14), ("Z", 0..12), ("other", 100..105)];
    // Nobody is registered anywhere: the first by URL.
    expect_groups(&forks(&histories, &[]), &[("A", "A", 10), ("B", "A", 4), ("Z", "A", 0), ("other", "other", 5)]);
    // A stranger who copies a repository and names the copy in a package gets nothing; not with more commits either.
    let real = ("Z", "a@example.org");
    let strange = ("A", "stranger@example.org");
    expect_groups(&forks(&histories, &[real, strange]), &[("A", "Z", 0), ("B", "Z", 2), ("Z", "Z", 12), ("other", "other", 5)]);
    // Without a history nothing is said.
    assert_eq!(groups(&forks(&[("A", 0..3)], &[("none", "a@example.org")]))[1], ("none".into(), String::new(), 0));
}

#[test]
fn one_common_commit_is_no_fork_and_a_bridge_welds_nothing() {
    // No root in common, or too little: no group; what is shared still counts once.
    expect_groups(&forks(&[("A", 0..10), ("B", 9..30)], &[]), &[("A", "A", 10), ("B", "B", 20)]);
    expect_groups(&forks(&[("A", 0..40), ("B", 0..5)], &[]), &[("A", "A", 40), ("B", "A", 0)]);
    // B holds the histories of A and of C, which have nothing in common.
    let mut histories = vec![("A", 0..10), ("B", 0..10), ("C", 100..140)];
    histories.push(("B", 100..140));
    expect_groups(
        &forks(&histories, &[("A", "a@example.org"), ("C", "a@example.org")]),
        &[("A", "A", 10), ("B", "C", 0), ("C", "C", 40)],
    );
}

#[test]
fn a_group_has_a_largest_size_and_copies_outside_it_still_count_for_nothing() {
    let found = forks(&[("A", 0..20), ("B", 0..18), ("C", 0..12), ("D", 0..15)], &[]);
    expect_groups(&found, &[("A", "A", 20), ("B", "A", 0), ("C", "C", 0), ("D", "A", 0)]);
    assert_eq!(found.1.forks.cut_count, 1);
}
