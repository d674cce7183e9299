//! Which format is asked for: Prometheus' content negotiation,
//! <https://prometheus.io/docs/instrumenting/content_negotiation/>.

use super::list::{Element, elements};
use crate::Format;
use http::HeaderMap;
use http::header::ACCEPT;
use std::cmp::Reverse;

/// A protocol that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Text004,
    /// Its bytes are those of 0.0.4: all of our names are legacy names, which
    /// stand without quotes in both.
    Text100,
    OpenMetrics100,
    Protobuf,
}

/// How names that aren't legacy names are written. All of ours are, so the bytes
/// are equal for every scheme but `dots`, which doubles underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    AllowUtf8,
    Underscores,
    Values,
}

/// What a page is answered as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Negotiated {
    pub(super) protocol: Protocol,
    /// As the chosen media range had it.
    pub(super) escaping: Option<Escaping>,
}

impl Protocol {
    /// What a wildcard prefers first.
    const ALL: [Self; 4] = [
        Self::Text004,
        Self::OpenMetrics100,
        Self::Protobuf,
        Self::Text100,
    ];

    const fn media_type(self) -> (&'static str, &'static str) {
        match self {
            Self::Text004 | Self::Text100 => ("text", "plain"),
            Self::OpenMetrics100 => ("application", "openmetrics-text"),
            Self::Protobuf => ("application", "vnd.google.protobuf"),
        }
    }

    /// How closely a media range names this protocol: zero for `*/*`, more for
    /// each part that it names.
    fn named_by(self, range: &Element<'_>) -> Option<u8> {
        let (kind, subtype) = self.media_type();
        match range.value.split_once('/')? {
            ("*", "*") => return Some(0),
            (own, "*") if own.eq_ignore_ascii_case(kind) => return Some(1),
            (own, name) if own.eq_ignore_ascii_case(kind) && name.eq_ignore_ascii_case(subtype) => {
            }
            _ => return None,
        }
        if self == Self::Protobuf {
            let message = range.parameter("proto")? == "io.prometheus.client.MetricFamily";
            let delimited = range.parameter("encoding")? == "delimited";
            return (message && delimited).then_some(3);
        }
        match (self, range.parameter("version")) {
            // Without a version it is the oldest one that there is (OpenMetrics
            // 1.0, "Overall Structure"): we speak no 0.0.1, which Go answers.
            (Self::Text004 | Self::Text100 | Self::OpenMetrics100, None)
            | (Self::Text004, Some("0.0.4"))
            | (Self::Text100 | Self::OpenMetrics100, Some("1.0.0")) => {
                Some(2 + u8::from(range.parameter("version").is_some()))
            }
            _ => None,
        }
    }
}

impl Escaping {
    /// `None` for a scheme that doesn't exist, as if there was none.
    fn parse(word: &str) -> Option<Self> {
        match word {
            "allow-utf-8" => Some(Self::AllowUtf8),
            // A name with an underscore has two of them in `dots`; we answer with
            // another scheme, as a target may.
            "underscores" | "dots" => Some(Self::Underscores),
            "values" => Some(Self::Values),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Values => "values",
        }
    }
}

impl Negotiated {
    pub(super) const fn of(format: Format) -> Self {
        let protocol = match format {
            Format::Text => Protocol::Text004,
            Format::OpenMetrics => Protocol::OpenMetrics100,
            Format::Protobuf => Protocol::Protobuf,
        };
        Self {
            protocol,
            escaping: None,
        }
    }

    pub(super) const fn format(self) -> Format {
        match self.protocol {
            Protocol::Text004 | Protocol::Text100 => Format::Text,
            Protocol::OpenMetrics100 => Format::OpenMetrics,
            Protocol::Protobuf => Format::Protobuf,
        }
    }

    /// The media type. The scheme of escaping is a parameter of the text format
    /// from 1.0.0 on, always; OpenMetrics 1.0.0 and protobuf, which are older than
    /// schemes, get it where the media range has it (content negotiation, "Content
    /// Type Response").
    pub(super) fn content_type(self) -> String {
        let escaping = self.escaping.map(Escaping::as_str);
        match (self.protocol, escaping) {
            (Protocol::Text100, escaping) => {
                let escaping = escaping.unwrap_or("underscores");
                format!("text/plain; version=1.0.0; charset=utf-8; escaping={escaping}")
            }
            (Protocol::OpenMetrics100 | Protocol::Protobuf, Some(escaping)) => {
                format!("{}; escaping={escaping}", self.format().content_type())
            }
            _ => self.format().content_type().to_owned(),
        }
    }
}

/// The best of what the request accepts; text 0.0.4 if we have nothing of it.
///
/// For each protocol the range that names it most closely decides (RFC 9110,
/// section 12.5.1). The highest weight wins; of equal ones a type that is named
/// before a wildcard, then what stands first.
pub(super) fn negotiate(headers: &HeaderMap) -> Negotiated {
    let ranges: Vec<Element<'_>> = elements(headers, &ACCEPT).collect();
    let mut best = None;
    for protocol in Protocol::ALL {
        let named = ranges.iter().enumerate();
        let named = named.filter_map(|(place, range)| {
            let closeness = protocol.named_by(range)?;
            Some((closeness, Reverse(place), range))
        });
        let closest = named.max_by_key(|(closeness, place, _)| (*closeness, *place));
        let Some((closeness, place, range)) = closest.filter(|(.., range)| range.weight > 0) else {
            continue;
        };
        let rank = (range.weight, closeness.min(2), place);
        // Not `>=`: of two protocols that one range names the first is preferred.
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            let escaping = range.parameter("escaping").and_then(Escaping::parse);
            best = Some((rank, Negotiated { protocol, escaping }));
        }
    }
    best.map_or(Negotiated::of(Format::Text), |(_, best)| best)
}

/// Whether a person with a browser asks.
pub(super) fn is_browser(headers: &HeaderMap) -> bool {
    elements(headers, &ACCEPT).any(|range| range.value.eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::{is_browser, negotiate};
    use http::header::ACCEPT;
    use http::{HeaderMap, HeaderValue};

    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    const TEXT1: &str = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores";
    const OPEN: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const OPEN_UTF8: &str =
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8";
    const PROTO: &str = "application/vnd.google.protobuf; \
                         proto=io.prometheus.client.MetricFamily; encoding=delimited";

    fn answered(lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line).expect("it may stand in a header");
            headers.append(ACCEPT, line);
        }
        negotiate(&headers).content_type()
    }

    #[track_caller]
    fn check(accept: &str, expected: &str) {
        assert_eq!(answered(&[accept.as_bytes()]), expected, "{accept}");
    }

    // H2, H8. As captured from the wire of Prometheus 2.42 and VictoriaMetrics
    // 1.79, and as Prometheus' source computes them.
    // Mutation: `named_by` takes version 0.0.1 of OpenMetrics, or no `encoding`.
    #[test]
    fn answers_what_scrapers_ask_for() {
        check(
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            OPEN,
        );
        check(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            PROTO,
        );
        check("text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT);
        check(
            "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OPEN,
        );
        check(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            PROTO,
        );
        check(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OPEN_UTF8,
        );
        check(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            PROTO,
        );
    }

    // H3.
    // Mutation: `negotiate` doesn't ask for a weight above zero.
    #[test]
    fn the_highest_weight_wins_and_zero_excludes() {
        check("text/plain;q=0.4,application/openmetrics-text;q=0.5", OPEN);
        check("text/plain;q=0.5,application/openmetrics-text;q=0.4", TEXT);
        check("text/plain;q=0,*/*", OPEN);
        check("text/plain;version=0.0.4;q=0,text/plain", TEXT1);
        check("application/openmetrics-text;q=0", TEXT);
        check("application/openmetrics-text;q=0,application/*", PROTO);
        check("*/*;q=0", TEXT);
        // Ties: what is named before wildcards, then what stands first.
        check("text/plain,application/openmetrics-text", TEXT);
        check("application/openmetrics-text,text/plain", OPEN);
        check("*/*,application/openmetrics-text", OPEN);
        check("application/*", OPEN);
        check("text/*", TEXT);
        check("*/*", TEXT);
    }

    // H3.
    // Mutation: `elements` looks at the first line only.
    #[test]
    fn lines_of_the_header_are_one_list() {
        assert_eq!(
            answered(&[b"text/plain;q=0.1", b"application/openmetrics-text"]),
            OPEN
        );
        assert_eq!(
            answered(&[b"\xff", b"application/openmetrics-text"]),
            OPEN,
            "a line that isn't text"
        );
    }

    // H4, H15.
    // Mutation: `negotiate` falls back to another format.
    #[test]
    fn nothing_known_is_text() {
        assert_eq!(answered(&[]), TEXT);
        for accept in [
            "",
            ",,;;,",
            "image/png",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/openmetrics-text;version=0.0.1",
            "text/plain;version=2.0.0",
            "application/openmetrics-text;q=x",
            "application/openmetrics-text;q=1.5",
            "application/openmetrics-text;q=\"",
            "application/vnd.google.protobuf",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
            "application/vnd.google.protobuf;proto=other.Message;encoding=delimited",
            "/",
            "*",
            "*/plain",
            "\"",
            "=;=,=",
        ] {
            check(accept, TEXT);
        }
        check(&"a/b;".repeat(10_000), TEXT);
        check(&"*/*,".repeat(10_000), TEXT);
    }

    // H5.
    // Mutation: `named_by` gives nothing without a version.
    #[test]
    fn without_a_version_the_oldest_is_meant() {
        check("application/openmetrics-text", OPEN);
        check("Application/OpenMetrics-Text; Version=\"1.0.0\"", OPEN);
        check("text/plain", TEXT);
    }

    // H6, H7.
    // Mutation: `content_type` takes the scheme from the header as it stands.
    #[test]
    fn schemes_are_answered_and_never_echoed() {
        let open = |escaping: &str| {
            format!("application/openmetrics-text;version=1.0.0;escaping={escaping}")
        };
        for scheme in ["allow-utf-8", "underscores", "values"] {
            check(&open(scheme), &format!("{OPEN}; escaping={scheme}"));
        }
        check(&open("dots"), &format!("{OPEN}; escaping=underscores"));
        check(&open("evil"), OPEN);
        check("text/plain;version=1.0.0", TEXT1);
        check("text/plain;version=1.0.0;escaping=evil", TEXT1);
        check("text/plain;version=1.0.0;escaping=dots", TEXT1);
        check(
            "text/plain;version=1.0.0;escaping=values",
            "text/plain; version=1.0.0; charset=utf-8; escaping=values",
        );
        check("text/plain;version=0.0.4;escaping=values", TEXT);
    }

    #[test]
    fn browsers_ask_for_html() {
        let mut headers = HeaderMap::new();
        assert!(!is_browser(&headers));
        headers.insert(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"));
        assert!(is_browser(&headers));
    }
}
