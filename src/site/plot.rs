//! Line plots as SVG text: for a page, whose style sheet colors them, and as a file of their own.
//!
//! Series differ by dash and marker as well as by color, missing values are gaps, and every plot has a table with the same
//! figures. Equal plots give equal text.

use std::collections::BTreeMap;
use std::fmt::Write;

use askama::filters::Escaper;

use super::plot_axis::{Ruler, Scale};
use super::{escape, words};

/// Size of a plot without its legend, and where its field stands in it.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 48.0;
/// Height of a line of the legend, and of a heading in a file.
const LINE: f64 = 20.0;
/// Letters of a name in the legend; the table has the whole name.
const NAME_WIDTH: usize = 80;

/// Dashes by series.
const DASHES: [&str; 6] = ["none", "7 4", "2 3", "9 3 2 3", "14 4", "5 2"];
/// Markers by series, as paths from their middle: circle, square, triangle, diamond, cross, plus.
const MARKERS: [&str; 6] = [
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
    "m-3.5-3.5h7v7h-7z",
    "m0-4.5l4.5 8h-9z",
    "m0-5l5 5l-5 5l-5-5z",
    "m-4-4l8 8m0-8l-8 8",
    "m-5 0h10m-5-5v10",
];

/// A plot of lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plot {
    /// What it shows.
    pub title: String,
    /// What a reader should see in it, for those who cannot.
    pub description: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// The lines.
    pub series: Vec<Series>,
}

/// What is measured along an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// Words with the unit.
    pub label: String,
    /// How values become lengths.
    pub scale: Scale,
    /// First and last value; none: as far as the data go.
    pub range: Option<[f64; 2]>,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// Name in legend and table.
    pub name: String,
    /// Places and values, in the order they are joined; a missing value is a gap.
    pub points: Vec<(f64, Option<f64>)>,
}

/// A plot as a page shows it: the picture and the same figures as a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlotView {
    /// What it shows.
    pub title: String,
    /// What a reader should see.
    pub description: String,
    /// The picture; escaped.
    pub svg: String,
    /// Heads of the table: the axis and every series.
    pub head: Vec<String>,
    /// Place and the value of every series.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Plot {
    /// Picture and table for a page.
    pub fn view(&self) -> PlotView {
        let (body, height) = self.body();
        PlotView {
            title: self.title.clone(),
            description: self.description.clone(),
            svg: format!("<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">{body}</svg>"),
            head: std::iter::once(&self.x.label).chain(self.series.iter().map(|series| &series.name)).cloned().collect(),
            rows: self.rows(),
        }
    }

    /// Every place once, rising; several values of a series at one place stand in their order.
    fn rows(&self) -> Vec<(String, Vec<String>)> {
        let mut places: Vec<f64> = self.series.iter().flat_map(|series| series.points.iter().map(|point| point.0)).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        let cell = |series: &Series, place: f64| {
            let here = series.points.iter().filter(|point| point.0.total_cmp(&place).is_eq());
            let values: Vec<String> = here.filter_map(|point| point.1).map(words::figure).collect();
            if values.is_empty() { "–".to_owned() } else { values.join(", ") }
        };
        let row = |place: f64| (words::figure(place), self.series.iter().map(|series| cell(series, place)).collect());
        places.into_iter().map(row).collect()
    }

    /// What stands inside the `svg` element, and the height of all of it.
    fn body(&self) -> (String, f64) {
        let points = || self.series.iter().flat_map(|series| &series.points).filter(|point| point.1.is_some());
        let x = Ruler::new(self.x.scale, self.x.range, points().map(|point| point.0), [LEFT, WIDTH - RIGHT]);
        let y = Ruler::new(self.y.scale, self.y.range, points().filter_map(|point| point.1), [HEIGHT - BOTTOM, TOP]);
        let mut out = String::new();
        let (title, description) = (escaped(&self.title), escaped(&self.description));
        push(&mut out, format_args!("<title>{title}</title><desc>{description}</desc>"));
        self.push_axes(&mut out, &x, &y);
        for (at, series) in self.series.iter().enumerate() {
            push_series(&mut out, at, series, &x, &y);
        }
        (out, HEIGHT + LINE * self.series.len() as f64)
    }

    fn push_axes(&self, out: &mut String, x: &Ruler, y: &Ruler) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        out.push_str("<g class=\"grid\" stroke=\"currentColor\" stroke-opacity=\".2\">");
        for (_, at) in y.ticks() {
            push(out, format_args!("<path d=\"M{LEFT} {at}H{right}\"/>"));
        }
        push(out, format_args!("</g><path stroke=\"currentColor\" fill=\"none\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>"));
        out.push_str("<g fill=\"currentColor\" text-anchor=\"end\">");
        for (text, at) in y.ticks() {
            push(out, format_args!("<text x=\"{}\" y=\"{at}\" dy=\".35em\">{text}</text>", LEFT - 8.0));
        }
        out.push_str("</g><g fill=\"currentColor\" text-anchor=\"middle\">");
        for (text, at) in x.ticks() {
            push(out, format_args!("<text x=\"{at}\" y=\"{}\">{text}</text>", bottom + 18.0));
        }
        let middle = (LEFT + right) / 2.0;
        push(out, format_args!("<text x=\"{middle}\" y=\"{}\">{}</text>", bottom + 38.0, escaped(&self.x.label)));
        let middle = (TOP + bottom) / 2.0;
        push(out, format_args!("<text transform=\"rotate(-90 14 {middle})\" x=\"14\" y=\"{middle}\">"));
        push(out, format_args!("{}</text></g>", escaped(&self.y.label)));
    }
}

/// One file with `plots` one below the other, each under its title; readable on light and dark without a style sheet.
pub(super) fn standalone(title: &str, plots: &[Plot]) -> String {
    let (mut panels, mut top) = (String::new(), 0.0);
    for plot in plots {
        let (body, height) = plot.body();
        let heading = escaped(&plot.title);
        push(&mut panels, format_args!("<text class=\"heading\" x=\"8\" y=\"{}\">{heading}</text>", top + 18.0));
        top += LINE + 8.0;
        push(
            &mut panels,
            format_args!("<svg y=\"{top}\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">"),
        );
        push(&mut panels, format_args!("{body}</svg>\n"));
        top += height + LINE;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" width=\"{WIDTH}\" height=\"{top}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{top}\"/>\n{panels}</svg>\n",
        escaped(title)
    )
}

/// The tokens of `site/style.css` that a plot needs.
const STYLE: &str = "
svg { --paper: #fcfcfa; --ink: #1a1d21; --accent: #0f5480; --good: #1d6a44; --caution: #855400; --bad: #a02626; --muted: #5a626b; \
color: var(--ink); font: 12px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --paper: #14171a; --ink: #e3e6e8; --accent: #82bde2; --good: #72c398; --caution: #dfb25e; \
--bad: #ef938b; --muted: #9ba5ae; } }
.paper { fill: var(--paper); } .heading { fill: currentColor; font-weight: 600; font-size: 14px; }
.p0 { color: var(--accent); } .p1 { color: var(--bad); } .p2 { color: var(--good); } .p3 { color: var(--caution); } \
.p4 { color: var(--muted); } .p5 { color: var(--ink); }
";

/// Line, markers and legend of the series number `at`. After six, colors meet other dashes.
fn push_series(out: &mut String, at: usize, series: &Series, x: &Ruler, y: &Ruler) {
    let (dash, marker, color) = (DASHES[at % 6], MARKERS[at % 6], (at + at / 6) % 6);
    push(out, format_args!("<g class=\"p{color}\" stroke=\"currentColor\" stroke-width=\"1.75\" fill=\"none\">"));
    let (mut line, mut markers, mut is_joined) = (String::new(), String::new(), false);
    for (place, value) in &series.points {
        let Some((px, py)) = x.place(*place).zip(value.and_then(|value| y.place(value))) else {
            is_joined = false;
            continue;
        };
        push(&mut line, format_args!("{}{px} {py}", if is_joined { 'L' } else { 'M' }));
        push(&mut markers, format_args!("M{px} {py}{marker}"));
        is_joined = true;
    }
    if !markers.is_empty() {
        push(out, format_args!("<path stroke-dasharray=\"{dash}\" d=\"{line}\"/><path d=\"{markers}\"/>"));
    }
    let legend = HEIGHT + LINE * at as f64 + 4.0;
    push(out, format_args!("<path stroke-dasharray=\"{dash}\" d=\"M{LEFT} {legend}h40\"/>"));
    push(out, format_args!("<path d=\"M{} {legend}{marker}\"/></g>", LEFT + 20.0));
    let mut name: String = series.name.chars().take(NAME_WIDTH).collect();
    if name.len() < series.name.len() {
        name.push('…');
    }
    let name = escaped(&name);
    push(out, format_args!("<text fill=\"currentColor\" x=\"{}\" y=\"{legend}\" dy=\".35em\">{name}</text>", LEFT + 50.0));
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape::Text.write_escaped_str(&mut out, text).expect("writing to a string");
    out
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("writing to a string");
}

/// Series by name from `(series, place, value)`: of several values at one place the largest.
pub(super) fn largest_by_series(points: impl Iterator<Item = (String, f64, Option<f64>)>) -> Vec<Series> {
    let mut all: BTreeMap<String, Vec<(f64, Option<f64>)>> = BTreeMap::new();
    for (name, place, value) in points {
        let known = all.entry(name).or_default();
        match known.iter_mut().find(|point| point.0.total_cmp(&place).is_eq()) {
            Some(point) => point.1 = point.1.into_iter().chain(value).reduce(f64::max),
            None => known.push((place, value)),
        }
    }
    let series = |(name, mut points): (String, Vec<(f64, Option<f64>)>)| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Series { name, points }
    };
    all.into_iter().map(series).collect()
}

#[cfg(test)]
mod tests;
