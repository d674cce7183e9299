//! Units of families, `#[unit(seconds)]`.

use super::name::base_of_unit;
use crate::options::did_you_mean;

/// The base units of Prometheus' naming practice, which OpenMetrics shares.
const BASE_UNITS: [&str; 9] = [
    "seconds", "bytes", "ratio", "meters", "grams", "volts", "amperes", "joules", "celsius",
];

/// The base unit of this name, or what is wrong with it.
pub(super) fn parse_base_unit(word: &str) -> Result<&'static str, String> {
    if let Some(unit) = BASE_UNITS.into_iter().find(|unit| *unit == word) {
        return Ok(unit);
    }
    if let Some(base) = base_of_unit(word) {
        return Err(format!("`{word}` isn't a base unit; use `{base}`"));
    }
    let known = BASE_UNITS.map(|unit| format!("`{unit}`")).join(", ");
    let hint = did_you_mean(word, BASE_UNITS);
    Err(format!(
        "unknown unit `{word}`; {hint}expected one of {known}"
    ))
}

/// OpenMetrics has the unit at the end of the name, after what is measured and
/// before a counter's `_total`.
pub(super) fn check_unit_of_name(name: &str, unit: &str) -> Result<(), String> {
    let (stem, total) = match name.strip_suffix("_total") {
        Some(stem) => (stem, "_total"),
        None => (name, ""),
    };
    let measured = match stem.rsplit_once('_') {
        Some((measured, last)) if last == unit && !measured.is_empty() => return Ok(()),
        Some((measured, last)) if BASE_UNITS.contains(&last) => measured,
        None if stem == unit => "",
        _ => stem,
    };
    let measured = if measured.is_empty() { "…" } else { measured };
    Err(format!(
        "`{name}` doesn't end in its unit; call it `{measured}_{unit}{total}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::{check_unit_of_name, parse_base_unit};

    #[test]
    fn base_units_are_known_and_others_lead_to_them() {
        assert_eq!(parse_base_unit("celsius"), Ok("celsius"));
        for (word, remedy) in [("ms", "use `seconds`"), ("percent", "use `ratio`")] {
            let message = parse_base_unit(word).unwrap_err();
            assert!(message.ends_with(remedy), "{message}");
        }
        let message = parse_base_unit("dollars").unwrap_err();
        assert!(message.contains("one of `seconds`, `bytes`"), "{message}");
    }

    #[test]
    fn a_name_ends_in_its_unit() {
        for (name, unit) in [
            ("wait_seconds", "seconds"),
            ("sent_bytes_total", "bytes"),
            ("cache_fill_ratio", "ratio"),
        ] {
            assert_eq!(check_unit_of_name(name, unit), Ok(()), "{name}");
        }
        for (name, unit, remedy) in [
            ("wait", "seconds", "call it `wait_seconds`"),
            ("sent_total", "bytes", "call it `sent_bytes_total`"),
            ("wait_seconds", "bytes", "call it `wait_bytes`"),
            ("waitseconds", "seconds", "call it `waitseconds_seconds`"),
            ("seconds", "seconds", "call it `…_seconds`"),
            ("_seconds", "seconds", "call it `…_seconds`"),
        ] {
            let message = check_unit_of_name(name, unit).unwrap_err();
            assert!(message.ends_with(remedy), "{message}");
        }
    }
}
