//! A term of a ledger that moved, and the words in which the column `reason` of `changes` says so.

use std::fmt::{self, Display};
use std::str::FromStr;

/// What a term gave before and gives now.
#[derive(Clone, Debug, PartialEq)]
pub struct MovedTerm {
    /// What the term stands for: `own`, `control`, `vouching`, …
    pub component: String,
    /// Where it comes from.
    pub source: TermSource,
    /// Its amount before, 0..=1; read back to four decimals.
    pub before: f64,
    /// Its amount now, 0..=1; read back to four decimals.
    pub after: f64,
}

/// Where a term comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermSource {
    /// The component as a whole.
    Whole,
    /// An own fact, named by its kind of edge.
    Edge(String),
    /// A neighbor.
    Node {
        /// Kind of the neighbor.
        kind: String,
        /// Key of the neighbor in the table of its kind.
        id: String,
    },
    /// A neighbor that the later snapshot does not list.
    Unlisted {
        /// Kind of the neighbor.
        kind: String,
    },
}

impl MovedTerm {
    /// The terms that a `reason` names, in its order. `None` where the text was not written like this.
    pub fn read_all(reason: &str) -> Option<Vec<Self>> {
        reason.split("; ").map(|term| term.parse().ok()).collect()
    }
}

impl Display for MovedTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { component, source, before, after } = self;
        match source {
            TermSource::Whole => write!(f, "{component}"),
            TermSource::Edge(edge) => write!(f, "{component} ({edge})"),
            TermSource::Node { kind, id } => write!(f, "{component} of {kind} {id}"),
            TermSource::Unlisted { kind } => write!(f, "{component} of a {kind} no longer listed"),
        }?;
        write!(f, " {before:.4} → {after:.4} ({:+.4})", after - before)
    }
}

impl FromStr for MovedTerm {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.rsplitn(5, ' ');
        let (_, after, arrow, before) = (words.next(), words.next(), words.next(), words.next());
        let name = words.next().ok_or(())?;
        let number = |word: Option<&str>| word.and_then(|word| word.parse::<f64>().ok()).filter(|n| n.is_finite()).ok_or(());
        let (before, after) = (number(before)?, number(after)?);
        (arrow == Some("→")).then_some(()).ok_or(())?;
        let (component, source) = source(name).ok_or(())?;
        Ok(Self { component: component.to_owned(), source, before, after })
    }
}

fn source(name: &str) -> Option<(&str, TermSource)> {
    if let Some((component, of)) = name.split_once(" of ") {
        let (kind, id) = of.split_once(' ')?;
        return Some(match id.strip_suffix(" no longer listed").filter(|_| kind == "a") {
            Some(kind) => (component, TermSource::Unlisted { kind: kind.to_owned() }),
            None => (component, TermSource::Node { kind: kind.to_owned(), id: id.to_owned() }),
        });
    }
    match name.strip_suffix(')').and_then(|name| name.split_once(" (")) {
        Some((component, edge)) => Some((component, TermSource::Edge(edge.to_owned()))),
        None => (!name.is_empty()).then_some((name, TermSource::Whole)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_back_as_it_was_written() {
        let term = |component: &str, source, before, after| MovedTerm { component: component.into(), source, before, after };
        let terms = vec![
            term("control", TermSource::Node { kind: "person".into(), id: "p12 of x".into() }, 0.25, 0.125),
            term("vouching", TermSource::Unlisted { kind: "team".into() }, 0.0, 0.5),
            term("own", TermSource::Edge("age".into()), 0.1, 0.2),
            term("remainder", TermSource::Whole, 0.0, -0.0001),
        ];
        let text: Vec<String> = terms.iter().map(MovedTerm::to_string).collect();
        assert_eq!(text[0], "control of person p12 of x 0.2500 → 0.1250 (-0.1250)");
        assert_eq!(MovedTerm::read_all(&text.join("; ")), Some(terms));
        for other in ["", "no reason", "own 1 → x (+1)", "own NaN → 1 (+1)", "a → b"] {
            assert_eq!(MovedTerm::read_all(other), None, "{other}");
        }
    }
}
