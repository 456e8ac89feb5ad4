//! Many accounts that lift one.

use super::{AttackError, Attacker, Planting};
use crate::ids::PackageId;
use crate::job::StarFarm;

impl Attacker for StarFarm<u64> {
    fn added_rows(&self) -> u64 {
        let satellites = self.accounts.saturating_mul(self.packages + 4);
        satellites.saturating_add(1 + 3 * self.packages + self.earned_edges)
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let center = planting.account();
        let packages = (0..self.packages).map(|_| planting.package(&[center])).collect::<Result<Vec<PackageId>, _>>()?;
        for _ in 0..self.accounts {
            let satellite = planting.account();
            let dependent = planting.package(&[satellite])?;
            packages.iter().for_each(|package| planting.uses(dependent, *package));
        }
        planting.earn(packages[0], self.earned_edges)
    }
}
