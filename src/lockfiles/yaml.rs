//! YAML into [`Node`]s, from the parser's events: scalars keep their text (`1.10` stays `1.10`), aliases are refused.

use std::collections::HashSet;

use serde_saphyr::granit_parser::{Event, Parser};

use super::LockfileError;
use super::node::{Key, MAX_DEPTH, MAX_NODES, Node, Value};

/// A list or map that is not closed yet.
struct Open {
    line: u32,
    /// `None`: a list.
    keys: Option<HashSet<String>>,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
}

/// Reads the last document: some tools write one about themselves before it.
pub(super) fn read(text: &str) -> Result<Node, LockfileError> {
    let (mut stack, mut root, mut count) = (Vec::<Open>::new(), None, 0);
    for next in Parser::new_from_str(text) {
        let (event, span) =
            next.map_err(|error| LockfileError::shape(line(error.marker().line()), format!("is not YAML: {error}")))?;
        let line = line(span.start.line());
        count += 1;
        if count > MAX_NODES || stack.len() > MAX_DEPTH {
            return Err(LockfileError::shape(line, "has more values, or nests deeper, than any lockfile does"));
        }
        let open = |keys| Open { line, keys, items: Vec::new(), entries: Vec::new(), key: None };
        match event {
            Event::Alias(_) => return Err(LockfileError::shape(line, "holds an alias; lockfiles have none")),
            Event::MappingStart(..) => stack.push(open(Some(HashSet::new()))),
            Event::SequenceStart(..) => stack.push(open(None)),
            Event::Scalar(text, ..) => {
                let value = match text.as_ref() {
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    _ => Value::Text(text.into_owned()),
                };
                place(Node { line, value }, &mut stack, &mut root)?;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let Some(done) = stack.pop() else { continue };
                let value = if done.keys.is_some() { Value::Map(done.entries) } else { Value::List(done.items) };
                place(Node { line: done.line, value }, &mut stack, &mut root)?;
            }
            _ => {}
        }
    }
    root.ok_or_else(|| LockfileError::shape(1, "is empty"))
}

/// Puts a finished node where it belongs.
fn place(node: Node, stack: &mut [Open], root: &mut Option<Node>) -> Result<(), LockfileError> {
    let Some(open) = stack.last_mut() else {
        *root = Some(node);
        return Ok(());
    };
    let Some(keys) = &mut open.keys else {
        open.items.push(node);
        return Ok(());
    };
    if let Some(key) = open.key.take() {
        open.entries.push((key, node));
        return Ok(());
    }
    let text = match node.value {
        Value::Text(text) => text,
        Value::Bool(value) => value.to_string(),
        _ => return Err(LockfileError::shape(node.line, "a key is no text")),
    };
    if !keys.insert(text.clone()) {
        return Err(LockfileError::shape(node.line, format!("the key {text:?} stands twice")));
    }
    open.key = Some(Key { text, line: node.line });
    Ok(())
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX).max(1)
}
