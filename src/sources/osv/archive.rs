//! Advisories out of a zip, or a single one. Nothing is unpacked to disk; what is decompressed is bounded.

use std::io::{BufReader, Read};

use super::SOURCE;
use crate::sources::{RawFile, SourceError};

/// Largest advisory read. The largest known have a few hundred kB.
const MAX_BYTES: u64 = 32 << 20;
/// Most advisories in an archive.
const MAX_COUNT: usize = 5_000_000;
/// Most bytes of an archive after decompression.
const MAX_ARCHIVE_BYTES: u64 = 64 << 30;

/// Shows every advisory of `file` to `take`, with its number from 1.
pub(super) fn each_advisory(file: &RawFile, mut take: impl FnMut(u64, &[u8])) -> Result<(), SourceError> {
    let opened = fs_err::File::open(&file.path).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
    let opened = BufReader::with_capacity(1 << 16, opened.into_parts().0);
    let wrong = |what: String| SourceError::Input { source_name: SOURCE, file: file.name.clone(), what };
    if !file.name.ends_with(".zip") {
        let text = bounded(opened).map_err(wrong)?;
        take(1, &text);
        return Ok(());
    }
    let damaged = |error: zip::result::ZipError| wrong(format!("is damaged ({error}); get the archive again"));
    let mut archive = zip::ZipArchive::new(opened).map_err(damaged)?;
    if archive.len() > MAX_COUNT {
        return Err(wrong(format!("holds more than {MAX_COUNT} files; that is no archive of advisories")));
    }
    let (mut row, mut total) = (0, 0);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(damaged)?;
        if !entry.is_file() || !entry.name().ends_with(".json") {
            continue;
        }
        let text = bounded(entry).map_err(wrong)?;
        total += text.len() as u64;
        if total > MAX_ARCHIVE_BYTES {
            return Err(wrong("is larger than any archive of advisories".to_owned()));
        }
        row += 1;
        take(row, &text);
    }
    Ok(())
}

fn bounded(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut text).map_err(|error| format!("is damaged ({error}); get it again"))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(format!("holds an advisory of more than {MAX_BYTES} bytes; that is none"));
    }
    Ok(text)
}
