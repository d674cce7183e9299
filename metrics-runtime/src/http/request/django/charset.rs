//! The charset of a response, of which there are few.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// What Django says of a response that doesn't.
const DEFAULT: &str = "utf-8";

/// Those that the web is written in, by the WHATWG's names; a response may have
/// anything else from upstream, which is `other`.
const KNOWN: [&str; 16] = [
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "koi8-r",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
];

/// The charset that the head of a response gives.
pub(super) fn charset_of(headers: &HeaderMap) -> &'static str {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let parameters = kind.into_iter().flat_map(|kind| kind.split(';').skip(1));
    let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let given = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    given.map_or(DEFAULT, |(_, value)| {
        let value = value.trim().trim_matches('"');
        let mut known = KNOWN.iter();
        let known = known.find(|known| known.eq_ignore_ascii_case(value));
        known.copied().unwrap_or("other")
    })
}

#[cfg(test)]
mod tests {
    use super::charset_of;
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderValue};

    // Mutation: `charset_of` gives the value as it is.
    #[test]
    fn charsets_are_few() {
        for (kind, expected) in [
            ("text/html; charset=UTF-8", "utf-8"),
            ("text/html;a=b;CharSet=\"ISO-8859-1\"", "iso-8859-1"),
            ("application/json", "utf-8"),
            ("text/html; charset=x-1", "other"),
            ("text/html; charset", "utf-8"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            assert_eq!(charset_of(&headers), expected, "{kind}");
        }
        assert_eq!(charset_of(&HeaderMap::new()), "utf-8");
    }
}
