//! Why a repository has no mirror.

use std::time::Duration;

/// A reason, from a small fixed set: it never holds what a server or a file said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    /// The job does not allow this host.
    Host,
    /// A scheme that is not asked, or a URL with a user or a password.
    Scheme,
    /// The name leads to this machine, a private network, or another address that is not public.
    PrivateAddress,
    /// 404 or 410.
    NotFound,
    /// 401 or 403.
    NotPublic,
    /// Too many redirects, or one that leads to something that is no repository.
    Redirect,
    /// Another answer than success.
    Answer,
    /// 429 or 5xx.
    Busy,
    /// No connection, or it broke off.
    Connection,
    /// The answer is not the smart protocol of git.
    NotGit,
    /// The conversation or what came of it cannot be understood.
    Protocol,
    /// No commit at HEAD.
    Empty,
    /// Cut off at some depth.
    Shallow,
    /// Objects named by SHA-256.
    Sha256,
    /// An object of HEAD is missing or damaged.
    Corrupt,
    /// More time than the job allows.
    TooLong,
    /// More bytes than the job allows.
    TooLarge,
    /// More objects than the job allows.
    TooManyObjects,
    /// A folder that is no repository.
    NotARepository,
    /// A folder that takes its objects from another one.
    Alternates,
    /// The git program is asked for and cannot be started.
    NoProgram,
    /// The git program failed.
    Program,
    /// The cache folder cannot be written.
    Cache,
    /// A panic below us, caught.
    Unforeseen,
}

impl Refusal {
    /// What is wrong, for the state table and the log.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Host => "host is not in allow_hosts",
            Self::Scheme => "scheme is not asked: only https, and http where the job allows it, without user and password",
            Self::PrivateAddress => "address is not public and allow_private_addresses is not set",
            Self::NotFound => "not found",
            Self::NotPublic => "needs a login",
            Self::Redirect => "redirects do not lead to a repository",
            Self::Answer => "the server refuses",
            Self::Busy => "the server is busy or failing",
            Self::Connection => "the connection failed",
            Self::NotGit => "the server does not speak the smart protocol of git there",
            Self::Protocol => "what the server sent cannot be understood",
            Self::Empty => "no commit at HEAD (empty, or an unborn branch)",
            Self::Shallow => "shallow: its history is cut off",
            Self::Sha256 => "names its objects by SHA-256, which this program does not read",
            Self::Corrupt => "misses an object of HEAD or holds a damaged one",
            Self::TooLong => "takes longer than max_seconds",
            Self::TooLarge => "larger than max_bytes",
            Self::TooManyObjects => "more objects than max_objects",
            Self::NotARepository => "not a git repository",
            Self::Alternates => "takes its objects from another repository (objects/info/alternates); run `git repack -ad` in it",
            Self::NoProgram => "the git program cannot be started; install it or leave out use_git_program",
            Self::Program => "the git program failed",
            Self::Cache => "the cache folder cannot be written",
            Self::Unforeseen => "met something unforeseen",
        }
    }

    /// Where the same question may have another answer in a moment.
    pub(super) const PASSING: [Self; 5] = [Self::Busy, Self::Connection, Self::Protocol, Self::Program, Self::Cache];

    /// Whether it is one of these.
    pub(super) fn is_passing(self) -> bool {
        Self::PASSING.contains(&self)
    }
}

/// A refusal, and the wait a server asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Why.
    pub(super) refusal: Refusal,
    /// `Retry-After` of the server.
    pub(super) wait: Option<Duration>,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, wait: None }
    }
}

/// The cache cannot be written. The path is told in the log; the table holds no path.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        tracing::warn!("git: {error}");
        Refusal::Cache.into()
    }
}
