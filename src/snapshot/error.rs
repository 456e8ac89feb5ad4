/// Why a snapshot cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Disk: names the path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A Parquet file is damaged or cannot be written.
    #[error("{file}: {error}")]
    Parquet {
        /// File name.
        file: String,
        /// What the reader says.
        error: String,
    },
    /// The look-up is damaged, or is not the snapshot's.
    #[error("{file}: {error}")]
    Lookup {
        /// File name.
        file: String,
        /// What is wrong.
        error: String,
    },
    /// A table is not as its schema says.
    #[error(transparent)]
    Table(#[from] super::TableError),
    /// The manifest cannot be understood.
    #[error("{file}: {error}")]
    Manifest {
        /// The file.
        file: String,
        /// Why.
        error: String,
    },
    /// The snapshot's format is newer or older than this program reads.
    #[error("{path}: the snapshot has schema {found}, this program reads {known}; use the release of trustgraph that wrote it")]
    SchemaVersion {
        /// The manifest.
        path: String,
        /// In the manifest.
        found: String,
        /// Of this program.
        known: &'static str,
    },
    /// Not a snapshot at all.
    #[error("{path} is no snapshot: it has no manifest.json; give a folder such as OUT/snapshots/2025-08-09")]
    NoSnapshot {
        /// As given.
        path: String,
    },
    /// Checks that block publication failed; all of them at once.
    #[error("nothing was published, {} checks failed:\n  {}", failures.len(), failures.join("\n  "))]
    Checks {
        /// One sentence each.
        failures: Vec<String>,
    },
    /// An erratum is about no snapshot of the folder.
    #[error("an erratum is about {snapshot}, which is no snapshot here; remove it or mend its day")]
    UnknownSnapshot {
        /// As written.
        snapshot: String,
    },
    /// Snapshots are never edited.
    #[error(
        "{path} exists already and differs from this run; snapshots are immutable: give another --out, or --replace to throw the old one away"
    )]
    Exists {
        /// The folder.
        path: String,
    },
    /// Two runs publish to one folder.
    #[error("{path}: another run is publishing here; wait for it or give another --out")]
    Busy {
        /// The folder.
        path: String,
    },
    /// The folder cannot be locked, so that two runs could meet in it.
    #[error("{path}: cannot be locked ({error}); give an --out on a file system with locks")]
    Lock {
        /// The lock file.
        path: String,
        /// Why.
        error: String,
    },
}
