//! Digests of files as registries write them → `sha256:HEX` or `sha512:HEX`.

use crate::ordered::hex;

/// The SHA-512 (else the SHA-256) of a Subresource Integrity text such as `sha512-BASE64`, of which several may stand in one.
///
/// Form: <https://www.w3.org/TR/SRI/>. `None` when neither is there, or has another length than its algorithm.
pub(in crate::sources) fn of_integrity(text: &str) -> Option<String> {
    let one = |algorithm: &str, bytes: usize| {
        let found = text.split_ascii_whitespace().find_map(|one| one.strip_prefix(algorithm)?.strip_prefix('-'))?;
        let digest = base64(found.split('?').next().unwrap_or_default())?;
        (digest.len() == bytes).then(|| format!("{algorithm}:{}", hex(&digest)))
    };
    one("sha512", 64).or_else(|| one("sha256", 32))
}

/// `algorithm:digits` when `digits` are a SHA-256 in hexadecimal; lower case.
pub(in crate::sources) fn of_hex(digits: &str) -> Option<String> {
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| format!("sha256:{}", digits.to_ascii_lowercase()))
}

/// Standard base64 with padding; at most what a digest needs.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if digits.len() > 88 || !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, count) = ((bits << 6) | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_texts() {
        let empty = "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
        let digest = of_integrity(&format!("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha512-{empty}"));
        assert!(digest.is_some_and(|text| text.starts_with("sha512:cf83e1357eefb8bd") && text.len() == 7 + 128));
        let sha256 = of_integrity("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert!(sha256.is_some_and(|text| text.starts_with("sha256:e3b0c44298fc1c14")));
        for wrong in ["", "sha512-", "sha512-AAAA", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha512-é", "sha512", "x"] {
            assert_eq!(of_integrity(wrong), None, "{wrong}");
        }
        assert_eq!(of_integrity(&format!("sha512-{}", "A".repeat(100_000))), None);
    }

    #[test]
    fn hexadecimal_texts() {
        assert_eq!(of_hex(&"A".repeat(64)), Some(format!("sha256:{}", "a".repeat(64))));
        assert_eq!((of_hex(""), of_hex(&"g".repeat(64))), (None, None));
    }
}
