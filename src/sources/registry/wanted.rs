//! Which packages a job asks for.

use std::collections::BTreeMap;

use crate::ids::{Ecosystem, Purl, pypi_name};
use crate::sources::SourceError;

/// The packages of `names`, once each, in the order of their ids and in the one spelling the registry's addresses have. A name that no package of the registry can have is wrong use.
pub(in crate::sources) fn wanted(
    source_name: &'static str,
    ecosystem: Ecosystem,
    names: &[String],
) -> Result<BTreeMap<Purl, String>, SourceError> {
    let mut wanted = BTreeMap::new();
    for name in names {
        let purl = Purl::new(ecosystem, name).filter(|_| is_name(name)).ok_or_else(|| SourceError::Job {
            source_name,
            what: format!("`{}` is no name of a package; correct or remove it", name.escape_default()),
        })?;
        let one_spelling = if ecosystem == Ecosystem::Pypi { pypi_name(name) } else { name.clone() };
        wanted.insert(purl, one_spelling);
    }
    Ok(wanted)
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
        let ask = |ecosystem, name: &str| wanted("npm", ecosystem, &[name.to_owned()]);
        for name in ["left-pad", "@types/node", "JSONStream", "a.b_c~d"] {
            assert_eq!(ask(Ecosystem::Npm, name).map(|found| found.len()).ok(), Some(1), "{name}");
        }
        for name in ["", "..", "../x", "@../x", "@x/..", "/etc/passwd", "a/b", "@a/b/c", "a\\b", "a b", "a%2fb", "é", "a\0"] {
            assert!(ask(Ecosystem::Npm, name).is_err(), "{name}");
        }
        let names = ["Flask", "flask", "zope.interface"].map(str::to_owned);
        let both = wanted("pypi", Ecosystem::Pypi, &names).expect("names");
        assert_eq!(both.keys().map(Purl::as_str).collect::<Vec<_>>(), ["pkg:pypi/flask", "pkg:pypi/zope-interface"]);
    }
}
