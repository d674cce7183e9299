//! A registry's content, kept a second time.

use fastrand::Rng;
use integration_tests::page::Page;
use metrics_runtime::Registry;
use std::collections::BTreeMap;

/// Text that a careless writer breaks on.
const HOSTILE: [&str; 12] = [
    "",
    "\\",
    "\"",
    "\n",
    "\\n",
    "\r",
    "\t",
    "\0",
    "\u{2028}",
    "{a=\"b\"} 1",
    "# EOF",
    "ü𝛌\u{feff}",
];

const NUMBERS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    1e21,
    1e-7,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// A sample's name, labels and value.
type Expected = (String, Vec<(String, String)>, f64);

/// The samples that the page must have.
#[derive(Default)]
pub(crate) struct Model {
    samples: Vec<Expected>,
    helps: BTreeMap<String, String>,
}

fn text(random: &mut Rng) -> String {
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

/// Help must not be empty for promtool.
fn help(random: &mut Rng) -> String {
    format!("About {}.", text(random))
}

impl Model {
    /// Makes families, records into them and into the model.
    pub(crate) fn fill(registry: &Registry, seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut model = Self::default();
        for number in 0..random.usize(1..8) {
            match random.u8(0..3) {
                0 => model.counters(registry, number, &mut random),
                1 => model.gauges(registry, number, &mut random),
                _ => model.histograms(registry, number, &mut random),
            }
        }
        model
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let labels = labels.iter().map(owned).collect();
        self.samples.push((name.to_owned(), labels, value));
    }

    fn counters(&mut self, registry: &Registry, number: usize, random: &mut Rng) {
        let name = format!("family_{number}_total");
        let help = help(random);
        let family = registry.counter_family(&name, &help, ["a", "b"]);
        let family = family.expect("the description is valid");
        let mut sums: BTreeMap<[String; 2], u64> = BTreeMap::new();
        for _ in 0..random.usize(1..20) {
            let values = [text(random), text(random)];
            let amount = random.u64(0..1 << 40);
            family.with([&values[0], &values[1]]).inc_by(amount);
            *sums.entry(values).or_default() += amount;
        }
        for ([a, b], sum) in sums {
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            self.sample(&name, &[("a", &a), ("b", &b)], sum as f64);
        }
        self.helps.insert(name, help);
    }

    fn gauges(&mut self, registry: &Registry, number: usize, random: &mut Rng) {
        let name = format!("family_{number}");
        let help = help(random);
        let family = registry.gauge_family(&name, &help, ["a"]);
        let family = family.expect("the description is valid");
        let mut last: BTreeMap<String, f64> = BTreeMap::new();
        for _ in 0..random.usize(1..10) {
            let value = NUMBERS[random.usize(0..NUMBERS.len())];
            let label = text(random);
            family.with([&label]).set(value);
            last.insert(label, value);
        }
        for (label, value) in last {
            self.sample(&name, &[("a", &label)], value);
        }
        self.helps.insert(name, help);
    }

    fn histograms(&mut self, registry: &Registry, number: usize, random: &mut Rng) {
        let name = format!("family_{number}_bytes");
        let help = help(random);
        let mut bounds: Vec<f64> = (0..random.usize(1..12))
            .map(|_| f64::from(random.i32(-1_000..1_000)) / 8.0)
            .collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let histogram = registry.histogram(&name, &help, &bounds);
        let histogram = histogram.expect("the description is valid");
        // Eighths and their sums are exact, so the order of adding is no matter.
        let observed: Vec<f64> = (0..random.usize(0..50))
            .map(|_| f64::from(random.i32(-2_000..2_000)) / 8.0)
            .collect();
        for value in &observed {
            histogram.observe(*value);
        }
        histogram.observe(f64::NAN);
        let up_to = |bound: f64| observed.iter().filter(|value| **value <= bound).count();
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let count = |bound| up_to(bound) as f64;
        for bound in bounds {
            let le = bound.to_string();
            self.sample(&format!("{name}_bucket"), &[("le", &le)], count(bound));
        }
        let all = count(f64::INFINITY);
        self.sample(&format!("{name}_bucket"), &[("le", "+Inf")], all);
        self.sample(&format!("{name}_sum"), &[], observed.iter().sum());
        self.sample(&format!("{name}_count"), &[], all);
        self.helps.insert(name, help);
    }

    /// Asserts that the page has these samples and help texts, and no others.
    pub(crate) fn compare(&self, page: &Page) {
        for (name, labels, value) in &self.samples {
            let labels: Vec<_> = labels
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            let read = page.value(name, &labels);
            let same = read.is_some_and(|read| {
                // Positive and negative zero are one number to Prometheus.
                read.total_cmp(value).is_eq() || read == 0.0 && *value == 0.0
            });
            let nan = value.is_nan() && read.is_some_and(f64::is_nan);
            assert!(
                same || nan,
                "{name}{labels:?} is {read:?} instead of {value}"
            );
        }
        // The registry's count of conflicts is the one sample beside ours.
        assert_eq!(page.samples().count(), self.samples.len() + 1);
        for family in page.families() {
            let help = self.helps.get(&family.name);
            let own = family.name == "metrics_conflicts_total";
            assert!(
                own || help == family.help.as_ref(),
                "{}: {:?}",
                family.name,
                family.help
            );
        }
    }
}
