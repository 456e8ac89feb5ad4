//! Texts of published rows, each kept once: a purl that stands in twenty places takes four bytes in each of them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::{self, Debug, Display};
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::atomic::{self, AtomicU32};
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! text {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The text itself. O(1), without a lock.
            pub fn as_str(self) -> &'static str {
                text_of(self.0)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(number_of(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(number_of(&text))
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self(number_of(text))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.as_str().to_owned()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::from("")
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.as_str() == other
            }
        }

        /// In the order of the bytes of the texts.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                if self.0 == other.0 { Ordering::Equal } else { self.as_str().cmp(other) }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self)
            }
        }

        impl Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Debug::fmt(self.as_str(), f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

text! {
    /// A text of a published row: a number that stands for it, the same for equal texts. The text itself stays as long as the
    /// process, which meets few snapshots, and those share most of theirs.
    Text
}

text! {
    /// One of a small closed set of texts; stored as a dictionary.
    Word
}

/// Texts whose number one thread at a time may give.
const PARTS: usize = 64;

/// Texts a block.
const BLOCK: usize = 1 << 16;

/// Blocks there may be; a thousand million texts do not fit the memory of any machine this runs on.
const BLOCKS: usize = 1 << 14;

type Numbers = RwLock<HashMap<&'static str, NonZeroU32>>;

/// Numbers by text, in parts, so that threads seldom wait for each other.
static NUMBERS: LazyLock<[Numbers; PARTS]> = LazyLock::new(|| std::array::from_fn(|_| Numbers::default()));

/// A place is written once and read without a lock.
type Block = OnceLock<Box<[OnceLock<Box<str>>]>>;

/// Texts by number.
static TEXTS: [Block; BLOCKS] = [const { OnceLock::new() }; BLOCKS];

/// The number that the next new text gets.
static NEXT: AtomicU32 = AtomicU32::new(1);

fn text_of(number: NonZeroU32) -> &'static str {
    let at = number.get() as usize;
    let block = TEXTS[at / BLOCK].get().expect("a number was given");
    block[at % BLOCK].get().expect("a number is given with its text")
}

fn number_of(text: &str) -> NonZeroU32 {
    let part = &NUMBERS[FxBuildHasher.hash_one(text) as usize % PARTS];
    // Each change is one insertion, so that what a panic of another thread left is whole.
    if let Some(number) = part.read().unwrap_or_else(PoisonError::into_inner).get(text) {
        return *number;
    }
    let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = part.get(text) {
        return *number;
    }
    let number = NonZeroU32::new(NEXT.fetch_add(1, atomic::Ordering::Relaxed)).expect("there are fewer texts than numbers");
    let at = number.get() as usize;
    let block = TEXTS[at / BLOCK].get_or_init(|| (0..BLOCK).map(|_| OnceLock::new()).collect());
    part.insert(block[at % BLOCK].get_or_init(|| text.into()), number);
    number
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::{BLOCK, Text};

    #[test]
    fn equal_texts_are_one_and_others_are_not() {
        let texts = || (0..2 * BLOCK).into_par_iter().map(|at| Text::from(at.to_string())).collect::<Vec<_>>();
        let (first, second) = rayon::join(texts, texts);
        assert_eq!(first, second);
        assert!(first.iter().enumerate().all(|(at, text)| *text == at.to_string()));
        assert!(first[9] > first[10], "9 follows 10 as a text");
        assert_eq!((Text::default().as_str(), size_of::<Option<Text>>()), ("", 4));
    }
}
