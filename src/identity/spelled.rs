//! Logins that spell a full name: `annlee`, `lee.ann7`, `alee` of Ann Lee.

use std::collections::{BTreeMap, BTreeSet};

use super::name;

/// A part of a name that stands whole in a login beside the start of another has this many letters at least.
const MIN_WHOLE: usize = 4;

/// Full names, by each of their words.
#[derive(Debug, Default)]
pub(super) struct Spellings<'n> {
    names: BTreeMap<&'n str, BTreeSet<&'n [String]>>,
}

impl<'n> Spellings<'n> {
    /// Of `names`, each as sorted words.
    pub fn of(names: impl Iterator<Item = &'n [String]>) -> Self {
        let mut spellings = Self::default();
        for name in names {
            for word in name {
                spellings.names.entry(word).or_default().insert(name);
            }
        }
        spellings
    }

    /// Full names with this word.
    pub fn with_word(&self, word: &str) -> impl Iterator<Item = &'n [String]> {
        self.names.get(word).into_iter().flatten().copied()
    }

    /// The only full name that `login` spells: two of its words in any order, or one word and the start of another, where no other
    /// name has that word. Digits at the end and marks between count for nothing. O(letters) look-ups.
    pub fn spelled(&self, login: &str) -> Option<&'n [String]> {
        let letters = letters(login)?;
        let mut found = BTreeSet::new();
        for (at, _) in letters.char_indices().skip(1) {
            let (head, tail) = letters.split_at(at);
            for (whole, start) in [(head, tail), (tail, head)] {
                let is_only = whole.chars().count() >= MIN_WHOLE && self.with_word(whole).nth(1).is_none();
                let fits = |word: &String| word != whole && word.starts_with(start) && (is_only || word == start);
                found.extend(self.with_word(whole).filter(|name| name.iter().any(fits)));
            }
        }
        let mut found = found.into_iter();
        found.next().filter(|_| found.next().is_none())
    }
}

/// What a login spells with letters, as words of names are compared; `None` where digits stand between them.
fn letters(login: &str) -> Option<String> {
    let letters = login.trim_end_matches(|c: char| c.is_ascii_digit() || "-_.".contains(c)).replace(['-', '_', '.'], "");
    letters.chars().all(char::is_alphabetic).then(|| name::without_umlauts(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_spell_one_name_or_none() {
        let names = ["ann lee", "bob lee", "pote advait", "jorn zafferer", "ann wright", "van dyck ann"];
        let names: Vec<Vec<String>> = names.map(|name| name.split(' ').map(str::to_owned).collect()).into();
        let spellings = Spellings::of(names.iter().map(Vec::as_slice));
        let spelled = |login: &str| spellings.spelled(login).map(|name| name.join(" "));
        for login in ["annlee", "lee.ann7", "Lee-Ann".to_lowercase().as_str()] {
            assert_eq!(spelled(login).as_deref(), Some("ann lee"), "{login}");
        }
        assert_eq!(spelled("apote2050").as_deref(), Some("pote advait"), "the start of one word, and a word nobody else has");
        assert_eq!(spelled("poteadv").as_deref(), Some("pote advait"));
        assert_eq!(spelled("jzaefferer").as_deref(), Some("jorn zafferer"));
        for login in ["alee", "lee", "ann", "", "a", "x12y", "annwrightlee", "dyckvan7x", "potepote"] {
            assert_eq!(spelled(login), None, "{login}: of two, of none, or not spelled");
        }
    }
}
