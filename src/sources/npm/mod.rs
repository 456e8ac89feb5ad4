//! npm: packages that a job names, who may publish them, who did, what they need, which repository they name, what their
//! attestations prove.
//!
//! One document a package (a packument) called `NAME/packument.json`, and for the newest releases with attestations one called
//! `NAME/VERSION.attestations.json`.

mod needs;
mod packument;
mod project;
mod repository;

use super::registry::{Client, Part, Parts, Project, Refusal, Registry};
use crate::ids::Ecosystem;
use crate::units::Day;

/// Name of this source.
const SOURCE: &str = "npm";
/// The registry.
pub(super) const NPM: Registry = Registry { name: SOURCE, ecosystem: Ecosystem::Npm, parts: &PARTS, client: CLIENT, project };
/// The document of a package.
const PACKUMENT: &str = "packument.json";
/// The full form: only it has days, maintainers and repositories.
const PARTS: [Part; 1] =
    [Part { file: PACKUMENT, accept: Some("application/json"), address: |base, name| base.join(&name.replace('/', "%2f")).ok() }];
/// Says which registry npm uses, from its settings files and variables.
const CLIENT: Client = Client {
    command: &["npm", "config", "get", "registry"],
    address: |printed| printed.lines().map(str::trim).find(|line| line.starts_with("http")),
};

fn project(parts: &Parts, until: Option<Day>) -> Result<Project, Refusal> {
    let document = parts.bytes(PACKUMENT)?.ok_or(Refusal::Reject("package without its document"))?;
    project::project(parts.name, &document, until)
}

#[cfg(test)]
mod tests;
