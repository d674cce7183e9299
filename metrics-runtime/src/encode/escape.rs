//! Escapes of the text format: one routine for label values, one for help.

use super::Sink;

/// Writes a label value: backslash, double quote and line feed are escaped,
/// everything else stands as it is.
pub(crate) fn label_value(out: &mut impl Sink, value: &str) {
    escape(out, value, is_special_byte);
}

fn is_special_byte(byte: u8) -> bool {
    matches!(byte, b'\\' | b'"' | b'\n')
}

/// Whether a label value has something to escape.
pub(crate) fn is_special(value: &str) -> bool {
    value.bytes().any(is_special_byte)
}

/// The character that stands behind a backslash in a label value.
pub(crate) fn unescaped(escaped: char) -> char {
    if escaped == 'n' { '\n' } else { escaped }
}

/// Writes a help text: backslash and line feed are escaped; a double quote
/// isn't, unlike in OpenMetrics.
pub(super) fn help(out: &mut impl Sink, text: &str) {
    escape(out, text, |byte| matches!(byte, b'\\' | b'\n'));
}

fn escape(out: &mut impl Sink, text: &str, special: impl Fn(u8) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(&special) {
        let (plain, tail) = rest.split_at(at);
        out.text(plain);
        out.text("\\");
        // Special bytes are ASCII, so the next character is one byte long.
        let (escaped, tail) = tail.split_at(1);
        out.text(if escaped == "\n" { "n" } else { escaped });
        rest = tail;
    }
    out.text(rest);
}

#[cfg(test)]
mod tests {
    #[test]
    fn label_values_escape_three_characters_and_nothing_else() {
        let mut out = String::new();
        super::label_value(&mut out, "a\\b\"c\nd\re\tf\0g\u{2028}ü");
        assert_eq!(out, "a\\\\b\\\"c\\nd\re\tf\0g\u{2028}ü");
    }

    #[test]
    fn help_leaves_quotes_alone() {
        let mut out = String::new();
        super::help(&mut out, "a\\b\"c\nd");
        assert_eq!(out, "a\\\\b\"c\\nd");
    }
}
