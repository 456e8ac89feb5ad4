//! Files that begin and end where they should not, at any thread count.

use std::fmt::Write;

use super::*;
use crate::graph::{EdgeCounts, InNeighbors, Renumbering};

/// Small pieces: many of them without a large file.
const SMALL: u64 = 4096;

fn list(folder: &tempfile::TempDir, text: &str) -> EdgeList {
    let path = folder.path().join("edges.el");
    std::fs::write(&path, text).expect("written");
    EdgeList { piece_bytes: SMALL, ..EdgeList::open(&path).expect("a file") }
}

fn build(edges: &EdgeList) -> Result<InNeighbors, EdgeError> {
    EdgeCounts::of(edges)?.fill(edges, None)
}

fn with_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run)
}

/// Several pieces of lines whose length changes, so that pieces end anywhere in a line.
fn long_text() -> (String, Vec<(u32, u32)>) {
    let (mut text, mut edges) = (String::from("# from to\r\n"), Vec::new());
    for number in 0..50_000u32 {
        let edge = (number % 997 * (number % 13), number.wrapping_mul(40_503) % 100_003);
        writeln!(text, "{} {}{}", edge.0, edge.1, if number % 5 == 0 { "\r" } else { "" }).expect("text");
        edges.push(edge);
    }
    (text, edges)
}

#[test]
fn a_file_of_many_pieces_is_the_same_graph_at_any_thread_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, edges) = long_text();
    assert!(text.len() as u64 > 2 * SMALL);
    let list = list(&folder, &text);
    let expected = EdgeCounts::of(&edges[..]).and_then(|counts| counts.fill(&edges[..], None)).expect("a graph");
    for threads in [1, 2, 3, 8] {
        assert_eq!(with_threads(threads, || build(&list)).expect("a graph"), expected, "{threads} threads");
    }
    let numbering = Renumbering::by_falling_out_degree(expected.out_degrees());
    let renumbered = EdgeCounts::of(&list).and_then(|counts| counts.fill(&list, Some(&numbering)));
    assert_eq!(renumbered.expect("a graph"), numbering.apply(&expected));
}

#[test]
fn a_piece_may_end_at_any_byte_of_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = "123456 654321\n7 8\n";
    for before in SMALL as usize - lines.len() - 1..=SMALL as usize {
        // Comments of 64 bytes, one that fills up to `before`, then two edges around the end of the piece.
        let mut text = format!("#{}\n", "x".repeat(62)).repeat(before / 64 - 1);
        let _ = writeln!(text, "#{}", "y".repeat(before - text.len() - 2));
        assert_eq!(text.len(), before);
        text.push_str(lines);
        let graph = build(&list(&folder, &text)).expect("a graph");
        assert_eq!((graph.edge_count(), graph.row(654_321), graph.row(8)), (2, &[123_456][..], &[7][..]), "{before}");
    }
}

#[test]
fn the_first_bad_line_is_told_at_any_thread_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, _) = long_text();
    let bad = text.replace("\n11 ", "\n11 x ");
    let first = 1 + bad.lines().position(|line| line.contains('x')).expect("a bad line");
    let list = list(&folder, &bad);
    for threads in [1, 3, 8] {
        let error = with_threads(threads, || build(&list)).expect_err("a bad line");
        assert!(error.to_string().contains(&format!("edges.el line {first}: expected two")), "{error}");
    }
    let late = self::list(&folder, &format!("{text}1 4294967296\n"));
    let error = build(&late).expect_err("a bad line");
    assert!(
        error
            .to_string()
            .ends_with("line 50002: a node number is above 4294967295, the limit of a u32: number the nodes anew, from 0"),
        "{error}"
    );
}

#[test]
fn files_without_edges_and_missing_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in ["", "\n", "# nothing\n% nothing"] {
        assert!(matches!(build(&list(&folder, text)), Err(EdgeError::NoEdges)), "{text:?}");
    }
    let error = EdgeList::open(&folder.path().join("missing.el")).expect_err("missing");
    assert!(error.to_string().contains("missing.el"), "{error}");
}

#[test]
fn endless_lines_do_not_fill_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("1 2\n#{}", "x".repeat(1 << 17));
    let error = build(&list(&folder, &text)).expect_err("too long");
    assert!(error.to_string().contains("line 2: the line is longer than 65536 bytes"), "{error}");
}
