//! What a query allocates through an instrumented pool, beside a bare one.

use crate::allocator::counted;
use metrics_runtime::{Metrics, Registry};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Executor, Sqlite};
use tokio::runtime::Runtime;

/// The least that one of many queries has asked for: how often a thread is woken is
/// chance.
fn least<'e, E>(runtime: &Runtime, executor: impl Fn() -> E) -> usize
where
    E: Executor<'e, Database = Sqlite>,
{
    let queries = (0..200).map(|_| {
        let query = sqlx::query("SELECT 1");
        let (done, heap) = counted(|| runtime.block_on(query.fetch_one(executor())));
        done.expect("it works");
        heap.calls
    });
    queries.min().unwrap_or_default()
}

// Mutation: the statement is kept as a `String`.
#[test]
fn a_query_allocates_no_more_than_a_bare_one() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("it starts");
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    let metrics = metrics.expect("the set-up is valid");
    let options = SqlitePoolOptions::new().max_connections(1);
    let bare = runtime.block_on(options.connect("sqlite::memory:"));
    let bare = bare.expect("there is memory");
    let pool = metrics.instrument_pool("main", &bare);
    let pool = pool.expect("the name is free");
    let mut fewest = (usize::MAX, usize::MAX);
    for _ in 0..10 {
        fewest.0 = fewest.0.min(least(&runtime, || &pool));
        fewest.1 = fewest.1.min(least(&runtime, || &bare));
        if fewest.0 == fewest.1 {
            break;
        }
    }
    let (own, others) = fewest;
    assert_eq!(own, others);
}
