//! Exemplars from the current span.

#![cfg(feature = "tracing")]

use metrics_runtime::{Format, Registry, counted, global, timed};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Instrument, Subscriber, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Registry as Spans;
use tracing_subscriber::layer::{self, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The `tracing` side of a program that samples its traces in this way.
fn subscriber(sampler: Sampler) -> impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync {
    let provider = SdkTracerProvider::builder().with_sampler(sampler).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    Spans::default().with(layer)
}

/// What `tracing-opentelemetry` says that the current span is.
fn current() -> SpanContext {
    let context = tracing::Span::current().context();
    context.span().span_context().clone()
}

/// What the exemplar of a recording in this span looks like.
fn shown(span: &SpanContext) -> String {
    let (trace, span) = (span.trace_id(), span.span_id());
    format!(" # {{trace_id=\"{trace}\",span_id=\"{span}\"}} ")
}

/// The line of the OpenMetrics page that starts like this.
fn line(registry: &Registry, start: &str) -> String {
    let page = registry.encode(Format::OpenMetrics);
    let page = String::from_utf8_lossy(&page);
    let mut lines = page.lines();
    let line = lines.find(|line| line.starts_with(start));
    line.unwrap_or_else(|| panic!("{start} in {page}"))
        .to_owned()
}

// Mutations: the span's id is that of the trace; nobody is asked before a source is
// set (`ON` is false).
#[test]
fn recordings_carry_the_current_span() {
    static REGISTRY: Registry = Registry::new();
    #[timed(registry = REGISTRY)]
    #[counted(registry = REGISTRY)]
    fn handle() {}

    let sizes = REGISTRY
        .histogram("size_bytes", "Sizes.", &[1.0, 10.0])
        .expect("it is valid");
    let calls = "function_calls_total{function=\"handle\"";
    // Neither a layer nor a span.
    handle();
    assert!(!line(&REGISTRY, calls).contains('#'));
    tracing::subscriber::with_default(subscriber(Sampler::AlwaysOn), || {
        handle();
        assert!(!line(&REGISTRY, calls).contains('#'), "no span");
        let _outer = info_span!("outer").entered();
        let outer = current();
        assert!(outer.is_valid());
        handle();
        let inner = info_span!("inner").in_scope(|| {
            sizes.observe(5.0);
            current()
        });
        sizes.observe(0.5);

        assert_eq!(inner.trace_id(), outer.trace_id());
        assert_ne!(inner.span_id(), outer.span_id());
        let calls = line(&REGISTRY, calls);
        assert!(calls.contains(&shown(&outer)), "{calls} of {outer:?}");
        let bucket = line(&REGISTRY, "size_bytes_bucket{le=\"10.0\"}");
        assert!(bucket.contains(&shown(&inner)), "{bucket} of {inner:?}");
        let bucket = line(&REGISTRY, "size_bytes_bucket{le=\"1.0\"}");
        assert!(bucket.contains(&shown(&outer)), "{bucket} of {outer:?}");
        let timed = line(&REGISTRY, "function_duration_seconds_bucket{function=");
        assert!(timed.contains(&shown(&outer)), "{timed} of {outer:?}");
    });
}

// A trace that isn't sampled is kept nowhere: nobody could look it up. Mutation:
// `is_sampled` isn't asked.
#[test]
fn spans_that_are_not_sampled_leave_the_place_to_those_that_are() {
    let registry = Registry::new();
    let counter = registry.counter("calls_total", "Calls.");
    let counter = counter.expect("it is valid");
    tracing::subscriber::with_default(subscriber(Sampler::AlwaysOff), || {
        let _span = info_span!("request").entered();
        assert!(current().is_valid());
        counter.inc();
    });
    assert!(!line(&registry, "calls_total").contains('#'));
    tracing::subscriber::with_default(subscriber(Sampler::AlwaysOn), || {
        let _span = info_span!("request").entered();
        counter.inc();
        assert!(line(&registry, "calls_total").contains(&shown(&current())));
    });
}

// Two futures that take turns on one thread. Mutation: a thread remembers the first
// span that it finds.
#[tokio::test]
async fn futures_carry_their_own_spans() {
    static REGISTRY: Registry = Registry::new();
    #[counted(registry = REGISTRY)]
    async fn handle_red() -> SpanContext {
        tokio::task::yield_now().await;
        current()
    }
    #[counted(registry = REGISTRY)]
    async fn handle_blue() -> SpanContext {
        tokio::task::yield_now().await;
        current()
    }

    let _default = tracing::subscriber::set_default(subscriber(Sampler::AlwaysOn));
    let (red, blue) = tokio::join!(
        handle_red().instrument(info_span!("red")),
        handle_blue().instrument(info_span!("blue")),
    );
    assert_ne!(red.trace_id(), blue.trace_id());
    for (name, span) in [("handle_red", red), ("handle_blue", blue)] {
        let calls = line(
            &REGISTRY,
            &format!("function_calls_total{{function=\"{name}\""),
        );
        assert!(calls.contains(&shown(&span)), "{calls} of {span:?}");
    }
}

/// Calls of annotated functions from within a subscriber.
static CALLBACKS: Registry = Registry::new();

/// The number of them.
static CALLED: AtomicU32 = AtomicU32::new(0);

/// Calls a function of a place that was never called before in this thread, so
/// that an exemplar is due.
fn call_back(place: &'static str) {
    #[counted(name = "callbacks_total", help = "Calls.", labels(place = place, nth = nth), registry = CALLBACKS)]
    fn handle(place: &'static str, nth: u32) {}

    handle(place, CALLED.fetch_add(1, Ordering::Relaxed));
}

/// A layer that records while it holds the extensions of the span.
struct Recording;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recording {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: layer::Context<'_, S>) {
        let span = context.span(id).expect("it is new");
        let _extensions = span.extensions_mut();
        call_back("new span");
    }

    fn on_record(&self, id: &Id, _: &Record<'_>, context: layer::Context<'_, S>) {
        let span = context.span(id).expect("it is open");
        let _extensions = span.extensions_mut();
        call_back("record");
    }

    fn on_event(&self, _: &Event<'_>, context: layer::Context<'_, S>) {
        let span = context.lookup_current();
        let _extensions = span.as_ref().map(|span| span.extensions_mut());
        call_back("event");
    }

    fn on_enter(&self, id: &Id, context: layer::Context<'_, S>) {
        let span = context.span(id).expect("it is open");
        let _extensions = span.extensions_mut();
        call_back("enter");
    }

    fn on_exit(&self, id: &Id, context: layer::Context<'_, S>) {
        let span = context.span(id).expect("it is open");
        let _extensions = span.extensions_mut();
        call_back("exit");
    }

    fn on_close(&self, id: Id, context: layer::Context<'_, S>) {
        let span = context.span(&id).expect("it is there until it is closed");
        let _extensions = span.extensions_mut();
        call_back("close");
    }
}

/// A processor that records, where `tracing-opentelemetry` holds the span.
#[derive(Debug)]
struct Processing;

impl SpanProcessor for Processing {
    fn on_start(&self, _: &mut Span, _: &Context) {
        call_back("start");
    }

    fn on_end(&self, _: SpanData) {
        call_back("end");
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

// Mutation: the span is found by `tracing::Span::current().context()`, which waits
// for the extensions that the layer holds, for ever.
#[test]
fn subscribers_may_record_in_their_own_callbacks() {
    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Processing)
            .build();
        let opentelemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        // Before and after that layer, which does its own in between.
        let subscriber = Spans::default()
            .with(Recording)
            .with(opentelemetry)
            .with(Recording);
        tracing::subscriber::with_default(subscriber, || {
            let outer = info_span!("outer", field = tracing::field::Empty).entered();
            outer.record("field", 1);
            info!("in a span");
            info_span!("inner").in_scope(|| call_back("inner"));
            done.send(shown(&current())).expect("the test waits");
        });
        done.send(String::new()).expect("the test waits");
    });
    let limit = Duration::from_mins(1);
    let outer = finished.recv_timeout(limit).expect("no call hangs");
    finished.recv_timeout(limit).expect("no span hangs");

    let page = CALLBACKS.encode(Format::OpenMetrics);
    let page = String::from_utf8_lossy(&page);
    for place in [
        "new span", "record", "event", "enter", "exit", "close", "start", "end",
    ] {
        let of = format!("place=\"{place}\"");
        assert!(page.contains(&of), "{place} in {page}");
    }
    // The event of the outer span is counted in it, in both layers.
    let events: Vec<_> = page
        .lines()
        .filter(|line| line.contains("place=\"event\"") && line.contains("_total"))
        .collect();
    assert_eq!(events.len(), 2, "{page}");
    for event in events {
        assert!(event.contains(&outer), "{event} of {outer}");
    }
    assert_no_panic();
}

/// No source has panicked in this program.
fn assert_no_panic() {
    let page = global().to_text();
    let panics = "metrics_dropped_exemplars_total{reason=\"panic\"}";
    assert!(!page.contains(panics), "{page}");
}

// Mutation: `ALIVE` isn't asked: the cell with the context is gone before the
// local that was made before it.
#[test]
fn threads_may_record_while_they_end() {
    struct Last(Arc<Barrier>);

    impl Drop for Last {
        fn drop(&mut self) {
            global()
                .counter("ended_total", "Threads.")
                .expect("it is valid")
                .inc();
            self.0.wait();
        }
    }

    thread_local! {
        static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
    }

    let ended = Arc::new(Barrier::new(2));
    let last = Last(Arc::clone(&ended));
    let thread = thread::spawn(move || {
        LAST.set(Some(last));
        // Makes the cell with the context.
        global()
            .counter("begun_total", "Threads.")
            .expect("it is valid")
            .inc();
    });
    ended.wait();
    thread.join().expect("nothing has panicked");
    assert!(line(global(), "ended_total").starts_with("ended_total 1"));
    assert_no_panic();
}
