//! Attestations a second: `cargo run --release --example attestations -- BUNDLE DIGEST [BUNDLE DIGEST ...]`.
//!
//! Every document is parsed and verified anew, over and over, for some seconds on all threads of rayon; the trusted roots are
//! parsed once.

use std::time::Instant;

use rayon::prelude::*;
use trustgraph::provenance::{Artifact, Expected, TrustedRoots, verify};

/// Documents of one round.
const ROUND: usize = 2000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (pairs, rest) = arguments.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err("usage: attestations BUNDLE ALG:HEX [BUNDLE ALG:HEX ...]".into());
    }
    let read = |[path, digest]: &[String; 2]| -> Result<_, Box<dyn std::error::Error>> {
        Ok((std::fs::read(path)?, Artifact::of_digest(digest).ok_or("expected sha256:HEX or sha512:HEX")?))
    };
    let cases = pairs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let roots = TrustedRoots::shipped();
    for (document, artifact) in &cases {
        let report = verify(document, artifact, &Expected::default(), &roots);
        if !report.is_proven {
            return Err(report.to_string().into());
        }
    }
    for round in 1..=5 {
        let start = Instant::now();
        let proven = (0..ROUND).into_par_iter().filter(|number| {
            let (document, artifact) = &cases[number % cases.len()];
            verify(document, artifact, &Expected::default(), &roots).is_proven
        });
        let (proven, seconds) = (proven.count(), start.elapsed().as_secs_f64());
        println!("round {round}: {proven} of {ROUND} proven, {:.0} a second", ROUND as f64 / seconds);
    }
    Ok(())
}
