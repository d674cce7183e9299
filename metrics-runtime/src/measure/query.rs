//! How many queries a request makes.

use crate::builtin::query::http_request_db_queries;
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The request is under the HTTP layer.
pub(super) const LAYER: u64 = 1 << 63;

/// Its queries are counted, in the lower bits.
pub(super) const COUNTING: u64 = 1 << 62;

thread_local! {
    /// The request whose future is being polled, as its queries so far and the two
    /// bits above; zero without one.
    pub(super) static CURRENT: Cell<u64> = const { Cell::new(0) };
}

thread_local! {
    /// A call under `#[track_query]` is being polled.
    static TRACKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether an annotated call is being polled which records itself as a query, so
/// that the queries in it are its own.
#[cfg(feature = "sqlx")]
pub(crate) fn is_tracked() -> bool {
    TRACKED.get()
}

/// Lasts as long as the poll of an annotated call; of one that is no query, it does
/// nothing.
#[derive(Debug)]
pub struct Tracked {
    /// Whether one around it is a query too; `None` if the call is none.
    outside: Option<bool>,
}

impl Tracked {
    #[inline]
    pub(super) fn new(is_query: bool) -> Self {
        Self {
            outside: is_query.then(|| TRACKED.replace(true)),
        }
    }
}

impl Drop for Tracked {
    #[inline]
    fn drop(&mut self) {
        if let Some(outside) = self.outside {
            TRACKED.set(outside);
        }
    }
}

/// Counts a query for the request that is being polled, if there is one.
pub(crate) fn count() {
    let current = CURRENT.get();
    if current & COUNTING != 0 {
        CURRENT.set(current + 1);
    }
}

/// Puts back what was counted outside of a request when its poll is over, also
/// when that unwinds.
struct Counting<'a> {
    queries: &'a mut u64,
    outside: u64,
}

impl<'a> Counting<'a> {
    fn new(queries: &'a mut u64) -> Self {
        let outside = CURRENT.get();
        CURRENT.set(outside & LAYER | COUNTING | *queries);
        Self { queries, outside }
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        *self.queries = CURRENT.replace(self.outside) & !(LAYER | COUNTING);
    }
}

/// Observes the number when the request has ended in any way.
#[derive(Debug, Default)]
struct Count {
    queries: u64,
    polled: bool,
}

impl Drop for Count {
    fn drop(&mut self) {
        if self.polled && crate::config::recording() {
            #[expect(clippy::cast_precision_loss, reason = "a histogram takes doubles")]
            let queries = self.queries as f64;
            http_request_db_queries().observe(queries);
        }
    }
}

pin_project! {
    /// The future of a request whose queries are counted; see
    /// [`count_request_queries`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct RequestQueries<F> {
        // Dropped when it is ready.
        #[pin]
        future: Option<F>,
        count: Count,
    }

    impl<F> PinnedDrop for RequestQueries<F> {
        /// A query that is cancelled with its request is one of its own, and none
        /// of the request that drops it.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // Where the HTTP layer counts, it was never polled as a request.
            let counts = this.count.polled;
            let _counting = counts.then(|| Counting::new(&mut this.count.queries));
            this.future.set(None);
        }
    }
}

/// Counts the queries that a request makes: calls under
/// [`#[track_query]`](macro@crate::track_query) while `request` is polled. When
/// it has ended, in any way, the number is observed in the histogram
/// `http_request_db_queries` of the [global](crate::global) registry.
///
/// Not part of it are tasks that the request spawns, and what the body of its
/// response does after its head; of requests in each other, the inner one counts.
/// Under the [HTTP layer](crate::Metrics::http_layer), which counts queries itself,
/// it does nothing.
///
/// ```
/// use metrics_runtime::{count_request_queries, global, track_query};
///
/// #[track_query(select, table = "users")]
/// async fn find_user() {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// count_request_queries(async {
///     find_user().await;
///     find_user().await;
/// })
/// .await;
/// assert!(global().to_text().contains("http_request_db_queries_sum 2\n"));
/// # }
/// ```
///
/// In an axum application without the HTTP layer it is a layer of one line:
/// `middleware::from_fn(|request, next: Next| count_request_queries(next.run(request)))`.
pub fn count_request_queries<F: Future>(request: F) -> RequestQueries<F> {
    RequestQueries {
        future: Some(request),
        count: Count::default(),
    }
}

impl<F: Future> Future for RequestQueries<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        if CURRENT.get() & (LAYER | COUNTING) == LAYER | COUNTING {
            let output = ready!(future.poll(context));
            this.future.set(None);
            return Poll::Ready(output);
        }
        this.count.polled = true;
        let counting = Counting::new(&mut this.count.queries);
        let output = ready!(future.poll(context));
        this.future.set(None);
        drop(counting);
        // Ended now, however long its future is kept.
        drop(std::mem::take(this.count));
        Poll::Ready(output)
    }
}
