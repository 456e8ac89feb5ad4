//! Keyed pseudonyms: what a person is called in public.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::tables::Account;

/// Key of the pseudonym function. `Debug` hides it.
#[derive(Clone)]
pub struct PseudonymKey {
    key: Vec<u8>,
    /// The key is the documented one, so anyone who knows an address can recompute its id.
    pub is_public: bool,
}

impl PseudonymKey {
    /// The documented key of local runs.
    pub fn public() -> Self {
        Self { key: b"trustgraph public pseudonym key 1".to_vec(), is_public: true }
    }

    /// A key that only the publisher knows.
    pub fn secret(key: &[u8]) -> Self {
        Self { key: key.to_vec(), is_public: false }
    }

    /// `prefix` and 16 hexadecimal digits of HMAC-SHA-256 over place and key of `account`. Place is left out for addresses, so
    /// that a person keeps the id whichever source showed the address first. 64 bits: a clash among ten million persons has
    /// a chance of 3 in a million, and would join two, which the key check of the persons table reports.
    pub fn pseudonym(&self, prefix: char, account: &Account) -> String {
        self.of(prefix, account, account.key.address().is_none())
    }

    /// The same with the place always in it: for an address that belongs to different persons at different places.
    pub fn pseudonym_at_place(&self, prefix: char, account: &Account) -> String {
        self.of(prefix, account, true)
    }

    fn of(&self, prefix: char, account: &Account, with_place: bool) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        if with_place {
            mac.update(account.place.as_bytes());
            mac.update(b"\0");
        }
        mac.update(account.key.secret().as_bytes());
        let digest = mac.finalize().into_bytes();
        format!("{prefix}{}", crate::ordered::hex(&digest[..8]))
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PseudonymKey(hidden, is_public: {})", self.is_public)
    }
}
