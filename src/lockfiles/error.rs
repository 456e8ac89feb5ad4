/// Why a lockfile cannot be read. Nothing of such a file is judged.
#[derive(Debug, thiserror::Error)]
pub enum LockfileError {
    /// It cannot be opened or read; names the path.
    #[error("{error}")]
    Io {
        /// What the system says.
        error: std::io::Error,
    },
    /// Larger than any lockfile is.
    #[error("{file}: larger than {} MiB; no lockfile or bill of materials is", super::MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        file: String,
    },
    /// Not UTF-8.
    #[error("{file}: is not UTF-8 text; write it again as UTF-8")]
    NotText {
        /// The file.
        file: String,
    },
    /// Neither its name nor its content says what it is.
    #[error("{file}: no known lockfile or bill of materials; known: {}", super::detect::KNOWN)]
    Unknown {
        /// The file.
        file: String,
    },
    /// It does not follow the grammar of its format, or the layout of its kind.
    #[error("{file}: line {line}: {what}")]
    Content {
        /// The file; empty until the reader of the whole file names it.
        file: String,
        /// 1-based.
        line: u32,
        /// What is wrong.
        what: String,
    },
}

impl LockfileError {
    /// The content is not what its format promises.
    pub(super) fn shape(line: u32, what: impl Into<String>) -> Self {
        Self::Content { file: String::new(), line, what: what.into() }
    }

    /// Names the file, where no inner reader did.
    pub(super) fn in_file(self, name: &str) -> Self {
        match self {
            Self::Content { file, line, what } if file.is_empty() => Self::Content { file: name.to_owned(), line, what },
            other => other,
        }
    }
}
