//! Prometheus text format, version 0.0.4.

use super::escape;
use super::sink::Sink;

/// Writes the lines before a family's samples, without the last line feed.
pub(super) fn header(out: &mut impl Sink, name: &str, help: &str, kind: &str) {
    out.text("# HELP ");
    out.text(name);
    out.text(" ");
    escape::help(out, help);
    out.text("\n# TYPE ");
    out.text(name);
    out.text(" ");
    out.text(kind);
}

#[cfg(test)]
mod tests {
    use crate::registry::Registry;
    use prometheus::core::{Collector, Desc};
    use prometheus::proto::MetricFamily;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    /// A page with one family of each kind and hostile text, in full.
    #[test]
    fn a_page_is_written_to_the_letter() {
        let registry = Registry::new();
        let calls = registry
            .counter_family("calls_total", "Calls:\n\"all\" \\ some.", ["path"])
            .unwrap();
        calls.with(["b\"\\\n"]).inc_by(u64::MAX);
        let _ = calls.with(["a"]);
        registry.gauge("depth", "Depth.").unwrap().set(f64::NAN);
        let sizes = registry
            .histogram("size_bytes", "Sizes.", &[0.5, 2.0])
            .unwrap();
        sizes.observe(0.5);
        sizes.observe(1.0);
        sizes.observe(f64::INFINITY);
        sizes.observe(f64::NAN);
        let expected = "\
# HELP calls_total Calls:\\n\"all\" \\\\ some.
# TYPE calls_total counter
calls_total{path=\"a\"} 0
calls_total{path=\"b\\\"\\\\\\n\"} 18446744073709551615
# HELP depth Depth.
# TYPE depth gauge
depth NaN
# HELP metrics_conflicts_total Call sites that record nowhere because another declares their family differently.
# TYPE metrics_conflicts_total counter
metrics_conflicts_total 0
# HELP size_bytes Sizes.
# TYPE size_bytes histogram
size_bytes_bucket{le=\"0.5\"} 1
size_bytes_bucket{le=\"2\"} 2
size_bytes_bucket{le=\"+Inf\"} 3
size_bytes_sum +Inf
size_bytes_count 3
";
        assert_eq!(registry.to_text(), expected);
        assert_eq!(registry.to_text(), expected);
    }

    fn samples(page: &str, name: &str) -> Vec<String> {
        let lines = page.lines().filter(|line| line.starts_with(name));
        lines.map(str::to_owned).collect()
    }

    // Mutation: new rows are sorted among themselves only.
    #[test]
    fn what_is_new_is_put_where_it_belongs() {
        let registry = Registry::new();
        let family = |name| registry.counter_family(name, "Calls.", ["x"]).unwrap();
        let calls = family("m_total");
        for values in [["d", "b"], ["c", "a"], ["e", "\""]] {
            for value in values {
                calls.with([value]).inc();
            }
            let lines = samples(&registry.to_text(), "m_total");
            assert!(lines.is_sorted(), "{lines:?}");
            assert!(lines.iter().all(|line| line.ends_with(" 1")), "{lines:?}");
        }
        family("z_total").with(["z"]).inc();
        family("a_total").with(["a"]).inc();
        let page = registry.to_text();
        let names: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(samples(&page, "m_total").len(), 6);
    }

    #[test]
    fn a_page_is_appended() {
        let registry = Registry::new();
        let mut out = b"before\n".to_vec();
        registry.encode_into(&mut out);
        assert_eq!(out, format!("before\n{}", registry.to_text()).into_bytes());
    }

    #[test]
    fn pages_lose_nothing_while_series_are_added() {
        let registry = Registry::new();
        let calls = registry.counter_family("calls_total", "Calls.", ["thread", "n"]);
        let calls = calls.unwrap();
        let busy = AtomicBool::new(true);
        thread::scope(|scope| {
            let adders: Vec<_> = (0..2)
                .map(|thread| {
                    let calls = calls.clone();
                    scope.spawn(move || {
                        for n in 0..900 {
                            calls.with([&format!("{thread}"), &format!("{n}")]).inc();
                        }
                    })
                })
                .collect();
            scope.spawn(|| {
                let mut before = 0;
                while busy.load(Ordering::Relaxed) {
                    let now = samples(&registry.to_text(), "calls_total").len();
                    assert!(now >= before);
                    before = now;
                }
            });
            for adder in adders {
                adder.join().expect("adding doesn't panic");
            }
            busy.store(false, Ordering::Relaxed);
        });
        assert_eq!(samples(&registry.to_text(), "calls_total").len(), 1_800);
    }

    /// A collector that asks for the page which it is part of.
    struct Curious(&'static Registry, AtomicBool);

    impl Collector for Curious {
        fn desc(&self) -> Vec<&Desc> {
            Vec::new()
        }

        fn collect(&self) -> Vec<MetricFamily> {
            if !self.1.swap(true, Ordering::Relaxed) {
                assert!(self.0.to_text().contains("asked_total 0"));
                self.0.counter("asked_total", "Asked.").unwrap().inc();
            }
            Vec::new()
        }
    }

    // Mutation: `append` locks the plan before it gathers.
    #[test]
    fn a_foreign_collector_may_ask_for_the_page() {
        static REGISTRY: Registry = Registry::new();
        let foreign = prometheus::Registry::new();
        let curious = Curious(&REGISTRY, AtomicBool::new(false));
        foreign.register(Box::new(curious)).unwrap();
        REGISTRY.add_foreign(vec![foreign]);
        let _ = REGISTRY.counter("asked_total", "Asked.").unwrap();
        assert!(REGISTRY.to_text().contains("asked_total 1"));
    }
}
