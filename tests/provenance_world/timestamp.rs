//! An authority that signs times, and an instance that has nothing but such authorities: the one for private repositories on GitHub.
//!
//! RFC 3161 for the token, RFC 5652 for the envelope around it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sigstore_verify::types::SignatureBytes;

use super::der::{extension, oid, seq, tlv};
use super::{Plan, World, base64, sign};

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const TOKEN: &str = "1.2.840.113549.1.9.16.1.4";
const SERIAL: u8 = 3;

impl World {
    /// A root with the authority and with one that signs times until `end`, and no log of any kind.
    pub fn root_without_logs(&self, end: &str) -> Value {
        let mut root = self.root(None);
        let chain = [self.clock_certificate(), self.authority_certificate()].map(|one| json!({"rawBytes": base64(&one)}));
        root["tlogs"] = json!([]);
        root["ctlogs"] = json!([]);
        root["timestampAuthorities"] = json!([{
            "uri": "https://time.example.org", "certChain": {"certificates": chain},
            "validFor": {"start": "2025-01-01T00:00:00Z", "end": end},
        }]);
        root
    }

    /// A bundle that no log has: its signature was timestamped at `time`, such as `20260101000500Z`.
    pub fn private_bundle(&self, plan: &Plan, time: &str) -> Value {
        let mut bundle = self.bundle(plan);
        let signature = bundle["dsseEnvelope"]["signatures"][0]["sig"].as_str().expect("a signature");
        let signature = SignatureBytes::from_base64(signature).expect("base64");
        let stamp = base64(&self.stamp(signature.as_bytes(), time));
        bundle["verificationMaterial"].as_object_mut().expect("an object").remove("tlogEntries");
        bundle["verificationMaterial"]["timestampVerificationData"] = json!({"rfc3161Timestamps": [{"signedTimestamp": stamp}]});
        bundle
    }

    fn clock_certificate(&self) -> Vec<u8> {
        let usage = extension("2.5.29.37", true, &seq(&[oid("1.3.6.1.5.5.7.3.8")]));
        let subject = seq(&[tlv(0x31, &seq(&[oid("2.5.4.3"), tlv(0x0c, b"clock")]))]);
        self.certificate(&Self::tbs(SERIAL, ["250101000000Z", "350101000000Z"], subject, &self.clock, &[usage]))
    }

    /// The answer of the authority about `signature`.
    fn stamp(&self, signature: &[u8], time: &str) -> Vec<u8> {
        let (digest, number) = (seq(&[oid(SHA256)]), |number: u8| tlv(2, &[number]));
        let imprint = seq(&[digest.clone(), tlv(4, &Sha256::digest(signature))]);
        let info = seq(&[number(1), oid("1.3.6.1.4.1.57264.2"), imprint, number(1), tlv(0x18, time.as_bytes())]);
        let attribute = |id: &str, value: Vec<u8>| seq(&[oid(id), tlv(0x31, &value)]);
        let attributes =
            [attribute("1.2.840.113549.1.9.3", oid(TOKEN)), attribute("1.2.840.113549.1.9.4", tlv(4, &Sha256::digest(&info)))]
                .concat();
        let signed = sign(&self.clock, &tlv(0x31, &attributes));
        let signer = seq(&[
            number(1),
            seq(&[Self::name(), number(SERIAL)]),
            digest.clone(),
            tlv(0xa0, &attributes),
            seq(&[oid("1.2.840.10045.4.3.2")]),
            tlv(4, &signed),
        ]);
        let content = seq(&[oid(TOKEN), tlv(0xa0, &tlv(4, &info))]);
        let data = seq(&[number(3), tlv(0x31, &digest), content, tlv(0x31, &signer)]);
        let token = seq(&[oid("1.2.840.113549.1.7.2"), tlv(0xa0, &data)]);
        seq(&[seq(&[number(0)]), token])
    }
}
