//! As much DER as a certificate needs.

/// One value: tag, length, content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=127 => out.push(length as u8),
        128..=255 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

/// A sequence.
pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An object identifier, `1.2.840.10045.4.3.2`.
pub fn oid(text: &str) -> Vec<u8> {
    let arcs: Vec<u64> = text.split('.').map(|arc| arc.parse().expect("a number")).collect();
    let mut out = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let groups: Vec<u8> = (0..9).rev().map(|i| ((arc >> (7 * i)) & 0x7f) as u8).collect();
        let groups = &groups[groups.iter().position(|group| *group > 0).unwrap_or(8)..];
        out.extend(groups[..groups.len() - 1].iter().map(|group| group | 0x80));
        out.push(groups[groups.len() - 1]);
    }
    tlv(6, &out)
}

/// An extension with its value in DER.
pub fn extension(id: &str, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { tlv(1, &[0xff]) } else { Vec::new() };
    seq(&[oid(id), critical, tlv(4, value)])
}

/// A UTC time, `260101000000Z`.
pub fn time(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}

/// A bit string of whole bytes.
pub fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0][..], bytes].concat())
}
