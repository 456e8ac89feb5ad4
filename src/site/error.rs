/// Why a site cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Disk: names the path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A page cannot be made.
    #[error("page {page}: {error}")]
    Template {
        /// Path from the root of the site.
        page: String,
        /// What the template says.
        error: String,
    },
    /// The target is no folder that a site could stand in.
    #[error("{path} has no name a folder could have; give the folder of the site itself, such as target/site")]
    Target {
        /// As given.
        path: String,
    },
}
