use super::CommitId;
use crate::ids::{AccountId, RepositoryId};
use crate::units::Day;

/// A line at the end of a commit's message that says who else took part. Written by whoever made the commit: it proves nothing
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trailer {
    /// The history.
    pub repository: RepositoryId,
    /// Day of the commit, as [`Commit::committed`](super::Commit::committed).
    pub committed: Day,
    /// The commit.
    pub commit: CommitId,
    /// What the account did.
    pub role: TrailerRole,
    /// Who.
    pub account: AccountId,
}

/// What a trailer says that somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrailerRole {
    /// `Co-authored-by`.
    CoAuthor,
    /// `Signed-off-by`: handed the change on and vouches that it may be used.
    SignedOff,
    /// `Reviewed-by`.
    Reviewer,
    /// `Acked-by`.
    Acker,
    /// `Tested-by`.
    Tester,
}

impl TrailerRole {
    /// All, with the key git histories use, in lower case.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::CoAuthor, "co-authored-by"),
        (Self::SignedOff, "signed-off-by"),
        (Self::Reviewer, "reviewed-by"),
        (Self::Acker, "acked-by"),
        (Self::Tester, "tested-by"),
    ];

    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::CoAuthor => "co_author",
            Self::SignedOff => "signed_off",
            Self::Reviewer => "reviewer",
            Self::Acker => "acker",
            Self::Tester => "tester",
        }
    }
}
