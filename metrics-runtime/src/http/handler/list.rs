//! Lists in header fields: elements with parameters and weights (RFC 9110,
//! sections 5.6 and 12.4.2).

use http::{HeaderMap, HeaderName};

/// An element of a list: `value;name=value;q=0.5`.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) value: &'a str,
    /// Names are compared without regard to case; `q` isn't among them.
    parameters: Vec<(&'a str, &'a str)>,
    /// In thousandths.
    pub(super) weight: u16,
}

impl<'a> Element<'a> {
    /// `None` for an element that can't be read, which counts for nothing.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = split(text, b';').map(str::trim);
        let value = parts.next().filter(|value| !value.is_empty())?;
        let mut element = Self {
            value,
            parameters: Vec::new(),
            weight: 1000,
        };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim(), unquoted(value.trim()));
            if name.eq_ignore_ascii_case("q") {
                element.weight = parse_weight(value)?;
            } else {
                element.parameters.push((name, value));
            }
        }
        Some(element)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

/// The elements of a field, over all of its lines. A line that isn't text
/// counts for nothing.
pub(super) fn elements<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = Element<'a>> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| split(line, b','))
        .filter_map(Element::parse)
}

/// Splits at a separator outside of quotes.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            let is_end = !quoted && byte == separator;
            quoted ^= byte == b'"' && !escaped;
            escaped = quoted && byte == b'\\' && !escaped;
            is_end
        });
        let Some((part, after)) = end.and_then(|end| text.split_at_checked(end)) else {
            rest = None;
            return Some(text);
        };
        rest = after.get(1..);
        Some(part)
    })
}

/// The text in quotes. None of the values that mean something holds a quote or
/// a backslash, so one that does is left as it is.
fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"');
    inner
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
}

/// A weight in thousandths; digits past the third are dropped.
fn parse_weight(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = digits.bytes().chain(*b"000").take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, parse_weight, split};

    #[test]
    fn weights_are_read_as_the_grammar_has_them() {
        for (text, weight) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.12345", Some(123)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("2", None),
            ("-1", None),
            ("inf", None),
            ("0.1e3", None),
            ("", None),
        ] {
            assert_eq!(parse_weight(text), weight, "{text}");
        }
    }

    // Mutation: `split` doesn't look at quotes.
    #[test]
    fn quotes_keep_separators() {
        let parts: Vec<_> = split(r#"a;x="1,2\",3",b"#, b',').collect();
        assert_eq!(parts, [r#"a;x="1,2\",3""#, "b"]);
        let element = Element::parse(r#"a ; X = "1;2" ; q=0.5"#).expect("it is valid");
        assert_eq!((element.value, element.weight), ("a", 500));
        assert_eq!(element.parameter("x"), Some("1;2"));
        assert!(split("\"", b',').eq(["\""]));
        assert!(split("", b',').eq([""]));
        assert!(split("ä,", b',').eq(["ä", ""]));
    }
}
