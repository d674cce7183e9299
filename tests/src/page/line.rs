//! One line of a page: its tokens, names and escapes.

use std::collections::BTreeMap;

use super::number::parse_number;
use super::{Fault, Kind, Sample};

/// What one line says.
#[derive(Debug)]
pub(super) enum Line {
    Help {
        name: String,
        text: String,
    },
    Type {
        name: String,
        kind: Kind,
    },
    Sample(Sample),
    /// An empty line or a comment.
    Silent,
}

/// Parses the line numbered `number`, without its line feed.
pub(super) fn parse_line(line: &str, number: usize) -> Result<Line, Fault> {
    if line.ends_with('\r') {
        return Err(Fault::CarriageReturn);
    }
    let line = line.trim_matches(BLANKS);
    match line.strip_prefix('#') {
        Some(comment) => parse_comment(comment),
        None if line.is_empty() => Ok(Line::Silent),
        None => parse_sample(line, number).map(Line::Sample),
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

fn parse_comment(comment: &str) -> Result<Line, Fault> {
    let (keyword, rest) = split_token(comment);
    match keyword {
        "HELP" => {
            let (name, text) = split_token(rest);
            let name = parse_name(name)?;
            let text = unescape(text, &['\\', 'n'])?;
            Ok(Line::Help { name, text })
        }
        "TYPE" => {
            let (name, rest) = split_token(rest);
            let name = parse_name(name)?;
            let kind = Kind::from_word(rest).ok_or_else(|| Fault::BadType(rest.to_owned()))?;
            Ok(Line::Type { name, kind })
        }
        "UNIT" => Err(Fault::OpenMetrics("a UNIT line")),
        "EOF" => Err(Fault::OpenMetrics("an EOF line")),
        _ => Ok(Line::Silent),
    }
}

fn parse_sample(line: &str, number: usize) -> Result<Sample, Fault> {
    let (name, rest) = split_name(line, |c| c == ':');
    let name = parse_name(name)?;
    let (labels, rest) = match rest.trim_start_matches(BLANKS).strip_prefix('{') {
        Some(inside) => parse_labels(inside)?,
        None if rest.starts_with(BLANKS) => (BTreeMap::new(), rest),
        None => return Err(expected("a blank after the name", rest)),
    };
    let (value, rest) = split_token(rest);
    let value = parse_number(value)?;
    let (timestamp, rest) = split_token(rest);
    let timestamp = match timestamp {
        "" => None,
        "#" => return Err(Fault::OpenMetrics("an exemplar")),
        text => Some(parse_timestamp(text)?),
    };
    if !rest.is_empty() {
        return Err(expected("the end of the line", rest));
    }
    Ok(Sample {
        name,
        labels,
        value,
        timestamp,
        line: number,
    })
}

/// Parses what follows `{`, and gives what follows `}`.
fn parse_labels(mut rest: &str) -> Result<(BTreeMap<String, String>, &str), Fault> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(BLANKS);
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((labels, after));
        }
        let (name, after) = split_name(rest, |_| false);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Fault::BadLabelName(rest.to_owned()));
        }
        let (value, after) = parse_label_value(after)?;
        if labels.insert(name.to_owned(), value).is_some() {
            return Err(Fault::RepeatedLabel(name.to_owned()));
        }
        rest = after.trim_start_matches(BLANKS);
        // The grammar allows a comma after the last label as well.
        rest = match rest.strip_prefix(',') {
            Some(after) => after,
            None if rest.starts_with('}') => rest,
            None => return Err(expected("`,` or `}`", rest)),
        };
    }
}

/// Parses `="value"`, and gives what follows.
fn parse_label_value(rest: &str) -> Result<(String, &str), Fault> {
    let rest = rest.trim_start_matches(BLANKS);
    let after = rest.strip_prefix('=');
    let after = after.ok_or_else(|| expected("`=`", rest))?;
    let after = after.trim_start_matches(BLANKS);
    let inside = after.strip_prefix('"');
    let inside = inside.ok_or_else(|| expected("`\"`", after))?;

    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' if !escaped => {
                let value = unescape(&inside[..at], &['\\', 'n', '"'])?;
                return Ok((value, &inside[at + 1..]));
            }
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Err(expected("`\"` after the label value", ""))
}

fn parse_name(name: &str) -> Result<String, Fault> {
    let (valid, rest) = split_name(name, |c| c == ':');
    if valid.is_empty() || !rest.is_empty() || valid.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Fault::BadName(name.to_owned()));
    }
    Ok(name.to_owned())
}

fn parse_timestamp(text: &str) -> Result<i64, Fault> {
    text.parse()
        .map_err(|_| Fault::BadTimestamp(text.to_owned()))
}

fn unescape(text: &str, allowed: &[char]) -> Result<String, Fault> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some(c) if allowed.contains(&c) => plain.push(c),
            c => return Err(Fault::BadEscape(c.into_iter().collect())),
        }
    }
    Ok(plain)
}

fn split_name(text: &str, also: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || also(c)));
    text.split_at(end.unwrap_or(text.len()))
}

/// The next token, and what follows the blanks after it.
fn split_token(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches(BLANKS);
    let (token, rest) = text.split_once(BLANKS).unwrap_or((text, ""));
    (token, rest.trim_start_matches(BLANKS))
}

fn expected(expected: &'static str, rest: &str) -> Fault {
    let rest = rest.to_owned();
    Fault::Expected { expected, rest }
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, fault_of};

    fn label_value(escaped: &str) -> Option<String> {
        let page = Page::parse(format!("m{{l=\"{escaped}\"}} 1\n")).expect("the page is valid");
        let sample = page.samples().next()?;
        sample.labels.get("l").cloned()
    }

    #[test]
    fn reads_blanks_as_the_grammar_has_them() {
        let page = Page::parse("\t# HELP  m  a  b \n\n#comment\n m { a = \"b\" , }1\t-5 \n");
        let page = page.expect("the page is valid");
        assert_eq!(page.value("m", &[("a", "b")]), Some(1.0));
        let sample = page.samples().next().expect("there is one sample");
        assert_eq!((sample.timestamp, sample.line), (Some(-5), 4));
        let family = page.families().next().expect("there is one family");
        assert_eq!(family.help.as_deref(), Some("a  b"));
    }

    #[test]
    fn reads_escapes() {
        assert_eq!(label_value(r#"\\ \" \n"#).as_deref(), Some("\\ \" \n"));
        let page = Page::parse("# HELP m \\\\ \" \\n\n").expect("the page is valid");
        let family = page.families().next().expect("there is one family");
        assert_eq!(family.help.as_deref(), Some("\\ \" \n"));
    }

    #[test]
    fn keeps_other_characters_of_a_label_value() {
        let raw = "\r\t\0\u{2028} {}#,=é";
        assert_eq!(label_value(raw).as_deref(), Some(raw));
    }

    #[test]
    fn refuses_an_escaped_quote_in_help() {
        assert_eq!(
            fault_of("# HELP m \\\"\n"),
            "line 1: `\\\"` is no escape here"
        );
    }

    #[test]
    fn refuses_an_unknown_escape_in_a_label_value() {
        assert_eq!(
            fault_of("m{l=\"\\t\"} 1\n"),
            "line 1: `\\t` is no escape here"
        );
    }

    #[test]
    fn refuses_a_raw_line_feed_in_a_label_value() {
        assert_eq!(
            fault_of("m{l=\"a\nb\"} 1\n"),
            "line 1: expected `\"` after the label value at ``"
        );
    }

    #[test]
    fn refuses_a_raw_quote_in_a_label_value() {
        assert_eq!(
            fault_of("m{l=\"a\"b\"} 1\n"),
            "line 1: expected `,` or `}` at `b\"} 1`"
        );
    }

    #[test]
    fn refuses_a_carriage_return_at_the_end() {
        let message = "line 1: a carriage return ends the line; lines end in a line feed alone";
        assert_eq!(fault_of("# HELP m a\r\n"), message);
        assert_eq!(fault_of("m 1\r\n"), message);
    }

    #[test]
    fn refuses_openmetrics_types() {
        assert_eq!(
            fault_of("# TYPE m stateset\n"),
            "line 1: `stateset` is no type of this format"
        );
    }

    #[test]
    fn refuses_a_type_in_capitals() {
        assert_eq!(
            fault_of("# TYPE m Counter\n"),
            "line 1: `Counter` is no type of this format"
        );
    }

    #[test]
    fn refuses_units() {
        assert_eq!(
            fault_of("# UNIT m_seconds seconds\n"),
            "line 1: a UNIT line belongs to OpenMetrics"
        );
    }

    #[test]
    fn refuses_an_end_mark() {
        assert_eq!(
            fault_of("m 1\n# EOF\n"),
            "line 2: an EOF line belongs to OpenMetrics"
        );
    }

    #[test]
    fn refuses_exemplars() {
        assert_eq!(
            fault_of("m 1 # {trace_id=\"a\"} 1\n"),
            "line 1: an exemplar belongs to OpenMetrics"
        );
    }

    #[test]
    fn refuses_a_timestamp_in_seconds() {
        assert_eq!(
            fault_of("m 1 1.5\n"),
            "line 1: `1.5` is no timestamp in milliseconds"
        );
    }

    #[test]
    fn refuses_a_fourth_token() {
        assert_eq!(
            fault_of("m 1 2 3\n"),
            "line 1: expected the end of the line at `3`"
        );
    }

    #[test]
    fn refuses_a_bad_metric_name() {
        assert_eq!(fault_of("0m 1\n"), "line 1: `0m` is no metric name");
        assert_eq!(
            fault_of("# TYPE a.b gauge\n"),
            "line 1: `a.b` is no metric name"
        );
        assert_eq!(
            fault_of("a-1 1\n"),
            "line 1: expected a blank after the name at `-1 1`"
        );
    }

    #[test]
    fn refuses_a_quoted_name() {
        assert_eq!(fault_of("{\"a.b\"} 1\n"), "line 1: `` is no metric name");
    }

    #[test]
    fn refuses_a_bad_label_name() {
        assert_eq!(
            fault_of("m{0=\"\"} 1\n"),
            "line 1: `0=\"\"} 1` is no label name"
        );
    }

    #[test]
    fn refuses_a_repeated_label_name() {
        assert_eq!(
            fault_of("m{a=\"1\",a=\"2\"} 1\n"),
            "line 1: second label `a` of one series"
        );
    }

    #[test]
    fn refuses_labels_without_equals_sign_or_quotes() {
        assert_eq!(fault_of("m{a} 1\n"), "line 1: expected `=` at `} 1`");
        assert_eq!(fault_of("m{a=1} 1\n"), "line 1: expected `\"` at `1} 1`");
    }
}
