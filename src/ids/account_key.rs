//! The private key of an account. It may be an e-mail address, so nothing can print it.

use std::fmt;

/// What makes an account unique at its place: a lower-case address, `id:NUMBER` where the source numbers accounts, or
/// `name:NAME` where a name is all there is.
///
/// Has no `Display`, and `Debug` hides the content: an address cannot reach a log or a file by accident. Only identity
/// resolution and the pseudonym function read it, through [`AccountKey::secret`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey(Box<str>);

impl AccountKey {
    /// Key from an address: trimmed and lower-cased, because mail hosts ignore case in practice.
    pub fn from_address(address: &str) -> Self {
        Self(address.trim().to_lowercase().into())
    }

    /// Key from a number that only has meaning within one place.
    pub fn from_number(number: i64) -> Self {
        Self(format!("id:{number}").into())
    }

    /// Key from a name, where a place shows nothing better. Is never taken for an address.
    pub fn from_name(name: &str) -> Self {
        Self(format!("name:{}", name.trim().to_lowercase().replace('@', " ")).into())
    }

    /// The content. Never print it.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Local part and domain, when the key is an address.
    pub fn address(&self) -> Option<(&str, &str)> {
        self.0.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_its_content() {
        let key = AccountKey::from_address(" Somebody@Example.org ");
        assert_eq!(key.secret(), "somebody@example.org");
        assert_eq!(key.address(), Some(("somebody", "example.org")));
        assert!(!format!("{key:?}").contains("example"));
        assert_eq!(AccountKey::from_number(7).address(), None);
        assert_eq!(AccountKey::from_name(" somebody@example.org ").address(), None);
        assert_ne!(AccountKey::from_name("id:7"), AccountKey::from_number(7));
    }
}
