//! Numbers as the formats spell them.

use super::Sink;

/// Appends a double: `NaN`, `+Inf`, `-Inf`, whole numbers without a point,
/// everything else as its shortest decimal.
pub(crate) fn double(out: &mut impl Sink, value: f64) {
    /// Whole doubles below this are exact integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.is_nan() {
        out.text("NaN");
    } else if value.is_infinite() {
        out.text(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        out.text(itoa::Buffer::new().format(value as i64));
    } else {
        out.text(zmij::Buffer::new().format_finite(value));
    }
}

/// Appends a double as OpenMetrics 1.0 wants those of `le` and `quantile`: the
/// shortest decimal, with a point or an exponent, which stands below 10^-4 and
/// from 10^6 on, as Go's `%g` has it.
pub(super) fn canonical(out: &mut impl Sink, value: f64) {
    if value == 0.0 || !value.is_finite() {
        double(out, value);
        out.text(if value == 0.0 { ".0" } else { "" });
        return;
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        let plain = format!("{value}");
        out.text(&plain);
        out.text(if plain.contains('.') { "" } else { ".0" });
    } else {
        out.text(digits);
        out.text(if exponent < 0 { "e-" } else { "e+" });
        out.text(if exponent.abs() < 10 { "0" } else { "" });
        out.text(itoa::Buffer::new().format(exponent.abs()));
    }
}

/// The digits of an integer below 10^8, and how many they are: pairs of digits
/// are parted all at once, which takes neither a loop nor a table.
#[inline]
pub(super) fn short(value: u64) -> Option<([u8; 8], usize)> {
    if value < 10_000 {
        return Some(parted(value, 4));
    }
    let value = u32::try_from(value)
        .ok()
        .filter(|value| *value < 100_000_000)?;
    let [fours, rest] = [value / 10_000, value % 10_000].map(u64::from);
    Some(parted(fours | rest << 32, 8))
}

/// The digits of numbers of up to four, one in each half; `len` says how many
/// there may be.
#[inline]
fn parted(fours: u64, len: u32) -> ([u8; 8], usize) {
    // The quotients are exact for numbers of four digits and of two.
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | (twos - 10 * tens) << 8;
    // The first digit is in the lowest byte; the last one stays, also if zero.
    let zeros = (ones | 1 << (8 * (len - 1))).trailing_zeros() / 8;
    let digits = (ones | 0x3030_3030_3030_3030) >> (8 * zeros);
    (digits.to_le_bytes(), (len - zeros) as usize)
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

    // O10. Mutation: the exponent begins at 10^21, as for other numbers.
    #[test]
    fn bounds_are_spelt_as_go_spells_them() {
        for (value, expected) in [
            (1.0, "1.0"),
            (0.0, "0.0"),
            (-0.5, "-0.5"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-100, "1e-100"),
            (1e5, "100000.0"),
            (999_999.5, "999999.5"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (1e21, "1e+21"),
            (f64::INFINITY, "+Inf"),
        ] {
            let mut out = String::new();
            super::canonical(&mut out, value);
            assert_eq!(out, expected);
        }
    }

    // Mutations: one of the factors is one less; `zeros` without the last digit.
    #[test]
    fn short_integers_have_their_digits() {
        let round = (0..8).flat_map(|power| (1..10).map(move |digit| digit * 10_u64.pow(power)));
        let near = round.flat_map(|round| [round - 1, round, round + 1]);
        for value in (0..200_000)
            .chain((0..100_000_000).step_by(997))
            .chain(near)
        {
            let (digits, len) = super::short(value).expect("it has at most eight digits");
            assert_eq!(&digits[..len], value.to_string().as_bytes());
        }
        assert_eq!(super::short(99_999_999), Some((*b"99999999", 8)));
        assert_eq!(super::short(100_000_000), None);
    }
}
