//! Debian control files: the indices of a suite, its signed list of files, and the stanzas they all are made of. The input is the
//! files, one after the other.
#![no_main]

#[expect(dead_code, reason = "the program uses the rest")]
#[path = "../../src/sources/debian/release.rs"]
mod release;
#[path = "../../src/sources/debian/stanza.rs"]
mod stanza;

use std::io::BufReader;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use stanza::Stanzas;
// Names by which the two files above know their crate.
use trustgraph::job::{DebianSource, DebianSuite, SourceSettings};
use trustgraph::sources::Source;
use trustgraph::{tables, units};
use trustgraph_fuzz::{Place, expect_sound, parts, read, source};

static STATE: LazyLock<(Place, &'static dyn Source)> = LazyLock::new(|| {
    let settings = DebianSource {
        path: None,
        architecture: "amd64".to_owned(),
        component: "main".to_owned(),
        keyring: "none".into(),
        suites: vec![DebianSuite { name: "one".to_owned(), as_of: None }],
        max_reject_share: 1.0,
    };
    (Place::new(), source(SourceSettings { debian: Some(settings), ..SourceSettings::default() }))
});

const FIELDS: &[&str] = &["Package", "Version", "Maintainer", "Depends"];
/// Longest field kept.
const MAX_FIELD_BYTES: usize = 1 << 20;

/// Number and values of a stanza.
type Stanza = (u64, Vec<Option<String>>);

/// All stanzas, and what was mended, read through a buffer of `capacity` bytes.
fn stanzas(bytes: &[u8], capacity: usize) -> (Vec<Stanza>, tables::ReadReport) {
    let mut report = tables::ReadReport::new("debian", "index");
    let mut stanzas = Stanzas::new(BufReader::with_capacity(capacity, bytes), FIELDS);
    let mut found = Vec::new();
    while let Some(stanza) = stanzas.next(&mut report).expect("memory can be read") {
        found.push((stanza.number, FIELDS.iter().map(|field| stanza.get(field).map(str::to_owned)).collect()));
    }
    (found, report)
}

fn expect_stanzas(bytes: &[u8]) {
    let (found, report) = stanzas(bytes, 1 << 16);
    assert_eq!((found.clone(), report), stanzas(bytes, 3), "the size of a buffer shows");
    for (row, (number, values)) in (1..).zip(&found) {
        assert_eq!(*number, row);
        for value in values.iter().flatten() {
            assert!(!value.is_empty() && value.len() <= MAX_FIELD_BYTES && value.trim() == value, "{value:?}");
            assert!(!value.chars().any(|c| c.is_control() && c != '\t'), "{value:?}");
        }
    }
    // Written down and read again, nothing changes.
    let line = |(field, value): (&&str, &Option<String>)| value.as_ref().map(|value| format!("{field}: {value}\n"));
    let text =
        |(_, values): &(u64, Vec<Option<String>>)| FIELDS.iter().zip(values).filter_map(line).collect::<String>() + "Unread:\n\n";
    let written: String = found.iter().map(text).collect();
    let (again, report) = stanzas(written.as_bytes(), 1 << 16);
    assert_eq!(again, found);
    assert_eq!(report.reject_count(), 0, "{report:?}");
}

fuzz_target!(|data: &[u8]| {
    let (place, source) = &*STATE;
    let parts = parts(data);
    let part = |name: &str| parts.iter().find(|(given, _)| *given == name).map_or(&b""[..], |(_, body)| *body);
    expect_stanzas(part("Sources"));
    if let Some(file) =
        release::Release::parse(part("Release")).ok().as_ref().and_then(|list| list.file("main/source/Sources.xz"))
    {
        assert!(file.sha256.len() == 64 && file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    let day = units::Day::parse("2020-01-02");
    let raw = [place.file("one_Sources", part("Sources"), day), place.file("one_Packages", part("Packages"), day)];
    if let Ok(tables) = read(*source, &raw, None) {
        expect_sound(&tables);
        assert!(tables.packages.len() <= parts.iter().map(|(_, body)| body.len()).sum::<usize>());
    }
});
