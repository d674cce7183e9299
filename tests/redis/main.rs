//! Recorded connections against a real Redis 7: what they count is what the server and
//! the caller count, also while the server dies.
//!
//! `METRICS_SEED` repeats a run; its seed is printed. `METRICS_PROVE` makes it as long
//! as it is promised, and measures what recording a command costs.

mod fault;
mod figure;
mod load;
mod name;
mod refusal;
mod tally;

use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry};
use std::collections::BTreeMap;
use std::env;

/// The toolkit on a registry of the test's own.
fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

fn seed() -> u64 {
    let seed = env::var("METRICS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("METRICS_SEED is an unsigned number"),
    );
    println!("METRICS_SEED={seed}");
    seed
}

fn proves() -> bool {
    env::var_os("METRICS_PROVE").is_some()
}

/// The samples of a name by their labels' values, zeros left out.
fn samples<const N: usize>(metrics: &Metrics, name: &str, labels: [&str; N]) -> Samples<N> {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let lines = page.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let (text, value) = rest.rsplit_once(' ')?;
        let text = text
            .strip_prefix('{')
            .map_or(Some(""), |text| text.strip_suffix('}'))?;
        let pairs: BTreeMap<&str, &str> = text
            .split(',')
            .filter_map(|pair| pair.split_once("=\""))
            .map(|(label, value)| (label, value.trim_end_matches('"')))
            .collect();
        let value: f64 = value.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of a test"
        )]
        let value = value as u64;
        let values = labels.map(|label| pairs.get(label).copied().unwrap_or_default().to_owned());
        Some((values, value))
    });
    lines.filter(|(_, value)| *value > 0).collect()
}

type Samples<const N: usize> = BTreeMap<[String; N], u64>;
