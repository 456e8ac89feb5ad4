//! Packages of one account in a cycle, which lean on honest ones.

use super::{AttackError, Attacker, Planting, targets};
use crate::ids::PackageId;
use crate::job::DependencyRing;

impl Attacker for DependencyRing<u64> {
    fn added_rows(&self) -> u64 {
        self.packages.saturating_mul(5).saturating_add(1 + self.earned_edges)
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let honest = targets::packages(planting.base, self.targets)?;
        let account = planting.account();
        let packages = (0..self.packages).map(|_| planting.package(&[account])).collect::<Result<Vec<PackageId>, _>>()?;
        for (package, next) in packages.iter().zip(packages.iter().cycle().skip(1)) {
            planting.uses(*package, *next);
        }
        for (package, target) in packages.iter().zip(honest.iter().cycle()) {
            planting.uses(*package, *target);
        }
        planting.earn(packages[0], self.earned_edges)
    }
}
