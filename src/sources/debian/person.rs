//! `Maintainer` and `Uploaders` fields: `Name <address>, "Name, with comma" <address>`.

use super::mime_words;
use crate::ids::AccountKey;

/// Longest name kept, in characters. The longest real one has some 60.
const MAX_NAME_CHARS: usize = 100;

/// One entry of a maintainer field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The address.
    pub(super) key: AccountKey,
    /// The name, without quotes; never holds `@`. `None` when there is none, or it looks like an address.
    pub(super) name: Option<String>,
}

/// The entries of a field, and how many parts of it hold no address. Forgiving, because real fields lack commas between
/// entries and quotes around names with commas.
pub(super) fn entries(field: &str) -> (Vec<Entry>, u32) {
    let (mut entries, mut refused) = (Vec::new(), 0);
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('<') {
        let (address, after) = after.split_once('>').unwrap_or((after, ""));
        let name = bare_entries(before, &mut entries);
        match key(address) {
            Some(key) => entries.push(Entry { key, name: clean_name(name) }),
            None => refused += 1,
        }
        rest = after;
    }
    if !bare_entries(rest, &mut entries).is_empty() {
        refused += 1;
    }
    (entries, refused)
}

/// Takes addresses that stand without brackets, each before a comma, out of the text between two entries; returns the name
/// that is left.
fn bare_entries<'a>(text: &'a str, entries: &mut Vec<Entry>) -> &'a str {
    let mut text = trim(text);
    loop {
        let part = text.split(',').next().unwrap_or_default();
        match key(part.trim()) {
            Some(key) => entries.push(Entry { key, name: None }),
            None => return text,
        }
        text = trim(&text[part.len()..]);
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == ',' || c.is_whitespace())
}

/// The key of a text that is an address and nothing else.
fn key(address: &str) -> Option<AccountKey> {
    let address = address.trim();
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain =
        |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,@\"".contains(c));
    let is_domain = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    (address.len() <= 254 && is_plain(local) && is_plain(domain) && is_domain).then(|| AccountKey::from_address(address))
}

/// A name as its bearer would write it, or `None` when nothing is left or it may be an address.
fn clean_name(text: &str) -> Option<String> {
    let decoded = mime_words::decode(text.trim());
    let unquoted = decoded.trim().strip_prefix('"').map_or(decoded.trim(), |inner| inner.strip_suffix('"').unwrap_or(inner));
    let words: Vec<&str> =
        unquoted.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| is_like_an_address(word)) {
        return None;
    }
    let plain = words.join(" ").replace(['@', '\\'], "");
    let name: String = plain.chars().take(MAX_NAME_CHARS).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// `x@y`, but not the `@login` that some write behind their name.
fn is_like_an_address(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(local, rest)| local.chars().any(char::is_alphanumeric) && rest.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> (Vec<(String, Option<String>)>, u32) {
        let (entries, refused) = entries(field);
        (entries.into_iter().map(|entry| (entry.key.secret().to_owned(), entry.name)).collect(), refused)
    }

    #[test]
    fn entries_as_the_archive_writes_them() {
        for (field, expected) in [
            ("Ann Lee <Ann@example.org>", &[("ann@example.org", "Ann Lee")][..]),
            (
                "\"Lee, IV, Ann\" <a@example.org>, B C <b@example.org>,",
                &[("a@example.org", "Lee, IV, Ann"), ("b@example.org", "B C")],
            ),
            ("Ann C. Lee, IV <a@example.org>", &[("a@example.org", "Ann C. Lee, IV")]),
            ("Ann <a@example.org> Bob <b@example.org>", &[("a@example.org", "Ann"), ("b@example.org", "Bob")]),
            ("Ann \"Fu\" Lee <a@example.org>", &[("a@example.org", "Ann \"Fu\" Lee")]),
            ("Ann Lee (@annlee) <a@example.org>", &[("a@example.org", "Ann Lee (annlee)")]),
            ("a@example.org", &[("a@example.org", "")]),
            (
                "a@example.org, B <b@example.org>, c@example.org",
                &[("a@example.org", ""), ("b@example.org", "B"), ("c@example.org", "")],
            ),
            ("a@example.org <a@example.org>", &[("a@example.org", "")]),
            ("mail to a@example.org <a@example.org>", &[("a@example.org", "")]),
            ("=?UTF-8?Q?J=C3=B6rg?= <j@example.org>", &[("j@example.org", "Jörg")]),
            ("<a@example.org>", &[("a@example.org", "")]),
            ("A  \t B < a@example.org", &[("a@example.org", "A B")]),
        ] {
            let own = |(key, name): &(&str, &str)| (key.to_string(), Some(name.to_string()).filter(|name| !name.is_empty()));
            // An entry that is its own name comes out once more as a bare address; both are the same account.
            let (mut found, refused) = read(field);
            found.dedup();
            assert_eq!(found, expected.iter().map(own).collect::<Vec<_>>(), "{field}");
            assert_eq!(refused, 0, "{field}");
        }
    }

    #[test]
    fn what_holds_no_address_is_counted() {
        for field in ["Nobody", "Ann <>", "Ann <ann>", "Ann <a@b>", "Ann <a@x@example.org>", "Ann <a b@example.org>", "A <"] {
            assert_eq!(read(field), (Vec::new(), 1), "{field}");
        }
        assert_eq!(read(" , "), (Vec::new(), 0));
    }

    #[test]
    fn names_are_capped() {
        let name = clean_name(&"é".repeat(5000)).expect("a name");
        assert_eq!(name.chars().count(), MAX_NAME_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_names_hold_no_at(field in "[a-cé@.,<>\"= ?\\\\]{0,80}") {
            for entry in entries(&field).0 {
                proptest::prop_assert!(entry.name.is_none_or(|name| !name.contains('@')));
            }
        }
    }
}
