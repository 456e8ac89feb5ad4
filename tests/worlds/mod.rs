//! Small generated worlds: persons, packages, who maintains what, what needs what.

use trustgraph::graph::{NodeKind, TrustGraph};
use trustgraph::identity::{Identities, PseudonymKey, resolve};
use trustgraph::ids::{AccountKey, Ecosystem, NodeId, Purl};
use trustgraph::job::{Decisions, Parameters};
use trustgraph::scores::{self, Basis, Scores, Validation};
use trustgraph::tables::{
    Account, AccountKind, Dependency, DependencyKind, Maintainer, MaintainerRole, Package, Release, Suite, Tables, TablesBuilder,
    Verification,
};
use trustgraph::units::Day;

/// A world to be built: persons and packages by number.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Person → verified member.
    pub persons: Vec<bool>,
    /// Package → its maintainers.
    pub packages: Vec<Vec<usize>>,
    /// Dependent, dependency.
    pub dependencies: Vec<(usize, usize)>,
}

/// A world with its scores.
pub struct Scored {
    pub tables: Tables,
    pub identities: Identities,
    pub graph: TrustGraph,
    pub scores: Scores,
}

/// The shipped parameters.
pub fn parameters() -> Parameters {
    toml::from_str(include_str!("../../jobs/parameters.toml")).expect("the shipped parameters parse")
}

impl World {
    /// Adds a person and tells its number.
    pub fn person(&mut self, is_member: bool) -> usize {
        self.persons.push(is_member);
        self.persons.len() - 1
    }

    /// Adds a package of `maintainers` that needs `dependencies`.
    pub fn package(&mut self, maintainers: &[usize], dependencies: &[usize]) -> usize {
        self.packages.push(maintainers.to_vec());
        let number = self.packages.len() - 1;
        self.dependencies.extend(dependencies.iter().map(|dependency| (number, *dependency)));
        number
    }

    /// Tables of this world in one suite.
    pub fn tables(&self) -> Tables {
        let day = Day::parse("2025-01-01").expect("a day");
        let mut builder = TablesBuilder::default();
        let suite = builder.suite(Suite { ecosystem: Ecosystem::Debian, as_of: day, name: "now".into() });
        let accounts: Vec<_> = (0..self.persons.len())
            .map(|number| {
                builder.account(Account {
                    place: "debian",
                    key: AccountKey::from_address(&format!("{}@example.org", name('p', number))),
                    kind: AccountKind::Person,
                    handle: Some(name('p', number)),
                    names: [(name('p', number), 1)].into(),
                    displayed: Some((day, name('p', number))),
                    verification: self.persons[number].then_some(Verification::DistributionMember),
                })
            })
            .collect();
        let packages: Vec<_> = (0..self.packages.len())
            .map(|number| {
                builder.package(Package {
                    purl: Purl::new(Ecosystem::Debian, &name('k', number)).expect("a purl"),
                    ecosystem: Ecosystem::Debian,
                    name: name('k', number),
                    facts_as_of: day,
                    section: None,
                    homepage: None,
                    binaries: Vec::new(),
                    has_tests: false,
                    flags: Default::default(),
                })
            })
            .collect();
        for (package, maintainers) in packages.iter().zip(&self.packages) {
            let release = Release { package: *package, suite, version: "1".into(), is_orphaned: maintainers.is_empty() };
            builder.rows.releases.push(release);
            for person in maintainers {
                let (account, role) = (accounts[*person], MaintainerRole::Maintainer);
                builder.rows.maintainers.push(Maintainer { package: *package, suite, account, role, since: None });
            }
        }
        for (dependent, dependency) in &self.dependencies {
            builder.rows.dependencies.push(Dependency {
                package: packages[*dependent],
                suite,
                dependency: packages[*dependency],
                kind: DependencyKind::Runtime,
                is_sole: true,
            });
        }
        builder.finish()
    }

    /// Scores by the shipped parameters.
    pub fn score(&self) -> Scored {
        self.score_with(&parameters())
    }

    /// Scores by `parameters`.
    pub fn score_with(&self, parameters: &Parameters) -> Scored {
        let tables = self.tables();
        let identities = resolve(&tables, &parameters.identity, &Decisions::default(), &PseudonymKey::public());
        let graph = TrustGraph::build(&tables, &identities);
        let as_of = tables.suites[0].as_of;
        let scores = scores::compute(&graph, &tables, &parameters.scores, &[], as_of).expect("the brackets meet");
        Scored { tables, identities, graph, scores }
    }
}

impl Scored {
    /// Sensitivity and fairness by the shipped parameters.
    pub fn validate(&self) -> Validation {
        let parameters = parameters();
        let (graph, tables, as_of) = (&self.graph, &self.tables, self.tables.suites[0].as_of);
        let basis = Basis { graph, tables, parameters: &parameters.scores, seeds: &[], as_of };
        scores::validate(&basis, &self.scores, &parameters.validation).expect("the brackets meet")
    }

    /// Node of a person.
    pub fn person(&self, number: usize) -> NodeId {
        let handle = name('p', number);
        let found = self
            .identities
            .persons
            .iter()
            .position(|person| self.tables.accounts[person.accounts[0].row()].handle.as_deref() == Some(handle.as_str()));
        self.graph.nodes.node(NodeKind::Person, found.expect("the person exists"))
    }

    /// Node of a package.
    pub fn package(&self, number: usize) -> NodeId {
        let found = self.tables.packages.iter().position(|package| package.name == name('k', number));
        self.graph.nodes.node(NodeKind::Package, found.expect("the package exists"))
    }

    /// Earned trust of a node, 0..=1.
    pub fn earned(&self, node: NodeId) -> f64 {
        self.scores.propagation.state.earned[node.row()]
    }
}

/// Fixed width, so that numbers and byte order agree.
fn name(prefix: char, number: usize) -> String {
    format!("{prefix}{number:06}")
}
