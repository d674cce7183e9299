//! A load on `SQLite`, whose own count of changes is compared.

use futures_util::TryStreamExt as _;
use sqlx::{Executor as _, Row as _};

use crate::operations;
use crate::target::Target;

/// What was done, counted by the one who did it.
#[derive(Debug, Default, PartialEq)]
struct Done {
    inserts: u64,
    selects: u64,
    updates: u64,
    deletes: u64,
    conflicts: u64,
    fetched: u64,
    affected: u64,
    committed: u64,
    dropped: u64,
}

// Mutation: `changes_rows` is true for `Select`, whose result repeats the changes of
// the statement before.
#[tokio::test]
async fn changed_rows_are_those_that_sqlite_counts() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, n BIGINT)")
        .await?;
    let mut random = fastrand::Rng::with_seed(7);
    let mut done = Done::default();
    for _ in 0..operations(100_000) {
        let id = random.i64(0..500);
        let mut transaction = pool.begin().await?;
        let insert = sqlx::query("INSERT INTO items VALUES ($1, 0)").bind(id);
        match insert.execute(&mut *transaction).await {
            Ok(result) => {
                done.inserts += 1;
                done.affected += result.rows_affected();
            }
            Err(sqlx::Error::Database(_)) => done.conflicts += 1,
            Err(error) => return Err(error),
        }
        let update = sqlx::query("UPDATE items SET n = n + 1 WHERE id BETWEEN $1 AND $1 + 5");
        let result = update.bind(id).execute(&mut *transaction).await?;
        done.updates += 1;
        done.affected += result.rows_affected();
        // The result of this repeats the last number of changes.
        let count = sqlx::query("SELECT id FROM items WHERE id < $1").bind(id % 9);
        let mut steps = (&mut *transaction).fetch_many(count);
        done.selects += 1;
        while let Some(step) = steps.try_next().await? {
            done.fetched += u64::from(step.is_right());
        }
        drop(steps);
        if random.u8(0..4) == 0 {
            let delete = sqlx::raw_sql("DELETE FROM items WHERE id % 7 = 3");
            let result = delete.execute(&mut *transaction).await?;
            done.deletes += 1;
            done.affected += result.rows_affected();
        }
        if random.bool() {
            done.committed += 1;
            transaction.commit().await?;
        } else {
            done.dropped += 1;
        }
    }
    let row = sqlx::query("SELECT total_changes()").fetch_one(&pool);
    let changes: i64 = row.await?.get(0);

    let ok = |operation| target.queries(operation, "ok");
    let recorded = Done {
        inserts: ok("insert"),
        // But for the one that has just asked.
        selects: ok("select") - 1,
        updates: ok("update"),
        deletes: ok("delete"),
        conflicts: target.class("SQLITE_CONSTRAINT"),
        fetched: target.sum("db_rows_fetched_total", &[]) - 1,
        affected: target.sum("db_rows_affected_total", &[]),
        committed: target.ended("committed"),
        dropped: target.ended("dropped"),
    };
    assert_eq!(recorded, done);
    assert_eq!(u64::try_from(changes), Ok(recorded.affected));
    assert!(done.conflicts > 0 && done.deletes > 0 && done.fetched > 0);
    assert_eq!(target.sum("db_new_connections_total", &[]), 1);
    println!("sqlite: {done:?}; it counts {changes} changes");
    Ok(())
}
