//! The style sheet with what a class name stands for where a page would otherwise repeat it: lengths of bars and the
//! quartiles of each ecosystem, which move from night to night while most pages stay as they are.

use std::fmt::Write;

use super::lookup::Lookup;
use super::{paths, view};

/// What does not depend on the snapshot.
const STATIC: &str = include_str!("../../site/style.css");

/// `style.css` of a site.
pub(super) fn style(lookup: &Lookup) -> String {
    let mut css = STATIC.to_owned();
    let line = "writing to a string";
    for percent in 0..=100 {
        writeln!(css, ".b{percent} {{ --w: {percent}%; }} .x{percent} {{ --x: {percent}%; }}").expect(line);
    }
    for ((kind, ecosystem), quartiles) in lookup.all_quartiles() {
        let [low, middle, high] = quartiles.map(view::length);
        let among = among(kind, ecosystem);
        writeln!(css, "[data-among=\"{among}\"] {{ --q1: {low}%; --q2: {middle}%; --q3: {high}%; }}").expect(line);
    }
    css
}

/// The name under which the style sheet keeps the quartiles of the nodes of `kind` in `ecosystem`: safe in CSS and in HTML.
pub(super) fn among(kind: &str, ecosystem: &str) -> String {
    if ecosystem.is_empty() { kind.to_owned() } else { paths::slug(ecosystem) }
}
