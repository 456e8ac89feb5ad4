//! The one shape JSON, TOML and YAML are read into, with lines.

use super::LockfileError;

/// Values a file may have; more would be memory without meaning.
pub(super) const MAX_NODES: usize = 8_000_000;

/// Deepest nesting; lockfiles of npm nest a few dozen.
pub(super) const MAX_DEPTH: usize = 128;

/// A value and its line.
#[derive(Debug)]
pub(super) struct Node {
    /// 1-based.
    pub line: u32,
    pub value: Value,
}

/// A value. Numbers keep their text.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Node>),
    /// No key stands twice.
    Map(Vec<(Key, Node)>),
}

/// A key and its line.
#[derive(Debug)]
pub(super) struct Key {
    pub text: String,
    /// 1-based.
    pub line: u32,
}

impl Node {
    /// The value under `key`; `None` too where this is no map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
    }

    /// Entries of a map; none of anything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// Items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// A text or number as written.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The text under `key`.
    pub fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// `true` stands under `key`.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| matches!(node.value, Value::Bool(true)))
    }

    /// The list under `key`, empty when absent; an error when it is something else.
    pub fn list_at(&self, key: &str) -> Result<&[Node], LockfileError> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Node { value: Value::List(items), .. }) => Ok(items),
            Some(other) => Err(LockfileError::shape(other.line, format!("`{key}` is no list"))),
        }
    }

    /// The map under `key`, empty when absent; an error when it is something else.
    pub fn map_at(&self, key: &str) -> Result<&[(Key, Node)], LockfileError> {
        match self.get(key) {
            None | Some(Node { value: Value::Null, .. }) => Ok(&[]),
            Some(Node { value: Value::Map(entries), .. }) => Ok(entries),
            Some(other) => Err(LockfileError::shape(other.line, format!("`{key}` is no map"))),
        }
    }

    /// The text under `key`, which the format demands.
    pub fn needed(&self, key: &str) -> Result<&str, LockfileError> {
        self.text_at(key).ok_or_else(|| LockfileError::shape(self.line, format!("an entry has no `{key}`")))
    }
}
