//! The open source trust graph.
pub mod cli;
pub mod graph;
pub mod identity;
pub mod ids;
pub mod job;
pub mod ordered;
pub mod site;
pub mod snapshot;
pub mod sources;
pub mod tables;
pub mod units;
