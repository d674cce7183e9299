//! The shop with its tables in a real `PostgreSQL` and its products in a real Redis: its
//! numbers are those of its visitors and of the servers, and it outlives its cache.
//!
//! With `METRICS_PROVE` the visitors stay a minute.

use std::collections::BTreeMap;
use std::time::Duration;

use integration_tests::component::free_port;
use integration_tests::deadline::poll;
use integration_tests::postgres::Postgres;
use integration_tests::prometheus::{Job, Prometheus};
use integration_tests::redis::Redis;
use sqlx::{Connection as _, PgConnection};

use crate::figure::{self, below};
use crate::number::{MIXTURE, check_calls};
use crate::query::{Cache, check_all, stores, unanswered};
use crate::service::{LIMIT, Report, Shop};
use crate::visit::GUIDED;

/// Any password is right for the server of the tests.
const PASSWORD: &str = "open-sesame";

/// Asks the server's database `postgres`.
fn ask(server: &Postgres, query: &'static str) -> Option<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let number = runtime.block_on(async {
        let mut connection = PgConnection::connect(&server.url()).await?;
        let number: Option<f64> = sqlx::query_scalar(query)
            .fetch_optional(&mut connection)
            .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(number)
    });
    number.unwrap_or_else(|error| panic!("`{query}`: {error}"))
}

/// The URL with a password, which the server doesn't ask for.
fn url_of(server: &Postgres) -> String {
    server.url().replace('@', &format!(":{PASSWORD}@"))
}

// Mutations: an order's insert isn't under `#[track_query]`; the products' cache isn't
// asked through `instrument_redis`; the banner shows the URL.
#[test]
fn agrees_with_visitors_and_servers_on_postgresql_and_redis() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    ask(&postgres, "CREATE EXTENSION pg_stat_statements");
    let (database, cache) = (url_of(&postgres), redis.url());
    let variables = [("DATABASE_URL", &*database), ("REDIS_URL", &*cache)];
    let port = free_port();
    let job = Job::new("shop", &format!("127.0.0.1:{port}"));
    let prometheus = Prometheus::start(&[job], &[]);
    let shop = Shop::open_on(port, &variables, &GUIDED);
    let least = [&MIXTURE[..], &stores(Cache::Redis)].concat();
    let report = shop.see_out(Duration::from_mins(1), |page| {
        let mut lacking = below(page, &least);
        if lacking.is_empty() {
            lacking = unanswered(&prometheus, Cache::Redis);
        }
        lacking
    });
    assert_eq!(report.failed, 0, "{report:?}");

    check_calls(&shop, &report);
    check_database(&shop, &postgres, &report);
    check_redis(&shop, &redis);
    check_all(&prometheus, &shop, Cache::Redis, &report);
    for check in ["database", "redis"] {
        let is_up = || {
            shop.page()
                .value("health_check_status", &[("check", check)])
        };
        let up = poll(LIMIT, || is_up().filter(|up| *up > 0.5));
        assert!(up.is_some(), "{check}: {:?}", is_up());
    }

    let log = shop.close();
    assert!(
        log.contains("database  postgres://postgres@127.0.0.1:"),
        "{log}"
    );
    assert!(!log.contains(PASSWORD), "{log}");
}

/// The page says what the tables say, and the server of the statements.
fn check_database(shop: &Shop, postgres: &Postgres, report: &Report) {
    let questions = [
        (
            "model_inserts_total model=Order",
            "SELECT count(*)::float8 FROM orders",
        ),
        (
            "model_inserts_total model=User",
            "SELECT count(*)::float8 FROM users",
        ),
        (
            "db_queries_total table=orders operation=insert",
            "SELECT sum(calls)::float8 FROM pg_stat_statements WHERE query LIKE 'INSERT INTO orders%'",
        ),
        (
            "db_queries_total table=sales",
            "SELECT sum(calls)::float8 FROM pg_stat_statements WHERE query LIKE 'SELECT products.name AS product%'",
        ),
    ];
    for (figure, query) in questions {
        let both = || (figure::value(&shop.page(), figure), ask(postgres, query));
        let settled = poll(LIMIT, || {
            Some(both()).filter(|(page, server)| page == server)
        });
        let (page, server) = settled.unwrap_or_else(both);
        assert_eq!(
            page, server,
            "{figure}: the page (left), the server (right)"
        );
        assert!(page.is_some_and(|page| page > 0.0), "{figure}");
    }
    let page = shop.page();
    let taken = report.answers("register_user", |status| status == 409);
    assert_eq!(page.sum("db_errors_total", &[]), Some(taken));
    let class = page.sum("db_errors_by_class_total", &[("class", "23")]);
    assert_eq!(class, Some(taken));
}

/// Redis has executed what the page says that was answered.
fn check_redis(shop: &Shop, redis: &Redis) {
    let on_page = || {
        let page = shop.page();
        let mut commands = BTreeMap::new();
        for command in ["get", "psetex", "del"] {
            let of = |outcome| {
                let labels = [("command", command), ("outcome", outcome)];
                page.sum("redis_operations_total", &labels)
                    .unwrap_or_default()
            };
            commands.insert(command, of("ok") + of("error"));
        }
        commands
    };
    let on_server = || {
        let stats = redis.command_stats();
        let calls = |command| stats.get(command).map_or(0, |stats| stats.calls);
        let number = |calls| f64::from(u32::try_from(calls).expect("they are few"));
        ["get", "psetex", "del"].map(|command| (command, number(calls(command))))
    };
    // The shop's health check uses it all the time, so that a look at one is late by a
    // command now and then; what visitors gave up may have been executed or not.
    let given_up = shop
        .page()
        .sum("redis_operations_total", &[("outcome", "cancelled")]);
    let given_up = given_up.unwrap_or_default();
    let agree = poll(LIMIT, || {
        let (page, server) = (on_page(), BTreeMap::from(on_server()));
        let near = page.iter().all(|(command, count)| {
            let more = server[command] - count;
            (0.0..=given_up).contains(&more) && *count > 0.0
        });
        near.then_some(())
    });
    assert!(
        agree.is_some(),
        "the page: {:?}, {given_up} given up; Redis: {:?}",
        on_page(),
        on_server()
    );
}

// Mutations: `find` returns the cache's error; the connection isn't made anew.
#[test]
fn goes_on_without_redis_and_with_it_again() {
    let mut redis = Redis::start();
    let cache = redis.url();
    let mut shop = Shop::open_in(&[("REDIS_URL", &*cache)], &[]);
    let operations = |shop: &Shop, outcome| {
        let page = shop.page();
        let sum = page.sum("redis_operations_total", &[("outcome", outcome)]);
        sum.unwrap_or_default()
    };
    let calls = |shop: &Shop, function| {
        let labels = [("function", function), ("outcome", "ok")];
        shop.page()
            .sum("function_calls_total", &labels)
            .unwrap_or_default()
    };
    let rises = |what: &str, seen: &dyn Fn() -> f64| {
        let floor = seen();
        let risen = poll(LIMIT, || Some(seen()).filter(|now| *now > floor + 5.0));
        assert!(risen.is_some(), "{what}: no more than {}", seen());
    };
    rises("commands", &|| operations(&shop, "ok"));

    redis.kill();
    rises("failures", &|| operations(&shop, "error"));
    rises("products", &|| calls(&shop, "show_product"));
    rises("orders", &|| calls(&shop, "place_order"));
    let failed = shop
        .page()
        .sum("cache_errors_total", &[("cache", "products")]);
    assert!(failed.is_some_and(|failed| failed > 0.0), "{failed:?}");
    let degraded = poll(LIMIT, || {
        let health = shop.get("/health");
        let text = health.text();
        (health.status == 200 && text.contains("degraded")).then_some(())
    });
    assert!(degraded.is_some(), "{}", shop.get("/health").text());

    redis.restart();
    rises("commands again", &|| operations(&shop, "ok"));
    shop.component.terminate();
    let status = shop.component.wait(LIMIT);
    assert_eq!(status.and_then(|status| status.code()), Some(0));
    let report = shop.report();
    assert_eq!(report.failed, 0, "{report:?}");
    for route in &report.routes {
        // The payment service is out of order now and then, and so says its gateway; the
        // recommendations are too.
        let broken = route.answers.get(&500).copied().unwrap_or_default();
        let expected = route.function == "recommend_products";
        assert!(expected || broken < 0.5, "{route:?}");
    }
}

// Mutation: the pool waits for a connection as long as it takes.
#[test]
fn answers_while_postgresql_is_killed_and_works_again() {
    let mut postgres = Postgres::start();
    let database = postgres.url();
    let mut shop = Shop::open_in(&[("DATABASE_URL", &*database)], &[]);
    let sum = |name, labels: &[(&str, &str)]| shop.page().sum(name, labels).unwrap_or_default();
    let rises = |name, labels: &[(&str, &str)]| {
        let floor = sum(name, labels);
        let risen = poll(LIMIT, || {
            Some(sum(name, labels)).filter(|now| *now > floor + 5.0)
        });
        assert!(risen.is_some(), "{name} {labels:?} doesn't rise");
    };
    let orders = [("function", "place_order"), ("outcome", "ok")];
    rises("function_calls_total", &orders);

    postgres.kill();
    rises("error_answers_total", &[("status", "500")]);
    rises("db_connection_errors_total", &[("class", "pool_timeout")]);

    postgres.restart();
    rises("function_calls_total", &orders);
    shop.component.terminate();
    let status = shop.component.wait(LIMIT);
    assert_eq!(status.and_then(|status| status.code()), Some(0));
    for route in shop.report().routes {
        // What is sent before the database fails can't be taken back: half an export.
        let is_half = route.function == "export_products";
        assert!(is_half || route.failed == 0, "{route:?}");
    }
}
