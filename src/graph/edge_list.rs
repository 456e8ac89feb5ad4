//! Plain edge lists: a text file with one edge a line, as graph collections publish them.

mod line;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rayon::prelude::*;

use super::EdgeSource;
pub use line::LineError;

/// A file of edges: `from to` a line, decimal, apart by blanks or tabs. Lines that are empty or begin with `#` or `%` are
/// comments, line ends may be CRLF, the last one may be missing.
///
/// Every pass reads the file anew, in parallel, in pieces that begin and end with a line: some MiB a thread, however large
/// the file. It must be a regular file and stay as it is between passes.
#[derive(Debug)]
pub struct EdgeList {
    path: PathBuf,
    byte_count: u64,
    /// Bytes a piece; a line may begin in one and end in the next.
    piece_bytes: u64,
}

/// Why edges make no graph.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A line is no edge.
    #[error("{} line {line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong with it.
        what: LineError,
    },
    /// Nothing but comments, or nothing at all.
    #[error("there are no edges: expected `from to` on every line that is no comment, in a regular file")]
    NoEdges,
    /// Numbers far above the number of edges.
    #[error("{edge_count} edges name node {largest}: nodes are numbered from 0 without large gaps, number them anew")]
    TooSparse {
        /// Largest number of a node.
        largest: u64,
        /// Edges.
        edge_count: u64,
    },
    /// Degrees are `u32`.
    #[error("a node has more than 4294967295 edges (the limit of a u32): drop repeated edges")]
    TooManyAtOneNode,
    /// Two passes saw different edges.
    #[error("the edges changed between the counting and the filling pass: leave the file alone while it is read")]
    Changed,
}

/// Bytes a piece: enough edges at once to write them stretch by stretch, few enough to stay in the cache.
const PIECE: u64 = 1 << 21;

impl EdgeList {
    /// Looks at the file without reading it.
    pub fn open(path: &Path) -> Result<Self, EdgeError> {
        let byte_count = fs_err::metadata(path)?.len();
        Ok(Self { path: path.to_path_buf(), byte_count, piece_bytes: PIECE })
    }

    /// Size of the file.
    pub fn byte_count(&self) -> u64 {
        self.byte_count
    }

    /// Puts the edges of the lines that begin in piece `number` into `batch`.
    fn read_piece(&self, number: usize, text: &mut Vec<u8>, batch: &mut Vec<(u32, u32)>) -> Result<(), EdgeError> {
        let begin = number as u64 * self.piece_bytes;
        let lines = self.lines_of_piece(begin, text)?;
        batch.clear();
        line::read(&text[lines..], batch).map_err(|(line, what)| match self.lines_before(begin + lines as u64) {
            Ok(before) => EdgeError::Line { path: self.path.clone(), line: before + line, what },
            Err(error) => error.into(),
        })
    }

    /// Fills `piece` with the bytes from `begin` to the end of the last line that begins in the piece; where the first line
    /// that begins in it begins, or the length of `piece` if none does.
    fn lines_of_piece(&self, begin: u64, piece: &mut Vec<u8>) -> std::io::Result<usize> {
        let mut file = fs_err::File::open(&self.path)?;
        piece.clear();
        let is_line_start = begin == 0 || {
            file.seek(SeekFrom::Start(begin - 1))?;
            let mut before = [0];
            file.read_exact(&mut before)?;
            before == *b"\n"
        };
        file.by_ref().take(self.piece_bytes).read_to_end(piece)?;
        let newline = piece.iter().position(|byte| *byte == b'\n');
        let first = match newline {
            _ if is_line_start => 0,
            Some(newline) if newline + 1 < piece.len() => newline + 1,
            _ => return Ok(piece.len()),
        };
        if piece.last().is_some_and(|byte| *byte != b'\n') && piece.len() as u64 == self.piece_bytes {
            // A line that is still not over after this is refused by its length.
            BufReader::with_capacity(1 << 12, file.take(line::LONGEST as u64 + 1)).read_until(b'\n', piece)?;
        }
        Ok(first)
    }

    /// Line ends before byte `end`. Errors only; O(bytes).
    fn lines_before(&self, end: u64) -> std::io::Result<u64> {
        let mut file = fs_err::File::open(&self.path)?.take(end);
        let mut buffer = vec![0; PIECE as usize];
        let mut count = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(count),
                length => count += buffer[..length].iter().filter(|byte| **byte == b'\n').count() as u64,
            }
        }
    }
}

impl EdgeSource for EdgeList {
    /// Of several bad lines the first is told, at any thread count.
    fn for_each_batch(&self, visit: impl Fn(&mut [(u32, u32)]) + Sync) -> Result<u64, EdgeError> {
        let piece_count = self.byte_count.div_ceil(self.piece_bytes) as usize;
        let first_bad = AtomicUsize::new(usize::MAX);
        let counts: Vec<Result<u64, EdgeError>> = (0..piece_count)
            .into_par_iter()
            .map_init(Default::default, |(text, batch), number| {
                if number > first_bad.load(Relaxed) {
                    return Ok(0);
                }
                self.read_piece(number, text, batch).inspect_err(|_| {
                    first_bad.fetch_min(number, Relaxed);
                })?;
                visit(batch);
                Ok(batch.len() as u64)
            })
            .collect();
        counts.into_iter().sum()
    }
}

#[cfg(test)]
mod tests;
