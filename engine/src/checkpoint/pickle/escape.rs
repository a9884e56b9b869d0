//! The escapes in the texts of protocol 0.

/// What is between the quotes of a line.
pub(super) fn unquoted(line: &[u8]) -> Option<&[u8]> {
    match line.trim_ascii_end() {
        [first @ (b'\'' | b'"'), inner @ .., last] if first == last => Some(inner),
        _ => None,
    }
}

/// `\xNN`, `\n` and the like.
pub(super) fn unescape_bytes(text: &[u8]) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [escape, tail @ ..] = rest else { break };
        rest = tail;
        bytes.push(match escape {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let digits = rest.get(..2).and_then(|d| std::str::from_utf8(d).ok());
                let value = digits.and_then(|d| u8::from_str_radix(d, 16).ok()).unwrap_or(b'?');
                rest = rest.get(2..).unwrap_or_default();
                value
            }
            other => *other,
        });
    }
    bytes.into()
}

/// `\uNNNN` of protocol 0; `None` when there is nothing to do.
pub(super) fn unescape_unicode(text: &[u8]) -> Option<Box<[u8]>> {
    // Bytes above 0x7f are characters of Latin-1 there.
    if !text.contains(&b'\\') && text.is_ascii() {
        return None;
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let width = match (first, tail) {
            (b'\\', [b'u', ..]) => 4,
            (b'\\', [b'U', ..]) => 8,
            _ => {
                all.push(char::from(*first));
                continue;
            }
        };
        let digits = tail.get(1..=width).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        all.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = tail.get(width + 1..).unwrap_or_default();
    }
    Some(all.into_bytes().into())
}
