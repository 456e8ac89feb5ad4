//! A copy of the tables that takes in the attacker's rows and counts what is planted.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{AttackError, Variant, World, targets};
use crate::ids::{AccountId, AccountKey, PackageId, PersonId, Purl, RepositoryId, RepositoryUrl, SuiteId};
use crate::tables::{
    Account, AccountKind, Commit, Dependency, DependencyKind, LinkRelation, Maintainer, MaintainerRole, Package, Release,
    RepositoryLink, Tables, TablesBuilder,
};
use crate::units::Day;

/// Where attackers have their accounts: a place of its own, so that none is taken for an honest person's.
const PLACE: &str = "attack";

/// Evidence level of a link that a package merely claims.
pub(super) const CLAIMED: i8 = 0;

/// Evidence level of a link that an attestation proves.
pub(super) const ATTESTED: i8 = 5;

/// Tables with an attacker's rows.
#[derive(Debug)]
pub struct Planted {
    /// All facts, honest and planted.
    pub tables: Tables,
    /// Accounts of the attacker.
    pub account_count: u64,
    /// Packages of the attacker.
    pub package_count: u64,
    /// Repositories of the attacker.
    pub repository_count: u64,
    /// Uses by honest packages.
    pub earned_edge_count: u64,
    /// A history planted for an honest package that has none: the attacker works there, and it is not the attacker's.
    pub lent_repository: Option<RepositoryUrl>,
    /// The honest package that is taken over.
    pub attacked: Option<Purl>,
}

/// Planting in progress. Ids of honest rows are those of the base.
pub(super) struct Planting<'w> {
    /// The world before.
    pub(super) base: World<'w>,
    /// Which way of several.
    pub(super) variant: Option<Variant>,
    builder: TablesBuilder,
    as_of: Day,
    /// Begins every planted name, and no honest one.
    prefix: String,
    /// Where packages are planted.
    suite: Option<SuiteId>,
    commit_count: u64,
    planted: Planted,
}

impl<'w> Planting<'w> {
    /// Nothing planted yet.
    pub(super) fn new(base: World<'w>, as_of: Day, variant: Option<Variant>) -> Self {
        let is_free = |prefix: &String| {
            let url = RepositoryUrl::local(prefix);
            let package = base.tables.packages.iter().any(|package| package.name.starts_with(prefix));
            let repository = base.tables.repositories.iter().any(|repository| repository.url.as_str().starts_with(url.as_str()));
            !package && !repository
        };
        let prefix = (0..).map(|number| format!("attack-{number}-")).find(is_free).expect("names without end, finite tables");
        Self {
            base,
            variant,
            builder: TablesBuilder::resume(base.tables.clone()),
            as_of,
            prefix,
            suite: largest_newest_suite(base),
            commit_count: 0,
            planted: Planted {
                tables: Tables::default(),
                account_count: 0,
                package_count: 0,
                repository_count: 0,
                earned_edge_count: 0,
                lent_repository: None,
                attacked: None,
            },
        }
    }

    /// The job reads a list of packages.
    pub(super) fn has_registry(&self) -> bool {
        self.suite.is_some()
    }

    /// A new account of somebody unknown.
    pub(super) fn account(&mut self) -> AccountId {
        let key = AccountKey::from_name(&format!("{}{}", self.prefix, self.planted.account_count));
        self.planted.account_count += 1;
        self.builder.account(Account {
            place: PLACE,
            key,
            kind: AccountKind::Person,
            handle: None,
            names: Default::default(),
            displayed: None,
            verification: None,
        })
    }

    /// What a commit is taken for that carries the address of `person` and the free text `name`.
    pub(super) fn forged(&mut self, person: PersonId, name: &str) -> AccountId {
        let accounts = &self.base.identities.persons[person.row()].accounts;
        let of = |id: &AccountId| &self.base.tables.accounts[id.row()];
        // A source that numbers its accounts resolved addresses before: a forged one is then the account itself.
        let Some(known) = accounts.iter().map(of).find(|account| account.key.address().is_some()) else { return accounts[0] };
        self.builder.account(Account {
            place: "git",
            key: known.key.clone(),
            kind: AccountKind::Person,
            handle: None,
            names: [(name.to_owned(), 1)].into(),
            displayed: None,
            verification: None,
        })
    }

    /// A new package of `maintainers` in the newest suite.
    pub(super) fn package(&mut self, maintainers: &[AccountId]) -> Result<PackageId, AttackError> {
        let suite = self.suite.ok_or(AttackError::NoRegistry)?;
        let known = &self.base.tables.suites[suite.row()];
        let name = format!("{}{}", self.prefix, self.planted.package_count);
        let purl = Purl::new(known.ecosystem, &name)
            .ok_or_else(|| AttackError::Name { name: name.clone(), ecosystem: known.ecosystem.name() })?;
        let package = self.builder.package(Package {
            purl,
            ecosystem: known.ecosystem,
            name,
            facts_as_of: known.as_of,
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        self.planted.package_count += 1;
        self.builder.rows.releases.push(Release { package, suite, version: "1".into(), is_orphaned: maintainers.is_empty() });
        for account in maintainers {
            self.maintain(package, suite, *account);
        }
        Ok(package)
    }

    /// A new repository with a history taken today.
    pub(super) fn repository(&mut self) -> RepositoryId {
        let url = RepositoryUrl::local(&format!("{}{}", self.prefix, self.planted.repository_count));
        self.planted.repository_count += 1;
        let repository = self.builder.repository(url);
        self.builder.has_history(repository, self.as_of);
        repository
    }

    /// `package` needs `dependency` to run.
    pub(super) fn uses(&mut self, package: PackageId, dependency: PackageId) {
        let is_honest = package.row() < self.base.tables.packages.len();
        let suite = if is_honest { self.base.graph.present.newest_listing(package) } else { self.suite };
        let kind = DependencyKind::Runtime;
        self.builder.rows.dependencies.extend(suite.map(|suite| Dependency { package, suite, dependency, kind, is_sole: true }));
    }

    /// A package of each of the `count` most trusted persons needs `package` to run.
    pub(super) fn earn(&mut self, package: PackageId, count: u64) -> Result<(), AttackError> {
        for dependent in targets::one_package_a_person(self.base, count)? {
            self.uses(dependent, package);
            self.planted.earned_edge_count += 1;
        }
        Ok(())
    }

    /// The planted `package` names `repository`, proven to `evidence_level`.
    pub(super) fn link(&mut self, package: PackageId, repository: RepositoryId, evidence_level: i8) {
        if let Some(suite) = self.suite {
            self.link_in(suite, package, repository, evidence_level);
        }
    }

    fn link_in(&mut self, suite: SuiteId, package: PackageId, repository: RepositoryId, evidence_level: i8) {
        let (relation, directory, branch) = (LinkRelation::Upstream, None, None);
        let row = RepositoryLink { package, suite, repository, relation, directory, branch, evidence_level };
        self.builder.rows.repository_links.push(row);
    }

    /// A signed commit of `[author, committer]` in the middle of a month, so many months ago.
    pub(super) fn commit(&mut self, repository: RepositoryId, [author, committer]: [AccountId; 2], months_ago: u64) {
        let committed = Day::middle_of_month(self.as_of.month().saturating_sub(months_ago.min(100_000) as i32));
        let mut id = [0; 12];
        id[..4].copy_from_slice(b"atck");
        id[4..].copy_from_slice(&self.commit_count.to_be_bytes());
        self.commit_count += 1;
        self.builder.rows.commits.push(Commit {
            repository,
            committed,
            id,
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

    /// The repository `package` is kept in gets a history up to today; a new one where it names none.
    pub(super) fn history_of(&mut self, package: PackageId) -> RepositoryId {
        match targets::repositories(self.base, &[package]).first() {
            Some(repository) => {
                self.builder.has_history(*repository, self.as_of);
                *repository
            }
            None => {
                let url = RepositoryUrl::local(&format!("{}of-{}", self.prefix, package.row()));
                let repository = self.builder.repository(url.clone());
                self.builder.has_history(repository, self.as_of);
                let listings = self.base.tables.releases.iter().filter(|row| row.package == package).map(|row| row.suite);
                let suites: BTreeSet<SuiteId> = listings.collect();
                suites.into_iter().for_each(|suite| self.link_in(suite, package, repository, CLAIMED));
                self.planted.lent_repository = Some(url);
                repository
            }
        }
    }

    /// `account` becomes a maintainer of the honest `package`; `alone` removes all others.
    pub(super) fn take_over(&mut self, package: PackageId, account: AccountId, alone: bool) {
        let Some(suite) = self.base.graph.present.newest_listing(package) else { return };
        if alone {
            self.builder.rows.maintainers.retain(|row| (row.package, row.suite) != (package, suite));
        }
        self.maintain(package, suite, account);
    }

    /// Names the honest package that the attack is about.
    pub(super) fn attacks(&mut self, package: PackageId) {
        self.planted.attacked = Some(self.base.tables.packages[package.row()].purl.clone());
    }

    /// Sorts and numbers all rows.
    pub(super) fn finish(self) -> Planted {
        Planted { tables: self.builder.finish(), ..self.planted }
    }

    fn maintain(&mut self, package: PackageId, suite: SuiteId, account: AccountId) {
        self.builder.rows.maintainers.push(Maintainer { package, suite, account, role: MaintainerRole::Maintainer, since: None });
    }
}

/// The newest suite of the ecosystem that lists most packages; of equals the first.
fn largest_newest_suite(base: World) -> Option<SuiteId> {
    let mut listed = vec![0usize; base.tables.suites.len()];
    for release in &base.tables.releases {
        listed[release.suite.row()] += 1;
    }
    let newest = (0..listed.len()).filter(|row| base.graph.present.is_newest(SuiteId::from_row(*row)));
    newest.max_by_key(|row| (listed[*row], Reverse(*row))).map(SuiteId::from_row)
}
