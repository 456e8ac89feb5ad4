//! Names in git are free text: trusted ones on commits that nobody trusted made.

use super::{AttackError, Attacker, Planting, Variant, targets};
use crate::job::ForgedAuthors;

impl Attacker for ForgedAuthors<u64> {
    fn variants(&self) -> &'static [Option<Variant>] {
        &[Some(Variant::Author), Some(Variant::Committer)]
    }

    fn added_rows(&self) -> u64 {
        let repositories = self.repositories_per_account.saturating_mul(self.months + 1);
        self.accounts.saturating_mul(1 + repositories).saturating_add(self.targets)
    }

    /// Signed by the attacker, for a signature that nobody checks is free too.
    fn plant(&self, planting: &mut Planting) -> Result<(), AttackError> {
        let persons = targets::persons(planting.base, self.targets)?;
        let forged: Vec<_> = persons.iter().map(|person| planting.forged(*person, "Forged Name")).collect();
        let is_author = planting.variant == Some(Variant::Author);
        for _ in 0..self.accounts {
            let account = planting.account();
            for _ in 0..self.repositories_per_account {
                let repository = planting.repository();
                for (month, trusted) in (1..=self.months).zip(forged.iter().cycle()) {
                    let names = if is_author { [*trusted, account] } else { [account, *trusted] };
                    planting.commit(repository, names, month);
                }
            }
        }
        Ok(())
    }
}
