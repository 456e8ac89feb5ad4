use serde::Serialize;

use super::Level;

/// How one question about one entry ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The file or a fact could not be read.
    Error,
    /// The policy does not let it pass, or warns.
    Failure,
    /// Not judged, and why.
    Skipped,
    /// Judged, and nothing speaks against it.
    Success,
}

impl Status {
    /// Name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
            Self::Success => "success",
        }
    }
}

/// One answer with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// What a failure means for the exit code.
    pub level: Level,
    /// Rule or signal; `package` for the sum of what passed.
    pub rule: String,
    /// Package URL without version; `None` where the answer is about no single package.
    pub purl: Option<String>,
    /// Version as the file pins it.
    pub version: Option<String>,
    /// File.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// Evidence in one sentence.
    pub message: String,
    /// Page of the package.
    pub link: Option<String>,
    /// Reason of the exception that covers it; it does not count then.
    pub allowed: Option<String>,
}

impl Outcome {
    /// It counts against the file.
    pub fn is_fatal(&self) -> bool {
        self.status == Status::Failure && self.level == Level::Fail && self.allowed.is_none()
    }

    /// Name and version as one text.
    pub fn package(&self) -> String {
        match (&self.purl, &self.version) {
            (Some(purl), Some(version)) => match purl.split_once('?') {
                Some((name, qualifiers)) => format!("{name}@{version}?{qualifiers}"),
                None => format!("{purl}@{version}"),
            },
            (Some(purl), None) => purl.clone(),
            (None, _) => String::new(),
        }
    }
}
