use crate::ids::AccountId;
use crate::units::Day;

/// A user id with an address on a key of a distribution's keyring. The distribution decides which keys are in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyHolder {
    /// Fingerprint of the primary key, 40 or 64 hexadecimal digits.
    pub key: String,
    /// The address.
    pub account: AccountId,
}

/// One key certifies that another belongs to whom it names: somebody met its holder. The signature was checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certification {
    /// Fingerprint of the certified key.
    pub key: String,
    /// Fingerprint of the key that certifies; it is in a keyring as well.
    pub by: String,
    /// When it was made last.
    pub made: Day,
}
