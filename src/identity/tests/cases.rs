//! Exact cases: who is one person in histories, and who is not.

use std::collections::BTreeSet;

use super::*;
use crate::tables::{Alias, KeyHolder, SignatureKind, SigningKey};

fn decisions() -> Decisions {
    Decisions {
        blocked_names: ["unknown", "root"].map(str::to_owned).into(),
        blocked_local_parts: ["root", "noreply", "webmaster"].map(str::to_owned).into(),
        nicknames: [("bob".to_owned(), "robert".to_owned())].into(),
        ..Decisions::default()
    }
}

/// Sizes of the persons that accounts of histories (address and name) make.
fn of(accounts: &[(&str, &str)]) -> Vec<usize> {
    sizes(&persons(accounts.iter().map(|(address, name)| account("git", address, &[name])).collect(), &decisions()))
}

/// An address at the host that a forge hides users behind.
fn hidden(local: &str, host: &str) -> String {
    [local, host].join("@")
}

#[test]
fn addresses_that_a_forge_made_for_one_user_are_one_person() {
    let (github, gitlab) = ("users.noreply.github.com", "users.noreply.gitlab.com");
    let pair = |a: (&str, &str), b: (&str, &str)| of(&[(&hidden(a.0, a.1), "x"), (&hidden(b.0, b.1), "y")]);
    assert_eq!(pair(("12+ann", github), ("ann", github)), [2], "with and without number");
    assert_eq!(pair(("12+ann", github), ("12+lee", github)), [2], "renamed");
    assert_eq!(pair(("12+ann", github), ("13+ann", github)), [1, 1], "a login taken by somebody else");
    assert_eq!(pair(("7-ann", gitlab), ("7-lee", gitlab)), [2]);
    assert_eq!(pair(("ann", "noreply.codeberg.org"), ("ann", github)), [1, 1], "one login at two forges is no proof");
    assert_eq!(pair(("12+ann", github), ("12", github)), [1, 1], "a login may look like a number");
}

#[test]
fn one_person_by_many_names_and_logins() {
    assert_eq!(of(&[("jiat75@example.org", "jiat75"), ("jt@example.org", "Jia Tan")]), [1, 1]);
    let jia = [("1+jiat75@users.noreply.github.com", "Jia Tan"), ("jiat75@example.org", "jiat75"), ("jt@example.org", "Jia Tan")];
    assert_eq!(of(&jia), [3], "the login joins one, the name the other");
    assert_eq!(of(&[("a@example.org", "René Müller"), ("b@example.org", "Mueller, Rene")]), [2], "order and diacritics");
    assert_eq!(of(&[("a@example.org", "Bob Wright"), ("b@example.org", "Robert Wright")]), [2], "nicknames");
    assert_eq!(of(&[("ann.lee@example.org", "al"), ("b@example.org", "Ann Lee")]), [2], "a name spelled in an address");
    assert_eq!(of(&[("a@example.org", "unknown"), ("b@example.org", "unknown")]), [1, 1]);
    assert_eq!(of(&[("root@a.example.org", "root"), ("root@b.example.org", "root")]), [1, 1], "roles");
    assert_eq!(of(&[("webmaster@a.example.org", "W"), ("webmaster@b.example.org", "W")]), [1, 1], "roles");
    assert_eq!(
        of(&[
            ("daniel@a.example.org", "daniel"),
            ("daniel@b.example.org", "Daniel Lee"),
            ("x@example.org", "Daniel Ray"),
            ("y@example.org", "Daniel Cho"),
            ("z@example.org", "Daniel Wu")
        ]),
        [1; 5],
        "a given name is no login"
    );
    let michaels = [("michael@a.example.org", "Michael Felt"), ("michael@b.example.org", "Michael Stone")];
    assert_eq!(of(&michaels), [1, 1], "nor do two bear it who are all that do");
    assert_eq!(of(&[("annlee7@example.org", "Ann Lee"), ("annlee7@example.net", "Bob Ray")]), [1, 1], "two names, one login");
}

#[test]
fn logins_that_spell_a_rare_name_join_it() {
    let ann = ("x1@example.org", "Ann Quillfeather");
    for login in ["annquillfeather", "aquillfeather", "quillfeather.ann", "quillfeathera77"] {
        let hidden = hidden(login, "users.noreply.github.com");
        assert_eq!(of(&[(&hidden, login), ann]), [2], "{login}");
    }
    assert_eq!(of(&[("q1@example.org", "annquillfeather"), ann]), [2], "in place of a name");
    assert_eq!(of(&[("aquill@example.org", "aquill"), ann]), [1, 1], "two starts");
    assert_eq!(of(&[("aquillfeather@example.org", "Abe"), ann, ("y@example.org", "Abe Long")]), [1; 3], "another given name");
    assert_eq!(of(&[("aquillfeather@example.org", "Abe Long"), ann]), [1, 1], "another full name");
    assert_eq!(of(&[("a.quillfeather@example.org", "aq"), ann, ("y@example.org", "Eva Quillfeather")]), [1; 3], "a family");
}

#[test]
fn roles_used_by_one_person_are_that_person() {
    assert_eq!(of(&[("webmaster@a.example.org", "Ann Lee"), ("ann@example.org", "Ann Lee")]), [2]);
    let two = account("git", "webmaster@a.example.org", &["Ann Lee", "Bob Ray"]);
    assert_eq!(sizes(&persons(vec![two, account("git", "ann@example.org", &["Ann Lee"])], &decisions())), [1, 1]);
}

#[test]
fn slips_are_no_names() {
    let mut busy = account("git", "a@example.org", &["Ann Lee"]);
    busy.names = [("Ann Lee".to_owned(), 500), ("Bob Ray".to_owned(), 1)].into();
    let mut seldom = busy.clone();
    seldom.names.insert("Ann Lee".to_owned(), 5);
    let bob = || account("git", "b@example.org", &["Bob Ray"]);
    assert_eq!(sizes(&persons(vec![busy, bob()], &decisions())), [1, 1]);
    assert_eq!(sizes(&persons(vec![seldom, bob()], &decisions())), [2]);
}

#[test]
fn placeholders_and_initials() {
    let many = |count: usize| (0..count).map(|i| account("git", &format!("x{i}@example.org"), &["Ann Quill"])).collect();
    assert_eq!(sizes(&persons(many(4), &decisions())), [4], "every machine of one person");
    assert_eq!(sizes(&persons(many(5), &decisions())), [1; 5], "a name that tools write");
    assert_eq!(of(&[("a@example.org", "Anton M"), ("b@example.org", "M. Anton")]), [2]);
    let crowd: Vec<(String, String)> =
        (0..6).map(|i| (format!("c{i}@example.org"), format!("Anton Md{}x", "abcdef".as_bytes()[i] as char))).collect();
    let crowd = crowd.iter().map(|(address, name)| (address.as_str(), name.as_str()));
    let both = [("a@example.org", "Anton M"), ("b@example.org", "Anton M")];
    assert_eq!(of(&both.into_iter().chain(crowd).collect::<Vec<_>>()), [1; 8], "who of them is meant?");
}

#[test]
fn two_people_with_one_name_are_two() {
    let users = [("1+jann@users.noreply.github.com", "Jan Novak"), ("2+novakj@users.noreply.github.com", "Jan Novak")];
    assert_eq!(of(&users), [1, 1], "two users of one forge");
    let crowd: Vec<(String, String)> = (0..20)
        .flat_map(|i| {
            [(format!("a{i}@example.org"), format!("Jan Fam{i:02}x")), (format!("b{i}@example.org"), format!("Giv{i:02}x Novak"))]
        })
        .chain(["c@example.org", "d@example.org"].map(|address| (address.to_owned(), "Jan Novak".to_owned())))
        .collect();
    let crowd: Vec<(&str, &str)> = crowd.iter().map(|(address, name)| (address.as_str(), name.as_str())).collect();
    assert_eq!(of(&crowd), [1; 42], "a common given and a common family name make a common name");
}

/// Persons of histories with what `fill` adds, given the accounts in the order of adding.
fn with(accounts: Vec<Account>, fill: impl Fn(&mut TablesBuilder, &[AccountId], RepositoryId)) -> Identities {
    let mut builder = TablesBuilder::default();
    let ids: Vec<AccountId> = accounts.into_iter().map(|account| builder.account(account)).collect();
    let repository = builder.repository(RepositoryUrl::local("r"));
    fill(&mut builder, &ids, repository);
    resolve(&builder.finish(), &parameters(), &decisions(), &PseudonymKey::public())
}

#[test]
fn two_scripts_join_by_address_or_mailmap_only() {
    let names = || vec![account("git", "a@example.org", &["Иван Петров"]), account("git", "b@example.org", &["Ivan Petrov"])];
    assert_eq!(sizes(&persons(names(), &decisions())), [1, 1]);
    let one_address =
        || vec![account("git", "a@example.org", &["Иван Петров"]), account("commits", "a@example.org", &["Ivan Petrov"])];
    assert_eq!(sizes(&persons(one_address(), &decisions())), [2]);
    let key = AccountKey::from_address("b@example.org");
    let mapped = with(names(), |builder, ids, repository| {
        builder.rows.aliases.push(Alias { repository, key: key.clone(), account: ids[0] });
    });
    assert_eq!(sizes(&mapped), [2]);
    assert_eq!(mapped.persons[0].joins[0].evidence, JoinEvidence::Mailmap);
}

#[test]
fn a_mailmap_takes_nothing_from_whom_a_registry_knows() {
    let accounts = vec![
        account("debian", "a@example.org", &["Ann Lee"]),
        account("git", "a@example.org", &["Ann Lee"]),
        account("git", "stranger@example.org", &["Ann Lee"]),
    ];
    let key = AccountKey::from_address("stranger@example.org");
    let found = with(accounts, |builder, ids, repository| {
        builder.rows.aliases.push(Alias { repository, key: key.clone(), account: ids[1] });
    });
    assert_eq!(sizes(&found), [1, 2]);
    assert_eq!(found.refused["free text about an account that a registry knows"], 2);
}

#[test]
fn keys_that_sign_for_two_accounts_join_them_and_keys_of_forges_do_not() {
    let sizes_of = |kind: SignatureKind, key: &str| {
        let accounts = vec![account("git", "a@example.org", &["a"]), account("git", "b@example.org", &["b"])];
        sizes(&with(accounts, |builder, ids, repository| {
            let row = |account: &AccountId| SigningKey {
                repository,
                account: *account,
                kind,
                key: key.to_owned(),
                certified: None,
                commit_count: 1,
                seen: (Day(1), Day(2)),
            };
            builder.rows.signing_keys.extend(ids.iter().map(row));
        }))
    };
    assert_eq!(sizes_of(SignatureKind::OpenPgp, "0123456789ABCDEF"), [2]);
    assert_eq!(sizes_of(SignatureKind::Ssh, "SHA256:x"), [2]);
    assert_eq!(sizes_of(SignatureKind::Forge, "0123456789ABCDEF"), [1, 1]);
    assert_eq!(sizes_of(SignatureKind::OpenPgp, ""), [1, 1], "a signature that names no key");
}

#[test]
fn user_ids_on_one_key_of_a_keyring_make_a_member_known_by_all_addresses() {
    let mut member = account("keyring", "ann@debian.example.org", &["Ann Lee"]);
    member.verification = Some(Verification::DistributionMember);
    let mut other = account("keyring", "ann@example.org", &["Ann Lee"]);
    other.verification = Some(Verification::DistributionMember);
    let found = with(vec![member, other, account("git", "ann@example.org", &["ann"])], |builder, ids, _| {
        builder.rows.key_holders.extend(ids[..2].iter().map(|account| KeyHolder { key: "F".repeat(40), account: *account }));
    });
    assert_eq!(sizes(&found), [3]);
    let evidence: Vec<JoinEvidence> = found.persons[0].joins.iter().map(|join| join.evidence).collect();
    assert_eq!(evidence, [JoinEvidence::Address, JoinEvidence::Keyring]);
}

/// An account of a registry that knows logins and nothing else.
fn login(place: &'static str, name: &str) -> Account {
    Account {
        key: AccountKey::from_name(name),
        handle: Some(name.to_owned()),
        displayed: Some((Day(0), name.to_owned())),
        ..account(place, "", &[name])
    }
}

#[test]
fn one_login_at_several_registries_is_nobody_s_proof() {
    let numbered = Account { key: AccountKey::from_number(7), displayed: None, ..login("crates_io", "ann-lee") };
    let accounts = || vec![login("npm", "ann-lee"), login("pypi", "ann-lee"), numbered.clone()];
    let apart = persons(accounts(), &decisions());
    assert_eq!(sizes(&apart), [1, 1, 1], "anybody may register a login");
    let ids: BTreeSet<&String> = apart.persons.iter().map(|person| &person.id).collect();
    assert_eq!(ids.len(), 3);

    let spelled = ["lee.ann", "Ann_Lee", "ann-lee"].map(|name| login("npm", name)).to_vec();
    assert_eq!(sizes(&persons(spelled, &decisions())), [1, 1, 1], "a login that reads as a name is none");
    let with_history = vec![login("npm", "ann-lee"), account("git", "ann-lee@example.org", &["Ann Lee", "ann-lee"])];
    assert_eq!(sizes(&persons(with_history, &decisions())), [1, 1], "nor does a history take it over");

    let id = |place: &str| {
        let is_it = |person: &&Person| person.accounts.iter().any(|account| apart_place(&accounts(), *account) == place);
        apart.persons.iter().find(is_it).expect("a person").id.clone()
    };
    let decided = Decisions { joins: vec![[id("npm"), id("pypi")]], ..decisions() };
    let joined = persons(accounts(), &decided);
    assert_eq!(sizes(&joined), [1, 2], "people who looked may decide");
    let evidence: Vec<JoinEvidence> = joined.persons.iter().flat_map(|person| &person.joins).map(|join| join.evidence).collect();
    assert_eq!(evidence, [JoinEvidence::Decision]);
}

/// Place of an account once all are sorted by place.
fn apart_place(accounts: &[Account], id: AccountId) -> &'static str {
    let mut places: Vec<&str> = accounts.iter().map(|account| account.place).collect();
    places.sort_unstable();
    places[id.row()]
}
