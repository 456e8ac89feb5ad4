//! Which Rust types a published column may have, and how each is stored in Arrow.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringBuilder, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};

use super::{Text, Word};
use crate::units::Day;

/// A type a column may have.
pub trait Cell: Sized {
    /// Whether a value may be missing. Missing never means zero or no.
    const NULLABLE: bool;
    /// Arrow type.
    fn data_type() -> DataType;
    /// A column of `values`.
    fn to_array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef
    where
        Self: 'a;
    /// A column back into values; `None` when the type differs or a value is missing where none may be.
    fn from_array(array: &dyn Array) -> Option<Vec<Self>>;
}

macro_rules! cell {
    ($type:ty, $data_type:expr, $to:expr, $from:expr) => {
        impl Cell for $type {
            const NULLABLE: bool = false;
            fn data_type() -> DataType {
                $data_type
            }
            fn to_array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
                ($to)(&mut values.map(Some) as &mut dyn Iterator<Item = Option<&'a $type>>)
            }
            fn from_array(array: &dyn Array) -> Option<Vec<Self>> {
                <Option<$type>>::from_array(array)?.into_iter().collect()
            }
        }

        impl Cell for Option<$type> {
            const NULLABLE: bool = true;
            fn data_type() -> DataType {
                $data_type
            }
            fn to_array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
                ($to)(&mut values.map(Option::as_ref) as &mut dyn Iterator<Item = Option<&'a $type>>)
            }
            fn from_array(array: &dyn Array) -> Option<Vec<Self>> {
                ($from)(array)
            }
        }
    };
}

fn append_run(builder: &mut StringDictionaryBuilder<Int32Type>, (word, count): (Option<&Word>, usize)) {
    match word {
        Some(word) => builder.append_values(word, count),
        None => builder.append_nulls(count),
    }
}

type Values<'v, 'a, T> = &'v mut dyn Iterator<Item = Option<&'a T>>;

cell!(
    String,
    DataType::Utf8,
    |values: Values<'_, '_, String>| {
        let mut builder = StringBuilder::new();
        values.for_each(|text| builder.append_option(text));
        Arc::new(builder.finish()) as ArrayRef
    },
    |array: &dyn Array| Some(array.as_string_opt::<i32>()?.iter().map(|v| v.map(str::to_owned)).collect())
);
cell!(
    Text,
    DataType::Utf8,
    |values: Values<'_, '_, Text>| {
        let mut builder = StringBuilder::new();
        values.for_each(|text| builder.append_option(text));
        Arc::new(builder.finish()) as ArrayRef
    },
    |array: &dyn Array| {
        // Sorted columns come in runs, and only the first of a run is looked up.
        let mut last: Option<(&str, Text)> = None;
        let mut text = |text| match last {
            Some((known, number)) if known == text => number,
            _ => last.insert((text, text.into())).1,
        };
        Some(array.as_string_opt::<i32>()?.iter().map(|v| v.map(&mut text)).collect())
    }
);
cell!(
    f64,
    DataType::Float64,
    |values: Values<'_, '_, f64>| Arc::new(values.map(|v| v.copied()).collect::<Float64Array>()) as ArrayRef,
    |array: &dyn Array| Some(array.as_primitive_opt::<Float64Type>()?.iter().collect())
);
cell!(
    i64,
    DataType::Int64,
    |values: Values<'_, '_, i64>| Arc::new(values.map(|v| v.copied()).collect::<Int64Array>()) as ArrayRef,
    |array: &dyn Array| Some(array.as_primitive_opt::<Int64Type>()?.iter().collect())
);
cell!(
    bool,
    DataType::Boolean,
    |values: Values<'_, '_, bool>| Arc::new(values.map(|v| v.copied()).collect::<BooleanArray>()) as ArrayRef,
    |array: &dyn Array| Some(array.as_boolean_opt()?.iter().collect())
);
cell!(
    Day,
    DataType::Date32,
    |values: Values<'_, '_, Day>| Arc::new(values.map(|v| v.map(|day| day.0)).collect::<Date32Array>()) as ArrayRef,
    |array: &dyn Array| Some(array.as_primitive_opt::<Date32Type>()?.iter().map(|v| v.map(Day)).collect())
);
cell!(
    Word,
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    |values: Values<'_, '_, Word>| {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        // Words come in runs, and only the first of a run is looked up.
        let mut run: (Option<&Word>, usize) = (None, 0);
        for word in values {
            if word != run.0 {
                append_run(&mut builder, run);
                run = (word, 0);
            }
            run.1 += 1;
        }
        append_run(&mut builder, run);
        Arc::new(builder.finish()) as ArrayRef
    },
    |array: &dyn Array| {
        let array = array.as_dictionary_opt::<Int32Type>()?;
        let words: Vec<Option<Word>> = array.values().as_string_opt::<i32>()?.iter().map(|v| v.map(Word::from)).collect();
        Some(array.keys().iter().map(|key| *words.get(usize::try_from(key?).ok()?)?).collect())
    }
);
