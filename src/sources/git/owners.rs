//! `CODEOWNERS` and `MAINTAINERS` → whom they name.

use std::collections::BTreeMap;

use crate::tables::OwnerKind;

/// Owners kept of one file.
const MAX_OWNERS: usize = 50_000;

/// Whom a file names, and how often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RawOwner {
    pub name: OwnerName,
    pub line_count: u32,
}

/// How an owner is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OwnerName {
    /// `Name <address>` or `<address>`.
    Actor(Vec<u8>),
    /// Login or `org/team`, in lower case.
    Login(String),
}

/// Owners of a file of this kind, each once, in order.
pub(super) fn read(kind: OwnerKind, text: &[u8]) -> Vec<RawOwner> {
    let mut counts: BTreeMap<OwnerName, u32> = BTreeMap::new();
    let is_kernel = text.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"M:\t") || line.starts_with(b"M: "));
    for line in text.split(|byte| *byte == b'\n').take(1 << 20) {
        let names = match kind {
            OwnerKind::CodeOwners => code_owners(line),
            OwnerKind::Maintainers if is_kernel => line.strip_prefix(b"M:").and_then(actor).into_iter().collect(),
            OwnerKind::Maintainers => actor(line).into_iter().collect(),
        };
        for name in names {
            if counts.len() < MAX_OWNERS || counts.contains_key(&name) {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    counts.into_iter().map(|(name, line_count)| RawOwner { name, line_count }).collect()
}

/// `pattern owner owner …`, comments after `#`.
fn code_owners(line: &[u8]) -> Vec<OwnerName> {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    let owner = |word: &[u8]| match word.strip_prefix(b"@") {
        Some(login) => {
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./".contains(byte);
            let is_login = !login.is_empty() && login.len() <= 200 && login.iter().all(is_plain);
            is_login.then(|| OwnerName::Login(String::from_utf8_lossy(login).to_lowercase()))
        }
        None => is_address(word).then(|| OwnerName::Actor([b"<", word, b">"].concat())),
    };
    words.filter_map(owner).collect()
}

/// The last `Name <address>` of a line, without marks of a list.
fn actor(line: &[u8]) -> Option<OwnerName> {
    let end = line.iter().rposition(|byte| *byte == b'>')?;
    let open = line[..end].iter().rposition(|byte| *byte == b'<')?;
    let name = without_marks(line[..open].trim_ascii());
    let actor = [name, b" ", &line[open..=end]].concat();
    is_address(&line[open + 1..end]).then(|| OwnerName::Actor(actor.trim_ascii().to_vec()))
}

/// Without `*`, `-`, `|` and blanks at the start.
fn without_marks(text: &[u8]) -> &[u8] {
    let marks = text.iter().take_while(|byte| b"*-| \t".contains(byte)).count();
    &text[marks..]
}

fn is_address(word: &[u8]) -> bool {
    let at = word.iter().position(|byte| *byte == b'@');
    word.len() <= 320 && at.is_some_and(|at| at > 0 && at + 1 < word.len()) && !word.iter().any(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: OwnerKind, text: &str) -> Vec<(String, u32)> {
        let name = |name: OwnerName| match name {
            OwnerName::Actor(actor) => String::from_utf8_lossy(&actor).into_owned(),
            OwnerName::Login(login) => format!("login {login}"),
        };
        read(kind, text.as_bytes()).into_iter().map(|owner| (name(owner.name), owner.line_count)).collect()
    }

    #[test]
    fn code_owners_are_logins_teams_and_addresses() {
        let text = "# @nobody\n*  @Ada @org/team # @x\n/docs/ docs@example.org @ada\n[Section] @b\n/empty\n";
        let expected = [("<docs@example.org>", 1), ("login ada", 2), ("login b", 1), ("login org/team", 1)];
        assert_eq!(found(OwnerKind::CodeOwners, text), expected.map(|(name, count)| (name.to_owned(), count)));
        assert_eq!(found(OwnerKind::CodeOwners, "* @a\u{202e} @ @@ x@\n"), []);
    }

    #[test]
    fn maintainers_of_both_kinds() {
        let kernel =
            "Maintainers <no@example.org>\n\nNET\nM:\tAda <a@example.org>\nL:\tlist@example.org\nM: Ada <a@example.org>\n";
        assert_eq!(found(OwnerKind::Maintainers, kernel), [("Ada <a@example.org>".to_owned(), 2)]);
        let plain = "- Ada Lovelace <a@example.org> (@ada)\n* <b@example.org>\nnobody\n<>\n";
        let expected = [("<b@example.org>".to_owned(), 1), ("Ada Lovelace <a@example.org>".to_owned(), 1)];
        assert_eq!(found(OwnerKind::Maintainers, plain), expected);
    }
}
