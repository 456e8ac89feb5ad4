//! What describes a snapshot to other tools, all made of the one schema and the manifest: Croissant 1.1, Frictionless Data
//! Package v2, a citation file and a dataset card.

mod card;
mod citation;
mod croissant;
mod datapackage;

use arrow::datatypes::{DataType, Field};

use super::manifest::{Manifest, ManifestTable};
use super::parquet_file::TableFile;

/// Home of the program.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// Licence of program and tables, as SPDX names it.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// Name and text of every descriptor. `manifest` lists the files already.
pub(super) fn all(manifest: &Manifest, files: &[TableFile]) -> Vec<(&'static str, String)> {
    let described = Described { manifest, files };
    vec![
        ("croissant.json", croissant::json(&described)),
        ("datapackage.json", datapackage::json(&described)),
        ("CITATION.cff", citation::cff(&described)),
        ("README.md", card::markdown(&described)),
    ]
}

/// A snapshot as descriptors see it: public columns only.
struct Described<'d> {
    manifest: &'d Manifest,
    files: &'d [TableFile],
}

impl<'d> Described<'d> {
    /// Tables in the order of the schema, each with its file.
    fn tables(&self) -> impl Iterator<Item = (&'d TableFile, &'d ManifestTable)> {
        let listed = |file: &'d TableFile| self.manifest.tables.iter().find(|table| table.name == file.name);
        self.files.iter().filter_map(move |file| Some((file, listed(file)?)))
    }

    /// `trustgraph-JOB` in lower-case letters, digits and hyphens.
    fn name(&self) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        format!("trustgraph-{}", self.manifest.job.chars().map(letter).collect::<String>())
    }

    /// What the dataset is, in a line.
    fn title(&self) -> String {
        format!("Trustgraph: {}, as of {}", self.manifest.title, self.manifest.as_of)
    }

    /// What it is and how it was made, in a paragraph.
    fn description(&self) -> String {
        format!(
            "Packages, repositories and persons of open source, who controls what, and trust propagated between them, with the \
             ledger of every score. Facts up to {}. The same inputs (digest {}) and job (digest {}) give the same bytes. A \
             missing value is null and never means zero or no.",
            self.manifest.as_of, self.manifest.inputs_digest, self.manifest.job_digest
        )
    }
}

/// Meaning of a column.
fn doc(field: &Field) -> &str {
    field.metadata().get("doc").map_or("", String::as_str)
}

/// The word of a vocabulary for a column's type: text, whole number, number, yes or no, day.
fn word<'w>(data_type: &DataType, [text, integer, number, boolean, day]: [&'w str; 5]) -> &'w str {
    match data_type {
        DataType::Int64 => integer,
        DataType::Float64 => number,
        DataType::Boolean => boolean,
        DataType::Date32 => day,
        _ => text,
    }
}
