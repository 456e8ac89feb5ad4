use super::plan::{HostLimits, SitePlan};

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
    /// Nothing was written, because the host would not take it.
    #[error(
        "nothing was written, because the site does not fit its host, whichever packages share a page: {plan}; \
         raise publish.site_max_files, publish.site_max_bytes or publish.site_max_file_bytes, or publish fewer nodes"
    )]
    DoesNotFit {
        /// What it would have.
        plan: Box<SitePlan>,
    },
    /// Larger than the plan said, and more than the host takes.
    #[error(
        "the site has {file_count} files and {byte_count} bytes, its largest file {largest_file_bytes}, which is more than planned and \
         over the host's {limits}; raise publish.site_reserve_share, or lower publish.site_packages"
    )]
    TooLarge {
        /// Files it has.
        file_count: u64,
        /// Bytes it has.
        byte_count: u64,
        /// Bytes of its largest file.
        largest_file_bytes: u64,
        /// The job's limits.
        limits: HostLimits,
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
