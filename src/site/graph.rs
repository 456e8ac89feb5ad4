//! The neighborhood of a node as a layered picture: who controls it on the left, what it needs and what needs it on the right.
//!
//! Rows have a fixed height and names are cut to their column, so that text never overlaps. A table on the same page holds every
//! row of the picture.

use super::view::{NodeView, step};

/// Width of the picture; it scrolls inside its own box on narrow screens.
const WIDTH: usize = 760;
/// Height of a row.
const ROW: usize = 24;
/// Where left symbols, the node itself and right symbols stand.
const COLUMNS: [usize; 3] = [226, 390, 554];
/// Longest name beside a symbol, in widths of a Latin letter.
const NAME_WIDTH: usize = 25;

/// What a picture is made of.
pub(super) struct Neighborhood {
    /// The node in the middle.
    pub center: NodeView,
    /// Groups on the left, from above.
    pub left: Vec<Group>,
    /// Groups on the right, from above.
    pub right: Vec<Group>,
}

/// Neighbors of one relation.
pub(super) struct Group {
    /// Heading.
    pub title: &'static str,
    /// Neighbors to draw.
    pub neighbors: Vec<Neighbor>,
    /// How many are not drawn.
    pub more: usize,
    /// Id of the table that lists all of them.
    pub table: &'static str,
}

/// One neighbor.
pub(super) struct Neighbor {
    /// The node.
    pub node: NodeView,
    /// Weight of the edge, 0..=1.
    pub weight: f64,
    /// A claim that nothing proves.
    pub is_claimed: bool,
}

/// A picture ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GraphView {
    /// Size of the drawing.
    pub width: usize,
    /// Size of the drawing.
    pub height: usize,
    /// What is drawn, in words.
    pub summary: String,
    /// Lines, drawn first.
    pub edges: Vec<EdgeView>,
    /// Symbols with names.
    pub nodes: Vec<SymbolView>,
    /// Headings and "n more".
    pub notes: Vec<NoteView>,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EdgeView {
    /// Path data.
    pub d: String,
    /// Stroke width.
    pub width: String,
    /// Drawn dashed.
    pub is_claimed: bool,
}

/// A symbol and its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SymbolView {
    /// Kind of node: says the shape.
    pub kind: &'static str,
    /// Center.
    pub x: usize,
    /// Center.
    pub y: usize,
    /// Step of the scale.
    pub step: &'static str,
    /// Where the name stands.
    pub text_x: usize,
    /// Where the name stands.
    pub text_y: usize,
    /// `e` ends there, `m` middle, `b` begins there.
    pub anchor: &'static str,
    /// Name, cut to its column.
    pub label: String,
    /// Trust in points.
    pub points: String,
    /// Full name where it was cut.
    pub full: Option<String>,
    /// Page of the node.
    pub href: Option<String>,
}

/// A word beside the symbols.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NoteView {
    /// Where it stands.
    pub x: usize,
    /// Where it stands.
    pub y: usize,
    /// `e` ends there, `b` begins there.
    pub anchor: &'static str,
    /// The words.
    pub text: String,
    /// A place on the page it leads to.
    pub href: Option<String>,
}

impl GraphView {
    /// Lays out a neighborhood; `None` when there is no neighbor.
    pub fn new(hood: Neighborhood) -> Option<Self> {
        let rows = |groups: &[Group]| groups.iter().filter(|g| !g.is_empty()).map(Group::row_count).sum::<usize>();
        let row_count = rows(&hood.left).max(rows(&hood.right));
        if row_count == 0 {
            return None;
        }
        let height = row_count.max(3) * ROW + ROW / 2;
        let mut view =
            Self { width: WIDTH, height, summary: summary(&hood), edges: Vec::new(), nodes: Vec::new(), notes: Vec::new() };
        let middle = height / 2;
        view.side(&hood.left, Side::Left, middle, (height - rows(&hood.left) * ROW) / 2);
        view.side(&hood.right, Side::Right, middle, (height - rows(&hood.right) * ROW) / 2);
        view.center(&hood.center, middle);
        Some(view)
    }

    fn side(&mut self, groups: &[Group], side: Side, middle: usize, top: usize) {
        let mut y = top + ROW / 2;
        let (note_x, anchor) = side.text_at();
        for group in groups.iter().filter(|group| !group.is_empty()) {
            self.notes.push(NoteView { x: note_x, y: y + 5, anchor, text: group.title.to_owned(), href: None });
            y += ROW;
            for neighbor in &group.neighbors {
                self.edges.push(side.edge(neighbor, y, middle));
                self.nodes.push(side.symbol(&neighbor.node, y));
                y += ROW;
            }
            if group.more > 0 {
                let text = format!("and {} more", super::words::count(group.more as i64));
                self.notes.push(NoteView { x: note_x, y: y + 5, anchor, text, href: Some(format!("#{}", group.table)) });
                y += ROW;
            }
        }
    }

    fn center(&mut self, node: &NodeView, middle: usize) {
        let (label, full) = cut(&node.name, 20);
        self.nodes.push(SymbolView {
            kind: node.kind,
            x: COLUMNS[1],
            y: middle,
            step: step(node.score),
            text_x: COLUMNS[1],
            text_y: middle - 18,
            anchor: "m",
            label,
            points: node.points(),
            full,
            href: None,
        });
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.neighbors.is_empty() && self.more == 0
    }

    fn row_count(&self) -> usize {
        1 + self.neighbors.len() + usize::from(self.more > 0)
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn text_at(self) -> (usize, &'static str) {
        match self {
            Self::Left => (COLUMNS[0] - 16, "e"),
            Self::Right => (COLUMNS[2] + 16, "b"),
        }
    }

    fn edge(self, neighbor: &Neighbor, y: usize, middle: usize) -> EdgeView {
        let (from, bend, to) = match self {
            Self::Left => (COLUMNS[0] + 8, COLUMNS[0] + 90, COLUMNS[1] - 12),
            Self::Right => (COLUMNS[2] - 8, COLUMNS[2] - 90, COLUMNS[1] + 12),
        };
        EdgeView {
            d: format!("M{from} {y}C{bend} {y} {bend} {middle} {to} {middle}"),
            width: format!("{:.1}", 0.8 + 3.2 * neighbor.weight.clamp(0.0, 1.0)),
            is_claimed: neighbor.is_claimed,
        }
    }

    fn symbol(self, node: &NodeView, y: usize) -> SymbolView {
        let (text_x, anchor) = self.text_at();
        let x = match self {
            Self::Left => COLUMNS[0],
            Self::Right => COLUMNS[2],
        };
        let (label, full) = cut(&node.name, NAME_WIDTH - 4);
        SymbolView {
            kind: node.kind,
            x,
            y,
            step: step(node.score),
            text_x,
            text_y: y + 5,
            anchor,
            label,
            points: node.points(),
            full,
            href: node.href.clone(),
        }
    }
}

/// Cuts `name` in its middle to `width` Latin letters; wide scripts count two each. The full name comes second where it was cut.
fn cut(name: &str, width: usize) -> (String, Option<String>) {
    let name = super::escape::visible(name);
    let width_of = |c: char| if c < '\u{1100}' { 1 } else { 2 };
    if name.chars().map(width_of).sum::<usize>() <= width {
        return (name.into_owned(), None);
    }
    let take = |chars: &mut dyn Iterator<Item = char>, room: usize| {
        let mut used = 0;
        let fits = |c: &char| {
            used += width_of(*c);
            used <= room
        };
        chars.take_while(fits).collect::<String>()
    };
    let tail: String = take(&mut name.chars().rev(), width / 2 - 1).chars().rev().collect();
    let head = take(&mut name.chars(), width - width / 2);
    (format!("{head}…{tail}"), Some(name.into_owned()))
}

fn summary(hood: &Neighborhood) -> String {
    let counted = |group: &Group| {
        let total = group.neighbors.len() + group.more;
        format!("{}: {}", group.title.to_lowercase(), super::words::count(total as i64))
    };
    let groups: Vec<String> = hood.left.iter().chain(&hood.right).filter(|group| !group.is_empty()).map(counted).collect();
    format!("Neighbors of {}: {}", hood.center.name, groups.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> NodeView {
        NodeView { kind: "package", name: name.into(), href: None, score: Some(0.5) }
    }

    fn hood(count: usize) -> Neighborhood {
        let neighbors = (0..count).map(|i| Neighbor { node: node(&format!("n{i}")), weight: 0.5, is_claimed: false }).collect();
        let group = Group { title: "Needs", neighbors, more: 3, table: "dependencies" };
        Neighborhood { center: node("x"), left: Vec::new(), right: vec![group] }
    }

    #[test]
    fn no_two_texts_stand_in_one_row_of_a_column() {
        let view = GraphView::new(hood(12)).expect("neighbors");
        let mut rows: Vec<usize> = view.nodes.iter().filter(|n| n.anchor == "b").map(|n| n.text_y).collect();
        rows.extend(view.notes.iter().map(|note| note.y));
        rows.sort_unstable();
        assert!(rows.windows(2).all(|pair| pair[1] - pair[0] >= ROW));
        assert!(rows.last().is_some_and(|last| *last < view.height));
        assert_eq!((view.nodes.len(), view.edges.len()), (13, 12));
    }

    #[test]
    fn nothing_to_draw_is_no_picture() {
        assert_eq!(GraphView::new(Neighborhood { center: node("x"), left: Vec::new(), right: Vec::new() }), None);
    }

    #[test]
    fn long_names_are_cut_to_their_column() {
        let (short, full) = cut(&"x".repeat(300), 21);
        assert_eq!((short.chars().count(), full.map(|f| f.len())), (21, Some(300)));
        assert_eq!(cut("xz-utils", 21), ("xz-utils".into(), None));
        assert!(cut(&"漢".repeat(30), 20).0.chars().count() <= 11);
    }
}
