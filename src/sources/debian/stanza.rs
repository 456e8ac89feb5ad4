//! Stanzas of a Debian control file, streamed: one at a time, only the wanted fields, in bounded memory.
//!
//! Form: <https://www.debian.org/doc/debian-policy/ch-controlfields.html>. Whatever the bytes are, a stanza comes out; what
//! had to be mended is counted in the report.

use std::io::{self, BufRead};

use crate::tables::ReadReport;

/// Longest field kept, in bytes. The longest real one (`Binary` of a font collection) has some 20,000.
const MAX_FIELD_BYTES: usize = 1 << 20;

/// Reads stanzas and keeps the values of the fields `wanted`.
pub(super) struct Stanzas<R> {
    reader: R,
    wanted: &'static [&'static str],
    line: Vec<u8>,
    stanza: Stanza,
}

/// The wanted fields of one stanza.
#[derive(Default)]
pub(super) struct Stanza {
    /// Position in the file, from 1.
    pub(super) number: u64,
    wanted: &'static [&'static str],
    values: Vec<String>,
    is_present: Vec<bool>,
}

impl Stanza {
    /// The value of a wanted field, continuation lines joined by one space. `None` when absent or empty.
    pub(super) fn get(&self, field: &str) -> Option<&str> {
        let at = self.wanted.iter().position(|wanted| *wanted == field)?;
        Some(self.values[at].trim()).filter(|value| !value.is_empty())
    }

    fn clear(&mut self) {
        self.values.iter_mut().for_each(String::clear);
        self.is_present.fill(false);
    }
}

/// Where the next continuation line belongs.
#[derive(Clone, Copy, PartialEq)]
enum Current {
    Nothing,
    Unwanted,
    Wanted(usize),
}

impl<R: BufRead> Stanzas<R> {
    /// Reads from `reader`. Field names are compared without case, as policy says.
    pub(super) fn new(reader: R, wanted: &'static [&'static str]) -> Self {
        let (values, is_present) = (vec![String::new(); wanted.len()], vec![false; wanted.len()]);
        Self { reader, wanted, line: Vec::new(), stanza: Stanza { number: 0, wanted, values, is_present } }
    }

    /// The next stanza, `None` at the end of the file. What had to be mended is counted as a reject of that stanza.
    pub(super) fn next(&mut self, report: &mut ReadReport) -> io::Result<Option<&Stanza>> {
        self.stanza.clear();
        let mut has_lines = false;
        let mut current = Current::Nothing;
        while let Some(is_cut) = self.read_line()? {
            let is_blank = self.line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            match (is_blank, has_lines) {
                (true, true) => break,
                (true, false) => continue,
                (false, true) => {}
                (false, false) => self.stanza.number += 1,
            }
            has_lines = true;
            if is_cut {
                report.reject("field over 1 MB", self.stanza.number);
                if let (Current::Wanted(at), true) = (current, self.line[0].is_ascii_whitespace()) {
                    self.stanza.values[at].clear();
                }
                current = Current::Unwanted;
                continue;
            }
            current = self.take_line(current, report);
        }
        Ok(has_lines.then_some(&self.stanza))
    }

    /// Adds the line to its field and says where a continuation would go.
    fn take_line(&mut self, current: Current, report: &mut ReadReport) -> Current {
        let (current, value_start) = match self.line[0] {
            b'#' => return current,
            b' ' | b'\t' => (current, 0),
            _ => self.field(),
        };
        let number = self.stanza.number;
        match current {
            Current::Nothing => report.reject("line is neither a field nor a continuation", number),
            Current::Wanted(at) if value_start > 0 && self.stanza.is_present[at] => {
                report.reject("field given twice", number);
                return Current::Unwanted;
            }
            Current::Wanted(at) => {
                self.stanza.is_present[at] = true;
                let value = &mut self.stanza.values[at];
                append(value, &self.line[value_start..], |reason| report.reject(reason, number));
                if value.len() > MAX_FIELD_BYTES {
                    report.reject("field over 1 MB", number);
                    value.clear();
                    return Current::Unwanted;
                }
            }
            Current::Unwanted => {}
        }
        current
    }

    /// The field a line starts, and where its value begins.
    fn field(&self) -> (Current, usize) {
        let Some(colon) = self.line.iter().position(|byte| *byte == b':').filter(|at| *at > 0) else {
            return (Current::Nothing, 0);
        };
        let at = self.wanted.iter().position(|wanted| wanted.as_bytes().eq_ignore_ascii_case(&self.line[..colon]));
        (at.map_or(Current::Unwanted, Current::Wanted), colon + 1)
    }

    /// Reads one line without its end into `line`. `Some(true)` when it was longer than a field may be and was cut.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.line.clear();
        let (mut is_cut, mut has_bytes) = (false, false);
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(has_bytes.then_some(is_cut));
            }
            has_bytes = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = (MAX_FIELD_BYTES + 1).saturating_sub(self.line.len());
            is_cut |= part.len() > room;
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = end.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some(is_cut));
            }
        }
    }
}

/// Appends `bytes` as text after one space, without control characters and marks that turn the direction of writing.
fn append(value: &mut String, bytes: &[u8], mut count: impl FnMut(&str)) {
    let bytes = bytes.trim_ascii();
    if !value.is_empty() {
        value.push(' ');
    }
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        count("invalid UTF-8 replaced");
    }
    if !text.chars().any(is_refused) {
        value.push_str(&text);
        return;
    }
    count("control characters removed");
    value.extend(text.chars().filter(|c| !is_refused(*c)));
}

fn is_refused(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\t') || turns_direction || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number, `Package` and `Depends` of a stanza.
    type Row = (u64, Option<String>, Option<String>);

    fn read(bytes: &[u8]) -> (Vec<Row>, ReadReport) {
        let mut report = ReadReport::new("debian", "test");
        // A tiny buffer, so that every line spans several reads.
        let mut stanzas = Stanzas::new(io::BufReader::with_capacity(3, bytes), &["Package", "Depends"]);
        let mut rows = Vec::new();
        while let Some(stanza) = stanzas.next(&mut report).expect("reads from memory do not fail") {
            let own = |field| stanza.get(field).map(str::to_owned);
            rows.push((stanza.number, own("Package"), own("Depends")));
        }
        (rows, report)
    }

    #[test]
    fn stanzas_fields_and_continuations() {
        let (rows, report) = read(b"\n\nPackage: a\nOther: x\n y\ndepends: b,\n c\n\td\n# note\n\r\n \nPackage: e\r\n");
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [(1, own("a"), own("b, c d")), (2, own("e"), None)]);
        assert_eq!(report.reject_count(), 0);
        assert!(read(b"").0.is_empty() && read(b"\n \n\n").0.is_empty());
    }

    #[test]
    fn hostile_bytes_are_mended_and_counted() {
        let (rows, report) = read(b"Package: a\xff\0\x1b\nPackage: twice\nno colon\n: x\n\nDepends: \xe2\x80\xaex\n");
        assert_eq!(rows[0].1.as_deref(), Some("a\u{fffd}"));
        assert_eq!(rows[1].2.as_deref(), Some("x"));
        let count = |reason| report.rejects.get(reason).map(|reject| (reject.count, reject.first_row));
        assert_eq!(count("invalid UTF-8 replaced"), Some((1, 1)));
        assert_eq!(count("control characters removed"), Some((2, 1)));
        assert_eq!(count("field given twice"), Some((1, 1)));
        assert_eq!(count("line is neither a field nor a continuation"), Some((2, 1)));
    }

    #[test]
    fn long_fields_are_refused_however_they_are_folded() {
        let mut one_line = b"Package: a\nDepends: ".to_vec();
        one_line.resize(3 << 20, b'x');
        let mut folded = b"Package: a\nDepends: x\n".to_vec();
        for _ in 0..40_000 {
            folded.extend_from_slice(b" 0123456789012345678901234567890123456789\n");
        }
        let mut late = b"Package: a\nDepends: x\n ".to_vec();
        late.resize(3 << 20, b'x');
        for bytes in [one_line, folded, late] {
            let (rows, report) = read(&bytes);
            assert_eq!(rows, [(1, Some("a".to_owned()), None)]);
            assert_eq!(report.rejects.get("field over 1 MB").map(|reject| reject.count), Some(1));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            read(&bytes);
        }
    }
}
