//! What attackers gain on a small world: nothing alone, a bounded part of what outsiders give, and more for more real work.

#[expect(dead_code, reason = "other tests use the rest")]
mod worlds;

use trustgraph::attacks::{self, Outcome};
use trustgraph::identity::PseudonymKey;
use trustgraph::ids::{AccountKey, Ecosystem, RepositoryUrl};
use trustgraph::job::{Attacks, Decisions, Job};
use trustgraph::pipeline::attack;
use trustgraph::tables::{Account, AccountKind, Commit, Maintainer, Release, Suite, Tables, TablesBuilder};
use trustgraph::units::Day;
use worlds::{Scored, World, parameters};

/// What rounding may move.
const ROUNDING: f64 = 1e-12;

fn as_of() -> Day {
    Day::parse("2025-01-01").expect("a day")
}

/// A dozen trusted persons with two packages each that use one another's, and one who maintains what all of them need.
fn honest() -> World {
    let mut world = World::default();
    let lone = world.person(true);
    let needed = world.package(&[lone], &[]);
    let mut last = needed;
    for number in 0..12 {
        let person = world.person(number % 3 != 0);
        let other = world.package(&[person], &[needed, last]);
        last = world.package(&[person, lone], &[other]);
    }
    world
}

/// Its tables, with an earlier suite that lists the same.
fn honest_tables() -> Tables {
    let tables = honest().tables();
    let mut builder = TablesBuilder::resume(tables.clone());
    let earlier = Day(as_of().0 - 700);
    let suite = builder.suite(Suite { ecosystem: Ecosystem::Debian, as_of: earlier, name: "before".into() });
    builder.rows.releases.extend(tables.releases.iter().cloned().map(|row| Release { suite, ..row }));
    builder.rows.maintainers.extend(tables.maintainers.iter().cloned().map(|row| Maintainer { suite, ..row }));
    builder.finish()
}

/// The same with a history of last year in which a third of the persons land one another's work, signed.
fn with_history() -> Tables {
    let mut builder = TablesBuilder::resume(honest_tables());
    let repository = builder.repository(RepositoryUrl::local("honest"));
    builder.has_history(repository, as_of());
    let account = |builder: &mut TablesBuilder, number: usize| {
        builder.account(Account {
            place: "git",
            key: AccountKey::from_address(&format!("p{number:06}@example.org")),
            kind: AccountKind::Person,
            handle: None,
            names: [(format!("p{number:06}"), 1)].into(),
            displayed: None,
            verification: None,
        })
    };
    for number in 0..48u8 {
        let [author, committer] = [number % 4 + 1, (number + 1) % 4 + 1].map(|person| account(&mut builder, person.into()));
        let committed = Day(as_of().0 - 7 * i32::from(number));
        builder.rows.commits.push(Commit {
            repository,
            committed,
            id: [number; 12],
            authored: committed,
            clock: None,
            author,
            committer,
            parent_count: 1,
            has_signature: true,
            is_committed_by_forge: false,
            pusher: None,
            lander: None,
            landed: None,
            file_count: None,
            line_count: None,
            areas: None,
            signature: None,
        });
    }
    builder.finish()
}

/// The shipped attacks on the sample, with `sizes` put in place of those of the attack `name`; all others left out.
fn attacks(name: &str, sizes: &[(&str, &[u64])]) -> Attacks {
    let text = include_str!("../jobs/sample_attacks.toml");
    let mut all: toml::Table = toml::from_str(text).expect("TOML");
    all.retain(|known, _| known == name);
    let attack = all[name].as_table_mut().expect("an attack");
    for (key, values) in sizes {
        let known = attack.get_mut(*key).unwrap_or_else(|| panic!("{name} has no size {key}"));
        let values: Vec<toml::Value> = values.iter().map(|value| toml::Value::Integer(*value as i64)).collect();
        known.as_table_mut().expect("sizes").insert("values".into(), values.into());
    }
    all.try_into().expect("attacks")
}

fn outcomes(tables: &Tables, name: &str, sizes: &[(&str, &[u64])]) -> Vec<Outcome> {
    let job = Job {
        name: "test".into(),
        title: "A world".into(),
        as_of: None,
        sources: Default::default(),
        parameters: parameters(),
        decisions: Decisions::default(),
        backtest: None,
        attacks: Attacks::default(),
        sentinels: Vec::new(),
        digest: String::new(),
        folder: ".".into(),
    };
    attack(&job, &attacks(name, sizes), tables, as_of(), &PseudonymKey::public()).expect("outcomes")
}

/// Nobody else moved.
#[track_caller]
fn expect_others_unmoved(outcome: &Outcome) {
    assert!(outcome.honest_largest_rise <= ROUNDING && outcome.honest_largest_fall <= ROUNDING, "{outcome:?}");
}

#[test]
fn a_ring_gains_what_outsiders_give_whatever_its_size() {
    let tables = honest_tables();
    let (accounts, edges) = ([3u64, 30], [0u64, 1, 4]);
    let found = outcomes(&tables, "ring", &[("accounts", &accounts), ("earned_edges", &edges), ("uses_per_package", &[29])]);
    assert_eq!(found.len(), 6);
    for outcome in &found {
        assert_eq!(outcome.package_count, outcome.account_count);
        if outcome.earned_edge_count == 0 {
            assert!(outcome.gains.person.is_some_and(|gain| gain.abs() <= ROUNDING), "{outcome:?}");
            assert!(outcome.gains.package.is_some_and(|gain| gain.abs() <= ROUNDING), "{outcome:?}");
            // What a repository shows of itself; published as soon as anybody behind it has more than exactly nothing.
            let repository = parameters().scores.repository;
            let own = repository.own_weight.value / (repository.own_weight.value + repository.control_weight.value);
            assert!(outcome.gain <= own * repository.age_prior.value, "{outcome:?}");
            expect_others_unmoved(outcome);
        } else {
            assert!(outcome.gain > 0.01 && outcome.gains.person > Some(0.01), "{outcome:?}");
            assert!(outcome.mean_gain > 0.0 && outcome.mean_gain < outcome.gain, "{outcome:?}");
        }
    }
    // The voice of somebody trusted counts w = 1 / (1 + half); a closed group of any size hears its echo at most e of it, so
    // gains stay below w / (1 − (1 − w)·e) of what the voice could give, which is less than 1.
    let half = parameters().scores.package.endorsement_half_evidence.value;
    let echo = parameters().scores.person.endorsement_weight.value;
    let voice = 1.0 / (1.0 + half);
    let bound = voice / (1.0 - (1.0 - voice) * echo);
    let gain = |accounts: u64, edges: u64| {
        let found = found.iter().find(|one| (one.account_count, one.earned_edge_count) == (accounts, edges));
        found.and_then(|one| one.gains.person).expect("a case")
    };
    assert!(gain(30, 1) <= bound && gain(30, 1) < 2.0 * gain(3, 1), "{} {}", gain(3, 1), gain(30, 1));
    assert!(gain(3, 4) > gain(3, 1) && gain(30, 4) > gain(30, 1), "use by more trusted persons gains more");
}

#[test]
fn a_crowd_lifts_nobody() {
    let found = outcomes(&honest_tables(), "star", &[("accounts", &[1, 50]), ("earned_edges", &[0, 1])]);
    let [few_none, few_one, many_none, many_one] = &found[..] else { panic!("{found:?}") };
    for outcome in [few_none, many_none] {
        assert!(outcome.gains.person.is_some_and(|gain| gain <= ROUNDING), "{outcome:?}");
        expect_others_unmoved(outcome);
    }
    assert!(few_one.gains.person > Some(0.01) && many_one.gains.person < few_one.gains.person.map(|gain| 2.0 * gain));
    assert_eq!((many_one.account_count, many_one.package_count, many_one.earned_edge_count), (51, 52, 1));
}

#[test]
fn slander_moves_nobody() {
    for tables in [honest_tables(), with_history()] {
        for outcome in outcomes(&tables, "slander", &[("accounts", &[1, 10]), ("targets", &[5])]) {
            expect_others_unmoved(&outcome);
            assert!(outcome.gains.person.is_some_and(|gain| gain <= ROUNDING), "{outcome:?}");
        }
    }
}

#[test]
fn forged_authors_and_dates_gain_nothing() {
    for tables in [honest_tables(), with_history()] {
        let found = outcomes(&tables, "forged_authors", &[("repositories_per_account", &[2])]);
        let [author, committer] = &found[..] else { panic!("{found:?}") };
        assert_eq!([author.variant, committer.variant], [Some("author"), Some("committer")]);
        for outcome in [author, committer] {
            assert!(outcome.gain.abs() <= ROUNDING, "{outcome:?}");
            expect_others_unmoved(outcome);
        }
        for outcome in outcomes(&tables, "forged_dates", &[("years", &[1, 20])]) {
            assert!(outcome.gain.abs() <= ROUNDING, "{outcome:?}");
            expect_others_unmoved(&outcome);
        }
    }
}

#[test]
fn packages_that_lean_on_honest_ones_gain_the_weight_of_dependencies_at_most() {
    let found = outcomes(&honest_tables(), "lean", &[("packages", &[2, 40]), ("targets", &[0, 5])]);
    for outcome in &found {
        assert!(outcome.gains.person.is_some_and(|gain| gain <= ROUNDING), "{outcome:?}");
        expect_others_unmoved(outcome);
        let most = parameters().scores.package.dependencies_weight.value;
        assert!(outcome.gains.package.is_some_and(|gain| gain <= most), "{outcome:?}");
    }
    let gain = |at: usize| found[at].gains.package.expect("packages");
    assert!(gain(0).abs() <= ROUNDING && gain(2).abs() <= ROUNDING, "a cycle alone is worth nothing");
    assert!(gain(1) > 0.001, "the simulator sees what leaning gives");
}

#[test]
fn patience_pays_slowly_and_a_takeover_is_seen() {
    let months = [0u64, 6, 12, 24, 48];
    for tables in [honest_tables(), with_history()] {
        let found = outcomes(&tables, "insider", &[("months", &months), ("min_criticality_percentile", &[100])]);
        let of = |variant: &str| found.iter().filter(|one| one.variant == Some(variant)).collect::<Vec<_>>();
        let gains = |variant| of(variant).iter().map(|one| one.gains.person.expect("a person")).collect::<Vec<f64>>();
        let worked = gains("worked");
        assert_eq!(worked[0], 0.0);
        assert!(worked.windows(2).all(|pair| pair[0] < pair[1]) && worked[4] < 0.6, "{worked:?}");
        let scores = |variant| of(variant).iter().filter_map(|one| one.attacked_scores[1]).collect::<Vec<f64>>();
        let (shared, taken) = (scores("co_maintainer"), scores("sole_maintainer"));
        let before = found[0].attacked_scores[0].expect("a score");
        assert!(taken[0] < shared[0] && shared[0] < before, "{taken:?} {shared:?} {before}");
        assert!(taken.windows(2).all(|pair| pair[0] < pair[1]), "work before makes the fall smaller: {taken:?}");
        let fall = of("sole_maintainer")[0].honest_largest_fall;
        let scale = 1.0 - parameters().scores.unknown_score.value;
        assert!(fall >= (before - taken[0]) / scale - ROUNDING, "the package taken over is an honest node: {fall}");
        assert!(found.iter().all(|one| one.attacked.as_deref() == Some("pkg:deb/debian/k000000?arch=source")));
    }
}

#[test]
fn no_attack_adds_more_rows_than_it_says() {
    let scored: Scored = honest().score();
    let Scored { tables, identities, graph, scores } = &scored;
    let base = attacks::World { tables, identities, graph, scores };
    let all: Attacks = toml::from_str(include_str!("../jobs/sample_attacks.toml")).expect("attacks");
    let rows = |t: &Tables| {
        t.packages.len()
            + t.releases.len()
            + t.accounts.len()
            + t.maintainers.len()
            + t.dependencies.len()
            + t.repositories.len()
            + t.repository_links.len()
            + t.commits.len()
    };
    let cases = attacks::plan(&all).expect("small attacks");
    assert!(cases.len() > 10);
    for case in &cases {
        let planted = attacks::plant(case, base, as_of()).expect("possible here");
        let added = rows(&planted.tables) - rows(tables);
        assert!(added as u64 <= case.added_rows(), "{} {}: {added} of {}", case.attack, case.number, case.added_rows());
    }
}

#[test]
fn what_a_job_cannot_hold_is_told() {
    let scored = honest().score();
    let Scored { tables, identities, graph, scores } = &scored;
    let base = attacks::World { tables, identities, graph, scores };
    let error = |name: &str, sizes: &[(&str, &[u64])]| {
        let case = attacks::plan(&attacks(name, sizes)).expect("small").pop().expect("a case");
        attacks::plant(&case, base, as_of()).expect_err("impossible").to_string()
    };
    let told = error("ring", &[("earned_edges", &[500])]);
    assert!(
        told.contains("`ring`") && told.contains("500 trusted persons with a package") && told.contains("this job has"),
        "{told}"
    );
    assert!(error("slander", &[("targets", &[1000])]).contains("1000 trusted packages"));
    let large = attacks("ring", &[("accounts", &[1_000_000]), ("uses_per_package", &[1000])]);
    let told = attacks::plan(&large).expect_err("too large").to_string();
    assert!(told.contains("`ring` would add") && told.contains("smaller sizes"), "{told}");
}
