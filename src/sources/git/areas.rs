//! Which part of a repository a path belongs to: the rules, and nothing else.
//!
//! A path belongs to every area that one of its folders, its name or its ending names; `source` and `other` are what is left. A
//! vendored file is vendored and nothing else, because nobody here wrote it. Names are compared without regard to ASCII case.

use crate::tables::{Area, Areas};

/// Folders whose content belongs to an area, however deep.
const FOLDERS: [(&str, Area); 40] = [
    ("vendor", Area::Vendored),
    ("vendored", Area::Vendored),
    ("third_party", Area::Vendored),
    ("third-party", Area::Vendored),
    ("thirdparty", Area::Vendored),
    ("3rdparty", Area::Vendored),
    ("node_modules", Area::Vendored),
    ("bower_components", Area::Vendored),
    ("external", Area::Vendored),
    ("externals", Area::Vendored),
    ("_vendor", Area::Vendored),
    ("test", Area::Tests),
    ("tests", Area::Tests),
    ("testing", Area::Tests),
    ("testdata", Area::Tests),
    ("test-data", Area::Tests),
    ("test_data", Area::Tests),
    ("testsuite", Area::Tests),
    ("__tests__", Area::Tests),
    ("spec", Area::Tests),
    ("specs", Area::Tests),
    ("fixtures", Area::Tests),
    ("fuzz", Area::Tests),
    ("t", Area::Tests),
    ("doc", Area::Docs),
    ("docs", Area::Docs),
    ("documentation", Area::Docs),
    ("man", Area::Docs),
    ("examples", Area::Docs),
    (".github", Area::Ci),
    (".gitlab", Area::Ci),
    (".circleci", Area::Ci),
    (".buildkite", Area::Ci),
    (".azure-pipelines", Area::Ci),
    (".forgejo", Area::Ci),
    (".woodpecker", Area::Ci),
    ("m4", Area::Build),
    ("cmake", Area::Build),
    ("debian", Area::Build),
    ("build-aux", Area::Build),
];

/// Whole names of files.
const NAMES: [(&str, Area); 49] = [
    ("makefile", Area::Build),
    ("gnumakefile", Area::Build),
    ("cmakelists.txt", Area::Build),
    ("configure", Area::Build),
    ("configure.ac", Area::Build),
    ("configure.in", Area::Build),
    ("meson.build", Area::Build),
    ("meson_options.txt", Area::Build),
    ("sconstruct", Area::Build),
    ("build", Area::Build),
    ("build.bazel", Area::Build),
    ("workspace", Area::Build),
    ("module.bazel", Area::Build),
    ("build.rs", Area::Build),
    ("build.zig", Area::Build),
    ("build.xml", Area::Build),
    ("pom.xml", Area::Build),
    ("cargo.toml", Area::Build),
    ("cargo.lock", Area::Build),
    ("package.json", Area::Build),
    ("package-lock.json", Area::Build),
    ("yarn.lock", Area::Build),
    ("pnpm-lock.yaml", Area::Build),
    ("go.mod", Area::Build),
    ("go.sum", Area::Build),
    ("setup.py", Area::Build),
    ("setup.cfg", Area::Build),
    ("pyproject.toml", Area::Build),
    ("requirements.txt", Area::Build),
    ("poetry.lock", Area::Build),
    ("gemfile", Area::Build),
    ("gemfile.lock", Area::Build),
    ("rakefile", Area::Build),
    ("composer.json", Area::Build),
    ("composer.lock", Area::Build),
    ("dockerfile", Area::Build),
    ("gruntfile.js", Area::Build),
    ("gulpfile.js", Area::Build),
    (".gitmodules", Area::Vendored),
    (".travis.yml", Area::Ci),
    (".gitlab-ci.yml", Area::Ci),
    (".cirrus.yml", Area::Ci),
    (".appveyor.yml", Area::Ci),
    ("appveyor.yml", Area::Ci),
    ("azure-pipelines.yml", Area::Ci),
    ("jenkinsfile", Area::Ci),
    (".pre-commit-config.yaml", Area::Ci),
    ("codecov.yml", Area::Ci),
    ("tox.ini", Area::Ci),
];

/// First words of files that are texts for people, up to a dot, a dash or the end.
const DOCS: [&str; 16] = [
    "readme",
    "license",
    "licence",
    "copying",
    "changelog",
    "changes",
    "news",
    "history",
    "authors",
    "contributors",
    "maintainers",
    "thanks",
    "todo",
    "contributing",
    "security",
    "install",
];

/// Endings of files, after the last dot.
const ENDINGS: [(&str, Area); 106] = [
    ("mk", Area::Build),
    ("am", Area::Build),
    ("m4", Area::Build),
    ("cmake", Area::Build),
    ("gradle", Area::Build),
    ("bzl", Area::Build),
    ("bazel", Area::Build),
    ("ninja", Area::Build),
    ("vcxproj", Area::Build),
    ("csproj", Area::Build),
    ("sln", Area::Build),
    ("gemspec", Area::Build),
    ("spec", Area::Build),
    ("nix", Area::Build),
    ("md", Area::Docs),
    ("rst", Area::Docs),
    ("adoc", Area::Docs),
    ("txt", Area::Docs),
    ("tex", Area::Docs),
    ("texi", Area::Docs),
    ("po", Area::Docs),
    ("pot", Area::Docs),
    ("1", Area::Docs),
    ("3", Area::Docs),
    ("5", Area::Docs),
    ("7", Area::Docs),
    ("8", Area::Docs),
    ("a", Area::Binaries),
    ("bin", Area::Binaries),
    ("bz2", Area::Binaries),
    ("class", Area::Binaries),
    ("dat", Area::Binaries),
    ("deb", Area::Binaries),
    ("der", Area::Binaries),
    ("dll", Area::Binaries),
    ("dylib", Area::Binaries),
    ("elf", Area::Binaries),
    ("exe", Area::Binaries),
    ("gif", Area::Binaries),
    ("gz", Area::Binaries),
    ("ico", Area::Binaries),
    ("jar", Area::Binaries),
    ("jpeg", Area::Binaries),
    ("jpg", Area::Binaries),
    ("lz", Area::Binaries),
    ("lz4", Area::Binaries),
    ("lzma", Area::Binaries),
    ("mp3", Area::Binaries),
    ("mp4", Area::Binaries),
    ("o", Area::Binaries),
    ("ogg", Area::Binaries),
    ("otf", Area::Binaries),
    ("pdf", Area::Binaries),
    ("png", Area::Binaries),
    ("pyc", Area::Binaries),
    ("rpm", Area::Binaries),
    ("so", Area::Binaries),
    ("tar", Area::Binaries),
    ("tgz", Area::Binaries),
    ("ttf", Area::Binaries),
    ("wasm", Area::Binaries),
    ("wav", Area::Binaries),
    ("webp", Area::Binaries),
    ("whl", Area::Binaries),
    ("woff", Area::Binaries),
    ("woff2", Area::Binaries),
    ("xz", Area::Binaries),
    ("zip", Area::Binaries),
    ("zst", Area::Binaries),
    ("asm", Area::Source),
    ("bash", Area::Source),
    ("c", Area::Source),
    ("cc", Area::Source),
    ("clj", Area::Source),
    ("cpp", Area::Source),
    ("cs", Area::Source),
    ("css", Area::Source),
    ("cxx", Area::Source),
    ("el", Area::Source),
    ("erl", Area::Source),
    ("ex", Area::Source),
    ("f90", Area::Source),
    ("go", Area::Source),
    ("h", Area::Source),
    ("hpp", Area::Source),
    ("hs", Area::Source),
    ("html", Area::Source),
    ("java", Area::Source),
    ("jl", Area::Source),
    ("js", Area::Source),
    ("kt", Area::Source),
    ("lua", Area::Source),
    ("ml", Area::Source),
    ("mjs", Area::Source),
    ("php", Area::Source),
    ("pl", Area::Source),
    ("pm", Area::Source),
    ("py", Area::Source),
    ("rb", Area::Source),
    ("rs", Area::Source),
    ("s", Area::Source),
    ("scala", Area::Source),
    ("sh", Area::Source),
    ("swift", Area::Source),
    ("tcl", Area::Source),
    ("ts", Area::Source),
];

/// Areas of everything below a folder called `name` in a folder of `above`.
pub(super) fn folder(above: Areas, name: &[u8]) -> Areas {
    above.with(find(&FOLDERS, name))
}

/// Areas of a file called `name` in a folder of `above`; `is_submodule` for another repository pinned there.
pub(super) fn file(above: Areas, name: &[u8], is_submodule: bool) -> Areas {
    let vendored = Areas::of(Area::Vendored);
    if is_submodule || above.has(Area::Vendored) {
        return vendored;
    }
    let ending = name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0).map(|dot| &name[dot + 1..]);
    let by_name = find(&NAMES, name);
    if by_name.has(Area::Vendored) {
        return vendored;
    }
    let by_ending = ending.map_or(Areas::NONE, |ending| find(&ENDINGS, ending));
    let named = if by_name != Areas::NONE {
        by_name
    } else if is_doc(name) {
        Areas::of(Area::Docs)
    } else {
        by_ending
    };
    let is_test = ["test_", "test-"].iter().any(|start| starts(name, start)) || contains_test_ending(name);
    let named = if is_test { named.with(Areas::of(Area::Tests)) } else { named };
    let source = Areas::of(Area::Source);
    let all = above.with(named);
    let left = Areas(all.0 & !source.0);
    match (left, all.has(Area::Source)) {
        (Areas::NONE, true) => source,
        (Areas::NONE, false) => Areas::of(Area::Other),
        (left, _) => left,
    }
}

/// `_test.go`, `.test.js`, `_spec.rb`, `.spec.ts` and the like.
fn contains_test_ending(name: &[u8]) -> bool {
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return false };
    let stem = &name[..dot];
    [&b"_test"[..], b".test", b"_tests", b"_spec", b".spec"]
        .iter()
        .any(|end| stem.len() > end.len() && stem[stem.len() - end.len()..].eq_ignore_ascii_case(end))
}

fn is_doc(name: &[u8]) -> bool {
    let end = name.iter().position(|byte| matches!(byte, b'.' | b'-')).unwrap_or(name.len());
    DOCS.iter().any(|doc| name[..end].eq_ignore_ascii_case(doc.as_bytes()))
}

fn starts(name: &[u8], start: &str) -> bool {
    name.len() > start.len() && name[..start.len()].eq_ignore_ascii_case(start.as_bytes())
}

fn find(rules: &[(&str, Area)], name: &[u8]) -> Areas {
    let rule = rules.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    rule.map_or(Areas::NONE, |(_, area)| Areas::of(*area))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(path: &str) -> Vec<Area> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let above = folders.split('/').fold(Areas::NONE, |above, name| folder(above, name.as_bytes()));
        file(above, name.as_bytes(), false).iter().collect()
    }

    #[test]
    fn paths_have_their_areas() {
        use Area::*;
        for (path, expected) in [
            ("src/main.c", vec![Source]),
            ("Makefile", vec![Build]),
            ("m4/build-to-host.m4", vec![Build]),
            ("tests/files/bad-3-corrupt_lzma2.xz", vec![Tests, Binaries]),
            ("tests/Makefile.am", vec![Build, Tests]),
            ("src/lib_test.go", vec![Tests]),
            ("README", vec![Docs]),
            ("License-MIT", vec![Docs]),
            ("newsletter.c", vec![Source]),
            (".github/workflows/ci.yml", vec![Ci]),
            (".gitmodules", vec![Vendored]),
            ("third_party/zlib/tests/zlib.c", vec![Vendored]),
            ("data/table.csv", vec![Other]),
            (".c", vec![Other]),
            ("doc/conf.py", vec![Docs]),
        ] {
            assert_eq!(areas(path), expected, "{path}");
        }
        assert_eq!(file(Areas::NONE, b"sha1collision", true), Areas::of(Vendored));
        assert_eq!(file(Areas::NONE, b"\xff.\xfe", false), Areas::of(Other));
    }
}
