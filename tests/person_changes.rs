//! Two runs on a history that grows: which person ids lead to which, and who is not told of.

mod damage;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeSet;
use std::path::Path;

use runs::{jobs, run, snapshots};
use trustgraph::identity::PseudonymKey;
use trustgraph::ids::AccountKey;
use trustgraph::snapshot::Published;
use trustgraph::tables::{Account, AccountKind};

/// Adds a commit for each address and name, a day after the other.
fn commit(repository: &gix::Repository, first_day: i64, people: &[(&str, &str)]) {
    let oid = repository.write_blob("text\n").expect("written").detach();
    let mode = gix::objs::tree::EntryKind::Blob.into();
    let entries = vec![gix::objs::tree::Entry { mode, filename: "file.txt".into(), oid }];
    let tree = repository.write_object(gix::objs::Tree { entries }).expect("written").detach();
    for (day, (address, name)) in (first_day..).zip(people) {
        let text = format!("{name} <{address}@example.org> {} +0000", day * 86_400);
        let who = gix::actor::SignatureRef::from_bytes(text.as_bytes()).expect("a signature");
        let parent = repository.head_id().ok().map(|id| id.detach());
        repository.commit_as(who, who, "HEAD", "work", tree, parent).expect("written");
    }
}

/// Published id of who has only this address.
fn id(address: &str) -> String {
    let account = Account {
        place: "git",
        key: AccountKey::from_address(&[address, "example.org"].join("@")),
        kind: AccountKind::Person,
        handle: None,
        names: Default::default(),
        displayed: None,
        verification: None,
    };
    PseudonymKey::public().pseudonym('p', &account)
}

/// A job on the repository, with these persons who asked not to be shown.
fn write_job(folder: &Path, opted_out: &[String]) {
    let decisions = folder.join("decisions");
    std::fs::create_dir_all(&decisions).expect("a folder");
    for entry in std::fs::read_dir(jobs().join("decisions")).expect("the decisions") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, decisions.join(from.file_name().expect("a name"))).expect("a copy");
    }
    std::fs::write(decisions.join("opt_out.toml"), format!("opted_out = {opted_out:?}\n")).expect("a file");
    let job = format!(
        "title = \"A history that grows\"\nparameters = {:?}\ndecisions = \"decisions\"\n[sources.git]\n\
         repositories = [{{ url = \"https://example.org/owner/project\", path = \"r.git\" }}]\n",
        jobs().join("parameters.toml")
    );
    std::fs::write(folder.join("job.toml"), job).expect("a job");
}

#[test]
fn ids_lead_from_run_to_run_and_who_asked_not_to_be_shown_is_in_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = gix::init_bare(folder.path().join("r.git")).expect("a repository");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let next = || {
        run(&["run", &at("job.toml"), "--offline", "--cache", &at("cache"), "--out", &at("out")]).expect(0, &[]);
        let mut found = snapshots(&folder.path().join("out"));
        found.sort();
        Published::read(found.last().expect("a snapshot")).expect("it reads")
    };
    write_job(folder.path(), &[]);
    let (ada, dora) = ("Ada Quillfeather", "Dora Wynnstay");
    commit(&repository, 17_000, &[("ada1", ada), ("ada2", "ada"), ("bob1", "Bob Ray"), ("dora1", dora), ("dora2", "dora")]);
    let first = next();
    let ids = |names: &[&str]| names.iter().map(|name| id(name)).collect::<BTreeSet<_>>();
    let shown = |published: &Published| published.persons.iter().map(|row| row.person_id.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(shown(&first), ids(&["ada1", "ada2", "bob1", "dora1", "dora2"]));
    assert!(first.person_changes.is_empty(), "there was no snapshot before");

    commit(&repository, 18_000, &[("ada2", ada), ("dora2", dora), ("eve1", "Eve Long")]);
    write_job(folder.path(), &[id("dora2")]);
    let second = next();
    let ada_now = second.identity_joins.first().expect("two accounts of one person").person_id.to_string();
    assert!(ids(&["ada1", "ada2"]).contains(&ada_now));
    assert_eq!(shown(&second), [ada_now.clone(), id("bob1"), id("eve1")].into(), "of the two who were one the whole is hidden");
    let rows: Vec<_> = second.person_changes.iter().map(|row| (row.earlier_person_id.clone(), row.kind.to_string())).collect();
    assert_eq!(rows, ids(&["ada1", "ada2"]).into_iter().map(|id| (id, "merged".to_owned())).collect::<Vec<_>>());
    let damaged = damage::is_withstood(&second, &ada_now);
    assert!(damaged.contains(&"contributions") && damaged.contains(&"person_changes"), "{damaged:?}");
    for row in &second.person_changes {
        assert_eq!((row.later_person_id.as_str(), &*row.earlier_snapshot), (ada_now.as_str(), &*first.manifest.snapshot));
        assert_eq!((row.account_count, row.join_count, row.evidence.as_deref()), (1, 1, Some("history_name 1")));
    }
}
