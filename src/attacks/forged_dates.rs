//! Dates in git are free text: repositories that claim many years.

use super::{AttackError, Attacker, Planting};
use crate::job::ForgedDates;

impl Attacker for ForgedDates<u64> {
    fn added_rows(&self) -> u64 {
        let repositories = self.repositories_per_account.saturating_mul(12 * self.years + 1);
        self.accounts.saturating_mul(1 + repositories)
    }

    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        for _ in 0..self.accounts {
            let account = planting.account();
            for _ in 0..self.repositories_per_account {
                let repository = planting.repository();
                (1..=12 * self.years).for_each(|month| planting.commit(repository, [account, account], month));
            }
        }
        Ok(())
    }
}
