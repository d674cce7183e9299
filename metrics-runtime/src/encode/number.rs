//! Numbers as the formats spell them.

/// Appends a double: `NaN`, `+Inf`, `-Inf`, whole numbers without a point,
/// everything else as its shortest decimal.
pub(crate) fn double(out: &mut String, value: f64) {
    /// Whole doubles below this are exact integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        out.push_str(itoa::Buffer::new().format(value as i64));
    } else {
        out.push_str(zmij::Buffer::new().format_finite(value));
    }
}

/// Appends an integer.
pub(crate) fn integer(out: &mut String, value: u64) {
    out.push_str(itoa::Buffer::new().format(value));
}

#[cfg(test)]
mod tests {
    fn text(value: f64) -> String {
        let mut out = String::new();
        super::double(&mut out, value);
        out
    }

    #[test]
    fn special_values_are_spelt_as_go_reads_them() {
        assert_eq!(text(f64::NAN), "NaN");
        assert_eq!(text(f64::INFINITY), "+Inf");
        assert_eq!(text(f64::NEG_INFINITY), "-Inf");
    }

    #[test]
    fn numbers_read_back_as_themselves() {
        for value in [
            0.0,
            1.0,
            -3.0,
            0.1,
            1e-7,
            1e21,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
        ] {
            assert_eq!(text(value).parse(), Ok(value));
        }
        assert_eq!(text(10.0), "10");
        assert_eq!(text(0.005), "0.005");
    }
}
