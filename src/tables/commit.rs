use super::{Areas, Clock, ReleaseName, SignatureKind};
use crate::ids::{AccountId, RepositoryId};
use crate::units::Day;

/// First twelve bytes of a commit's hash, zero-padded where the source is shorter. Enough to be unique in a repository.
pub type CommitId = [u8; 12];

/// One commit reachable from HEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commit {
    /// The history it belongs to.
    pub repository: RepositoryId,
    /// The committer's date, clipped to 1970-01-01..=day the history was taken.
    pub committed: Day,
    /// Its hash.
    pub id: CommitId,
    /// The author's date, clipped likewise.
    pub authored: Day,
    /// The author's clock. `None`: unknown.
    pub clock: Option<Clock>,
    /// Who wrote it, as the commit says. Free text in git: proves nothing alone.
    pub author: AccountId,
    /// Who committed it, as the commit says.
    pub committer: AccountId,
    /// 0 a root, 1 ordinary, 2 or more a merge; capped at 255.
    pub parent_count: u8,
    /// The commit carries a signature header (not verified here).
    pub has_signature: bool,
    /// The forge itself made the commit object, after authenticating who pressed the button.
    pub is_committed_by_forge: bool,
    /// Who put this very commit into the repository: the committer; where the forge committed, the author of the merge it is, or
    /// of the merge that brought it in. `None`: unknown, as for what a forge squashed.
    pub pusher: Option<AccountId>,
    /// Who brought it to the line of first parents of HEAD: the pusher of the commit of that line that first held it. `None`:
    /// unknown.
    pub lander: Option<AccountId>,
    /// When it reached that line, clipped as `committed`. `None`: unknown.
    pub landed: Option<Day>,
    /// Files, links and submodules it adds, deletes or changes against its parent, as `git log --raw --no-renames` lists them: a
    /// move is two, a merge none. `None`: unknown.
    pub file_count: Option<u32>,
    /// Lines it adds and deletes against its parent; of a merge, what the source says. `None`: unknown.
    pub line_count: Option<u32>,
    /// Where those lie. `None`: unknown.
    pub areas: Option<Areas>,
    /// How it is signed. `None`: not at all, or unknown when `has_signature`.
    pub signature: Option<SignatureKind>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// The repository.
    pub repository: RepositoryId,
    /// Short name, such as `v1.2.0`.
    pub name: String,
    /// The commit it names.
    pub target: CommitId,
    /// Who made it; `None` for a lightweight tag.
    pub tagger: Option<AccountId>,
    /// When it was made; for a lightweight tag the commit's date. `None` when neither is known.
    pub created: Option<Day>,
    /// The tag object carries a signature (not verified here).
    pub has_signature: bool,
    /// Who brought the commit it names to the line of first parents of HEAD: the best guess at who made a lightweight tag.
    /// `None`: unknown.
    pub lander: Option<AccountId>,
    /// How the tag object is signed. `None`: not at all, or unknown when `has_signature`.
    pub signature: Option<SignatureKind>,
}

impl Tag {
    /// Who made it, as far as anything says: the tagger, or else who landed the commit it names.
    pub fn maker(&self) -> Option<AccountId> {
        self.tagger.or(self.lander)
    }

    /// The version its name says, when it is one.
    pub fn release(&self) -> Option<ReleaseName> {
        ReleaseName::parse(&self.name)
    }
}
