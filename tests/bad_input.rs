//! Indices as hostile upstreams and broken disks deliver them: a clear error, or a counted reject in the published quality
//! table; never a panic, never a part of a snapshot.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::io::Write;
use std::path::Path;

use runs::{World, binary, expect_whole_site, source};
use trustgraph::snapshot::Published;

/// How often the rejects or skips of the only suite's `index` named `reason`, as published.
fn counted(published: &Published, check: &str, index: &str, reason: &str) -> f64 {
    let start = format!("debian: {index}: {reason}");
    let rows = published.quality.iter().filter(|row| row.check == check && row.subject.starts_with(&start));
    rows.map(|row| row.value).sum()
}

/// A run of one healthy package and `sources`; everything may be refused.
fn run_with(sources: &str, binaries: &str) -> World {
    let mut world = World::with(sources, binaries);
    world.max_reject_share = "1.0".into();
    world.run(&[]).expect(0, &[]);
    expect_whole_site(&world.path("out/site"));
    world
}

/// Text of every page of the site.
fn pages(site: &Path) -> String {
    let names = runs::files(site).into_keys().filter(|name| name.ends_with(".html") || name.ends_with(".svg"));
    names.map(|name| std::fs::read_to_string(site.join(name)).expect("a page is text")).collect()
}

fn names(published: &Published) -> Vec<&str> {
    published.packages.iter().map(|row| row.name.as_str()).collect()
}

fn xz(text: &str) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

fn lz4(text: &str) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

#[test]
fn truncated_and_corrupted_files() {
    // Text that does not repeat, so that every compressed part of it matters.
    let stanza = |row: u64| source(&format!("p{row:05}"), &format!("Section: s{:x}\n", row.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let text: String = (0..400).map(stanza).collect();
    for (ending, whole) in [(".xz", xz(&text)), (".gz", gz(&text)), (".lz4", lz4(&text))] {
        let world = World::with("", "");
        std::fs::remove_file(world.path("in/one_Sources")).expect("removed");
        let name = format!("in/one_Sources{ending}");
        let words = ["debian: one_Sources", ending, "fetch it again"];
        for keep in [whole.len() - 1, whole.len() / 2, 20, 5] {
            world.write(&name, &whole[..keep]);
            world.run(&[]).expect(1, &words);
        }
        for wrong in [&b""[..], text.as_bytes()] {
            world.write(&name, wrong);
            world.run(&[]).expect(1, &["debian: one_Sources", ending]);
        }
        world.expect_nothing_published();
        world.write(&name, &whole);
        world.run(&[]).expect(0, &[]);
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x55;
        world.write(&name, &flipped);
        // The lz4 frames of apt carry no checksum of what they hold: changed text is met as refused or as different stanzas.
        world.run(&[]).expect(1, &[if ending == ".lz4" { "" } else { "fetch it again" }]);
    }
}

#[test]
fn missing_and_empty_files() {
    let world = World::with("", "");
    std::fs::remove_file(world.path("in/one_Packages")).expect("removed");
    world.run(&[]).expect(1, &["debian: ", "one_Packages is missing", ".xz, .gz or .lz4"]);
    std::fs::create_dir(world.path("in/one_Packages")).expect("a folder");
    world.run(&[]).expect(1, &["one_Packages is missing"]);
    std::fs::remove_dir(world.path("in/one_Packages")).expect("removed");
    for nothing in ["", "\n\n \n", "# a comment is no stanza? it is\n"] {
        world.write("in/one_Packages", nothing.as_bytes());
        world.run(&[]).expect(1, &["one_Packages"]);
    }
    world.write("in/one_Packages", binary("healthy", "").as_bytes());
    world.write("in/one_Sources", b"\n\n");
    world.run(&[]).expect(1, &["one_Sources", "holds no stanza", "empty ecosystem"]);
    world.expect_nothing_published();
}

#[test]
fn an_ecosystem_whose_every_stanza_is_refused_is_no_snapshot() {
    let mut world = World::new();
    world.max_reject_share = "1.0".into();
    world.add("one", "2020-01-01", "Version: 1\n\nVersion: 2\n", "Version: 1\n");
    world.run(&[]).expect(1, &["nothing was published", "package_count of packages: 0 (limit 1)"]);
    world.expect_nothing_published();
}

#[test]
fn refused_stanzas_are_counted_and_too_many_end_the_run() {
    let sources = [
        "Version: 1\nMaintainer: A <a@example.org>\n\n",
        "Package: no-version\nMaintainer: A <a@example.org>\n\n",
        "Package: no-maintainer\nVersion: 1\n\n",
        "Package: ../../../etc/passwd\nVersion: 1\nMaintainer: A <a@example.org>\n\n",
        "Package: <script>alert(1)</script>\nVersion: 1\nMaintainer: A <a@example.org>\n\n",
        "Package: bad-version\nVersion: 1/../../2\nMaintainer: A <a@example.org>\n\n",
        "this is no field\nPackage: odd\nVersion: 1\nMaintainer: A <a@example.org>\n\n",
    ];
    let world = run_with(&sources.concat(), "Package: x1\nVersion: 1\nSource: ../up\n\nVersion: 1\n\n");
    let published = world.published();
    assert_eq!(names(&published), ["healthy", "odd"]);
    for (index, reason, count) in [
        ("one_Sources", "stanza without Package", 1.0),
        ("one_Sources", "stanza without Version", 1.0),
        ("one_Sources", "stanza without Maintainer", 1.0),
        ("one_Sources", "name outside Debian policy", 2.0),
        ("one_Sources", "version outside Debian policy", 1.0),
        ("one_Sources", "line is neither a field nor a continuation", 1.0),
        ("one_Packages", "source name outside Debian policy", 1.0),
        ("one_Packages", "stanza without Package", 1.0),
    ] {
        assert_eq!(counted(&published, "rejects", index, reason), count, "{index}: {reason}");
    }
    let strict = World::with(&sources.concat(), "");
    strict.run(&[]).expect(
        1,
        &["one_Sources: 7 of 8 rows refused", "max_reject_share 0.01", "name outside", "first at row", "raise the limit"],
    );
    strict.expect_nothing_published();
}

#[test]
fn control_characters_wrong_encodings_and_endless_fields() {
    let mut text = source("healthy", "").into_bytes();
    text.extend(b"Package: latin\nVersion: 1\nMaintainer: Andr\xe9 <latin@example.org>\n\n");
    text.extend("Package: bidi\nVersion: 1\nMaintainer: \u{202e}gro\u{1b}[31m\u{7}A <bidi@example.org>\n\n".as_bytes());
    text.extend(b"Package: nul\0\nVersion: 1\nMaintainer: N\0 <nul@example.org>\n\n");
    for (name, field) in [("wide", "Section"), ("many", "Build-Depends"), ("named", "Maintainer")] {
        text.extend(source(name, &format!("{field}: {}\n", "a".repeat(10 << 20))).bytes());
    }
    text.extend(source("folded", &format!("Uploaders: x\n{}", " B <b@example.org>,\n".repeat(200_000))).bytes());
    text.extend(source("listed", &format!("Build-Depends: {}\n", "healthy, ".repeat(100_000))).bytes());
    let mut world = World::with("", "");
    world.write("in/one_Sources", &text);
    world.max_reject_share = "1.0".into();
    world.run(&[]).expect(0, &[]);
    let published = world.published();
    for (reason, count) in [("invalid UTF-8 replaced", 1.0), ("control characters removed", 3.0), ("field over 1 MB", 4.0)] {
        assert_eq!(counted(&published, "rejects", "one_Sources", reason), count, "{reason}");
    }
    assert!(names(&published).contains(&"nul") && names(&published).contains(&"listed"));
    let shown = pages(&world.path("out/site"));
    assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c)));
}

#[test]
fn markup_and_paths_in_texts_stay_text() {
    let world = run_with(
        "Package: evil\nVersion: 1\nSection: ../../x\nHomepage: javascript:alert(1)\nBinary: ../../b, <i>, \"'x\n\
         Maintainer: \"<script>alert(1)</script>\" <evil@example.org>\nUploaders: <img src=x onerror=alert(2)> <u@example.org>, \
         ${{7*7}}{{{{7*7}}}} </title><svg/onload=x> <v@example.org>\n\
         Vcs-Git: https://example.org/../../../etc/<b>/x.git -b \"><script> [../../..]\n\n\
         Package: evil2\nVersion: 1\nMaintainer: A' onmouseover='x <w@example.org>\nHomepage: https://example.org/\"><script>x\n\
         Vcs-Git: file:///etc/passwd\n\n\
         Package: evil3\nVersion: 1\nMaintainer: --> ]]> <q@example.org>\nVcs-Git: https://u:secret@example.org/a/b\n\
         Homepage: https://example.org/%2e%2e/%2e%2e/x\n\n",
        "",
    );
    let (published, site) = (world.published(), world.path("out/site"));
    assert_eq!(names(&published), ["evil2", "evil3", "evil", "healthy"]);
    let shown = pages(&site);
    for raw in [
        "<script>alert",
        "<script>x",
        "<img",
        "<i>",
        "<svg/onload",
        "' onmouseover='",
        "javascript:alert",
        "secret@",
        "@example.org",
    ] {
        assert!(!shown.contains(raw), "`{raw}` stands raw on a page");
    }
    for name in runs::files(&world.path("")).into_keys() {
        let is_expected = ["in/", "out/snapshots/", "out/site/", "job.toml"].iter().any(|start| name.starts_with(start));
        assert!(is_expected && !name.contains(['<', '"', '\\']), "a file at {name}");
    }
    let json = runs::files(&site).into_keys().filter(|name| name.ends_with(".json"));
    for name in json {
        let text = std::fs::read(site.join(&name)).expect("a file");
        serde_json::from_slice::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn cycles_self_loops_and_long_chains() {
    let need = |name: &str, needs: &str| (source(name, &format!("Build-Depends: {needs}\n")), binary(name, needs));
    let mut pairs = vec![need("aa", "bb"), need("bb", "cc"), need("cc", "aa, cc"), need("self", "self, self | self")];
    pairs.extend((0..1500).map(|row| need(&format!("chain{row:04}"), &format!("chain{:04}", row + 1))));
    let (sources, binaries): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let world = run_with(&sources.concat(), &binaries.concat());
    let published = world.published();
    assert!(published.dependencies.iter().all(|row| row.purl != row.dependency_purl));
    let reach = |name: &str| {
        published.packages.iter().find(|row| row.name == name).map(|row| row.transitive_dependent_count).expect("a package")
    };
    assert_eq!([reach("aa"), reach("bb"), reach("cc"), reach("self"), reach("chain1499")], [2, 2, 2, 0, 1499].map(Some));
    assert_eq!(published.quality.iter().filter(|row| row.is_passed == Some(false)).count(), 0);
}

#[test]
fn absurd_days_and_versions() {
    let mut world = World::new();
    world.max_reject_share = "1.0".into();
    for (suite, day) in [("old", "1970-01-01"), ("same", "1970-01-01"), ("far", "9999-12-31")] {
        let versions = "Package: odd\nVersion: 99999999999999999999:1\nMaintainer: A <a@example.org>\n\n\
                        Package: long\nVersion: 0:99999999999999999999999999999999.1\nMaintainer: A <a@example.org>\n\n\
                        Package: long\nVersion: 4294967295:1~~~~\nMaintainer: A <a@example.org>\n\n";
        world.add(suite, day, &format!("{}{versions}", source("healthy", "")), &binary("healthy", ""));
    }
    world.run(&[]).expect(0, &[]);
    let published = world.published();
    assert_eq!(published.manifest.snapshot, "9999-12-31");
    assert_eq!(counted(&published, "rejects", "far_Sources", "version outside Debian policy"), 1.0);
    assert_eq!(published.packages.iter().find(|row| row.name == "long").expect("listed").version, "4294967295:1~~~~");
    let scores = published.scores.iter().flat_map(|row| [row.value, row.lower, row.upper, row.percentile]).flatten();
    assert!(scores.chain(published.findings.iter().map(|row| row.strength)).all(f64::is_finite));
}
