//! Exemplars from the current span.
//!
//! `tracing-opentelemetry` activates the context of a span as it is entered, so
//! that the current one is found in a cell of the thread. The span's extensions
//! in the registry of `tracing` have it too, but behind locks that a layer may
//! hold while it calls an annotated function: that call would never end.

use crate::Exemplar;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use std::panic::catch_unwind;

/// Recordings are asked for their span, unless a source is set.
pub(crate) const ON: bool = true;

/// Dropped with the thread, for [`ALIVE`].
struct Alive;

impl Drop for Alive {
    fn drop(&mut self) {}
}

thread_local! {
    /// Gone before the cell with the context is, since that is made first and
    /// locals go in the opposite order: it can't be asked whether it is there.
    static ALIVE: Option<Alive> = {
        // It is gone already in a thread that is ending and was never asked before.
        catch_unwind(|| Context::map_current(|_| ())).ok().map(|()| Alive)
    };
}

/// The exemplar of the current span: its `trace_id` and `span_id`; `None` where
/// there is no span, or one that isn't sampled and therefore kept nowhere.
///
/// With the feature `tracing`, counters and buckets have these exemplars unless
/// [`set_exemplar_source`](crate::set_exemplar_source) sets a source, which may
/// fall back on this function. Spans are those of `tracing` that the layer of
/// `tracing-opentelemetry` (0.34) sees, and the active ones of `opentelemetry`
/// (0.33); without such a layer nothing is recorded. A layer that is made
/// `with_context_activation(false)` shows no spans here.
///
/// A recording that is due for an exemplar asks for its span; where there is none, or
/// one that isn't sampled, the next recording asks again, which costs some ten
/// nanoseconds. Once it has its exemplar, a series or bucket costs a nanosecond more
/// than without the feature.
///
/// No lock is taken, so that layers, samplers and span processors may call
/// annotated functions.
///
/// ```
/// use metrics_runtime::{Format, counted, global, span_exemplar};
/// use opentelemetry::trace::TracerProvider;
/// use opentelemetry_sdk::trace::SdkTracerProvider;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// #[counted]
/// fn handle() {}
///
/// let tracer = SdkTracerProvider::default().tracer("doc");
/// let layer = tracing_opentelemetry::layer().with_tracer(tracer);
/// let subscriber = tracing_subscriber::registry().with(layer);
/// tracing::subscriber::with_default(subscriber, || {
///     let _request = tracing::info_span!("request").entered();
///     handle();
///     assert!(span_exemplar().is_some());
/// });
/// let page = global().encode(Format::OpenMetrics);
/// assert!(String::from_utf8_lossy(&page).contains(" 1 # {trace_id=\""));
///
/// assert_eq!(span_exemplar(), None);
/// ```
pub fn span_exemplar() -> Option<Exemplar> {
    ALIVE.try_with(|alive| alive.as_ref().map(|_| ())).ok()??;
    // Copied out, since nothing may attach a context while it is borrowed.
    let (trace, span) = Context::map_current(|context| {
        let span = context.span();
        let context = span.span_context();
        (context.is_sampled() && context.is_valid())
            .then(|| (context.trace_id(), context.span_id()))
    })?;
    let labels = [
        ("trace_id", trace.to_string()),
        ("span_id", span.to_string()),
    ];
    Exemplar::new(labels).ok()
}
