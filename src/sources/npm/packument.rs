//! The fields of a packument that are read, full or abbreviated.
//!
//! Full form: <https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md#package>; abbreviated:
//! <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>. The second has no times, maintainers,
//! publishers, repositories and dependencies of development.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};

use crate::sources::registry::{Fields, Flag, FromJson, Items, KeyValues, Lenient, Object, Pairs, Text};

/// A whole document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Packument {
    /// Name of the package.
    pub(super) name: Text,
    /// Tag → version; `latest` is what new users get.
    #[serde(rename = "dist-tags")]
    pub(super) dist_tags: Pairs<Option<String>>,
    /// Version → time; `created`, `modified` and `unpublished` beside them.
    pub(super) time: Pairs<Time>,
    /// Who may publish now.
    pub(super) maintainers: Items<Fields<Person>>,
    /// Version → what it is.
    pub(super) versions: Pairs<Fields<VersionFields>>,
}

/// One version.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct VersionFields {
    /// What it is for; tells security holdings.
    pub(super) description: Text,
    /// Web page.
    pub(super) homepage: Text,
    /// Where it says it comes from.
    pub(super) repository: Lenient<RepositoryField>,
    /// Why it should not be used; an empty text takes that back.
    pub(super) deprecated: Flag,
    /// Commit of the working copy it was packed in.
    #[serde(rename = "gitHead")]
    pub(super) git_head: Text,
    /// Who published it.
    #[serde(rename = "_npmUser")]
    pub(super) npm_user: Object<Person>,
    /// Who could publish when it was.
    pub(super) maintainers: Items<Fields<Person>>,
    /// Its file.
    pub(super) dist: Object<Dist>,
    /// Name → range.
    pub(super) dependencies: Pairs<Option<String>>,
    /// Name → range.
    #[serde(rename = "optionalDependencies")]
    pub(super) optional_dependencies: Pairs<Option<String>>,
    /// Name → range.
    #[serde(rename = "peerDependencies")]
    pub(super) peer_dependencies: Pairs<Option<String>>,
    /// Name → range.
    #[serde(rename = "devDependencies")]
    pub(super) dev_dependencies: Pairs<Option<String>>,
}

/// An account. Its address is not read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    /// Login.
    pub(super) name: Text,
    /// The registry let a workflow in, not a person.
    #[serde(rename = "trustedPublisher")]
    pub(super) trusted_publisher: Lenient<Presence>,
}

/// The file of a version.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dist {
    /// Digests, as Subresource Integrity.
    pub(super) integrity: Text,
    /// Where attestations are, when there are some.
    pub(super) attestations: Lenient<Presence>,
    /// What the registry signed `NAME@VERSION:INTEGRITY` with.
    pub(super) signatures: Items<Fields<Signature>>,
}

/// A signature of the registry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Signature {
    /// Name of the key.
    pub(super) keyid: Text,
    /// In base64.
    pub(super) sig: Text,
}

/// Whether something is there: `true`, or an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Presence(pub(super) bool);

impl<'de> FromJson<'de> for Presence {
    fn of_bool(value: bool) -> Self {
        Self(value)
    }

    fn of_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self(true))
    }
}

/// A time, or, under `unpublished`, an object that says who removed the package.
#[derive(Clone, Debug, Default)]
pub(super) struct Time {
    /// As written.
    pub(super) text: Option<String>,
    /// It is an object.
    pub(super) is_object: bool,
}

impl<'de> FromJson<'de> for Time {
    fn of_text(text: &str) -> Self {
        Self { text: Some(text.to_owned()), is_object: false }
    }

    fn of_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        Presence::of_object(object).map(|Presence(is_object)| Self { text: None, is_object })
    }
}

/// `repository`: a text, or an object with `url` and `directory`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RepositoryField {
    /// As written.
    pub(super) url: Option<String>,
    /// Folder, as written.
    pub(super) directory: Option<String>,
}

impl<'de> FromJson<'de> for RepositoryField {
    fn of_text(text: &str) -> Self {
        Self { url: Some(text.to_owned()), directory: None }
    }

    fn of_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        let fields = Lenient(KeyValues::<Option<String>>::of_object(object)?);
        let text = |key| fields.get(key).cloned().flatten();
        Ok(Self { url: text("url"), directory: text("directory") })
    }
}
