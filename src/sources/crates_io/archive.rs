//! The archive a dump comes in: `.tar.gz`, `.tar` or `.zip`, streamed. Nothing is unpacked to disk, so paths cannot do harm;
//! what is decompressed is bounded.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::{SOURCE, input_error};
use crate::sources::{Compression, RawFile, SourceError};

/// Most bytes of a dump after decompression.
const MAX_BYTES: u64 = 64 << 30;
/// Most files in a dump.
const MAX_FILES: usize = 10_000;

/// Shows every regular file of the dump to `take`: its name without folders, and its bytes. A dump that ends early is an error.
pub(super) fn each_file(
    dump: &RawFile,
    mut take: impl FnMut(&str, &mut dyn Read) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let file = fs_err::File::open(&dump.path).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
    let file = BufReader::with_capacity(1 << 16, file.into_parts().0);
    if dump.name.ends_with(".zip") {
        return zip_files(dump, file, take);
    }
    let damaged = |error: io::Error| damaged(dump, &error);
    let plain: Box<dyn Read> = match Compression::of(&dump.path) {
        Compression::Gzip => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    let mut archive = tar::Archive::new(Bounded { inner: plain, left: MAX_BYTES });
    for (count, entry) in archive.entries().map_err(damaged)?.enumerate() {
        let mut entry = entry.map_err(damaged)?;
        if count >= MAX_FILES {
            return Err(input_error(&dump.name, format!("holds more than {MAX_FILES} files; that is no dump")));
        }
        if entry.header().entry_type().is_file() {
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            take(last(&path), &mut entry)?;
        }
    }
    // What follows the end of the archive, up to the checksum of the compression.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(damaged)?;
    Ok(())
}

fn zip_files(
    dump: &RawFile,
    file: BufReader<std::fs::File>,
    mut take: impl FnMut(&str, &mut dyn Read) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let wrong = |error: zip::result::ZipError| input_error(&dump.name, format!("is damaged ({error}); get the dump again"));
    let mut archive = zip::ZipArchive::new(file).map_err(wrong)?;
    if archive.len() > MAX_FILES {
        return Err(input_error(&dump.name, format!("holds more than {MAX_FILES} files; that is no dump")));
    }
    let mut left = MAX_BYTES;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(wrong)?;
        if entry.is_file() {
            let name = entry.name().to_owned();
            let mut bounded = Bounded { inner: entry, left };
            take(last(&name), &mut bounded)?;
            left = bounded.left;
        }
    }
    Ok(())
}

fn damaged(dump: &RawFile, error: &io::Error) -> SourceError {
    input_error(&dump.name, format!("is damaged ({error}); get the dump again"))
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Refuses to give more than `left` bytes: an error, not an end.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other("larger than any dump"))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_and_names() {
        let mut read = Bounded { inner: io::repeat(0), left: 100 };
        assert!(io::copy(&mut read, &mut io::sink()).is_err());
        assert_eq!(["a/b.csv", "b.csv", "../../b.csv", "c:\\b.csv"].map(last), ["b.csv"; 4]);
    }
}
