//! Upstream text on pages: escaped, and nothing in it can act on the reader's screen unseen.

use std::borrow::Cow;
use std::fmt::{self, Write};

use askama::filters::Escaper;

/// The escaper of every template. Markup characters become references; control characters and those that turn the direction
/// of text become visible as `⟨U+202E⟩`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text;

impl Escaper for Text {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut plain_from = 0;
        for (at, c) in string.char_indices() {
            if !is_special(c) {
                continue;
            }
            dest.write_str(&string[plain_from..at])?;
            plain_from = at + c.len_utf8();
            write_special(&mut dest, c)?;
        }
        dest.write_str(&string[plain_from..])
    }
}

/// `text` with invisible characters made visible; for places that do not go through a template.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_invisible(c) {
            write!(shown, "⟨U+{:04X}⟩", c as u32).expect("writing to a string");
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// `text` when it may be the target of a link: http or https, no control or white space characters.
pub(super) fn web_link(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_plain = text.len() <= 2000 && !text.chars().any(|c| c.is_whitespace() || is_invisible(c));
    (is_plain && !rest.is_empty() && !rest.starts_with('/')).then_some(text)
}

/// `text` for the inside of an attribute that holds a relative URL or a fragment: everything but unreserved characters encoded.
pub(super) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => encoded.push(char::from(byte)),
            _ => write!(encoded, "%{byte:02X}").expect("writing to a string"),
        }
    }
    encoded
}

/// Shows nothing, or changes how its neighbors are shown: C0 and C1 controls, direction marks, zero-width and tag characters.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn is_special(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '"' | '\'') || (!c.is_ascii_graphic() && is_invisible(c))
}

fn write_special(dest: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '<' => dest.write_str("&lt;"),
        '>' => dest.write_str("&gt;"),
        '&' => dest.write_str("&amp;"),
        '"' => dest.write_str("&quot;"),
        '\'' => dest.write_str("&#39;"),
        other => write!(dest, "⟨U+{:04X}⟩", other as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Text.write_escaped_str(&mut out, text).expect("writing to a string");
        out
    }

    #[test]
    fn markup_and_direction_marks_cannot_act() {
        assert_eq!(escaped("\"><img onerror=x>"), "&quot;&gt;&lt;img onerror=x&gt;");
        assert_eq!(escaped("a\u{202E}b\u{0}c"), "a⟨U+202E⟩b⟨U+0000⟩c");
        assert_eq!(escaped("Ünïcode 漢字 it's"), "Ünïcode 漢字 it&#39;s");
        assert_eq!(visible("x\u{200F}y"), "x⟨U+200F⟩y");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_link("https://example.org/x"), Some("https://example.org/x"));
        for text in ["javascript:alert(1)", "data:text/html,x", "https://", "http:///x", "https://a b", "//example.org", ""] {
            assert_eq!(web_link(text), None, "{text}");
        }
        assert_eq!(percent("pkg:deb/debian/g++?arch=source"), "pkg:deb/debian/g%2B%2B%3Farch%3Dsource");
    }
}
