//! Random registries: names at the edge of what is valid, hostile text, extreme
//! numbers.

use crate::model::{Family, Labels, Model, Value};
use fastrand::Rng;
use metrics_runtime::{Metrics, Registry, Running};
use std::collections::BTreeMap;

/// Text that a careless writer breaks on.
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
const NAMES: [&str; 8] = [
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
const LABELS: [&str; 8] = ["_", "_a", "A", "a", "Le", "quantile_", "job", "a_"];

/// A registry and what it holds; what is in progress ends when it is dropped.
pub(crate) struct Population {
    pub(crate) registry: &'static Registry,
    pub(crate) model: Model,
    _running: Vec<Running>,
}

struct Maker {
    registry: &'static Registry,
    random: Rng,
    constant: Labels,
    namespace: &'static str,
    model: Model,
    running: Vec<Running>,
}

/// Makes the registry of a seed.
pub(crate) fn populate(seed: u64) -> Population {
    let mut random = Rng::with_seed(seed);
    // A set-up takes registries that live as long as the program.
    let registry: &'static Registry = Box::leak(Box::default());
    let mut constant = Labels::new();
    for name in ["region", "_zone"] {
        if random.u8(0..3) == 0 {
            constant.insert(name.to_owned(), text(&mut random));
        }
    }
    let namespace = ["", "", "_", "shop"][random.usize(0..4)];
    let mut builder = Metrics::builder().registry(registry);
    if !namespace.is_empty() {
        builder = builder.namespace(namespace);
    }
    for (name, value) in &constant {
        builder = builder.const_label(name, value);
    }
    builder.build().expect("the set-up is valid");
    let mut maker = Maker {
        registry,
        random,
        constant,
        namespace,
        model: Model::default(),
        running: Vec::new(),
    };
    for number in 0..maker.random.usize(1..8) {
        match maker.random.u8(0..4) {
            0 => maker.counters(number),
            1 => maker.gauges(number),
            2 => maker.in_progress(number),
            _ => maker.histograms(number),
        }
    }
    Population {
        registry,
        model: maker.model,
        _running: maker.running,
    }
}

fn text(random: &mut Rng) -> String {
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

impl Maker {
    fn name(&mut self, number: usize, suffix: &str) -> String {
        let start = NAMES[self.random.usize(0..NAMES.len())];
        let long = if self.random.u8(0..100) == 0 {
            1_000
        } else {
            0
        };
        format!("{start}{}{number}{suffix}", "x".repeat(long))
    }

    /// Promtool wants help that isn't empty; parsers cut blanks off its ends.
    fn help(&mut self) -> String {
        format!("About {}.", text(&mut self.random))
    }

    fn labels<const N: usize>(&mut self) -> [&'static str; N] {
        let first = self.random.usize(0..=LABELS.len() - N);
        std::array::from_fn(|at| LABELS[first + at])
    }

    fn values<const N: usize>(&mut self) -> [String; N] {
        std::array::from_fn(|_| text(&mut self.random))
    }

    fn add<const N: usize>(
        &mut self,
        kind: &'static str,
        name: &str,
        help: String,
        names: [&str; N],
        series: impl IntoIterator<Item = ([String; N], Value)>,
    ) {
        let namespace = match self.namespace {
            "" => String::new(),
            namespace => format!("{namespace}_"),
        };
        let series = series.into_iter().map(|(values, value)| {
            let names = names.iter().map(|&name| name.to_owned());
            let mut labels: Labels = names.zip(values).collect();
            labels.extend(self.constant.clone());
            (labels, value)
        });
        let series = series.collect();
        self.model.families.push(Family {
            name: format!("{namespace}{name}"),
            help,
            kind,
            series,
        });
    }

    fn counters(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, "_total"), self.help(), self.labels());
        let family = self.registry.counter_family::<2>(&name, &help, labels);
        let family = family.expect("the description is valid");
        let mut sums: BTreeMap<[String; 2], u64> = BTreeMap::new();
        for _ in 0..self.random.usize(1..20) {
            let values = self.values();
            let amount = self.random.u64(0..1 << 40);
            family.with([&values[0], &values[1]]).inc_by(amount);
            *sums.entry(values).or_default() += amount;
        }
        if self.random.u8(0..8) == 0 {
            let values = [String::new(), "most".to_owned()];
            family.with([&values[0], &values[1]]).inc_by(u64::MAX);
            sums.insert(values, u64::MAX);
        }
        #[expect(clippy::cast_precision_loss, reason = "as whoever reads the page does")]
        let series = sums
            .into_iter()
            .map(|(values, sum)| (values, Value::Number(sum as f64)));
        self.add("counter", &name, help, labels, series);
    }

    fn gauges(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, ""), self.help(), self.labels());
        let family = self.registry.gauge_family::<1>(&name, &help, labels);
        let family = family.expect("the description is valid");
        let mut last: BTreeMap<[String; 1], f64> = BTreeMap::new();
        for _ in 0..self.random.usize(1..10) {
            let value = match self.random.u8(0..4) {
                0 => f64::from_bits(self.random.u64(..)),
                _ => NUMBERS[self.random.usize(0..NUMBERS.len())],
            };
            let values = self.values();
            family.with([&values[0]]).set(value);
            last.insert(values, value);
        }
        let series = last
            .into_iter()
            .map(|(values, value)| (values, Value::Number(value)));
        self.add("gauge", &name, help, labels, series);
    }

    fn in_progress(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, ""), self.help(), self.labels());
        let family = self
            .registry
            .in_progress_family::<3>(&name, &help, labels)
            .expect("the description is valid");
        let mut running: BTreeMap<[String; 3], u32> = BTreeMap::new();
        for _ in 0..self.random.usize(1..6) {
            let values = self.values();
            let gauge = family.with([&values[0], &values[1], &values[2]]);
            let started = gauge.start();
            let count = running.entry(values).or_default();
            if self.random.bool() {
                self.running.push(started);
                *count += 1;
            }
        }
        let series = running
            .into_iter()
            .map(|(values, count)| (values, Value::Number(f64::from(count))));
        self.add("gauge", &name, help, labels, series);
    }

    fn histograms(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, "_bytes"), self.help(), self.labels());
        // Eighths and their sums are exact, so the order of adding is no matter.
        let least = if self.random.u8(0..4) == 0 { -1_000 } else { 0 };
        let mut bounds: Vec<f64> = (0..self.random.usize(1..12))
            .map(|_| f64::from(self.random.i32(least..1_000)) / 8.0)
            .collect();
        bounds.extend(
            [5e-324, f64::MAX]
                .iter()
                .filter(|_| self.random.u8(0..8) == 0),
        );
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let family = self
            .registry
            .histogram_family::<1>(&name, &help, labels, &bounds)
            .expect("the description is valid");
        let mut all: BTreeMap<[String; 1], Vec<f64>> = BTreeMap::new();
        for _ in 0..self.random.usize(1..4) {
            let values = self.values();
            let series = family.with([&values[0]]);
            let observed = all.entry(values).or_default();
            let least = if self.random.u8(0..4) == 0 { -2_000 } else { 0 };
            let numbers = 0..self.random.usize(0..30);
            let mut new: Vec<f64> = numbers
                .map(|_| f64::from(self.random.i32(least..2_000)) / 8.0)
                .collect();
            new.extend((self.random.u8(0..8) == 0).then_some(f64::INFINITY));
            for value in &new {
                series.observe(*value);
            }
            series.observe(f64::NAN);
            observed.extend(new);
        }
        let series = all.into_iter().map(|(values, observed)| {
            let bounds = bounds.clone();
            (values, Value::Histogram { bounds, observed })
        });
        let series: Vec<_> = series.collect();
        self.add("histogram", &name, help, labels, series);
    }
}
