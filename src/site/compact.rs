//! Leaves out what HTML lets a page leave out: end tags of cells, rows and list items, quotes around plain attribute values,
//! line breaks between tags. Templates stay readable, and seventy thousand pages stay small.
//!
//! Text from upstream is escaped before, so every `<`, `>` and `"` here comes from a template.

/// Tags that the next tag implies. The body of a table is implied after the end of its head, which therefore stays.
const IMPLIED: [&str; 13] = [
    "</td>", "</th>", "</tr>", "</li>", "</dt>", "</dd>", "<tbody>", "</tbody>", "<head>", "</head>", "<body>", "</body>",
    "</html>",
];
/// What implies the end of a paragraph before it.
const AFTER_PARAGRAPH: [&str; 18] = [
    "<p>",
    "<p ",
    "<div",
    "</div",
    "<section",
    "</section",
    "<table",
    "<h2",
    "<h3",
    "<dl",
    "<ul",
    "<details",
    "<form",
    "<figure",
    "</main",
    "</footer",
    "</td",
    "</th",
];
/// Attributes that the position of a cell implies.
const POSITION: [&str; 2] = [" scope=\"col\"", " scope=\"row\""];

/// `html` without what is implied. O(n).
pub(super) fn compact(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push_text(&mut out, &rest[..at]);
        rest = &rest[at..];
        if let Some(end) = IMPLIED.into_iter().find(|end| rest.starts_with(end)) {
            rest = &rest[end.len()..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("</p>")
            && AFTER_PARAGRAPH.into_iter().any(|tag| after.trim_start().starts_with(tag))
        {
            rest = after;
            continue;
        }
        if rest.starts_with("<pre") {
            let end = rest.find("</pre>").unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        push_tag(&mut out, &rest[..end]);
        rest = &rest[end..];
    }
    push_text(&mut out, rest);
    out
}

/// A line break between two tags says nothing: templates part inline elements by spaces.
fn push_text(out: &mut String, text: &str) {
    let is_break = text.contains('\n') && text.trim().is_empty();
    if !is_break {
        out.push_str(text);
    }
}

fn push_tag(out: &mut String, mut tag: &str) {
    while let Some(quote) = tag.find("=\"") {
        let name = tag[..quote].rfind(' ').unwrap_or(0);
        if let Some(implied) = POSITION.into_iter().find(|implied| tag[name..].starts_with(implied)) {
            out.push_str(&tag[..name]);
            tag = &tag[name + implied.len()..];
            continue;
        }
        let value = &tag[quote + 2..];
        let length = value.find('"').unwrap_or(value.len());
        let (value, after) = value.split_at(length);
        let after = after.strip_prefix('"').unwrap_or(after);
        out.push_str(&tag[..=quote]);
        if !value.is_empty() && value.bytes().all(is_plain) {
            out.push_str(value);
            out.push_str(if after.starts_with('/') { " " } else { "" });
        } else {
            out.push('"');
            out.push_str(value);
            out.push('"');
        }
        tag = after;
    }
    out.push_str(tag);
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.,:/#~+%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_what_is_implied_goes() {
        assert_eq!(compact("<tr><th scope=\"row\" class=\"n\">a</th><td>b</td></tr>"), "<tr><th class=n>a<td>b");
        assert_eq!(compact("<rect x=\"1\" class=\"a b\"/>"), "<rect x=1 class=\"a b\"/>");
        assert_eq!(compact("<rect x=\"1\" y=\"2\"/>"), "<rect x=1 y=2 />");
        assert_eq!(compact("<a href=\"../a b\" title=\"\">x</a>"), "<a href=\"../a b\" title=\"\">x</a>");
        assert_eq!(compact("<p>a</p>\n\n \n<p>b &quot;c=&quot;</p>"), "<p>a<p>b &quot;c=&quot;</p>");
        assert_eq!(compact("<p>a</p>\n</div><svg></svg><p>b</p><svg>"), "<p>a</div><svg></svg><p>b</p><svg>");
        assert_eq!(compact("<pre a=\"b\">x\n\n\"y\"</pre>"), "<pre a=\"b\">x\n\n\"y\"</pre>");
        assert_eq!(compact("<code>a</code> <b>c</b>"), "<code>a</code> <b>c</b>");
        assert_eq!(compact("text only"), "text only");
    }
}
