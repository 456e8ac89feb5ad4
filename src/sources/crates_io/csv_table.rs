//! One CSV table of a dump: columns found by the names in its first row, rows shown one by one.

use std::io::{self, Read};
use std::str::from_utf8;

use csv::ByteRecord;

use super::input_error;
use crate::sources::SourceError;
use crate::tables::ReadReport;
use crate::units::Day;

/// Longest row, in bytes. Descriptions are limited by the registry; a longer row is a quote that never closes.
const MAX_ROW_BYTES: u64 = 64 << 20;

/// Which columns a table has.
pub(super) struct Columns {
    /// Without these the table cannot be read.
    pub(super) needed: &'static [&'static str],
    /// Read where the layout has them.
    pub(super) optional: &'static [&'static str],
    /// Known, and of no use here.
    pub(super) unread: &'static [&'static str],
}

/// One row. Fields are numbered as in `needed`, then `optional`.
pub(super) struct Row<'r> {
    record: &'r ByteRecord,
    places: &'r [Option<usize>],
}

impl Row<'_> {
    /// The field; empty where it is null or the layout has no such column.
    pub(super) fn text(&self, at: usize) -> Result<&str, &'static str> {
        let field = self.places[at].and_then(|place| self.record.get(place)).unwrap_or_default();
        from_utf8(field).map_err(|_| "field is not UTF-8")
    }

    /// The field, unless it is empty.
    pub(super) fn some(&self, at: usize) -> Result<Option<&str>, &'static str> {
        self.text(at).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    /// A number that ids fit in.
    pub(super) fn id(&self, at: usize) -> Result<u32, &'static str> {
        let field = self.places[at].and_then(|place| self.record.get(place)).unwrap_or_default();
        // Ids are most of a dump's bytes: read without a detour over text.
        let digit = |sum: Option<u32>, byte: &u8| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
            sum?.checked_mul(10)?.checked_add(digit)
        };
        let number = if field.is_empty() { None } else { field.iter().fold(Some(0), digit) };
        number.ok_or("id is no number")
    }

    /// `t` or `f`, as PostgreSQL writes them.
    pub(super) fn flag(&self, at: usize) -> Result<bool, &'static str> {
        match self.text(at)? {
            "t" | "true" => Ok(true),
            "f" | "false" => Ok(false),
            _ => Err("flag is neither t nor f"),
        }
    }

    /// The day of a time such as `2017-11-30 04:00:19.334919+00`.
    pub(super) fn day(&self, at: usize) -> Result<Option<Day>, &'static str> {
        let Some(text) = self.some(at)? else { return Ok(None) };
        text.get(..10).and_then(Day::parse).map(Some).ok_or("time is none")
    }
}

/// Shows every row to `take`. Rows it refuses are counted by its reason; columns nobody knows are counted and logged.
pub(super) fn read(
    reader: &mut dyn Read,
    columns: &Columns,
    report: &mut ReadReport,
    mut take: impl FnMut(&Row) -> Result<(), &'static str>,
) -> Result<(), SourceError> {
    let since_row = std::cell::Cell::new(0);
    let file = report.file.clone();
    let wrong = |error: csv::Error| input_error(&file, format!("is damaged ({error}); get the dump again"));
    let bounded = RowBound { inner: reader, since_row: &since_row };
    let mut csv = csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 18).from_reader(bounded);
    let headers = csv.byte_headers().map_err(wrong)?.clone();
    let places = places(&headers, columns, report)?;
    let mut record = ByteRecord::new();
    let mut number = 0;
    while csv.read_byte_record(&mut record).map_err(wrong)? {
        since_row.set(0);
        number += 1;
        if record.len() != headers.len() {
            report.reject("row has another number of fields than the first", number);
            continue;
        }
        match take(&Row { record: &record, places: &places }) {
            Ok(()) => report.read_count += 1,
            Err(reason) => report.reject(reason, number),
        }
    }
    Ok(())
}

/// Where each wanted column stands.
fn places(headers: &ByteRecord, columns: &Columns, report: &mut ReadReport) -> Result<Vec<Option<usize>>, SourceError> {
    let place = |name: &&str| headers.iter().position(|header| header == name.as_bytes());
    if let Some(missing) = columns.needed.iter().find(|name| place(name).is_none()) {
        let what = format!("has no column `{missing}`; this version knows the layouts before and after June 2026");
        return Err(input_error(&report.file, what));
    }
    let known = |header: &[u8]| {
        [columns.needed, columns.optional, columns.unread].into_iter().flatten().any(|name| name.as_bytes() == header)
    };
    for header in headers.iter().filter(|header| !known(header)) {
        let shown: String = String::from_utf8_lossy(header).chars().take(40).collect();
        tracing::warn!("{}: {}: column `{}` is new; it is not read", report.source, report.file, shown.escape_debug());
        report.skip("column that this version does not know");
    }
    Ok(columns.needed.iter().chain(columns.optional).map(place).collect())
}

/// Ends reading when a row does not end.
struct RowBound<'r> {
    inner: &'r mut dyn Read,
    since_row: &'r std::cell::Cell<u64>,
}

impl Read for RowBound<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.since_row.set(self.since_row.get() + count as u64);
        if self.since_row.get() > MAX_ROW_BYTES {
            return Err(io::Error::other("a row does not end"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { needed: &["id", "name"], optional: &["at"], unread: &["note"] };

    type Read = (u32, String, Option<Day>);

    fn read_text(text: &[u8]) -> (Result<Vec<Read>, String>, ReadReport) {
        let mut report = ReadReport::new("crates_io", "x.csv");
        let mut rows = Vec::new();
        let result = read(&mut &text[..], &COLUMNS, &mut report, |row| {
            rows.push((row.id(0)?, row.text(1)?.to_owned(), row.day(2)?));
            Ok(())
        });
        (result.map(|()| rows).map_err(|error| error.to_string()), report)
    }

    #[test]
    fn columns_by_name_in_any_order() {
        let (rows, report) = read_text(b"note,name,id,new\nx,\"a,\"\"b\ny\",1,z\n,c,2,\n");
        assert_eq!(rows.expect("rows"), [(1, "a,\"b\ny".to_owned(), None), (2, "c".to_owned(), None)]);
        assert_eq!(report.skips["column that this version does not know"], 1);
        let (rows, _) = read_text(b"id,name,at\n1,a,2017-11-30 04:00:19.33+00\n2,b,\n");
        assert_eq!(rows.expect("rows").iter().map(|row| row.2).collect::<Vec<_>>(), [Day::parse("2017-11-30"), None]);
        assert!(read_text(b"id,title\n1,a\n").0.expect_err("an error").contains("no column `name`"));
    }

    #[test]
    fn wrong_rows_are_counted() {
        let (rows, report) = read_text(b"id,name,at\nx,a,\n,a,\n4294967296,a,\n1,\xff,\n1,a\n1,a,,\n1,a,yesterday\n5,ok,\n");
        assert_eq!(rows.expect("rows"), [(5, "ok".to_owned(), None)]);
        let counts: Vec<_> =
            report.rejects.iter().map(|(reason, reject)| (reason.as_str(), reject.count, reject.first_row)).collect();
        let expected = [
            ("field is not UTF-8", 1, 4),
            ("id is no number", 3, 1),
            ("row has another number of fields than the first", 2, 5),
            ("time is none", 1, 7),
        ];
        assert_eq!(counts, expected);
        assert_eq!(report.read_count, 1);
    }

    #[test]
    fn a_row_that_does_not_end() {
        let mut endless = io::Read::chain(&b"id,name\n1,\""[..], io::repeat(b'x'));
        let mut report = ReadReport::new("crates_io", "x.csv");
        let error = read(&mut endless, &COLUMNS, &mut report, |_| Ok(())).expect_err("an error").to_string();
        assert!(error.contains("a row does not end"), "{error}");
    }
}
