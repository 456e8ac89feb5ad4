use crate::ids::PackageId;
use crate::units::Day;

/// A public notice about releases of a package. Withdrawn notices are not in the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advisory {
    /// The package.
    pub package: PackageId,
    /// Id of the notice, such as `RUSTSEC-2020-0001`.
    pub id: String,
    /// What it says.
    pub kind: AdvisoryKind,
    /// When it was published.
    pub published: Option<Day>,
    /// Versions it names or that its ranges hold, as written, sorted. Empty with `is_all_versions`.
    pub versions: Vec<String>,
    /// Every version is meant.
    pub is_all_versions: bool,
}

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdvisoryKind {
    /// The releases were published to do harm.
    Malicious,
    /// The releases can be attacked.
    Vulnerability,
    /// Nobody maintains the package.
    Unmaintained,
    /// Anything else worth a notice (unsound code, a deprecated name).
    Notice,
}

impl AdvisoryKind {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malicious => "malicious",
            Self::Vulnerability => "vulnerability",
            Self::Unmaintained => "unmaintained",
            Self::Notice => "notice",
        }
    }
}
