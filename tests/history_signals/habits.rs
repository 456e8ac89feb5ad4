//! Regulars whose commits differ from their own past, by each kind of habit.

use trustgraph::tables::{Area, Areas, Clock};

use super::*;

/// Ten commits a month for ten years by person 1, each as `shape` makes it from its month and its number.
fn habits(shape: impl Fn(i32, u32, &mut Commit)) -> Vec<Reading> {
    let mut world = World::default();
    (0..120).for_each(|month| world.own(0, month, 1, 10));
    // Who lands what person 1 makes.
    world.account(2);
    for (number, commit) in (0..).zip(world.builder.rows.commits.iter_mut()) {
        shape(number as i32 / 10, number % 10, commit);
    }
    let histories = world.histories(120);
    let evidence = signal("behavior_change").evidence(&histories.list[0], &parameters().history, histories.list[0].last_month());
    assert!(!evidence.contains("zone") && !evidence.contains("UTC"), "hours are nobody's business: {evidence}");
    read("behavior_change", &histories.list[0])
}

/// Hours 8 to 17 in one zone, 1 to 512 lines in up to five files of two areas, signed, landed by somebody else.
fn usual(_: i32, number: u32, commit: &mut Commit) {
    commit.clock = Some(Clock { hour: 8 + number as u8, zone: Some(4) });
    (commit.line_count, commit.file_count) = (Some(1 << number), Some(1 + number / 2));
    commit.areas = Some(Areas::of(Area::Source).with(Areas::of(Area::Tests)));
    commit.has_signature = true;
    commit.lander = Some(AccountId::from_row(commit.author.row() + 1));
}

#[test]
fn a_regular_whose_commits_are_unlike_the_own_past_is_told_by_each_kind_of_habit() {
    let min = parameters().history.behavior_change_min.value;
    let constant = habits(usual);
    assert_eq!(constant[119], Ok(0.0));
    assert!(constant[20].is_err(), "no past yet");
    let changed = |change: fn(&mut Commit)| {
        habits(|month, number, commit| {
            usual(month, number, commit);
            if month >= 117 {
                change(commit);
            }
        })
    };
    let all: fn(&mut Commit) = |commit| {
        commit.clock = commit.clock.map(|clock| Clock { hour: (clock.hour + 12) % 24, zone: Some(-20) });
        (commit.line_count, commit.file_count) = (Some(5_000), Some(200));
        commit.areas = Some(Areas::of(Area::Build));
        commit.has_signature = false;
        commit.lander = Some(commit.author);
    };
    let everything = changed(all)[119].expect("a habit is known");
    assert!(everything > 0.5, "{everything}");
    let single: [fn(&mut Commit); 5] = [
        |commit| commit.clock = commit.clock.map(|clock| Clock { hour: (clock.hour + 12) % 24, zone: Some(-20) }),
        |commit| (commit.line_count, commit.file_count) = (Some(5_000), Some(200)),
        |commit| commit.areas = Some(Areas::of(Area::Build)),
        |commit| commit.has_signature = false,
        |commit| commit.lander = Some(commit.author),
    ];
    for change in single {
        let value = changed(change)[119].expect("a habit is known");
        assert!(value > 0.05 && value < everything, "{value}");
    }
    assert!(everything > min && changed(all)[116] == Ok(0.0), "nothing is known before it happens");
}

#[test]
fn whoever_changes_often_is_expected_to_change_and_what_is_not_told_is_no_habit() {
    let restless = habits(|month, number, commit| {
        usual(month, number, commit);
        commit.clock = Some(Clock { hour: ((month / 3 * 7 + number as i32) % 24) as u8, zone: Some((month / 3 % 5 * 4) as i8) });
    });
    assert!(restless[119].is_ok_and(|value| value < 0.05), "{:?}", restless[119]);
    let untold = habits(|_, _, commit| commit.committer = commit.author);
    assert_eq!(untold[119], Ok(0.0), "only signing is known, and nothing was ever lost");
    let few = {
        let mut world = World::default();
        (0..60).for_each(|month| world.own(0, month, month as i64 / 6, 3));
        read("behavior_change", &world.histories(60).list[0])
    };
    assert!(few.iter().all(Result::is_err), "nobody stays long enough to have a habit");
}

#[test]
fn signing_that_begins_is_no_loss() {
    let begun = habits(|month, _, commit| commit.has_signature = month >= 117);
    let ended = habits(|month, _, commit| commit.has_signature = month < 117);
    assert_eq!(begun[119], Ok(0.0));
    assert!(ended[119].is_ok_and(|value| value > 0.2), "{:?}", ended[119]);
}
