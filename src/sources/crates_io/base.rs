//! Where cargo finds the registry on this machine.

use std::path::Path;

use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

use super::{SOURCE, fetch_error};
use crate::sources::{FetchContext, SourceError};

/// Name cargo gives its default registry in `[source]`.
const DEFAULT: &str = "crates-io";
/// Longest chain of replacements followed.
const MAX_REPLACEMENTS: usize = 8;

/// Cargo's settings, as far as they say where a registry is.
/// <https://doc.rust-lang.org/cargo/reference/source-replacement.html>
#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    source: BTreeMap<String, Replacement>,
    #[serde(default)]
    registries: BTreeMap<String, Named>,
}

#[derive(Deserialize)]
struct Replacement {
    #[serde(rename = "replace-with")]
    replace_with: Option<String>,
    registry: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    index: Option<String>,
}

/// Address of the sparse index: the one given, else the one cargo's settings name, else the one cargo used last.
pub(super) fn index(context: &FetchContext) -> Result<Url, SourceError> {
    if let Some(base) = given(context)? {
        return Ok(base);
    }
    let hint = "name the sparse index with `--base crates_io=URL`";
    let home = context.cargo_home.as_deref().ok_or_else(|| fetch_error(format!("cargo has no folder here; {hint}")))?;
    let text = match configured(home)? {
        Some(text) => text,
        None => used(home).ok_or_else(|| fetch_error(format!("cargo has used no sparse index here; {hint}")))?,
    };
    url(&text).ok_or_else(|| fetch_error(format!("cargo is configured for a registry that is no sparse index; {hint}")))
}

/// The address given on the command line.
pub(super) fn given(context: &FetchContext) -> Result<Option<Url>, SourceError> {
    let Some(text) = context.bases.get(SOURCE) else { return Ok(None) };
    let wrong = || fetch_error("the base address is no http or https URL; correct `--base crates_io=URL`".to_owned());
    url(text).map(Some).ok_or_else(wrong)
}

fn url(text: &str) -> Option<Url> {
    let text = text.strip_prefix("sparse+").unwrap_or(text);
    let url = Url::parse(&format!("{}/", text.trim_end_matches('/'))).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// What `config.toml` (or the older `config`) in cargo's folder says.
fn configured(home: &Path) -> Result<Option<String>, SourceError> {
    for name in ["config.toml", "config"] {
        let Ok(text) = fs_err::read_to_string(home.join(name)) else { continue };
        let wrong = || fetch_error(format!("cargo's {name} cannot be read; name the sparse index with `--base crates_io=URL`"));
        let settings: Settings = toml::from_str(&text).map_err(|_| wrong())?;
        return Ok(settings.address());
    }
    Ok(None)
}

impl Settings {
    fn address(&self) -> Option<String> {
        let mut name = DEFAULT;
        for _ in 0..MAX_REPLACEMENTS {
            let Some(source) = self.source.get(name) else { break };
            match (&source.replace_with, &source.registry) {
                (Some(next), _) => name = next,
                (None, registry) => return registry.clone(),
            }
        }
        self.registries.get(name).and_then(|named| named.index.clone())
    }
}

/// Host of the index cargo keeps a cache of: the folder is called `HOST-HASH` and holds the index's `config.json`.
fn used(home: &Path) -> Option<String> {
    let folders = fs_err::read_dir(home.join("registry").join("index")).ok()?.filter_map(Result::ok);
    let host = |entry: fs_err::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (host, hash) = name.rsplit_once('-')?;
        let is_sparse = entry.path().join("config.json").is_file() && hash.len() == 16;
        is_sparse.then(|| format!("https://{host}"))
    };
    let mut hosts: Vec<String> = folders.filter_map(host).collect();
    hosts.sort();
    hosts.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<String> {
        toml::from_str::<Settings>(text).expect("settings").address()
    }

    #[test]
    fn replacements_are_followed() {
        assert_eq!(address(""), None);
        let text =
            "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nregistry = 'sparse+https://a.example.org/i/'\n[net]\nx = 1";
        assert_eq!(address(text).as_deref(), Some("sparse+https://a.example.org/i/"));
        let text = "[source.crates-io]\nreplace-with = 'a'\n[registries.a]\nindex = 'sparse+https://b.example.org/'";
        assert_eq!(address(text).as_deref(), Some("sparse+https://b.example.org/"));
        assert_eq!(address("[source.crates-io]\nreplace-with = 'crates-io'"), None, "a circle ends");
        assert_eq!(url("sparse+https://a.example.org/i").map(String::from).as_deref(), Some("https://a.example.org/i/"));
        assert_eq!(url("git+ssh://a.example.org/i"), None);
    }

    #[test]
    fn the_index_cargo_used_last() {
        let home = tempfile::tempdir().expect("a folder");
        assert_eq!(used(home.path()), None);
        let folder = home.path().join("registry/index/index.example.org-0123456789abcdef");
        fs_err::create_dir_all(&folder).expect("created");
        assert_eq!(used(home.path()), None, "no sparse index");
        fs_err::write(folder.join("config.json"), "{}").expect("written");
        assert_eq!(used(home.path()).as_deref(), Some("https://index.example.org"));
    }
}
