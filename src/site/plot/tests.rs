use super::*;

fn plot(series: Vec<Series>) -> Plot {
    let axis = |label: &str| Axis { label: label.into(), scale: Scale::Linear, range: None };
    Plot { title: "T <b>".into(), description: "D & d".into(), x: axis("months"), y: axis("gain"), series }
}

fn series(name: &str, points: &[(f64, Option<f64>)]) -> Series {
    Series { name: name.into(), points: points.to_vec() }
}

#[test]
fn a_missing_value_is_a_gap() {
    let points = [(0.0, Some(0.0)), (1.0, Some(1.0)), (2.0, None), (3.0, Some(3.0)), (4.0, Some(2.0))];
    let svg = plot(vec![series("a", &points)]).view().svg;
    let line = svg.split("stroke-dasharray=\"none\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a line");
    assert_eq!((line.matches('M').count(), line.matches('L').count()), (2, 2), "{line}");
}

#[test]
fn series_differ_without_color() {
    let all: Vec<Series> = (0..6).map(|n| series(&format!("s{n}"), &[(0.0, Some(f64::from(n))), (1.0, Some(1.0))])).collect();
    let svg = plot(all).view().svg;
    for (dash, marker) in DASHES.iter().zip(MARKERS) {
        assert!(svg.contains(&format!("stroke-dasharray=\"{dash}\"")) && svg.matches(marker).count() >= 2, "{dash} {marker}");
    }
}

#[test]
fn text_is_escaped_and_no_style_is_inline() {
    let plot = plot(vec![series("<script>\"&\u{202e}", &[(0.0, Some(1.0))])]);
    for text in [plot.view().svg, standalone("<i>", std::slice::from_ref(&plot))] {
        assert!(!text.contains("<script>") && !text.contains("<b>") && !text.contains("<i>") && !text.contains('\u{202e}'));
        assert!(!text.contains(" style=") && text.contains("<title>") && text.contains("<desc>D &"));
    }
    assert!(!plot.view().svg.contains("<style"), "a page forbids it");
}

#[test]
fn the_table_holds_every_figure() {
    let plot = plot(vec![series("a", &[(0.0, Some(0.25)), (6.0, None)]), series("b", &[(6.0, Some(0.5)), (6.0, Some(0.75))])]);
    let view = plot.view();
    assert_eq!(view.head, ["months", "a", "b"]);
    let row = |x: &str, cells: [&str; 2]| (x.to_owned(), cells.map(str::to_owned).to_vec());
    assert_eq!(view.rows, [row("0", ["0.25", "–"]), row("6", ["–", "0.5, 0.75"])]);
}

#[test]
fn a_file_of_its_own_has_the_colors_of_the_site() {
    let css = include_str!("../../../site/style.css");
    let file = standalone("all", &[plot(Vec::new()), plot(vec![series("a", &[(0.0, Some(1.0))])])]);
    assert!(file.starts_with("<svg xmlns=") && file.matches("<svg ").count() == 3);
    let mut tokens = 0;
    for token in file.split("--").skip(1).filter_map(|rest| rest.split(';').next()).filter(|token| token.contains('#')) {
        assert!(css.contains(&format!("--{token};")), "style.css has another {token}");
        tokens += 1;
    }
    assert_eq!(tokens, 14);
    for class in 0..6 {
        let rule = file.split(&format!(".p{class} ")).nth(1).and_then(|rest| rest.split('}').next()).expect("a rule");
        assert!(css.contains(&format!(".plot .p{class} {rule}")), ".plot .p{class} {rule}");
    }
}

#[test]
fn of_several_values_the_largest_counts() {
    let points = [("b", 1.0, Some(0.5)), ("a", 4.0, Some(1.0)), ("b", 1.0, Some(0.75)), ("a", 0.0, None), ("a", 0.0, Some(0.25))];
    let all = largest_by_series(points.into_iter().map(|(name, place, value)| (name.to_owned(), place, value)));
    assert_eq!(all, [series("a", &[(0.0, Some(0.25)), (4.0, Some(1.0))]), series("b", &[(1.0, Some(0.75))])]);
}
