//! Dependencies of one version.

use std::collections::BTreeSet;

use super::packument::VersionFields;
use crate::ids::{Ecosystem, Purl};
use crate::sources::registry::Need;
use crate::tables::{DependencyKind, ReadReport};

/// All packages `fields` names, one entry a package and kind. The registry lists optional dependencies among the others as well;
/// they count as optional alone.
pub(super) fn needs(fields: &VersionFields, report: &mut ReadReport) -> Vec<Need> {
    let mut needs = BTreeSet::new();
    let optional: BTreeSet<&str> = fields.optional_dependencies.0.0.iter().map(|(name, _)| name.as_str()).collect();
    let kinds = [
        (&fields.dependencies, DependencyKind::Runtime),
        (&fields.optional_dependencies, DependencyKind::Optional),
        (&fields.peer_dependencies, DependencyKind::Optional),
        (&fields.dev_dependencies, DependencyKind::Development),
    ];
    for (pairs, kind) in kinds {
        for (name, range) in &pairs.0.0 {
            if kind == DependencyKind::Runtime && optional.contains(name.as_str()) {
                continue;
            }
            match purl(name, range.as_deref().unwrap_or_default()) {
                Ok(purl) => {
                    needs.insert(Need { purl, kind });
                }
                Err(reason) => report.skip(reason),
            }
        }
    }
    needs.into_iter().collect()
}

/// The package behind `name` and `range`; an alias `npm:other@1` means the other.
fn purl(name: &str, range: &str) -> Result<Purl, &'static str> {
    let range = range.trim();
    let real = match range.strip_prefix("npm:") {
        Some(alias) => alias.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(alias, |(at, _)| &alias[..at]),
        // `file:`, `git+ssh:`, `workspace:`, URLs, `owner/name`.
        None if range.contains([':', '/']) => return Err("dependency on a file or repository, not on a package"),
        None => name,
    };
    Purl::new(Ecosystem::Npm, real).ok_or("dependency whose name is no name of a package")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_aliases() {
        let text = r#"{
            "dependencies": {"a": "^1", "o": "1", "alias": "npm:@s/real@^2", "git": "owner/name", "f": "file:../f", "@x": "1", "n": 7},
            "optionalDependencies": {"o": "1"}, "peerDependencies": {"p": ">=1", "a": "1"}, "devDependencies": {"d": "*"}}"#;
        let fields: VersionFields = serde_json::from_str(text).expect("fields");
        let mut report = ReadReport::default();
        let found: Vec<String> = needs(&fields, &mut report).iter().map(|n| format!("{} {}", n.purl, n.kind.name())).collect();
        assert_eq!(
            found,
            [
                "pkg:npm/%40s/real runtime",
                "pkg:npm/a runtime",
                "pkg:npm/a optional",
                "pkg:npm/d development",
                "pkg:npm/n runtime",
                "pkg:npm/o optional",
                "pkg:npm/p optional",
            ]
        );
        assert_eq!(report.skips["dependency on a file or repository, not on a package"], 2);
        assert_eq!(report.skips["dependency whose name is no name of a package"], 1);
    }
}
