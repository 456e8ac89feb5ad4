//! XML into a tree with lines. Document types are refused: no build file needs one, and entities can blow up.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::LockfileError;
use super::lines::Lines;
use super::node::{MAX_DEPTH, MAX_NODES};

/// An element: local name, text directly inside it, children.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Without a namespace prefix.
    pub name: String,
    /// 1-based line where it begins.
    pub line: u32,
    /// Trimmed.
    pub text: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
}

impl Element {
    /// The first child named `name`.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children named `name`.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Text of the first child named `name`, unless it is empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads one document and gives its root.
pub(super) fn read(text: &str) -> Result<Element, LockfileError> {
    let lines = Lines::of(text);
    let mut reader = Reader::from_str(text);
    let (mut stack, mut root, mut count) = (Vec::<Element>::new(), None, 0);
    loop {
        let start = offset(&reader);
        let wrong = |what: String| LockfileError::shape(lines.at(start), format!("is not XML: {what}"));
        let event = reader.read_event().map_err(|error| wrong(error.to_string()))?;
        count += 1;
        if count > MAX_NODES || stack.len() > MAX_DEPTH {
            return Err(wrong("more elements, or deeper nesting, than any lockfile has".to_owned()));
        }
        match event {
            Event::Start(tag) => stack.push(element(&tag, lines.at(start)).map_err(wrong)?),
            Event::Empty(tag) => close(element(&tag, lines.at(start)).map_err(wrong)?, &mut stack, &mut root),
            Event::End(_) => {
                let Some(done) = stack.pop() else { return Err(wrong("an end without a start".to_owned())) };
                close(done, &mut stack, &mut root);
            }
            Event::Text(piece) => add(&mut stack, &piece.decode().map_err(|error| wrong(error.to_string()))?),
            Event::CData(piece) => add(&mut stack, &piece.decode().map_err(|error| wrong(error.to_string()))?),
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|error| wrong(error.to_string()))?;
                let value =
                    quick_xml::escape::unescape(&format!("&{name};")).map_err(|error| wrong(error.to_string()))?.into_owned();
                add(&mut stack, &value);
            }
            Event::DocType(_) => return Err(wrong("it declares a document type".to_owned())),
            Event::Eof if stack.is_empty() => return root.ok_or_else(|| wrong("it has no element".to_owned())),
            Event::Eof => return Err(wrong("it ends inside an element".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn offset(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn element(tag: &BytesStart, line: u32) -> Result<Element, String> {
    let local = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.unescape_value().map_err(|error| error.to_string())?.into_owned();
        attributes.push((local(attribute.key.as_ref()), value));
    }
    Ok(Element { name: local(tag.local_name().as_ref()), line, attributes, ..Element::default() })
}

fn add(stack: &mut [Element], text: &str) {
    if let Some(open) = stack.last_mut() {
        open.text.push_str(text);
    }
}

fn close(mut done: Element, stack: &mut [Element], root: &mut Option<Element>) {
    done.text = done.text.trim().to_owned();
    match stack.last_mut() {
        Some(open) => open.children.push(done),
        None => *root = root.take().or(Some(done)),
    }
}
