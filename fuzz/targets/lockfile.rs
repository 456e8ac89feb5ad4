//! Lockfiles and bills of materials of every format. The first line is the name of the file, by which, and by the rest, the format
//! is told.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trustgraph::lockfiles::{self, Format, ParsedPurl, Registries};
use trustgraph_fuzz::Place;

static PLACE: LazyLock<Place> = LazyLock::new(Place::new);

/// Names and versions are no longer than this.
const MAX_NAME_BYTES: usize = 1024;

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=40).contains(&name.len()) && name.chars().all(is_plain) && name.chars().any(|c| c.is_ascii_alphanumeric())
}

fuzz_target!(|data: &[u8]| {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let Some(name) = std::str::from_utf8(&data[..end]).ok().filter(|name| is_name(name)) else { return };
    let text = &data[end + 1..];
    let path = PLACE.path(name);
    std::fs::write(&path, text).expect("a file can be written");
    let registries = Registries::default();
    let read = lockfiles::read(&path, Some(Format::Requirements), &registries);
    let again = lockfiles::read(&path, Some(Format::Requirements), &registries);
    std::fs::remove_file(&path).expect("a file can be removed");
    let lockfile = match (read, again) {
        (Ok(lockfile), Ok(again)) => {
            assert_eq!(lockfile, again, "one file is read in two ways");
            lockfile
        }
        (Err(error), Err(_)) => {
            // Of a file that it includes and that cannot be read, the path is told.
            let (text, folder) = (error.to_string(), PLACE.path(name).with_file_name(""));
            let is_told = text.contains(name) || text.contains(folder.to_string_lossy().trim_end_matches('/'));
            assert!(is_told, "{text} does not say where");
            return;
        }
        _ => panic!("one file is read in two ways"),
    };
    // YAML ends lines by either.
    let lines = text.split(|byte| b"\n\r".contains(byte)).count();
    assert_eq!(lockfile.files[0], name);
    assert!(lockfile.locked.len() <= text.len(), "more entries than bytes");
    for entry in &lockfile.locked {
        assert!(entry.file < lockfile.files.len() && (1..=lines).contains(&(entry.line as usize)), "{entry:?} of {lines} lines");
        let again = ParsedPurl::parse(&entry.purl).unwrap_or_else(|| panic!("{} is no package URL", entry.purl));
        assert_eq!((again.purl.as_str(), again.version), (entry.purl.as_str(), None));
        if let Some(version) = &entry.version {
            assert!(!version.is_empty() && version.len() <= MAX_NAME_BYTES && !version.chars().any(char::is_control));
        }
        assert!(entry.purl.len() <= MAX_NAME_BYTES);
    }
    for skip in lockfile.skips.values() {
        assert!(skip.count > 0 && skip.file < lockfile.files.len() && (1..=lines).contains(&(skip.line as usize)));
    }
});
