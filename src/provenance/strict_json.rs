//! JSON that every reader reads alike: no key twice in one object, no deep nesting.
//!
//! A signature proves bytes, not what a reader makes of them. Two readers that disagree about which of two equal keys counts
//! disagree about what was signed, so such text proves nothing.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::reason::{Reason, Rejection};

/// Largest document, in bytes. A bundle has about 10 kB, a registry's document with all its attestations about 50.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// Deepest nesting. Real bundles reach 8, provenance statements with parameters about 12.
const MAX_DEPTH: usize = 64;

const TWICE: &str = "key stands twice: ";
const DEEP: &str = "nested too deep";

/// The values of `bytes`, one after the other: a document, or JSON lines.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Value>, Rejection> {
    if bytes.len() > MAX_BYTES {
        return Err(Rejection::about(Reason::TooLarge, format!("{} bytes, at most {MAX_BYTES}", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Rejection::about(Reason::NotJson, error.to_string()))?;
    let mut values = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Strict>();
        let value = stream.next().transpose().map_err(|error| rejection(&error))?;
        values.extend(value.map(|strict| strict.0));
        rest = rest[stream.byte_offset()..].trim_start();
    }
    Ok(values)
}

fn rejection(error: &serde_json::Error) -> Rejection {
    let text = error.to_string();
    let reason = if text.contains(TWICE) {
        Reason::DuplicateKey
    } else if text.contains(DEEP) || text.contains("recursion limit") {
        Reason::TooDeep
    } else {
        Reason::NotJson
    };
    Rejection::about(reason, text)
}

/// A value that was read strictly.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(0).deserialize(deserializer).map(Strict)
    }
}

/// Reads a value that stands this deep.
#[derive(Clone, Copy)]
struct Depth(usize);

impl Depth {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.0 < MAX_DEPTH { Ok(Self(self.0 + 1)) } else { Err(E::custom(DEEP)) }
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(inner)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("{TWICE}{key}")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &[u8]) -> Reason {
        read(text).expect_err("refused").reason
    }

    #[test]
    fn bad_text_is_refused_by_reason() {
        assert_eq!(reason(br#"{"a":1,"b":{"c":1,"c":2}}"#), Reason::DuplicateKey);
        assert_eq!(reason(br#"{"a":1,"\u0061":2}"#), Reason::DuplicateKey);
        assert_eq!(reason(&[b'['; 65]), Reason::TooDeep);
        assert_eq!(reason(&[b'['; 100_000]), Reason::TooDeep);
        assert_eq!(reason(br#"{"a":"#), Reason::NotJson);
        assert_eq!(reason(b"{\"a\":\"\xff\"}"), Reason::NotJson);
        assert_eq!(reason(&vec![b' '; MAX_BYTES + 1]), Reason::TooLarge);
        assert_eq!(read(b" \n").expect("nothing").len(), 0);
    }

    #[test]
    fn lines_are_read_one_by_one() {
        assert_eq!(read(b"{\"a\":1}\n[2, -3, 0.5, null, true]\n").expect("two values").len(), 2);
    }
}
