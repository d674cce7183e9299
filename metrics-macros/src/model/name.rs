//! Names of metrics, labels and models.
//!
//! The rules are those of Prometheus' data model and of `promtool check
//! metrics`; each function returns what is wrong and what to do.

use crate::attribute::Kind;

/// Units that have a base unit, and that unit.
const UNITS: [(&str, &str); 34] = [
    ("s", "seconds"),
    ("sec", "seconds"),
    ("ms", "seconds"),
    ("us", "seconds"),
    ("ns", "seconds"),
    ("h", "seconds"),
    ("kb", "bytes"),
    ("mb", "bytes"),
    ("gb", "bytes"),
    ("tb", "bytes"),
    ("pb", "bytes"),
    ("b", "bytes"),
    ("nanoseconds", "seconds"),
    ("microseconds", "seconds"),
    ("milliseconds", "seconds"),
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("weeks", "seconds"),
    ("bits", "bytes"),
    ("kilobytes", "bytes"),
    ("megabytes", "bytes"),
    ("gigabytes", "bytes"),
    ("terabytes", "bytes"),
    ("petabytes", "bytes"),
    ("percent", "ratio"),
    ("percents", "ratio"),
    ("fahrenheit", "celsius"),
    ("kelvins", "celsius"),
    ("inches", "meters"),
    ("yards", "meters"),
    ("miles", "meters"),
    ("kilometers", "meters"),
    ("millivolts", "volts"),
];

const RESERVED_SUFFIXES: [&str; 5] = ["_bucket", "_count", "_sum", "_created", "_info"];

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn charset(name: &str) -> String {
    format!(
        "`{name}` is not a valid name; use ASCII letters, digits and `_`, and no digit at the start"
    )
}

fn is_camel_case(name: &str) -> bool {
    let bytes = name.as_bytes();
    let hump = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    bytes.windows(2).any(hump)
}

/// The base unit of a unit that isn't one itself.
pub(super) fn base_of_unit(unit: &str) -> Option<&'static str> {
    let mut units = UNITS.iter();
    units
        .find(|(known, _)| *known == unit)
        .map(|(_, base)| *base)
}

/// Checks the name of a family of this kind.
pub(crate) fn check_metric_name(name: &str, kind: Kind) -> Result<(), String> {
    if !is_identifier(name) {
        return Err(charset(name));
    }
    if is_camel_case(name) {
        return Err(format!("`{name}` is in camel case; write it in snake case"));
    }
    if let Some(suffix) = RESERVED_SUFFIXES.iter().find(|s| name.ends_with(**s)) {
        let message = "which is kept for the samples of a family; end it otherwise";
        return Err(format!("`{name}` ends in `{suffix}`, {message}"));
    }
    let stem = name.strip_suffix("_total");
    match (kind, stem) {
        (Kind::Counter, None) => {
            let message = "has no `_total` at its end";
            return Err(format!(
                "the counter `{name}` {message}; call it `{name}_total`"
            ));
        }
        (Kind::Duration, Some(stem)) => {
            let message = "which is for counters only";
            return Err(format!(
                "`{name}` ends in `_total`, {message}; call it `{stem}_seconds`"
            ));
        }
        (Kind::Gauge | Kind::Histogram | Kind::InProgress, Some(stem)) => {
            let message = "which is for counters only";
            return Err(format!(
                "`{name}` ends in `_total`, {message}; call it `{stem}`"
            ));
        }
        _ => {}
    }
    // Where a unit stands; elsewhere in a name the same word means other things.
    let last = stem.unwrap_or(name).rsplit('_').next().unwrap_or_default();
    match base_of_unit(last) {
        Some(base) => {
            let message = "which isn't a base unit";
            Err(format!("`{name}` is in {last}, {message}; use `{base}`"))
        }
        None => Ok(()),
    }
}

/// Checks what stands before the names of an attribute's families.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), String> {
    if is_identifier(prefix) && !prefix.ends_with('_') {
        Ok(())
    } else {
        let message =
            "use ASCII letters, digits and `_`, with no digit at the start and no `_` at the end";
        Err(format!("`{prefix}` is not a valid prefix; {message}"))
    }
}

/// Checks the name of a label beside those that the toolkit fills in.
pub(crate) fn check_label_name(name: &str) -> Result<(), String> {
    if name == "outcome" {
        let message = "is filled in already; remove it or choose another name";
        return Err(format!("the label `{name}` {message}"));
    }
    check_label_charset(name)
}

/// Checks the name of a label.
pub(crate) fn check_label_charset(name: &str) -> Result<(), String> {
    if !is_identifier(name) {
        return Err(charset(name));
    }
    if name.starts_with("__") {
        let message = "is reserved for Prometheus; leave the `__` away";
        return Err(format!("the label `{name}` {message}"));
    }
    match name {
        "le" | "quantile" => {
            let message = "is written by the exposition itself; choose another name";
            Err(format!("the label `{name}` {message}"))
        }
        _ => Ok(()),
    }
}

/// The model of a repository type: its name less a trailing role.
///
/// The runtime has the same rule for types that are known at run time only.
pub(crate) fn model_of_type(name: &str) -> &str {
    ["Repository", "Repo", "Store", "Dao"]
        .into_iter()
        .find_map(|role| name.strip_suffix(role))
        .filter(|model| !model.is_empty())
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{check_label_name, check_metric_name, check_prefix, model_of_type};
    use crate::attribute::Kind;

    #[test]
    fn accepts_good_names() {
        for name in [
            "logins_total",
            "sent_bytes_total",
            "_x_total",
            "items_total",
        ] {
            assert_eq!(check_metric_name(name, Kind::Counter), Ok(()));
        }
        for name in ["checkout_seconds", "duration", "terms"] {
            assert_eq!(check_metric_name(name, Kind::Duration), Ok(()));
        }
        assert_eq!(check_label_name("method"), Ok(()));
        assert_eq!(check_prefix("blog"), Ok(()));
    }

    #[test]
    fn refuses_bad_names() {
        for name in [
            "",
            "1_total",
            "a-b_total",
            "aB_total",
            "logins",
            "sent_kb_total",
            "a_count",
        ] {
            assert!(check_metric_name(name, Kind::Counter).is_err(), "{name}");
        }
        for name in [
            "call_ms",
            "calls_total",
            "calls_sum",
            "call_s",
            "call_hours",
        ] {
            assert!(check_metric_name(name, Kind::Duration).is_err(), "{name}");
        }
        for name in ["le", "quantile", "__x", "outcome", "a-b"] {
            assert!(check_label_name(name).is_err(), "{name}");
        }
        for prefix in ["", "a_", "1", "a-b"] {
            assert!(check_prefix(prefix).is_err(), "{prefix}");
        }
    }

    #[test]
    fn a_model_is_the_type_less_its_role() {
        assert_eq!(model_of_type("UserRepository"), "User");
        assert_eq!(model_of_type("Store"), "Store");
    }
}
