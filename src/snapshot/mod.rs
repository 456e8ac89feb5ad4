//! WHAT WE PUBLISH: one schema in code, from which files, descriptors, docs and checks are made.
//!
//! Each published table is a row struct in `schema/`; its doc comments are the column docs of the data dictionary and of the
//! Parquet files themselves.

mod assemble;
mod cell;
mod changes;
mod checks;
mod descriptors;
mod dictionary;
mod drift;
mod error;
mod explain;
mod index;
mod key_lookup;
mod manifest;
mod out_folder;
mod parquet_file;
mod person_changes;
mod previous;
mod published;
mod reasons;
mod retention;
pub mod schema;
mod shards;
mod statement;
mod table;
mod text;
mod verify;
mod visibility;
mod write;

pub use assemble::{RunResults, assemble, attack_outcomes, backtest_measures};
pub use cell::Cell;
pub use changes::{MovedTerm, TermSource, diff, key_parts};
pub use checks::{check, failures, has_address};
pub use dictionary::{markdown, type_name};
pub use error::SnapshotError;
pub use explain::{Contribution, ExplainedFinding, Explanation, explain};
pub use index::{ErrataFile, Erratum, Index, IndexEntry};
pub use key_lookup::{KeyQuery, KeyRows, rows_by_key};
pub use manifest::{Manifest, ManifestPrevious, ManifestSuite, ManifestTable, SCHEMA_VERSION, SignalDoc};
pub use out_folder::OutFolder;
pub use previous::{Previous, PreviousChoice};
pub use published::{PairVisitor, Published, TableVisitor, read_alone, read_manifest};
pub use reasons::{evidence_level, null_reason};
pub use retention::Retention;
pub use shards::{Bring, LOOKED_UP_METRICS, LOOKED_UP_TABLES, LOOKUP_DATA, LOOKUP_INDEX, LookupFiles, Shards, lookup_files};
pub use table::{Column, Table, TableError};
pub use text::{Text, Word};
pub use verify::{Verification, verify};
pub use visibility::visibility_problems;
pub use write::{WriteOptions, Written, write, write_alone};
