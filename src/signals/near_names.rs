//! Pairs of listed packages of one ecosystem whose names are one slip of the hand apart.

use rustc_hash::FxHashMap;

use crate::ids::{Ecosystem, PackageId};
use crate::tables::Tables;

/// Longest name that is looked at, in characters; longer ones are typed by nobody.
const LONGEST: usize = 100;

/// Package → packages of nearly its name, sorted by row.
#[derive(Clone, Debug, Default)]
pub(super) struct NearNames(FxHashMap<PackageId, Vec<PackageId>>);

impl NearNames {
    /// Finds all pairs. Two names one letter apart share what is left when one letter is taken from each, or from one of them.
    /// O(letters of all names), apart from names that very many are near to.
    pub(super) fn new(tables: &Tables, is_listed: impl Fn(PackageId) -> bool) -> Self {
        let mut shorter: Vec<(Ecosystem, String, PackageId)> = Vec::new();
        for (row, package) in tables.packages.iter().enumerate() {
            let id = PackageId::from_row(row);
            let letters: Vec<char> = package.name.chars().take(LONGEST + 1).collect();
            if letters.len() > LONGEST || !is_listed(id) {
                continue;
            }
            let without = |at: usize| letters[..at].iter().chain(&letters[at + 1..]).collect::<String>();
            shorter.push((package.ecosystem, package.name.clone(), id));
            shorter.extend((0..letters.len()).map(|at| (package.ecosystem, without(at), id)));
        }
        shorter.sort_unstable();
        shorter.dedup();
        let mut near: FxHashMap<PackageId, Vec<PackageId>> = FxHashMap::default();
        for group in shorter.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)).filter(|group| group.len() > 1) {
            for (_, _, one) in group {
                let name = &tables.packages[one.row()].name;
                let others = group.iter().map(|entry| entry.2).filter(|other| other != one);
                let others = others.filter(|other| is_slip(name, &tables.packages[other.row()].name));
                near.entry(*one).or_default().extend(others);
            }
        }
        for list in near.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        Self(near)
    }

    /// Listed packages of nearly the name of `package`, sorted.
    pub(super) fn of(&self, package: PackageId) -> &[PackageId] {
        self.0.get(&package).map_or(&[], Vec::as_slice)
    }
}

/// One letter more, less or other, or two neighbors swapped (optimal string alignment distance 1), and not in digits alone:
/// `foo2` and `foo3` are versions of one thing.
pub(super) fn is_slip(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let (mut short, mut long): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if short.len() > long.len() {
        std::mem::swap(&mut short, &mut long);
    }
    let same_start = short.iter().zip(&long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same_start..], &long[same_start..]);
    let is_one = match long.len() - short.len() {
        0 if short.is_empty() => false,
        0 => {
            short[1..] == long[1..] || (short.len() > 1 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..])
        }
        1 => *short == long[1..],
        _ => false,
    };
    is_one && plain(a) != plain(b)
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_of_the_hand() {
        for (a, b) in [("request", "requests"), ("reqeust", "request"), ("lodash", "lodahs"), ("colour", "cobour"), ("ab", "b")] {
            assert!(is_slip(a, b) && is_slip(b, a), "{a} {b}");
        }
        for (a, b) in
            [("foo2", "foo3"), ("foo", "foo2"), ("same", "same"), ("abcd", "badc"), ("", ""), ("abc", "a"), ("abc", "cba")]
        {
            assert!(!is_slip(a, b) && !is_slip(b, a), "{a} {b}");
        }
    }
}
