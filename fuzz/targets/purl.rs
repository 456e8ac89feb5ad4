//! Package URLs, names of packages, and URLs of repositories: each has one form, and reading that form again changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trustgraph::ids::{Ecosystem, Purl, RepositoryUrl, pypi_name};
use trustgraph::lockfiles::{ParsedPurl, binary_name};

fn expect_canonical(purl: &str) {
    let again = ParsedPurl::parse(purl).unwrap_or_else(|| panic!("{purl} is no package URL"));
    assert_eq!(again.purl, purl);
    assert_eq!((again.version, again.registry_host, again.address), (None, None, None), "{purl}");
    assert!(purl.is_ascii() && !purl.chars().any(|c| c.is_control() || c.is_whitespace()), "{purl:?}");
}

fuzz_target!(|text: &str| {
    if let Some(parsed) = ParsedPurl::parse(text) {
        expect_canonical(&parsed.purl);
        if let Some(binary) = binary_name(&parsed.purl) {
            assert!(!binary.is_empty());
        }
    }
    for ecosystem in Ecosystem::ALL {
        if let Some(purl) = Purl::new(ecosystem, text).filter(|purl| purl.as_str().len() <= 4096) {
            expect_canonical(purl.as_str());
        }
    }
    let name = pypi_name(text);
    assert_eq!(pypi_name(&name), name);
    for url in [RepositoryUrl::parse(text), RepositoryUrl::from_web_page(text).map(|(url, _)| url)].into_iter().flatten() {
        assert_eq!(RepositoryUrl::parse(url.as_str()).as_ref(), Ok(&url));
        assert!(url.as_str().starts_with("https://") && !url.as_str().contains(['@', '#', '?', '\\']), "{url}");
    }
    let local = RepositoryUrl::local(text);
    assert!(local.as_str().split('/').all(|part| part != ".."), "{local}");
});
