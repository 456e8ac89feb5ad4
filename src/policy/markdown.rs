//! One Markdown table for a comment on a pull request. Names come from whoever wrote the file: nothing in a cell may become a link, an
//! image, a mention, HTML or another column.

use std::fmt::Write;

use super::text::{visible, word};
use super::{Outcome, Report};

/// Rows of the table; a comment has a size limit.
const MAX_ROWS: usize = 100;

impl Report {
    /// The whole comment.
    pub fn markdown(&self) -> String {
        let mut text = format!("**trustgraph**: {}\n", escaped(&self.summary()));
        let shown: Vec<&Outcome> = self.shown().collect();
        if !shown.is_empty() {
            text.push_str("\n| result | package | rule | evidence | where |\n|---|---|---|---|---|\n");
        }
        for one in shown.iter().take(MAX_ROWS) {
            let package = code(&one.package());
            let package = one.link.as_ref().map_or(package.clone(), |link| format!("{package} ([page](<{}>))", address(link)));
            let place = code(&format!("{}:{}", one.file, one.line));
            let _ = writeln!(text, "| {} | {package} | {} | {} | {place} |", word(one), code(&one.rule), escaped(&one.message));
        }
        if shown.len() > MAX_ROWS {
            let _ = writeln!(text, "\n{} more are in the log.", shown.len() - MAX_ROWS);
        }
        text
    }
}

/// A span of code, which shows its content as it is; empty text stays empty.
fn code(text: &str) -> String {
    let text = visible(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() { text } else { format!("`{text}`") }
}

/// Plain words: every character with a meaning in Markdown, HTML or to the forge is written as an entity.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '<' | '>' | '&' | '~' | '@' | '$'
            | '"' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            _ => safe.push(c),
        }
    }
    // A bare address would become a link.
    safe.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// An address inside `<…>`.
fn address(link: &str) -> String {
    link.chars().filter(|c| !c.is_control() && !"<>| \\`".contains(*c)).collect()
}
