//! The neighborhood of a node as a layered picture: who controls it on the left, what it needs and what needs it on the right.
//!
//! Rows have a fixed height and names are cut to their column, so that text never overlaps. A table on the same page holds every
//! row of the picture. Rows of a side are a list, and the style sheet draws their symbols: a page holds only what is said.

use std::collections::BTreeMap;

use super::view::{NodeView, step};

/// Width of the picture; it scrolls inside its own box on narrow screens.
const WIDTH: usize = 760;
/// Height of a row.
const ROW: usize = 24;
/// Width of a side: a symbol and a name.
const SIDE: usize = 219;
/// Half a row: the unit of lines.
const HALF: usize = ROW / 2;
/// Where left symbols, the node itself and right symbols stand.
const COLUMNS: [usize; 3] = [226, 390, 554];
/// Longest name beside a symbol, in widths of a Latin letter.
const NAME_WIDTH: usize = 25;

/// Path data by step of the width and whether it is only claimed.
type Edges = BTreeMap<(u8, bool), String>;

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
    pub title: String,
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
    /// Where lines meet.
    pub middle: (usize, usize),
    /// Unit of the lines: half a row.
    pub scale: usize,
    /// Lines, drawn first.
    pub edges: Vec<EdgeView>,
    /// Left neighbors, right neighbors, the node itself.
    pub sides: Vec<SideView>,
}

/// A column of symbols.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SideView {
    /// Left end.
    pub x: usize,
    /// Upper end.
    pub y: usize,
    /// Size.
    pub width: usize,
    /// Size.
    pub height: usize,
    /// Names stand `e`: left of the symbols, `m`: above, `b`: right of them.
    pub anchor: &'static str,
    /// Rows, from above.
    pub rows: Vec<RowView>,
}

/// One row of a side.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RowView {
    /// What the rows below are, and the id of the table that lists all of them in the same order, from where a script takes links.
    Heading(String, &'static str),
    /// A neighbor.
    Symbol(SymbolView),
    /// How many are not drawn.
    More(String),
}

/// All lines that look the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EdgeView {
    /// Path data.
    pub d: String,
    /// Step of the stroke width, 1 to 5.
    pub width: u8,
    /// Drawn dashed.
    pub is_claimed: bool,
}

/// A symbol and its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SymbolView {
    /// Kind of node: says the shape.
    pub kind: &'static str,
    /// Step of the scale.
    pub step: &'static str,
    /// Name, cut to its column.
    pub label: String,
    /// Trust in points.
    pub points: String,
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
        let middle = height / 2;
        let mut edges = Edges::new();
        let top = |groups: &[Group]| (height - rows(groups) * ROW) / 2;
        let left = Side::Left.lay_out(&hood.left, middle, top(&hood.left), &mut edges);
        let right = Side::Right.lay_out(&hood.right, middle, top(&hood.right), &mut edges);
        let edges = edges.into_iter().map(|((width, is_claimed), d)| EdgeView { d, width, is_claimed }).collect();
        Some(Self {
            width: WIDTH,
            height,
            middle: (COLUMNS[1], middle),
            scale: HALF,
            edges,
            sides: vec![left, right, center(&hood.center, middle)],
        })
    }
}

fn center(node: &NodeView, middle: usize) -> SideView {
    let rows = vec![RowView::Symbol(symbol(node, 20))];
    SideView { x: COLUMNS[1] - SIDE / 2, y: middle - ROW - 2, width: SIDE, height: 2 * ROW, anchor: "m", rows }
}

fn symbol(node: &NodeView, width: usize) -> SymbolView {
    let label = cut(&node.name, width);
    SymbolView { kind: node.kind, step: step(node.score), label, points: node.points() }
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
    fn lay_out(self, groups: &[Group], middle: usize, top: usize, edges: &mut Edges) -> SideView {
        let (x, anchor) = match self {
            Self::Left => (COLUMNS[0] + 9 - SIDE, "e"),
            Self::Right => (COLUMNS[2] - 9, "b"),
        };
        let mut rows = Vec::new();
        for group in groups.iter().filter(|group| !group.is_empty()) {
            rows.push(RowView::Heading(group.title.clone(), group.table));
            for neighbor in &group.neighbors {
                let width = 1 + (4.0 * neighbor.weight.clamp(0.0, 1.0)).round() as u8;
                let down = (top + HALF + rows.len() * ROW) as i64 - middle as i64;
                edges.entry((width, neighbor.is_claimed)).or_default().push_str(&self.edge(down / HALF as i64));
                rows.push(RowView::Symbol(symbol(&neighbor.node, NAME_WIDTH - 4)));
            }
            if group.more > 0 {
                rows.push(RowView::More(format!("and {} more", super::words::count(group.more as i64))));
            }
        }
        SideView { x, y: top, width: SIDE, height: rows.len() * ROW, anchor, rows }
    }

    /// A line to a row so many half rows below the middle, from there.
    fn edge(self, down: i64) -> String {
        let space = if down < 0 { "" } else { " " };
        match self {
            Self::Left => format!("M-13{space}{down}S-6 0-1 0"),
            Self::Right => format!("M13{space}{down}S6 0 1 0"),
        }
    }
}

/// Cuts `name` in its middle to `width` Latin letters; wide scripts count two each. Tables have the full name.
fn cut(name: &str, width: usize) -> String {
    let name = super::escape::visible(name);
    let width_of = |c: char| if c < '\u{1100}' { 1 } else { 2 };
    if name.chars().map(width_of).sum::<usize>() <= width {
        return name.into_owned();
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
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> NodeView {
        NodeView { kind: "package", name: name.into(), href: None, score: Some(0.5) }
    }

    fn hood(count: usize) -> Neighborhood {
        let neighbors = (0..count).map(|i| Neighbor { node: node(&format!("n{i}")), weight: 0.5, is_claimed: false }).collect();
        let group = Group { title: "Needs".into(), neighbors, more: 3, table: "dependencies" };
        Neighborhood { center: node("x"), left: Vec::new(), right: vec![group] }
    }

    #[test]
    fn no_two_texts_stand_in_one_row_of_a_column() {
        let view = GraphView::new(hood(12)).expect("neighbors");
        let right = &view.sides[1];
        assert!(right.height == right.rows.len() * ROW && right.y + right.height <= view.height);
        let symbols = right.rows.iter().filter(|row| matches!(row, RowView::Symbol(_))).count();
        assert_eq!((symbols, right.rows.len(), view.edges.len()), (12, 14, 1));
        assert_eq!(view.edges[0].d.matches('M').count(), 12);
        assert!(view.edges[0].d.starts_with("M13-11S6 0 1 0M13-9"), "each line ends where its symbol is: {}", view.edges[0].d);
    }

    #[test]
    fn nothing_to_draw_is_no_picture() {
        assert_eq!(GraphView::new(Neighborhood { center: node("x"), left: Vec::new(), right: Vec::new() }), None);
    }

    #[test]
    fn long_names_are_cut_to_their_column() {
        assert_eq!(cut(&"x".repeat(300), 21).chars().count(), 21);
        assert_eq!(cut("xz-utils", 21), "xz-utils");
        assert!(cut(&"漢".repeat(30), 20).chars().count() <= 11);
    }
}
