use std::collections::BTreeSet;
use std::path::PathBuf;

/// Why a source cannot be fetched or read. Each message says where, what, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file cannot be opened or read.
    #[error("{source_name}: {error}")]
    Io {
        /// Source name.
        source_name: &'static str,
        /// Names the path.
        error: std::io::Error,
    },
    /// A file is missing.
    #[error("{source_name}: {} is missing: {hint}", path.display())]
    Missing {
        /// Source name.
        source_name: &'static str,
        /// What was looked for.
        path: PathBuf,
        /// What to do.
        hint: String,
    },
    /// A file as a whole is not what it should be (truncated, corrupt, wrong columns).
    #[error("{source_name}: {file}: {what}")]
    Input {
        /// Source name.
        source_name: &'static str,
        /// The file, as the source calls it.
        file: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// The job asks for something that cannot be. Wrong use: the command ends with exit code 2.
    #[error("{source_name}: job: {what}")]
    Job {
        /// Source name.
        source_name: &'static str,
        /// Which setting, what is wrong with it and how to mend it.
        what: String,
    },
    /// More rows were refused than the job allows.
    #[error(
        "{source_name}: {file}: {rejected} of {rows} rows refused ({share:.3} > max_reject_share {limit}); most often: {reason} (first at row {first_row}); look at that row, get the file again, or raise the limit in the job"
    )]
    TooManyRejects {
        /// Source name.
        source_name: &'static str,
        /// The file.
        file: String,
        /// Rows refused.
        rejected: u64,
        /// Rows seen.
        rows: u64,
        /// `rejected / rows`.
        share: f64,
        /// The job's limit.
        limit: f64,
        /// The most frequent reason.
        reason: String,
        /// Where it was met first.
        first_row: u64,
    },
    /// Something could not be fetched, or is not what its publisher signed.
    #[error("{source_name}: {what}")]
    Fetch {
        /// Source name.
        source_name: &'static str,
        /// What failed and what to do.
        what: String,
    },
    /// Offline, and documents of these packages are not in the cache.
    #[error("{source_name}: {first}: is not in the cache; run `fetch` once without `--offline`")]
    NotCached {
        /// Source name.
        source_name: &'static str,
        /// The first of the documents.
        first: String,
        /// The packages, sorted.
        packages: BTreeSet<String>,
    },
    /// The budget of the run is spent. What was brought is kept; the command ends with exit code 3.
    #[error("{source_name}: the budget is spent ({what}); what was brought is kept: run the same command again to go on")]
    Budget {
        /// Source name.
        source_name: &'static str,
        /// Which part of it, and what is still missing.
        what: String,
    },
}
