//! Text and numbers that a careless writer breaks on.

use fastrand::Rng;

const HOSTILE: [&str; 18] = [
    "",
    "\\",
    "\"",
    "\n",
    "\\n",
    "\\\"",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{85}",
    "\u{2028}",
    "{a=\"b\"} 1",
    " # {trace_id=\"a\"} 1",
    "# EOF",
    "ü𝛌\u{feff}",
    "👩\u{200d}👩\u{200d}👧",
    "\u{10ffff}",
];

const NUMBERS: [f64; 18] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    1e21,
    1e-7,
    123_456_789_012_345.6,
    9_007_199_254_740_993.0,
    -9_007_199_254_740_992.0,
    f64::EPSILON,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Starts of names. The number that follows tells families apart.
pub(super) const NAMES: [&str; 8] = [
    "_",
    "__",
    "a",
    "Z",
    "le",
    "total",
    "HELP",
    "count_bucket_sum",
];

/// Names of labels; a family takes some that follow each other.
pub(super) const LABELS: [&str; 8] = ["_", "_a", "A", "a", "Le", "quantile_", "job", "a_"];

/// Text for a label value, now and then almost as long as one may be.
pub(super) fn text(random: &mut Rng) -> String {
    if random.u8(0..100) == 0 {
        return "é\n".repeat(341);
    }
    (0..random.usize(0..4))
        .map(|_| {
            if random.bool() {
                HOSTILE[random.usize(0..HOSTILE.len())].to_owned()
            } else {
                random.char(..).to_string()
            }
        })
        .collect()
}

/// Any number, and what isn't one.
pub(super) fn number(random: &mut Rng) -> f64 {
    match random.u8(0..4) {
        0 => f64::from_bits(random.u64(..)),
        _ => NUMBERS[random.usize(0..NUMBERS.len())],
    }
}

/// Any number.
pub(super) fn number_but_nan(random: &mut Rng) -> f64 {
    loop {
        let number = number(random);
        if !number.is_nan() {
            return number;
        }
    }
}

/// Eighths, whose sums are exact, so that the order of adding is no matter.
pub(super) fn eighths(random: &mut Rng, least: i32, most: i32) -> f64 {
    f64::from(random.i32(least..most)) / 8.0
}
