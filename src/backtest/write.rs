//! `report.json`, `measures.parquet` and `validation.html`.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::measure::{Measure, Report};
use super::page;

/// Writes the three files into `out`, which is made when missing. Equal reports give equal bytes.
pub fn write(report: &Report, out: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(out)?;
    let mut json = serde_json::to_string_pretty(report).map_err(std::io::Error::other)?;
    json.push('\n');
    fs_err::write(out.join("report.json"), json)?;
    fs_err::write(out.join("measures.parquet"), parquet(&report.measures).map_err(std::io::Error::other)?)?;
    fs_err::write(out.join("validation.html"), page::render(report))
}

fn parquet(measures: &[Measure]) -> parquet::errors::Result<Vec<u8>> {
    let text = |of: fn(&Measure) -> Option<&str>| Arc::new(measures.iter().map(of).collect::<StringArray>()) as ArrayRef;
    let number = |of: fn(&Measure) -> Option<f64>| Arc::new(measures.iter().map(of).collect::<Float64Array>()) as ArrayRef;
    let columns = [
        ("name", text(|measure| Some(measure.name))),
        ("subject", text(|measure| measure.subject.as_deref())),
        ("signal", text(|measure| measure.signal.as_deref())),
        ("month", text(|measure| measure.month.as_deref())),
        ("value", number(|measure| measure.value)),
        ("lower", number(|measure| measure.lower)),
        ("upper", number(|measure| measure.upper)),
        ("n", Arc::new(measures.iter().map(|measure| measure.n).collect::<UInt64Array>()) as ArrayRef),
        ("note", text(|measure| measure.note.as_deref())),
    ];
    let data_type = |name: &str| match name {
        "value" | "lower" | "upper" => DataType::Float64,
        "n" => DataType::UInt64,
        _ => DataType::Utf8,
    };
    let fields: Vec<Field> = columns.iter().map(|(name, _)| Field::new(*name, data_type(name), *name != "name")).collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns.into_iter().map(|(_, column)| column).collect())?;
    let level = ZstdLevel::try_new(3)?;
    let properties = WriterProperties::builder().set_created_by("trustgraph".to_owned());
    let properties = properties.set_compression(Compression::ZSTD(level)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
    writer.write(&batch)?;
    writer.into_inner()
}
