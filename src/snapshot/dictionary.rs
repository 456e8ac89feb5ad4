//! `DATA_DICTIONARY.md`: every table and column in words, from the schema in code.

use std::fmt::Write;

use super::Table;
use super::manifest::SCHEMA_VERSION;
use super::schema::*;

/// The whole dictionary as Markdown.
pub fn markdown() -> String {
    let mut text = format!(
        "# Data dictionary\n\nSchema {SCHEMA_VERSION}. Generated from the schema in code; do not edit. Each table is one Parquet \
         file, sorted by its key. A missing value is null and never means zero or no.\n\n\
         Metrics of `scores`: `trust` (all kinds of nodes); its components `own`, `control`, `vouching`, `dependencies` on the same \
         scale (packages); `criticality` (packages; sums to 1 over an ecosystem); `dominator_share` (packages; part of the other listed packages whose \
         needs all pass through it, on every chain of what they need to run down to a package that needs nothing; 0..=1); \
         `effective_maintainers` (packages; a count).\n"
    );
    section::<PackageRow>(&mut text);
    section::<BinaryRow>(&mut text);
    section::<ReleaseRow>(&mut text);
    section::<RepositoryRow>(&mut text);
    section::<RepositoryLinkRow>(&mut text);
    section::<PersonRow>(&mut text);
    section::<TeamRow>(&mut text);
    section::<MaintainerRow>(&mut text);
    section::<ContributionRow>(&mut text);
    section::<DependencyRow>(&mut text);
    section::<DependentRow>(&mut text);
    section::<ScoreRow>(&mut text);
    section::<ContributionToScoreRow>(&mut text);
    section::<FindingRow>(&mut text);
    section::<SensitivityRow>(&mut text);
    section::<FairnessRow>(&mut text);
    section::<FairnessVariantRow>(&mut text);
    section::<FairnessComparisonRow>(&mut text);
    section::<BacktestMeasureRow>(&mut text);
    section::<AttackOutcomeRow>(&mut text);
    section::<ChangeRow>(&mut text);
    section::<SweepRow>(&mut text);
    section::<SourceRow>(&mut text);
    section::<QualityRow>(&mut text);
    text
}

fn section<T: Table>(text: &mut String) {
    let _ = write!(
        text,
        "\n## {}\n\n{}\n\nKey: {}.\n\n| column | type | meaning |\n|---|---|---|\n",
        T::NAME,
        T::doc(),
        T::KEY.join(", ")
    );
    for column in T::columns() {
        let kind = type_name(&column.data_type);
        let null = if column.is_nullable { ", may be null" } else { "" };
        let _ = writeln!(text, "| {} | {kind}{null} | {} |", column.name, column.doc.replace('|', "\\|"));
    }
}

/// Type of a column in words of the dictionary.
pub fn type_name(data_type: &arrow::datatypes::DataType) -> &'static str {
    use arrow::datatypes::DataType;
    match data_type {
        DataType::Utf8 => "string",
        DataType::Dictionary(_, _) => "word",
        DataType::Float64 => "double",
        DataType::Int64 => "integer",
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        _ => "other",
    }
}
