//! A real pool of connections.

use super::service::{Service, endpoints, metrics, runtime};
use integration_tests::deadline::poll;
use metrics_runtime::health::ready;
use sqlx::sqlite::SqlitePoolOptions;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

// Mutation: the check's thread doesn't enter the application's runtime, on which the
// pool gives connections back.
#[test]
fn an_exhausted_pool_is_down_until_a_connection_is_free() {
    let (metrics, runtime) = (metrics(), runtime());
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool = runtime.block_on(options.connect("sqlite::memory:"));
    let pool = pool.expect("SQLite is linked");
    let asked = pool.clone();
    let check = ready::pool(
        "db",
        async move || asked.acquire().await,
        async |mut connection| sqlx::query("SELECT 1").execute(&mut *connection).await,
    );
    let short = Duration::from_millis(100);
    let health = metrics.health();
    let check = check.timeout(short).interval(short);
    health.add(check).expect("the check is valid");
    let service = Service::of(metrics, runtime, endpoints(&health));
    let becomes = |status: &str, message: &str| {
        let expected = (status.to_owned(), message.to_owned());
        let seen = poll(LONG, || (service.check("db") == expected).then_some(()));
        assert!(seen.is_some(), "it is {:?}", service.check("db"));
    };
    becomes("up", "");
    // A run that was late has none.
    let data = poll(LONG, || {
        let data = &service.details("/health")["checks"][0]["data"];
        let [acquire, answer] = ["acquire_seconds", "answer_seconds"].map(|key| &data[key]);
        (acquire.is_f64() && answer.is_f64()).then_some(())
    });
    assert!(data.is_some());
    // The application gets the connection that the check has used.
    let held = service.runtime.block_on(pool.acquire());
    let held = held.expect("the check gives it back");
    becomes("down", "timeout");
    // Given back by a task of the runtime.
    service.runtime.block_on(async { drop(held) });
    becomes("up", "");
    service.runtime.block_on(pool.close());
    let closed = sqlx::Error::PoolClosed;
    becomes("down", &format!("no connection: {closed}"));
}
