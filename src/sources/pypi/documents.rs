//! The fields that are read of the two documents the index has for a project.
//!
//! Simple API in JSON with its later additions (PEP 691, 700, 740, 792):
//! <https://packaging.python.org/en/latest/specifications/simple-repository-api/>. Project document:
//! the index's documentation of its JSON API.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::sources::registry::{Fields, Flag, FromJson, Items, KeyValues, Lenient, Object, Pairs, Text};

/// Simple API, project details.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Simple {
    /// Name.
    pub(super) name: Text,
    /// Every file.
    pub(super) files: Items<Fields<SimpleFile>>,
    /// State of the project.
    #[serde(rename = "project-status")]
    pub(super) project_status: Lenient<Status>,
}

/// A file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SimpleFile {
    /// Name; holds project and version.
    pub(super) filename: Text,
    /// Algorithm → digits.
    pub(super) hashes: Pairs<Option<String>>,
    /// When it came.
    #[serde(rename = "upload-time")]
    pub(super) upload_time: Text,
    /// Withdrawn, or why.
    pub(super) yanked: Flag,
    /// Address of the provenance document.
    pub(super) provenance: Text,
}

/// `project-status`: an object since version 1.4 of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Status(pub(super) Option<String>);

impl<'de> FromJson<'de> for Status {
    fn of_text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }

    fn of_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        let fields = Lenient(KeyValues::<Option<String>>::of_object(object)?);
        Ok(Self(fields.get("status").cloned().flatten()))
    }
}

/// Project document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whole {
    /// Metadata of the newest release.
    pub(super) info: Object<Info>,
    /// Version → its files.
    pub(super) releases: Pairs<Vec<Fields<ReleaseFile>>>,
    /// Who may do what.
    pub(super) ownership: Object<Ownership>,
}

/// Metadata.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Info {
    /// Name as the project writes it.
    pub(super) name: Text,
    /// Newest version, as the index sees it.
    pub(super) version: Text,
    /// Web page; given up for `project_urls`.
    pub(super) home_page: Text,
    /// Label → address.
    pub(super) project_urls: Pairs<Option<String>>,
    /// Requirements.
    pub(super) requires_dist: Items<Option<String>>,
}

/// A file of a release.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReleaseFile {
    /// Name.
    pub(super) filename: Text,
    /// Algorithm → digits.
    pub(super) digests: Pairs<Option<String>>,
    /// When it came.
    pub(super) upload_time_iso_8601: Text,
    /// Withdrawn.
    pub(super) yanked: Flag,
}

/// Accounts with a role, and the organization.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ownership {
    /// Accounts.
    pub(super) roles: Items<Fields<Role>>,
    /// Organization that holds the project.
    pub(super) organization: Text,
}

/// An account's role.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    /// `Owner` or `Maintainer`.
    pub(super) role: Text,
    /// Login.
    pub(super) user: Text,
}
