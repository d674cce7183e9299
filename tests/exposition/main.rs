//! Random registries with hostile text and numbers: what is recorded is what
//! independent parsers and real components read from the pages of all formats;
//! and the rules of the formats, one by one.
//!
//! `METRICS_SEED` repeats a run; its seed is printed. `METRICS_REGISTRIES` says
//! how many registries there are.

mod model;
mod openmetrics_rules;
mod oracle;
mod population;
mod protobuf_rules;
mod scrape;
mod served;
mod text_rules;

use integration_tests::openmetrics::{Reader, Syntax};
use integration_tests::page::Page;
use integration_tests::promtool;
use integration_tests::protobuf;
use integration_tests::pushgateway::Pushgateway;
use metrics_runtime::{Format, Registry};
use population::{Population, populate};
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// One in so many registries is read by the real components too.
const REAL: u64 = 50;

fn seed() -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = number("METRICS_SEED").unwrap_or_else(|| now().map_or(0, |now| now.as_secs()));
    println!("seed {seed}");
    seed
}

fn number(variable: &str) -> Option<u64> {
    let given = env::var(variable).ok()?;
    let number = given.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is an unsigned number, not {given}")))
}

/// Runs `check` on each registry, with its number.
fn for_each_registry(mut check: impl FnMut(u64, &Population)) {
    let seed = seed();
    let count = number("METRICS_REGISTRIES").unwrap_or(500);
    let mut samples = 0;
    for number in 0..count {
        let population = populate(seed.wrapping_add(number));
        let families = population.model.text();
        samples += families.values().map(|it| it.samples.len()).sum::<usize>();
        check(number, &population);
    }
    println!("{count} registries with {samples} samples");
}

// Mutations: no escape of `\`, of `"` or of a line feed in label values; buckets
// not cumulated; `inf` for `+Inf`; sums before buckets.
#[test]
fn every_registry_is_read_back_from_text() {
    let mut reader = Reader::start();
    for_each_registry(|_, population| {
        let text = population.registry.encode(Format::Text);
        let page = Page::parse(&text).unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&text));
        });
        let expected = population.model.text();
        model::compare(&model::of_page(&page), &expected, &text);
        let again = population.registry.encode(Format::Text);
        assert_eq!(again, text, "the page of one state is the same (T14)");
        let read = reader.read(Syntax::Text, &text).unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&text));
        });
        // The parser drops `_total` from the names of counters.
        let mut read = model::of_reader(&read);
        let mut expected = expected;
        for families in [&mut read, &mut expected] {
            *families = std::mem::take(families)
                .into_iter()
                .map(|(name, shown)| match name.strip_suffix("_total") {
                    Some(stem) => (stem.to_owned(), shown),
                    None => (name, shown),
                })
                .collect();
        }
        model::compare(&read, &expected, &text);
    });
}

// Mutations: no `# EOF`; `_total` in the name of the family; `"` raw in HELP; the
// sum of a histogram with negative bounds.
#[test]
fn every_registry_is_read_back_from_openmetrics() {
    let mut reader = Reader::start();
    for_each_registry(|_, population| {
        let page = population.registry.encode(Format::OpenMetrics);
        let read = reader.read(Syntax::OpenMetrics, &page);
        let read = read.unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&page));
        });
        let expected = population.model.openmetrics();
        model::compare(&model::of_reader(&read), &expected, &page);
        let again = population.registry.encode(Format::OpenMetrics);
        assert_eq!(again, page, "the page of one state is the same");
    });
}

// Mutations: a wrong field number; a wrong length; buckets not cumulated.
#[test]
fn every_registry_is_read_back_from_protobuf() {
    for_each_registry(|_, population| {
        let page = population.registry.encode(Format::Protobuf);
        let read = protobuf::read(&page);
        let read = read.unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&page));
        });
        let expected = population.model.text();
        model::compare(&model::of_protobuf(&read), &expected, &page);
        let again = population.registry.encode(Format::Protobuf);
        assert_eq!(again, page, "the page of one state is the same");
    });
}

#[test]
fn real_components_accept_the_text() {
    let gateway = Pushgateway::start();
    for_each_registry(|number, population| {
        if !number.is_multiple_of(REAL) {
            return;
        }
        let text = population.registry.to_text();
        // Its linter has opinions on names, which are hostile here; what can't
        // be parsed is another code.
        if let Err(complaint) = promtool::check_metrics(&text) {
            assert!(
                complaint.starts_with("exit status: 3"),
                "{complaint}\n{text}"
            );
        }
        let pushed = gateway.put("page", &text);
        // It keeps the label `job` for itself.
        let own = pushed.text().contains("job");
        assert!(pushed.status == 200 || own, "{}\n{text}", pushed.text());
    });
}

#[test]
fn an_empty_registry_serves_what_it_counts_about_itself() {
    let text = Registry::new().to_text();
    let page = Page::parse(&text).expect("the page is valid");
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(0.0));
    let other = page.samples().find(|it| !it.name.starts_with("metrics_"));
    assert!(other.is_none(), "{other:?}");
}
