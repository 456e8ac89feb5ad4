//! The open source trust graph: a batch job that reads what package ecosystems and git histories say, builds one graph of
//! persons, repositories and packages, lets trust flow through it until nothing moves, and publishes a reproducible snapshot
//! and a static website.
//!
//! # Reading order
//!
//! Data flows one way, and so does the reading:
//!
//! ```text
//! sources → tables → links → identity → graph → scores → signals, attacks → snapshot → site
//! ```
//!
//! 1. [`pipeline::run`] is the whole path, one stage a statement.
//! 2. [`tables`] says what is known: one row type a file, no opinion. [`sources`] fills it, one upstream a folder.
//!    [`provenance`] stands beside them: what an attestation proves about an artifact.
//! 3. [`links`] says which repository a package is built from and how well that is known, [`identity`] who is who, [`graph`]
//!    who touches what.
//! 4. [`scores`] is what the project exists for. Start with the doc comment of `scores/operator.rs`: the map whose fixed point
//!    is trust, and why there is exactly one.
//! 5. [`signals`] asks what to look at, one question a file.
//!    [`backtest`] replays those on histories and says how well they work.
//! 6. [`attacks`] asks what an attacker would gain: it plants rows beside the facts, and all scores are computed anew.
//! 7. [`snapshot`] is what we publish; `snapshot/schema/` is the one schema from which files, docs and checks are made.
//! 8. [`site`] shows a snapshot and knows nothing else.
//! 9. [`lockfiles`] says what a project installs, [`policy`] holds it against a snapshot: who may pass. [`scan`] makes a snapshot of
//!    just that and says who is behind it.
//!
//! Every number of opinion is in `jobs/`, with its reason. Below [`pipeline`] nobody reads the clock, the environment or the
//! thread count; equal inputs and job give equal bytes. `tests/architecture.rs` holds these rules.

pub mod attacks;
pub mod backtest;
pub mod cli;
pub mod graph;
pub mod identity;
pub mod ids;
pub mod job;
pub mod links;
pub mod lockfiles;
pub mod ordered;
pub mod pipeline;
pub mod policy;
pub mod provenance;
pub mod scan;
pub mod scores;
pub mod signals;
pub mod site;
pub mod snapshot;
pub mod sources;
pub mod tables;
pub mod units;
