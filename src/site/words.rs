//! Numbers and closed sets of words, as a reader sees them. The same value always reads the same.

use crate::snapshot::schema::ScoreRow;
pub(super) use crate::snapshot::{evidence_level, null_reason};

/// A value on 0..=1 as points on 0–10, one decimal.
pub(super) fn points(value: f64) -> String {
    let text = format!("{:.1}", value * 10.0);
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// A signed amount on the 0..=1 scale as points on 0–10, two decimals.
pub(super) fn signed_points(amount: f64) -> String {
    let text = format!("{:+.2}", amount * 10.0).replace('-', "−");
    if text == "−0.00" || text == "+0.00" { "0.00".to_owned() } else { text }
}

/// A share of one in percent: `<1 %` rather than a zero that is none.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p > 0.0 && p < 0.5 => "<1 %".to_owned(),
        p if p > 99.5 && p < 100.0 => ">99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// A whole number in groups of three.
pub(super) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "−".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 package`, `2 packages`: a count and its noun, whose plural ends in `s`, or `ies` for `y`.
pub(super) fn counted(number: i64, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    format!("{} {}", count(number), if number == 1 { noun } else { &plural })
}

/// Bytes in the unit that leaves one to three digits before the point.
pub(super) fn bytes(size: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = size as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 99.5 { format!("{value:.0} {}", units[unit]) } else { format!("{value:.1} {}", units[unit]) }
}

/// A small number in the shortest form that is exact to three digits: `1.23e-10` reads `1.23 × 10⁻¹⁰`.
pub(super) fn figure(value: f64) -> String {
    if value == 0.0 || (0.001..1e7).contains(&value.abs()) {
        let text = format!("{value:.4}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let text = format!("{value:.2e}");
    match text.split_once('e') {
        Some((digits, power)) => format!("{} × 10{}", digits.trim_end_matches('0').trim_end_matches('.'), superscript(power)),
        None => text,
    }
}

/// How closely a score is proven, in points: `computed to ± 0.3`, `computed to ± 10⁻⁸` when no shown digit can move.
pub(super) fn bracket(row: &ScoreRow) -> Option<String> {
    let half = (row.upper? - row.lower?) / 2.0 * 10.0;
    Some(match half {
        h if !h.is_finite() || h < 0.0 => return None,
        h if h < 1e-15 => "computed exactly".to_owned(),
        h if h >= 0.05 => format!("computed to ± {h:.1}"),
        h => format!("computed to ± 10{}", superscript(&format!("{:.0}", h.log10().ceil()))),
    })
}

/// `Rank 120` and `between 96 and 181` when any one parameter is halved or doubled; nothing for a row without an interval.
pub(super) fn rank(row: &ScoreRow) -> Option<(String, Option<String>)> {
    let (rank, lower, upper) = (count(row.rank?), row.rank_lower?, row.rank_upper?);
    Some(if lower == upper {
        (format!("Rank {rank}, whichever parameter is halved or doubled"), None)
    } else {
        (format!("Rank {rank}"), Some(format!("between {} and {}", count(lower), count(upper))))
    })
}

/// `higher than 83 of 100 packages of this ecosystem`.
pub(super) fn percentile(percentile: f64, among: &str) -> String {
    match percentile.clamp(0.0, 100.0).floor() as u32 {
        0 => format!("among the lowest 1 of 100 {among}"),
        share => format!("higher than {} of 100 {among}", share.min(99)),
    }
}

/// A percentile as a figure, rounded down and never 100: nothing is higher than all, itself among them.
pub(super) fn percentile_figure(percentile: f64) -> String {
    format!("{:.1}", ((percentile * 10.0 + 1e-9).floor() / 10.0).clamp(0.0, 99.9))
}

/// A percentile as a figure, or a dash.
pub(super) fn percentile_or_dash(percentile: Option<f64>) -> String {
    percentile.map_or_else(|| "–".to_owned(), percentile_figure)
}

/// A component of a score as a noun.
pub(super) fn component(word: &str) -> &str {
    match word {
        "unknown" => "Floor",
        "own" => "Own facts",
        "control" => "Control",
        "vouching" => "Vouching",
        "dependencies" => "Dependencies",
        "remainder" => "Everything else",
        other => other,
    }
}

/// What a term of a score comes from, where the neighbor's name stands beside it or there is none.
pub(super) fn edge(word: &str) -> &str {
    match word {
        "unknown" | "floor" => "what anything unknown gets",
        "own" => "own facts",
        "maintains" => "maintains it",
        "member_of" => "member of the team",
        "uses" => "maintains packages that use it",
        "needs" => "needed to run",
        "accepted" => "landed the work",
        "builds" => "built from it",
        "provenance" => "proven to be built from its repository",
        "malicious" => "published as malicious, so held at 0",
        "commits" => "commits to it",
        "member" => "verified member of the distribution",
        "tenure" => "years of being listed",
        "archive" => "accepted into a curated archive",
        "age" => "years of public record",
        "tests" => "declares automatic tests",
        other => other,
    }
}

/// A kind of node; an unknown kind of a newer snapshot stays a plain node.
pub(super) fn node_kind(kind: &str) -> &'static str {
    match kind {
        "package" => "package",
        "repository" => "repository",
        "person" => "person",
        "team" => "team",
        _ => "node",
    }
}

/// A name of the closed sets as words: `lone_maintainer` → `Lone maintainer`.
pub(super) fn title(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut chars = spaced.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn superscript(number: &str) -> String {
    let raised = |c| match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    };
    number.chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_written_by_hand() {
        assert_eq!(points(0.6249), "6.2");
        assert_eq!(signed_points(-0.0123), "−0.12");
        assert_eq!(signed_points(1e-9), "0.00");
        assert_eq!([percent(0.0), percent(0.001), percent(0.5), percent(0.999)], ["0 %", "<1 %", "50 %", ">99 %"]);
        assert_eq!([count(0), count(999), count(1_234_567), count(-1000)], ["0", "999", "1,234,567", "−1,000"]);
        assert_eq!([counted(1, "repository"), counted(2, "repository")], ["1 repository", "2 repositories"]);
        assert_eq!([bytes(12), bytes(1500), bytes(123_456), bytes(13_000_000)], ["12 bytes", "1.5 kB", "123 kB", "13.0 MB"]);
        assert_eq!([figure(1.5e-10), figure(0.5), figure(500.0)], ["1.5 × 10⁻¹⁰", "0.5", "500"]);
        assert_eq!(percentile(83.9, "packages"), "higher than 83 of 100 packages");
        assert_eq!(percentile(100.0, "packages"), "higher than 99 of 100 packages");
        assert_eq!([99.99, 100.0, 94.6, 0.0].map(percentile_figure), ["99.9", "99.9", "94.6", "0.0"]);
        assert_eq!(percentile_or_dash(None), "–");
        assert_eq!(title("lone_maintainer"), "Lone maintainer");
    }
}
