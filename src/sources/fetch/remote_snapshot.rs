//! Files of a published snapshot, and pieces of one, by digest: each is fetched once and checked whenever it is read.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use reqwest::header::RANGE;
use reqwest::{StatusCode, Url};
use sha2::{Digest, Sha256};

use super::published::{File, NAME};
use super::{Failure, Fetcher, Wanted, broken_off};
use crate::ordered::hex;
use crate::sources::SourceError;

/// Two pieces with no more than this between them are asked for at once: a request costs about as much as so many bytes.
const MAX_GAP_BYTES: u64 = 32 << 10;

/// No request asks for more, unless one piece is larger.
const MAX_REQUEST_BYTES: u64 = 4 << 20;

/// A part of a file whose digest is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub start: u64,
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

impl Piece {
    /// Its bytes in the whole file; `None`: it lies outside.
    pub fn of<'d>(&self, data: &'d [u8]) -> Option<&'d [u8]> {
        let start = usize::try_from(self.start).ok()?;
        data.get(start..start.checked_add(usize::try_from(self.size_bytes).ok()?)?)
    }

    fn end(&self) -> u64 {
        self.start.saturating_add(self.size_bytes)
    }
}

/// A snapshot on a server. Its manifest is here.
pub struct RemoteSnapshot {
    pub(super) fetcher: Fetcher,
    pub(super) base: Url,
    pub(super) folder: PathBuf,
    /// Folder of pieces by digest: what did not change from one snapshot to the next is not fetched again.
    pub(super) pieces: PathBuf,
}

impl RemoteSnapshot {
    /// The local folder with the manifest and whatever else was brought whole.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Brings the `wanted` pieces of `file`, which come in the order of their places; each has its digest.
    pub fn bring(&self, file: &str, wanted: &[Piece]) -> Result<Vec<Vec<u8>>, SourceError> {
        let kept: Vec<Option<Vec<u8>>> = wanted.par_iter().map(|piece| self.kept(piece)).collect();
        let missing: Vec<&Piece> = wanted.iter().zip(&kept).filter(|(_, kept)| kept.is_none()).map(|(piece, _)| piece).collect();
        let has_no_ranges = AtomicBool::new(false);
        let spans = spans(&missing);
        let next = AtomicUsize::new(0);
        let work = || -> Result<BTreeMap<u64, Vec<u8>>, SourceError> {
            let mut brought = BTreeMap::new();
            while let Some(span) = spans.get(next.fetch_add(1, Ordering::Relaxed)) {
                brought.extend(self.span(file, span, &has_no_ranges)?);
            }
            Ok(brought)
        };
        let open = self.fetcher.pace.open.min(spans.len());
        let parts: Vec<Result<BTreeMap<u64, Vec<u8>>, SourceError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..open).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(wrong(format!("{file}: a fetch broke")))))
                .collect()
        });
        let mut brought = BTreeMap::new();
        for part in parts {
            brought.extend(part?);
        }
        let bytes = wanted.iter().zip(kept).map(|(piece, kept)| kept.or_else(|| brought.remove(&piece.start)));
        bytes.collect::<Option<_>>().ok_or_else(|| wrong(format!("{file}: a piece was asked for twice")))
    }

    /// Brings one span of pieces; by their places.
    fn span(&self, file: &str, span: &[&Piece], has_no_ranges: &AtomicBool) -> Result<Vec<(u64, Vec<u8>)>, SourceError> {
        let (Some(first), Some(last)) = (span.first(), span.last()) else { return Ok(Vec::new()) };
        let range = (first.start, last.end());
        let url = self.url(file)?;
        let bytes = self.fetcher.with_tries(file, || self.range(&url, range, has_no_ranges))?;
        let bytes = bytes.ok_or_else(|| wrong(format!("{file} stands in SHA256SUMS but not on the server")))?;
        let mut brought = Vec::new();
        for piece in span {
            let place = Piece { start: piece.start - first.start, ..(*piece).clone() };
            let bytes = place.of(&bytes).filter(|bytes| hex(&Sha256::digest(bytes)) == piece.sha256).ok_or_else(|| {
                wrong(format!(
                    "{file}: bytes {} to {} do not have the digest of the index; the server lies, or serves another snapshot",
                    piece.start,
                    piece.end()
                ))
            })?;
            self.keep(piece, bytes)?;
            brought.push((piece.start, bytes.to_vec()));
        }
        Ok(brought)
    }
}

impl RemoteSnapshot {
    /// The bytes `start..end` at `url`; `None` when there is no such file. A server that knows no ranges sends the file from its start,
    /// of which no more is read than needed.
    fn range(&self, url: &Url, (start, end): (u64, u64), has_no_ranges: &AtomicBool) -> Result<Option<Vec<u8>>, Failure> {
        let request = self.fetcher.client.get(url.clone()).header(RANGE, format!("bytes={start}-{}", end - 1));
        let mut answer = self.fetcher.send(url, request)?;
        let skipped = match answer.response.status() {
            StatusCode::PARTIAL_CONTENT => 0,
            StatusCode::OK => {
                if !has_no_ranges.swap(true, Ordering::Relaxed) {
                    tracing::info!("the server sends whole files only: more is fetched than needed");
                }
                start
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            status => return Err(Failure::Final(format!("the server answers {status}"))),
        };
        std::io::copy(&mut (&mut answer).take(skipped), &mut std::io::sink()).map_err(broken_off)?;
        let mut bytes = Vec::new();
        answer.take(end - start).read_to_end(&mut bytes).map_err(broken_off)?;
        if bytes.len() as u64 == end - start {
            Ok(Some(bytes))
        } else {
            Err(Failure::Again(format!("only {} of {} bytes came", bytes.len(), end - start), None))
        }
    }

    /// A small file, whole; `None` when the server has none.
    pub(super) fn small(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.fetcher.bytes(&self.url(name)?, name, limit)
    }

    /// A file that `SHA256SUMS` lists with `digest`: from the folder, or from the server.
    pub(super) fn listed(&self, name: &str, digest: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        let path = self.folder.join(name);
        let is_right = |bytes: &Vec<u8>| hex(&Sha256::digest(bytes)) == digest;
        if let Some(bytes) = fs_err::read(&path).ok().filter(is_right) {
            return Ok(bytes);
        }
        let bytes = self.small(name, limit)?;
        let bytes = bytes.ok_or_else(|| {
            wrong(format!("SHA256SUMS lists {name}, but the server has none; give the address of a snapshot's folder"))
        })?;
        if !is_right(&bytes) {
            let why = "the server lies, or is in the middle of an update";
            return Err(wrong(format!("{name} does not have the digest in SHA256SUMS; {why}")));
        }
        write_whole(&path, &bytes)?;
        Ok(bytes)
    }

    /// A whole table.
    pub(super) fn table(&self, file: &File) -> Result<(), SourceError> {
        let name = format!("{}.parquet", file.name);
        let path = self.folder.join(&name);
        if fs_err::metadata(&path).is_ok_and(|known| known.len() == file.size_bytes) {
            return Ok(());
        }
        let wanted = Wanted { name: &name, path: &path, sha256: &file.sha256, size_bytes: file.size_bytes };
        if self.fetcher.file(&self.url(&name)?, &wanted)? {
            Ok(())
        } else {
            Err(wrong(format!("{name} stands in manifest.json but not on the server")))
        }
    }

    fn url(&self, name: &str) -> Result<Url, SourceError> {
        self.base.join(name).map_err(|error| wrong(format!("{name}: {error}")))
    }

    fn place(&self, piece: &Piece) -> PathBuf {
        self.pieces.join(piece.sha256.get(..2).unwrap_or_default()).join(&piece.sha256)
    }

    /// A piece of an earlier run that still has its digest.
    fn kept(&self, piece: &Piece) -> Option<Vec<u8>> {
        fs_err::read(self.place(piece)).ok().filter(|bytes| hex(&Sha256::digest(bytes)) == piece.sha256)
    }

    fn keep(&self, piece: &Piece, bytes: &[u8]) -> Result<(), SourceError> {
        let path = self.place(piece);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(on_disk)?;
        }
        write_whole(&path, bytes)
    }
}

/// Pieces that are asked for at once; `pieces` come in the order of their places.
fn spans<'p>(pieces: &[&'p Piece]) -> Vec<Vec<&'p Piece>> {
    let mut spans: Vec<Vec<&Piece>> = Vec::new();
    for piece in pieces {
        let joins = |span: &&mut Vec<&Piece>| {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { return false };
            piece.start.checked_sub(last.end()).is_some_and(|gap| gap <= MAX_GAP_BYTES)
                && piece.end() - first.start <= MAX_REQUEST_BYTES
        };
        match spans.last_mut().filter(joins) {
            Some(span) => span.push(piece),
            None => spans.push(vec![piece]),
        }
    }
    spans
}

/// Digests by file name, as `sha256sum` prints them. A name that stands twice counts as the last.
pub(super) fn digests(sums: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(sums);
    let is_digest = |digest: &str| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lines = text.lines().filter_map(|line| line.split_once("  ")).filter(|(digest, _)| is_digest(digest));
    lines.map(|(digest, name)| (name.to_owned(), digest.to_ascii_lowercase())).collect()
}

/// Old or new, never half: another check may read at the same time.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SourceError> {
    let part = path.with_added_extension(format!("{}.part", std::process::id()));
    fs_err::write(&part, bytes).and_then(|()| fs_err::rename(&part, path)).map_err(on_disk)
}

pub(super) fn on_disk(error: std::io::Error) -> SourceError {
    SourceError::Io { source_name: NAME, error }
}

pub(super) fn wrong(what: String) -> SourceError {
    SourceError::Fetch { source_name: NAME, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u64, size_bytes: u64) -> Piece {
        Piece { start, size_bytes, sha256: String::new() }
    }

    #[test]
    fn near_pieces_are_asked_for_at_once() {
        let pieces = [piece(0, 10), piece(10, 5), piece(15 + MAX_GAP_BYTES, 5), piece(30 + 2 * MAX_GAP_BYTES, 1)];
        let count = |pieces: &[Piece]| spans(&pieces.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(count(&pieces), [3, 1], "a gap that is too large parts them");
        let large = [piece(0, MAX_REQUEST_BYTES - 1), piece(MAX_REQUEST_BYTES - 1, 2), piece(MAX_REQUEST_BYTES + 1, 2)];
        assert_eq!(count(&large), [1, 2], "no request is too large");
        assert_eq!(count(&[]), [0; 0]);
    }

    #[test]
    fn a_piece_outside_the_file_is_none() {
        assert_eq!(piece(1, 2).of(b"abc"), Some(&b"bc"[..]));
        assert_eq!((piece(2, 2).of(b"abc"), piece(u64::MAX, 2).of(b"abc")), (None, None));
    }

    #[test]
    fn sums_are_read_strictly() {
        let digest = "A".repeat(64);
        let sums = format!("{digest}  manifest.json\nshort  other\n\n{digest} one-space\n");
        let found: Vec<(String, String)> = digests(sums.as_bytes()).into_iter().collect();
        assert_eq!(found, [("manifest.json".to_owned(), "a".repeat(64))]);
    }
}
