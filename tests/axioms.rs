//! The axioms of the trust model as properties of random worlds.

mod worlds;

use proptest::prelude::*;
use trustgraph::graph::NodeKind;
use trustgraph::scores::{certified, places};
use worlds::{Scored, World, parameters};

/// Up to 12 persons, 20 packages with up to 3 maintainers, 40 dependencies.
fn any_world() -> impl Strategy<Value = World> {
    let persons = prop::collection::vec(prop::bool::weighted(0.4), 1..12);
    persons.prop_flat_map(|persons| {
        let maintainers = prop::collection::vec(0..persons.len(), 0..3);
        let packages = prop::collection::vec(maintainers, 1..20);
        (Just(persons), packages).prop_flat_map(|(persons, packages)| {
            let pair = (0..packages.len(), 0..packages.len());
            let dependencies = prop::collection::vec(pair, 0..40);
            (Just(persons), Just(packages), dependencies).prop_map(|(persons, packages, dependencies)| World {
                persons,
                packages,
                dependencies,
            })
        })
    })
}

/// Earned trust of all persons and packages of `world` as `scored` has them.
fn earned(world: &World, scored: &Scored) -> Vec<f64> {
    let persons = (0..world.persons.len()).map(|number| scored.earned(scored.person(number)));
    persons.chain((0..world.packages.len()).map(|number| scored.earned(scored.package(number)))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Axioms 1 and 2: in 0..=1, enclosed from below and above, brackets closed.
    #[test]
    fn bounded_and_certified(world in any_world()) {
        let scored = world.score();
        let propagation = &scored.scores.propagation;
        prop_assert!(propagation.gap() <= parameters().scores.tolerance.value);
        for (row, value) in propagation.state.earned.iter().enumerate() {
            prop_assert!((0.0..=1.0).contains(value));
            prop_assert!(propagation.lower[row] <= value + 1e-15 && *value <= propagation.upper[row] + 1e-15);
        }
        for sweep in &propagation.sweeps {
            prop_assert!(sweep.gap <= 1.0);
        }
    }

    /// Axiom 3: accounts and packages that only know each other stay at their priors and move nobody else.
    #[test]
    fn sybils_gain_nothing(world in any_world(), fakes in 1usize..8, targets in prop::collection::vec(0usize..20, 0..6)) {
        let honest = earned(&world, &world.score());
        let mut attacked = world.clone();
        let people: Vec<usize> = (0..fakes).map(|_| attacked.person(false)).collect();
        let packages: Vec<usize> = people.iter().map(|person| attacked.package(&[*person], &[])).collect();
        for a in &packages {
            for b in &packages {
                if a != b {
                    attacked.dependencies.push((*a, *b));
                }
            }
            // They also use honest packages: nobody's use may matter when nobody trusts the user.
            for target in targets.iter().filter(|target| **target < world.packages.len()) {
                attacked.dependencies.push((*a, *target));
            }
        }
        let scored = attacked.score();
        for (before, after) in honest.iter().zip(earned(&world, &scored)) {
            prop_assert!((before - after).abs() <= 1e-12, "an honest node moved from {before} to {after}");
        }
        let mut alone = World::default();
        let person = alone.person(false);
        let package = alone.package(&[person], &[]);
        let alone = alone.score();
        for (person, package_of) in people.iter().zip(&packages) {
            let gain = scored.earned(scored.person(*person)) - alone.earned(alone.person(0));
            prop_assert!(gain <= 1e-12, "a fake person gained {gain}");
            if targets.is_empty() {
                let gain = scored.earned(scored.package(*package_of)) - alone.earned(alone.package(package));
                prop_assert!(gain <= 1e-12, "a fake package gained {gain}");
            }
        }
    }

    /// Axiom 4: a stranger who depends on a package lowers nobody.
    #[test]
    fn slander_does_nothing(world in any_world(), target in 0usize..20) {
        prop_assume!(target < world.packages.len());
        let before = earned(&world, &world.score());
        let mut slandered = world.clone();
        let stranger = slandered.person(false);
        slandered.package(&[stranger], &[target]);
        for (before, after) in before.iter().zip(earned(&world, &slandered.score())) {
            prop_assert!(after >= before - 1e-12, "{before} fell to {after}");
        }
    }

    /// Axiom 6: packages of one's own that nobody else uses lift their owner by nothing, whatever they need.
    #[test]
    fn no_self_lift(world in any_world(), owner in 0usize..12, own in 1usize..10) {
        prop_assume!(owner < world.persons.len());
        let before = earned(&world, &world.score());
        let mut grown = world.clone();
        let mut mine = Vec::new();
        for _ in 0..own {
            let number = grown.package(&[owner], &mine);
            mine.push(number);
        }
        let after = earned(&world, &grown.score());
        prop_assert!((after[owner] - before[owner]).abs() <= 1e-12);
    }

    /// Axiom 10: every score is the sum of its ledger.
    #[test]
    fn ledgers_sum(world in any_world()) {
        let scored = world.score();
        let floor = parameters().scores.unknown_score.value;
        for (row, ledger) in scored.scores.ledgers.iter().enumerate() {
            let score = floor + (1.0 - floor) * scored.earned(trustgraph::ids::NodeId::from_row(row));
            prop_assert!((ledger.sum() - score).abs() < 1e-9);
            prop_assert!(ledger.rows.windows(2).all(|pair| pair[0].amount >= pair[1].amount));
        }
    }

    /// Axiom 11: one more user, trusted or not, never lowers anything.
    #[test]
    fn use_never_lowers(world in any_world(), user in 0usize..12, target in 0usize..20) {
        prop_assume!(user < world.persons.len() && target < world.packages.len());
        let before = earned(&world, &world.score());
        let mut used = world.clone();
        used.package(&[user], &[target]);
        for (before, after) in before.iter().zip(earned(&world, &used.score())) {
            prop_assert!(after >= before - 1e-12, "{before} fell to {after}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Sensitivity: what weighs facts that no node has changes nothing; the job's own rank lies in its interval; the same
    /// figures at any thread count.
    #[test]
    fn sensitivity_is_exact_where_nothing_changes(world in any_world()) {
        let scored = world.score();
        let validate = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| scored.validate())
        };
        let found = validate(1);
        prop_assert_eq!(&found, &validate(3));
        for variant in &found.sensitivity.variants {
            let effect = variant.effect.as_ref();
            prop_assert!(effect.is_ok() || variant.value == 0.0, "{} is not measured", variant.parameter);
            if let Some(effect) = effect.ok().filter(|_| variant.parameter.starts_with("scores.repository.")) {
                prop_assert_eq!((effect.largest_change, effect.median_change), (0.0, 0.0), "{}", &variant.parameter);
                prop_assert_eq!((effect.top_100_share, effect.top_percent_share), (1.0, 1.0));
                prop_assert!(effect.rank_correlation.is_none_or(|kept| kept == 1.0));
            }
        }
        let trust: Vec<Option<f64>> =
            scored.graph.nodes.range(NodeKind::Package).map(|node| scored.scores.trust[node].ok()).collect();
        for (place, interval) in places(&certified(&trust)).into_iter().zip(&found.sensitivity.rank_intervals) {
            let (rank, (low, high)) = place.map(|place| place.rank).zip(*interval).expect("every package here has a score");
            prop_assert!((low..=high).contains(&rank) && high as usize <= world.packages.len());
        }
        let sizes: usize = found.groups.iter().filter(|group| group.dimension == "age").map(|group| group.rows.len()).sum();
        prop_assert_eq!(sizes, world.packages.len(), "every listed package is in one group of each dimension");
    }
}

/// Every score parameter is varied, but for those that can move no score.
#[test]
fn no_score_parameter_is_forgotten() {
    let mut world = World::default();
    let person = world.person(true);
    world.package(&[person], &[]);
    let variants = world.score().validate().sensitivity.variants;
    let varied: Vec<String> = variants.chunks(2).map(|pair| pair[0].parameter.clone()).collect();
    let stated = parameters().scores.named().into_iter().map(|(name, _)| name);
    let left_out = ["scores.tolerance", "scores.max_sweeps", "scores.ledger_rows"];
    assert_eq!(varied, stated.filter(|name| !left_out.contains(&name.as_str())).collect::<Vec<_>>());
    assert!(variants.chunks(2).all(|pair| (pair[0].factor, pair[1].factor) == (0.5, 2.0)));
}

/// Axiom 7: control that passes to a stranger lowers a package; to a person with a record of their own it lowers less.
#[test]
fn dilution() {
    let score = |newcomer_is_known: bool, handed_over: bool| {
        let mut world = World::default();
        let (founder, newcomer) = (world.person(true), world.person(newcomer_is_known));
        let package = world.package(&[if handed_over { newcomer } else { founder }], &[]);
        let scored = world.score();
        scored.earned(scored.package(package))
    };
    let (kept, known, stranger) = (score(false, false), score(true, true), score(false, true));
    assert!(stranger < kept, "{stranger} < {kept}");
    assert_eq!(known, kept, "an equal successor lowers nothing");
}

/// Axiom 9: one person with a thousand packages vouches once.
#[test]
fn each_user_counts_once() {
    let vouched = |copies: usize| {
        let mut world = World::default();
        let (owner, user) = (world.person(false), world.person(true));
        let target = world.package(&[owner], &[]);
        for _ in 0..copies {
            world.package(&[user], &[target]);
        }
        let scored = world.score();
        scored.earned(scored.package(target))
    };
    assert_eq!(vouched(1), vouched(50));
    assert!(vouched(1) > vouched(0));
}

/// The earned trust of a long chain, a hub, a ring and an empty world is found, at 1 and at 3 threads alike.
#[test]
fn hard_shapes_converge() {
    let mut chain = World::default();
    let person = chain.person(true);
    let mut last = chain.package(&[person], &[]);
    for _ in 0..2000 {
        last = chain.package(&[person], &[last]);
    }
    let mut hub = World::default();
    let owner = hub.person(false);
    let center = hub.package(&[owner], &[]);
    for _ in 0..2000 {
        let user = hub.person(true);
        hub.package(&[user], &[center]);
    }
    let mut ring = World { persons: vec![true], packages: vec![vec![0]; 500], dependencies: Vec::new() };
    ring.dependencies = (0..500).map(|number| (number, (number + 1) % 500)).collect();
    for (name, world) in [("chain", chain), ("hub", hub), ("ring", ring)] {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| world.score().scores.propagation.state.earned)
        };
        let one = with(1);
        assert_eq!(one, with(3), "{name}");
        assert!(one.iter().all(|value| value.is_finite()), "{name}");
    }
}

/// Counting what needs a package follows cycles once.
#[test]
fn transitive_dependents_are_counted_once() {
    let world = World { persons: vec![], packages: vec![vec![]; 5], dependencies: vec![(0, 1), (1, 2), (2, 1), (3, 2), (4, 4)] };
    let scored = world.score();
    assert_eq!(scored.scores.transitive_dependent_counts, [0, 3, 3, 0, 0]);
}

/// Shares of the other packages that stand on a package alone: a chain, a diamond, a cycle, two roots.
#[test]
fn dominators_have_closed_forms() {
    let shares = |count: usize, dependencies: &[(usize, usize)]| {
        let world = World { persons: vec![], packages: vec![vec![]; count], dependencies: dependencies.to_vec() };
        let found = world.score().scores.dominator_shares;
        let others = (count - 1) as f64;
        found.iter().map(|share| share.expect("a listed package") * others).map(|number| number.round()).collect::<Vec<_>>()
    };
    assert_eq!(shares(4, &[(1, 0), (2, 1), (3, 2)]), [3.0, 2.0, 1.0, 0.0], "each of a chain holds all above it");
    assert_eq!(shares(4, &[(1, 0), (2, 0), (3, 1), (3, 2)]), [3.0, 0.0, 0.0, 0.0], "neither side of a diamond holds its top");
    assert_eq!(shares(4, &[(1, 0), (2, 1), (1, 2), (3, 2)]), [3.0, 2.0, 2.0, 0.0], "a cycle holds its members and what needs it");
    assert_eq!(shares(4, &[(2, 0), (2, 1), (3, 2)]), [0.0, 0.0, 1.0, 0.0], "what needs two roots stands on neither alone");
    assert_eq!(shares(2, &[(0, 0), (1, 0)]), [1.0, 0.0], "a package that needs itself is a root");
    let alone = World { packages: vec![vec![]], ..World::default() };
    assert_eq!(alone.score().scores.dominator_shares, [None], "there is no other package to hold");
}

/// Criticality against a closed form: a star whose leaves need the center.
#[test]
fn criticality_of_a_star() {
    let leaves = 9;
    let world =
        World { persons: vec![], packages: vec![vec![]; leaves + 1], dependencies: (1..=leaves).map(|leaf| (leaf, 0)).collect() };
    let found = world.score().scores.criticality;
    let (d, n) = (parameters().scores.criticality_damping.value, (leaves + 1) as f64);
    // l = (1-d)/n + d·c/n for a leaf, c = l + d·(n-1)·l for the center, (n-1)·l + c = 1.
    let leaf = 1.0 / (n + d * (n - 1.0));
    assert!((found[1] - leaf).abs() < 1e-12, "{} is not {leaf}", found[1]);
    assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

/// Axiom 3, second half: one earned edge lifts a closed group by what the edge is worth, not by the size of the group.
#[test]
fn a_closed_group_gains_what_outsiders_gave_it() {
    let most = |fakes: usize| {
        let mut world = World::default();
        let honest = world.person(true);
        let people: Vec<usize> = (0..fakes).map(|_| world.person(false)).collect();
        let packages: Vec<usize> = people.iter().map(|person| world.package(&[*person], &[])).collect();
        for a in &packages {
            world.dependencies.extend(packages.iter().filter(|b| *b != a).map(|b| (*a, *b)));
        }
        world.package(&[honest], &[packages[0]]);
        let scored = world.score();
        people.iter().map(|person| scored.earned(scored.person(*person))).fold(0.0, f64::max)
    };
    let alone = most(1);
    assert!(alone > 0.0, "the edge is worth something");
    // Inside the group each step passes on at most the endorsement weight, so a geometric series bounds the echo.
    let bound = alone / (1.0 - parameters().scores.person.endorsement_weight.value);
    for fakes in [2, 10, 40, 120] {
        assert!(most(fakes) <= bound, "{fakes} fakes reach {} with one edge worth {alone}", most(fakes));
    }
}
