//! Which packages a job asks for: by name, and by what lockfiles name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::ids::{Ecosystem, Purl, pypi_name};
use crate::lockfiles::{self, Origin, Registries};
use crate::sources::{FetchContext, SourceError};

/// The packages of `names` and `files`, once each, in the order of their ids and in the one spelling the registry's addresses
/// have. A name that no package of the registry can have, and none at all, is wrong use. What a lockfile takes from elsewhere
/// (git, folders, other registries) is told in the log and left out.
pub(in crate::sources) fn wanted(
    source_name: &'static str,
    ecosystem: Ecosystem,
    names: &[String],
    files: &[PathBuf],
    context: &FetchContext,
) -> Result<BTreeMap<Purl, String>, SourceError> {
    let error = |what: String| SourceError::Job { source_name, what };
    let mut wanted = BTreeMap::new();
    for name in names {
        let found = one(ecosystem, name);
        let odd = || error(format!("`{}` is no name of a package; correct or remove it", name.escape_default()));
        wanted.extend([found.ok_or_else(odd)?]);
    }
    for file in files {
        let read = lockfiles::read(&context.job_folder.join(file), None, &Registries::default());
        let lockfile = read.map_err(|cause| error(cause.to_string()))?;
        let prefix = format!("pkg:{}/", ecosystem.name());
        let mut elsewhere_count = 0;
        for locked in &lockfile.locked {
            let name = locked.purl.strip_prefix(&prefix).filter(|_| locked.origin == Origin::Registry);
            match name.and_then(|name| one(ecosystem, &name.replace("%40", "@"))) {
                Some(found) => wanted.extend([found]),
                None => elsewhere_count += 1,
            }
        }
        if elsewhere_count > 0 {
            tracing::warn!("{source_name}: {elsewhere_count} entries of {} come from elsewhere and are left out", file.display());
        }
    }
    if wanted.is_empty() {
        Err(error("asks for no package; add names to `packages` or files to `lockfiles`".into()))
    } else {
        Ok(wanted)
    }
}

/// Whether a package of `ecosystem` can be called `name`, so that its address can be asked.
pub(in crate::sources) fn is_package_name(ecosystem: Ecosystem, name: &str) -> bool {
    one(ecosystem, name).is_some()
}

fn one(ecosystem: Ecosystem, name: &str) -> Option<(Purl, String)> {
    let purl = Purl::new(ecosystem, name).filter(|_| is_name(name))?;
    Some((purl, if ecosystem == Ecosystem::Pypi { pypi_name(name) } else { name.to_owned() }))
}

/// Path parts of letters, digits and `.`, `_`, `-`, `~`; the first of two begins with `@`.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-~".contains(c);
        !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain)
    };
    let plain = name.strip_prefix('@').and_then(|scoped| scoped.split_once('/'));
    name.len() <= 214 && plain.map_or_else(|| is_part(name), |(scope, name)| is_part(scope) && is_part(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_paths_are_refused() {
        for name in ["left-pad", "@types/node", "JSONStream", "a.b_c~d"] {
            assert!(one(Ecosystem::Npm, name).is_some(), "{name}");
        }
        for name in ["", "..", "../x", "@../x", "@x/..", "/etc/passwd", "a/b", "@a/b/c", "a\\b", "a b", "a%2fb", "é", "a\0"] {
            assert!(one(Ecosystem::Npm, name).is_none(), "{name}");
        }
        for (name, purl, spelling) in [("Flask", "pkg:pypi/flask", "flask"), ("Zope_I", "pkg:pypi/zope-i", "zope-i")] {
            let found = one(Ecosystem::Pypi, name).map(|(purl, name)| (purl.to_string(), name));
            assert_eq!(found, Some((purl.to_owned(), spelling.to_owned())));
        }
    }
}
