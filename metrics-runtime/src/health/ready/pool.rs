//! A pool of connections.

use crate::health::{HealthCheck, HealthReport};
use std::fmt::Display;
use std::time::Instant;

/// A pool of connections: `acquire` takes one, and `ask` has it answer. Its data tell
/// how long each has taken, in seconds: a pool that is exhausted is told from a
/// database that is slow.
///
/// With sqlx:
///
/// ```
/// use metrics_runtime::health::ready;
///
/// # mod sqlx {
/// #     #[derive(Clone)]
/// #     pub struct SqlitePool;
/// #     pub struct Connection;
/// #     pub struct Query;
/// #     pub fn query(_: &str) -> Query { Query }
/// #     impl SqlitePool {
/// #         pub async fn acquire(&self) -> Result<Connection, std::io::Error> { Ok(Connection) }
/// #     }
/// #     impl Query {
/// #         pub async fn execute(self, _: &mut Connection) -> Result<(), std::io::Error> { Ok(()) }
/// #     }
/// # }
/// # let pool = sqlx::SqlitePool;
/// let check = ready::pool(
///     "db",
///     async move || pool.acquire().await,
///     async |mut connection| sqlx::query("SELECT 1").execute(&mut connection).await,
/// );
/// assert_eq!(check.name(), "db");
/// ```
pub fn pool<C, T, E: Display, F: Display>(
    name: impl Into<String>,
    acquire: impl AsyncFn() -> Result<C, E> + Send + Sync + 'static,
    ask: impl AsyncFn(C) -> Result<T, F> + Send + Sync + 'static,
) -> HealthCheck {
    HealthCheck::new(name, async move || {
        let start = Instant::now();
        let acquired = acquire().await;
        let acquire_seconds = start.elapsed().as_secs_f64();
        let connection = match acquired {
            Ok(connection) => connection,
            Err(error) => {
                return HealthReport::down(format!("no connection: {error}"))
                    .with("acquire_seconds", acquire_seconds);
            }
        };
        let start = Instant::now();
        let report = match ask(connection).await {
            Ok(_) => HealthReport::up(),
            Err(error) => HealthReport::down(format!("the connection doesn't answer: {error}")),
        };
        report
            .with("acquire_seconds", acquire_seconds)
            .with("answer_seconds", start.elapsed().as_secs_f64())
    })
}
