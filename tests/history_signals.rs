//! Signals on histories: hand-sized cases for every answer, and the past that the future never changes.

#[path = "history_signals/habits.rs"]
mod habits;

use proptest::prelude::*;
use trustgraph::identity::{PseudonymKey, resolve};
use trustgraph::ids::{AccountId, AccountKey, RepositoryId, RepositoryUrl};
use trustgraph::job::{Decisions, Job, Parameters};
use trustgraph::signals::history::{ALL, Histories, History, HistorySignal, Reading};
use trustgraph::tables::{Account, AccountKind, Commit, Tables, TablesBuilder, Tag};
use trustgraph::units::Day;

fn parameters() -> Parameters {
    Job::shipped().expect("the shipped job is good").parameters
}

/// Commits and tags written by hand. Months count from January 2000; a month has 28 days that are used.
#[derive(Default)]
struct World {
    builder: TablesBuilder,
    count: u64,
}

/// One commit: who wrote and who committed it.
#[derive(Clone, Copy, Debug)]
struct Work {
    repository: usize,
    month: i32,
    author: i64,
    committer: i64,
    parent_count: u8,
    is_by_forge: bool,
}

impl World {
    fn repository(&mut self, number: usize) -> RepositoryId {
        let url = RepositoryUrl::parse(&format!("https://example.org/owner{number}/project")).expect("a URL");
        self.builder.repository(url)
    }

    fn account(&mut self, number: i64) -> AccountId {
        self.builder.account(Account {
            place: "commits",
            key: AccountKey::from_number(number),
            kind: AccountKind::Person,
            handle: None,
            names: Default::default(),
            displayed: None,
            verification: None,
        })
    }

    fn commit(&mut self, work: Work) -> [u8; 12] {
        self.count += 1;
        let mut id = [0; 12];
        id[..8].copy_from_slice(&self.count.to_be_bytes());
        self.commit_as(work, id);
        id
    }

    fn commit_as(&mut self, work: Work, id: [u8; 12]) {
        let commit = Commit {
            repository: self.repository(work.repository),
            committed: day(work.month),
            id,
            authored: day(work.month),
            clock: None,
            author: self.account(work.author),
            committer: self.account(work.committer),
            parent_count: work.parent_count,
            has_signature: false,
            is_committed_by_forge: work.is_by_forge,
            pusher: None,
            lander: None,
            landed: None,
            file_count: None,
            line_count: None,
            areas: None,
            signature: None,
        };
        self.builder.rows.commits.push(commit);
    }

    /// `count` commits of one's own.
    fn own(&mut self, repository: usize, month: i32, person: i64, count: usize) {
        for _ in 0..count {
            self.commit(Work { repository, month, author: person, committer: person, parent_count: 1, is_by_forge: false });
        }
    }

    /// `count` commits of `author` that `committer` lands.
    fn landed(&mut self, repository: usize, month: i32, author: i64, committer: i64, count: usize) {
        for _ in 0..count {
            self.commit(Work { repository, month, author, committer, parent_count: 1, is_by_forge: false });
        }
    }

    fn release(&mut self, repository: usize, month: i32, person: i64) {
        let work = Work { repository, month, author: person, committer: person, parent_count: 1, is_by_forge: false };
        let target = self.commit(work);
        self.tag(repository, format!("v1.{}", self.count), target, month, person, true);
    }

    fn tag(&mut self, repository: usize, name: String, target: [u8; 12], month: i32, tagger: i64, has_signature: bool) {
        let (repository, tagger) = (self.repository(repository), Some(self.account(tagger)));
        let created = Some(day(month));
        let tag = Tag { repository, name, target, tagger, created, has_signature, lander: None, signature: None };
        self.builder.rows.tags.push(tag);
    }

    /// Histories taken on the last day before month `end`.
    fn histories(mut self, end: i32) -> Histories {
        let taken = Day(first_of(end).0 - 1);
        let repositories: Vec<RepositoryId> = self.builder.rows.commits.iter().map(|commit| commit.repository).collect();
        repositories.into_iter().for_each(|repository| self.builder.has_history(repository, taken));
        build(&self.builder.finish())
    }
}

fn build(tables: &Tables) -> Histories {
    let parameters = parameters();
    let identities = resolve(tables, &parameters.identity, &Decisions::default(), &PseudonymKey::public());
    Histories::build(tables, &identities, &parameters.history)
}

fn first_of(month: i32) -> Day {
    Day::parse(&format!("{:04}-{:02}-01", 2000 + month / 12, 1 + month % 12)).expect("a day")
}

fn day(month: i32) -> Day {
    Day(first_of(month).0 + 9)
}

fn signal(name: &str) -> &'static dyn HistorySignal {
    ALL.into_iter().find(|signal| signal.name() == name).expect("a signal of ours")
}

fn read(name: &str, history: &History) -> Vec<Reading> {
    signal(name).read(history, &parameters().history)
}

/// Person 1 works alone for ten years; from month 120 on person 2 is landed `apprentice` months, then pushes half.
fn takeover(apprentice: i32, elsewhere: i32, is_release: bool) -> History {
    let mut world = World::default();
    for month in 0..160 {
        let pushes = month >= 120 + apprentice;
        world.own(0, month, 1, 10);
        if (120..120 + apprentice).contains(&month) {
            world.landed(0, month, 2, 1, 1);
        }
        if pushes {
            world.own(0, month, 2, 10);
        }
        if month % 6 == 0 {
            world.release(0, month, if is_release && pushes { 2 } else { 1 });
        }
    }
    for month in 0..elsewhere {
        world.landed(1, 119 - month, 2, 3, 1);
    }
    world.histories(160).list.remove(0)
}

#[test]
fn control_that_passes_to_an_apprentice_is_seen_within_two_months() {
    let history = takeover(8, 0, false);
    let values = read("control_shift", &history);
    assert_eq!(values[0], Err("the own past is too short to say what is usual"));
    assert!(values[30..128].iter().all(|value| *value == Ok(0.0)), "a lone founder is never new");
    let min = parameters().history.control_shift_min.value;
    let first = values.iter().position(|value| value.is_ok_and(|value| value >= min));
    assert!(first.is_some_and(|first| (128..=129).contains(&first)), "{first:?}");
    let said = signal("control_shift").evidence(&history, &parameters().history, history.first_month + 130);
    assert!(
        said.starts_with("Up to 2010-11: control is passing to a person with") && said.contains("in 2010-09, after 8"),
        "{said}"
    );
    assert!(said.contains("at other owners: 0."), "{said}");
    let said = signal("control_shift").evidence(&history, &parameters().history, history.first_month + 60);
    assert_eq!(said, "Up to 2005-01: control lies with those who held it before.");
}

#[test]
fn records_elsewhere_lower_it_and_visitors_do_not_raise_it() {
    let last = |history: &History| read("control_shift", history)[140].expect("a value");
    let (unknown, known, visitor) = (takeover(8, 0, false), takeover(8, 96, false), takeover(0, 0, false));
    assert!(last(&known) < 0.6 * last(&unknown), "{} {}", last(&known), last(&unknown));
    assert_eq!(last(&visitor), 0.0, "no month of landed work came before the first push");
}

#[test]
fn a_new_release_maker_is_seen_at_the_second_release_of_a_month() {
    let mut world = World::default();
    for month in 0..60 {
        world.own(0, month, 1, 5);
        world.landed(0, month, 2, 1, usize::from(month >= 40));
        if month % 6 == 0 && month < 54 {
            world.release(0, month, 1);
        }
    }
    world.release(0, 54, 2);
    world.release(0, 54, 2);
    let history = world.histories(60).list.remove(0);
    let values = read("new_release_maker", &history);
    assert_eq!((values[0], values[53]), (Ok(0.0), Ok(0.0)));
    // Two of two releases, diluted by one: 2/3; 14 months of apprenticeship: 14/17; 6 of 6 releases before, diluted: 6/7.
    let expected = 2.0 / 3.0 * 14.0 / 17.0 * 6.0 / 7.0;
    assert!((values[54].expect("a value") - expected).abs() < 1e-12, "{:?} {expected}", values[54]);
    let said = signal("new_release_maker").evidence(&history, &parameters().history, history.first_month + 54);
    assert!(said.contains("first release here was in 2004-07") && said.contains("86 % of the releases of 36 months"), "{said}");
}

#[test]
fn support_and_activity_have_closed_forms() {
    let mut world = World::default();
    for month in 0..60 {
        world.own(0, month, 1, 4);
        world.own(0, month, 2, usize::from(month % 12 == 0));
    }
    for month in [30, 40, 50] {
        world.release(0, month, 1);
    }
    world.own(0, 75, 1, 2);
    let history = world.histories(80).list.remove(0);
    let support = read("thin_support", &history);
    // Person 2 has two active months in two years: a visitor.
    assert_eq!(support[59], Ok(-(3.0f64.ln_1p()) - 1.0f64.ln_1p()));
    assert_eq!(signal("thin_support").min(&parameters().history), None, "without demand it never fires");
    let activity = read("fading_activity", &history);
    assert_eq!(activity[10], Err("younger than the recent months"));
    let p = parameters().history;
    // Months 68..=79 hold 2 commits; 48 months before hold 40 months of 4, of person 2 in 24, 36 and 48, and 3 releases.
    let fall = ((1.0 + (40.0 * 4.0 + 3.0 + 3.0) / 4.0) / 3.0f64).ln();
    let expected = p.fall_weight.value * fall - p.keepers_weight.value * 2.0f64.ln() + p.silence_weight.value * 4.0;
    assert!((activity[79].expect("a value") - expected).abs() < 1e-12, "{:?} {expected}", activity[79]);
    let said = signal("fading_activity").evidence(&history, &p, history.first_month + 79);
    assert!(said.contains("2 commits in 12 months") && said.contains("4 months without a commit"), "{said}");
}

#[test]
fn unknown_is_said_with_a_reason() {
    let mut world = World::default();
    // The forge landed everything, for an author who never did anything certain.
    for month in 0..30 {
        world.commit(Work { repository: 0, month, author: 1, committer: 9, parent_count: 1, is_by_forge: true });
    }
    let history = world.histories(30).list.remove(0);
    assert!(read("control_shift", &history).iter().all(|value| *value == Err("no act of control is known yet")));
    assert!(read("new_release_maker", &history).iter().all(|value| *value == Err("no release with a known maker yet")));
}

#[test]
fn branches_prove_no_control_where_others_merge() {
    let mut world = World::default();
    for month in 0..12 {
        for author in 2..5 {
            world.own(0, month, author, 2);
            world.commit(Work { repository: 0, month, author: 1, committer: 9, parent_count: 2, is_by_forge: true });
        }
    }
    let history = world.histories(12).list.remove(0);
    for month in &history.months {
        assert_eq!(month.control.len(), 1, "only the merger: {month:?}");
        // Three merges, each with the two commits it brought.
        assert!((month.control[0].1 - 9.0).abs() < 1e-12, "{month:?}");
    }
}

#[test]
fn a_fork_is_no_record_elsewhere() {
    let mut world = World::default();
    for month in 0..24 {
        let work = Work { repository: 0, month, author: 1, committer: 1, parent_count: 1, is_by_forge: false };
        let id = world.commit(work);
        if month < 12 {
            world.commit_as(Work { repository: 1, ..work }, id);
        }
    }
    let histories = world.histories(24);
    let months = |row: usize| histories.list[row].actors[0].elsewhere_months.len();
    assert_eq!((months(0), months(1)), (0, 12), "only work after the fork counts, and only there");
}

/// A few repositories, persons and years of any work.
fn any_work() -> impl Strategy<Value = Vec<Work>> {
    let work = (0usize..3, 0i32..90, 0i64..6, 0i64..6, 0u8..3, prop::bool::weighted(0.2));
    let work = work.prop_map(|(repository, month, author, committer, parent_count, is_by_forge)| Work {
        repository,
        month,
        author,
        committer,
        parent_count,
        is_by_forge,
    });
    prop::collection::vec(work, 1..400)
}

/// Tables of `works` and a release now and then, as they stand before month `end`.
fn tables(works: &[Work], end: i32) -> Tables {
    let mut world = World::default();
    // Every account and repository is known from the start, so that persons have one numbering.
    (0..6).for_each(|number| {
        world.account(number);
    });
    for (number, work) in works.iter().enumerate() {
        world.count += 1;
        let mut id = [0; 12];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        if work.month >= end {
            continue;
        }
        world.commit_as(*work, id);
        if number % 5 == 0 {
            world.tag(work.repository, format!("v{number}"), id, work.month, work.committer, false);
        }
    }
    let taken = Day(first_of(end).0 - 1);
    for repository in 0..3 {
        let repository = world.repository(repository);
        world.builder.has_history(repository, taken);
    }
    world.builder.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Cutting all tables at a month and replaying up to it gives the readings that replaying everything gives.
    #[test]
    fn the_future_never_changes_the_past(works in any_work(), cut in 20i32..90) {
        let (all, cut) = (build(&tables(&works, 90)), build(&tables(&works, cut)));
        for early in &cut.list {
            let row = all.find(&early.url).expect("a history does not vanish");
            let late = &all.list[row];
            prop_assert_eq!(early.first_month, late.first_month);
            for signal in ALL {
                let before = signal.read(early, &parameters().history);
                let after = signal.read(late, &parameters().history);
                prop_assert_eq!(&before[..], &after[..before.len()], "{}", signal.name());
            }
        }
    }
}

#[test]
fn newcomers_count_against_what_is_usual_here() {
    let mut world = World::default();
    (0..72).for_each(|month| world.own(0, month, 1, 20));
    for month in 66..72 {
        world.own(0, month, 100 + i64::from(month), 60);
    }
    let histories = world.histories(72);
    let values = signal("newcomer_influx").read(&histories.list[0], &parameters().history);
    assert!(values[65].is_ok_and(|value| value < 0.0), "{:?}", values[65]);
    assert!(values[71].is_ok_and(|value| value > 0.4), "{:?}", values[71]);
    assert!(
        signal("newcomer_influx")
            .evidence(&histories.list[0], &parameters().history, 2005 * 12 + 11)
            .contains("first seen lately")
    );
}

#[test]
fn a_release_after_silence_counts_when_somebody_new_makes_it() {
    let value = |releaser: i64| {
        let mut world = World::default();
        for month in 0..36 {
            world.own(0, month, 1, 3);
        }
        world.release(0, 12, 1);
        world.release(0, 30, 1);
        world.release(0, 60, releaser);
        let histories = world.histories(62);
        let values = signal("dormant_then_active").read(&histories.list[0], &parameters().history);
        assert!(values[20].is_err() && values[59] == Ok(0.0), "{:?}", &values[18..60]);
        values[61].expect("it stands for some months")
    };
    assert!(value(1) < 0.2, "the old maker came back: {}", value(1));
    assert!(value(9) > 0.6, "a new one came: {}", value(9));
}
