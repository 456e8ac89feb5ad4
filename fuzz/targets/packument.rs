//! A document of npm about one package.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trustgraph::job::{RegistrySource, SourceSettings};
use trustgraph::sources::Source;
use trustgraph::units::Day;
use trustgraph_fuzz::{Place, expect_sound, read, source};

static STATE: LazyLock<(Place, &'static dyn Source)> = LazyLock::new(|| {
    let settings = RegistrySource {
        path: None,
        packages: Vec::new(),
        lockfiles: Vec::new(),
        provenance_releases: 0,
        trusted_root: None,
        max_age_hours: 0.0,
        max_reject_share: 1.0,
    };
    (Place::new(), source(SourceSettings { npm: Some(settings), ..SourceSettings::default() }))
});

fuzz_target!(|data: &[u8]| {
    let (place, source) = &*STATE;
    let raw = [place.file("@s/one/packument.json", data, None)];
    let whole = read(*source, &raw, None).expect("a document is refused by itself, not with all others");
    expect_sound(&whole);
    assert!(whole.packages.iter().all(|package| package.purl.as_str() == "pkg:npm/%40s/one"), "another package came in");
    let counted: u64 = whole.reports.iter().map(|report| report.read_count + report.reject_count()).sum();
    assert!(counted <= 1, "one document is counted {counted} times");
    let until = Day::parse("2020-12-31").expect("a day");
    let before = read(*source, &raw, Some(until)).expect("refused by itself");
    expect_sound(&before);
    for row in &before.publications {
        assert!(row.published.is_some_and(|day| day <= until), "a fact of a later day");
        assert!(whole.publications.iter().any(|one| one.version == row.version), "an earlier day shows more");
    }
});
