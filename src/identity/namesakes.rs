//! How common names are: what makes an equal name evidence.

use std::collections::BTreeMap;

use crate::ids::AccountId;

/// How many accounts bear each word of a name, and how many a word that begins with each letter.
#[derive(Debug, Default)]
pub(super) struct Namesakes {
    accounts: BTreeMap<String, Vec<AccountId>>,
    total: usize,
}

impl Namesakes {
    /// Counts the names (as sorted words) of `total` accounts.
    pub fn count<'n>(total: usize, names: impl Iterator<Item = (AccountId, &'n [String])>) -> Self {
        let mut accounts: BTreeMap<String, Vec<AccountId>> = BTreeMap::new();
        for (account, words) in names {
            for word in words {
                accounts.entry(word.clone()).or_default().push(account);
                accounts.entry(word.chars().take(1).collect()).or_default().push(account);
            }
        }
        for list in accounts.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        Self { accounts, total }
    }

    /// Accounts beside the `bearers` that would bear all of `words` if words of names were independent: `n · Π (others with the
    /// word / n)`, where an initial counts every word that begins with it. Those who bear the name do not make its words common, or no name were rare among few.
    pub fn expected(&self, words: &[String], bearers: usize) -> f64 {
        let total = self.total.max(1) as f64;
        let others = |word: &String| self.accounts.get(word).map_or(0, Vec::len).saturating_sub(bearers);
        total * words.iter().map(|word| others(word) as f64 / total).product::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_make_common_names() {
        let names: Vec<Vec<String>> = (0..100)
            .map(|i| match i {
                0..10 => vec!["jan".to_owned(), format!("x{i}")],
                10..30 => vec![format!("y{i}"), "novak".to_owned()],
                30..32 => vec!["jan".to_owned(), "novak".to_owned()],
                _ => vec![format!("z{i}"), "rare".to_owned()],
            })
            .collect();
        let rows = names.iter().enumerate().map(|(row, words)| (AccountId::from_row(row), words.as_slice()));
        let namesakes = Namesakes::count(100, rows);
        let words = ["jan".to_owned(), "novak".to_owned()];
        assert!((namesakes.expected(&words, 2) - 100.0 * 0.1 * 0.2).abs() < 1e-12);
        assert_eq!(namesakes.expected(&["z40".to_owned(), "rare".to_owned()], 1), 0.0);
        let initial = ["jan".to_owned(), "n".to_owned()];
        assert!((namesakes.expected(&initial, 1) - 100.0 * 0.11 * 0.21).abs() < 1e-12, "every name that begins with the letter");
        assert_eq!(Namesakes::default().expected(&words, 2), 0.0);
    }
}
