//! An instrumented pool with a registry of its own, and its page.

use std::time::Duration;

use integration_tests::page::Page;
use metrics_runtime::{Instrumentable, Instrumented, Metrics, Registry};
use sqlx::pool::PoolOptions;
use sqlx::{Database, MySql, Pool, Postgres, Sqlite};

fn five<DB: Database>() -> PoolOptions<DB> {
    let options = PoolOptions::new().max_connections(5);
    options.acquire_timeout(Duration::from_mins(1))
}

/// The queries of one database in one registry.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) metrics: Metrics,
}

impl Target {
    pub(crate) fn new() -> Self {
        Self::of(Box::leak(Box::default()))
    }

    pub(crate) fn of(registry: &'static Registry) -> Self {
        let metrics = Metrics::builder().registry(registry).build();
        Self {
            metrics: metrics.expect("the set-up is valid"),
        }
    }

    /// A database in memory, of one connection.
    pub(crate) async fn sqlite(self) -> Instrumented<Pool<Sqlite>> {
        let options = PoolOptions::new().max_connections(1);
        self.connect(options, "sqlite::memory:").await
    }

    /// Five connections to a server.
    pub(crate) async fn postgres(self, url: &str) -> Instrumented<Pool<Postgres>> {
        self.connect(five(), url).await
    }

    /// Five connections to a server.
    pub(crate) async fn mysql(self, url: &str) -> Instrumented<Pool<MySql>> {
        self.connect(five(), url).await
    }

    async fn connect<DB: Instrumentable>(
        self,
        options: PoolOptions<DB>,
        url: &str,
    ) -> Instrumented<Pool<DB>> {
        let options = self.metrics.count_connections("main", options);
        let pool = options.connect(url).await.expect("the database answers");
        let pool = self.metrics.instrument_pool("main", &pool);
        pool.expect("the name is free")
    }

    #[track_caller]
    pub(crate) fn page(self) -> Page {
        Page::parse(self.metrics.to_text()).expect("the page is valid")
    }

    /// The sum over all series with these labels, which are counts; zero where there is
    /// none.
    #[track_caller]
    pub(crate) fn sum(self, family: &str, labels: &[(&str, &str)]) -> u64 {
        count(self.page().sum(family, labels).unwrap_or_default())
    }

    /// The sum of these counts, which must be as many as were timed.
    #[track_caller]
    fn timed(self, counter: &str, histogram: &str, labels: &[(&str, &str)]) -> u64 {
        let page = self.page();
        let sum = |family| count(page.sum(family, labels).unwrap_or_default());
        let sum_of_all = sum(counter);
        assert_eq!(sum_of_all, sum(histogram));
        sum_of_all
    }

    /// Queries by this operation and outcome.
    #[track_caller]
    pub(crate) fn queries(self, operation: &str, outcome: &str) -> u64 {
        let labels = [("operation", operation), ("outcome", outcome)];
        let histogram = "db_query_duration_seconds_count";
        self.timed("db_queries_total", histogram, &labels)
    }

    /// Errors of this class.
    #[track_caller]
    pub(crate) fn class(self, class: &str) -> u64 {
        self.sum("db_errors_by_class_total", &[("class", class)])
    }

    /// Transactions that have ended so.
    #[track_caller]
    pub(crate) fn ended(self, end: &str) -> u64 {
        let histogram = "db_transaction_duration_seconds_count";
        self.timed("db_transactions_total", histogram, &[("end", end)])
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "they are counts"
)]
pub(crate) const fn count(value: f64) -> u64 {
    value as u64
}
