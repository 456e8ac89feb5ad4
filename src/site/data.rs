//! The page of downloads, quality and inputs, and that of the schema; and the page for an address that does not exist.

use std::convert::Infallible;

use askama::Template;

use super::view::Frame;
use super::{Pages, SitePlan, words};
use crate::snapshot::{Column, ManifestTable, Table, TableVisitor};

/// Rows of the quality table shown.
const QUALITY_ROWS: usize = 120;
/// Rows of the inputs shown.
const SOURCE_ROWS: usize = 100;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "data.html", config = "site/askama.toml")]
pub(super) struct DataPage {
    pub frame: Frame,
    pub files: Vec<FileView>,
    pub quality: Vec<QualityView>,
    pub quality_more: usize,
    pub sources: Vec<SourceView>,
    pub source_more: usize,
    pub kinds: Vec<(&'static str, usize, String)>,
    pub facts: Vec<(&'static str, String)>,
    /// Where wrong data is reported.
    pub report: &'static str,
}

/// A file to download.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FileView {
    /// File name.
    pub file: String,
    /// What a row is.
    pub doc: String,
    /// Rows.
    pub rows: String,
    /// Size.
    pub size: String,
    /// For sorting.
    pub size_bytes: u64,
    /// Digest.
    pub sha256: String,
}

/// A table of the schema.
#[derive(Clone, Debug)]
pub(super) struct TableView {
    /// Name.
    pub name: &'static str,
    /// What a row is.
    pub doc: String,
    /// Columns rows are sorted by.
    pub key: String,
    /// Columns.
    pub columns: Vec<(&'static str, &'static str, &'static str, String)>,
}

/// A figure or gate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QualityView {
    /// Name.
    pub check: String,
    /// What it is about.
    pub subject: String,
    /// Figure.
    pub value: String,
    /// Limit, or a dash.
    pub limit: String,
    /// In words.
    pub state: &'static str,
}

/// An input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceView {
    /// Source and file.
    pub file: String,
    /// The day it speaks of.
    pub as_of: String,
    /// Rows taken, refused, set aside.
    pub counts: [String; 3],
    /// Digest, shortened.
    pub digest: String,
}

/// Every column.
#[derive(Template)]
#[template(path = "schema.html", config = "site/askama.toml")]
pub(super) struct SchemaPage {
    pub frame: Frame,
    pub schema: Vec<TableView>,
}

impl SchemaPage {
    /// The page.
    pub fn new(pages: &Pages) -> Self {
        let p = pages.lookup.published;
        let mut schema = SchemaVisitor(Vec::new());
        let Ok(()) = p.visit(&mut schema);
        let description = "Every column of every table, with its type and meaning.".to_owned();
        Self { schema: schema.0, frame: Frame::new(&p.manifest, "schema.html", "Schema", description) }
    }
}

/// Nothing is at this address.
#[derive(Template)]
#[template(path = "not_found.html", config = "site/askama.toml")]
pub(super) struct NotFoundPage {
    pub frame: Frame,
}

/// The page of all nodes that have none of their own: a script reads their JSON.
#[derive(Template)]
#[template(path = "shared.html", config = "site/askama.toml")]
pub(super) struct SharedPage {
    pub frame: Frame,
}

impl SharedPage {
    /// The page.
    pub fn new(pages: &Pages) -> Self {
        let manifest = &pages.lookup.published.manifest;
        let description = "What is known of a package or repository without a page of its own.".to_owned();
        Self { frame: Frame::new(manifest, super::paths::SHARED, "What is known of it", description) }
    }
}

impl NotFoundPage {
    /// The page.
    pub fn new(pages: &Pages) -> Self {
        let manifest = &pages.lookup.published.manifest;
        Self { frame: Frame::new(manifest, "404.html", "Nothing is here", "No page has this address.".into()) }
    }
}

impl DataPage {
    /// The page.
    pub fn new(pages: &Pages) -> Self {
        let p = pages.lookup.published;
        let m = &p.manifest;
        let mut schema = SchemaVisitor(Vec::new());
        let Ok(()) = p.visit(&mut schema);
        let description = "Every table of the snapshot as Parquet, its schema, its checks and its inputs.".to_owned();
        Self {
            report: concat!(env!("CARGO_PKG_REPOSITORY"), "/issues/new"),
            files: m.tables.iter().map(|table| file(table, &schema.0)).collect(),
            quality: quality(&p.quality),
            quality_more: p.quality.len().saturating_sub(QUALITY_ROWS),
            sources: p.sources.iter().take(SOURCE_ROWS).map(source).collect(),
            source_more: p.sources.len().saturating_sub(SOURCE_ROWS),
            kinds: pages.api.kinds().map(|(kind, digits, count)| (kind, digits, words::count(count as i64))).collect(),
            facts: vec![
                ("Snapshot", m.snapshot.clone()),
                ("As of", m.as_of.to_string()),
                ("Job", format!("{}: {}", m.job, m.title)),
                ("Schema version", m.schema_version.clone()),
                ("Program", m.code.clone()),
                ("Digest of the job", m.job_digest.clone()),
                ("Digest of all inputs", m.inputs_digest.clone()),
                (
                    "Pages of packages",
                    SitePlan::pages_in_words(pages.choice.package_pages, p.packages.len(), pages.choice.reason),
                ),
                ("Person ids", pseudonyms(&m.pseudonym_key)),
            ],
            frame: Frame::new(m, "data.html", "Data", description),
        }
    }
}

/// Collects the schema of every table.
struct SchemaVisitor(Vec<TableView>);

impl TableVisitor for SchemaVisitor {
    type Error = Infallible;

    fn visit<T: Table>(&mut self, _: &[T]) -> Result<(), Infallible> {
        let columns = T::columns().into_iter().map(|column| (column.name, type_word(&column), null_word(&column), column.doc));
        self.0.push(TableView { name: T::NAME, doc: T::doc(), key: T::KEY.join(", "), columns: columns.collect() });
        Ok(())
    }
}

fn type_word(column: &Column) -> &'static str {
    use arrow::datatypes::DataType;
    match column.data_type {
        DataType::Utf8 => "text",
        DataType::Dictionary(..) => "word",
        DataType::Int64 => "integer",
        DataType::Float64 => "number",
        DataType::Boolean => "yes or no",
        DataType::Date32 => "day",
        _ => "other",
    }
}

fn null_word(column: &Column) -> &'static str {
    if column.is_nullable { "may be null" } else { "" }
}

fn pseudonyms(key: &str) -> String {
    match key {
        "secret" => "keyed pseudonyms; the key is secret, so an address cannot be tried against them".to_owned(),
        "public" => "keyed pseudonyms; the key is public, so whoever knows an address can recompute them".to_owned(),
        other => other.to_owned(),
    }
}

fn file(table: &ManifestTable, schema: &[TableView]) -> FileView {
    let doc = schema.iter().find(|known| known.name == table.name).map(|known| known.doc.clone());
    FileView {
        file: table.file.clone(),
        doc: doc.unwrap_or_default(),
        rows: words::count(table.row_count as i64),
        size: words::bytes(table.size_bytes),
        size_bytes: table.size_bytes,
        sha256: table.sha256.clone(),
    }
}

/// Gates first, failed ones before held ones.
fn quality(rows: &[crate::snapshot::schema::QualityRow]) -> Vec<QualityView> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| row.is_passed.map_or(2, u8::from));
    let view = |row: &crate::snapshot::schema::QualityRow| QualityView {
        check: words::title(&row.check),
        subject: row.subject.clone(),
        value: words::figure(row.value),
        limit: row.limit.map_or_else(|| "–".to_owned(), words::figure),
        state: match row.is_passed {
            Some(true) => "held",
            Some(false) => "failed",
            None => "figure only",
        },
    };
    rows.into_iter().take(QUALITY_ROWS).map(view).collect()
}

fn source(row: &crate::snapshot::schema::SourceRow) -> SourceView {
    SourceView {
        file: format!("{} · {}", row.source, row.file),
        as_of: row.as_of.map_or_else(|| "–".to_owned(), |day| day.to_string()),
        counts: [row.read_count, row.reject_count, row.skip_count].map(words::count),
        digest: row.digest.chars().take(23).collect(),
    }
}
