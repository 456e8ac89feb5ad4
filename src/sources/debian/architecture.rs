//! Architecture restrictions such as `[amd64 any-arm !hurd-any]`, held against one architecture.
//!
//! Rules: <https://www.debian.org/doc/debian-policy/ch-customized-programs.html#architecture-wildcards>.

/// Whether a restriction list (the text between the brackets) lets a relation stand on `architecture`.
pub(super) fn is_allowed(list: &str, architecture: &str) -> bool {
    let mut is_negated = false;
    let mut is_named = false;
    for term in list.split_ascii_whitespace() {
        let (name, negated) = term.strip_prefix('!').map_or((term, false), |name| (name, true));
        is_negated |= negated;
        is_named |= is_matched(name, architecture);
    }
    is_named != is_negated
}

/// Whether `wildcard` (`any`, `linux-any`, `any-amd64`, `gnu-any-any`, or a plain name) names `architecture`.
fn is_matched(wildcard: &str, architecture: &str) -> bool {
    if wildcard == architecture || wildcard == "any" {
        return true;
    }
    let parts: Vec<&str> = wildcard.split('-').collect();
    let (abi, os, cpu) = match parts[..] {
        [os, cpu] => ("any", os, cpu),
        [abi, os, cpu] => (abi, os, cpu),
        _ => return false,
    };
    let own = tuple(architecture);
    [(abi, own.0), (os, own.1), (cpu, own.2)].iter().all(|(asked, has)| *asked == "any" || asked == has)
}

/// ABI, operating system and processor of a Debian architecture.
fn tuple(architecture: &str) -> (&str, &str, &str) {
    match architecture {
        "armhf" | "armel" => ("gnu", "linux", "arm"),
        "x32" => ("gnu", "linux", "amd64"),
        "powerpcspe" => ("gnu", "linux", "powerpc"),
        _ => match architecture.rsplit_once('-') {
            Some(("musl-linux", cpu)) => ("musl", "linux", cpu),
            Some(("uclibc-linux", cpu)) => ("uclibc", "linux", cpu),
            Some((os, cpu)) => ("gnu", os, cpu),
            None => ("gnu", "linux", architecture),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn lists_and_wildcards() {
        for (list, architecture, expected) in [
            ("amd64 i386", "amd64", true),
            ("arm64 i386", "amd64", false),
            ("!arm64 !i386", "amd64", true),
            ("!amd64", "amd64", false),
            ("linux-any", "amd64", true),
            ("!linux-any", "amd64", false),
            ("kfreebsd-any hurd-any", "amd64", false),
            ("any-amd64", "x32", true),
            ("any-arm", "armhf", true),
            ("any-i386", "hurd-i386", true),
            ("hurd-any", "hurd-i386", true),
            ("gnu-any-any", "amd64", true),
            ("musl-any-any", "musl-linux-arm64", true),
            ("musl-any-any", "amd64", false),
            ("any", "riscv64", true),
            ("linux-amd64", "amd64", true),
            ("a-b-c-d", "amd64", false),
            ("", "amd64", false),
        ] {
            assert_eq!(is_allowed(list, architecture), expected, "[{list}] on {architecture}");
        }
    }
}
