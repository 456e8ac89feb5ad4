//! `commits.parquet` → checked rows.

use arrow::array::{BooleanArray, Int64Array, StringArray};

use super::columns::{Columns, Kind, Layout, flag, number, text};
use super::parquet_file;
use super::repositories::Names;
use crate::sources::{RawFile, SourceError};
use crate::tables::{Clock, CommitId, ReadReport};

/// Columns of `commits.parquet`.
const LAYOUT: Layout = Layout {
    read: &[
        ("repo", Kind::Text),
        ("sha", Kind::Text),
        ("author_id", Kind::Number),
        ("committer_id", Kind::Number),
        ("author_time", Kind::Number),
        ("commit_time", Kind::Number),
        ("parent_count", Kind::Number),
        ("has_signature", Kind::Flag),
        ("is_on_head", Kind::Flag),
        ("is_bot", Kind::Flag),
        ("committed_by_forge", Kind::Flag),
    ],
    optional: &[
        ("author_tz", Kind::Text),
        ("files_changed", Kind::Number),
        ("insertions", Kind::Number),
        ("deletions", Kind::Number),
    ],
    unread: &[],
};

/// One commit of HEAD.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommitRow {
    /// Number of its repository in [`Names`].
    pub repository: u32,
    pub id: CommitId,
    pub author: i64,
    pub committer: i64,
    /// Day since 1970, 0..=2106.
    pub authored: i32,
    /// The author's.
    pub clock: Clock,
    /// Likewise.
    pub committed: i32,
    pub parent_count: u8,
    pub has_signature: bool,
    pub is_bot: bool,
    pub is_committed_by_forge: bool,
    /// `None`: the table does not know.
    pub file_count: Option<u32>,
    /// Inserted and deleted. `None` where either is not known.
    pub line_count: Option<u32>,
}

/// Reads all rows; refused ones are counted in `report`.
pub(super) fn read(file: &RawFile, names: &mut Names, report: &mut ReadReport) -> Result<Vec<CommitRow>, SourceError> {
    let mut rows = Vec::new();
    let mut other_branches = 0;
    let mut refused = Vec::new();
    parquet_file::read(file, &LAYOUT, report, |columns, first| {
        let batch = Batch::new(columns)?;
        for (row, number) in (0..columns.0.num_rows()).zip(first..) {
            match batch.row(row, names) {
                Ok(Some(commit)) => rows.push(commit),
                Ok(None) => other_branches += 1,
                Err(reason) => refused.push((reason, number)),
            }
        }
        Ok(())
    })?;
    report.read_count = (rows.len() + other_branches) as u64;
    report.skip_many("commit is not in the history of HEAD", other_branches);
    refused.into_iter().for_each(|(reason, row)| report.reject(reason, row));
    Ok(rows)
}

struct Batch {
    repo: StringArray,
    sha: StringArray,
    author_id: Int64Array,
    committer_id: Int64Array,
    author_time: Int64Array,
    commit_time: Int64Array,
    parent_count: Int64Array,
    has_signature: BooleanArray,
    is_on_head: BooleanArray,
    is_bot: BooleanArray,
    committed_by_forge: BooleanArray,
    author_tz: Option<StringArray>,
    files_changed: Option<Int64Array>,
    insertions: Option<Int64Array>,
    deletions: Option<Int64Array>,
}

impl Batch {
    fn new(columns: &Columns<'_>) -> Result<Self, String> {
        let optional = |name| columns.has(name).then(|| columns.numbers(name)).transpose();
        Ok(Self {
            repo: columns.text("repo")?,
            sha: columns.text("sha")?,
            author_id: columns.numbers("author_id")?,
            committer_id: columns.numbers("committer_id")?,
            author_time: columns.numbers("author_time")?,
            commit_time: columns.numbers("commit_time")?,
            parent_count: columns.numbers("parent_count")?,
            has_signature: columns.flags("has_signature")?,
            is_on_head: columns.flags("is_on_head")?,
            is_bot: columns.flags("is_bot")?,
            committed_by_forge: columns.flags("committed_by_forge")?,
            author_tz: columns.has("author_tz").then(|| columns.text("author_tz")).transpose()?,
            files_changed: optional("files_changed")?,
            insertions: optional("insertions")?,
            deletions: optional("deletions")?,
        })
    }

    /// `Ok(None)` for a commit of another branch than HEAD.
    fn row(&self, row: usize, names: &mut Names) -> Result<Option<CommitRow>, &'static str> {
        const NULL: &str = "null where a value is needed";
        if !flag(&self.is_on_head, row).ok_or(NULL)? {
            return Ok(None);
        }
        let parents = number(&self.parent_count, row).ok_or(NULL)?;
        let authored = number(&self.author_time, row).ok_or(NULL)?;
        let zone = self.author_tz.as_ref().and_then(|column| text(column, row));
        let [inserted, deleted] = [&self.insertions, &self.deletions].map(|column| count(column, row));
        let [inserted, deleted] = [inserted, deleted].map(|lines| lines.map_err(|()| "count of lines is outside 0..=4294967295"));
        let (inserted, deleted) = (inserted?, deleted?);
        Ok(Some(CommitRow {
            repository: names.number(text(&self.repo, row).ok_or(NULL)?).ok_or("repository name is no path of a URL")?,
            id: commit_id(text(&self.sha, row).ok_or(NULL)?)?,
            author: number(&self.author_id, row).ok_or("author id is null")?,
            committer: number(&self.committer_id, row).ok_or("committer id is null")?,
            authored: day(authored)?,
            committed: day(number(&self.commit_time, row).ok_or(NULL)?)?,
            parent_count: u8::try_from(parents.min(255)).map_err(|_| "negative count of parents")?,
            has_signature: flag(&self.has_signature, row).ok_or(NULL)?,
            is_bot: flag(&self.is_bot, row).ok_or(NULL)?,
            is_committed_by_forge: flag(&self.committed_by_forge, row).ok_or(NULL)?,
            clock: Clock::new(authored, zone.unwrap_or_default().as_bytes()),
            file_count: count(&self.files_changed, row).map_err(|()| "count of files is outside 0..=4294967295")?,
            line_count: inserted.zip(deleted).map(|(inserted, deleted)| inserted.saturating_add(deleted)),
        }))
    }
}

/// A count that may be missing; an error where it is none.
fn count(column: &Option<Int64Array>, row: usize) -> Result<Option<u32>, ()> {
    let written = column.as_ref().and_then(|column| number(column, row));
    written.map(u32::try_from).transpose().map_err(|_| ())
}

/// 12 to 64 hexadecimal digits, padded or cut to twelve bytes.
pub(super) fn commit_id(hex: &str) -> Result<CommitId, &'static str> {
    const NO_HASH: &str = "hash is not 12 to 64 hexadecimal digits";
    if !(12..=64).contains(&hex.len()) || hex.len() % 2 == 1 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(NO_HASH);
    }
    let mut id = CommitId::default();
    for (byte, pair) in id.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    Ok(id)
}

/// Day of a second that git can hold.
pub(super) fn day(seconds: i64) -> Result<i32, &'static str> {
    let seconds = u32::try_from(seconds).map_err(|_| "time is outside 1970..=2106")?;
    Ok((seconds / 86_400) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_times_are_checked() {
        assert_eq!(commit_id("a421c0a2f926"), Ok([0xa4, 0x21, 0xc0, 0xa2, 0xf9, 0x26, 0, 0, 0, 0, 0, 0]));
        assert_eq!(commit_id(&"Ff".repeat(20)), Ok([255; 12]));
        for hex in ["", "a421c0a2f92", "a421c0a2f92z", "a421c0a2f9\u{e9}", &"0".repeat(66)] {
            assert!(commit_id(hex).is_err(), "{hex}");
        }
        assert_eq!((day(0), day(86_400)), (Ok(0), Ok(1)));
        assert!(day(-1).is_err() && day(i64::MAX).is_err());
    }
}
