//! The two documents of the Python Package Index about one project. The input is both, one after the other.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trustgraph::job::{RegistrySource, SourceSettings};
use trustgraph::sources::Source;
use trustgraph::units::Day;
use trustgraph_fuzz::{Place, expect_sound, parts, read, source};

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
    (Place::new(), source(SourceSettings { pypi: Some(settings), ..SourceSettings::default() }))
});

fuzz_target!(|data: &[u8]| {
    let (place, source) = &*STATE;
    let parts = parts(data);
    let part = |name: &str| parts.iter().find(|(given, _)| *given == name).map(|(_, body)| *body);
    let files = ["simple.json", "project.json"].into_iter().filter_map(|name| Some((name, part(name)?)));
    let raw: Vec<_> = files.map(|(name, body)| place.file(&format!("one-x/{name}"), body, None)).collect();
    if raw.is_empty() {
        return;
    }
    let whole = read(*source, &raw, None).expect("a document is refused by itself, not with all others");
    expect_sound(&whole);
    assert!(whole.packages.iter().all(|package| package.purl.as_str() == "pkg:pypi/one-x"), "another project came in");
    let until = Day::parse("2020-12-31").expect("a day");
    let before = read(*source, &raw, Some(until)).expect("refused by itself");
    expect_sound(&before);
    for row in &before.publications {
        assert!(row.published.is_some_and(|day| day <= until), "a fact of a later day");
        assert!(whole.publications.iter().any(|one| one.version == row.version), "an earlier day shows more");
    }
});
