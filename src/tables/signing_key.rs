use crate::ids::{AccountId, RepositoryId};
use crate::units::Day;

/// A key that commits of an account name as theirs. What a signature names is read, not verified: no key is known here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningKey {
    /// The history.
    pub repository: RepositoryId,
    /// The committer.
    pub account: AccountId,
    /// What the key is.
    pub kind: SignatureKind,
    /// 16 hexadecimal digits of an OpenPGP key id, `SHA256:…` of an SSH key as `ssh-keygen -l` shows it, the URI in an X.509
    /// certificate or the SHA-256 of the signature's first certificate. Empty when the signature does not say or cannot be read.
    pub key: String,
    /// The account whose address stands in the certificate, as gitsign writes it.
    pub certified: Option<AccountId>,
    /// Commits that carry it.
    pub commit_count: u32,
    /// Days of the first and last of them.
    pub seen: (Day, Day),
}

/// How a commit or tag is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureKind {
    /// OpenPGP.
    OpenPgp,
    /// SSH.
    Ssh,
    /// X.509: S/MIME or gitsign.
    X509,
    /// OpenPGP with a key that a forge signs with for whoever presses its button.
    Forge,
    /// Something else.
    Unknown,
}

impl SignatureKind {
    /// All, in the order of their numbers in caches.
    pub const ALL: [Self; 5] = [Self::OpenPgp, Self::Ssh, Self::X509, Self::Forge, Self::Unknown];

    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenPgp => "openpgp",
            Self::Ssh => "ssh",
            Self::X509 => "x509",
            Self::Forge => "forge",
            Self::Unknown => "unknown",
        }
    }
}
