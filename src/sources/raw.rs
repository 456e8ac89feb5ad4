//! Raw files: what came from upstream, byte for byte, pinned by digest.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::lz4_frames::Lz4Frames;
use crate::units::Day;

/// One raw input, on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFile {
    /// Name inside its source, such as `trixie_Sources.xz` or a repository URL. Never a path of this machine.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// `sha256:HEX` of the bytes as they lie there, or `git:HEX` of HEAD for a repository (`git:none` when it has
    /// none that can be read).
    pub digest: String,
    /// Size of the file; for a repository 0.
    pub size_bytes: u64,
    /// The day the file speaks of, when something outside the file says so.
    pub as_of: Option<Day>,
    /// Folder for what reading it learns, so that a later run need not learn it again. `None`: nothing is kept.
    pub cache: Option<PathBuf>,
}

impl RawFile {
    /// Hashes the file at `path`. One pass over the file.
    pub fn pin(name: impl Into<String>, path: &Path, as_of: Option<Day>) -> io::Result<Self> {
        let mut file = fs_err::File::open(path)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut size_bytes = 0;
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    hash.update(&buffer[..length]);
                    size_bytes += length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let digest = format!("sha256:{}", crate::ordered::hex(&hash.finalize()));
        Ok(Self { name: name.into(), path: path.into(), digest, size_bytes, as_of, cache: None })
    }

    /// A decompressing reader, by the ending of the file's name.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let file = BufReader::with_capacity(1 << 16, fs_err::File::open(&self.path)?.into_parts().0);
        Ok(Compression::of(&self.path).reader(file))
    }
}

/// How a file is compressed, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// `.xz`.
    Xz,
    /// `.gz`.
    Gzip,
    /// `.lz4`, as apt stores its lists.
    Lz4,
}

impl Compression {
    /// All, with their endings, in the order in which files are looked for.
    pub const ALL: [(Self, &'static str); 4] = [(Self::Plain, ""), (Self::Xz, ".xz"), (Self::Gzip, ".gz"), (Self::Lz4, ".lz4")];

    /// By the ending of `path`.
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(|e| e.to_str()) {
            Some("xz") => Self::Xz,
            Some("gz") => Self::Gzip,
            Some("lz4") => Self::Lz4,
            _ => Self::Plain,
        }
    }

    /// Decompresses; a truncated file is an error at its end, never a shorter result.
    pub fn reader(self, file: BufReader<File>) -> Box<dyn Read + Send> {
        match self {
            Self::Plain => Box::new(file),
            Self::Xz => Box::new(liblzma::read::XzDecoder::new_multi_decoder(file)),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Self::Lz4 => Box::new(Lz4Frames::new(file)),
        }
    }
}
