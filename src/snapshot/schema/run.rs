//! Tables about the run itself.

use crate::snapshot::Word;
use crate::snapshot::table::table;
use crate::units::Day;

table! {
    /// One row a cell that differs from the previous snapshot, or a row that came or went. Empty: there was no previous snapshot.
    "changes" keyed by ["table", "key", "column"] => ChangeRow {
        /// Table the row stands in; only tables about packages and repositories are compared.
        table: Word,
        /// Value of the key column; where the key has several columns, a JSON list of their values.
        key: String,
        /// Column that changed; `*` for a row that came or went.
        column: Word,
        /// `added`, `removed` or `changed`.
        change: Word,
        /// The value before, as text. Null: there was none, or a row came or went.
        before: Option<String>,
        /// The value now, as text. Null: there is none, or a row came or went.
        after: Option<String>,
        /// The terms of the ledger that moved most, with what they gave and give. Null: not a score, or no term moved.
        reason: Option<String>,
    }

    /// One row an id of the previous snapshot and an id of this one that share accounts, where not everything stayed as it was. Leads
    /// from old person ids to new ones. Whoever asked not to be shown has no row.
    "person_changes" keyed by ["earlier_person_id", "later_person_id"] => PersonChangeRow {
        /// The person in the previous snapshot.
        earlier_person_id: String,
        /// The person in this one.
        later_person_id: String,
        /// The previous snapshot.
        earlier_snapshot: Word,
        /// What became of the earlier person: `merged` with others, `split`, `mixed` (parted, and parts joined with others), or
        /// `renamed` (the same accounts as far as both snapshots show them, under another id).
        kind: Word,
        /// Accounts that both share.
        account_count: i64,
        /// Rows of `identity_joins` behind it: those of this snapshot that join accounts of the earlier person to others, and those
        /// of the previous one that held the later person to others.
        join_count: i64,
        /// How many of them rest on which evidence, such as `history_name 2, login 1`. Null: none is shown.
        evidence: Option<String>,
    }

    /// One row a sweep of the propagation.
    "sweeps" keyed by ["sweep"] => SweepRow {
        /// From 1.
        sweep: i64,
        /// Largest change of any lower bound in this sweep.
        lower_residual: f64,
        /// Largest change of any upper bound in this sweep.
        upper_residual: f64,
        /// Widest bracket after this sweep.
        gap: f64,
    }

    /// One row a raw input.
    "sources" keyed by ["source", "file"] => SourceRow {
        /// Source name.
        source: Word,
        /// Name of the file inside the source.
        file: String,
        /// `sha256:` of the raw bytes, or `git:` and the commit at HEAD.
        digest: String,
        /// Size of the raw file; 0 for a repository.
        size_bytes: i64,
        /// The day it speaks of. Null: it says itself.
        as_of: Option<Day>,
        /// Rows taken in.
        read_count: i64,
        /// Rows refused, or parts of rows; `quality` says which.
        reject_count: i64,
        /// Rows, or parts of rows, set aside on purpose; `quality` says which.
        skip_count: i64,
    }

    /// One row a measured figure or gate.
    "quality" keyed by ["check", "subject"] => QualityRow {
        /// Name of the check or figure.
        check: Word,
        /// What it is about: a table, a file and reason, a signal and answer.
        subject: String,
        /// The figure.
        value: f64,
        /// Limit it is held against. Null: a figure without a limit.
        limit: Option<f64>,
        /// Held. Null: a figure without a limit.
        is_passed: Option<bool>,
    }
}
