//! To and from the `prometheus` crate. The gate runs this twice, with that
//! crate's feature `protobuf` and without, since it gives the model other types.

mod circle;
mod collected;
mod foreign;
mod gathered;

use integration_tests::page::{Kind, Page};
use metrics_runtime::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use std::collections::{BTreeMap, HashMap};

/// The page of a registry of ours, which must be a valid one.
#[track_caller]
fn page(registry: &Registry) -> Page {
    Page::parse(registry.to_text()).expect("the page is valid")
}

/// What the `prometheus` crate's encoder writes.
#[track_caller]
fn page_of_prometheus(families: &[MetricFamily]) -> Page {
    let text = prometheus::TextEncoder::new().encode_to_string(families);
    Page::parse(text.expect("the families are whole")).expect("the page is valid")
}

/// A registry of the `prometheus` crate with one collector.
#[track_caller]
fn registry_with(collector: impl Collector + 'static) -> prometheus::Registry {
    let registry = prometheus::Registry::new();
    register(&registry, collector);
    registry
}

#[track_caller]
fn register(registry: &prometheus::Registry, collector: impl Collector + 'static) {
    let registered = registry.register(Box::new(collector));
    registered.expect("the name is free");
}

/// Kind, help and samples of the families of this name and those that it is the
/// prefix of.
#[track_caller]
fn families(page: &Page, prefix: &str) -> BTreeMap<String, (Kind, Option<String>, Vec<String>)> {
    let families = page.families();
    let families = families.filter(|family| family.name.starts_with(prefix));
    let described = families.map(|family| {
        let samples = family.samples.iter();
        let samples = samples.map(|s| format!("{}{:?} {}", s.name, s.labels, s.value));
        let mut samples: Vec<_> = samples.collect();
        samples.sort_unstable();
        let described = (family.kind, family.help.clone(), samples);
        (family.name.clone(), described)
    });
    described.collect()
}

/// A collector of whatever the function gives; described like a counter of this
/// name, since a registry takes one without descriptors only.
struct Made<F> {
    desc: Desc,
    make: F,
}

impl<F> Made<F> {
    fn new(name: &str, make: F) -> Self {
        let desc = Desc::new(name.into(), "Made.".into(), Vec::new(), HashMap::new());
        let desc = desc.expect("the name is valid");
        Self { desc, make }
    }
}

impl<F: Fn() -> Vec<MetricFamily> + Send + Sync> Collector for Made<F> {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        (self.make)()
    }
}
