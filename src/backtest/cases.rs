//! `governance_cases.csv`: packages of a published evaluation, with the day before which each must have been seen.

use std::path::Path;

use serde::Deserialize;

use crate::ids::RepositoryUrl;
use crate::units::Day;

/// One package of the evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// URL of its repository.
    pub url: String,
    /// `T1` … `T5`, `T_risk`, `control`.
    pub tier: String,
    /// Facts of this day and later are not used; `None` for a control.
    pub cutoff: Option<Day>,
}

/// Why the cases cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file cannot be opened.
    #[error("cases: {0}")]
    Io(#[from] std::io::Error),
    /// The file is no table of cases.
    #[error("cases: {file}: {what}; its columns are explained in jobs/README.md")]
    Input {
        /// Name of the file.
        file: String,
        /// Where and what.
        what: String,
    },
}

#[derive(Deserialize)]
struct Row {
    tier: String,
    cutoff_date: String,
    repo: String,
}

impl Case {
    /// Reads all rows of `path`. Columns `tier`, `cutoff_date` and `repo` are needed; others are notes for people.
    pub fn read(path: &Path, url_prefix: &str) -> Result<Vec<Self>, CaseError> {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let input = |what: String| CaseError::Input { file: file.clone(), what };
        let mut reader = csv::Reader::from_reader(fs_err::File::open(path)?);
        let header = reader.headers().map_err(|_| input("has no header line".to_owned()))?.clone();
        if let Some(missing) = ["tier", "cutoff_date", "repo"].iter().find(|name| !header.iter().any(|column| column == **name)) {
            return Err(input(format!("column `{missing}` is missing")));
        }
        let mut cases = Vec::new();
        for (row, record) in (1..).zip(reader.deserialize()) {
            let record: Row = record.map_err(|_| input(format!("row {row} cannot be read")))?;
            let case = Self::new(record, url_prefix).map_err(|what| input(format!("row {row}: {what}")))?;
            cases.push(case);
        }
        if cases.is_empty() {
            return Err(input("holds no case".to_owned()));
        }
        Ok(cases)
    }

    fn new(row: Row, url_prefix: &str) -> Result<Self, &'static str> {
        let cutoff = match row.cutoff_date.as_str() {
            "" => None,
            text => Some(Day::parse(text).ok_or("cutoff_date is no day (YYYY-MM-DD)")?),
        };
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if row.tier.is_empty() || row.tier.len() > 20 || !row.tier.chars().all(is_word) {
            return Err("tier is no word");
        }
        let url = RepositoryUrl::parse(&format!("{url_prefix}{}", row.repo)).map_err(|_| "repo is no path of a URL")?;
        Ok(Self { url: url.to_string(), tier: row.tier, cutoff })
    }
}
