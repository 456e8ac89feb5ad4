//! Which packages of a file come from another registry than the public one.

use std::collections::BTreeMap;

use super::{Locked, Origin};

/// Hosts that serve the public registry of an ecosystem (or a mirror of it), by the type of its package URLs.
///
/// Where none is listed for an ecosystem, the host that most of its packages in a file name is taken for one: a file of a team that
/// uses a mirror names the mirror, and its few private packages name another host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registries(pub BTreeMap<String, Vec<String>>);

impl Registries {
    /// Marks packages from other hosts. A package without a host is from the tool's default.
    pub(super) fn settle(&self, locked: &mut [Locked]) {
        let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for entry in locked.iter() {
            if let Some(host) = &entry.registry_host {
                *counts.entry(ecosystem(&entry.purl).to_owned()).or_default().entry(host.clone()).or_default() += 1;
            }
        }
        for entry in locked.iter_mut() {
            let Some(host) = &entry.registry_host else { continue };
            let ecosystem = ecosystem(&entry.purl);
            let is_public = match self.0.get(ecosystem) {
                Some(hosts) => hosts.iter().any(|public| public == host),
                None => counts.get(ecosystem).and_then(most) == Some(host),
            };
            if !is_public {
                entry.origin = Origin::OtherRegistry;
            }
        }
    }
}

/// The host named most often; of equals the first by name.
fn most(counts: &BTreeMap<String, usize>) -> Option<&String> {
    // A host that could not be read is no public one.
    counts
        .iter()
        .filter(|(host, _)| !host.is_empty())
        .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
        .map(|(host, _)| host)
}

/// `npm` of `pkg:npm/left-pad`.
fn ecosystem(purl: &str) -> &str {
    purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// Host of an address, in lower case; `None` where it names none.
pub(super) fn host(address: &str) -> Option<String> {
    let address = address.split_once('+').map_or(address, |(prefix, rest)| if prefix.contains(':') { address } else { rest });
    url::Url::parse(address).ok()?.host_str().map(str::to_lowercase)
}
