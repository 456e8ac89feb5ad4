//! Tables that do not fit each other: rows missing, in another order, twice. Whoever shows, explains or checks them must stand it.

use std::panic::catch_unwind;

use trustgraph::snapshot::{self, Published};

/// Damages every table of `whole` that has rows, one at a time, in each way; fails where that ends in a panic. `node` is explained.
/// Gives the names of the damaged tables.
pub fn is_withstood(whole: &Published, node: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    macro_rules! damage {
        ($($table:ident)*) => {
            // The compiler insists on every table there is.
            let Published { manifest: _, $($table: _,)* } = whole;
            $(
                let rows = &whole.$table;
                if !rows.is_empty() {
                    names.push(stringify!($table));
                    for (way, rows) in [
                        ("empty", Vec::new()),
                        ("of one row", rows[..1].to_vec()),
                        ("reversed", rows.iter().rev().cloned().collect()),
                        ("twice", [&rows[..], rows].concat()),
                    ] {
                        withstands(&format!("{} {way}", stringify!($table)), &Published { $table: rows, ..whole.clone() }, node);
                    }
                }
            )*
        };
    }
    damage!(
        packages binaries releases repositories repository_links repository_evidence package_links persons identity_joins teams
        maintainers contributions publishes provenance advisories contribution_months acceptances release_tags manifests
        dependencies dependents scores contributions_to_score findings sensitivity fairness fairness_variants fairness_comparisons
        backtest_measures attack_outcomes changes person_changes sweeps sources quality
    );
    names
}

fn withstands(what: &str, published: &Published, node: &str) {
    let site = tempfile::tempdir().expect("a folder");
    let path = site.path().join("site");
    let shown = catch_unwind(|| {
        let _ = trustgraph::site::render(published, &path);
        let _ = snapshot::explain(published, node, 2);
        snapshot::check(published)
    });
    assert!(shown.is_ok(), "a panic: {what}");
}
