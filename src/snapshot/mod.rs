//! WHAT WE PUBLISH: one schema in code, from which files, descriptors, docs and checks are made.
//!
//! Each published table is a row struct in `schema/`; its doc comments are the column docs of the data dictionary and of the
//! Parquet files themselves.

mod cell;
mod error;
mod manifest;
mod published;
pub mod schema;
mod table;

pub use cell::{Cell, Word};
pub use error::SnapshotError;
pub use manifest::{Manifest, ManifestSuite, ManifestTable, SCHEMA_VERSION, SignalDoc};
pub use published::{Published, TableVisitor, read_manifest};
pub use table::{Column, Table, TableError};
