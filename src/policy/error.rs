use crate::lockfiles::LockfileError;
use crate::snapshot::SnapshotError;

/// Why nothing could be judged. The command ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The policy asks for something that does not exist.
    #[error("{file}: {what}")]
    Policy {
        /// The policy file.
        file: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// A document cannot be enriched.
    #[error("{file}: {what}")]
    Enrich {
        /// The document.
        file: String,
        /// Why, and what to do.
        what: String,
    },
    /// The snapshot cannot be read, or is not what its manifest says.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A base cannot be read.
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
}
