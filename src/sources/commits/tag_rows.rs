//! `tags.parquet` → checked rows.

use arrow::array::{BooleanArray, Int64Array, StringArray};

use super::columns::{Columns, Kind, Layout, flag, number, text};
use super::commit_rows::{commit_id, day};
use super::parquet_file;
use super::repositories::Names;
use crate::sources::{RawFile, SourceError};
use crate::tables::{CommitId, ReadReport};

/// Columns of `tags.parquet`.
const LAYOUT: Layout = Layout {
    read: &[
        ("repo", Kind::Text),
        ("tag", Kind::Text),
        ("type", Kind::Text),
        ("target_commit", Kind::Text),
        ("tagger_time", Kind::Number),
        ("creator_time", Kind::Number),
        ("has_signature", Kind::Flag),
        ("tagger_id", Kind::Number),
    ],
    optional: &[],
    unread: &[],
};

/// Longest tag name, in bytes: git cannot store a longer one as a file.
const MAX_NAME: usize = 250;

/// One tag that names a commit.
#[derive(Clone, Debug)]
pub(super) struct TagRow {
    /// Number of its repository in [`Names`].
    pub repository: u32,
    pub name: String,
    pub target: CommitId,
    /// `None` for a lightweight tag: the table may name the committer there, who need not have made the tag.
    pub tagger: Option<i64>,
    /// Day since 1970.
    pub created: Option<i32>,
    pub has_signature: bool,
}

/// Reads all rows; refused ones are counted in `report`.
pub(super) fn read(file: &RawFile, names: &mut Names, report: &mut ReadReport) -> Result<Vec<TagRow>, SourceError> {
    let mut rows = Vec::new();
    let mut no_commits = 0;
    let mut refused = Vec::new();
    parquet_file::read(file, &LAYOUT, report, |columns, first| {
        let batch = Batch::new(columns)?;
        for (row, number) in (0..columns.0.num_rows()).zip(first..) {
            match batch.row(row, names) {
                Ok(Some(tag)) => rows.push(tag),
                Ok(None) => no_commits += 1,
                Err(reason) => refused.push((reason, number)),
            }
        }
        Ok(())
    })?;
    report.read_count = (rows.len() + no_commits) as u64;
    report.skip_many("tag names no commit", no_commits);
    refused.into_iter().for_each(|(reason, row)| report.reject(reason, row));
    Ok(rows)
}

struct Batch {
    repo: StringArray,
    tag: StringArray,
    kind: StringArray,
    target_commit: StringArray,
    tagger_time: Int64Array,
    creator_time: Int64Array,
    has_signature: BooleanArray,
    tagger_id: Int64Array,
}

impl Batch {
    fn new(columns: &Columns<'_>) -> Result<Self, String> {
        Ok(Self {
            repo: columns.text("repo")?,
            tag: columns.text("tag")?,
            kind: columns.text("type")?,
            target_commit: columns.text("target_commit")?,
            tagger_time: columns.numbers("tagger_time")?,
            creator_time: columns.numbers("creator_time")?,
            has_signature: columns.flags("has_signature")?,
            tagger_id: columns.numbers("tagger_id")?,
        })
    }

    /// `Ok(None)` for a tag of a folder or a file.
    fn row(&self, row: usize, names: &mut Names) -> Result<Option<TagRow>, &'static str> {
        const NULL: &str = "null where a value is needed";
        let is_annotated = match text(&self.kind, row).ok_or(NULL)? {
            "tag" => true,
            "commit" => false,
            "tree" | "blob" => return Ok(None),
            _ => return Err("unknown type of tag (known: tag, commit, tree, blob)"),
        };
        let name = text(&self.tag, row).ok_or(NULL)?;
        if name.is_empty() || name.len() > MAX_NAME || name.chars().any(|c| c.is_control() || c == ' ') {
            return Err("tag name is empty, too long, or holds spaces or control characters");
        }
        let creator_time = number(&self.creator_time, row);
        let time = if is_annotated { number(&self.tagger_time, row).or(creator_time) } else { creator_time };
        Ok(Some(TagRow {
            repository: names.number(text(&self.repo, row).ok_or(NULL)?).ok_or("repository name is no path of a URL")?,
            name: name.to_owned(),
            target: commit_id(text(&self.target_commit, row).ok_or(NULL)?)?,
            tagger: if is_annotated { number(&self.tagger_id, row) } else { None },
            created: time.map(day).transpose()?,
            has_signature: flag(&self.has_signature, row).ok_or(NULL)?,
        }))
    }
}
