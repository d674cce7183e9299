//! Functions that return streams.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::Watched;
use crate::driver::{End, Failure, VALUE, page, ready};

static REGISTRY: Registry = Registry::new();

type Item = Result<u32, Failure>;

/// Yields one value, ends as it is told to, and ends.
struct Ending {
    end: End,
    yielded: u8,
    left: u8,
}

impl Ending {
    const fn new(end: End) -> Self {
        Self {
            end,
            yielded: 0,
            left: 2,
        }
    }
}

impl Stream for Ending {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        if this.yielded > 0 && this.end == End::Wait {
            return Poll::Pending;
        }
        // Suspended before each item.
        this.left -= 1;
        if this.left > 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.left = 2;
        this.yielded += 1;
        Poll::Ready(match this.yielded {
            1 => Some(Ok(VALUE)),
            2 => Some(this.end.reach()),
            _ => None,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (2, Some(2))
    }
}

/// All items of a stream.
async fn collected(stream: impl Stream<Item = Item>) -> Vec<Item> {
    let mut stream = std::pin::pin!(stream);
    assert_eq!(stream.size_hint(), (2, Some(2)));
    let mut items = Vec::new();
    while let Some(item) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
    {
        items.push(item);
    }
    items
}

/// Calls a function with every end that its stream can have, and those of the
/// future that makes it, if there is one.
#[track_caller]
fn check<S: Stream<Item = Item>, F: Future<Output = S>>(
    function: &'static str,
    call: impl Fn(End) -> F,
) {
    let mut watched = Watched::new(&REGISTRY, function);
    watched.forgotten(ready(call(End::Return)));
    let items = watched.ok(|| ready(async { collected(call(End::Return).await).await }));
    assert_eq!(items, [Ok(VALUE), Ok(VALUE)]);
    let items = watched.error(|| ready(async { collected(call(End::Fail).await).await }));
    assert_eq!(items, [Ok(VALUE), Err(Failure)]);
    watched.panics(|| ready(async { collected(call(End::Panic).await).await }));
    watched.cancelled(async { collected(call(End::Wait).await).await });
    let labels = [("function", function)];
    let items = page(&REGISTRY).sum("function_stream_items_total", &labels);
    // Two, two, and one before the panic.
    assert_eq!(items, Some(5.0));
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque(end: End) -> impl Stream<Item = Item> {
    Ending::new(end)
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_early(end: End) -> impl Stream<Item = Result<u32, Failure>> + Send + use<> {
    if end == End::Fail {
        return Ending::new(end);
    }
    Ending::new(end)
}

#[test]
fn an_opaque_stream_is_counted_by_its_end() {
    check("opaque", async |end| opaque(end));
    check("opaque_early", async |end| opaque_early(end));
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed(end: End) -> Pin<Box<dyn Stream<Item = Item> + Send>> {
    match end {
        End::Fail => Box::pin(Ending::new(End::Fail)),
        end => Box::pin(Ending::new(end)),
    }
}

/// As the `futures` crate names it.
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_an_alias(end: End) -> BoxStream<'static, Item> {
    Box::pin(Ending::new(end))
}

#[test]
fn a_boxed_stream_is_counted_by_its_end() {
    check("boxed", async |end| boxed(end));
    check("of_an_alias", async |end| of_an_alias(end));
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
async fn later(end: End) -> impl Stream<Item = Item> {
    End::Return.wait().await;
    Ending::new(end)
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
async fn boxed_later(end: End) -> Pin<Box<dyn Stream<Item = Item>>> {
    End::Return.wait().await;
    Box::pin(Ending::new(end))
}

#[test]
fn a_stream_that_an_async_function_returns_is_counted_by_its_end() {
    check("later", later);
    check("boxed_later", boxed_later);
}

struct Source {
    end: End,
}

impl Source {
    #[timed(stream, registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn items(&self) -> impl Stream<Item = Item> + '_ {
        Ending::new(self.end)
    }
}

#[test]
fn a_stream_of_a_method_is_counted_by_its_end() {
    check("items", async |end| {
        // For as long as the stream.
        let source: &'static Source = Box::leak(Box::new(Source { end }));
        source.items()
    });
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
fn before(end: End) -> impl Stream<Item = Item> {
    let _ = end.reach();
    Ending::new(End::Return)
}

#[timed(stream, registry = REGISTRY)]
#[counted]
#[in_progress]
async fn before_async(end: End) -> impl Stream<Item = Item> {
    end.wait().await;
    let _ = end.reach();
    Ending::new(End::Return)
}

#[test]
fn a_panic_or_a_cancellation_before_there_is_a_stream_is_counted() {
    let mut watched = Watched::new(&REGISTRY, "before");
    watched.panics(|| before(End::Panic).size_hint());
    watched.forgotten(before(End::Return));
    let mut watched = Watched::new(&REGISTRY, "before_async");
    watched.forgotten(before_async(End::Return));
    watched.panics(|| ready(before_async(End::Panic)).size_hint());
    watched.cancelled(before_async(End::Wait));
    watched.forgotten(ready(before_async(End::Return)));
    for function in ["before", "before_async"] {
        let labels = [("function", function)];
        let items = page(&REGISTRY).sum("function_stream_items_total", &labels);
        assert_eq!(items, Some(0.0), "{function} has made no stream");
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn fallible(end: End) -> Result<impl Stream<Item = Item>, Failure> {
    end.reach()?;
    Ok(Ending::new(end))
}

#[test]
fn a_result_of_a_stream_is_counted_when_it_is_made() {
    let mut watched = Watched::new(&REGISTRY, "fallible");
    drop(watched.ok(|| fallible(End::Return)));
    drop(watched.error(|| fallible(End::Fail)));
    watched.panics(|| fallible(End::Panic).is_ok());
}
