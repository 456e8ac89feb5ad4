//! Values of upstream JSON that may have any type: what does not fit reads as absent, and nothing fails for it.
//!
//! Registries have taken documents in for many years and under changing rules; a field that is a text in one version is a list
//! in the next. What is not wanted is passed over without being kept, so a hostile document costs no more memory than its size.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// How a value is made from each type JSON has; from all others it is the default.
pub(in crate::sources) trait FromJson<'de>: Default {
    /// From a text.
    fn of_text(_: &str) -> Self {
        Self::default()
    }

    /// From true or false.
    fn of_bool(_: bool) -> Self {
        Self::default()
    }

    /// From a list.
    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// From an object.
    fn of_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// A value of any type, read as `T` where it fits.
#[derive(Clone, Debug, Default)]
pub(in crate::sources) struct Lenient<T>(pub(in crate::sources) T);

impl<'de, T: FromJson<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData)).map(Self)
    }
}

struct Any<T>(PhantomData<T>);

impl<'de, T: FromJson<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(T::of_bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(T::of_text(value))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::of_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::of_object(object)
    }
}

/// A text.
pub(in crate::sources) type Text = Lenient<Option<String>>;

impl FromJson<'_> for Option<String> {
    fn of_text(text: &str) -> Self {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }
}

impl Text {
    /// The text.
    pub(in crate::sources) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// True, or a text that is not empty: registries give the reason in place of the word.
pub(in crate::sources) type Flag = Lenient<bool>;

impl FromJson<'_> for bool {
    fn of_text(text: &str) -> Self {
        !text.trim().is_empty()
    }

    fn of_bool(value: bool) -> Self {
        value
    }
}

/// A list; its items are lenient themselves.
pub(in crate::sources) type Items<T> = Lenient<Vec<T>>;

impl<'de, T: FromJson<'de>> FromJson<'de> for Vec<T> {
    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut items = Vec::new();
        while let Some(Lenient(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

/// An object as pairs, in the order of the text; a key may stand twice.
pub(in crate::sources) type Pairs<T> = Lenient<KeyValues<T>>;

/// See [`Pairs`].
#[derive(Clone, Debug)]
pub(in crate::sources) struct KeyValues<T>(pub(in crate::sources) Vec<(String, T)>);

impl<T> Default for KeyValues<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromJson<'de>> FromJson<'de> for KeyValues<T> {
    fn of_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, Lenient(value))) = object.next_entry::<String, Lenient<T>>()? {
            pairs.push((key, value));
        }
        Ok(Self(pairs))
    }
}

impl<T> Pairs<T> {
    /// The value of the last pair with this key, as other readers of JSON take it.
    pub(in crate::sources) fn get(&self, key: &str) -> Option<&T> {
        self.0.0.iter().rev().find(|(own, _)| own == key).map(|(_, value)| value)
    }
}

/// An object with known fields, boxed.
pub(in crate::sources) type Object<T> = Lenient<Fields<T>>;

/// See [`Object`].
#[derive(Clone, Debug)]
pub(in crate::sources) struct Fields<T>(pub(in crate::sources) Option<Box<T>>);

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> FromJson<'de> for Fields<T> {
    fn of_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|fields| Self(Some(Box::new(fields))))
    }
}

impl<T> Object<T> {
    /// The object.
    pub(in crate::sources) fn get(&self) -> Option<&T> {
        self.0.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Whole {
        text: Text,
        flag: Flag,
        items: Items<Option<String>>,
        pairs: Pairs<Option<String>>,
        object: Object<Inner>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Inner {
        text: Text,
    }

    #[test]
    fn what_fits_is_read() {
        let text =
            r#"{"text":"a","flag":"why","items":["b",7,null],"pairs":{"x":"1","x":"2","y":[]},"object":{"text":"c"},"more":{}}"#;
        let whole: Whole = serde_json::from_str(text).expect("an object");
        assert_eq!((whole.text.get(), whole.flag.0), (Some("a"), true));
        assert_eq!(whole.items.0, [Some("b".to_owned()), None, None]);
        assert_eq!((whole.pairs.get("x"), whole.pairs.get("y")), (Some(&Some("2".to_owned())), Some(&None)));
        assert_eq!(whole.object.get().and_then(|inner| inner.text.get()), Some("c"));
    }

    #[test]
    fn whatever_does_not_fit_is_absent() {
        for value in ["null", "1", "-1", "1.5", "true", "\"\"", "[]", "{}", "[[{\"a\":[1]}]]", "{\"a\":{\"b\":null}}"] {
            let text = ["text", "items", "pairs", "object"].map(|key| format!("\"{key}\":{value}")).join(",");
            let whole: Whole = serde_json::from_str(&format!("{{{text}}}")).expect(value);
            assert_eq!(whole.text.get(), None, "{value}");
            assert!(whole.object.get().is_none_or(|inner| inner.text.get().is_none()), "{value}");
        }
        assert!(serde_json::from_str::<Whole>(&"{\"object\":".repeat(100_000)).is_err(), "depth is bounded");
    }
}
