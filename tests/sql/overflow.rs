//! More tables than get series of their own.

use integration_tests::child::in_child;
use sqlx::Executor as _;

use crate::runtime;
use crate::target::Target;

const NAME: &str = "overflow::tables_without_series_of_their_own_keep_their_database";

// Mutation: the database of such a table is `__overflow__` too.
#[test]
fn tables_without_series_of_their_own_keep_their_database() {
    // They are those of the whole process.
    in_child(NAME, &[], || {
        runtime().block_on(async {
            let target = Target::new();
            let pool = target.sqlite().await;
            for table in 0..2_000 {
                drop(pool.clone().table(&format!("table_{table}")));
            }
            let of_main = |family| target.sum(family, &[("database", "main")]);
            let of_tables = || target.sum("db_queries_total", &[("table", "__overflow__")]);
            for (table, expected) in [("one", 1), ("another", 2)] {
                let pool = pool.clone().table(table);
                let transaction = pool.begin().await.expect("it works");
                transaction.commit().await.expect("it works");
                pool.execute("SELECT 1").await.expect("it works");
                assert_eq!(of_main("db_queries_total"), expected);
                assert_eq!(of_tables(), expected);
                assert_eq!(of_main("db_transactions_total"), expected);
                assert_eq!(of_main("db_transactions_begun_total"), expected);
                let acquires = "db_connection_acquire_duration_seconds_count";
                assert_eq!(of_main(acquires), 2 * expected);
            }
            // A table that came in time has its own, whoever asks for it now.
            let first = pool.clone().table("table_0");
            first.execute("SELECT 1").await.expect("it works");
            let labels = [("database", "main"), ("table", "table_0")];
            assert_eq!(target.sum("db_queries_total", &labels), 1);
            // So has a database that comes now, though not its tables.
            let late = target.metrics.instrument_pool("late", pool.inner());
            let late = late.expect("the name is free").table("one");
            late.execute("SELECT 1").await.expect("it works");
            let labels = [("database", "late"), ("table", "__overflow__")];
            assert_eq!(target.sum("db_queries_total", &labels), 1);
        });
    });
}
