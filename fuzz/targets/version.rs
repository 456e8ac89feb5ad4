//! Versions and names of tags: one key for all spellings of a version, one reading of it, and an order that is one. The input is
//! lines, each a version or a tag.
#![no_main]

#[path = "../../src/sources/osv/order.rs"]
mod order;
#[path = "../../src/links/tag_name.rs"]
mod tag_name;
#[path = "../../src/links/version_key.rs"]
mod version_key;

use std::cmp::Ordering;

use libfuzzer_sys::fuzz_target;
use order::Ordered;
// The name by which `order` knows its crate.
use trustgraph::ids;
use trustgraph::ids::Ecosystem;
use trustgraph::tables::ReleaseName;

fn expect_one_key(text: &str) {
    let Some(key) = version_key::version_key(text) else { return };
    assert_eq!(version_key::version_key(&key).as_ref(), Some(&key), "{text:?}");
    assert_eq!(version_key::version_key(&format!("{text}+build")).as_ref(), Some(&key), "{text:?}");
    assert_eq!(version_key::version_key(&text.to_ascii_uppercase()).as_ref(), Some(&key), "{text:?}");
    for tag in [text.to_owned(), format!("v{text}"), format!("release-{text}"), format!("name-{text}")] {
        let readings = tag_name::readings(&tag);
        assert!(tag.len() > 200 || readings.iter().any(|reading| reading.key == key), "{tag:?}: {readings:?}");
    }
}

fn expect_readings(tag: &str) {
    for reading in tag_name::readings(tag) {
        assert_eq!(tag_name::subject(&reading.subject), reading.subject, "{tag:?}");
        assert_eq!(version_key::version_key(&reading.key).as_ref(), Some(&reading.key), "{tag:?}");
    }
    if let Some(release) = ReleaseName::parse(tag) {
        assert!(tag.starts_with(&release.family) && tag.replace('_', ".").ends_with(&release.version), "{release:?} of {tag:?}");
        assert!(release.version.starts_with(|c: char| c.is_ascii_digit()) && release.version.len() <= 100, "{release:?}");
    }
}

fn expect_order(lines: &[&str]) {
    for ecosystem in Ecosystem::ALL {
        let versions: Vec<Ordered> =
            lines.iter().filter_map(|text| Ordered::parse(ecosystem, text)).chain([Ordered::First]).collect();
        for a in &versions {
            assert_eq!(a.cmp(a), Ordering::Equal, "{a:?}");
            for b in &versions {
                assert_eq!(a.cmp(b), b.cmp(a).reverse(), "{a:?} {b:?}");
                for c in &versions {
                    assert!(a.cmp(b).is_gt() || b.cmp(c).is_gt() || a.cmp(c).is_le(), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }
}

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().take(6).collect();
    for line in &lines {
        expect_one_key(line);
        expect_readings(line);
    }
    expect_order(&lines);
});
