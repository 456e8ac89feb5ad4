//! WHAT WE PUBLISH: one schema in code, from which files, descriptors, docs and checks are made.
//!
//! Each published table is a row struct in `schema/`; its doc comments are the column docs of the data dictionary and of the
//! Parquet files themselves.

mod assemble;
mod cell;
mod checks;
mod dictionary;
mod error;
mod explain;
mod manifest;
mod out_folder;
mod parquet_file;
mod person_changes;
mod published;
pub mod schema;
mod table;
mod verify;
mod visibility;
mod write;

pub use assemble::{RunResults, assemble, attack_outcomes};
pub use cell::{Cell, Word};
pub use checks::{check, failures, has_address};
pub use dictionary::{markdown, type_name};
pub use error::SnapshotError;
pub use explain::{Contribution, Explanation, explain};
pub use manifest::{Manifest, ManifestSuite, ManifestTable, SCHEMA_VERSION, SignalDoc};
pub use out_folder::OutFolder;
pub use person_changes::{People, PersonChange, PersonChangeKind, person_changes};
pub use published::{Published, TableVisitor, read_manifest};
pub use table::{Column, Table, TableError};
pub use verify::{Verification, verify};
pub use visibility::visibility_problems;
pub use write::{Written, write, write_alone};
