//! The numbers of a page.

use super::Fault;

/// Parses a float as Go's `ParseFloat` does, within what Prometheus accepts of
/// it: no hexadecimal and no underscores. Numbers that aren't finite have one
/// spelling each in this format, and one that overflows is an error in Go.
pub(super) fn parse_number(text: &str) -> Result<f64, Fault> {
    match text {
        "NaN" => return Ok(f64::NAN),
        "+Inf" => return Ok(f64::INFINITY),
        "-Inf" => return Ok(f64::NEG_INFINITY),
        _ => {}
    }
    let decimal = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number
        .filter(|_| text.chars().all(decimal))
        .ok_or_else(|| Fault::BadNumber(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fault_of;

    #[test]
    fn reads_numbers_of_go() {
        for (text, number) in [
            ("1", 1.0),
            ("+1.5", 1.5),
            ("-.5", -0.5),
            ("5.", 5.0),
            ("1e-05", 1e-5),
            ("1.048576E+06", 1_048_576.0),
            ("+Inf", f64::INFINITY),
            ("-Inf", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_number(text), Ok(number), "{text}");
        }
        assert!(parse_number("NaN").is_ok_and(f64::is_nan));
    }

    #[test]
    fn refuses_other_numbers() {
        for text in [
            "inf", "-inf", "nan", "Inf", "1e400", "0x1p3", "1_000", "1,5", "", ".", "e5", "١",
        ] {
            let fault = Fault::BadNumber(text.to_owned());
            assert_eq!(parse_number(text), Err(fault));
        }
    }

    #[test]
    fn refuses_rusts_infinity_as_a_value() {
        assert_eq!(
            fault_of("a 1\nb inf\n"),
            "line 2: `inf` is no number of this format"
        );
    }
}
