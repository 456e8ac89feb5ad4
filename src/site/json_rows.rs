//! Rows of published tables as JSON objects whose keys are the column names.

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use serde_json::{Map, Value};

use crate::snapshot::Table;
use crate::units::Day;

/// A table as columns, ready to be shown row by row.
pub(super) struct JsonRows {
    names: Vec<&'static str>,
    arrays: Vec<ArrayRef>,
}

impl JsonRows {
    /// Columns of `rows`.
    pub fn new<T: Table>(rows: &[T]) -> Self {
        Self { names: T::columns().iter().map(|column| column.name).collect(), arrays: T::arrays(rows) }
    }

    /// Row `row` without the columns `implied` by its place. A column without a value is left out.
    pub fn object(&self, row: usize, implied: &[&str]) -> Map<String, Value> {
        let cell = |(name, array): (&&'static str, &ArrayRef)| {
            let value = (!implied.contains(name)).then(|| value(array, row)).flatten()?;
            Some(((*name).to_owned(), value))
        };
        self.names.iter().zip(&self.arrays).filter_map(cell).collect()
    }

    /// Rows `range` as lists of the cells of `columns`, null where there is no value; nulls at the end are left out.
    pub fn lists(&self, range: impl Iterator<Item = usize>, columns: &[&str]) -> Value {
        let arrays: Vec<&ArrayRef> = columns
            .iter()
            .filter_map(|column| self.names.iter().position(|name| name == column))
            .map(|at| &self.arrays[at])
            .collect();
        let list = |row: usize| {
            let mut cells: Vec<Value> = arrays.iter().map(|array| value(array, row).unwrap_or(Value::Null)).collect();
            cells.truncate(cells.iter().rposition(|cell| !cell.is_null()).map_or(0, |last| last + 1));
            Value::Array(cells)
        };
        range.map(list).collect()
    }

    /// Rows `range` without the columns `implied`.
    pub fn objects(&self, range: impl Iterator<Item = usize>, implied: &[&str]) -> Value {
        range.map(|row| Value::Object(self.object(row, implied))).collect()
    }
}

fn value(array: &ArrayRef, row: usize) -> Option<Value> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => rounded(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => Day(array.as_primitive::<Date32Type>().value(row)).to_string().into(),
        DataType::Dictionary(..) => {
            let words = array.as_dictionary_opt::<Int32Type>()?;
            let values = words.values().as_any().downcast_ref::<StringArray>()?;
            values.value(words.keys().value(row) as usize).into()
        }
        _ => return None,
    })
}

/// Six significant digits: more than a halved or doubled parameter leaves in place, and a third of the bytes.
pub(super) fn rounded(value: f64) -> Value {
    let short: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    if short.fract() == 0.0 && short.abs() < 1e15 { Value::from(short as i64) } else { Value::from(short) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::schema::SourceRow;

    #[test]
    fn keys_are_columns_and_nothing_stands_for_nothing() {
        let row = SourceRow {
            source: "debian".into(),
            file: "Sources".into(),
            digest: "sha256:00".into(),
            size_bytes: 7,
            as_of: None,
            read_count: 1,
            reject_count: 0,
            skip_count: 0,
        };
        let rows = JsonRows::new(&[row]);
        let text = serde_json::to_string(&rows.objects(0..1, &["source"])).expect("json");
        assert_eq!(
            text,
            r#"[{"digest":"sha256:00","file":"Sources","read_count":1,"reject_count":0,"size_bytes":7,"skip_count":0}]"#
        );
        assert_eq!(rows.lists(0..1, &["file", "as_of"]).to_string(), r#"[["Sources"]]"#);
        assert_eq!(rounded(0.123_456_789_012_345).to_string(), "0.123457");
        assert_eq!(rounded(1.0).to_string(), "1");
        assert_eq!(rounded(f64::NAN), Value::Null);
    }
}
