//! WHO IS BEHIND MY DEPENDENCIES: what the lockfiles of one project name, held against a snapshot that was made of just that.
//!
//! ```text
//! folder → lockfiles → project → (pipeline mirrors, scores, publishes) → report → text, JSON, first page of the site
//! ```
//!
//! A package is ranked only where its trust and who may publish it are known; any other stands apart, with the reasons in words.
//! Missing is not zero.

mod dependency;
mod known;
mod project;
mod report;
mod text;

pub use dependency::{Dependency, Finding, Publisher};
pub use project::{Locked, Project, ProjectFile};
pub use report::Report;

#[cfg(test)]
mod tests;
