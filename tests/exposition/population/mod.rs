//! Random registries: families of every kind with names at the edge of what is
//! valid, hostile text, extreme numbers, exemplars and collectors.

mod cells;
mod collector;
mod held;
mod refused;
mod source;
mod text;

pub(crate) use collector::reported;
pub(crate) use source::recorded_with;

use crate::model::{Family, Kind, Labels, Model, Value};
use fastrand::Rng;
use metrics_runtime::{Metrics, Registry, Running};
use std::ops::Deref;
use std::time::Duration;
use text::{LABELS, NAMES, text};

/// How long a page waits for collectors: they are never late.
const PATIENCE: Duration = Duration::from_mins(5);

/// A registry and what it holds; what is in progress ends when it is dropped.
pub(crate) struct Population {
    pub(crate) registry: Held,
    pub(crate) model: Model,
    _running: Vec<Running>,
}

/// A registry, which lives as long as the program if it was set up.
#[derive(Debug)]
pub(crate) enum Held {
    Configured(&'static Registry),
    Plain(Box<Registry>),
}

impl Deref for Held {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        match self {
            Self::Configured(registry) => registry,
            Self::Plain(registry) => registry,
        }
    }
}

struct Maker {
    registry: Held,
    random: Rng,
    /// The name of the registry in names of families, of which a hundred stand on
    /// one page, and of collectors.
    seed: u64,
    constant: Labels,
    namespace: &'static str,
    model: Model,
    running: Vec<Running>,
}

/// Makes the registry of a seed.
pub(crate) fn populate(seed: u64) -> Population {
    let mut random = Rng::with_seed(seed);
    let mut constant = Labels::new();
    let mut namespace = "";
    let registry = if random.bool() {
        for name in ["region", "_zone"] {
            if random.bool() {
                constant.insert(name.to_owned(), text(&mut random));
            }
        }
        namespace = ["", "_n", "shop"][random.usize(0..3)];
        Held::Configured(configured(namespace, &constant))
    } else {
        Held::Plain(Box::default())
    };
    registry.set_collector_deadline(PATIENCE);
    // The threads of collectors end with their registry.
    let ends = matches!(registry, Held::Plain(_));
    let has_collectors = ends || random.u8(0..16) == 0;
    let mut maker = Maker {
        registry,
        random,
        seed,
        constant,
        namespace,
        model: Model::default(),
        running: Vec::new(),
    };
    for number in 0..maker.random.usize(1..8) {
        match maker.random.u8(0..12) {
            0..2 => maker.counters(number),
            2 => maker.gauges(number),
            3 => maker.in_progress(number),
            4..6 => maker.histograms(number),
            6..8 => maker.native_histograms(number),
            8 => maker.info(number),
            9 => maker.state_set(number),
            10 => maker.summary(number),
            _ if has_collectors => maker.callbacks(number),
            _ => {}
        }
    }
    maker.be_refused();
    if has_collectors {
        maker.collectors();
    }
    Population {
        registry: maker.registry,
        model: maker.model,
        _running: maker.running,
    }
}

fn configured(namespace: &str, constant: &Labels) -> &'static Registry {
    let registry: &'static Registry = Box::leak(Box::default());
    let builder = Metrics::builder().registry(registry);
    // The model knows nothing of the process, whose numbers differ from page to page.
    let mut builder = builder.process_collector(false);
    if !namespace.is_empty() {
        builder = builder.namespace(namespace);
    }
    for (name, value) in constant {
        builder = builder.const_label(name, value);
    }
    builder.build().expect("the set-up is valid");
    registry
}

impl Maker {
    fn name(&mut self, number: usize, suffix: &str) -> String {
        let start = NAMES[self.random.usize(0..NAMES.len())];
        let long = if self.random.u8(0..100) == 0 {
            1_000
        } else {
            0
        };
        let page = self.seed % 100;
        format!("{start}{}{page}_{number}{suffix}", "x".repeat(long))
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

    /// The name as it is served.
    fn qualified(&self, name: &str) -> String {
        match self.namespace {
            "" => name.to_owned(),
            namespace => format!("{namespace}_{name}"),
        }
    }

    fn add<const N: usize>(
        &mut self,
        kind: Kind,
        name: &str,
        help: String,
        names: [&str; N],
        series: impl IntoIterator<Item = ([String; N], Value)>,
    ) {
        let series = series.into_iter().map(|(values, value)| {
            let names = names.iter().map(|&name| name.to_owned());
            let mut labels: Labels = names.zip(values).collect();
            labels.extend(self.constant.clone());
            (labels, value)
        });
        let series = series.collect();
        self.model.families.push(Family {
            name: self.qualified(name),
            help,
            kind,
            series,
        });
    }
}
