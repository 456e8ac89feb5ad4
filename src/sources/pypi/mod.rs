//! The Python Package Index: projects that a job names, who owns them, what they need, which repository they name, what their
//! attestations prove.
//!
//! Two documents a project, `NAME/simple.json` (every file with its digest, day and provenance; state of the project) and
//! `NAME/project.json` (metadata of the newest release, ownership), and for the newest releases with attestations one called
//! `NAME/VERSION.attestations.json`.

mod documents;
mod files;
mod links;
mod project;
mod requirement;

use url::Url;

use super::registry::{Client, Part, Parts, Project, Refusal, Registry};
use crate::ids::Ecosystem;
use crate::units::Day;

/// Name of this source.
const SOURCE: &str = "pypi";
/// The index.
pub(super) const PYPI: Registry = Registry { name: SOURCE, ecosystem: Ecosystem::Pypi, parts: &PARTS, client: CLIENT, project };
/// The documents of a project.
const SIMPLE: &str = "simple.json";
const PROJECT: &str = "project.json";
const PARTS: [Part; 2] = [
    Part {
        file: SIMPLE,
        accept: Some("application/vnd.pypi.simple.v1+json"),
        address: |base, name| base.join(&format!("{name}/")).ok(),
    },
    Part { file: PROJECT, accept: Some("application/json"), address: project_address },
];
/// Says which index pip uses: its help shows the default, with what settings files and variables make of it.
const CLIENT: Client = Client {
    command: &["pip", "install", "--help"],
    address: |printed| {
        let (_, after) = printed.split_once("--index-url")?;
        let (_, address) = after.split_once("(default")?;
        address.split(')').next().map(|address| address.trim().trim_end_matches('.'))
    },
};

/// The project document lies beside the simple API, which is what pip is configured for.
fn project_address(base: &Url, name: &str) -> Option<Url> {
    let root = base.as_str().strip_suffix("simple/")?;
    Url::parse(&format!("{root}pypi/{name}/json")).ok()
}

fn project(parts: &Parts, until: Option<Day>) -> Result<Project, Refusal> {
    let (simple, whole) = (parts.bytes(SIMPLE)?, parts.bytes(PROJECT)?);
    project::project(parts.name, simple.as_deref(), whole.as_deref(), until)
}

#[cfg(test)]
mod tests;
