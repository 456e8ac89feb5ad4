//! Messages of commits → trailers, as git finds them (`trailer.c`, `%(trailers)`).

use crate::tables::TrailerRole;

/// Only so much of a message's end is looked at: nobody signs more.
const MAX_BLOCK: usize = 1 << 16;

/// More trailers of a commit than this are left out.
const MAX_TRAILERS: usize = 256;

/// What a trailer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawTrailer<'a> {
    pub role: TrailerRole,
    /// `Name <address>`, as it stands.
    pub actor: &'a [u8],
}

/// Trailers of known roles that name an address, in their order; at most [`MAX_TRAILERS`]. One pass over the last paragraph.
pub(super) fn trailers(message: &[u8]) -> impl Iterator<Item = RawTrailer<'_>> {
    // Nearly all messages hold no such line at all.
    let lines = block(message).split(|byte| *byte == b'\n');
    lines.filter_map(trailer).take(MAX_TRAILERS)
}

fn trailer(line: &[u8]) -> Option<RawTrailer<'_>> {
    let colon = separator(line)?;
    let key = line[..colon].trim_ascii_end();
    let (role, _) = TrailerRole::ALL.into_iter().find(|(_, known)| key.eq_ignore_ascii_case(known.as_bytes()))?;
    let value = line[colon + 1..].trim_ascii();
    let end = value.iter().rposition(|byte| *byte == b'>')? + 1;
    let open = value[..end].iter().position(|byte| *byte == b'<')?;
    let is_whole = end - open < 320 && value[open..end].contains(&b'@');
    is_whole.then_some(RawTrailer { role, actor: &value[..end] })
}

/// The last paragraph, when it is a block of trailers: it is not the first one, and it holds trailers only, or a sign-off or
/// cherry-pick line and at least a quarter of trailers.
fn block(message: &[u8]) -> &[u8] {
    let message = &message[message.len().saturating_sub(MAX_BLOCK)..];
    let (mut start, mut is_known) = (message.len(), false);
    let (mut trailer_count, mut other_count, mut continued) = (0usize, 0usize, 0usize);
    let mut has_text = false;
    while start > 0 {
        let begin = message[..start - 1].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = message[begin..start].strip_suffix(b"\n").unwrap_or(&message[begin..start]);
        if line.trim_ascii().is_empty() {
            if has_text {
                other_count += continued;
                let is_block = if is_known { trailer_count * 3 >= other_count } else { trailer_count > 0 && other_count == 0 };
                let is_title = message[..begin].trim_ascii().is_empty();
                return if is_block && !is_title { &message[start..] } else { &[] };
            }
        } else {
            has_text = true;
            let is_git = line.starts_with(b"Signed-off-by: ") || line.starts_with(b"(cherry picked from commit ");
            let is_indented = line[0].is_ascii_whitespace();
            if is_git || (!is_indented && separator(line).is_some_and(|at| at > 0)) {
                trailer_count += 1;
                is_known |= is_git;
                continued = 0;
            } else if is_indented {
                continued += 1;
            } else {
                other_count += 1 + continued;
                continued = 0;
            }
        }
        start = begin;
    }
    &[]
}

/// Position of the colon behind a key: letters, digits and dashes, then blanks.
fn separator(line: &[u8]) -> Option<usize> {
    let key = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    let blanks = line[key..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (line.get(key + blanks) == Some(&b':')).then_some(key + blanks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(message: &str) -> Vec<(TrailerRole, String)> {
        trailers(message.as_bytes()).map(|t| (t.role, String::from_utf8_lossy(t.actor).into_owned())).collect()
    }

    #[test]
    fn trailers_stand_in_the_last_paragraph() {
        let message = "Title\n\nReviewed-by: No <no@example.org>\n\nSigned-off-by: A <a@example.org>\nco-authored-BY : B <b@example.org> # x\nTested-by: nobody\nLink: https://example.org\n\n";
        assert_eq!(
            found(message),
            [(TrailerRole::SignedOff, "A <a@example.org>".into()), (TrailerRole::CoAuthor, "B <b@example.org>".into())]
        );
        assert_eq!(found("Acked-by: A <a@example.org>\n"), [], "a title is no trailer");
        assert_eq!(found("T\n\nSome text: and\nmore of it\nAcked-by: A <a@example.org>\n"), [], "text among trailers");
        let mixed = "T\n\ntext\nSigned-off-by: A <a@example.org>\nAcked-by: B <b@example.org>\n";
        assert_eq!(found(mixed).len(), 2, "a sign-off lets text stand beside it");
        assert_eq!(found("T\n\nAcked-by: A <a@example.org>\n continued\nTested-by: B <b@example.org>").len(), 2);
    }

    #[test]
    fn hostile_messages_are_bounded() {
        let many = format!("T\n\n{}", "Signed-off-by: A <a@example.org>\n".repeat(10_000));
        assert_eq!(found(&many).len(), MAX_TRAILERS.min(found(&many).len()));
        let long = format!("T\n\nSigned-off-by: A <{}@example.org>\n", "a".repeat(100_000));
        assert_eq!(found(&long), []);
        assert_eq!(found(&"\n".repeat(100_000)), []);
        let latin = trailers(b"T\n\nSigned-off-by: Ren\xe9 <r@example.org>\n").count();
        assert_eq!(latin, 1);
    }

    proptest! {
        #[test]
        fn noise_never_panics(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = trailers(&noise).count();
        }
    }
}
