//! OpenMetrics text, version 1.0.0: what differs from the text format.

use super::escape;
use super::sink::Sink;

/// The end of a page.
pub(super) const EOF: &str = "# EOF\n";

/// The name of a family whose samples are called by `name`: that of a counter
/// goes without `_total`.
pub(super) fn family_name(name: &str, is_counter: bool) -> &str {
    let base = name.strip_suffix("_total").filter(|base| !base.is_empty());
    base.filter(|_| is_counter).unwrap_or(name)
}

/// Writes the lines before a family's samples, without the last line feed. A
/// unit that the name doesn't end in is left out, as the format has it.
pub(super) fn header(out: &mut impl Sink, name: &str, help: &str, kind: &str, unit: &str) {
    out.text("# TYPE ");
    out.text(name);
    out.text(" ");
    out.text(kind);
    let rest = name.strip_suffix(unit).filter(|_| !unit.is_empty());
    if rest.is_some_and(|rest| rest.ends_with('_')) {
        out.text("\n# UNIT ");
        out.text(name);
        out.text(" ");
        out.text(unit);
    }
    if !help.is_empty() {
        out.text("\n# HELP ");
        out.text(name);
        out.text(" ");
        // The format escapes here what it escapes in label values.
        escape::label_value(out, help);
    }
}

/// Whether a histogram whose first bound this is has a sum, and a count. OpenMetrics
/// 1.0, Histogram: no sum where values may be negative, and no count without a sum;
/// the last bucket has the count anyway.
pub(super) fn has_sum(first_bound: Option<f64>, sum: f64) -> bool {
    first_bound.is_none_or(|first| first >= 0.0) && is_total(sum)
}

/// Whether this may be the value of a counter or a sum: neither NaN nor negative
/// (OpenMetrics 1.0, Counter, Histogram and Summary).
pub(super) fn is_total(value: f64) -> bool {
    value >= 0.0
}

/// Writes milliseconds as seconds.
pub(super) fn seconds(out: &mut impl Sink, millis: u64) {
    let [seconds, rest] = [millis / 1_000, millis % 1_000];
    out.text(itoa::Buffer::new().format(seconds));
    if rest != 0 {
        out.text(".");
        // A leading one keeps the zeros.
        out.text(&itoa::Buffer::new().format(1_000 + rest)[1..]);
    }
}

#[cfg(test)]
mod tests {
    use super::{family_name, header, seconds};

    // Mutation: the leading zeros of the milliseconds are lost.
    #[test]
    fn milliseconds_are_written_as_seconds() {
        for (millis, expected) in [(0, "0"), (1_005, "1.005"), (90_000, "90"), (1, "0.001")] {
            let mut out = String::new();
            seconds(&mut out, millis);
            assert_eq!(out, expected);
        }
    }

    // O3, O6, O19. Mutations: the lines in another order; a unit that the name
    // lacks; help escaped as in the text format.
    #[test]
    fn metadata_is_type_unit_and_help() {
        let lines = |name, unit| {
            let mut out = String::new();
            header(&mut out, name, "Say \"a\\b\"\n.", "gauge", unit);
            out
        };
        let help = "# HELP used_bytes Say \\\"a\\\\b\\\"\\n.";
        let unit = "# UNIT used_bytes bytes";
        let kind = "# TYPE used_bytes gauge";
        assert_eq!(
            lines("used_bytes", "bytes"),
            format!("{kind}\n{unit}\n{help}")
        );
        assert_eq!(lines("used_bytes", ""), format!("{kind}\n{help}"));
        assert!(!lines("bytes", "bytes").contains("UNIT"));
        assert!(!lines("megabytes", "bytes").contains("UNIT"));
    }

    #[test]
    fn a_counter_leaves_its_suffix_to_its_samples() {
        assert_eq!(family_name("calls_total", true), "calls");
        assert_eq!(family_name("calls_total", false), "calls_total");
        assert_eq!(family_name("calls", true), "calls");
        assert_eq!(family_name("_total", true), "_total");
    }
}
