//! Where a connection may go: to the configured host, or to a public address over https.
//!
//! What a registry names (a download address, a redirect) is upstream text: it must not lead into the network this machine
//! stands in. The host of the base address is trusted, because the user or the machine's own client named it: company mirrors
//! have private addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

/// Most redirects followed for one request.
pub(super) const MAX_REDIRECTS: usize = 5;

/// Hosts that were configured, not named by upstream.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// Host of the base address, in lower case.
    base: String,
    /// The base address itself is no https.
    is_plain_base: bool,
    /// Hosts of the machine's proxies: they are connected to in place of any other.
    proxies: Vec<String>,
}

impl Addresses {
    /// Trusts the host of `base`, and the proxies the environment names.
    pub(super) fn new(base: &Url) -> Self {
        let names = ["http_proxy", "https_proxy", "all_proxy"].map(|name| [name.to_owned(), name.to_uppercase()]);
        let proxy = |name: &String| {
            let value = std::env::var(name).ok()?;
            let url = Url::parse(&value).or_else(|_| Url::parse(&format!("http://{value}"))).ok()?;
            url.host_str().map(str::to_lowercase)
        };
        let base_host = base.host_str().unwrap_or_default().to_lowercase();
        let proxies = names.iter().flatten().filter_map(proxy).collect();
        Self { base: base_host, is_plain_base: base.scheme() == "http", proxies }
    }

    /// Whether `url` may be asked. The error says why not; it names no address.
    pub(super) fn check(&self, url: &Url) -> Result<(), &'static str> {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        let is_base = host == self.base;
        match url.scheme() {
            "https" => {}
            "http" if is_base && self.is_plain_base => {}
            _ => return Err("the address is no https"),
        }
        if !url.username().is_empty() && !is_base {
            return Err("the address carries a password");
        }
        let is_private = match url.host() {
            Some(Host::Ipv4(address)) => is_private_v4(address),
            Some(Host::Ipv6(address)) => is_private(IpAddr::V6(address)),
            // Names are looked at when they are resolved.
            Some(Host::Domain(_)) => false,
            None => return Err("the address names no host"),
        };
        if is_private && !is_base { Err("the address leads into a private network") } else { Ok(()) }
    }

    /// Redirects: at most five, never from https down to http, never into a private network.
    pub(super) fn redirects(&self) -> Policy {
        let addresses = self.clone();
        Policy::custom(move |attempt| match addresses.check_redirect(attempt.previous(), attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(why) => attempt.error(format!("redirect refused: {why}")),
        })
    }

    /// Whether what came by the addresses `before` may go on to `url`. A plain base may be redirected to another plain host: what comes
    /// so is signed or pinned by digest.
    fn check_redirect(&self, before: &[Url], url: &Url) -> Result<(), &'static str> {
        if before.len() > MAX_REDIRECTS {
            return Err("too many redirects");
        }
        let is_plain = url.scheme() == "http";
        if is_plain && before.iter().any(|url| url.scheme() == "https") {
            return Err("from https to http");
        }
        let mut asked = url.clone();
        if is_plain && self.is_plain_base && url.host_str().map(str::to_lowercase).as_ref() != Some(&self.base) {
            asked.set_scheme("https").map_err(|()| "the address is no https")?;
        }
        self.check(&asked)
    }

    fn is_configured(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        host == self.base || self.proxies.contains(&host)
    }
}

/// Resolves as the machine does, and leaves private addresses out for hosts that nobody configured.
impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let is_configured = self.is_configured(name.as_str());
        let found = (name.as_str(), 0).to_socket_addrs().map_err(Into::into).and_then(|found| {
            let found: Vec<SocketAddr> = found.filter(|address| is_configured || !is_private(address.ip())).collect();
            if found.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        });
        Box::pin(std::future::ready(found))
    }
}

/// Loopback, private, link-local and other addresses that are not on the public internet.
///
/// Lists: <https://www.iana.org/assignments/iana-ipv4-special-registry>, `iana-ipv6-special-registry`.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Addresses that carry one of the fourth version: mapped, compatible, translated (64:ff9b::/96), and tunnelled (2002::/16).
    let [_, in_tunnel @ .., high, low] = segments;
    let carried = match segments {
        [0, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some((high, low)),
        [0x2002, ..] => Some((in_tunnel[0], in_tunnel[1])),
        _ => None,
    };
    let v4 = |(high, low): (u16, u16)| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    carried.is_some_and(|carried| is_private_v4(v4(carried)))
        // Translation within a network of its own.
        || segments[..3] == [0x64, 0xff9b, 1]
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || segments[0] & 0xfe00 == 0xfc00
        || segments[0] & 0xffc0 == 0xfe80
        || segments[0] & 0xffc0 == 0xfec0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, url: &str) -> Result<(), &'static str> {
        Addresses::new(&Url::parse(base).expect("a URL")).check(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn only_the_configured_host_may_be_private_or_plain() {
        for (base, url) in [
            ("https://a.example.org/", "https://b.example.org/x"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x"),
            ("https://10.0.0.1/", "https://10.0.0.1/x"),
            ("https://a.example.org/", "https://203.0.113.7/x"),
        ] {
            assert_eq!(check(base, url), Ok(()), "{base} {url}");
        }
        for url in [
            "http://b.example.org/",
            "ftp://a.example.org/",
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[64:ff9b:1::1]/",
            "https://[2002:a00:1::1]/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://user:word@b.example.org/",
            "http://a.example.org/",
        ] {
            assert!(check("https://a.example.org/", url).is_err(), "{url}");
        }
    }

    #[test]
    fn redirects_stay_within_https() {
        let urls = |all: &[&str]| all.iter().map(|url| Url::parse(url).expect("a URL")).collect::<Vec<_>>();
        let check = |base: &str, before: &[&str], to: &str| {
            Addresses::new(&Url::parse(base).expect("a URL")).check_redirect(&urls(before), &Url::parse(to).expect("a URL"))
        };
        let (secure, plain) = ("https://a.example.org/", "http://a.example.org/");
        assert_eq!(check(secure, &[secure], "https://b.example.org/"), Ok(()));
        assert_eq!(check(secure, &[secure], plain), Err("from https to http"));
        assert_eq!(check(secure, &[secure, "https://b.example.org/"], "http://b.example.org/"), Err("from https to http"));
        assert_eq!(check(secure, &[secure], "https://10.0.0.1/"), Err("the address leads into a private network"));
        assert_eq!(check(secure, &[secure], "https://user@b.example.org/"), Err("the address carries a password"));
        assert_eq!(check(secure, &[secure], "file:///etc/passwd"), Err("the address is no https"));
        assert_eq!(check(secure, &[secure; MAX_REDIRECTS + 1], secure), Err("too many redirects"));
        // A mirror that is itself plain.
        assert_eq!(check(plain, &[plain], "http://b.example.org/"), Ok(()));
        assert_eq!(check(plain, &[plain, secure], "http://b.example.org/"), Err("from https to http"));
        assert_eq!(check(plain, &[plain], "http://169.254.169.254/latest"), Err("the address leads into a private network"));
    }

    #[test]
    fn names_that_lead_home_are_refused_when_resolved() {
        let addresses = Addresses::new(&Url::parse("https://a.example.org/").expect("a URL"));
        assert!(!addresses.is_configured("localhost") && addresses.is_configured("A.example.org"));
        for address in ["127.0.0.1", "100.64.0.1", "192.168.0.1", "0.0.0.0", "224.0.0.1", "::", "fe80::1", "ff02::1", "::7f00:1"]
        {
            assert!(is_private(address.parse().expect("an address")), "{address}");
        }
        for address in ["1.1.1.1", "100.128.0.1", "2606:4700::1111", "192.0.2.1", "2002:101:101::1"] {
            assert!(!is_private(address.parse().expect("an address")), "{address}");
        }
    }
}
