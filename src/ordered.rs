//! What keeps results independent of the thread count: work in fixed chunks, folded in order.
//!
//! Floating-point addition is not associative, so a plain parallel `sum()` changes its last bits with the number of threads.
//! Here every chunk has a fixed size and chunk results are folded left to right.

use rayon::prelude::*;

/// Elements a chunk. Part of the result: changing it changes the last bits of sums.
const CHUNK: usize = 4096;

/// Sum of `values`, the same bits at any thread count. O(n).
pub fn sum(values: &[f64]) -> f64 {
    let parts: Vec<f64> = values.par_chunks(CHUNK).map(|chunk| chunk.iter().sum()).collect();
    parts.iter().sum()
}

/// `f(i)` for every index below `len`, in index order. `f` must depend on nothing but its argument.
pub fn map<T: Send>(len: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..len).into_par_iter().with_min_len(64).map(f).collect()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn sums_do_not_depend_on_threads() {
        let values: Vec<f64> = (1..100_000).map(|i| 1.0 / f64::from(i)).collect();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| super::sum(&values)).to_bits()
        };
        assert_eq!(with(1), with(2));
        assert_eq!(with(1), with(7));
    }
}
