//! lz4 files, read to their real end.
//!
//! The decoder of `lz4_flex` takes a file that stops between two blocks for complete. Here the end of a frame counts only when
//! its end mark was read, and further frames of the same file are read too.

use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

/// All frames of a file, one after the other.
pub(super) struct Lz4Frames<R: Read> {
    decoder: FrameDecoder<Counted<R>>,
    is_between_frames: bool,
}

impl<R: Read> Lz4Frames<R> {
    /// Decompresses `reader`.
    pub(super) fn new(reader: R) -> Self {
        let decoder = FrameDecoder::new(Counted { reader, count: 0, is_at_end: false });
        Self { decoder, is_between_frames: true }
    }
}

impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let before = self.decoder.get_ref().count;
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                self.is_between_frames = false;
                return Ok(count);
            }
            let file = self.decoder.get_ref();
            match (file.is_at_end, self.is_between_frames && file.count == before) {
                (true, true) => return Ok(0),
                (true, false) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "lz4 frame without its end mark")),
                // An end mark was read: whatever follows is a new frame.
                (false, _) => self.is_between_frames = true,
            }
        }
    }
}

/// Knows how much was read, and whether the end was met.
struct Counted<R> {
    reader: R,
    count: u64,
    is_at_end: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.count += count as u64;
        self.is_at_end |= count == 0 && !buffer.is_empty();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn frame(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("written")
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Lz4Frames::new(bytes).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn frames_are_read_to_the_end_or_not_at_all() {
        let one = frame(b"one");
        let two = [one.clone(), frame(b""), frame(b"two")].concat();
        assert_eq!(read(&one).expect("whole"), b"one");
        assert_eq!(read(&two).expect("whole"), b"onetwo");
        assert_eq!(read(&[]).expect("nothing at all"), b"");
        for keep in 1..one.len() {
            assert!(read(&one[..keep]).is_err(), "{keep} of {}", one.len());
        }
        assert!(read(&two[..two.len() - 4]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at in 0usize..200) {
            let _ = read(&bytes);
            bytes.truncate(at);
            let _ = read(&[frame(b"some bytes to start with"), bytes].concat());
        }
    }
}
