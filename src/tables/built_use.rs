use crate::ids::{PackageId, SuiteId};

/// Binaries of `package` hold compiled code of `used`, as `suite` says (Debian's `Static-Built-Using` and `X-Cargo-Built-Using`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuiltUse {
    /// The package with the binaries.
    pub package: PackageId,
    /// The list that says so.
    pub suite: SuiteId,
    /// The package whose code is in them; never the same.
    pub used: PackageId,
}
