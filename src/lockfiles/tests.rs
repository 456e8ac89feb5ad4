use super::*;

/// Reads `text` as a file called `name` in a folder of its own.
fn read_as(name: &str, text: &str) -> Result<Lockfile, LockfileError> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), text).expect("a file");
    read(&folder.path().join(name), None, &Registries::default())
}

/// `purl@version line origin`, one entry a line.
fn rows(name: &str, text: &str) -> Vec<String> {
    let lockfile = read_as(name, text).unwrap_or_else(|error| panic!("{error}"));
    let row = |one: &Locked| {
        let direct = one.is_direct.map_or("", |is_direct| if is_direct { " direct" } else { " indirect" });
        let kind = one.kind.map_or(String::new(), |kind| format!(" {}", kind.name()));
        let version = one.version.as_deref().unwrap_or("?");
        format!("{}@{version} {} {}{kind}{direct}", one.purl.trim_start_matches("pkg:"), one.line, one.origin.name())
    };
    let skips = lockfile.skips.iter().map(|(reason, skip)| format!("{} x {reason} from {}", skip.count, skip.line));
    lockfile.locked.iter().map(row).chain(skips).collect()
}

fn error(name: &str, text: &str) -> String {
    read_as(name, text).expect_err("refused").to_string()
}

#[test]
fn cargo_tells_sources_apart() {
    let text = "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n \"b 2.0.0\",\n]\n\n[[package]]\n\
        name = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/index\"\nchecksum = \"00\"\n\n[[package]]\n\
        name = \"b\"\nversion = \"1.0.0\"\nsource = \"git+https://example.org/b?rev=1#0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n\
        source = \"sparse+https://crates.example.org/index/\"\n";
    assert_eq!(
        rows("Cargo.lock", text),
        [
            "cargo/own@0.1.0 4 path indirect",
            "cargo/a@1.0.0 12 registry direct",
            "cargo/b@1.0.0 18 git indirect",
            "cargo/b@2.0.0 23 registry direct",
        ]
    );
    assert!(error("Cargo.lock", "version = 9").contains("line 1: version \"9\" of Cargo.lock is not known"));
    assert!(error("Cargo.lock", "[[package]]\nname = \"a\"\nname = \"b\"").contains("line 3: is not TOML: duplicate key"));
    assert!(error("Cargo.lock", "[[package]]\nname = \"a").contains("line 2: is not TOML"));
}

#[test]
fn npm_reads_folders_aliases_and_both_lists() {
    let text = r#"{"lockfileVersion": 2, "packages": {
"": {"dependencies": {"a": "1", "alias": "npm:@s/real@1"}},
"node_modules/a": {"version": "1.0.0", "resolved": "https://npm.example.org/a/-/a-1.0.0.tgz"},
"node_modules/alias": {"name": "@s/real", "version": "1.0.0", "resolved": "https://npm.example.org/@s/real/-/real-1.0.0.tgz", "dev": true},
"node_modules/a/node_modules/lured": {"version": "1.0.0", "resolved": "https://npm.example.org/evil/-/evil-1.0.0.tgz"},
"node_modules/g": {"version": "1.0.0", "resolved": "git+ssh://git@example.org/g.git#0"},
"node_modules/own": {"resolved": "packages/own", "link": true},
"packages/own": {"version": "1.0.0"},
"node_modules/private": {"version": "1.0.0", "resolved": "https://corp.example.org/private/-/private-1.0.0.tgz"}},
"dependencies": {"a": {"version": "1.0.0", "resolved": "https://npm.example.org/a/-/a-1.0.0.tgz"},
"hidden": {"version": "6.6.6", "resolved": "https://npm.example.org/hidden/-/hidden-6.6.6.tgz"}}}"#;
    assert_eq!(
        rows("package-lock.json", text),
        [
            "npm/a@1.0.0 3 registry runtime direct",
            "npm/%40s/real@1.0.0 4 registry development direct",
            "npm/lured@1.0.0 5 url runtime indirect",
            "npm/g@1.0.0 6 git runtime indirect",
            "npm/own@? 7 path runtime indirect",
            "npm/private@1.0.0 9 other_registry runtime indirect",
            "npm/hidden@6.6.6 11 registry runtime",
            "1 x its name or version is none of its ecosystem from 8",
        ]
    );
    assert!(
        error("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\"a\": {}, \"a\": {}}}").contains("stands twice")
    );
    assert!(error("package-lock.json", "{\"lockfileVersion\": 3").contains("is not JSON"));
    assert!(error("package-lock.json", &"[".repeat(100_000)).contains("recursion limit"));
    assert!(error("package-lock.json", "{\"lockfileVersion\": 3}").contains("neither"));
    assert!(error("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": []}").contains("`packages` is no map"));
}

#[test]
fn pnpm_knows_three_spellings() {
    let old = "lockfileVersion: 5.4\ndependencies:\n  a: 1.0.0_p@1.0.0\npackages:\n  /a/1.0.0_p@1.0.0:\n    resolution: {integrity: x}\n    dev: false\n  /@s/b/2.0.0:\n    dev: true\n";
    assert_eq!(
        rows("pnpm-lock.yaml", old),
        ["npm/a@1.0.0 5 registry runtime direct", "npm/%40s/b@2.0.0 8 registry development indirect"]
    );
    let middle = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1\n    version: 1.0.0(p@1.0.0)\npackages:\n  /a@1.0.0(p@1.0.0):\n    dev: false\n";
    assert_eq!(rows("pnpm-lock.yaml", middle), ["npm/a@1.0.0 7 registry runtime direct"]);
    let new = "---\nlockfileVersion: '9.0'\n---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    devDependencies:\n      '@s/a':\n        specifier: ^1\n        version: 1.10.0\npackages:\n  '@s/a@1.10.0':\n    resolution: {integrity: x}\n  g@https://git.example.org/g/tar.gz/0:\n    resolution: {tarball: https://git.example.org/g/tar.gz/0}\n    version: 1.0.0\n  h@git+https://example.org/h:\n    resolution: {repo: https://example.org/h, commit: '0', type: git}\n  i@file:../i:\n    resolution: {directory: ../i, type: directory}\n";
    assert_eq!(
        rows("pnpm-lock.yaml", new),
        [
            "npm/%40s/a@1.10.0 12 registry direct",
            "npm/g@1.0.0 14 url indirect",
            "npm/h@? 17 git indirect",
            "npm/i@? 19 path indirect"
        ]
    );
    assert!(error("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: &a\n  x@1.0.0: *a\n").contains("line 3: holds an alias"));
    assert!(error("pnpm-lock.yaml", "lockfileVersion: '9.0'\na: 1\na: 2\n").contains("line 3: the key \"a\" stands twice"));
    assert!(error("pnpm-lock.yaml", "lockfileVersion: '12.0'\n").contains("is not known"));
    assert!(error("pnpm-lock.yaml", &"[".repeat(100_000)).contains("line 1"));
}

#[test]
fn yarn_old_and_new() {
    let classic = "# yarn lockfile v1\n\n\n\"@s/a@^1\", \"@s/a@^1.1\":\n  version \"1.2.0\"\n  resolved \"https://npm.example.org/@s/a/-/a-1.2.0.tgz#00\"\n  dependencies:\n    version \"9\"\n\nb@npm:real@1:\n  version \"1.0.0\"\n  resolved \"https://npm.example.org/real/-/real-1.0.0.tgz#00\"\n\nc@file:./c:\n  version \"0.0.0\"\n\nd@git+https://example.org/d.git:\n  version \"1.0.0\"\n  resolved \"git+https://example.org/d.git#00\"\n";
    assert_eq!(
        rows("yarn.lock", classic),
        ["npm/%40s/a@1.2.0 4 registry", "npm/real@1.0.0 10 registry", "npm/c@0.0.0 14 path", "npm/d@1.0.0 17 git"]
    );
    assert!(error("yarn.lock", "a@1:\n  resolved \"x\"\n").contains("has no version"));
    let berry = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.10.0\n  resolution: \"a@npm:1.10.0\"\n  linkType: hard\n\n\"b@patch:b@npm%3A^2#~/.yarn/patches/b.patch\":\n  version: 2.0.0\n  resolution: \"b@patch:b@npm%3A2.0.0#~/.yarn/patches/b.patch::version=2.0.0&hash=0\"\n\n\"own@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"own@workspace:.\"\n\n\"e@npm:1.0.0\":\n  version: 1.0.0\n  resolution: \"e@npm:6.6.6\"\n";
    assert_eq!(
        rows("yarn.lock", berry),
        ["npm/a@1.10.0 4 registry", "npm/b@2.0.0 9 registry", "npm/own@0.0.0-use.local 13 path", "npm/e@1.0.0 17 url"]
    );
}

#[test]
fn requirements_stay_in_their_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("in");
    std::fs::create_dir(&inside).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(inside.join(name), text).expect("a file");
    write("more.txt", "-r requirements.txt\nZope._Interface==1.0 # a comment\n");
    let text = "-i https://pip.example.org/simple\nrequests[socks]==2.0 ; python_version < '3' \\\n  --hash=sha256:00\nflask>=1\n-r more.txt\n-e git+https://example.org/x.git#egg=x\ny @ https://example.org/y.zip\n./local\nhttps://example.org/z-1.0-py3-none-any.whl\nw==1.*\n";
    write("requirements.txt", text);
    let read_it = || read(&inside.join("requirements.txt"), None, &Registries::default());
    let lockfile = read_it().expect("requirements");
    let shown: Vec<String> = lockfile
        .locked
        .iter()
        .map(|one| format!("{} {:?} {}:{} {}", one.purl, one.version, lockfile.files[one.file], one.line, one.origin.name()))
        .collect();
    assert_eq!(
        shown,
        [
            "pkg:pypi/requests Some(\"2.0\") requirements.txt:2 registry",
            "pkg:pypi/flask None requirements.txt:4 registry",
            "pkg:pypi/zope-interface Some(\"1.0\") more.txt:2 registry",
            "pkg:pypi/x None requirements.txt:6 git",
            "pkg:pypi/y None requirements.txt:7 url",
            "pkg:pypi/z None requirements.txt:9 url",
            "pkg:pypi/w None requirements.txt:10 registry",
        ]
    );
    assert_eq!(lockfile.skips.len(), 1, "{:?}", lockfile.skips);
    std::fs::create_dir(inside.join("requirements")).expect("a folder");
    write("requirements/main.txt", "a==1\n");
    let main = read(&inside.join("requirements/main.txt"), None, &Registries::default()).expect("known by its folder");
    assert_eq!((main.format, main.locked.len(), main.files.as_slice()), (Format::Requirements, 1, &["main.txt".to_owned()][..]));
    std::fs::write(folder.path().join("out.txt"), "a==1\n").expect("a file");
    write("requirements.txt", "-r ../out.txt\n");
    assert!(read_it().expect_err("refused").to_string().contains("from outside its folder"));
    write("requirements.txt", "-rmissing.txt\n");
    assert!(read_it().expect_err("refused").to_string().contains("cannot be read"));
}

#[test]
fn python_locks() {
    let uv = "version = 1\n[[package]]\nname = \"own\"\nversion = \"0\"\nsource = { editable = \".\" }\ndependencies = [{ name = \"a\" }]\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"https://pip.example.org/simple\" }\n[[package]]\nname = \"b\"\nversion = \"1\"\nsource = { git = \"https://example.org/b\" }\n";
    assert_eq!(rows("uv.lock", uv), ["pypi/own@0 3 path indirect", "pypi/a@1 8 registry direct", "pypi/b@1 12 git indirect"]);
    let poetry = "[[package]]\nname = \"A_b\"\nversion = \"1\"\noptional = false\ngroups = [\"dev\"]\n[[package]]\nname = \"c\"\nversion = \"1\"\n[package.source]\ntype = \"git\"\nurl = \"https://example.org/c\"\n";
    assert_eq!(rows("poetry.lock", poetry), ["pypi/a-b@1 2 registry development", "pypi/c@1 7 git runtime"]);
    let pylock = "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nindex = \"https://pip.example.org/simple\"\n[[packages]]\nname = \"d\"\ndirectory = { path = \".\" }\n";
    assert_eq!(rows("pylock.dev.toml", pylock), ["pypi/a@1 3 registry", "pypi/d@? 7 path"]);
    assert!(error("uv.lock", "[[package]]\nname = \"a\"").contains("no known `source`"));
}

#[test]
fn go_and_maven() {
    let sum = "example.org/A/b v1.0.0 h1:x=\nexample.org/A/b v1.0.0/go.mod h1:x=\n";
    assert_eq!(rows("go.sum", sum), ["golang/example.org/a/b@v1.0.0 1 registry"]);
    assert!(error("go.sum", "example.org/a v1").contains("line 1: is not `module version digest`"));
    let module = "module example.org/own\ngo 1.22\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b v1.0.0 // indirect\n)\nrequire example.org/c v1.0.0\nreplace example.org/c => ../c\nreplace example.org/b v1.0.0 => example.org/d v2.0.0\n";
    assert_eq!(
        rows("go.mod", module),
        [
            "golang/example.org/a@v1.0.0 4 registry direct",
            "golang/example.org/d@v2.0.0 5 registry indirect",
            "golang/example.org/c@v1.0.0 7 path direct"
        ]
    );
    assert!(error("go.mod", "require (\n").contains("not closed"));
    let pom = "<project>\n<version>3</version><properties><v>1.${project.version}</v></properties>\n<dependencies><dependency>\n<groupId>org.example</groupId><artifactId>a</artifactId><version>${v}</version></dependency>\n<dependency><groupId>org.example</groupId><artifactId>b</artifactId><scope>test</scope></dependency></dependencies></project>";
    assert_eq!(
        rows("pom.xml", pom),
        ["maven/org.example/a@1.3 3 registry runtime direct", "maven/org.example/b@? 5 registry development direct"]
    );
    assert!(error("pom.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><project/>").contains("document type"));
    assert!(error("pom.xml", "<project><dependencies>").contains("ends inside"));
    assert!(error("pom.xml", &"<project>".repeat(1000)).contains("deeper nesting"));
    let tree =
        "[INFO] org.example:own:jar:1\n[INFO] +- org.example:a:jar:1.0:compile\n[INFO] |  \\- org.example:b:jar:tests:2.0:test\n";
    assert_eq!(
        rows("tree.txt", tree),
        ["maven/org.example/a@1.0 2 registry runtime", "maven/org.example/b@2.0 3 registry development"]
    );
    let lock = "{\"artifactId\": \"own\", \"groupId\": \"o\", \"dependencies\": [{\"groupId\": \"o\",\n\"artifactId\": \"a\", \"version\": \"1\", \"children\": [\n{\"groupId\": \"o\", \"artifactId\": \"b\", \"version\": \"2\"}]}]}";
    assert_eq!(rows("lockfile.json", lock), ["maven/o/a@1 1 registry direct", "maven/o/b@2 3 registry indirect"]);
}

#[test]
fn bills_of_material() {
    let json = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"metadata\": {\"component\": {\"bom-ref\": \"own\"}},\n\"components\": [{\"type\": \"library\",\n\"bom-ref\": \"a\", \"purl\": \"pkg:npm/%40s/a@1.0.0\",\n\"components\": [{\"type\": \"library\", \"purl\": \"pkg:deb/debian/xz-utils@5.6?arch=amd64&distro=debian-13\"}]},\n{\"type\": \"file\", \"name\": \"x\"}, {\"type\": \"library\", \"name\": \"y\"}, {\"purl\": \"pkg:\"},\n{\"purl\": \"pkg:deb/debian/xz-utils@5.6?arch=source\"},\n{\"purl\": \"pkg:npm/p@1?repository_url=https://corp.example.org\"}],\n\"dependencies\": [{\"ref\": \"own\", \"dependsOn\": [\"a\"]}]}";
    assert_eq!(
        rows("sbom.json", json),
        [
            "npm/%40s/a@1.0.0 3 registry direct",
            "deb/debian/xz-utils@5.6 4 registry",
            "deb/debian/xz-utils?arch=source@5.6 6 registry",
            "npm/p@1 7 registry",
            "1 x a component that is no package from 5",
            "1 x a component without a package URL from 5",
            "1 x a package URL that cannot be read from 5",
        ]
    );
    assert_eq!(binary_name("pkg:deb/debian/libstdc%2B%2B6").as_deref(), Some("libstdc++6"));
    assert_eq!(binary_name("pkg:deb/debian/xz-utils?arch=source"), None);
    assert!(error("sbom.json", "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"2.0\"}").contains("is not known"));
    let xml = "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components>\n<component type=\"library\"><name>a</name><version>1</version>\n<purl>pkg:pypi/A_b</purl></component></components></bom>";
    assert_eq!(rows("bom.xml", xml), ["pypi/a-b@1 4 registry"]);
    let spdx = "{\"spdxVersion\": \"SPDX-2.3\", \"packages\": [{\"name\": \"a\", \"versionInfo\": \"1\",\n\"externalRefs\": [{\"referenceType\": \"purl\",\n\"referenceLocator\": \"pkg:cargo/a\"}]}, {\"name\": \"b\"}]}";
    assert_eq!(rows("x.spdx.json", spdx), ["cargo/a@1 3 registry", "1 x a package without a package URL from 3"]);
    let graph = "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": [\n{\"type\": \"software_Package\", \"software_packageVersion\": \"1\",\n\"software_packageUrl\": \"pkg:cargo/a\", \"externalIdentifier\": [{\"externalIdentifierType\": \"packageUrl\",\n\"identifier\": \"pkg:cargo/b@2\"}]}]}";
    assert_eq!(rows("x.jsonld.json", graph), ["cargo/a@1 3 registry", "cargo/b@2 4 registry"]);
    let tags = "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageVersion: 1\nPackageComment: <text>\nPackageName: fake\n</text>\nExternalRef: PACKAGE-MANAGER purl pkg:cargo/a\nPackageName: b\n";
    assert_eq!(rows("x.spdx", tags), ["cargo/a@1 7 registry", "1 x a package without a package URL from 8"]);
}

#[test]
fn what_is_none_says_so() {
    assert!(error("notes.md", "hello").contains("no known lockfile"));
    assert!(error("Cargo.lock", "{\"lockfileVersion\": 3}").contains("is not TOML"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("go.sum");
    std::fs::write(&path, [0xff, 0xfe, 0]).expect("a file");
    assert!(read(&path, None, &Registries::default()).expect_err("refused").to_string().contains("not UTF-8"));
    assert!(
        read(&folder.path().join("none.lock"), None, &Registries::default())
            .expect_err("refused")
            .to_string()
            .contains("none.lock")
    );
}

/// Cut anywhere, or with any byte replaced, every format is an error or a list; never a panic.
#[test]
fn damage_never_panics() {
    let files = [
        ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"git+x\"\n"),
        (
            "package-lock.json",
            "{\"lockfileVersion\":3,\"packages\":{\"node_modules/\u{e9}\":{\"version\":\"\\u00e9\",\"resolved\":\"https://a/b\"}}}",
        ),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  '@s/a@1(b@2)':\n    resolution: {tarball: x}\n"),
        ("yarn.lock", "\"@a/b@^1\", c@2:\n  version \"1\"\n  resolved \"https://x/y\"\n"),
        ("requirements.txt", "a[b]==1 ; c --hash=x\n-e ./d\n-i x\ny @ git+https://z\n\\\n"),
        ("go.mod", "require (\n\ta v1 // indirect\n)\nreplace a => b v2\n"),
        (
            "pom.xml",
            "<project a=\"b\"><dependencies><dependency><groupId>${x}</groupId>&amp;</dependency></dependencies></project>",
        ),
        (
            "bom.json",
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[{\"purl\":\"pkg:npm/%40a/b@1?c=d#e\"}]}",
        ),
        ("x.spdx", "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n"),
    ];
    for (name, text) in files {
        for at in 0..=text.len() {
            let whole = text.as_bytes();
            let cut = String::from_utf8_lossy(&whole[..at]).into_owned();
            let mut changed = whole.to_vec();
            if let Some(byte) = changed.get_mut(at) {
                *byte = b"\"{[:@/- \n%"[at % 10];
            }
            for damaged in [cut, String::from_utf8_lossy(&changed).into_owned()] {
                let _ = read_as(name, &damaged);
            }
        }
    }
}
