//! How many packages need a package, directly or through others.

use rayon::prelude::*;

use super::condensation::Condensation;

/// Packages carried by one pass: 8 words of 64 bits.
const LANES: usize = 8;

/// Packages that need a package to run, directly or through others, by package row, the package itself left out. Sets of 512
/// packages are pushed along the components as bits: O(edges · packages / 512), memory 64 bytes a component and thread.
pub(super) fn transitive_counts(condensation: &Condensation) -> Vec<u64> {
    let count = condensation.component_of.len();
    let blocks: Vec<usize> = (0..count.div_ceil(64 * LANES)).collect();
    let reached = blocks
        .par_iter()
        .map(|block| reach_block(condensation, block * 64 * LANES))
        .reduce(|| vec![0u64; condensation.count()], |a, b| a.iter().zip(&b).map(|(a, b)| a + b).collect());
    condensation.component_of.iter().map(|component| reached[*component as usize] - 1).collect()
}

/// For every component, how many of the packages `start..start + 512` reach it (members of the component included).
fn reach_block(condensation: &Condensation, start: usize) -> Vec<u64> {
    let mut sets = vec![[0u64; LANES]; condensation.count()];
    // A dependent's component comes later in the order, so its set is complete when we go from the end.
    for number in (0..condensation.count()).rev() {
        let mut set = [0u64; LANES];
        for member in &condensation.members[number] {
            if let Some(bit) = (*member as usize).checked_sub(start).filter(|bit| *bit < 64 * LANES) {
                set[bit / 64] |= 1 << (bit % 64);
            }
        }
        for dependent in condensation.dependents.neighbors(number) {
            for (word, other) in set.iter_mut().zip(&sets[dependent.row()]) {
                *word |= other;
            }
        }
        sets[number] = set;
    }
    sets.iter().map(|set| set.iter().map(|word| u64::from(word.count_ones())).sum()).collect()
}
