//! What may be reached. Checked for every URL that is asked, after each redirect too, and for every address a name leads to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::Refusal;
use crate::job::MirrorSettings;

/// The job's rules.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    allow_hosts: Vec<String>,
    allow_private_addresses: bool,
    allow_http: bool,
}

impl Rules {
    /// The rules of `settings`.
    pub(super) fn new(settings: &MirrorSettings) -> Self {
        Self {
            allow_hosts: settings.allow_hosts.iter().map(|host| host.to_lowercase()).collect(),
            allow_private_addresses: settings.allow_private_addresses,
            allow_http: settings.allow_http,
        }
    }

    /// Whether `url` may be asked, as far as its text tells.
    pub(super) fn check(&self, url: &Url) -> Result<(), Refusal> {
        let host = url.host().ok_or(Refusal::Scheme)?;
        let is_open = url.scheme() == "http" && (self.allow_http || is_loopback(&host));
        if !(url.scheme() == "https" || is_open) || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Scheme);
        }
        if !self.allow_hosts.is_empty() && !self.allow_hosts.contains(&host.to_string()) {
            return Err(Refusal::Host);
        }
        match host {
            Host::Ipv4(address) if !self.may_reach(address.into()) => Err(Refusal::PrivateAddress),
            Host::Ipv6(address) if !self.may_reach(address.into()) => Err(Refusal::PrivateAddress),
            _ => Ok(()),
        }
    }

    /// Addresses of `host`; none when it has one that must not be reached: a name that leads to both is a trick.
    pub(super) fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        let found: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
        if found.iter().all(|address| self.may_reach(address.ip())) {
            return Ok(found);
        }
        Err(std::io::Error::other(NotPublicAddress))
    }

    /// Whether private addresses are allowed, and with them the machine's own proxy.
    pub(super) fn may_use_proxy(&self) -> bool {
        self.allow_private_addresses
    }

    fn may_reach(&self, address: IpAddr) -> bool {
        self.allow_private_addresses || is_public(address)
    }
}

/// A name leads to an address that must not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the address is not public")]
pub(super) struct NotPublicAddress;

/// The client connects to exactly the addresses that were checked: a name cannot lead elsewhere a moment later. The look-up
/// blocks the client's own thread, so each worker has a client of its own.
impl Resolve for Rules {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str(), 0);
        Box::pin(std::future::ready(match found {
            Ok(found) => Ok(Box::new(found.into_iter()) as Addrs),
            Err(error) => Err(error.into()),
        }))
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

/// Addresses of the open internet, by the registries of special-purpose addresses (RFC 6890 and its updates).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a, b) == (100, b & 0x3f | 64) // shared by carriers, 100.64.0.0/10
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a, b & 0xfe) == (198, 18);
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let low = Ipv4Addr::from((u32::from(parts[6]) << 16) | u32::from(parts[7]));
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    match parts {
        // Translated to IPv4, and 6to4, which carries an IPv4 address in its second and third part.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(low),
        [0x2002, high, middle, ..] => is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(middle))),
        // Teredo, benchmarks, ORCHID and other special blocks below 2001::/23; documentation.
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow_private_addresses: bool, hosts: &[&str]) -> Rules {
        let allow_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Rules { allow_hosts, allow_private_addresses, allow_http: false }
    }

    fn check(rules: &Rules, url: &str) -> Result<(), Refusal> {
        rules.check(&Url::parse(url).expect(url))
    }

    #[test]
    fn addresses_that_are_not_public() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.8",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "203.0.113.7",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "fec0::1",
            "::127.0.0.1",
            "3fff::1",
        ] {
            assert!(!is_public(text.parse().expect(text)), "{text}");
        }
        for text in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "198.20.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "2002:808:808::",
        ] {
            assert!(is_public(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn urls_that_are_not_asked() {
        let strict = rules(false, &[]);
        assert_eq!(check(&strict, "https://example.org/a/b"), Ok(()));
        for url in [
            "http://example.org/a",
            "file:///etc/passwd",
            "ssh://example.org/a",
            "git://example.org/a",
            "ext::sh",
            "https://u:p@example.org/a",
        ] {
            assert_eq!(check(&strict, url), Err(Refusal::Scheme), "{url}");
        }
        for url in [
            "https://127.0.0.1/a",
            "https://2130706433/a",
            "https://0x7f.1/a",
            "https://[::1]/a",
            "http://127.0.0.1:80/a",
            "https://169.254.169.254/latest",
        ] {
            assert_eq!(check(&strict, url), Err(Refusal::PrivateAddress), "{url}");
        }
        assert_eq!(check(&rules(true, &[]), "http://127.0.0.1:8080/a"), Ok(()), "http to this machine, when it may be reached");
        assert_eq!(check(&rules(true, &[]), "http://10.0.0.1/a"), Err(Refusal::Scheme));
        assert_eq!(check(&rules(false, &["example.org"]), "https://EXAMPLE.org/a"), Ok(()));
        assert_eq!(check(&rules(false, &["example.org"]), "https://example.org.evil.test/a"), Err(Refusal::Host));
    }

    #[test]
    fn names_of_this_machine_are_not_followed() {
        assert!(rules(false, &[]).addresses("localhost", 443).is_err());
        assert!(rules(true, &[]).addresses("localhost", 443).is_ok());
    }
}
