//! `slow = "100ms"`

use syn::LitStr;

/// Units of durations, with their nanoseconds.
const UNITS: [(&str, f64); 7] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("min", 60e9),
];

/// The nanoseconds of a written duration, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps to the range of the integer, which is what is wanted"
)]
pub(super) fn parse_duration(text: &LitStr) -> syn::Result<u64> {
    let value = text.value();
    let number = value.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
    let unit = value[number.len()..].trim();
    let unit = UNITS.iter().find(|(name, _)| *name == unit);
    let nanos = number.trim().parse::<f64>().ok().zip(unit);
    let nanos = nanos.map(|(number, (_, unit))| (number * unit).round());
    nanos
        .filter(|nanos| *nanos >= 1.0)
        .map(|nanos| nanos as u64)
        .ok_or_else(|| {
            let message = "a duration is a number above zero and a unit, such as `100ms`; \
                           units are `ns`, `us`, `ms`, `s`, and `m` or `min`";
            syn::Error::new(text.span(), message)
        })
}

#[cfg(test)]
mod tests {
    use super::parse_duration;
    use proc_macro2::Span;
    use syn::LitStr;

    fn nanos(text: &str) -> Option<u64> {
        parse_duration(&LitStr::new(text, Span::call_site())).ok()
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, expected) in [
            ("100ms", 100_000_000),
            ("1.5 s", 1_500_000_000),
            ("250µs", 250_000),
            ("1ns", 1),
            ("2min", 120_000_000_000),
            ("2m", 120_000_000_000),
        ] {
            assert_eq!(nanos(text), Some(expected), "{text}");
        }
        for text in ["", "100", "ms", "-1s", "0s", "1h", "1 2s", "infs"] {
            assert_eq!(nanos(text), None, "{text}");
        }
    }
}
