//! Where the repositories of a job lie, and by which URL each is known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{NAME, mirror_folder};
use crate::ids::RepositoryUrl;
use crate::job::GitSource;
use crate::sources::repository_name::parse_url;
use crate::sources::{FetchContext, SourceError};

/// URL and folder of every configured repository, in the order of the job. One without a path lies where it is mirrored. `--input git=PATH` is the folder of the only
/// repository, or holds one folder a repository, named like the last part of its URL (with or without `.git`).
pub(super) fn locate(settings: &GitSource, context: &FetchContext) -> Result<Vec<(RepositoryUrl, PathBuf)>, SourceError> {
    let repositories = &settings.repositories;
    let input = context.inputs.get(NAME);
    let mut urls = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut located = Vec::with_capacity(repositories.len());
    for (number, repository) in (1..).zip(repositories) {
        // The text itself is not shown: it may hold a password.
        let entry = || format!("entry {number} of [sources.git] repositories");
        let url = parse_url(&repository.url).map_err(|reject| wrong(&entry(), reject.reason()))?;
        let path = match (input, &repository.path) {
            (None, Some(path)) => context.job_folder.join(path),
            (None, None) if settings.mirror.is_some() => mirror_folder(&context.cache, &url),
            (None, None) => {
                return Err(wrong(url.as_str(), "has no `path`; give one, or say in [sources.git.mirror] how to mirror it"));
            }
            (Some(input), _) if repositories.len() == 1 => input.clone(),
            (Some(input), _) => subfolder(input, &url, &repository.url),
        };
        if !urls.insert(url.clone()) {
            return Err(wrong(url.as_str(), "is named twice in the job; keep one of the entries"));
        }
        if !paths.insert(path.clone()) {
            return Err(wrong(url.as_str(), "shares its folder with another repository of the job; give each its own"));
        }
        located.push((url, path));
    }
    Ok(located)
}

/// The first of the possible names that exists; the plain one when none does.
fn subfolder(input: &Path, url: &RepositoryUrl, written: &str) -> PathBuf {
    let last = |text: &str| {
        let text = text.trim_end_matches('/');
        text.rsplit(['/', ':']).next().unwrap_or_default().trim_end_matches(".git").to_owned()
    };
    let plain = last(url.as_str());
    let written = Some(last(written)).filter(|name| *name != "." && *name != "..");
    let names = [Some(plain.clone()), written].into_iter().flatten();
    let names = names.flat_map(|name| [name.clone(), format!("{name}.git")]);
    names.map(|name| input.join(name)).find(|path| path.is_dir()).unwrap_or_else(|| input.join(plain))
}

fn wrong(url: &str, what: &str) -> SourceError {
    SourceError::Job { source_name: NAME, what: format!("{url}: {what}") }
}
