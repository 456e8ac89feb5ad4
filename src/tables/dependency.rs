use crate::ids::{PackageId, SuiteId};

/// `package` uses `dependency`, as `suite` says. Never a self-loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The dependent.
    pub package: PackageId,
    /// The list that says so.
    pub suite: SuiteId,
    /// What it uses.
    pub dependency: PackageId,
    /// When it uses it.
    pub kind: DependencyKind,
    /// No alternative would do. False when the source lists another package that serves as well.
    pub is_sole: bool,
}

/// When a dependency is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// To run (Debian `Depends`, `Pre-Depends` of any binary).
    Runtime,
    /// To build (Debian `Build-Depends`, `-Indep`, `-Arch`).
    Build,
    /// To run, if the user asks for it (crates: optional; npm: optional, peer; Python: extras).
    Optional,
    /// To work on the package itself (crates and npm: dev).
    Development,
}

impl DependencyKind {
    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Build => "build",
            Self::Optional => "optional",
            Self::Development => "development",
        }
    }
}
