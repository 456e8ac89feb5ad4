//! Questions of what would be, each against the world in which it is so; packages held at 0.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;
#[expect(dead_code, reason = "other tests use the rest")]
mod worlds;

use runs::run;
use trustgraph::ids::NodeId;
use trustgraph::job::Seed;
use trustgraph::scores::{self, Basis, Scores};
use worlds::{Scored, World, parameters};

/// A founder and a helper, both members, who maintain `first` together; others use it; `last` needs it.
struct Story {
    world: World,
    founder: usize,
    helper: usize,
    first: usize,
    last: usize,
}

fn story() -> Story {
    let mut world = World::default();
    let [founder, helper, user, stranger] = [true, true, true, false].map(|is_member| world.person(is_member));
    let first = world.package(&[founder, helper], &[]);
    let second = world.package(&[user], &[first]);
    let last = world.package(&[stranger], &[second]);
    Story { world, founder, helper, first, last }
}

fn basis<'b>(scored: &'b Scored, parameters: &'b trustgraph::job::Parameters, seeds: &'b [(NodeId, &'b Seed)]) -> Basis<'b> {
    let as_of = scored.tables.suites[0].as_of;
    Basis { graph: &scored.graph, tables: &scored.tables, parameters: &parameters.scores, seeds, as_of }
}

/// Trust of packages on the scale of the score, by number.
fn packages(scored: &Scored, trust: &[f64], count: usize) -> Vec<f64> {
    (0..count).map(|number| trust[scored.package(number).row()]).collect()
}

#[test]
fn without_a_person_is_the_world_in_which_the_person_never_was() {
    let Story { world, helper, .. } = story();
    let (scored, parameters) = (world.score(), parameters());
    let graph = scored.graph.without(scored.person(helper));
    let found = basis(&scored, &parameters, &[]).trust_of(&graph).expect("the brackets meet");
    let mut never = world.clone();
    never.persons[helper] = false;
    never.packages.iter_mut().for_each(|maintainers| maintainers.retain(|person| *person != helper));
    let never = never.score();
    let expected: Vec<f64> = never.scores.trust.iter().map(|trust| trust.unwrap_or(0.0)).collect();
    for (found, expected) in packages(&scored, &found, 3).into_iter().zip(packages(&never, &expected, 3)) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
}

#[test]
fn an_account_in_wrong_hands_still_controls_what_it_controls() {
    let Story { world, founder, helper, first, last } = story();
    let (scored, parameters) = (world.score(), parameters());
    let basis = basis(&scored, &parameters, &[]);
    let lost = basis.trust_with_compromised(scored.person(helper)).expect("the brackets meet");
    let gone = basis.trust_of(&scored.graph.without(scored.person(helper))).expect("the brackets meet");
    let present = |number: usize| scored.scores.trust[scored.package(number).row()].expect("a score");
    let (lost_first, gone_first) = (lost[scored.package(first).row()], gone[scored.package(first).row()]);
    assert!(lost_first < gone_first, "{lost_first} < {gone_first}: nobody takes over what a lost account holds");
    assert!(lost_first < present(first) && lost[scored.package(last).row()] <= present(last));
    // Held at nothing, the account is worth what a stranger beside the founder is.
    let mut stranger = world.clone();
    stranger.persons[helper] = false;
    let stranger = stranger.score();
    let beside = stranger.scores.trust[stranger.package(first).row()].expect("a score");
    assert!(lost_first <= beside + 1e-12, "{lost_first} {beside}");
    let controlled = basis.controlled_by(scored.person(founder));
    assert_eq!(controlled, [scored.graph.nodes.row(scored.package(first))]);
    assert_eq!(basis.reached_from(&controlled), [true, true, true], "all need it, directly or through others");
}

#[test]
fn a_malicious_package_is_worth_nothing_and_says_nothing() {
    let Story { world, helper, first, last, .. } = story();
    let (scored, parameters) = (world.score(), parameters());
    let decided = Seed { node: String::new(), prior: 0.0, reason: "a test".into(), is_pinned: true };
    let seeds = [(scored.package(first), &decided)];
    let as_of = scored.tables.suites[0].as_of;
    let pinned: Scores = scores::compute(&scored.graph, &scored.tables, &parameters.scores, &seeds, as_of).expect("scores");
    let row = scored.package(first).row();
    assert_eq!((pinned.trust[row], pinned.bounds[row]), (Ok(0.0), [0.0, 0.0]));
    assert_eq!((pinned.ledgers[row].sum(), pinned.ledgers[row].rows[0].edge), (0.0, "malicious"));
    assert_eq!(pinned.components[row].weakest(), None);
    let score = |scores: &Scores, node: NodeId| scores.trust[node.row()].expect("a score");
    let needs_it = scored.package(first + 1);
    assert!(score(&pinned, needs_it) < score(&scored.scores, needs_it), "held back by what it is built on");
    assert!(score(&pinned, scored.person(helper)) < score(&scored.scores, scored.person(helper)), "no standing from it");
    assert!(score(&pinned, scored.package(last)) <= score(&scored.scores, scored.package(last)));
    for (node, trust) in pinned.trust.iter().enumerate() {
        let bounds = pinned.bounds[node];
        assert!(trust.is_err() || (bounds[0]..=bounds[1]).contains(&trust.unwrap_or(0.0)), "node {node}");
    }
}

#[test]
fn the_command_answers_in_text_and_json() {
    let ask = |more: &[&str]| {
        let all: Vec<&str> =
            ["explain", "xz-utils", "--job", "jobs/sample.toml", "--offline"].iter().chain(more).copied().collect();
        run(&all).expect(0, &[]).out
    };
    let json = |more: &[&str]| -> serde_json::Value { serde_json::from_str(&ask(more)).expect("JSON") };
    let found = json(&["--format", "json"]);
    let answers = found["answers"].as_array().expect("answers");
    assert_eq!(answers.len(), 3, "the neighbors that give most");
    let snapshot = "snapshots/sample";
    let explained = run(&["explain", "xz-utils", "--snapshot", snapshot, "--format", "json"]).expect(0, &[]).out;
    let explained: serde_json::Value = serde_json::from_str(&explained).expect("JSON");
    let apart = explained["value"].as_f64().zip(found["trust"].as_f64()).map(|(a, b)| (a - b).abs());
    assert!(apart.is_some_and(|apart| apart < 1e-9), "the job's own score is the published one");
    let because = explained["contributions"]
        .as_array()
        .expect("terms")
        .iter()
        .any(|term| !term["because"].as_array().expect("terms").is_empty());
    assert!(because, "two steps back");
    let person = explained["contributions"].as_array().expect("terms").iter().find(|term| term["neighbor_kind"] == "person");
    let person = person.and_then(|term| term["neighbor_id"].as_str()).expect("a person");
    let lost = json(&["--compromised", person, "--without", person, "--format", "json"]);
    let [without, compromised] = &lost["answers"].as_array().expect("answers")[..] else { panic!("{lost}") };
    assert!(without["blast_radius"].is_null() && compromised["blast_radius"]["package_count"].as_u64() >= Some(1));
    assert!(
        compromised["blast_radius"]["reached_package_count"].as_u64() >= compromised["blast_radius"]["package_count"].as_u64()
    );
    assert!(compromised["trust"].as_f64() < lost["trust"].as_f64());
    assert!(ask(&["--compromised", person]).contains("% of criticality"));
}
