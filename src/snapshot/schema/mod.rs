//! The published tables, one struct a table. Node ids are what the kind calls its key: a purl, a canonical repository URL, a
//! person id or a team id.

mod attacks;
mod backtest;
mod facts;
mod histories;
mod registries;
mod results;
mod run;
mod validation;

pub use attacks::*;
pub use backtest::*;
pub use facts::*;
pub use histories::*;
pub use registries::*;
pub use results::*;
pub use run::*;
pub use validation::*;
