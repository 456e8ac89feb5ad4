//! What is judged: entries of all files, each once, without those of the base.

use std::collections::{BTreeMap, BTreeSet};

use crate::lockfiles::{Locked, Lockfile, LockfileError, Origin};

/// A file that was to be judged.
pub(super) struct ReadFile {
    /// Name in results.
    pub name: String,
    pub lockfile: Result<Lockfile, LockfileError>,
}

/// One package at one version, wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// First place.
    pub file: String,
    /// 1-based line of the first place.
    pub line: u32,
    pub locked: Locked,
    /// Places after the first.
    pub further_count: u64,
}

/// What was left out of one file for one reason.
pub(super) struct Left {
    pub file: String,
    pub line: u32,
    pub reason: &'static str,
    pub count: u64,
}

/// All of it.
pub(super) struct Entries {
    pub judged: Vec<Judged>,
    pub left: Vec<Left>,
    /// Files with entries of which none could be judged: how many, at the line of the first.
    pub unjudged: Vec<Left>,
    /// Files that could not be read, and why.
    pub errors: Vec<(String, LockfileError)>,
    /// Entries that stood in a base as well.
    pub unchanged_count: u64,
    /// Names of the files that could be read.
    pub files: Vec<String>,
}

/// What makes an entry the same as one of the base.
type Identity = (String, Option<String>, Origin, Option<String>);

impl Entries {
    /// Puts together what stands in `files` and in no file of `before`.
    pub fn new(files: Vec<ReadFile>, before: &[Lockfile]) -> Self {
        let known: BTreeSet<Identity> = before.iter().flat_map(|file| &file.locked).map(identity).collect();
        let mut entries = Self {
            judged: Vec::new(),
            left: Vec::new(),
            unjudged: Vec::new(),
            errors: Vec::new(),
            unchanged_count: 0,
            files: Vec::new(),
        };
        let mut places: BTreeMap<Identity, usize> = BTreeMap::new();
        for ReadFile { name, lockfile } in files {
            match lockfile {
                Ok(lockfile) => entries.add(&name, lockfile, &known, before, &mut places),
                Err(error) => entries.errors.push((name, error)),
            }
        }
        entries
    }

    fn add(
        &mut self,
        name: &str,
        lockfile: Lockfile,
        known: &BTreeSet<Identity>,
        before: &[Lockfile],
        places: &mut BTreeMap<Identity, usize>,
    ) {
        let shown = |file: usize| match lockfile.files.get(file) {
            // An included file stands beside the first, or below it.
            Some(included) if file > 0 => {
                name.rsplit_once('/').map_or(included.clone(), |(folder, _)| format!("{folder}/{included}"))
            }
            _ => name.to_owned(),
        };
        for (reason, skip) in &lockfile.skips {
            let earlier: u64 = before.iter().filter_map(|file| file.skips.get(reason)).map(|skip| skip.count).sum();
            if skip.count > earlier {
                self.left.push(Left { file: shown(skip.file), line: skip.line, reason, count: skip.count - earlier });
            }
        }
        let first = lockfile.skips.iter().min_by_key(|(_, skip)| (skip.file, skip.line));
        if let Some((reason, skip)) = first.filter(|_| lockfile.locked.is_empty()) {
            let count = lockfile.skips.values().map(|skip| skip.count).sum();
            self.unjudged.push(Left { file: shown(skip.file), line: skip.line, reason, count });
        }
        for locked in &lockfile.locked {
            let identity = identity(locked);
            if known.contains(&identity) {
                self.unchanged_count += 1;
                continue;
            }
            match places.get(&identity) {
                Some(first) => self.judged[*first].further_count += 1,
                None => {
                    places.insert(identity, self.judged.len());
                    let judged = Judged { file: shown(locked.file), line: locked.line, locked: locked.clone(), further_count: 0 };
                    self.judged.push(judged);
                }
            }
        }
        self.files.push(name.to_owned());
    }
}

fn identity(locked: &Locked) -> Identity {
    (locked.purl.clone(), locked.version.clone(), locked.origin, locked.registry_host.clone())
}
