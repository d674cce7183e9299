//! What the query asks for: `name[]` and `format`.

use crate::Format;
use std::collections::BTreeSet;

/// Longest query in bytes.
const LONGEST: usize = 64 * 1_024;

/// Most parameters of a query.
const MOST: usize = 1_024;

/// What a query says; parameters that we don't know say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The families to serve, by their names or those of their samples; all if
    /// there are none.
    pub(super) names: Option<BTreeSet<String>>,
    /// Instead of what `Accept` says.
    pub(super) format: Option<Format>,
}

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum QueryError {
    #[error("the query is longer than {LONGEST} bytes; ask for fewer names")]
    TooLong,
    #[error("the query has more than {MOST} parameters; ask for fewer names")]
    TooMany,
    #[error("a `{0}` isn't UTF-8 in percent-encoding; encode `%` as `%25`")]
    Encoding(&'static str),
    #[error("unknown `format`; expected one of `text`, `openmetrics`, `protobuf`")]
    Format,
    #[error("`format` is given twice; give it once")]
    FormatTwice,
}

impl Query {
    pub(super) fn parse(query: &str) -> Result<Self, QueryError> {
        if query.len() > LONGEST {
            return Err(QueryError::TooLong);
        }
        let mut parsed = Self::default();
        for (index, parameter) in query.split('&').enumerate() {
            if index >= MOST {
                return Err(QueryError::TooMany);
            }
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match decoded(key).as_deref() {
                Some("name[]") => {
                    let name = decoded(value).ok_or(QueryError::Encoding("name[]"))?;
                    parsed.names.get_or_insert_default().insert(name);
                }
                Some("format") => {
                    let word = decoded(value).ok_or(QueryError::Encoding("format"))?;
                    let mut formats = Format::ALL.iter();
                    let format = formats.find(|format| format.as_str() == word);
                    let format = format.ok_or(QueryError::Format)?;
                    if parsed.format.replace(*format).is_some() {
                        return Err(QueryError::FormatTwice);
                    }
                }
                _ => {}
            }
        }
        Ok(parsed)
    }
}

/// A component of a form (`+` is a space); `None` if it isn't valid.
pub(crate) fn decoded(component: &str) -> Option<String> {
    let mut bytes = component.bytes();
    let mut out = Vec::with_capacity(component.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, MOST, Query, QueryError};
    use crate::Format;

    fn names(query: &str) -> Vec<String> {
        let names = Query::parse(query).expect("the query is valid").names;
        names.into_iter().flatten().collect()
    }

    // H11.
    // Mutation: `decoded` leaves keys as they are, or a `name[]` replaces others.
    #[test]
    fn names_repeat_and_are_decoded() {
        let query = "name[]=b&x&name%5B%5D=%61_%C3%A4&name%5b%5D=c+d&name=e&=&&%=1&x=%zz";
        assert_eq!(names(query), ["a_ä", "b", "c d"]);
        assert_eq!(Query::parse(""), Ok(Query::default()));
        assert_eq!(names("name[]="), [""]);
    }

    // H11, H15.
    // Mutation: `parse` compares with `>=` or with another number.
    #[test]
    fn limits_are_exact() {
        let query = |len: usize| Query::parse(&"x".repeat(len)).err();
        assert_eq!(query(LONGEST), None);
        assert_eq!(query(LONGEST + 1), Some(QueryError::TooLong));
        let query = |count: usize| Query::parse(&vec!["name[]=x"; count].join("&")).err();
        assert_eq!(query(MOST), None);
        assert_eq!(query(MOST + 1), Some(QueryError::TooMany));
    }

    // H15.
    // Mutation: `decoded` reads past the end, or takes `+1` for a number.
    #[test]
    fn malformed_names_are_refused() {
        for value in ["%", "%4", "%zz", "%+1", "%ff", "%C3"] {
            let parsed = Query::parse(&format!("name[]={value}"));
            assert_eq!(parsed, Err(QueryError::Encoding("name[]")), "{value}");
        }
    }

    #[test]
    fn a_format_is_one_of_the_words() {
        for format in Format::ALL {
            let query = Query::parse(&format!("format={}", format.as_str()));
            assert_eq!(query.map(|query| query.format), Ok(Some(*format)));
        }
        for query in ["format=", "format", "format=Text", "format=html"] {
            assert_eq!(Query::parse(query), Err(QueryError::Format), "{query}");
        }
        assert_eq!(
            Query::parse("format=text&format=text"),
            Err(QueryError::FormatTwice)
        );
        assert_eq!(
            QueryError::Format.to_string(),
            "unknown `format`; expected one of `text`, `openmetrics`, `protobuf`"
        );
    }
}
