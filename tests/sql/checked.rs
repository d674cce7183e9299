//! Queries that sqlx checks when they are compiled, from what it once found out about
//! them, `.sqlx`.

use futures_util::TryStreamExt as _;
use sqlx::Executor as _;

use crate::target::Target;

#[derive(Debug, PartialEq)]
struct Item {
    id: i64,
    name: String,
}

#[tokio::test]
async fn checked_queries_work_and_are_recorded() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL)")
        .await?;
    let mut transaction = pool.begin().await?;
    for (id, name) in [(1_i64, "one"), (2, "two")] {
        sqlx::query!("INSERT INTO items (id, name) VALUES ($1, $2)", id, name)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    let row = sqlx::query!("SELECT id, name FROM items WHERE id = $1", 2_i64)
        .fetch_one(&pool)
        .await?;
    assert_eq!((row.id, row.name.as_str()), (2, "two"));
    let items = sqlx::query_as!(Item, "SELECT id, name FROM items ORDER BY id");
    let items: Vec<Item> = items.fetch(&pool).try_collect().await?;
    let item = |id, name: &str| {
        let name = name.to_owned();
        Item { id, name }
    };
    assert_eq!(items, [item(1, "one"), item(2, "two")]);
    let mut connection = pool.acquire().await?;
    let count = sqlx::query_scalar!("SELECT COUNT(*) FROM items");
    assert_eq!(count.fetch_one(&mut *connection).await?, 2);
    assert_eq!(target.queries("insert", "ok"), 2);
    assert_eq!(target.queries("select", "ok"), 3);
    Ok(())
}
