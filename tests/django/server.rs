//! Servers under the profile: `PostgreSQL` and Redis, and what is recorded by hand
//! beside them.

use crate::{family, reference};
use integration_tests::page::Page;
use integration_tests::postgres::Postgres;
use integration_tests::redis::Redis;
use metrics_runtime::{Metrics, Profile, Registry};
use redis::{AsyncCommands as _, RedisResult};
use sqlx::Executor as _;
use sqlx::postgres::PgPoolOptions;
use std::collections::BTreeMap;
use std::time::Duration;

/// The toolkit under the profile, on a registry of the test's own.
fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder()
        .registry(registry)
        .profile(Profile::DjangoPrometheus)
        .process_collector(false)
        .build();
    built.expect("the set-up is valid")
}

/// The page, whose families of this beginning are what the reference has.
fn page(metrics: Metrics, prefix: &str, count: usize) -> Page {
    let page = Page::parse(metrics.to_text()).expect("the page is valid");
    let reference = reference::page(reference::PLAIN);
    let families = reference.families();
    let families: Vec<_> = families
        .filter(|family| family.name.starts_with(prefix))
        .collect();
    assert_eq!(families.len(), count, "families of the reference");
    for family in families {
        let mut ours = page.families();
        let ours = ours.find(|ours| ours.name == family.name);
        let ours = ours.unwrap_or_else(|| panic!("`{}` is missing", family.name));
        family::assert_alike(ours, family);
    }
    page
}

/// Statements that fail, and the exceptions that they are in Django.
const FAILING: [(&str, &str); 8] = [
    ("INSERT INTO items VALUES (1), (1)", "IntegrityError"),
    ("SELECT * FROM nowhere", "ProgrammingError"),
    ("SELEC 1", "ProgrammingError"),
    ("SELECT 'one'::integer", "DataError"),
    ("SELECT count(*) FROM items FOR UPDATE", "NotSupportedError"),
    (
        "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)",
        "OperationalError",
    ),
    (
        "DO $$ BEGIN RAISE SQLSTATE 'XX000'; END $$",
        "InternalError",
    ),
    (
        "DO $$ BEGIN RAISE SQLSTATE 'QQ000'; END $$",
        "DatabaseError",
    ),
];

// Mutations: `exception_of` is always its base; `set_driver` does nothing, or
// `WithoutDriver` takes all, so that errors are there twice; `fetch_one` that finds no row
// is an error.
#[tokio::test]
async fn a_pool_of_postgres_is_a_database_of_django() -> sqlx::Result<()> {
    let mut server = Postgres::start();
    let metrics = metrics();
    let options = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_mins(1));
    let options = metrics.count_connections("default", options);
    let pool = options.connect(&server.url()).await?;
    let pool = metrics.instrument_pool("default", &pool);
    let pool = pool.expect("the name is free");
    pool.execute("CREATE TABLE items (id BIGINT PRIMARY KEY)")
        .await?;
    for (statement, _) in FAILING {
        let failed = pool.execute(statement).await;
        assert!(
            matches!(failed, Err(sqlx::Error::Database(_))),
            "{statement}: {failed:?}"
        );
    }
    // Django asks for a row, and raises an exception that isn't the database's.
    let none = pool.fetch_one("SELECT id FROM items").await;
    assert!(matches!(none, Err(sqlx::Error::RowNotFound)));

    // The pool tries until its time is up.
    server.kill();
    let options = PgPoolOptions::new().acquire_timeout(Duration::from_millis(50));
    let away = options.connect_lazy(&server.url())?;
    let away = metrics.instrument_pool("away", &away);
    let away = away.expect("the name is free");
    assert!(away.execute("SELECT 1").await.is_err());
    away.inner().close().await;
    let closed = away.execute("SELECT 1").await;
    assert!(matches!(closed, Err(sqlx::Error::PoolClosed)));

    let page = page(metrics, "django_db_", 6);
    let mut expected = BTreeMap::new();
    for (_, exception) in FAILING {
        *expected.entry(exception).or_insert(0.0) += 1.0;
    }
    let families = page.families();
    let errors = families.filter(|family| family.name == "django_db_errors_total");
    let errors = errors.flat_map(|family| &family.samples);
    let errors: BTreeMap<&str, f64> = errors
        .map(|sample| {
            let labels = ["alias", "vendor"].map(|label| sample.labels[label].as_str());
            assert_eq!(labels, ["default", "postgresql"]);
            (sample.labels["type"].as_str(), sample.value)
        })
        .collect();
    assert_eq!(errors, expected);
    let value =
        |name: &str, alias: &str| page.value(name, &[("alias", alias), ("vendor", "postgresql")]);
    for (name, default, away) in [
        ("django_db_new_connections_total", Some(1.0), None),
        (
            "django_db_new_connection_errors_total",
            Some(0.0),
            Some(1.0),
        ),
        ("django_db_execute_total", Some(10.0), Some(0.0)),
        ("django_db_execute_many_total", Some(0.0), Some(0.0)),
        (
            "django_db_query_duration_seconds_count",
            Some(10.0),
            Some(0.0),
        ),
    ] {
        assert_eq!(value(name, "default"), default, "{name}");
        assert_eq!(value(name, "away"), away, "{name}");
    }
    // What Django knows nothing of is there under its own name.
    assert!(page.sum("db_errors_by_class_total", &[("class", "23")]) == Some(1.0));
    assert!(page.sum("db_connections_max", &[]).is_some());
    Ok(())
}

// Mutations: `FAILED_GET` or `FAILED_MGET` isn't among the sources; all commands are
// taken for look-ups.
#[tokio::test]
async fn look_ups_in_redis_that_fail_are_those_of_its_backend() -> RedisResult<()> {
    let mut server = Redis::start();
    let metrics = metrics();
    let client = redis::Client::open(server.url())?;
    let connection = client.get_multiplexed_async_connection().await?;
    let mut connection = metrics.instrument_redis("cache", connection);
    // What was found only the application knows.
    let cache = metrics.cache("redis");
    let () = connection.set("k", "v").await?;
    let () = connection.lpush("list", "v").await?;
    for (key, is_there) in [("k", true), ("missing", false)] {
        let found: Option<String> = connection.get(key).await?;
        assert_eq!(found.is_some(), is_there);
        if is_there { cache.hit() } else { cache.miss() }
    }
    let wrong: RedisResult<String> = connection.get("list").await;
    assert!(wrong.is_err());
    server.kill();
    let failed: RedisResult<String> = connection.get("k").await;
    assert!(failed.is_err());
    let failed: RedisResult<Vec<String>> = connection.mget(&["k", "list"]).await;
    assert!(failed.is_err());
    let failed: RedisResult<()> = connection.set("k", "w").await;
    assert!(failed.is_err());
    let local = metrics.instrument_moka("locmem", moka::sync::Cache::builder());
    local.insert(1, "one");
    assert_eq!((local.get(&1), local.get(&2)), (Some("one"), None));

    let page = page(metrics, "django_cache_", 4);
    for (name, redis, locmem) in [
        ("django_cache_get_total", 5.0, 2.0),
        ("django_cache_get_hits_total", 1.0, 1.0),
        ("django_cache_get_misses_total", 1.0, 1.0),
        ("django_cache_get_fail_total", 3.0, 0.0),
    ] {
        for (backend, expected) in [("redis", redis), ("locmem", locmem)] {
            let value = page.value(name, &[("backend", backend)]);
            assert_eq!(value, Some(expected), "{name} {backend}");
        }
    }
    Ok(())
}
