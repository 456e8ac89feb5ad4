//! How well signals work.

use crate::snapshot::Word;
use crate::snapshot::table::table;

table! {
    /// One row a figure of a backtest: signals replayed on labelled histories, and orphaning foretold between two suites. Made by `trustgraph backtest` from its own inputs, not from those of the snapshot; a snapshot publishes the report its job names. Empty when the job names none.
    "backtest_measures" keyed by ["position"] => BacktestMeasureRow {
        /// From 1, in the order they were measured.
        position: i64,
        /// What is measured; the names are explained in `jobs/README.md`.
        name: Word,
        /// Of what: tiers, a repository, a group. Null: of nothing in particular.
        subject: Option<String>,
        /// By which signal or baseline. Null: by none.
        signal: Option<String>,
        /// Calendar month, as `YYYY-MM`. Null: of no month.
        month: Option<String>,
        /// The figure. Null: it could not be measured; see `note`.
        value: Option<f64>,
        /// Lower end of the 95 % bootstrap interval. Null: none was drawn.
        lower: Option<f64>,
        /// Upper end. Null: none was drawn.
        upper: Option<f64>,
        /// Cases it rests on. Null: it rests on none.
        n: Option<i64>,
        /// What else must be known to read it. Null: nothing.
        note: Option<String>,
    }
}
