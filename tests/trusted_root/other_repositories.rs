//! Repositories of other shapes than the usual: other keys, names without versions, roles that hand on, roots that go far. What they
//! vouch for is found, and the same attacks fail on them.

use super::metadata_repository::{Signers, signed, targets};
use super::*;

const NOW: &str = "2026-01-01T00:00:00Z";
const LATE: &str = "2099-12-31T00:00:00Z";

impl Client {
    fn of(signers: Signers) -> Self {
        Self { signers, ..Self::new() }
    }

    /// Files in which `delegate` signs for the trusted root in the place of the targets, as role `name` for `paths`.
    fn delegated(&self, delegate: &Signers, (name, paths): (&str, Value), signer_count: usize) -> Files {
        let release = self.release(1);
        let theirs = signed(targets(&release), &delegate.people(signer_count));
        self.signers.publish_as(&release, self.handing_on(delegate.delegation(name, &paths)), &[(name, theirs)])
    }

    /// Refreshes with nothing known from before: what is brought, or why nothing is.
    fn first(&self, files: Files) -> Result<Vec<u8>, String> {
        let found = Self::new().refresh_from(&self.signers.signed_root(1), files, NOW);
        found.map(|found| found.document).map_err(|error| error.to_string())
    }

    /// Targets that list nothing and hand on.
    fn handing_on(&self, delegations: Value) -> Value {
        let mut ours = targets(&self.release(1));
        ours["targets"] = json!({});
        ours["delegations"] = delegations;
        ours
    }
}

#[test]
fn keys_of_another_kind_are_as_good() {
    let client = Client::of(Signers::ed25519("person"));
    assert_eq!(client.refresh(client.files(1)).expect("refreshed").document, client.document.to_string().into_bytes());
    let mut files = client.files(2);
    change(&mut files, "timestamp.json", |file| file["signed"]["version"] = 3.into());
    assert_eq!(client.refused(files), "timestamp: signed by 0 of the 1 keys that are needed");
    let mut files = client.files(2);
    let one = signed(client.signers.root(2, LATE), &client.signers.people(1));
    files.insert("2.root.json".to_owned(), one);
    assert_eq!(client.refused(files), "root: signed by 1 of the 2 keys that are needed");
}

#[test]
fn a_chain_leads_over_signers_with_other_keys_and_roots_that_have_expired() {
    let (client, second, third) = (Client::new(), Signers::ed25519("second"), Signers::new("third"));
    let step = |signers: &Signers, version, expires: &str, old: &Signers| {
        signed(signers.root(version, expires), &[old.people(2), signers.people(2)].concat())
    };
    let mut files = third.publish(&client.release(4));
    files.insert("2.root.json".to_owned(), step(&second, 2, "2020-01-01T00:00:00Z", &client.signers));
    files.insert("3.root.json".to_owned(), step(&third, 3, LATE, &second));
    let found = client.refresh(files.clone()).expect("only the last root must be good today");
    assert_eq!((found.root_version, found.timestamp_version), (3, 4));
    // Without the one in the middle the last is signed by strangers.
    let without = Client { signers: Signers::new("person"), ..Client::new() };
    files.remove("2.root.json");
    assert!(without.refused(files.clone()).starts_with("timestamp: signed by 0 of"));
    files.insert("2.root.json".to_owned(), step(&third, 2, LATE, &second));
    assert!(without.refused(files).starts_with("root: signed by 0 of the 2"));
}

#[test]
fn more_roots_than_one_run_follows_take_another_run() {
    let client = Client::new();
    let mut files = client.files(1);
    files.extend((2..=40).map(|version| (format!("{version}.root.json"), client.signers.signed_root(version))));
    assert!(client.refused(files.clone()).contains("exceeded 32 root rotations"));
    assert_eq!(client.refresh(files).expect("from where the first run ended").root_version, 40);
}

#[test]
fn names_without_versions_and_digests() {
    let client = Client::new();
    let mut root = client.signers.root(1, LATE);
    root["consistent_snapshot"] = false.into();
    let root = signed(root, &client.signers.people(2));
    let files = |versions| client.signers.publish(&Release { versions, is_consistent: false, ..client.release(1) });
    assert!(files([5; 3]).contains_key("snapshot.json") && files([5; 3]).contains_key("targets/trusted_root.json"));
    assert_eq!(client.refresh_from(&root, files([5; 3]), NOW).expect("refreshed").timestamp_version, 5);
    let refused = |files: Files| client.refresh_from(&root, files, NOW).expect_err("refused").to_string();
    assert_eq!(refused(files([4; 3])), "timestamp: version 4 is older than version 5, which is known");
    let mixed: Files =
        files([6; 3]).into_iter().chain([("snapshot.json".to_owned(), files([5; 3])["snapshot.json"].clone())]).collect();
    assert!(refused(mixed).starts_with("does not belong to what names it: snapshot.json"));
    let mut other = files([7; 3]);
    change(&mut other, "targets/trusted_root.json", |file| *file = json!({}));
    client.known.path().join("targets").read_dir().expect("kept").for_each(|kept| {
        std::fs::remove_file(kept.expect("an entry").path()).expect("removed");
    });
    assert!(refused(other).starts_with("does not belong to what names it: trusted_root.json: length 2"));
}

#[test]
fn who_was_handed_a_name_may_sign_for_it() {
    let delegate = Signers::ed25519("delegate");
    let all = || ("instance", json!(["*.json"]));
    let client = Client::new();
    assert_eq!(client.first(client.delegated(&delegate, all(), 2)), Ok(client.document.to_string().into_bytes()));
    let refused = |files: Files| client.first(files).expect_err("refused");
    assert_eq!(refused(client.delegated(&delegate, all(), 1)), "instance: signed by 1 of the 2 keys that are needed");
    let not_listed = "trusted_root.json is not among the targets that are signed for";
    for role in [("instance", json!(["other/*"])), ("instance", json!(["*/*"])), ("instance", json!([])), ("root", json!(["*"]))]
    {
        assert_eq!(refused(client.delegated(&delegate, role.clone(), 2)), not_listed, "{role:?}");
    }
    // A stranger signs under the names of the delegate's keys.
    let release = client.release(1);
    let strange = signed(targets(&release), &Signers::ed25519("delegate").people(2));
    let ours = client.handing_on(delegate.delegation("instance", &json!(["*"])));
    let files = client.signers.publish_as(&release, ours.clone(), &[("instance", strange)]);
    assert_eq!(refused(files), "instance: signed by 0 of the 2 keys that are needed");
    // Nobody vouches for which version is the newest.
    assert_eq!(refused(client.signers.publish_as(&release, ours.clone(), &[])), not_listed);
    let mut stale = targets(&release);
    stale["expires"] = "2025-12-31T00:00:00Z".into();
    let files = client.signers.publish_as(&release, ours.clone(), &[("instance", signed(stale, &delegate.people(2)))]);
    assert!(refused(files).starts_with("instance: expired at 2025-12-31T00:00:00Z"));
    let mut files = client.delegated(&delegate, all(), 2);
    change(&mut files, "1.instance.json", |file| file["signed"]["version"] = 2.into());
    assert!(refused(files).starts_with("does not belong to what names it: instance.json"));
    let mut twice = ours;
    twice["delegations"]["keys"]["alias"] = twice["delegations"]["keys"]["delegate-0"].clone();
    twice["delegations"]["roles"][0]["keyids"] = json!(["delegate-0", "alias"]);
    assert_eq!(refused(client.signers.publish_as(&release, twice, &[])), "instance: key alias stands twice");
}

#[test]
fn handing_on_ends() {
    let (client, delegate) = (Client::new(), Signers::new("delegate"));
    let release = client.release(1);
    let not_listed = "trusted_root.json is not among the targets that are signed for";
    // A circle.
    let ours = client.handing_on(delegate.delegation("instance", &json!(["*"])));
    let mut theirs = ours.clone();
    theirs["delegations"]["roles"][0]["name"] = "instance".into();
    let files = client.signers.publish_as(&release, ours, &[("instance", signed(theirs, &delegate.people(2)))]);
    assert_eq!(client.refused(files), not_listed);
    // Who is asked first may have the last word.
    let mut nothing = targets(&release);
    nothing["targets"] = json!({});
    let roles = [("first", signed(nothing, &delegate.people(2))), ("second", signed(targets(&release), &delegate.people(2)))];
    let found = [true, false].map(|is_terminating| {
        let mut delegations = delegate.delegation("first", &json!(["*"]));
        let mut second = delegations["roles"][0].clone();
        second["name"] = "second".into();
        delegations["roles"][0]["terminating"] = is_terminating.into();
        delegations["roles"].as_array_mut().expect("roles").push(second);
        client.first(client.signers.publish_as(&release, client.handing_on(delegations), &roles))
    });
    assert_eq!(found, [Err(not_listed.to_owned()), Ok(client.document.to_string().into_bytes())]);
}

/// Who stole a key of the program signs the highest versions there are, so that nothing is newer; a root without that key mends it.
#[test]
fn versions_that_were_driven_up_end_with_the_key_that_wrote_them() {
    let far = u64::from(u32::MAX);
    for roles in [&["timestamp", "snapshot"][..], &["snapshot"], &["timestamp"]] {
        let (client, heir) = (Client::new(), Signers::new("heir"));
        let stolen = client
            .signers
            .publish(&Release { versions: [if roles.contains(&"timestamp") { far } else { 2 }, far, 1], ..client.release(1) });
        assert_eq!(client.refresh(stolen).expect("the key was good then").root_version, 1);
        let mut next = client.signers.root(2, LATE);
        next["keys"]["heir-program"] = heir.root(1, LATE)["keys"]["heir-program"].clone();
        for role in roles {
            next["roles"][*role]["keyids"] = json!(["heir-program"]);
        }
        let mut files = client.files(3);
        let mut sign_anew = |name: &str, role: &str, change: &dyn Fn(&mut Value)| {
            let file = files.get_mut(name).expect("a file");
            change(&mut file["signed"]);
            let signer = if roles.contains(&role) { heir.program() } else { client.signers.program() };
            *file = signed(file["signed"].clone(), &signer);
            file.clone()
        };
        let snapshot = sign_anew("3.snapshot.json", "snapshot", &|_| {});
        let pin = super::metadata_repository::named(&snapshot, 3);
        sign_anew("timestamp.json", "timestamp", &|file| file["meta"]["snapshot.json"] = pin.clone());
        client.refresh(files.clone()).expect_err("a new signer without a new root");
        files.insert("2.root.json".to_owned(), signed(next, &client.signers.people(2)));
        let found = client.refresh(files.clone()).unwrap_or_else(|error| panic!("{roles:?}: {error}"));
        assert_eq!((found.root_version, found.timestamp_version), (2, 3), "{roles:?}");
        assert_eq!(client.refresh(files).expect("the same again").timestamp_version, 3);
    }
    // A root that takes no key away lets nothing older in.
    let client = Client::new();
    client.refresh(client.files(5)).expect("refreshed");
    let mut next = client.signers.root(2, LATE);
    next["keys"]["more"] = Signers::new("more").root(1, LATE)["keys"]["more-program"].clone();
    next["roles"]["timestamp"]["keyids"] = json!(["person-program", "more"]);
    let mut files = client.files(4);
    files.insert("2.root.json".to_owned(), signed(next, &client.signers.people(2)));
    assert_eq!(client.refused(files), "timestamp: version 4 is older than version 5, which is known");
}

#[test]
fn no_role_is_longer_than_its_kind_may_be() {
    for (name, limit) in [("2.root.json", 512_000), ("1.snapshot.json", 2_000_000), ("1.targets.json", 5_000_000)] {
        let client = Client::new();
        let mut files = client.files(1);
        files.insert("2.root.json".to_owned(), client.signers.signed_root(2));
        change(&mut files, name, |file| file["padding"] = "x".repeat(limit).into());
        assert_eq!(client.refused(files), format!("{name}: longer than {limit} bytes"));
    }
    let client = Client::new();
    let mut root = client.signers.root(2, LATE);
    root["spec_version"] = "2.0.0".into();
    let mut files = client.files(1);
    files.insert("2.root.json".to_owned(), signed(root, &client.signers.people(2)));
    assert!(client.refused(files).contains("unsupported TUF spec_version"));
}
