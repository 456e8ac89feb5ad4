//! The registry that the machine's own client is configured for.

use std::process::Command;

use url::Url;

use crate::sources::SourceError;

/// How a client is asked for its registry.
#[derive(Clone, Copy)]
pub(in crate::sources) struct Client {
    /// The program, and what it is called with.
    pub(in crate::sources) command: &'static [&'static str],
    /// Takes the address out of what it prints.
    pub(in crate::sources) address: fn(&str) -> Option<&str>,
}

/// The base address, ending with a slash: that of `--base`, else what `client` says. The program reads its own settings files and
/// variables, so nothing here has to know them.
pub(in crate::sources) fn base(source_name: &'static str, given: Option<&String>, client: &Client) -> Result<Url, SourceError> {
    let hint = format!("name the registry with `--base {source_name}=URL`");
    let error = |what: String| SourceError::Fetch { source_name, what: format!("{what}; {hint}") };
    let printed = match given {
        Some(given) => given.clone(),
        None => {
            let (program, arguments) = (client.command[0], &client.command[1..]);
            // Wide, so that no address is broken between two lines.
            let output = Command::new(program).args(arguments).env("COLUMNS", "2000").output();
            let output = output.map_err(|cause| error(format!("`{program}` does not run ({cause})")))?;
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            (client.address)(&printed).map(str::to_owned).ok_or_else(|| error(format!("`{program}` names no registry")))?
        }
    };
    let url = Url::parse(&format!("{}/", printed.trim().trim_end_matches('/'))).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    url.ok_or_else(|| error("the base address is no http or https URL".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_wins() {
        let nobody = Client { command: &["/nowhere/no-such-program"], address: |text| Some(text) };
        let url = base("npm", Some(&"https://example.org/mirror".to_owned()), &nobody).expect("an address");
        assert_eq!(url.as_str(), "https://example.org/mirror/");
        for wrong in ["", "file:///x", "example.org", "https://"] {
            assert!(base("npm", Some(&wrong.to_owned()), &nobody).is_err(), "{wrong}");
        }
        let told = base("npm", None, &nobody).expect_err("no program").to_string();
        assert!(told.contains("--base npm=URL"), "{told}");
    }

    #[test]
    fn programs_are_asked() {
        let echo = Client { command: &["echo", "https://example.org/simple"], address: |text| text.split_whitespace().last() };
        assert_eq!(base("pypi", None, &echo).map(String::from).ok().as_deref(), Some("https://example.org/simple/"));
        let silent = Client { command: &["true"], address: |_| None };
        assert!(base("pypi", None, &silent).is_err());
    }
}
