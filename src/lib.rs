//! The open source trust graph.
pub mod ids;
pub mod job;
pub mod ordered;
pub mod site;
pub mod snapshot;
pub mod tables;
pub mod units;
