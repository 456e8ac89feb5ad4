use crate::ids::RepositoryId;
use crate::units::Day;

/// What is known to have happened to a repository. Used to judge signals, never to compute them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The repository.
    pub repository: RepositoryId,
    /// Kind, such as `takeover-malicious`, `handover-benign`, `healthy`.
    pub label: String,
    /// When it happened.
    pub event: Option<Day>,
    /// When the public learned of it.
    pub disclosure: Option<Day>,
    /// The history reaches the event. `None` when the label names no event.
    pub is_event_covered: Option<bool>,
    /// The registry world of its packages, in the words of the label file. `None`: not told.
    pub ecosystem: Option<String>,
    /// How sure the label is, in the words of the label file.
    pub source_checked: String,
}
