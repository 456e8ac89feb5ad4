//! Parquet tables with changed bytes, under digests that match: a snapshot of a stranger, read without a panic that escapes.

mod damage;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::time::{Duration, Instant};

use runs::World;
use sha2::{Digest, Sha256};
use trustgraph::snapshot::Published;

/// Silences panics, because those of the reader of tables are caught; no other test of this file lets one escape.
#[test]
fn damaged_tables_are_errors() {
    let world = World::with("", "");
    world.run(&[]).expect(0, &[]);
    let folder = runs::snapshots(&world.path("out")).remove(0);
    let whole = runs::files(&folder)["packages.parquet"].clone();
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let table = std::fs::read(folder.join("packages.parquet")).expect("a table");
    std::panic::set_hook(Box::new(|_| {}));
    let (start, mut refused) = (Instant::now(), 0);
    // Steps that are coprime to the length, so that damage falls evenly over the file however early time is up.
    let places: Vec<usize> = (0..table.len()).map(|step| step * 4099 % table.len()).collect();
    let mut tried = 0;
    for at in places {
        let mut damaged = table.clone();
        damaged[at] ^= [0x01, 0x80, 0xff][at % 3];
        std::fs::write(folder.join("packages.parquet"), &damaged).expect("written");
        assert!(Published::read(&folder).is_err(), "a digest that does not match, byte {at}");
        let digest = trustgraph::ordered::hex(&Sha256::digest(&damaged));
        std::fs::write(folder.join("manifest.json"), manifest.replace(&whole, &digest)).expect("written");
        refused += usize::from(Published::read(&folder).is_err());
        std::fs::write(folder.join("manifest.json"), &manifest).expect("written");
        tried += 1;
        if start.elapsed() > Duration::from_secs(2) {
            break;
        }
    }
    let _ = std::panic::take_hook();
    assert!(tried > 50 && refused > 0, "{refused} of {tried} refused");
}

#[test]
fn tables_that_do_not_fit_are_shown_or_refused() {
    let world = World::of_size(12);
    world.run(&[]).expect(0, &[]);
    let damaged = damage::is_withstood(&world.published(), "p00003");
    assert!(damaged.contains(&"scores") && damaged.contains(&"dependents"), "{damaged:?}");
}
