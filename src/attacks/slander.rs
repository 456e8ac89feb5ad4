//! Strangers who use, name and claim what honest people have.

use super::planting::CLAIMED;
use super::{AttackError, Attacker, Planting, targets};
use crate::job::Slander;

impl Attacker for Slander<u64> {
    fn added_rows(&self) -> u64 {
        // A use, a commit, the account it is taken for, and a claim of the two repositories a package may name.
        self.accounts.saturating_mul(5 + 5 * self.targets)
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let packages = targets::packages(planting.base, self.targets)?;
        let persons = targets::persons(planting.base, self.targets)?;
        let repositories = targets::repositories(planting.base, &packages);
        for number in 0..self.accounts {
            let account = planting.account();
            let package = planting.package(&[account])?;
            packages.iter().for_each(|target| planting.uses(package, *target));
            repositories.iter().for_each(|target| planting.link(package, *target, CLAIMED));
            let repository = planting.repository();
            planting.link(package, repository, CLAIMED);
            for person in &persons {
                // A different name under the same address each time.
                let forged = planting.forged(*person, &format!("Somebody Else {number}"));
                planting.commit(repository, [forged, forged], 1);
            }
        }
        Ok(())
    }
}
