//! Many accounts that know each other only.

use super::planting::ATTESTED;
use super::{AttackError, Attacker, Planting};
use crate::ids::{AccountId, PackageId};
use crate::job::SybilRing;

/// A year of one another's work in each repository.
const MONTHS: u64 = 12;

impl Attacker for SybilRing<u64> {
    fn added_rows(&self) -> u64 {
        let packages = self.packages_per_account.saturating_mul(self.uses_per_package + 3);
        let repositories = self.repositories_per_account.saturating_mul(MONTHS + 2);
        self.accounts.saturating_mul(1 + packages + repositories).saturating_add(self.earned_edges)
    }

    /// Neighbors in the ring of packages belong to different accounts; each lands the work of the next.
    fn is_attested(&self) -> bool {
        true
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let accounts: Vec<AccountId> = (0..self.accounts).map(|_| planting.account()).collect();
        let owners = accounts.iter().cycle().take(accounts.len() * self.packages_per_account as usize);
        let packages = owners.map(|owner| planting.package(&[*owner])).collect::<Result<Vec<PackageId>, _>>()?;
        let reach = (self.uses_per_package as usize).min(packages.len() - 1);
        for (at, package) in packages.iter().enumerate() {
            for step in 1..=reach {
                planting.uses(*package, packages[(at + step) % packages.len()]);
            }
        }
        for (at, account) in accounts.iter().enumerate() {
            let next = accounts[(at + 1) % accounts.len()];
            for _ in 0..self.repositories_per_account {
                let repository = planting.repository();
                planting.link(packages[at], repository, ATTESTED);
                (1..=MONTHS).for_each(|month| planting.commit(repository, [next, *account], month));
            }
        }
        planting.earn(packages[0], self.earned_edges)
    }
}
