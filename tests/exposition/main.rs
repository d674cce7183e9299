//! Random registries with hostile text and numbers: what is recorded is what
//! independent parsers and real components read from the pages of all formats;
//! and the rules of the formats, one by one.
//!
//! `METRICS_SEED` repeats a run; its seed is printed, and that of a registry which
//! fails. `METRICS_REGISTRIES` says how many registries there are.

mod bridged;
mod cardinality_rules;
mod client_rules;
mod ingested;
mod model;
mod native_rules;
mod openmetrics_rules;
mod oracle;
mod population;
mod protobuf_rules;
mod scrape;
mod seed;
mod series;
mod served;
mod shared;
mod text_rules;

use integration_tests::openmetrics::{Reader, Syntax};
use integration_tests::page::Page;
use integration_tests::promtool;
use integration_tests::protobuf;
use integration_tests::pushgateway::Pushgateway;
use metrics_runtime::{Format, Registry};
use population::{Population, populate, reported};
use seed::{Again, Seeds};

/// One in so many registries is read by the real components too.
const REAL: usize = 50;

/// Runs `check` on one of so many registries.
fn for_each_registry(of: usize, mut check: impl FnMut(&Population)) {
    let (mut registries, mut samples) = (0, 0);
    let seeds = Seeds::new();
    let all = seeds.all().step_by(of);
    for seed in all {
        let _again = Again { seed, count: 1 };
        let population = populate(seed);
        let families = population.model.expected(Format::Text);
        samples += families.values().map(|it| it.samples.len()).sum::<usize>();
        registries += 1;
        check(&population);
    }
    println!("{registries} registries with {samples} samples");
}

// Mutation: the order of a hash map decides what is next.
#[test]
fn a_seed_makes_one_registry() {
    let seeds = Seeds::new();
    for seed in seeds.all().step_by(10) {
        let _again = Again { seed, count: 1 };
        let [one, other] = [populate(seed), populate(seed)];
        let [text, again] = [&one, &other].map(|it| it.registry.to_text());
        assert_eq!(text, again);
        assert_eq!(format!("{:?}", one.model), format!("{:?}", other.model));
    }
}

// Mutations: no escape of `\`, of `"` or of a line feed in label values; buckets
// not cumulated; `inf` for `+Inf`; sums before buckets; a collector's histogram
// without its last bucket.
#[test]
fn every_registry_is_read_back_from_text() {
    let mut reader = Reader::start();
    for_each_registry(1, |population| {
        let text = population.registry.encode(Format::Text);
        let page = Page::parse(&text).unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&text));
        });
        let expected = population.model.expected(Format::Text);
        model::compare(&model::of_page(&page), &expected, &text);
        check_collectors(population, &page);
        let again = population.registry.encode(Format::Text);
        assert_eq!(again, text, "the page of one state is the same (T14)");
        let read = reader.read(Syntax::Text, &text).unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&text));
        });
        // The parser drops `_total` from the names of counters, and has a word of
        // its own for what isn't known.
        let read = model::of_reader(&read)
            .into_iter()
            .map(|(name, mut shown)| {
                if shown.kind == "unknown" {
                    "untyped".clone_into(&mut shown.kind);
                }
                match shown.kind.as_str() {
                    "counter" if !name.ends_with("_total") => (format!("{name}_total"), shown),
                    _ => (name, shown),
                }
            });
        model::compare(&read.collect(), &expected, &text);
    });
}

/// The page and the diagnostics hook say which collectors fail, and the hook which
/// families are left out.
fn check_collectors(population: &Population, page: &Page) {
    for (name, is_valid) in &population.model.collectors {
        let success = page.value("metrics_collector_success", &[("collector", name)]);
        let expected = if *is_valid { 1.0 } else { 0.0 };
        assert_eq!(success, Some(expected), "{name}");
        assert_eq!(reported(name), !is_valid, "{name}");
    }
    for name in &population.model.shadowed {
        assert!(reported(name), "{name} is left out");
    }
}

// Mutations: no `# EOF`; `_total` in the name of the family; `"` raw in HELP; the
// sum of a histogram with negative bounds; negative quantiles; the exemplar of
// another bucket; exemplars that aren't escaped.
#[test]
fn every_registry_is_read_back_from_openmetrics() {
    let mut reader = Reader::start();
    for_each_registry(1, |population| {
        let page = population.registry.encode(Format::OpenMetrics);
        let read = reader.read(Syntax::OpenMetrics, &page);
        let read = read.unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&page));
        });
        let expected = population.model.expected(Format::OpenMetrics);
        model::compare(&model::of_reader(&read), &expected, &page);
        let again = population.registry.encode(Format::OpenMetrics);
        assert_eq!(again, page, "the page of one state is the same");
    });
}

// P1, P2. Mutations: a wrong field number; a label value cut within a character; a
// wrong length; buckets not cumulated; spans
// whose offset doesn't count from the one before; counts instead of differences;
// the schema as an unsigned number; quantiles instead of their values.
#[test]
fn every_registry_is_read_back_from_protobuf() {
    for_each_registry(1, |population| {
        let page = population.registry.encode(Format::Protobuf);
        let read = protobuf::read(&page);
        let read = read.unwrap_or_else(|error| {
            panic!("{error}\n{}", String::from_utf8_lossy(&page));
        });
        let expected = population.model.expected(Format::Protobuf);
        model::compare(&model::of_protobuf(&read), &expected, &page);
        let again = population.registry.encode(Format::Protobuf);
        assert_eq!(again, page, "the page of one state is the same");
    });
}

#[test]
fn real_components_accept_the_pages() {
    let gateway = Pushgateway::start();
    for_each_registry(REAL, |population| {
        let text = population.registry.to_text();
        // Its linter has opinions on names, which are hostile here; what can't
        // be parsed is another code.
        if let Err(complaint) = promtool::check_metrics(&text) {
            assert!(
                complaint.starts_with("exit status: 3"),
                "{complaint}\n{text}"
            );
        }
        let protobuf = population.registry.encode(Format::Protobuf);
        let kind = Format::Protobuf.content_type();
        for pushed in [
            gateway.put("page", &text),
            gateway.put_as(kind, "page", &protobuf),
        ] {
            // It keeps the label `job` for itself.
            let own = pushed.text().contains("job");
            assert!(pushed.status == 200 || own, "{}\n{text}", pushed.text());
        }
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
