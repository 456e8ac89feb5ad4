//! Encoded words in names, `=?UTF-8?Q?J=C3=B6rg?=` (RFC 2047), undone.

/// `text` with every encoded word of a known character set decoded; others stay as they are.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_after_word = false;
    while let Some(start) = rest.find("=?") {
        let between = &rest[..start];
        match word(&rest[start + 2..]) {
            Some((plain, after)) => {
                // White space between two encoded words is not part of the text (RFC 2047, 6.2).
                if !(is_after_word && between.trim().is_empty()) {
                    decoded.push_str(between);
                }
                decoded.push_str(&plain);
                rest = after;
                is_after_word = true;
            }
            None => {
                decoded.push_str(&rest[..start + 2]);
                rest = &rest[start + 2..];
                is_after_word = false;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// Decodes `charset?encoding?text?=` and returns what follows.
fn word(text: &str) -> Option<(String, &str)> {
    let (charset, text) = text.split_once('?')?;
    let (encoding, text) = text.split_once('?')?;
    let (encoded, after) = text.split_once("?=")?;
    let bytes = match encoding {
        "Q" | "q" => quoted(encoded.as_bytes())?,
        "B" | "b" => base64(encoded.as_bytes())?,
        _ => return None,
    };
    let plain = match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some((plain, after))
}

fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match first {
            b'_' => b' ',
            b'=' => {
                let (high, low) = (char::from(*tail.first()?).to_digit(16)?, char::from(*tail.get(1)?).to_digit(16)?);
                rest = &tail[2..];
                u8::try_from(high * 16 + low).ok()?
            }
            other => *other,
        });
    }
    Some(bytes)
}

fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.iter().filter(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn words() {
        for (text, expected) in [
            ("=?UTF-8?Q?J=C3=B6rg?= Meier", "Jörg Meier"),
            ("=?utf-8?b?SsO2cmc=?=", "Jörg"),
            ("=?ISO-8859-1?Q?J=F6rg_M?= =?ISO-8859-1?Q?eier?=", "Jörg Meier"),
            ("=?koi8-r?Q?x?=", "=?koi8-r?Q?x?="),
            ("=?UTF-8?Q?=FF?=", "=?UTF-8?Q?=FF?="),
            ("=?UTF-8?Q?=C", "=?UTF-8?Q?=C"),
            ("=? =?UTF-8?Q?=4?=", "=? =?UTF-8?Q?=4?="),
            ("plain", "plain"),
        ] {
            assert_eq!(decode(text), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(=\\?|UTF-8|\\?|Q|B|=|[0-9A-Fé_]|\\?=){0,30}") {
            decode(&text);
        }
    }
}
