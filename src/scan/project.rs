//! What a project is built from, as its lockfiles say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::lockfiles::{self, Format, Lockfile, Origin, Registries};

/// A project's folder, read.
#[derive(Clone, Debug)]
pub struct Project {
    /// Name of the folder.
    pub name: String,
    /// Where it lies.
    pub folder: PathBuf,
    /// Lockfiles, by path.
    pub files: Vec<ProjectFile>,
    /// What they name, each package and version once, by purl, version and origin.
    pub locked: Vec<Locked>,
    /// Entries, folders and files passed over, by reason.
    pub skips: BTreeMap<String, u64>,
}

/// A lockfile of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectFile {
    /// Seen from the project's folder.
    pub path: String,
    /// Packages it names, duplicates included.
    pub entry_count: usize,
    /// Why nothing of it was read. Null: it was.
    pub error: Option<String>,
    /// What it is. `None`: it could not be read.
    #[serde(skip)]
    pub format: Option<Format>,
}

/// One package at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Canonical package URL without version.
    pub purl: String,
    /// Version. `None`: not pinned.
    pub version: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The project itself asks for it, as any of the files says. `None`: none of them says.
    pub is_direct: Option<bool>,
    /// Files that name it, in the order of [`Project::files`].
    pub files: Vec<String>,
}

impl Locked {
    /// The type of its package URL, such as `npm`.
    pub fn ecosystem(&self) -> &str {
        self.purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default()
    }

    /// Its name as people write it.
    pub fn name(&self) -> String {
        let rest = self.purl.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')).map_or(&*self.purl, |(_, name)| name);
        rest.replace("%40", "@")
    }
}

impl Project {
    /// Reads the lockfiles in `folder` and below. One that cannot be read is kept with the reason.
    pub fn read(folder: &Path, name: &str) -> std::io::Result<Self> {
        let found = lockfiles::find(folder)?;
        let skips = found.skips.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
        let mut project =
            Self { name: name.to_owned(), folder: folder.to_path_buf(), files: Vec::new(), locked: Vec::new(), skips };
        let mut known: BTreeMap<(String, Option<String>, Origin), Locked> = BTreeMap::new();
        for path in found.files {
            let shown = path.display().to_string().replace('\\', "/");
            match lockfiles::read(&folder.join(&path), None, &Registries::default()) {
                Ok(lockfile) => project.add(shown, lockfile, &mut known),
                Err(error) => {
                    // Messages name the file as it was opened; the report names it as seen from the project.
                    let error = error.to_string().replace(&folder.join(&path).display().to_string(), &shown);
                    project.files.push(ProjectFile { path: shown, entry_count: 0, error: Some(error), format: None });
                }
            }
        }
        project.locked = known.into_values().collect();
        Ok(project)
    }

    fn add(&mut self, path: String, lockfile: Lockfile, known: &mut BTreeMap<(String, Option<String>, Origin), Locked>) {
        for (reason, skip) in &lockfile.skips {
            *self.skips.entry(format!("entry: {reason}")).or_default() += skip.count;
        }
        for entry in &lockfile.locked {
            if entry.origin == Origin::Path {
                *self.skips.entry("entry: part of the project itself".to_owned()).or_default() += 1;
                continue;
            }
            let key = (entry.purl.clone(), entry.version.clone(), entry.origin);
            let locked = known.entry(key).or_insert_with(|| Locked {
                purl: entry.purl.clone(),
                version: entry.version.clone(),
                origin: entry.origin,
                is_direct: None,
                files: Vec::new(),
            });
            // `Some(true)` is the largest of the three.
            locked.is_direct = locked.is_direct.max(entry.is_direct);
            if locked.files.last() != Some(&path) {
                locked.files.push(path.clone());
            }
        }
        let (entry_count, format) = (lockfile.locked.len(), Some(lockfile.format));
        self.files.push(ProjectFile { path, entry_count, error: None, format });
    }

    /// Packages that the registry of `ecosystem` can be asked about.
    pub fn of_registry<'p>(&'p self, ecosystem: &'p str) -> impl Iterator<Item = &'p Locked> {
        self.locked.iter().filter(move |locked| locked.origin == Origin::Registry && locked.ecosystem() == ecosystem)
    }
}
