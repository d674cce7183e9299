//! Random registries as the `prometheus` crate gathers them.

use crate::for_each_registry;
use crate::model;
use crate::population::Held;
use integration_tests::page::Page;
use metrics_runtime::Format;
use prometheus::TextEncoder;

// Mutation: `own_slots` has no callbacks.
#[test]
fn every_registry_is_whole_in_a_registry_of_the_prometheus_crate() {
    for_each_registry(1, |population| {
        // The bridge lasts as long as the program.
        let Held::Configured(registry) = &population.registry else {
            return;
        };
        let theirs = prometheus::Registry::new();
        let registered = theirs.register(Box::new(registry.collector()));
        registered.expect("nothing else is there");
        let text = TextEncoder::new().encode_to_string(&theirs.gather());
        let text = text.expect("the families are whole");
        // That encoder spells infinity as Rust does, which Go reads as well.
        let lines = text.lines().map(|line| match line.rsplit_once(' ') {
            Some((start, "inf")) => format!("{start} +Inf\n"),
            Some((start, "-inf")) => format!("{start} -Inf\n"),
            _ => format!("{line}\n"),
        });
        let text: String = lines.collect();
        let page = Page::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut expected = population.model.expected(Format::Text);
        for shown in expected.values_mut() {
            // That encoder panics at one that is untyped.
            if shown.kind == "untyped" {
                "gauge".clone_into(&mut shown.kind);
            }
        }
        model::compare(&model::of_page(&page), &expected, text.as_bytes());
    });
}
