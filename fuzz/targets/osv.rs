//! An advisory in the OSV format, about packages that are known.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trustgraph::ids::{Ecosystem, Purl};
use trustgraph::job::{OsvSource, SourceSettings};
use trustgraph::sources::Source;
use trustgraph::tables::{Package, Publication, Tables, TablesBuilder};
use trustgraph::units::Day;
use trustgraph_fuzz::{Place, expect_sound, source};

struct State {
    place: Place,
    source: &'static dyn Source,
    known: Tables,
}

static STATE: LazyLock<State> = LazyLock::new(|| {
    let settings = OsvSource { paths: Vec::new(), ecosystems: Vec::new(), max_reject_share: 1.0 };
    let source = source(SourceSettings { osv: Some(settings), ..SourceSettings::default() });
    State { place: Place::new(), source, known: known() }
});

/// A package called `alpha` of each ecosystem, with a few versions.
fn known() -> Tables {
    let mut tables = TablesBuilder::default();
    for ecosystem in Ecosystem::ALL {
        let package = tables.package(Package {
            purl: Purl::new(ecosystem, "alpha").expect("a name"),
            ecosystem,
            name: "alpha".to_owned(),
            facts_as_of: Day(0),
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
            flags: Default::default(),
        });
        tables.rows.publications.extend(["1.0.0", "1.1.0-rc.1", "1.1.0", "2.0.0", "10.0.0"].map(|version| Publication {
            package,
            version: version.to_owned(),
            published: None,
            publisher: None,
            authorization: None,
            is_yanked: false,
            digest: None,
            commit: None,
            registry_signature: None,
        }));
    }
    tables.finish()
}

fn read(data: &[u8], until: Option<Day>) -> Tables {
    let State { place, source, known } = &*STATE;
    let mut tables = TablesBuilder::resume(known.clone());
    let raw = [place.file("advisory.json", data, None)];
    source.read(&raw, until, &mut tables).expect("an advisory is refused by itself, not with all others");
    tables.finish()
}

fuzz_target!(|data: &[u8]| {
    let whole = read(data, None);
    expect_sound(&whole);
    assert_eq!(whole.packages.len(), STATE.known.packages.len(), "an advisory adds no package");
    for row in &whole.advisories {
        assert!(row.versions.is_sorted() && (!row.is_all_versions || row.versions.is_empty()), "{row:?}");
        assert!(row.versions.iter().all(|version| !version.is_empty() && version.is_ascii()), "{row:?}");
        let listed = whole.publications.iter().filter(|one| one.package == row.package).map(|one| &one.version);
        let text = String::from_utf8_lossy(data);
        // JSON may write letters as numbers: then a name is not found by looking.
        let is_named = |version: &String| text.contains(version.as_str()) || text.contains("\\");
        assert!(row.versions.iter().all(|version| listed.clone().any(|one| one == version) || is_named(version)), "{row:?}");
    }
    let until = Day::parse("2020-12-31").expect("a day");
    let before = read(data, Some(until));
    assert!(before.advisories.iter().all(|row| row.published.is_none_or(|day| day <= until)), "a fact of a later day");
});
