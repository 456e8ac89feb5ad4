//! Signatures → what kind they are and which key they name. Nothing is verified here, because no key is known: a name in a
//! signature is a claim until somebody verifies it.

use sha2::{Digest, Sha256};

use crate::tables::SignatureKind;

/// First lines of signatures.
pub(super) const ARMORS: [(&[u8], SignatureKind); 4] = [
    (b"-----BEGIN PGP SIGNATURE-----", SignatureKind::OpenPgp),
    (b"-----BEGIN PGP MESSAGE-----", SignatureKind::OpenPgp),
    (b"-----BEGIN SSH SIGNATURE-----", SignatureKind::Ssh),
    (b"-----BEGIN SIGNED MESSAGE-----", SignatureKind::X509),
];

/// Key ids of forges: GitHub signs with these what is done on its pages (<https://github.com/web-flow.gpg>; until January 2024,
/// and since).
const FORGE_KEYS: [&str; 2] = ["4AEE18F83AFDEB23", "B5690EEEBB952194"];

/// Longer signatures are not read.
const MAX_SIGNATURE: usize = 1 << 16;

/// Characters of an OpenPGP signature that are decoded first, a multiple of four: 96 bytes hold times, a fingerprint, a key id and a
/// short address.
const OPEN_PGP_START: usize = 128;

/// Longest URI of a certificate that is kept.
const MAX_URI: usize = 300;

/// What a signature says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RawSignature {
    pub kind: SignatureKind,
    /// See [`SigningKey::key`](crate::tables::SigningKey::key).
    pub key: String,
    /// `<address>` in the certificate.
    pub address: Option<Vec<u8>>,
}

impl RawSignature {
    /// Reads the armored text. Never fails: what cannot be read has an empty key.
    pub fn parse(armored: &[u8]) -> Self {
        let mut lines = armored.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.next().unwrap_or_default();
        let kind = ARMORS.iter().find(|(armor, _)| *armor == first).map_or(SignatureKind::Unknown, |(_, kind)| *kind);
        let mut found = Self { kind, key: String::new(), address: None };
        if armored.len() > MAX_SIGNATURE {
            return found;
        }
        // Armor headers hold a colon, the check line of OpenPGP starts with `=`.
        let lines = lines.take_while(|line| !line.starts_with(b"-----"));
        let mut body = Vec::with_capacity(armored.len());
        lines.filter(|line| !line.contains(&b':') && !line.starts_with(b"=")).for_each(|line| body.extend_from_slice(line));
        match kind {
            SignatureKind::OpenPgp => {
                // The issuer stands near the start, and decoding takes as long as all else that is read of a commit.
                let start = &body[..body.len().min(OPEN_PGP_START)];
                found.key = open_pgp_key(&base64(start)).or_else(|| open_pgp_key(&base64(&body))).unwrap_or_default();
                if FORGE_KEYS.contains(&found.key.as_str()) {
                    found.kind = SignatureKind::Forge;
                }
            }
            SignatureKind::Ssh => found.key = ssh_key(&base64(&body)).unwrap_or_default(),
            SignatureKind::X509 => (found.key, found.address) = certificate(&base64(&body)),
            SignatureKind::Forge | SignatureKind::Unknown => {}
        }
        found
    }
}

/// Key id of the first signature packet (RFC 9580, sections 4.2 and 5.2).
fn open_pgp_key(packet: &[u8]) -> Option<String> {
    let (tag, first) = (*packet.first()?, *packet.get(1)?);
    let (kind, start) = if tag & 0x40 == 0 {
        ((tag >> 2) & 15, [2, 3, 5, 1][usize::from(tag & 3)])
    } else {
        (
            tag & 63,
            if first < 192 {
                2
            } else if first < 224 {
                3
            } else {
                6
            },
        )
    };
    let body = packet.get(start..).filter(|_| tag & 0x80 != 0 && kind == 2)?;
    match *body.first()? {
        3 => Some(hex(body.get(7..15)?)),
        4 => {
            let hashed = field(body, 4, 2)?;
            let unhashed = field(body, 6 + hashed.len(), 2)?;
            issuer(hashed).or_else(|| issuer(unhashed))
        }
        6 => {
            let hashed = field(body, 4, 4)?;
            let unhashed = field(body, 8 + hashed.len(), 4)?;
            issuer(hashed).or_else(|| issuer(unhashed))
        }
        _ => None,
    }
}

/// The issuer among subpackets: its fingerprint (33) before its key id (16).
fn issuer(mut subpackets: &[u8]) -> Option<String> {
    let mut key_id = None;
    while let Some(first) = subpackets.first() {
        let (length, width): (usize, usize) = match *first {
            short @ 0..192 => (usize::from(short), 1),
            long @ 192..255 => (((usize::from(long) - 192) << 8) + usize::from(*subpackets.get(1)?) + 192, 2),
            255 => (number(subpackets.get(1..5)?), 5),
        };
        let body = subpackets.get(width..width.checked_add(length)?)?;
        match (body.first().map(|kind| kind & 127), body.get(1)) {
            (Some(33), Some(4)) => return body.get(14..22).map(hex),
            (Some(33), Some(6)) => return body.get(2..10).map(hex),
            (Some(16), Some(_)) => key_id = body.get(1..9).map(hex),
            _ => {}
        }
        subpackets = &subpackets[width + length..];
    }
    key_id
}

/// `SHA256:…` of the public key in an `SSHSIG` blob (OpenSSH, `PROTOCOL.sshsig`).
fn ssh_key(blob: &[u8]) -> Option<String> {
    let body = blob.strip_prefix(b"SSHSIG")?;
    let key = field(body, 4, 4)?;
    Some(format!("SHA256:{}", base64_of(&Sha256::digest(key))))
}

/// The first alternative name of the first certificate that has one (RFC 5280, section 4.2.1.6): a URI as key, or an address.
/// Without either the key is the SHA-256 of the whole signature's first certificate, found by its version field.
fn certificate(der: &[u8]) -> (String, Option<Vec<u8>>) {
    const ALTERNATIVE_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x11];
    let extension = der.windows(5).position(|window| window == ALTERNATIVE_NAME).map(|at| &der[at + 5..]);
    let names = extension.and_then(|rest| {
        let rest = rest.strip_prefix(&[0x01, 0x01, 0xff]).unwrap_or(rest);
        element(rest, 0x04).and_then(|(octets, _)| element(octets, 0x30)).map(|(names, _)| names)
    });
    let (mut key, mut address) = (String::new(), None);
    let mut rest = names.unwrap_or_default();
    while let Some((content, tag, after)) = any_element(rest) {
        let is_plain = content.len() <= MAX_URI && content.iter().all(|byte| byte.is_ascii_graphic());
        match tag {
            0x81 if is_plain && address.is_none() => address = Some([b"<", content, b">"].concat()),
            // Behind an `@` a workflow names its branch, which says nothing about who it is.
            0x86 if is_plain && key.is_empty() && content.starts_with(b"https://") => {
                key = content.iter().take_while(|byte| **byte != b'@').map(|byte| char::from(*byte)).collect();
            }
            _ => {}
        }
        rest = after;
    }
    if key.is_empty() && address.is_none() && !der.is_empty() {
        key = first_certificate(der).map(|certificate| hex(&Sha256::digest(certificate))).unwrap_or_default();
    }
    (key, address)
}

/// The first certificate in a CMS `SignedData`: the element before whose `tbsCertificate` states version 3 (`a0 03 02 01 02`).
fn first_certificate(der: &[u8]) -> Option<&[u8]> {
    let version = der.windows(5).position(|window| window == [0xa0, 0x03, 0x02, 0x01, 0x02])?;
    let starts = (version.saturating_sub(10)..version).filter(|at| der[*at] == 0x30);
    let whole = |at: usize| {
        let (content, _, after) = any_element(&der[at..])?;
        (content.first() == Some(&0x30)).then(|| &der[at..der.len() - after.len()])
    };
    starts.into_iter().find_map(whole)
}

/// Content of the element at the start of `der`, when it has this tag, and what follows.
fn element(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    any_element(der).filter(|(_, tag, _)| *tag == wanted).map(|(content, _, after)| (content, after))
}

/// Content and tag of the element at the start of `der`, and what follows.
fn any_element(der: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (tag, first) = (*der.first()?, *der.get(1)?);
    let (length, start) = match first {
        short @ 0..=127 => (usize::from(short), 2),
        0x81..=0x83 => {
            let width = usize::from(first & 127);
            (number(der.get(2..2 + width)?), 2 + width)
        }
        _ => return None,
    };
    let content = der.get(start..start.checked_add(length)?)?;
    Some((content, tag, &der[start + length..]))
}

/// The field of `width` length bytes at `at`.
fn field(bytes: &[u8], at: usize, width: usize) -> Option<&[u8]> {
    let start = at + width;
    let length = number(bytes.get(at..start)?);
    bytes.get(start..start.checked_add(length)?)
}

/// Big-endian, at most four bytes.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

fn hex(bytes: &[u8]) -> String {
    crate::ordered::hex(bytes).to_uppercase()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What each byte stands for; 64 for one that is no digit.
const DIGITS: [u8; 256] = {
    let (mut digits, mut at) = ([64; 256], 0);
    while at < ALPHABET.len() {
        digits[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    digits
};

/// Decodes as far as the text is base64; padding and what follows is left out.
fn base64(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut bits, mut width) = (Vec::with_capacity(text.len() / 4 * 3 + 3), 0u32, 0);
    for digit in text.iter().map(|byte| DIGITS[usize::from(*byte)]).take_while(|digit| *digit < 64) {
        bits = bits << 6 | u32::from(digit);
        width += 6;
        if width >= 8 {
            width -= 8;
            bytes.push((bits >> width) as u8);
        }
    }
    bytes
}

/// Without padding.
fn base64_of(bytes: &[u8]) -> String {
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        (0..=chunk.len()).map(move |at| char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]))
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn armored(first: &str, bytes: &[u8]) -> RawSignature {
        let text = base64_of(bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ascii")).collect();
        let text = format!("-----BEGIN {first}-----\n Version: x\n \n {}\n =abcd\n -----END {first}-----\n", lines.join("\n "));
        RawSignature::parse(text.as_bytes())
    }

    #[test]
    fn base64_both_ways() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfc"] {
            assert_eq!(base64(base64_of(bytes).as_bytes()), bytes);
        }
        assert_eq!(base64_of(b"foobar"), "Zm9vYmFy");
    }

    #[test]
    fn open_pgp_issuers() {
        let fingerprint: Vec<u8> = (1..=20).collect();
        let hashed = [&[22, 33, 4][..], &fingerprint].concat();
        let unhashed = [&[9, 16][..], &[0xaa; 8]].concat();
        let body = [&[4, 0, 1, 8, 0, hashed.len() as u8][..], &hashed, &[0, unhashed.len() as u8], &unhashed, b"rest"].concat();
        let new = [&[0xc2, body.len() as u8][..], &body].concat();
        assert_eq!(armored("PGP SIGNATURE", &new).key, "0D0E0F1011121314");
        let old = [&[0x88, body.len() as u8][..], &body].concat();
        assert_eq!(armored("PGP SIGNATURE", &old).key, "0D0E0F1011121314");
        let third = [&[0x88, 19, 3, 5, 0, 0, 0, 0, 0][..], &[0xb5, 0x69, 0x0e, 0xee, 0xbb, 0x95, 0x21, 0x94], b"rest"].concat();
        assert_eq!(armored("PGP SIGNATURE", &third).kind, SignatureKind::Forge);
        assert_eq!(
            armored("PGP SIGNATURE", b"x"),
            RawSignature { kind: SignatureKind::OpenPgp, key: String::new(), address: None }
        );
    }

    #[test]
    fn ssh_fingerprints() {
        let blob = [&b"SSHSIG\0\0\0\x01\0\0\0\x03key"[..], b"rest"].concat();
        // printf key | openssl dgst -sha256 -binary | base64
        assert_eq!(armored("SSH SIGNATURE", &blob).key, "SHA256:LHDhK3oGRvkiefQnx7OOczTY5Tic/xZ6HcMOc/gmtoM");
    }

    #[test]
    fn certificates_name_a_uri_or_an_address() {
        let names = |tag: u8, name: &[u8]| {
            let name = [&[tag, name.len() as u8][..], name].concat();
            let names = [&[0x30, name.len() as u8][..], &name].concat();
            [&[9, 9, 0x06, 0x03, 0x55, 0x1d, 0x11, 0x01, 0x01, 0xff, 0x04, names.len() as u8][..], &names].concat()
        };
        let uri = armored("SIGNED MESSAGE", &names(0x86, b"https://github.com/o/r/.github/workflows/x.yml@refs/heads/main"));
        assert_eq!((uri.key.as_str(), uri.address), ("https://github.com/o/r/.github/workflows/x.yml", None));
        let mail = armored("SIGNED MESSAGE", &names(0x81, b"a@example.org"));
        assert_eq!((mail.key.as_str(), mail.address), ("", Some(b"<a@example.org>".to_vec())));
        let plain = [0x30, 9, 0x30, 7, 0xa0, 0x03, 0x02, 0x01, 0x02, 5, 5];
        assert_eq!(armored("SIGNED MESSAGE", &plain).key.len(), 64);
    }

    proptest! {
        #[test]
        fn hostile_signatures_never_panic(noise in proptest::collection::vec(any::<u8>(), 0..200), which in 0usize..4) {
            for start in [&b""[..], &[0xc2, 60, 4, 0, 1, 8], b"SSHSIG\0\0\0\x01", &[0x06, 0x03, 0x55, 0x1d, 0x11, 0x04]] {
                let body = [start, &noise].concat();
                let text = [ARMORS[which].0, b"\n", base64_of(&body).as_bytes(), b"\n", &noise].concat();
                let _ = RawSignature::parse(&text);
            }
        }
    }
}
