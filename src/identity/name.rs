//! Full names as evidence: one form for all ways to write one name.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::job::Decisions;

/// Words of a name in the form that is compared, sorted: order of given and family name differs between people and places.
/// `None` for what cannot tell two people apart: a single word (unless written in three or more characters of a script that
/// writes full names without a blank), initials, or a blocked name.
///
/// Words are in lower case, without accents, without the `e` that stands for an umlaut, and nicknames are written out. What is in
/// brackets is left out, and so are initials beside a full name.
pub(super) fn comparable(name: &str, decisions: &Decisions) -> Option<Vec<String>> {
    let plain = outside_brackets(name).split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    if decisions.blocked_names.contains(&plain) {
        return None;
    }
    let words = words(name, decisions);
    let is_full = words.len() >= 2 || words.iter().any(|word| word.chars().filter(|c| is_ideograph(*c)).count() >= 3);
    (is_full && !decisions.blocked_names.contains(&words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")))
        .then(|| words.into_iter().collect())
}

/// The one word and the initials of a name such as `Ann L.`, sorted, in the form of [`comparable`]: says less than a full name, and
/// the more so the more names begin with that letter. `None` for every other name.
pub(super) fn abbreviated(name: &str, decisions: &Decisions) -> Option<Vec<String>> {
    let parts = outside_brackets(name).split(|c: char| c.is_whitespace() || c == '.').map(fold);
    let initials: BTreeSet<String> = parts.filter(|part| part.chars().count() == 1).collect();
    let words = words(name, decisions);
    let is_name = words.len() == 1 && !initials.is_empty() && words.is_disjoint(&decisions.blocked_names);
    let all: BTreeSet<String> = initials.into_iter().chain(words).collect();
    (is_name && all.iter().flat_map(|word| word.chars()).all(char::is_alphabetic)).then(|| all.into_iter().collect())
}

/// Words of a name in the form of [`comparable`], initials left out.
pub(super) fn words(name: &str, decisions: &Decisions) -> BTreeSet<String> {
    let is_between = |c: char| !c.is_alphanumeric() && !is_combining_mark(c) && c != '\'' && c != '’';
    let words = outside_brackets(name).split(is_between).map(fold);
    words
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2 || word.chars().any(is_ideograph))
        .map(|word| without_umlauts(decisions.nicknames.get(&word).unwrap_or(&word)))
        .collect()
}

fn outside_brackets(name: &str) -> &str {
    name.split(['(', '[', '<']).next().unwrap_or(name)
}

/// A single word as a login is: in lower case, without accents. `None` for a name of several words.
pub(super) fn login_like(name: &str) -> Option<String> {
    let name = name.trim();
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_plain.then(|| name.to_lowercase())
}

/// A word without the `e` that stands for an umlaut, which makes `Mueller` what Müller is without accents.
pub(super) fn without_umlauts(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// A word without case and accents. Letters that Unicode does not take apart have a table.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c) && *c != '\'' && *c != '’').flat_map(char::to_lowercase) {
        match c {
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'ħ' => folded.push('h'),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            c => folded.push(c),
        }
    }
    folded
}

/// Chinese characters, and Korean and Japanese syllables: scripts in which two or three characters are a full name.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decisions() -> Decisions {
        Decisions {
            blocked_names: ["your name".to_owned()].into(),
            nicknames: [("bob", "robert"), ("sam", "samuel")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            ..Decisions::default()
        }
    }

    #[test]
    fn one_name_in_many_ways() {
        let same = [
            ["Jane   DOE (jd)", "doe, Jane"],
            ["René  Müller", "Rene\u{301} Mueller"],
            ["Bob A. Smith", "Robert Smith"],
            ["Sam Smith", "Samuel Smith"],
            ["Jean-Luc Picard", "Jean Luc Picard"],
            ["Søren Ærø", "Soren Aro"],
            ["Łukasz O’Neil", "Lukasz O'Neil"],
            ["ИВАН Петров", "Петров Иван"],
        ];
        for [a, b] in same {
            let a = comparable(a, &decisions());
            assert!(a.is_some(), "{b}");
            assert_eq!(a, comparable(b, &decisions()), "{b}");
        }
        assert!(comparable("李小龙龙", &decisions()).is_some());
    }

    #[test]
    fn only_full_names_compare() {
        for junk in ["", "unknown", "Your Name", "J. D.", "(x)", "Bob", "root", "李小"] {
            assert_eq!(comparable(junk, &decisions()), None, "{junk}");
        }
        for [a, b] in [["Yeshwanth N", "N. yeshwanth"], ["Bob S", "S. Robert (home)"]] {
            let a = abbreviated(a, &decisions());
            assert!(a.is_some() && a == abbreviated(b, &decisions()), "{b}");
        }
        for junk in ["", "N", "A. B.", "Bob", "Bob Ray N", "Bob 7", "Wang 6 x"] {
            assert_eq!(abbreviated(junk, &decisions()), None, "{junk}");
        }
        assert_eq!(login_like(" JiaT75 ").as_deref(), Some("jiat75"));
        assert_eq!(login_like("Jia Tan"), None);
    }
}
