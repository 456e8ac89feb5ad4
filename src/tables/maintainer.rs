use crate::ids::{AccountId, PackageId, SuiteId};
use crate::units::Day;

/// `account` may publish `package`, as `suite` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Maintainer {
    /// The package.
    pub package: PackageId,
    /// The list that says so.
    pub suite: SuiteId,
    /// The account.
    pub account: AccountId,
    /// In which field.
    pub role: MaintainerRole,
    /// Since when, where the list says so.
    pub since: Option<Day>,
}

/// The field that names a maintainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MaintainerRole {
    /// Debian `Maintainer`; npm `maintainers`; PyPI role `Owner`, and the organization that holds a project.
    Maintainer,
    /// Debian `Uploaders`; PyPI role `Maintainer`, which may upload and no more.
    Uploader,
}

impl MaintainerRole {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Maintainer => "maintainer",
            Self::Uploader => "uploader",
        }
    }
}
