use std::collections::BTreeMap;

/// What became of the rows of one input file. Nothing is lost silently: `read_count` + all of `rejects` = rows in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadReport {
    /// Source name, such as `debian`.
    pub source: &'static str,
    /// File name inside the source, such as `trixie_Sources.xz`.
    pub file: String,
    /// Rows taken in.
    pub read_count: u64,
    /// Rows, or parts of rows, refused, by reason.
    pub rejects: BTreeMap<String, Reject>,
    /// What was set aside on purpose, by reason (`extra-source-only`, `older version of the same name`); not an error.
    pub skips: BTreeMap<String, u64>,
}

/// How often something was refused, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// How often.
    pub count: u64,
    /// Row or stanza number (from 1) of the first.
    pub first_row: u64,
}

impl ReadReport {
    /// An empty report of `file`.
    pub fn new(source: &'static str, file: impl Into<String>) -> Self {
        Self { source, file: file.into(), ..Self::default() }
    }

    /// Counts a refused row. `reason` is one of a small fixed set and never holds upstream text.
    pub fn reject(&mut self, reason: &str, row: u64) {
        let reject = self.rejects.entry(reason.to_owned()).or_insert(Reject { count: 0, first_row: row });
        reject.count += 1;
        reject.first_row = reject.first_row.min(row);
    }

    /// Counts something set aside on purpose.
    pub fn skip(&mut self, reason: &str) {
        self.skip_many(reason, 1);
    }

    /// Counts `count` rows set aside on purpose; none is not a count.
    pub fn skip_many(&mut self, reason: &str, count: usize) {
        if count > 0 {
            *self.skips.entry(reason.to_owned()).or_default() += count as u64;
        }
    }

    /// All rejects.
    pub fn reject_count(&self) -> u64 {
        self.rejects.values().map(|reject| reject.count).sum()
    }
}
