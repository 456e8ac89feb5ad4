/// Text with everything invisible written as `\u{…}`: names in lockfiles may hold anything, and nothing in them may move the cursor
/// or turn the reading direction.
pub fn visible(text: &str) -> String {
    let is_invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().flat_map(|c| if is_invisible(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] }).collect()
}
