//! WHAT AN ATTACKER WOULD GAIN: rows of an attacker put beside the facts of a run, and what scores made of them.
//!
//! One file a kind of attack says which rows; [`plant`] puts them into a copy of the tables, the caller computes all scores
//! anew by the path of every run, and [`measure`] compares both worlds by keys. Honest targets are chosen by their scores and
//! keys, so equal runs give equal outcomes. The snapshot of a job never sees a planted row.

mod dependency_ring;
mod error;
mod forged_authors;
mod forged_dates;
mod outcome;
mod patient_insider;
mod planting;
mod slander;
mod star_farm;
mod sybil_ring;
mod targets;

use crate::graph::{NodeKind, TrustGraph};
use crate::identity::Identities;
use crate::ids::NodeId;
use crate::job::{Attack, Attacks};
use crate::scores::Scores;
use crate::tables::Tables;
use crate::units::Day;

pub use error::AttackError;
pub use outcome::{Alone, Outcome, measure};
pub use planting::Planted;
use planting::{ATTESTED, CLAIMED, Planting};

/// Most rows an attack may add to the tables: about as many as all of Debian has.
const MAX_ADDED_ROWS: u64 = 3_000_000;

/// Facts with the scores that follow from them.
#[derive(Clone, Copy, Debug)]
pub struct World<'w> {
    /// What is known.
    pub tables: &'w Tables,
    /// Who is who.
    pub identities: &'w Identities,
    /// Who touches what.
    pub graph: &'w TrustGraph,
    /// How much.
    pub scores: &'w Scores,
}

/// One attack in one size.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of the attack in its file.
    pub attack: String,
    /// From 1, in the order of the sizes in the file.
    pub number: u64,
    /// Its kind and sizes.
    pub settings: Attack<u64>,
    /// Which way of several, or how far.
    pub variant: Option<Variant>,
}

/// A way of doing an attack, or how far it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Trusted names stand as author.
    Author,
    /// Trusted names stand as committer.
    Committer,
    /// The insider's work was landed.
    Worked,
    /// And the insider maintains beside the maintainer.
    CoMaintainer,
    /// And the maintainer is gone.
    SoleMaintainer,
}

impl Variant {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Committer => "committer",
            Self::Worked => "worked",
            Self::CoMaintainer => "co_maintainer",
            Self::SoleMaintainer => "sole_maintainer",
        }
    }
}

/// A kind of attack.
trait Attacker {
    /// Its variants; one without a name where there is one way only.
    fn variants(&self) -> &'static [Option<Variant>] {
        &[None]
    }
    /// An upper bound of the rows [`Attacker::plant`] adds.
    fn added_rows(&self) -> u64;
    /// Months the attacker works, where that is a size of the attack.
    fn months(&self) -> Option<u64> {
        None
    }
    /// The attacker's packages are proven to be built from the attacker's repositories.
    fn is_attested(&self) -> bool {
        false
    }
    /// Adds the attacker's rows.
    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError>;
}

fn attacker(settings: &Attack<u64>) -> &dyn Attacker {
    match settings {
        Attack::SybilRing(attack) => attack,
        Attack::StarFarm(attack) => attack,
        Attack::Slander(attack) => attack,
        Attack::ForgedAuthors(attack) => attack,
        Attack::ForgedDates(attack) => attack,
        Attack::DependencyRing(attack) => attack,
        Attack::PatientInsider(attack) => attack,
    }
}

impl Case {
    /// The attacker's packages are proven to be built from the attacker's repositories: a fact of their own that counts.
    pub fn is_attested(&self) -> bool {
        attacker(&self.settings).is_attested()
    }

    /// An upper bound of the rows that the case adds to the tables.
    pub fn added_rows(&self) -> u64 {
        attacker(&self.settings).added_rows()
    }
}

/// All cases of `attacks`, by name and sizes. Refuses those too large before any is computed.
pub fn plan(attacks: &Attacks) -> Result<Vec<Case>, AttackError> {
    let mut cases = Vec::new();
    for (name, attack) in &attacks.0 {
        let mut number = 0;
        for settings in attack.cases() {
            let row_count = attacker(&settings).added_rows();
            if row_count > MAX_ADDED_ROWS {
                return Err(AttackError::TooLarge { attack: name.clone(), row_count, most: MAX_ADDED_ROWS });
            }
            for variant in attacker(&settings).variants() {
                number += 1;
                cases.push(Case { attack: name.clone(), number, settings: settings.clone(), variant: *variant });
            }
        }
    }
    Ok(cases)
}

/// The tables of `base` with the rows of `case`, dated up to `as_of`.
pub fn plant(case: &Case, base: World, as_of: Day) -> Result<Planted, AttackError> {
    let mut planting = Planting::new(base, as_of, case.variant);
    let planted = attacker(&case.settings).plant(&mut planting);
    planted.map_err(|error| AttackError::Impossible { attack: case.attack.clone(), why: error.to_string() })?;
    Ok(planting.finish())
}

/// The tables of `base` with one account, its package and its repository, which nobody else touches: what an attack is held
/// against.
pub fn plant_alone(base: World, as_of: Day, is_attested: bool) -> Result<Planted, AttackError> {
    let mut planting = Planting::new(base, as_of, None);
    let account = planting.account();
    let repository = planting.repository();
    if planting.has_registry() {
        let package = planting.package(&[account])?;
        planting.link(package, repository, if is_attested { ATTESTED } else { CLAIMED });
    }
    planting.commit(repository, [account, account], 1);
    Ok(planting.finish())
}

impl World<'_> {
    /// Earned trust of a node, 0..=1; 0 where it has no published score.
    pub fn earned(&self, node: NodeId) -> f64 {
        match self.scores.trust[node.row()] {
            Ok(_) => self.scores.propagation.state.earned[node.row()],
            Err(_) => 0.0,
        }
    }

    /// The key of the `row`-th node of `kind` in published tables; keys of a kind rise with the row.
    fn key(&self, kind: NodeKind, row: usize) -> &str {
        match kind {
            NodeKind::Person => &self.identities.persons[row].id,
            NodeKind::Team => &self.identities.teams[row].id,
            NodeKind::Repository => self.tables.repositories[row].url.as_str(),
            NodeKind::Package => self.tables.packages[row].purl.as_str(),
        }
    }

    /// The node of `kind` with `key`. O(log nodes).
    fn find(&self, kind: NodeKind, key: &str) -> Option<NodeId> {
        let row = match kind {
            NodeKind::Person => self.identities.persons.binary_search_by(|person| person.id.as_str().cmp(key)),
            NodeKind::Team => self.identities.teams.binary_search_by(|team| team.id.as_str().cmp(key)),
            NodeKind::Repository => self.tables.repositories.binary_search_by(|repository| repository.url.as_str().cmp(key)),
            NodeKind::Package => self.tables.packages.binary_search_by(|package| package.purl.as_str().cmp(key)),
        };
        row.ok().map(|row| self.graph.nodes.node(kind, row))
    }
}
