//! Collects entries while a file is read.

use std::collections::BTreeMap;

use super::{Format, Locked, LockedKind, Lockfile, Origin, Registries, Skip};

/// Longest name or version that is kept; none of a registry is longer.
const MAX_NAME_BYTES: usize = 1024;

/// An entry as a reader found it.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// `None`: the name has no canonical form.
    pub purl: Option<String>,
    pub version: Option<&'a str>,
    pub line: u32,
    pub origin: Origin,
    pub host: Option<String>,
    pub kind: Option<LockedKind>,
    pub is_direct: Option<bool>,
}

impl<'a> Entry<'a> {
    /// A package from a registry of which nothing more is known.
    pub fn new(purl: Option<String>, version: Option<&'a str>, line: u32) -> Self {
        Self { purl, version, line, origin: Origin::Registry, host: None, kind: None, is_direct: None }
    }
}

/// What has been read so far.
pub(super) struct Rows {
    files: Vec<String>,
    locked: Vec<Locked>,
    skips: BTreeMap<&'static str, Skip>,
}

impl Rows {
    /// Starts with the file itself.
    pub fn new(name: &str) -> Self {
        Self { files: vec![name.to_owned()], locked: Vec::new(), skips: BTreeMap::new() }
    }

    /// What follows stands in another file.
    pub fn add_file(&mut self, name: String) -> usize {
        self.files.push(name);
        self.files.len() - 1
    }

    /// Adds an entry of the first file.
    pub fn add(&mut self, entry: Entry) {
        self.add_in(0, entry);
    }

    /// Adds an entry of file `file`.
    pub fn add_in(&mut self, file: usize, entry: Entry) {
        let Entry { purl, version, line, origin, host, kind, is_direct } = entry;
        let is_plain = |text: &str| text.len() <= MAX_NAME_BYTES && !text.chars().any(char::is_control);
        match purl {
            Some(purl) if is_plain(&purl) && version.is_none_or(is_plain) => {
                let version = version.filter(|version| !version.is_empty()).map(str::to_owned);
                let registry_host = host.filter(|_| origin == Origin::Registry);
                self.locked.push(Locked { purl, version, file, line, origin, registry_host, kind, is_direct });
            }
            _ => self.skip_in(file, "its name or version is none of its ecosystem", line),
        }
    }

    /// Leaves out an entry of the first file.
    pub fn skip(&mut self, reason: &'static str, line: u32) {
        self.skip_in(0, reason, line);
    }

    /// Leaves out an entry of file `file`.
    pub fn skip_in(&mut self, file: usize, reason: &'static str, line: u32) {
        self.skips.entry(reason).or_insert(Skip { count: 0, file, line }).count += 1;
    }

    /// The whole, with packages of other registries told apart.
    pub fn finish(mut self, format: Format, registries: &Registries) -> Lockfile {
        registries.settle(&mut self.locked);
        Lockfile { format, files: self.files, locked: self.locked, skips: self.skips }
    }
}
