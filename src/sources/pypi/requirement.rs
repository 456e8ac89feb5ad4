//! A requirement of `requires_dist`: which project, and when it is needed.
//!
//! Form: <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>.

use crate::ids::{Ecosystem, Purl};
use crate::sources::registry::Need;
use crate::tables::DependencyKind;

/// The need `text` states. Markers of the environment (Python version, system) leave it a need; one that asks for an extra makes
/// it optional.
pub(super) fn need(text: &str) -> Result<Need, &'static str> {
    let (requirement, marker) = match text.split_once(';') {
        Some((requirement, marker)) => (requirement, marker),
        None => (text, ""),
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let requirement = requirement.trim();
    let name = &requirement[..requirement.find(|c| !is_part(c)).unwrap_or(requirement.len())];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    let purl = Purl::new(Ecosystem::Pypi, name).filter(|_| is_name).ok_or("requirement without the name of a project")?;
    let kind = if asks_for_extra(marker) { DependencyKind::Optional } else { DependencyKind::Runtime };
    Ok(Need { purl, kind })
}

/// Whether the marker can hold only with an extra: every part between `or`s asks for one.
fn asks_for_extra(marker: &str) -> bool {
    let words: Vec<&str> = marker.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    words.split(|word| *word == "or").all(|part| part.contains(&"extra"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements() {
        for (text, expected) in [
            ("blinker>=1.9.0", Ok("pkg:pypi/blinker runtime")),
            ("Zope.Interface", Ok("pkg:pypi/zope-interface runtime")),
            ("a[x,y] (>=1)", Ok("pkg:pypi/a runtime")),
            ("a @ https://example.org/a.zip", Ok("pkg:pypi/a runtime")),
            ("importlib-metadata>=3.6.0; python_version < \"3.10\"", Ok("pkg:pypi/importlib-metadata runtime")),
            ("asgiref>=3.2; extra == \"async\"", Ok("pkg:pypi/asgiref optional")),
            ("a; (extra == 'x' or extra == 'y') and os_name == 'nt'", Ok("pkg:pypi/a optional")),
            ("a; os_name == 'nt' or extra == 'y'", Ok("pkg:pypi/a runtime")),
            ("", Err("requirement without the name of a project")),
            (">=1", Err("requirement without the name of a project")),
            ("../x", Err("requirement without the name of a project")),
            ("é", Err("requirement without the name of a project")),
        ] {
            let found = need(text).map(|need| format!("{} {}", need.purl, need.kind.name()));
            assert_eq!(found.as_deref().map_err(|reason| *reason), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[a-cé;\\[\\]()=@ .\"or-]{0,30}") {
            let _ = need(&text);
        }
    }
}
