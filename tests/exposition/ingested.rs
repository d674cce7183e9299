//! Random registries, a hundred to a page, as a real Prometheus has ingested them.

use crate::model::{self, Model};
use crate::population::populate;
use crate::seed::{Again, Seeds};
use crate::series::Series;
use crate::shared::{SLOTS, Shared, random_path, shared};
use integration_tests::deadline::poll;
use integration_tests::openmetrics::{Reader, Syntax};
use integration_tests::prometheus::{Histogram, Target};
use integration_tests::protobuf::model::MetricFamily;
use metrics_runtime::Format;
use prost::Message as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Registries of a page.
const ON_A_PAGE: u64 = 100;

const LIMIT: Duration = Duration::from_mins(2);

/// A family that says which page it is on.
const MARK: &str = "oracle_page";

struct Page {
    /// The seed of its first registry.
    seed: u64,
    began: SystemTime,
    model: Model,
    text: Vec<u8>,
}

// Mutations: the schema as an unsigned number; the exemplar of another bucket;
// a collector's histogram without its last bucket.
#[test]
fn prometheus_ingests_pages_of_all_formats() {
    let shared = shared();
    let seeds = Seeds::new();
    let firsts: Vec<u64> = seeds.all().step_by(100).collect();
    let mut samples = 0;
    for &format in Format::ALL {
        for wave in firsts.chunks(SLOTS) {
            let wave: Vec<Page> = wave
                .iter()
                .map(|&first| page(first, seeds.count_from(first).min(ON_A_PAGE), format))
                .collect();
            for (slot, page) in wave.iter().enumerate() {
                let path = random_path(format, slot);
                shared.served.put(&path, format, page.text.clone());
            }
            for (slot, page) in wave.iter().enumerate() {
                let _again = Again {
                    seed: page.seed,
                    count: ON_A_PAGE,
                };
                samples += check(shared, &random_path(format, slot), page, format);
            }
        }
    }
    println!("{} pages with {samples} samples", 3 * firsts.len());
}

/// The page of registries with the seeds from this one on.
fn page(seed: u64, count: u64, format: Format) -> Page {
    let began = SystemTime::now();
    let mut model = Model::default();
    let mut text = mark(seed, format);
    for seed in seed..seed + count {
        let population = populate(seed);
        let own = population.registry.encode(format);
        text.append(&mut without_own(&own, format));
        model.families.extend(population.model.families);
    }
    if format == Format::OpenMetrics {
        text.extend_from_slice(b"# EOF\n");
        // The page as a whole is one to the strictest parser.
        let read = Reader::start().read(Syntax::OpenMetrics, &text);
        read.unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&text)));
    }
    Page {
        seed,
        began,
        model,
        text,
    }
}

fn mark(seed: u64, format: Format) -> Vec<u8> {
    let registry = metrics_runtime::Registry::new();
    let made = registry.gauge_family(MARK, "The page.", ["seed"]);
    let made = made.expect("the name is valid");
    made.with([&*seed.to_string()]).set(1.0);
    without_own(&registry.encode(format), format)
}

/// The page without what each registry says about itself, and without its end.
fn without_own(page: &[u8], format: Format) -> Vec<u8> {
    if format == Format::Protobuf {
        // The bytes as they were written, message by message.
        let (mut rest, mut others) = (page, Vec::new());
        while !rest.is_empty() {
            let before = rest;
            let family = MetricFamily::decode_length_delimited(&mut rest);
            let family = family.expect("the page is valid");
            if !family.name().starts_with("metrics_") {
                others.extend_from_slice(&before[..before.len() - rest.len()]);
            }
        }
        return others;
    }
    let own = |line: &&[u8]| {
        let metadata = [&b"# HELP "[..], b"# TYPE ", b"# UNIT "];
        let starts = metadata.iter().find_map(|start| line.strip_prefix(*start));
        starts.unwrap_or(line).starts_with(b"metrics_")
    };
    let lines = page.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.filter(|line| *line != b"# EOF\n" && !own(line));
    lines.flatten().copied().collect()
}

/// Waits until the page was scraped and compares what came of it; gives the number
/// of its series.
fn check(shared: &Shared, path: &str, page: &Page, format: Format) -> usize {
    let prometheus = &shared.prometheus;
    let mark = format!("{MARK}{{instance=\"{path}\",seed=\"{}\"}}", page.seed);
    let scraped = poll(LIMIT, || {
        let found = prometheus.query(&mark);
        (!found.is_empty()).then_some(())
    });
    let states = || {
        let targets = prometheus.targets().into_iter();
        targets
            .filter(|it| it.url.ends_with(path))
            .collect::<Vec<Target>>()
    };
    assert!(scraped.is_some(), "{path} wasn't scraped: {:#?}", states());
    let all = format!("{{instance=\"{path}\",__name__!~\"up|scrape_.*|{MARK}\"}}");
    let (plain, native) = prometheus.query_all(&all);
    let exemplars = prometheus.exemplars(&all);
    let mut expected = Series::new(&page.model, format);
    let count = expected.plain.len() + expected.native.len();
    let began = page.began.duration_since(UNIX_EPOCH);
    let began = began.expect("it is after 1970").as_secs_f64() - 0.001;
    for found in exemplars {
        // A page before may have had a series of the same name.
        if found.timestamp >= began {
            expected.take_exemplar(&found);
        }
    }
    for (labels, value) in plain {
        if let Some(wanted) = expected.take_plain(labels) {
            assert!(wanted.allows(value), "{value} on {path} isn't {wanted:?}");
        }
    }
    for (labels, found) in native {
        let (sum, buckets) = expected.take_native(labels);
        assert!(
            model::same(found.sum, sum),
            "{found:?} on {path}, not {sum}"
        );
        assert!(
            has_buckets(&found, &buckets),
            "{found:?} on {path}, not {buckets:?}"
        );
    }
    expected.assert_taken(path);
    count
}

/// The server has bounds of its own making, to some bits.
fn has_buckets(found: &Histogram, wanted: &[(f64, f64, u64)]) -> bool {
    let close = |one: f64, other: f64| model::same(one, other) || (one / other - 1.0).abs() < 1e-9;
    let pairs = found.buckets.iter().zip(wanted);
    let mut same = pairs.map(|((lower, upper, count), wanted)| {
        close(*lower, wanted.0)
            && close(*upper, wanted.1)
            && model::same(*count, model::number(wanted.2))
    });
    let count: u64 = wanted.iter().map(|(.., count)| count).sum();
    found.buckets.len() == wanted.len()
        && same.all(|same| same)
        && model::same(found.count, model::number(count))
}
