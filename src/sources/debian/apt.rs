//! The mirror the machine's own package manager is configured for.

use std::process::Command;

use super::fetch_error;
use crate::sources::SourceError;

/// Base address of the first archive apt knows, such as `https://mirror.example.org/debian`.
pub(super) fn site() -> Result<String, SourceError> {
    let hint = "name the mirror with `--base debian=URL`";
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(SITE)"])
        .output()
        .map_err(|error| fetch_error(format!("`apt-get` does not run ({error}); {hint}")))?;
    let sites = String::from_utf8_lossy(&output.stdout);
    first(&sites)
        .map(str::to_owned)
        .ok_or_else(|| fetch_error(format!("apt is configured for no archive over http or https; {hint}")))
}

/// Targets are in the order of apt's source lists; media and local folders are left out.
fn first(sites: &str) -> Option<&str> {
    sites.lines().map(str::trim).find(|site| site.starts_with("http://") || site.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn first_site_on_the_network() {
        assert_eq!(
            first("cdrom://x\nfile:/a\nhttp://a.example.org/debian\nhttps://b.example.org\n"),
            Some("http://a.example.org/debian")
        );
        assert_eq!(first("\n"), None);
    }
}
