//! A Sigstore instance of our own, made anew for a test: authority, certificate log, transparency log, and what they sign.

pub mod der;
mod timestamp;

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use sigstore_verify::crypto::KeyPair;
use sigstore_verify::types::{DerCertificate, SignatureBytes, pae};

use der::{bits, extension, oid, seq, time, tlv};

/// 2026-01-01T00:05:00Z, five minutes into the certificate's ten.
pub const SIGNED_AT: i64 = 1_767_225_900;
/// Who signs: a workflow.
pub const IDENTITY: &str = "https://forge.example.org/owner/name/.ci/release.yml@refs/heads/main";
/// Who vouches for it.
pub const ISSUER: &str = "https://tokens.example.org";
/// The artifact.
pub const ARTIFACT: &[u8] = b"an artifact";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The keys.
pub struct World {
    authority: KeyPair,
    certificate_log: KeyPair,
    log: KeyPair,
    signer: KeyPair,
    clock: KeyPair,
}

/// What a bundle is made of; a test changes one part and has the rest signed again.
#[derive(Clone)]
pub struct Plan {
    /// The statement.
    pub statement: Value,
    /// The certificate's subject alternative name: tag 0x86 for an address of the web, 0x81 for one of mail.
    pub identity: (u8, &'static str),
    /// When the log says it took the entry in.
    pub signed_at: i64,
    /// Whether the certificate log signs the certificate.
    pub has_sct: bool,
    /// Whether a registry's key signs instead of a certificate.
    pub is_registry: bool,
}

impl Default for Plan {
    fn default() -> Self {
        let digest = trustgraph::ordered::hex(&Sha256::digest(ARTIFACT));
        let repository = "https://forge.example.org/owner/name";
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "artifact", "digest": {"sha256": digest}}],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "externalParameters": {"workflow": {"repository": repository}},
                    "resolvedDependencies": [{"uri": format!("git+{repository}@refs/heads/main"), "digest": {"gitCommit": COMMIT}}],
                },
                "runDetails": {"builder": {"id": "https://forge.example.org/runner/hosted/self-hosted"}},
            },
        });
        Self { statement, identity: (0x86, IDENTITY), signed_at: SIGNED_AT, has_sct: true, is_registry: false }
    }
}

fn base64(bytes: &[u8]) -> String {
    SignatureBytes::from_bytes(bytes).to_base64()
}

fn sign(key: &KeyPair, data: &[u8]) -> Vec<u8> {
    key.sign(data).expect("a signature").as_bytes().to_vec()
}

fn spki(key: &KeyPair) -> Vec<u8> {
    key.public_key_der().expect("a key").as_bytes().to_vec()
}

fn key_id(key: &KeyPair) -> [u8; 32] {
    Sha256::digest(spki(key)).into()
}

impl World {
    /// New keys.
    pub fn new() -> Self {
        let key = || KeyPair::generate_ecdsa_p256().expect("a key");
        Self { authority: key(), certificate_log: key(), log: key(), signer: key(), clock: key() }
    }

    /// The trusted root, with the authority's days.
    pub fn root(&self, authority_end: Option<&str>) -> Value {
        let log = |url: &str, key: &KeyPair| {
            json!({
                "baseUrl": url, "hashAlgorithm": "SHA2_256", "logId": {"keyId": base64(&key_id(key))},
                "publicKey": {
                    "rawBytes": base64(&spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": {"start": "2025-01-01T00:00:00Z"},
                },
            })
        };
        let mut valid_for = json!({"start": "2025-01-01T00:00:00Z"});
        if let Some(end) = authority_end {
            valid_for["end"] = end.into();
        }
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log("https://log.example.org", &self.log)],
            "ctlogs": [log("https://certificates.example.org", &self.certificate_log)],
            "certificateAuthorities": [{
                "uri": "https://authority.example.org", "validFor": valid_for,
                "certChain": {"certificates": [{"rawBytes": base64(&self.authority_certificate())}]},
            }],
            "timestampAuthorities": [],
        })
    }

    /// The signer's key as a registry's, valid until `end`.
    pub fn registry_keys(&self, end: &str) -> String {
        let key = json!({"rawBytes": base64(&spki(&self.signer)), "validFor": {"start": "2025-01-01T00:00:00Z", "end": end}});
        json!({"keys": [{"keyId": "registry", "keyUsage": "npm:attestations", "publicKey": key}]}).to_string()
    }

    fn name() -> Vec<u8> {
        seq(&[tlv(0x31, &seq(&[oid("2.5.4.3"), tlv(0x0c, b"authority")]))])
    }

    fn certificate(&self, tbs: &[u8]) -> Vec<u8> {
        seq(&[tbs.to_vec(), seq(&[oid("1.2.840.10045.4.3.2")]), bits(&sign(&self.authority, tbs))])
    }

    fn tbs(serial: u8, days: [&str; 2], subject: Vec<u8>, key: &KeyPair, extensions: &[Vec<u8>]) -> Vec<u8> {
        let algorithm = seq(&[oid("1.2.840.10045.4.3.2")]);
        let days = seq(&days.map(time));
        let version = tlv(0xa0, &tlv(2, &[2]));
        let extensions = tlv(0xa3, &seq(extensions));
        seq(&[version, tlv(2, &[serial]), algorithm, Self::name(), days, subject, spki(key), extensions])
    }

    fn authority_certificate(&self) -> Vec<u8> {
        let basic = extension("2.5.29.19", true, &seq(&[tlv(1, &[0xff])]));
        let usage = extension("2.5.29.15", true, &tlv(3, &[2, 0b100]));
        self.certificate(&Self::tbs(1, ["250101000000Z", "350101000000Z"], Self::name(), &self.authority, &[basic, usage]))
    }

    /// The signer's certificate of ten minutes.
    fn leaf(&self, plan: &Plan) -> Vec<u8> {
        let text =
            |number: u8, text: &str| extension(&format!("1.3.6.1.4.1.57264.1.{number}"), false, &tlv(0x0c, text.as_bytes()));
        let mut extensions = vec![
            extension("2.5.29.15", true, &tlv(3, &[7, 0b1000_0000])),
            extension("2.5.29.37", false, &seq(&[oid("1.3.6.1.5.5.7.3.3")])),
            extension("2.5.29.17", true, &seq(&[tlv(plan.identity.0, plan.identity.1.as_bytes())])),
            text(8, ISSUER),
            text(11, "self-hosted"),
            text(12, "https://forge.example.org/owner/name"),
            text(13, COMMIT),
        ];
        let days = ["260101000000Z", "260101001000Z"];
        let make = |extensions: &[Vec<u8>]| Self::tbs(2, days, seq(&[]), &self.signer, extensions);
        if plan.has_sct {
            extensions.push(self.sct(&make(&extensions)));
        }
        self.certificate(&make(&extensions))
    }

    /// RFC 6962, section 3.2 and 3.3.
    fn sct(&self, tbs: &[u8]) -> Vec<u8> {
        let at = (SIGNED_AT as u64 * 1000).to_be_bytes();
        let length = (tbs.len() as u32).to_be_bytes();
        let issuer = key_id(&self.authority);
        let signed = [&[0, 0][..], &at, &[0, 1], &issuer, &length[1..], tbs, &[0, 0]].concat();
        let signature = sign(&self.certificate_log, &signed);
        let log = key_id(&self.certificate_log);
        let sct = [&[0][..], &log, &at, &[0, 0, 4, 3], &(signature.len() as u16).to_be_bytes(), &signature].concat();
        let one = [&(sct.len() as u16).to_be_bytes()[..], &sct].concat();
        let list = [&(one.len() as u16).to_be_bytes()[..], &one].concat();
        extension("1.3.6.1.4.1.11129.2.4.2", false, &tlv(4, &list))
    }

    /// A whole bundle of version 0.3.
    pub fn bundle(&self, plan: &Plan) -> Value {
        let payload = plan.statement.to_string().into_bytes();
        let signature = sign(&self.signer, &pae("application/vnd.in-toto+json", &payload));
        let leaf = self.leaf(plan);
        let (material, verifier) = if plan.is_registry {
            let pem = self.signer.public_key_der().expect("a key").to_pem();
            (json!({"publicKey": {"hint": "registry"}}), pem)
        } else {
            (json!({"certificate": {"rawBytes": base64(&leaf)}}), DerCertificate::from_bytes(&leaf).to_pem())
        };
        let hex = |bytes: &[u8]| trustgraph::ordered::hex(&Sha256::digest(bytes));
        let body = json!({
            "apiVersion": "0.0.1", "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": hex(b"an envelope")},
                "payloadHash": {"algorithm": "sha256", "value": hex(&payload)},
                "signatures": [{"signature": base64(&signature), "verifier": base64(verifier.as_bytes())}],
            },
        });
        let mut bundle = json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": material,
            "dsseEnvelope": {
                "payloadType": "application/vnd.in-toto+json", "payload": base64(&payload), "signatures": [{"sig": base64(&signature)}],
            },
        });
        bundle["verificationMaterial"]["tlogEntries"] = json!([self.entry(body.to_string().as_bytes(), plan.signed_at)]);
        bundle
    }

    /// The second of two entries of the log, with promise, proof and checkpoint.
    fn entry(&self, body: &[u8], signed_at: i64) -> Value {
        let id = key_id(&self.log);
        let promise =
            json!({"body": base64(body), "integratedTime": signed_at, "logID": trustgraph::ordered::hex(&id), "logIndex": 1});
        let leaf = Sha256::digest([&[0][..], body].concat());
        let sibling = Sha256::digest(b"another entry");
        let root = base64(&Sha256::digest([&[1][..], &sibling, &leaf].concat()));
        let note = format!("log.example.org - 1\n2\n{root}\n");
        let line = base64(&[&id[..4], &sign(&self.log, note.as_bytes())].concat());
        json!({
            "logIndex": "1", "logId": {"keyId": base64(&id)}, "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": signed_at.to_string(), "canonicalizedBody": base64(body),
            "inclusionPromise": {"signedEntryTimestamp": base64(&sign(&self.log, promise.to_string().as_bytes()))},
            "inclusionProof": {
                "logIndex": "1", "treeSize": "2", "rootHash": root, "hashes": [base64(&sibling)],
                "checkpoint": {"envelope": format!("{note}\n— log.example.org {line}\n")},
            },
        })
    }
}

/// Digest of the artifact that no statement here names.
pub fn sha512() -> String {
    format!("sha512:{}", trustgraph::ordered::hex(&Sha512::digest(ARTIFACT)))
}
