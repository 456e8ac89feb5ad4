//! JSON into [`Node`]s. Lines come from where a key or text stands in memory: the parser lends what holds no escapes.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::LockfileError;
use super::lines::Lines;
use super::node::{Key, MAX_NODES, Node, Value};

/// Reads one JSON value and nothing behind it. Nesting is bounded by the parser, the number of values here.
pub(super) fn read(text: &str) -> Result<Node, LockfileError> {
    let place = Place { text, lines: Lines::of(text), last: Cell::new(1), count: Cell::new(0) };
    let mut parser = serde_json::Deserializer::from_str(text);
    let wrong = |error: serde_json::Error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        LockfileError::shape(line.max(1), format!("is not JSON: {error}"))
    };
    let node = Reader(&place).deserialize(&mut parser).map_err(wrong)?;
    parser.end().map_err(wrong)?;
    Ok(node)
}

/// How far the text has been read.
struct Place<'t> {
    text: &'t str,
    lines: Lines,
    /// Line of the last text that was lent.
    last: Cell<u32>,
    count: Cell<usize>,
}

impl Place<'_> {
    /// Line of `part`, a piece of the text; of the piece before, where the parser had to copy it.
    fn line_of(&self, part: Option<&str>) -> u32 {
        let offset = part.and_then(|part| (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize));
        if let Some(offset) = offset.filter(|offset| *offset <= self.text.len()) {
            self.last.set(self.lines.at(offset));
        }
        self.last.get()
    }
}

#[derive(Clone, Copy)]
struct Reader<'p, 't>(&'p Place<'t>);

impl<'de> DeserializeSeed<'de> for Reader<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.0.count.set(self.0.count.get() + 1);
        if self.0.count.get() > MAX_NODES {
            return Err(D::Error::custom(format!("more than {MAX_NODES} values")));
        }
        deserializer.deserialize_any(self)
    }
}

impl Reader<'_, '_> {
    fn node(self, value: Value) -> Node {
        Node { line: self.0.last.get(), value }
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_> {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(self.node(Value::Null))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(self.node(Value::Bool(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(self.node(Value::Text(value.to_string())))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(self.node(Value::Text(value.to_string())))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(self.node(Value::Text(value.to_string())))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(self.node(Value::Text(value.to_owned())))
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node, E> {
        let line = self.0.line_of(Some(value));
        Ok(Node { line, value: Value::Text(value.to_owned()) })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        let line = self.0.last.get();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Node { line, value: Value::List(list) })
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Node, A::Error> {
        let (mut entries, mut seen) = (Vec::new(), HashSet::new());
        let mut first = None;
        while let Some(key) = fields.next_key_seed(KeyReader(self.0))? {
            first.get_or_insert(key.line);
            if !seen.insert(key.text.clone()) {
                return Err(A::Error::custom(format!("the key {:?} stands twice", key.text)));
            }
            entries.push((key, fields.next_value_seed(self)?));
        }
        Ok(Node { line: first.unwrap_or(self.0.last.get()), value: Value::Map(entries) })
    }
}

struct KeyReader<'p, 't>(&'p Place<'t>);

impl<'de> DeserializeSeed<'de> for KeyReader<'_, '_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyReader<'_, '_> {
    type Value = Key;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a key")
    }
    fn visit_str<E>(self, value: &str) -> Result<Key, E> {
        Ok(Key { text: value.to_owned(), line: self.0.line_of(None) })
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Key, E> {
        Ok(Key { text: value.to_owned(), line: self.0.line_of(Some(value)) })
    }
}
