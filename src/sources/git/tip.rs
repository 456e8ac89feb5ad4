//! Files at HEAD that say who is who and what the repository makes: mailmap, package manifests, lists of owners. The only files
//! that are opened at all.

use gix::ObjectId;
use gix::objs::Kind;

use super::Problem;
use super::areas;
use super::manifests::{self, RawManifest};
use super::object::CommitHeader;
use super::open::Store;
use super::owners::{self, RawOwner};
use super::tree_diff::{Entries, Mode};
use crate::tables::{Area, Areas, ManifestKind, OwnerKind};

/// Entries of HEAD's folders that are looked at, at most.
const MAX_ENTRIES: usize = 1 << 21;

/// Manifests that are opened, at most.
const MAX_MANIFESTS: u32 = 20_000;

/// Larger files are not opened.
const MAX_BYTES: u64 = 1 << 20;

/// Longest path of a folder that is looked into, in bytes.
const MAX_PATH: usize = 1000;

/// What the files of one HEAD say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tip {
    /// The mailmap; `None` when it is not in this partial clone.
    pub mailmap: Option<Vec<u8>>,
    pub manifests: Vec<RawManifest>,
    pub owners: Vec<(OwnerKind, RawOwner)>,
    /// Files that are missing from this clone, too large, or cannot be read as what their name says.
    pub unread: u32,
    /// Manifests that name no package, or one that is said to be published nowhere.
    pub nameless: u32,
}

/// A file worth opening.
enum Wanted {
    Manifest(ManifestKind, &'static str),
    Owners(OwnerKind),
}

impl Tip {
    /// Reads the files of `head`. Cost: one tree read a folder that is neither vendored nor a test, one blob a file of interest.
    pub fn read(store: &mut Store, head: ObjectId) -> Result<Self, Problem> {
        let tree = CommitHeader::parse(store.read(head, Kind::Commit)?).tree.ok_or(Problem::Object)?;
        let mut tip = Self { mailmap: store.mailmap(tree)?, ..Self::default() };
        let mut waiting = vec![(tree, String::new(), Areas::NONE)];
        let (mut folder, mut met) = (Vec::new(), 0);
        while let Some((id, path, above)) = waiting.pop() {
            if store.read_into(id, Kind::Tree, &mut folder).is_err() {
                tip.unread += 1;
                continue;
            }
            let mut entries = Entries(&folder);
            while let Some(entry) = entries.next().ok_or(Problem::Object)? {
                met += 1;
                let Ok(name) = std::str::from_utf8(entry.name) else { continue };
                let inside = areas::folder(above, entry.name);
                let is_of_others = [Area::Vendored, Area::Tests].iter().any(|area| inside.has(*area));
                match entry.kind {
                    Mode::Folder if !is_of_others && is_plain(name) && path.len() + name.len() < MAX_PATH => {
                        let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                        waiting.push((entry.id(), path, inside));
                    }
                    Mode::File | Mode::Program => tip.open(store, &path, name, entry.id()),
                    _ => {}
                }
            }
            if met > MAX_ENTRIES {
                tip.unread += 1;
                break;
            }
        }
        tip.manifests.sort_unstable();
        tip.manifests.dedup();
        tip.owners.sort_unstable();
        Ok(tip)
    }

    /// Takes in the file `name` of the folder `path`, when it is one of interest.
    fn open(&mut self, store: &mut Store, path: &str, name: &str, id: ObjectId) {
        let Some(wanted) = wanted(path, name) else { return };
        if self.manifests.len() as u32 + self.nameless + self.unread >= MAX_MANIFESTS {
            return;
        }
        let Some(text) = store.file(id, MAX_BYTES) else {
            self.unread += 1;
            return;
        };
        match wanted {
            Wanted::Owners(kind) => self.owners.extend(owners::read(kind, &text).into_iter().map(|owner| (kind, owner))),
            Wanted::Manifest(kind, ending) => match manifests::package(ending, &text) {
                Ok(Some(package)) => {
                    // The folder that holds `debian/` is the package's.
                    let directory = if kind == ManifestKind::Debian { path.strip_suffix("debian").unwrap_or(path) } else { path };
                    let directory = directory.trim_end_matches('/').to_owned();
                    self.manifests.push(RawManifest { kind, package, directory });
                }
                Ok(None) => self.nameless += 1,
                Err(()) => self.unread += 1,
            },
        }
    }
}

fn wanted(path: &str, name: &str) -> Option<Wanted> {
    let is_debian = path == "debian" || path.ends_with("/debian");
    Some(match name {
        "Cargo.toml" => Wanted::Manifest(ManifestKind::Cargo, "Cargo.toml"),
        "package.json" => Wanted::Manifest(ManifestKind::Npm, "package.json"),
        "pyproject.toml" => Wanted::Manifest(ManifestKind::Python, "pyproject.toml"),
        "setup.cfg" => Wanted::Manifest(ManifestKind::Python, "setup.cfg"),
        "control" if is_debian => Wanted::Manifest(ManifestKind::Debian, "control"),
        "CODEOWNERS" if matches!(path, "" | ".github" | ".gitlab" | "docs") => Wanted::Owners(OwnerKind::CodeOwners),
        "MAINTAINERS" | "MAINTAINERS.md" | "MAINTAINERS.txt" if path.is_empty() => Wanted::Owners(OwnerKind::Maintainers),
        _ => return None,
    })
}

/// Nothing hidden in the name of a folder, and nothing that may be an address: it is published.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "-_.+~ ()[],".contains(c)) || (name.starts_with('@') && is_plain(&name[1..]))
}
