//! Names of metrics and labels, checked where they are made.
//!
//! The rules are those of Prometheus' data model. The macros apply them to
//! literals at compile time, and those of its linter, such as base units, too.

use crate::desc::Kind;
use std::fmt;

/// A valid metric name: `[a-zA-Z_][a-zA-Z0-9_]*`, without the suffixes that a
/// family adds by itself.
///
/// The colon, which the data model allows, is kept for recording rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricName(Box<str>);

/// A valid label name: `[a-zA-Z_][a-zA-Z0-9_]*`, neither reserved (`__…`) nor
/// one that the exposition writes itself (`le`, `quantile`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelName(Box<str>);

/// Why a name isn't valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// A character outside the allowed set, or a digit at the start.
    #[error("`{name}` is not a valid name; use letters, digits and `_`, and no digit at the start")]
    Charset {
        /// The name as given.
        name: String,
    },
    /// A suffix that histograms and counters add to their samples.
    #[error("`{name}` ends in `{suffix}`, which is kept for the samples of a family")]
    ReservedSuffix {
        /// The name as given.
        name: String,
        /// The suffix in question.
        suffix: &'static str,
    },
    /// A counter without `_total`.
    #[error("the counter `{name}` has no `_total` at its end; call it `{name}_total`")]
    CounterWithoutTotal {
        /// The name as given.
        name: String,
    },
    /// `_total` on a metric that isn't a counter.
    #[error("`{name}` ends in `_total`, which is for counters only")]
    TotalWithoutCounter {
        /// The name as given.
        name: String,
    },
    /// An info without `_info`.
    #[error("the info `{name}` has no `_info` at its end; call it `{name}_info`")]
    InfoWithoutInfo {
        /// The name as given.
        name: String,
    },
    /// A label that Prometheus or the exposition uses itself.
    #[error("the label `{name}` is reserved; choose another name")]
    ReservedLabel {
        /// The name as given.
        name: String,
    },
    /// A namespace that makes all names start with `__`, which labels mustn't: the
    /// states of a state set have a label of its name.
    #[error(
        "the namespace `{name}` makes names start with `__`, which is reserved; choose another"
    )]
    ReservedNamespace {
        /// The name as given.
        name: String,
    },
}

const RESERVED_SUFFIXES: [&str; 5] = ["_bucket", "_count", "_sum", "_created", "_info"];

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl MetricName {
    /// Checks `name` for a family of this kind.
    ///
    /// # Errors
    ///
    /// [`NameError`] says which rule is broken.
    pub fn new(name: &str, kind: Kind) -> Result<Self, NameError> {
        let owned = || name.to_owned();
        if !is_identifier(name) {
            return Err(NameError::Charset { name: owned() });
        }
        if let Some(suffix) = RESERVED_SUFFIXES.into_iter().find(|s| name.ends_with(s)) {
            return Err(NameError::ReservedSuffix {
                name: owned(),
                suffix,
            });
        }
        match (kind == Kind::Counter, name.ends_with("_total")) {
            (true, false) => Err(NameError::CounterWithoutTotal { name: owned() }),
            (false, true) => Err(NameError::TotalWithoutCounter { name: owned() }),
            _ => Ok(Self(name.into())),
        }
    }

    /// Checks the characters of a name alone.
    pub(crate) fn identifier(name: &str) -> Result<(), NameError> {
        check_identifier(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the name of an info: one that any other kind may have, and `_info`.
pub(crate) fn check_info_name(name: &str) -> Result<(), NameError> {
    let owned = || name.to_owned();
    let base = name.strip_suffix("_info");
    let base = base.ok_or_else(|| NameError::InfoWithoutInfo { name: owned() })?;
    MetricName::new(base, Kind::Gauge).map(drop)
}

impl LabelName {
    /// Checks a label's name.
    ///
    /// # Errors
    ///
    /// [`NameError`] says which rule is broken.
    pub fn new(name: &str) -> Result<Self, NameError> {
        if !is_identifier(name) {
            return Err(NameError::Charset {
                name: name.to_owned(),
            });
        }
        if name.starts_with("__") || matches!(name, "le" | "quantile") {
            return Err(NameError::ReservedLabel {
                name: name.to_owned(),
            });
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks what stands before the names of all families: an identifier, with which
/// none of them is reserved as the name of a label.
pub(crate) fn check_namespace(namespace: &str) -> Result<(), NameError> {
    check_identifier(namespace)?;
    // It goes before a name with an underscore.
    if namespace == "_" || namespace.starts_with("__") {
        let name = namespace.to_owned();
        return Err(NameError::ReservedNamespace { name });
    }
    Ok(())
}

fn check_identifier(name: &str) -> Result<(), NameError> {
    let error = || NameError::Charset {
        name: name.to_owned(),
    };
    is_identifier(name).then_some(()).ok_or_else(error)
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for LabelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelName, MetricName, NameError, check_namespace};
    use crate::desc::Kind;

    #[test]
    fn accepts_names_of_the_data_model() {
        for name in ["a_total", "_a1_total", "A_total"] {
            assert!(MetricName::new(name, Kind::Counter).is_ok(), "{name}");
        }
        assert!(MetricName::new("queue_depth", Kind::Gauge).is_ok());
        assert!(LabelName::new("_leading").is_ok());
    }

    #[test]
    fn refuses_each_kind_of_bad_name() {
        let cases = [
            ("1a_total", Kind::Counter),
            ("", Kind::Gauge),
            ("a:b", Kind::Gauge),
            ("ä_total", Kind::Counter),
            ("a_bucket", Kind::Gauge),
            ("a_created", Kind::Gauge),
            ("requests", Kind::Counter),
            ("depth_total", Kind::Gauge),
        ];
        for (name, kind) in cases {
            assert!(MetricName::new(name, kind).is_err(), "{name}");
        }
        for name in ["le", "quantile", "__name__", "a-b", ""] {
            assert!(LabelName::new(name).is_err(), "{name}");
        }
    }

    // Mutation: `check_namespace` takes any identifier.
    #[test]
    fn a_namespace_makes_no_reserved_names() {
        for name in ["a", "_a", "a_", "a__"] {
            assert_eq!(check_namespace(name), Ok(()), "{name}");
        }
        for name in ["_", "__", "__a", "", "0a", "a-b"] {
            assert!(check_namespace(name).is_err(), "{name}");
        }
    }

    #[test]
    fn says_what_to_call_a_counter() {
        let error = MetricName::new("requests", Kind::Counter).unwrap_err();
        assert_eq!(
            error,
            NameError::CounterWithoutTotal {
                name: "requests".into()
            }
        );
        assert!(error.to_string().ends_with("call it `requests_total`"));
    }
}
