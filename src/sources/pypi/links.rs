//! `project_urls`: which address is the repository and which the home page.
//!
//! Labels: <https://packaging.python.org/en/latest/specifications/well-known-project-urls/>.

use super::documents::Info;
use crate::ids::RepositoryUrl;
use crate::sources::homepage;
use crate::sources::registry::Link;
use crate::tables::ReadReport;

/// Labels of the source, normalised, the word of the specification first.
const SOURCE: [&str; 4] = ["source", "repository", "sourcecode", "github"];
/// Labels of the home page.
const HOMEPAGE: [&str; 1] = ["homepage"];

/// The repository `info` names: the address labelled as the source; without one, a home page that is on a forge.
pub(super) fn repository(info: &Info, report: &mut ReadReport) -> Option<Link> {
    let labelled = SOURCE.iter().find_map(|label| address(info, label));
    let home = || HOMEPAGE.iter().find_map(|label| address(info, label)).or(info.home_page.get());
    let link = |(url, directory)| Link { url, directory, evidence_level: 0 };
    match labelled {
        Some(text) => {
            let found = RepositoryUrl::from_web_page(text).or_else(|_| Ok((RepositoryUrl::parse(text)?, None)));
            found.map(link).map_err(|reject: crate::ids::UrlReject| report.skip(reject.reason())).ok()
        }
        // Most home pages are no repositories, which is no defect.
        None => home().and_then(|text| RepositoryUrl::from_web_page(text).ok()).map(link),
    }
}

/// The home page, if it can be shown.
pub(super) fn home(info: &Info, report: &mut ReadReport) -> Option<String> {
    let text = HOMEPAGE.iter().find_map(|label| address(info, label)).or(info.home_page.get())?;
    homepage::check(text).map_err(|reason| report.skip(reason)).ok().map(str::to_owned)
}

/// The address under a label that normalises to `label`.
fn address<'i>(info: &'i Info, label: &str) -> Option<&'i str> {
    let pairs = info.project_urls.0.0.iter();
    pairs.filter(|(own, _)| normal(own) == label).find_map(|(_, text)| text.as_deref())
}

/// Without ASCII punctuation and white space, in lower case: the specification's own rule.
fn normal(label: &str) -> String {
    let is_kept = |c: &char| !c.is_ascii_punctuation() && !c.is_ascii_whitespace();
    label.chars().filter(is_kept).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(urls: &str, page: &str) -> (Option<String>, Option<String>, usize) {
        let text = format!(r#"{{"project_urls":{urls},"home_page":{page}}}"#);
        let info: Info = serde_json::from_str(&text).expect("metadata");
        let mut report = ReadReport::default();
        let found = (repository(&info, &mut report).map(|link| link.url.to_string()), home(&info, &mut report));
        (found.0, found.1, report.skips.len())
    }

    #[test]
    fn labels_are_normalised() {
        let repository = Some("https://github.com/o/n".to_owned());
        for label in ["Source", "Source Code", "source-code", "SOURCE!", "Repository", "GitHub", "Git_Hub"] {
            assert_eq!(read(&format!(r#"{{"{label}":"https://github.com/o/n/"}}"#), "null").0, repository, "{label}");
        }
        let both = r#"{"GitHub":"https://github.com/x/y","Source":"https://github.com/o/n/tree/main/sub"}"#;
        assert_eq!(read(both, "null").0, repository, "the specification's word first");
    }

    #[test]
    fn home_pages_on_a_forge_name_the_repository() {
        let page = "https://github.com/o/n";
        assert_eq!(read("{}", &format!("\"{page}\"")), (Some(page.into()), Some(page.into()), 0));
        assert_eq!(read(r#"{"Home-page":"https://example.org/"}"#, "null"), (None, Some("https://example.org/".into()), 0));
        assert_eq!(read(r#"{"Source":"https://github.com/sponsors/o"}"#, "null"), (None, None, 1));
        assert_eq!(read(r#"{"Source":7,"Funding":"https://github.com/sponsors/o"}"#, "[]"), (None, None, 0));
        assert_eq!(read(r#"{"Homepage":"javascript:alert(1)"}"#, "null"), (None, None, 1));
    }
}
