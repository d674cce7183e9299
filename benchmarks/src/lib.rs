//! This toolkit beside the limit and its peers; `scripts/bench.sh` runs it.
//!
//! [`cases`] are calls of one small function, each recorded in its own way;
//! [`encoders`] are registries with their text format, [`scrape::scrapes`] what a
//! scraper gets of them.

pub mod case;
pub mod exposition;
mod limit;
mod ours;
mod peer;
pub mod processor;
pub mod request;
pub mod scrape;

use case::Case;
use exposition::Encoder;

/// All ways to record a call.
pub fn cases() -> Vec<Case> {
    let mut cases = case::baselines();
    cases.extend(limit::cases());
    cases.extend(ours::cases());
    cases.extend(peer::cases());
    cases
}

/// All ways to write a page.
pub fn encoders() -> Vec<Encoder> {
    let mut encoders = limit::encoders();
    encoders.extend(ours::encoders());
    encoders.extend(peer::encoders());
    encoders
}

/// Ends what a process has to wait for before it measures: the calibration of
/// our clock, a millisecond after the start and at a scrape.
pub fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(3));
    std::hint::black_box(metrics_runtime::global().to_text());
}

/// Sets a source of exemplars. Each series has one after its first recording, and
/// none is asked for again: what is measured then is the question whether one is due.
///
/// # Panics
///
/// If it is called twice.
#[cfg(feature = "exemplars")]
pub fn offer_exemplars() {
    use metrics_runtime::{Exemplar, set_exemplar_source};
    let source = || {
        Some(Exemplar::new([(
            "trace_id",
            "4bf92f3577b34da6a3ce929d0e0e4736",
        )]))
    };
    set_exemplar_source(source).expect("it is set once");
}

/// Without the feature, recording doesn't know of exemplars.
#[cfg(not(feature = "exemplars"))]
pub const fn offer_exemplars() {}

#[cfg(test)]
mod tests {
    use super::{cases, encoders};
    use crate::exposition::{Encode, Encoder, Shape};
    use std::collections::HashSet;

    #[test]
    fn cases_have_a_name_each_and_a_baseline_that_is_there() {
        let cases = cases();
        let ids: HashSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids.len(), cases.len());
        for case in &cases {
            assert!(case.baseline.is_empty() || ids.contains(case.baseline));
        }
    }

    #[test]
    fn every_case_returns_what_the_function_returns() {
        let cases = cases();
        let bare = cases[0].run(1_000, 0);
        for case in &cases {
            for lane in 0..case.lanes() {
                assert_eq!(case.run(1_000, lane), bare, "{}", case.id);
            }
        }
    }

    fn page(encoder: &Encoder, shape: Shape) -> String {
        let mut bytes = Vec::new();
        match (encoder.build)(shape) {
            Encode::Fresh(encode) => bytes.extend_from_slice(encode().as_ref()),
            Encode::Append(encode) => encode(&mut bytes),
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The lines of our families by their name and value: the order of labels
    /// and series is each library's own, and so are the units of durations.
    fn series(page: &str, histograms: bool) -> Vec<(&str, &str)> {
        let lines = page.lines().filter(|line| line.starts_with("bench_"));
        let parts = lines.filter_map(|line| {
            let name = line.split('{').next()?;
            let value = line.rsplit(' ').next()?;
            (!histograms || name.ends_with("_bucket")).then_some((name, value))
        });
        let mut parts: Vec<(&str, &str)> = parts.collect();
        parts.sort_unstable();
        parts
    }

    #[test]
    fn all_pages_say_the_same() {
        let encoders = encoders();
        for shape in [Shape::ALL[0], Shape::ALL[3]] {
            let wanted = page(&encoders[0], shape);
            let wanted = series(&wanted, shape.histograms);
            let lines = if shape.histograms { 12 } else { 1 };
            assert_eq!(wanted.len(), lines * shape.series);
            for encoder in &encoders {
                let page = page(encoder, shape);
                let same = series(&page, shape.histograms) == wanted;
                assert!(same, "{} of {}", shape.word(), encoder.name);
            }
        }
    }
}
