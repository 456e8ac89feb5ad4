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
    /// More than the job allows.
    #[error(
        "the site would have {file_count} files and {byte_count} bytes, over the job's limit of {max_files} files and {max_bytes} bytes; \
         lower publish.site_packages, or raise publish.site_max_files and publish.site_max_bytes"
    )]
    TooLarge {
        /// Files it would have.
        file_count: u64,
        /// Bytes it would have.
        byte_count: u64,
        /// The job's limit.
        max_files: u64,
        /// The job's limit.
        max_bytes: u64,
    },
    /// E-mail addresses must not leave the run.
    #[error("nothing was published: {} pages hold what looks like an e-mail address: {}", pages.len(), pages.join(", "))]
    Addresses {
        /// Paths from the root of the site, sorted.
        pages: Vec<String>,
    },
    /// The target is no folder that a site could stand in.
    #[error("{path} has no name a folder could have; give the folder of the site itself, such as target/site")]
    Target {
        /// As given.
        path: String,
    },
}
