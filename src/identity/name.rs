//! Full names as evidence.

use std::collections::BTreeSet;

/// The form of a name that is compared: lower case, single spaces, no brackets' content; `None` for what cannot tell two people
/// apart: fewer than two words, or a blocked name.
pub(super) fn comparable(name: &str, blocked: &BTreeSet<String>) -> Option<String> {
    let outside = name.split('(').next().unwrap_or(name);
    let words: Vec<String> = outside.split_whitespace().map(str::to_lowercase).collect();
    let joined = words.join(" ");
    let long_words = words.iter().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    (long_words >= 2 && !blocked.contains(&joined)).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_names_compare() {
        let blocked = BTreeSet::from(["your name".to_owned()]);
        assert_eq!(comparable(" Jane   DOE (jd)", &blocked).as_deref(), Some("jane doe"));
        for junk in ["", "unknown", "Your Name", "J. D.", "(x)"] {
            assert_eq!(comparable(junk, &blocked), None, "{junk}");
        }
    }
}
