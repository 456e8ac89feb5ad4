//! Manifests at HEAD: which packages a repository itself names.

use std::collections::BTreeMap;

use crate::ids::{Ecosystem, RepositoryId, pypi_name};
use crate::tables::{ManifestKind, Package, Tables};

/// Folders by package, for one repository and kind of manifest.
type Folders = BTreeMap<String, Vec<String>>;

/// Names in all manifests.
pub(super) struct Manifests(BTreeMap<(RepositoryId, ManifestKind), Folders>);

/// What a repository says of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It names it.
    Yes,
    /// It names another at the very place.
    Another,
    /// Nothing that would decide.
    Unknown,
}

impl Manifests {
    /// Reads every manifest once.
    pub(super) fn of(tables: &Tables) -> Self {
        let mut found: BTreeMap<_, Folders> = BTreeMap::new();
        for row in &tables.manifests {
            let name = comparable(row.kind, &row.package);
            found.entry((row.repository, row.kind)).or_default().entry(name).or_default().push(row.directory.clone());
        }
        Self(found)
    }

    /// Whether `repository` names `package`. Another package speaks against it only where no doubt is left about the place: at the
    /// folder the package names, or at the root of a repository with a single manifest of the kind. Roots of monorepos have names
    /// that nobody publishes, and names may be made while building.
    pub(super) fn named(&self, package: &Package, repository: RepositoryId, directory: Option<&str>) -> Named {
        let kind = match package.ecosystem {
            Ecosystem::Cargo => ManifestKind::Cargo,
            Ecosystem::Npm => ManifestKind::Npm,
            Ecosystem::Pypi => ManifestKind::Python,
            Ecosystem::Debian => ManifestKind::Debian,
        };
        let Some(folders) = self.0.get(&(repository, kind)) else { return Named::Unknown };
        if folders.contains_key(&comparable(kind, &package.name)) {
            return Named::Yes;
        }
        let mut all = folders.values().flatten();
        let is_there = match directory {
            Some(directory) => all.any(|folder| folder == directory),
            None => folders.values().map(Vec::len).sum::<usize>() == 1 && all.all(String::is_empty),
        };
        if is_there { Named::Another } else { Named::Unknown }
    }
}

/// Python's names have many spellings.
fn comparable(kind: ManifestKind, name: &str) -> String {
    if kind == ManifestKind::Python { pypi_name(name) } else { name.to_owned() }
}
