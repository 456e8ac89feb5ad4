//! Compressed indices, whole and cut short.

use std::io::Write;

use super::*;

/// Stanzas enough for several blocks of every format.
fn long_sources() -> Vec<u8> {
    let stanza =
        |i: u32| format!("Package: p{i}\nVersion: {i}-{}\nMaintainer: Ann <ann@example.org>\n\n", i.wrapping_mul(2_654_435_761));
    (0..6000).map(stanza).collect::<String>().into_bytes()
}

fn compressed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).expect("written");
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(bytes).expect("written");
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(bytes).expect("written");
    vec![(".gz", gz.finish().expect("written")), (".xz", xz.finish().expect("written")), (".lz4", lz4.finish().expect("written"))]
}

fn read_as(ending: &str, bytes: &[u8]) -> Result<Tables, SourceError> {
    let folder = tempfile::tempdir().expect("a folder");
    fs_err::write(folder.path().join(format!("s1_Sources{ending}")), bytes).expect("written");
    fs_err::write(folder.path().join("s1_Packages"), PACKAGES).expect("written");
    super::read(folder.path(), settings(&[("s1", Some("2025-08-09"))]), None)
}

#[test]
fn every_compression_is_read() {
    for (ending, bytes) in compressed(&long_sources()) {
        assert_eq!(read_as(ending, &bytes).expect("tables").packages.len(), 6000, "{ending}");
    }
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    for (ending, bytes) in compressed(&long_sources()) {
        for keep in
            [0, 1, 5, 6, 7, 11, 15, 20, bytes.len() / 3, bytes.len() / 2, bytes.len() - 9, bytes.len() - 4, bytes.len() - 1]
        {
            let error = read_as(ending, &bytes[..keep]).map(|_| ()).expect_err("an error").to_string();
            assert!(
                error.contains(&format!("s1_Sources{ending}")) && error.contains("fetch it again"),
                "{ending} {keep}: {error}"
            );
        }
    }
}

#[test]
fn lz4_cut_between_blocks_is_an_error() {
    let bytes = compressed(&long_sources()).pop().expect("lz4").1;
    // Frame header of 7 bytes, then blocks, each behind its length.
    let mut at = 7;
    let mut boundaries = vec![at];
    while at + 4 <= bytes.len() {
        let length = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
        at += 4 + length as usize;
        boundaries.push(at);
    }
    assert!(boundaries.len() > 2, "several blocks");
    for at in boundaries.into_iter().filter(|at| *at < bytes.len()) {
        assert!(read_as(".lz4", &bytes[..at]).is_err(), "cut at {at} of {}", bytes.len());
    }
}

#[test]
fn changed_bytes_are_an_error_or_counted() {
    for (ending, mut bytes) in compressed(&long_sources()) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        if let Ok(tables) = read_as(ending, &bytes) {
            assert_eq!(ending, ".lz4", "only this format may carry no checksum");
            assert!(tables.packages.len() <= 6000);
        }
    }
}
