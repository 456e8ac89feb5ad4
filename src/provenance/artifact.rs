//! The artifact an attestation is held against: the file itself, or a digest of it.

use std::borrow::Cow;

use sha2::{Digest, Sha256, Sha512};

use crate::ordered::hex;

/// A file's bytes with their digests, or one digest that somebody trusted names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact<'a> {
    bytes: Option<Cow<'a, [u8]>>,
    sha256: Option<String>,
    sha512: Option<String>,
}

impl<'a> Artifact<'a> {
    /// An artifact that is at hand. Hashes it twice.
    pub fn of_bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        let bytes = bytes.into();
        let (sha256, sha512) = (hex(&Sha256::digest(&bytes)), hex(&Sha512::digest(&bytes)));
        Self { bytes: Some(bytes), sha256: Some(sha256), sha512: Some(sha512) }
    }

    /// `sha256:HEX` or `sha512:HEX`, as registries write them. `None` for anything else.
    pub fn of_digest(text: &str) -> Option<Self> {
        let (algorithm, digits) = text.split_once(':')?;
        if !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let digits = Some(digits.to_ascii_lowercase());
        match (algorithm, digits.as_ref().map_or(0, String::len)) {
            ("sha256", 64) => Some(Self { bytes: None, sha256: digits, sha512: None }),
            ("sha512", 128) => Some(Self { bytes: None, sha256: None, sha512: digits }),
            _ => None,
        }
    }

    /// The file, if it is at hand.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// SHA-256 in lower-case hexadecimal, if known.
    pub(super) fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// SHA-512 in lower-case hexadecimal, if known.
    pub(super) fn sha512(&self) -> Option<&str> {
        self.sha512.as_deref()
    }

    /// The digests that are known, as `algorithm:hex`.
    pub fn digests(&self) -> Vec<String> {
        let digests = [("sha256", &self.sha256), ("sha512", &self.sha512)];
        digests.into_iter().filter_map(|(name, digits)| Some(format!("{name}:{}", digits.as_ref()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Artifact;

    #[test]
    fn only_whole_digests_are_digests() {
        let of_bytes = Artifact::of_bytes(&b"a"[..]);
        for text in of_bytes.digests() {
            assert_eq!(Artifact::of_digest(&text.to_uppercase().replace("SHA", "sha")).expect("a digest").digests(), [text]);
        }
        for text in ["", "sha256", "sha256:", "sha256:00", "md5:00000000000000000000000000000000", "sha256:é"] {
            assert_eq!(Artifact::of_digest(text), None, "{text}");
        }
        assert_eq!(Artifact::of_digest(&format!("sha256:{}", "g".repeat(64))), None);
    }
}
