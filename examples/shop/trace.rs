//! Traces: each request is a span, of which the visitor is told the ids.
//!
//! The spans are exported nowhere. A service that does so gives its exporter to
//! the provider, and its exemplars lead to the traces there.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt, TracerProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing::{Instrument, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

/// The header of an answer with the ids of its span (W3C Trace Context, level 2).
pub(crate) const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// Sees to the spans of the whole program.
pub(crate) fn install() -> Result<(), SetGlobalDefaultError> {
    // By default all traces are sampled but those that a visitor began otherwise.
    let tracer = SdkTracerProvider::default().tracer("shop");
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(layer);
    set_global_default(subscriber)
}

/// Middleware that makes a request a span, in the visitor's trace if it has one.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let span = info_span!(
        "request",
        otel.kind = "server",
        http.request.method = request.method().as_str(),
        http.route = route.map(MatchedPath::as_str),
    );
    let parent = TraceContextPropagator::new().extract(&Headers(request.headers()));
    // An error says that nobody sees to spans.
    let _ = span.set_parent(parent);
    let context = span.context();
    let mut response = next.run(request).instrument(span).await;
    if let Some(value) = trace_response(&context) {
        response.headers_mut().insert(TRACE_RESPONSE, value);
    }
    response
}

fn trace_response(context: &Context) -> Option<HeaderValue> {
    let span = context.span();
    let context: &SpanContext = span.span_context();
    let (trace, span) = (context.trace_id(), context.span_id());
    let flags = context.trace_flags().to_u8();
    let value = HeaderValue::try_from(format!("00-{trace}-{span}-{flags:02x}"));
    value.ok().filter(|_| context.is_valid())
}

/// The headers of a request, as propagators read them.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
