//! A source of the user's beside spans, one for the process: in a program of its
//! own.

#![cfg(feature = "tracing")]

use metrics_runtime::{Exemplar, Format, Registry, set_exemplar_source, span_exemplar};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::cell::Cell;
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

thread_local! {
    static TICKET: Cell<&'static str> = const { Cell::new("") };
}

// Mutation: the span is asked first.
#[test]
fn a_source_that_is_set_goes_before_the_span_and_may_fall_back_on_it() {
    let tracer = SdkTracerProvider::default().tracer("test");
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    let subscriber = tracing_subscriber::registry().with(layer);
    let _default = tracing::subscriber::set_default(subscriber);
    let registry = Registry::new();
    let exemplar = |name: &str| {
        let counter = registry.counter(&format!("{name}_total"), "Calls.");
        counter.expect("it is valid").inc();
        let page = registry.encode(Format::OpenMetrics);
        let page = String::from_utf8_lossy(&page);
        let line = page
            .lines()
            .find(|line| line.starts_with(&format!("{name}_total")));
        line.expect("the counter is there").to_owned()
    };
    let _span = info_span!("request").entered();
    assert!(exemplar("before").contains("trace_id="));

    set_exemplar_source(|| match TICKET.get() {
        "" => span_exemplar().map(Ok),
        "none" => None,
        ticket => Some(Exemplar::new([("ticket", ticket)])),
    })
    .expect("it is set once");
    assert!(exemplar("fallback").contains("trace_id="));
    TICKET.set("none");
    assert!(!exemplar("nowhere").contains('#'));
    TICKET.set("42");
    assert!(exemplar("after").contains(" 1 # {ticket=\"42\"} "));
}
