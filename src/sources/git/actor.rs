//! Names and addresses of commits → accounts, through the history's mailmap.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gix::bstr::ByteSlice;

use super::forges;
use super::object::Stamp;
use crate::ids::AccountKey;
use crate::tables::{Account, AccountKind};

/// Longest name kept, in characters.
const MAX_NAME: usize = 120;

/// One distinct `Name <address>` and the account it stands for.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    /// What makes the account unique.
    pub key: AccountKey,
    /// What made it unique before the mailmap replaced the address; `None` when it did not.
    pub replaced: Option<AccountKey>,
    /// Person or bot.
    pub kind: AccountKind,
    /// The identity under which a forge commits.
    pub is_forge: bool,
    handle: Option<String>,
    name: Option<String>,
}

impl Actor {
    /// The account behind `Name <address>`, as it stands in an object.
    ///
    /// A mailmap is written by those it speaks of: it can neither make a committer a forge nor take a forge's commits.
    pub fn read(actor: &[u8], mailmap: &gix::mailmap::Snapshot) -> Self {
        let (name, address) = Stamp::split(actor);
        let (name, address) = (decode(name), decode(address));
        let is_forge = forges::is_forge(&address);
        let written =
            gix::actor::SignatureRef { name: name.as_bytes().as_bstr(), email: address.as_bytes().as_bstr(), time: "0 +0000" };
        let mapped = if is_forge { None } else { mailmap.try_resolve_ref(written) };
        let new_name = mapped.as_ref().and_then(|mapped| mapped.name).map(|name| decode(name));
        let new_address = mapped.as_ref().and_then(|mapped| mapped.email).map(|address| decode(address));
        let new_address = new_address.filter(|address| !forges::is_forge(address));
        let mapped = Self::new(new_name.as_deref().unwrap_or(&name), new_address.as_deref().unwrap_or(&address), is_forge);
        let written = Self::new(&name, &address, is_forge);
        Self { replaced: (written.key != mapped.key).then_some(written.key), ..mapped }
    }

    fn new(name: &str, address: &str, is_forge: bool) -> Self {
        let address = address.trim_matches(|c: char| c.is_whitespace() || "<>\"'".contains(c));
        // Who gave only an address often gave it as the name.
        let is_address = |text: &str| text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
        let address = [address, name.trim()].into_iter().find(|text| is_address(text) && !text.contains(char::is_whitespace));
        let handle = address.and_then(forges::login);
        let is_bot = is_forge || forges::is_bot(name) || handle.as_deref().is_some_and(forges::is_bot);
        Self {
            key: address.map_or_else(|| AccountKey::from_name(name), AccountKey::from_address),
            kind: if is_bot { AccountKind::Bot } else { AccountKind::Person },
            replaced: None,
            is_forge,
            handle,
            name: clean_name(name),
        }
    }

    /// The account, seen `count` times under this name.
    pub fn account(self, count: u32) -> Account {
        let names = BTreeMap::from_iter(self.name.map(|name| (name, count)));
        Account { place: "git", key: self.key, kind: self.kind, handle: self.handle, names, displayed: None, verification: None }
    }
}

/// UTF-8, or else Latin-1: what nearly all tools wrote before they wrote UTF-8.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

/// A name as it may be shown: no control or direction characters, single spaces, at most [`MAX_NAME`] characters. `None` when
/// nothing is left, or when it holds an `@` in any width and so may be an address.
fn clean_name(name: &str) -> Option<String> {
    let is_hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if name.contains(['@', '\u{ff20}', '\u{fe6b}']) {
        return None;
    }
    let shown: String = name.chars().map(|c| if is_hidden(c) { ' ' } else { c }).take(4 * MAX_NAME).collect();
    let joined = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = joined.chars().take(MAX_NAME).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(text: &[u8]) -> Actor {
        Actor::read(text, &gix::mailmap::Snapshot::from_bytes(b""))
    }

    #[test]
    fn names_never_hold_addresses() {
        assert_eq!(clean_name("  Ada \u{202e} Lovelace\t"), Some("Ada Lovelace".into()));
        for name in ["a@example.org", "a\u{ff20}example.org", " \u{200b}\u{7}", ""] {
            assert_eq!(clean_name(name), None, "{name:?}");
        }
        assert_eq!(clean_name(&"x".repeat(1000)).map(|name| name.len()), Some(MAX_NAME));
    }

    #[test]
    fn keys_come_from_the_best_that_is_there() {
        assert_eq!(actor(b"A <A@Example.org>").key.secret(), "a@example.org");
        assert_eq!(actor(b"a@example.org <>").key.secret(), "a@example.org");
        assert_eq!(actor(b"Ada L <(none)>").key.secret(), "name:ada l");
        assert_eq!(actor(b" <>").key.secret(), "name:");
        assert_eq!(actor(b"Ren\xe9 <r@example.org>").name.as_deref(), Some("Ren\u{e9}"));
        assert_eq!(actor("Ren\u{e9} <r@example.org>".as_bytes()).name.as_deref(), Some("Ren\u{e9}"));
    }

    #[test]
    fn mailmaps_cannot_touch_forges() {
        let forge = ["noreply", "github.com"].join("@");
        let mailmap =
            format!("Evil <e@example.org> <{forge}>\nWeb <{forge}> <w@example.org>\nAda <a@example.org> <old@example.org>\n");
        let mailmap = gix::mailmap::Snapshot::from_bytes(mailmap.as_bytes());
        let web = Actor::read(format!("GitHub <{forge}>").as_bytes(), &mailmap);
        assert_eq!((web.is_forge, web.kind, web.key.secret()), (true, AccountKind::Bot, forge.as_str()));
        let fake = Actor::read(b"W <w@example.org>", &mailmap);
        assert_eq!((fake.is_forge, fake.kind, fake.key.secret()), (false, AccountKind::Person, "w@example.org"));
        let old = Actor::read(b"x <OLD@example.org>", &mailmap);
        assert_eq!(old.replaced.as_ref().map(AccountKey::secret), Some("old@example.org"));
        assert_eq!(fake.replaced, None);
        assert_eq!(old.account(2).names, BTreeMap::from([("Ada".into(), 2)]));
    }
}
