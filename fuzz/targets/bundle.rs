//! Attestations. An input that begins with `{`, `[` or white space is a document nobody signed: it must prove nothing. Any other is
//! a list of changes to a bundle that does hold: what is still proven then must be what was signed.
#![no_main]

#[expect(dead_code, reason = "tests use the rest")]
#[path = "../../tests/provenance_world/mod.rs"]
mod provenance_world;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provenance_world::{ARTIFACT, Plan, World};
use serde_json::{Value, json};
use trustgraph::provenance::{Artifact, Expected, Proof, TrustedRoots, verify};

struct Signed {
    bundle: Value,
    pointers: Vec<String>,
    roots: TrustedRoots,
    proof: Proof,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let world = World::new();
    let roots = TrustedRoots::read(world.root(None).to_string().as_bytes()).expect("a root");
    let bundle = world.bundle(&Plan::default());
    let mut report = check(bundle.to_string().as_bytes(), &roots);
    let proof = report.attestations.pop().and_then(|finding| finding.proof).expect("the bundle holds");
    let mut pointers = Vec::new();
    walk("", &bundle, &mut pointers);
    Signed { bundle, pointers, roots, proof }
});

fn check(document: &[u8], roots: &TrustedRoots) -> trustgraph::provenance::Report {
    let report = verify(document, &Artifact::of_bytes(ARTIFACT), &Expected::default(), roots);
    let shown = report.to_string();
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?} moves the cursor");
    report
}

/// Pointers to every value but the whole.
fn walk(at: &str, value: &Value, pointers: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (format!("{at}/{key}"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(row, value)| (format!("{at}/{row}"), value)).collect(),
        _ => Vec::new(),
    };
    for (pointer, value) in inner {
        walk(&pointer, value, pointers);
        pointers.push(pointer);
    }
}

/// One change: which value, what happens to it, and two numbers that say more.
fn change(bundle: &mut Value, pointers: &[String], [at, kind, first, second]: [u8; 4]) {
    let pointer = &pointers[usize::from(at) % pointers.len()];
    let other = bundle.pointer(&pointers[usize::from(first) % pointers.len()]).cloned();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a slash");
    let Some(value) = bundle.pointer_mut(pointer) else { return };
    match (kind % 8, value) {
        (0, value) => *value = other.unwrap_or_default(),
        (1, value) => {
            *value =
                [json!(null), json!(""), json!("0"), json!(-1), json!([]), json!({}), json!(true)][usize::from(first) % 7].clone()
        }
        (2, Value::Array(items)) => items.extend(items.clone()),
        (3, Value::String(text)) if !text.is_empty() => {
            let mut bytes = text.clone().into_bytes();
            let place = usize::from(u16::from_be_bytes([first, second])) % bytes.len();
            bytes[place] = (bytes[place] ^ (1 << (first % 7))) & 0x7f;
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        (4, Value::String(text)) => {
            let keep = text.floor_char_boundary(text.len().saturating_sub(usize::from(first)));
            text.truncate(keep);
        }
        (5, Value::String(text)) => text.push_str(["=", " ", "\n", "A", "\u{0}", "é", "AAAA"][usize::from(first) % 7]),
        (6, Value::Object(fields)) => {
            fields.insert(["extra", "content", "messageSignature", "publicKey"][usize::from(first) % 4].to_owned(), json!({}));
        }
        (7, _) => {
            if let Some(Value::Object(fields)) = bundle.pointer_mut(parent) {
                fields.remove(key);
            }
        }
        _ => {}
    }
}

fuzz_target!(|data: &[u8]| {
    let Signed { bundle, pointers, roots, proof } = &*SIGNED;
    if data.first().is_none_or(|byte| b"{[ \t\r\n".contains(byte)) {
        let report = check(data, roots);
        assert!(!report.is_proven, "nobody signed this: {report}");
        return;
    }
    let mut changed = bundle.clone();
    for step in data.as_chunks::<4>().0.iter().take(4) {
        change(&mut changed, pointers, *step);
    }
    let report = check(changed.to_string().as_bytes(), roots);
    for finding in &report.attestations {
        assert_ne!(finding.proof.is_some(), finding.rejection.is_some(), "{finding:?}");
        assert!(finding.proof.as_ref().is_none_or(|found| found == proof), "{:#?}\nwas signed, not\n{:#?}", proof, finding.proof);
    }
    assert_eq!(report.is_proven, !report.attestations.is_empty() && report.attestations.iter().all(|one| one.is_proven));
});
