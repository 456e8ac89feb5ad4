//! The way of the xz backdoor: months of good work for a lone maintainer, then a seat beside, then the seat alone.

use super::{AttackError, Attacker, Planting, Variant, targets};
use crate::job::PatientInsider;

/// More suites than a job lists.
const MANY_SUITES: u64 = 100;

impl Attacker for PatientInsider<u64> {
    fn variants(&self) -> &'static [Option<Variant>] {
        &[Some(Variant::Worked), Some(Variant::CoMaintainer), Some(Variant::SoleMaintainer)]
    }

    fn added_rows(&self) -> u64 {
        // An account, a repository, a seat, and the package's link to the repository in every suite.
        self.months + 3 + MANY_SUITES
    }

    fn months(&self) -> Option<u64> {
        Some(self.months)
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let (package, maintainer) = targets::lone_maintained(planting.base, self.min_criticality_percentile)?;
        planting.attacks(package);
        let insider = planting.account();
        if self.months > 0 {
            // The maintainer's own account: this work was truly landed.
            let lands = planting.base.identities.persons[maintainer.row()].accounts[0];
            let repository = planting.history_of(package);
            (1..=self.months).for_each(|month| planting.commit(repository, [insider, lands], month));
        }
        match planting.variant {
            Some(Variant::CoMaintainer) => planting.take_over(package, insider, false),
            Some(Variant::SoleMaintainer) => planting.take_over(package, insider, true),
            _ => {}
        }
        Ok(())
    }
}
