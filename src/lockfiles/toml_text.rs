//! TOML into [`Node`]s. The parser bounds nesting and refuses keys that stand twice.

use toml::de::{DeTable, DeValue};

use super::LockfileError;
use super::lines::Lines;
use super::node::{Key, Node, Value};

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, LockfileError> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        LockfileError::shape(line, format!("is not TOML: {}", error.message()))
    })?;
    Ok(Node { line: 1, value: map(table.get_ref(), &lines) })
}

fn map(table: &DeTable, lines: &Lines) -> Value {
    let entry = |(key, value): (&toml::Spanned<std::borrow::Cow<str>>, &toml::Spanned<DeValue>)| {
        let key = Key { text: key.get_ref().to_string(), line: lines.at(key.span().start) };
        let node = node(value, lines);
        (key, node)
    };
    Value::Map(table.iter().map(entry).collect())
}

fn node(value: &toml::Spanned<DeValue>, lines: &Lines) -> Node {
    let line = lines.at(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, lines)).collect()),
        DeValue::Table(table) => map(table, lines),
    };
    Node { line, value }
}
