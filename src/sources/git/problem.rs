/// Why a whole repository cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The folder is missing, or gix cannot open it.
    NotARepository,
    /// Objects are named by SHA-256.
    Sha256,
    /// Cut off at some depth.
    Shallow,
    /// Empty, or HEAD is a branch without commits.
    NoCommit,
    /// An object of the history is missing, damaged, or not what its hash or kind says.
    Object,
    /// The list of tags is damaged.
    References,
}

impl Problem {
    /// What is wrong and what to do, for read reports and errors.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotARepository => {
                "is not a git repository this program can open; give the folder of a bare or ordinary clone, or mirror it with `trustgraph fetch`"
            }
            Self::Sha256 => "names its objects by SHA-256, which this program does not read; give a SHA-1 clone",
            Self::Shallow => "is a shallow clone whose history is cut off; run `git fetch --unshallow` in it",
            Self::NoCommit => "has no commit at HEAD (empty, or an unborn branch); point HEAD at a branch with commits",
            Self::Object => "misses an object of its history or holds a damaged one; run `git fsck` and clone again",
            Self::References => "has a damaged list of references; run `git fsck` and clone again",
        }
    }
}
