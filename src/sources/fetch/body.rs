//! The body of a document, written to disk: decompressed within limits, resumed where that is safe.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, ETAG};

use super::{Answer, Document, Failure, broken_off, continues, on_disk};

/// What came of an unfinished try.
pub(super) struct Part {
    pub(super) path: PathBuf,
    /// Holds the strong `ETag` of what `path` begins.
    tag: PathBuf,
}

impl Part {
    /// Beside `body`.
    pub(super) fn beside(body: &Path) -> Self {
        Self { path: body.with_added_extension("part"), tag: body.with_added_extension("tag") }
    }

    /// Bytes that are there already and the tag they belong to.
    pub(super) fn begun(&self) -> Option<(u64, String)> {
        let tag = fs_err::read_to_string(&self.tag).ok()?;
        let size = fs_err::metadata(&self.path).ok()?.len();
        (size > 0).then_some((size, tag))
    }

    /// Forgets the unfinished try.
    pub(super) fn forget(&self) {
        for path in [&self.tag, &self.path] {
            // What is not there need not go; what cannot go is overwritten.
            let _ = fs_err::remove_file(path);
        }
    }

    /// Writes the body of `answer` behind `begun` bytes where it continues them, else from the start.
    pub(super) fn take(&self, answer: Answer, document: &Document, begun: u64) -> Result<(), Failure> {
        let response = &answer.response;
        let is_continued = begun > 0 && continues(response, begun);
        if response.status() == StatusCode::PARTIAL_CONTENT && !is_continued {
            self.forget();
            return Err(Failure::Again("the server sent another part than the one asked for".into(), None));
        }
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let is_gzip = match header(CONTENT_ENCODING) {
            None | Some("identity") => false,
            Some("gzip" | "x-gzip") => true,
            Some(_) => return Err(Failure::Final("is sent in an encoding that was not asked for".into())),
        };
        let tag = header(ETAG).filter(|tag| tag.starts_with('"') && !is_gzip).map(str::to_owned);
        if !is_continued {
            self.forget();
        }
        let mut file = super::open_part(&self.path, is_continued).map_err(on_disk)?.into_parts().0;
        if let Some(tag) = &tag {
            fs_err::write(&self.tag, tag).map_err(on_disk)?;
        }
        let start = if is_continued { begun } else { 0 };
        let room = document.limit_bytes.saturating_sub(start);
        let (network, promised) = (answer.network, response.content_length().filter(|_| !is_gzip));
        let is_resumable = tag.is_some();
        let may_go_on = || if is_resumable { network.check().map_err(Failure::Spent) } else { Ok(()) };
        let count = if is_gzip {
            copy(MultiGzDecoder::new(answer), &mut file, room, may_go_on)
        } else {
            copy(answer, &mut file, room, may_go_on)
        }?;
        match promised {
            Some(promised) if promised != count => Err(Failure::Again(format!("only {count} of {promised} bytes came"), None)),
            _ => Ok(()),
        }
    }
}

/// Copies at most `room` bytes; the count.
fn copy(mut body: impl Read, file: &mut File, room: u64, may_go_on: impl Fn() -> Result<(), Failure>) -> Result<u64, Failure> {
    let mut buffer = vec![0; 1 << 16];
    let mut done = 0;
    file.seek(SeekFrom::End(0)).map_err(on_disk)?;
    loop {
        let count = body.read(&mut buffer).map_err(broken_off)?;
        if count == 0 {
            return Ok(done);
        }
        done += count as u64;
        if done > room {
            return Err(Failure::Final(format!("is larger than its limit by more than {} bytes", done - room - 1)));
        }
        file.write_all(&buffer[..count]).map_err(on_disk)?;
        may_go_on()?;
    }
}
