//! What a registry's own signature over name, version and digest of a release proves: that the registry handed out just that.

use sigstore_verify::crypto::VerificationKey;
use sigstore_verify::types::SignatureBytes;

use super::TrustedRoots;
use crate::tables::RegistrySignature;
use crate::units::Day;

/// Signatures looked at, of one release; registries make one, and two while a key is replaced.
const MAX_SIGNATURES: usize = 8;
const SECONDS_A_DAY: i64 = 86_400;

/// What a registry says it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The text under the signatures.
    pub text: String,
    /// Name of the key (`SHA256:` and its digest) and signature, both in base64.
    pub signatures: Vec<(String, String)>,
}

impl TrustedRoots {
    /// Checks the signatures of a release that was published on `published`. One that a known key did not make spoils the rest; else
    /// one that holds is enough. A key that is no longer in use vouches for what was published before its last day, and releases
    /// may be signed again with a newer key, so the first day of a key is not asked for, as npm itself does.
    pub fn registry_signature(&self, signed: &Signed, published: Option<Day>) -> RegistrySignature {
        let one = |(id, signature): &(String, String)| {
            let Some(key) = self.signing_key(id) else { return RegistrySignature::UnknownKey };
            let signature = SignatureBytes::from_base64(signature).ok();
            let verifier = VerificationKey::from_spki(&key.key).ok();
            let holds = signature.zip(verifier).is_some_and(|(signature, key)| key.verify(&signed.text, &signature).is_ok());
            let last = key.valid_for.and_then(|range| range.end).map(|end| end.as_second());
            let is_in_use = |last: i64| published.is_some_and(|day| i64::from(day.0) * SECONDS_A_DAY <= last);
            match (holds, last.is_none_or(is_in_use)) {
                (false, _) => RegistrySignature::Wrong,
                (true, true) => RegistrySignature::Verified,
                (true, false) => RegistrySignature::ExpiredKey,
            }
        };
        let found: Vec<RegistrySignature> = signed.signatures.iter().take(MAX_SIGNATURES).map(one).collect();
        let order = [RegistrySignature::Wrong, RegistrySignature::Verified, RegistrySignature::ExpiredKey];
        let first = order.into_iter().find(|one| found.contains(one));
        first.unwrap_or(if found.is_empty() { RegistrySignature::Absent } else { RegistrySignature::UnknownKey })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD_KEY: &str = "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA";
    const NEW_KEY: &str = "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U";
    /// Two real releases, under the key of their time.
    const OLD: (&str, &str) = (
        "venv@0.1.0:sha512-RMdeiD0OJC+S2w4931iqdi5MB9xe2T/lXZbRrHxbsmQrSA+FwhPk2bIqIwbNDCmThPgNw841Q272O6EFSYhBjQ==",
        "MEUCICKQJCEvvV3HdhCSj3TwH9qqIWLwc0GR1m/NED/s1bPIAiEAvkTmhIDIrD4MZoI2g27+HsuxoFJhC/evORT6T2UUwSc=",
    );
    const NEW: (&str, &str) = (
        "@anthropic-ai/claude-code@2.1.98:sha512-qecREauMWXHplkpjqsuDuUv4ww+NprMl71k9sMuLkZU7qwjLMkTPxRBjuKvZWWMrAPvZWdGZE9LljUTfCQ1lWQ==",
        "MEQCIGvolW/eLJuocfuN94cinl0Vz9arMrshmIhulXk/9JEBAiAW18CskQ+uEkWf90x4Dc0TqDoRBQ7lmCAXhpXpqbEJDA==",
    );

    fn checked(text: &str, signatures: &[(&str, &str)], published: Option<&str>) -> RegistrySignature {
        let signatures = signatures.iter().map(|(id, signature)| ((*id).to_owned(), (*signature).to_owned())).collect();
        let published = published.map(|day| Day::parse(day).expect("a day"));
        TrustedRoots::shipped().registry_signature(&Signed { text: text.into(), signatures }, published)
    }

    #[test]
    fn real_releases_hold() {
        assert_eq!(checked(OLD.0, &[(OLD_KEY, OLD.1)], Some("2017-08-01")), RegistrySignature::Verified);
        assert_eq!(checked(NEW.0, &[(NEW_KEY, NEW.1)], None), RegistrySignature::Verified, "the key has no last day");
        assert_eq!(checked(NEW.0, &[(NEW_KEY, NEW.1)], Some("2017-08-01")), RegistrySignature::Verified, "signed again");
    }

    #[test]
    fn what_does_not_hold_has_a_reason() {
        let changed = OLD.0.replace("0.1.0", "0.1.1");
        assert_eq!(checked(&changed, &[(OLD_KEY, OLD.1)], Some("2017-08-01")), RegistrySignature::Wrong);
        assert_eq!(checked(OLD.0, &[(NEW_KEY, OLD.1)], Some("2017-08-01")), RegistrySignature::Wrong, "another's key");
        for broken in ["", "x", "AAAA", "MEUC", &"A".repeat(100_000)] {
            assert_eq!(checked(OLD.0, &[(OLD_KEY, broken)], Some("2017-08-01")), RegistrySignature::Wrong);
        }
        for day in [None, Some("2025-01-30")] {
            assert_eq!(checked(OLD.0, &[(OLD_KEY, OLD.1)], day), RegistrySignature::ExpiredKey, "{day:?}");
        }
        assert_eq!(checked(OLD.0, &[("SHA256:x", OLD.1)], None), RegistrySignature::UnknownKey);
        assert_eq!(checked(OLD.0, &[], None), RegistrySignature::Absent);
        let mixed = [("SHA256:x", OLD.1), (OLD_KEY, OLD.1)];
        assert_eq!(checked(OLD.0, &mixed, Some("2017-08-01")), RegistrySignature::Verified);
        let spoilt = [(OLD_KEY, OLD.1), (OLD_KEY, "AAAA")];
        assert_eq!(checked(OLD.0, &spoilt, Some("2017-08-01")), RegistrySignature::Wrong);
    }
}
