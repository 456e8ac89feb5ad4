//! The report for people: curves with table equivalents, figures, every episode. One file, no script, no request.

use std::fmt::Write as _;

use super::measure::{Measure, Report};

/// What each section shows: measures by name, with a sentence on how to read them.
const SECTIONS: [(&str, &str, &[&str]); 7] = [
    (
        "Governance cases",
        "Area under the ROC curve: each incident against all controls on its own day, and against controls of like size. 0.5 is chance. \
         Sabotage by a maintainer in good standing and stolen accounts (T4, T5) leave hardly a trace in a history before they happen.",
        &["governance_auc_same_date", "governance_auc_size_matched", "governance_auc_difference"],
    ),
    (
        "Lead",
        "Months from the first alarm to disclosure. Of all incidents here only one leaves a usable trace before disclosure.",
        &["lead_months"],
    ),
    (
        "Cost",
        "Episodes in 100 repository-years where nothing bad is known, and the share of labelled benign handovers in which a signal fires.",
        &["false_episodes_per_100_repository_years", "handover_hit_share"],
    ),
    (
        "Abandonment",
        "Area within the active repositories of the month; the note is the months relative to the event.",
        &["abandonment_auc"],
    ),
    (
        "Injected cases",
        "A patient insider grafted on healthy histories, caught before the first release.",
        &["injected_caught_share"],
    ),
    (
        "Orphaning",
        "Packages of one suite that the next calls orphaned.",
        &["orphaning_auc", "orphaning_calibration_error", "orphaning_calibration"],
    ),
    (
        "Every episode",
        "What each signal would have said, and what stood behind it. A finding is about a repository, never about a person.",
        &["episode"],
    ),
];

/// The whole page.
pub(super) fn render(report: &Report) -> String {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Backtest</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}\
         table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.2rem .6rem;border-bottom:1px solid;\
         text-align:left}td.n{text-align:right}div{overflow-x:auto}svg{max-width:100%;height:auto}@media(prefers-color-scheme:dark)\
         {body{background:#111;color:#eee}}</style></head><body><h1>Backtest</h1>\
         <p>Signals replayed on histories of which it is known what became of them, each month judged by what could be seen then.</p>\n",
    );
    for (title, text, names) in SECTIONS {
        let rows: Vec<&Measure> = report.measures.iter().filter(|measure| names.contains(&measure.name)).collect();
        if !rows.is_empty() {
            let _ = write!(html, "<h2>{title}</h2><p>{text}</p>");
            table(&mut html, &rows);
        }
    }
    curves(&mut html, report);
    html.push_str("</body></html>\n");
    html
}

/// A curve of values by month for every repository and signal with a lead.
fn curves(html: &mut String, report: &Report) {
    let leads = report.measures.iter().filter(|measure| measure.name == "lead_months" && measure.value.is_some());
    if leads.clone().next().is_some() {
        html.push_str(
            "<h2>Month by month</h2><p>The value of each signal that fired before an incident was disclosed, to the month of disclosure; \
             higher is more unusual. A signal that fires often fires before incidents too: read it beside its cost above.</p>",
        );
    }
    for lead in leads {
        let is_same = |m: &&Measure| m.subject == lead.subject && m.signal == lead.signal;
        let rows = |name: &str| report.measures.iter().filter(|m| m.name == name).filter(is_same).collect::<Vec<_>>();
        let (values, ranks) = (rows("value"), rows("rank"));
        let (subject, signal) = (lead.subject.as_deref().unwrap_or_default(), lead.signal.as_deref().unwrap_or_default());
        let _ = write!(html, "<h3>{}: {}</h3>", escape(subject), escape(signal));
        curve(html, &values, &format!("{signal} by month"));
        html.push_str("<details><summary>The same as a table</summary>");
        table(html, &[ranks, values].concat());
        html.push_str("</details>");
    }
}

/// Values as one line over equal steps of months.
fn curve(html: &mut String, rows: &[&Measure], title: &str) {
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let (low, high) = values.iter().fold((0.0f64, 1e-9f64), |(low, high), value| (low.min(*value), high.max(*value)));
    let step = 700.0 / values.len().max(2) as f64;
    let y = |value: f64| 190.0 - 170.0 * (value - low) / (high - low);
    let points: Vec<String> =
        values.iter().zip(0..).map(|(value, at)| format!("{:.1},{:.1}", 50.0 + step * f64::from(at), y(*value))).collect();
    let month = |row: Option<&&Measure>| row.and_then(|row| row.month.clone()).unwrap_or_default();
    let _ = write!(
        html,
        "<svg viewBox=\"0 0 800 220\" role=\"img\" aria-label=\"{}\"><polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" \
         points=\"{}\"/><line x1=\"50\" x2=\"750\" y1=\"{zero:.1}\" y2=\"{zero:.1}\" stroke=\"currentColor\" opacity=\".3\"/>\
         <g fill=\"currentColor\" font-size=\"13\"><text x=\"50\" y=\"212\">{}</text><text x=\"690\" y=\"212\">{}</text>\
         <text x=\"4\" y=\"24\">{high:.2}</text><text x=\"4\" y=\"194\">{low:.2}</text></g></svg>",
        escape(title),
        points.join(" "),
        month(rows.first()),
        month(rows.last()),
        zero = y(0.0)
    );
}

fn table(html: &mut String, rows: &[&Measure]) {
    html.push_str(
        "<div><table><thead><tr><th>measure</th><th>subject</th><th>signal</th><th>month</th><th>value</th><th>lower</th><th>upper</th>\
         <th>n</th><th>note</th></tr></thead><tbody>\n",
    );
    for row in rows {
        let text = |value: &Option<String>| value.as_deref().map(escape).unwrap_or_default();
        let number = |value: Option<f64>| value.map(|value| format!("{value:.3}")).unwrap_or_default();
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td>{}</td></tr>",
            row.name,
            text(&row.subject),
            text(&row.signal),
            text(&row.month),
            number(row.value),
            number(row.lower),
            number(row.upper),
            row.n.map(|n| n.to_string()).unwrap_or_default(),
            text(&row.note)
        );
    }
    html.push_str("</tbody></table></div>\n");
}

/// Text that ends no tag and no attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
