//! One line of an edge list: two numbers, eight digits at a time.

/// Why a line is no edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Something else than two numbers.
    #[error("expected two decimal numbers apart by blanks, `from to`")]
    NoEdge,
    /// A third column, such as a weight.
    #[error("expected `from to` and nothing after it: cut off weights and other columns")]
    MoreThanTwo,
    /// Node numbers are `u32`.
    #[error("a node number is above 4294967295, the limit of a u32: number the nodes anew, from 0")]
    TooLarge,
    /// No edge list looks like that.
    #[error("the line is longer than {LONGEST} bytes")]
    TooLong,
}

/// Bytes of the longest line that is still read.
pub const LONGEST: usize = 1 << 16;

/// Appends the edges of all lines of `text`, which begins and ends with a line. Errors come with the number of the line in
/// `text`, from 1.
pub fn read(mut text: &[u8], edges: &mut Vec<(u32, u32)>) -> Result<(), (u64, LineError)> {
    let mut lines = 0;
    while !text.is_empty() {
        lines += 1;
        if let Some((edge, rest)) = plain_line(text) {
            edges.push(edge);
            text = rest;
            continue;
        }
        let end = text.iter().take(LONGEST + 1).position(|byte| *byte == b'\n').unwrap_or(text.len());
        if end > LONGEST {
            return Err((lines, LineError::TooLong));
        }
        edges.extend(any_line(&text[..end]).map_err(|error| (lines, error))?);
        text = text.get(end + 1..).unwrap_or_default();
    }
    Ok(())
}

/// The line nearly all lines are: digits, one blank or tab, digits, line feed. `None` leaves it to [`any_line`].
fn plain_line(text: &[u8]) -> Option<((u32, u32), &[u8])> {
    let (from, rest) = short_number(text)?;
    let rest = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"\t"))?;
    let (to, rest) = short_number(rest)?;
    Some(((from, to), rest.strip_prefix(b"\n")?))
}

/// A number of at most 9 digits, with at least 8 bytes of text from its beginning on.
fn short_number(text: &[u8]) -> Option<(u32, &[u8])> {
    let word = u64::from_le_bytes(*text.first_chunk()?) ^ 0x3030_3030_3030_3030;
    // The high bit of every byte that is above 9; a carry only spoils bytes behind the first such byte.
    let others = (word | word.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    let digits = (others.trailing_zeros() / 8) as usize;
    if digits == 0 {
        return None;
    }
    // Digits to the high end, zeros before them; then pairs, fours, eights.
    let word = word << (64 - 8 * digits as u32);
    let word = (word.wrapping_mul(10).wrapping_add(word >> 8)) & 0x00ff_00ff_00ff_00ff;
    let word = (word.wrapping_mul(100).wrapping_add(word >> 16)) & 0x0000_ffff_0000_ffff;
    let number = (word.wrapping_mul(10_000).wrapping_add(word >> 32)) as u32;
    let rest = text.get(digits..)?;
    if digits < 8 {
        return Some((number, rest));
    }
    match rest {
        [digit @ b'0'..=b'9', after @ ..] => match after {
            [b'0'..=b'9', ..] => None,
            _ => Some((number * 10 + u32::from(digit - b'0'), after)),
        },
        _ => Some((number, rest)),
    }
}

/// Any line; `None` if it is a comment.
fn any_line(line: &[u8]) -> Result<Option<(u32, u32)>, LineError> {
    let line = line.trim_ascii();
    if matches!(line.first(), None | Some(b'#' | b'%')) {
        return Ok(None);
    }
    let mut words = line.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let (from, to) = (number(words.next())?, number(words.next())?);
    words.next().map_or(Ok(Some((from, to))), |_| Err(LineError::MoreThanTwo))
}

fn number(word: Option<&[u8]>) -> Result<u32, LineError> {
    let word = word.filter(|word| word.iter().all(u8::is_ascii_digit)).ok_or(LineError::NoEdge)?;
    word.iter()
        .try_fold(0u32, |number, digit| number.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
        .ok_or(LineError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(text: &str) -> Result<Vec<(u32, u32)>, (u64, LineError)> {
        let mut edges = Vec::new();
        read(text.as_bytes(), &mut edges).map(|()| edges)
    }

    #[test]
    fn every_length_of_number_is_read() {
        for digits in 1..=9 {
            let number: u32 = "123456789"[..digits].parse().expect("a number");
            let text = format!("{number} {number}\n{number}\t0\n0 {number}\n");
            assert_eq!(edges(&text), Ok(vec![(number, number), (number, 0), (0, number)]), "{text}");
        }
        assert_eq!(edges("4294967295 1000000000\n"), Ok(vec![(u32::MAX, 1_000_000_000)]));
        assert_eq!(edges("00000000000000000007 007\n"), Ok(vec![(7, 7)]));
    }

    #[test]
    fn comments_blanks_and_line_ends_are_forgiven() {
        let text = "# a comment\n%%MatrixMarket\n\n1 2\r\n  3\t \t4  \r\n\t# indented\n5 6";
        assert_eq!(edges(text), Ok(vec![(1, 2), (3, 4), (5, 6)]));
        assert_eq!(edges(""), Ok(vec![]));
        assert_eq!(edges("\n\n"), Ok(vec![]));
    }

    #[test]
    fn other_lines_are_refused_with_their_number() {
        assert_eq!(edges("1 2\n3\n"), Err((2, LineError::NoEdge)));
        assert_eq!(edges("1 2\n# x\nx 3\n"), Err((3, LineError::NoEdge)));
        assert_eq!(edges("-1 2\n"), Err((1, LineError::NoEdge)));
        assert_eq!(edges("1,2\n"), Err((1, LineError::NoEdge)));
        assert_eq!(edges("1 2 0.5\n"), Err((1, LineError::MoreThanTwo)));
        assert_eq!(edges("1 4294967296\n"), Err((1, LineError::TooLarge)));
        assert_eq!(edges("99999999999999999999999 1\n"), Err((1, LineError::TooLarge)));
        assert_eq!(edges(&format!("1 1\n#{}\n", "x".repeat(LONGEST))), Err((2, LineError::TooLong)));
        assert_eq!(edges("1\u{0} 2\n"), Err((1, LineError::NoEdge)));
    }
}
