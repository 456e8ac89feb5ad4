//! Two worlds compared by keys: what the attacker's nodes have, and what became of everybody else.

use super::{Case, Planted, World, attacker};
use crate::graph::NodeKind;
use crate::ids::NodeId;

/// What one case of an attack led to. Scores are earned trust, 0..=1; a node without a published score counts 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Name of the attack.
    pub attack: String,
    /// Number of the case, from 1.
    pub case: u64,
    /// Kind of attack.
    pub kind: &'static str,
    /// Which way of several.
    pub variant: Option<&'static str>,
    /// Accounts planted.
    pub account_count: u64,
    /// Packages planted.
    pub package_count: u64,
    /// Repositories planted.
    pub repository_count: u64,
    /// Uses by honest packages.
    pub earned_edge_count: u64,
    /// Months of work, where that is a size of the attack.
    pub month_count: Option<u64>,
    /// Largest rise of any node of the attacker above what its kind has alone.
    pub gain: f64,
    /// Mean rise of the attacker's nodes.
    pub mean_gain: f64,
    /// Largest rise of a person, repository and package of the attacker.
    pub gains: Gains,
    /// Largest rise of an honest node.
    pub honest_largest_rise: f64,
    /// Largest fall of an honest node; one that is gone fell by all it had.
    pub honest_largest_fall: f64,
    /// Purl of the honest package that is taken over.
    pub attacked: Option<String>,
    /// Its published score before and after.
    pub attacked_scores: [Option<f64>; 2],
}

/// Largest rise by kind; none where nothing of the kind was planted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gains {
    /// Of a person.
    pub person: Option<f64>,
    /// Of a repository.
    pub repository: Option<f64>,
    /// Of a package.
    pub package: Option<f64>,
}

/// Earned trust of a planted node that nobody else touches, by kind; 0 for kinds that were not planted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Alone([f64; 4]);

impl Alone {
    /// Reads it from a world with [`super::plant_alone`].
    pub fn new(base: World, after: World, rows: &Planted) -> Self {
        let mut alone = [0.0; 4];
        planted(base, after, rows).for_each(|(kind, earned)| alone[kind as usize] = earned);
        Self(alone)
    }
}

/// Compares `base` with the world `after` the rows of `case` were planted. O(nodes · log nodes).
pub fn measure(case: &Case, planted_rows: &Planted, alone: Alone, base: World, after: World) -> Outcome {
    let rises: Vec<(NodeKind, f64)> =
        planted(base, after, planted_rows).map(|(kind, earned)| (kind, earned - alone.0[kind as usize])).collect();
    let largest = |kind: NodeKind| rises.iter().filter(|rise| rise.0 == kind).map(|rise| rise.1).reduce(f64::max);
    let gains = Gains {
        person: largest(NodeKind::Person),
        repository: largest(NodeKind::Repository),
        package: largest(NodeKind::Package),
    };
    let (honest_largest_rise, honest_largest_fall) = honest_moves(base, after);
    let attacked = planted_rows.attacked.as_ref().map(|purl| purl.as_str());
    let score = |world: World| {
        let node = world.find(NodeKind::Package, attacked?)?;
        world.scores.trust[node.row()].ok()
    };
    Outcome {
        attack: case.attack.clone(),
        case: case.number,
        kind: case.settings.kind(),
        variant: case.variant.map(super::Variant::name),
        account_count: planted_rows.account_count,
        package_count: planted_rows.package_count,
        repository_count: planted_rows.repository_count,
        earned_edge_count: planted_rows.earned_edge_count,
        month_count: attacker(&case.settings).months(),
        gain: rises.iter().map(|rise| rise.1).reduce(f64::max).unwrap_or(0.0),
        mean_gain: rises.iter().map(|rise| rise.1).sum::<f64>() / rises.len().max(1) as f64,
        gains,
        honest_largest_rise,
        honest_largest_fall,
        attacked: attacked.map(str::to_owned),
        attacked_scores: [score(base), score(after)],
    }
}

/// Kind and earned trust of every node of the attacker: what `after` has and `base` has not, but for a repository that was lent.
fn planted<'w>(base: World<'w>, after: World<'w>, rows: &'w Planted) -> impl Iterator<Item = (NodeKind, f64)> + 'w {
    let lent = rows.lent_repository.as_ref().map(|url| url.as_str());
    nodes(after)
        .filter(move |(kind, row, _)| base.find(*kind, after.key(*kind, *row)).is_none())
        .filter(move |(kind, row, _)| *kind != NodeKind::Repository || Some(after.key(*kind, *row)) != lent)
        .map(move |(kind, _, node)| (kind, after.earned(node)))
}

/// Largest rise and largest fall of the nodes of `base`.
fn honest_moves(base: World, after: World) -> (f64, f64) {
    let (mut rise, mut fall) = (0.0f64, 0.0f64);
    for (kind, row, node) in nodes(base) {
        let before = base.earned(node);
        let now = after.find(kind, base.key(kind, row)).map_or(0.0, |node| after.earned(node));
        rise = rise.max(now - before);
        fall = fall.max(before - now);
    }
    (rise, fall)
}

/// Kind, row within its kind, and id of every node.
fn nodes<'w>(world: World<'w>) -> impl Iterator<Item = (NodeKind, usize, NodeId)> + 'w {
    let of_kind =
        move |kind| (0..world.graph.nodes.count_of(kind)).map(move |row| (kind, row, world.graph.nodes.node(kind, row)));
    NodeKind::ALL.into_iter().flat_map(of_kind)
}
