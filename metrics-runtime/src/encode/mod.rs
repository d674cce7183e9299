//! Writers of the exposition formats. A page is complete before its first byte
//! is sent.

mod collected;
pub(crate) mod escape;
mod filter;
mod format;
mod lines;
pub(crate) mod number;
mod openmetrics;
mod page;
mod plan;
mod protobuf;
mod reading;
mod section;
mod sink;
mod spelling;
pub(crate) mod text;

pub use format::Format;
pub(crate) use page::{Missing, Wanted, append};
pub(crate) use plan::Plan;
pub(crate) use sink::Sink;

/// Appends the page of a program that records nothing.
fn turned_off(format: Format, out: &mut Vec<u8>) {
    match format {
        Format::Text => out.text("# Metrics are turned off (METRICS_ENABLED).\n"),
        // Nothing but the mark of the end may stand outside of families.
        Format::OpenMetrics => out.text(openmetrics::EOF),
        Format::Protobuf => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::{Format, Registry};

    fn openmetrics(registry: &Registry) -> String {
        let page = registry.encode(Format::OpenMetrics);
        String::from_utf8(page).expect("a page is text")
    }

    /// The page without the toolkit's own families and without the digits of
    /// creation times.
    fn without_times(page: &str) -> String {
        let lines = page.lines().filter(|line| !line.contains("metrics_"));
        let line = |line: &str| match line.split_once("_created") {
            Some((name, rest)) => {
                let (labels, time) = rest.rsplit_once(' ').expect("it has a time");
                let time: f64 = time.parse().expect("the time is a number");
                assert!(time > 1.6e9, "in seconds of Unix");
                format!("{name}_created{labels} T\n")
            }
            None => format!("{line}\n"),
        };
        lines.map(line).collect()
    }

    // O1, O2, O3, O4, O5, O10, O11, O13, O19. Mutations: no `# EOF`; `Heads` keeps
    // the name of counters; `has_sum` is always true.
    #[test]
    fn a_page_of_openmetrics_is_written_to_the_letter() {
        let registry = Registry::new();
        let calls = registry.counter_family("calls_total", "\"Calls\".", ["path"]);
        calls.unwrap().with(["a\"b"]).inc_by(3);
        registry.gauge("depth", "Depth.").unwrap().set(f64::NAN);
        let sizes = registry.histogram("size_bytes", "Sizes.", &[0.5, 1e6]);
        sizes.unwrap().observe(1.0);
        let below = registry.histogram("below", "Below zero.", &[-1.0]);
        below.unwrap().observe(-2.0);
        let expected = "\
# TYPE below histogram
# HELP below Below zero.
below_bucket{le=\"-1.0\"} 1
below_bucket{le=\"+Inf\"} 1
below_created T
# TYPE calls counter
# HELP calls \\\"Calls\\\".
calls_total{path=\"a\\\"b\"} 3
calls_created{path=\"a\\\"b\"} T
# TYPE depth gauge
# HELP depth Depth.
depth NaN
# TYPE size_bytes histogram
# HELP size_bytes Sizes.
size_bytes_bucket{le=\"0.5\"} 0
size_bytes_bucket{le=\"1e+06\"} 1
size_bytes_bucket{le=\"+Inf\"} 1
size_bytes_sum 1
size_bytes_count 1
size_bytes_created T
# EOF
";
        assert_eq!(without_times(&openmetrics(&registry)), expected);
        // T14 in all formats.
        for format in Format::ALL {
            assert_eq!(registry.encode(*format), registry.encode(*format));
        }
    }

    // O11, as the reference parser has it for summaries too.
    // Mutation: `Lines::metric` has them on every page.
    #[test]
    fn openmetrics_has_no_negative_sums_and_quantiles() {
        use crate::{Collector, Families};
        use std::error::Error;

        struct Below;

        impl Collector for Below {
            fn name(&self) -> &'static str {
                "below"
            }

            fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
                families.summary("a", "A.", &[], &[(0.5, -1.0), (1.0, 2.0)], -3.0, 4);
                Ok(())
            }
        }

        let registry = Registry::new();
        registry.add_collector(Below).expect("the name is free");
        let expected = "\na{quantile=\"1.0\"} 2\na_count 4\n";
        assert!(openmetrics(&registry).contains(expected));
        let text = registry.to_text();
        let expected = "\na{quantile=\"0.5\"} -1\na{quantile=\"1\"} 2\na_sum -3\na_count 4\n";
        assert!(text.contains(expected), "{text}");
    }

    // Byte for byte by hand. Mutation: an enumeration of zero is left out.
    #[test]
    fn a_family_is_one_delimited_message() {
        let registry = Registry::new();
        let calls = registry.counter_family("c_total", "C.", ["x"]).unwrap();
        calls.with(["y"]).inc_by(2);
        let page = registry.encode(Format::Protobuf);
        let start = b"\x0a\x07c_total\x12\x02C.\x18\x00\x22";
        let at = page.windows(start.len()).position(|part| part == start);
        let at = at.expect("the family is there");
        let rest = &page[at + start.len() + 1..];
        let metric = b"\x0a\x06\x0a\x01x\x12\x01y\x1a";
        assert_eq!(&rest[..metric.len()], metric);
        // The value is the first field of the counter.
        let value = &rest[metric.len() + 1..metric.len() + 10];
        assert_eq!(value, [&[0x09][..], &2.0_f64.to_le_bytes()].concat());
        // The family's length stands before it.
        let length = 1 + start.len() + usize::from(page[at + start.len()]);
        assert_eq!(usize::from(page[at - 1]), length);
    }
}
