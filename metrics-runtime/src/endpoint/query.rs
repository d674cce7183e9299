//! What `/api` is asked for.

use crate::FamilyKind;
use crate::http::handler::query::decoded;
use crate::snapshot::{FamilySnapshot, SeriesSnapshot};

/// Most names of a query, and most labels.
pub(super) const MOST: usize = 128;

/// Which families and series are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Names, in which a `*` stands for anything; all families if there are none.
    names: Vec<String>,
    /// Labels and their values, which a series has all of.
    labels: Vec<(String, String)>,
    kind: Option<FamilyKind>,
}

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum QueryError {
    #[error("the query has more than {MOST} of them; ask for fewer, or use `*` in names")]
    TooMany,
    #[error("the query isn't UTF-8 in percent-encoding; encode `%` as `%25`")]
    Encoding,
    #[error("unknown parameter `{0}`; expected one of `name`, `label`, `kind`")]
    Unknown(String),
    #[error("`label={0}` isn't a label and its value; write `label=key=value`")]
    Label(String),
    #[error(
        "unknown kind `{0}`; expected one of `counter`, `gauge`, `histogram`, `summary`, `info`, \
         `stateset`, `unknown`"
    )]
    Kind(String),
    #[error("`kind` is given twice; give it once")]
    KindTwice,
}

impl Filter {
    pub(super) fn parse(query: &str) -> Result<Self, QueryError> {
        let mut filter = Self::default();
        let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
        for parameter in parameters {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let key = decoded(key).ok_or(QueryError::Encoding)?;
            let value = decoded(value).ok_or(QueryError::Encoding)?;
            match key.as_str() {
                "name" => filter.names.push(value),
                "label" => match value.split_once('=') {
                    Some((name, value)) if is_label(name) => {
                        filter.labels.push((name.to_owned(), value.to_owned()));
                    }
                    _ => return Err(QueryError::Label(value)),
                },
                "kind" => {
                    let mut kinds = FamilyKind::ALL.iter();
                    let kind = kinds.find(|kind| kind.as_str() == value);
                    let kind = kind.ok_or(QueryError::Kind(value))?;
                    if filter.kind.replace(*kind).is_some() {
                        return Err(QueryError::KindTwice);
                    }
                }
                _ => return Err(QueryError::Unknown(key)),
            }
            if filter.names.len().max(filter.labels.len()) > MOST {
                return Err(QueryError::TooMany);
            }
        }
        Ok(filter)
    }

    /// Whether a family is wanted, as far as that depends on itself.
    pub(super) fn has_family(&self, family: &FamilySnapshot) -> bool {
        let named = |name: &String| matches(name.as_bytes(), family.name.as_bytes());
        (self.names.is_empty() || self.names.iter().any(named))
            && self.kind.is_none_or(|kind| kind == family.kind)
    }

    /// Whether a series is wanted, as far as that depends on itself.
    pub(super) fn has_series(&self, series: &SeriesSnapshot) -> bool {
        let mut labels = self.labels.iter();
        labels.all(|(name, value)| series.label(name) == Some(value))
    }

    /// Whether families are wanted of which no series is.
    pub(super) fn has_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// Whether this can be the name of a label.
fn is_label(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(plain)
}

/// Whether a text is of a pattern in which `*` stands for anything. In time that grows
/// with the product of their lengths at most.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // After the last star: where to go on in the pattern, and where it has matched to.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, seen));
            }
            Some(own) if Some(own) == text.get(seen) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after, to)) = star else {
                    return false;
                };
                at = after;
                seen = to + 1;
                star = Some((after, seen));
            }
        }
    }
    pattern.iter().skip(at).all(|&rest| rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::{Filter, MOST, QueryError, matches};
    use crate::FamilyKind;

    // Mutation: `matches` never goes back to a star.
    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text) in [
            ("http_*", "http_requests_total"),
            ("*_total", "http_total_requests_total"),
            ("*", ""),
            ("a*b*c", "aXbXbXc"),
            ("**a**", "a"),
            ("abc", "abc"),
        ] {
            assert!(matches(pattern.as_bytes(), text.as_bytes()), "{pattern}");
        }
        for (pattern, text) in [
            ("http", "http_"),
            ("", "a"),
            ("*_total", "total"),
            ("a*b", "ac"),
            ("a*b*c", "abd"),
            ("?", "a"),
        ] {
            assert!(!matches(pattern.as_bytes(), text.as_bytes()), "{pattern}");
        }
    }

    // Mutation: a `label` replaces the one before.
    #[test]
    fn parameters_repeat_and_are_decoded() {
        let query = "name=a*&name=b%5Fc&label=x=1=2&label=y=&kind=gauge&";
        let filter = Filter::parse(query).expect("it is valid");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(filter.names, ["a*", "b_c"]);
        assert_eq!(filter.labels, [pair("x", "1=2"), pair("y", "")]);
        assert_eq!(filter.kind, Some(FamilyKind::Gauge));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |query: &str| Filter::parse(query).expect_err("it isn't valid");
        assert_eq!(error("nam=x"), QueryError::Unknown("nam".to_owned()));
        for label in ["x", "", "=x", "1=x", "a-b=x"] {
            let told = error(&format!("label={label}"));
            assert_eq!(told, QueryError::Label(label.to_owned()));
        }
        assert_eq!(error("kind=x"), QueryError::Kind("x".to_owned()));
        assert_eq!(error("kind=info&kind=info"), QueryError::KindTwice);
        assert_eq!(error("name=%zz"), QueryError::Encoding);
        let many = |count: usize| Filter::parse(&vec!["name=a&label=b=c"; count].join("&")).err();
        assert_eq!(many(MOST), None);
        assert_eq!(many(MOST + 1), Some(QueryError::TooMany));
    }
}
