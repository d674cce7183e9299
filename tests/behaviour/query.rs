//! `#[track_query]`: the four families of a query, and when it is slow.

#![expect(clippy::unused_self, reason = "the block is what counts")]

use std::time::{Duration, Instant};

use integration_tests::child::in_child;
use metrics_runtime::{BuildError, Metrics, Registry, track_query};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, page, ready, spin,
};

static REGISTRY: Registry = Registry::new();

/// The values of a family's labels: database, operation and table.
type Of = [&'static str; 3];

fn labels(of: Of) -> [(&'static str, &'static str); 3] {
    let [database, operation, table] = of;
    [
        ("database", database),
        ("operation", operation),
        ("table", table),
    ]
}

/// Queries by outcome, which must be as many as were timed.
#[track_caller]
fn queries(of: Of) -> Calls {
    let labels = labels(of);
    let counted = by_outcome(&REGISTRY, "db_queries_total", &labels);
    let timed = by_outcome(&REGISTRY, "db_query_duration_seconds_count", &labels);
    assert_eq!(counted, timed);
    counted
}

#[track_caller]
fn value(family: &str, of: Of) -> Option<f64> {
    page(&REGISTRY).value(family, &labels(of))
}

#[track_query(select, table = "users", registry = REGISTRY)]
fn find(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[track_query(insert, table = "users", database = "main", registry = REGISTRY)]
async fn insert(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

// Mutation: `Record::Errors` counts every outcome but `Ok`.
#[test]
fn a_query_is_timed_and_counted_and_only_err_is_an_error() {
    let of = ["default", "select", "users"];
    assert_eq!(value("db_errors_total", of), Some(0.0));
    assert_eq!(value("db_slow_queries_total", of), Some(0.0));
    assert_eq!(find(End::Return), Ok(VALUE));
    assert_eq!(value("db_errors_total", of), Some(0.0));
    assert_panics(|| find(End::Panic));
    assert_eq!(value("db_errors_total", of), Some(0.0));
    assert_eq!(find(End::Fail), Err(Failure));
    assert_eq!(value("db_errors_total", of), Some(1.0));
    assert_eq!(queries(of), Calls::EACH);
}

#[test]
fn an_async_query_that_is_cancelled_is_no_error() {
    let of = ["main", "insert", "users"];
    drop(insert(End::Return));
    assert_eq!(queries(of), Calls::NONE);
    assert_eq!(ready(insert(End::Return)), Ok(VALUE));
    assert_eq!(ready(insert(End::Fail)), Err(Failure));
    assert_panics(|| ready(insert(End::Panic)));
    cancel(insert(End::Wait));
    assert_eq!(queries(of), Calls::EACH_ASYNC);
    assert_eq!(value("db_errors_total", of), Some(1.0));
}

#[track_query(other, table = "migrations", registry = REGISTRY)]
fn migrate() -> Option<u32> {
    None
}

#[track_query(delete, table = "logs", registry = REGISTRY)]
fn purge() {}

#[test]
fn values_that_are_no_results_are_no_errors() {
    assert_eq!(migrate(), None);
    purge();
    for of in [
        ["default", "other", "migrations"],
        ["default", "delete", "logs"],
    ] {
        assert_eq!(queries(of), Calls::OK);
        assert_eq!(value("db_errors_total", of), Some(0.0));
    }
}

struct Orders;

#[track_query(table = "orders", database = "shop", registry = REGISTRY)]
impl Orders {
    #[track_query(update)]
    fn close(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }

    #[track_query(update, table = "items")]
    fn reserve(&self) {}

    fn untracked(&self) {}
}

#[test]
fn a_block_gives_its_methods_the_table_and_the_database() {
    assert_eq!(Orders.close(End::Fail), Err(Failure));
    Orders.reserve();
    Orders.untracked();
    let failed = Calls {
        error: 1.0,
        ..Calls::NONE
    };
    assert_eq!(queries(["shop", "update", "orders"]), failed);
    assert_eq!(queries(["shop", "update", "items"]), Calls::OK);
}

#[track_query(
    select,
    table = "users",
    prefix = "legacy",
    labels(shard = shard),
    buckets = [0.5, 60.0],
    registry = REGISTRY
)]
fn find_on(shard: u8) -> u8 {
    shard
}

#[test]
fn families_with_a_prefix_take_labels_and_buckets() {
    assert_eq!(find_on(3), 3);
    let of = labels(["default", "select", "users"]);
    let of: Vec<_> = of.into_iter().chain([("shard", "3")]).collect();
    let page = page(&REGISTRY);
    for family in ["legacy_db_slow_queries_total", "legacy_db_errors_total"] {
        assert_eq!(page.value(family, &of), Some(0.0));
    }
    let ok: Vec<_> = of.into_iter().chain([("outcome", "ok")]).collect();
    assert_eq!(page.value("legacy_db_queries_total", &ok), Some(1.0));
    let bucket = "legacy_db_query_duration_seconds_bucket";
    let bounds: Vec<_> = page
        .samples()
        .filter(|sample| sample.name == bucket)
        .map(|sample| sample.labels["le"].as_str())
        .collect();
    assert_eq!(bounds, ["0.5", "60", "+Inf"]);
}

#[track_query(select, table = "from_2ms", slow = "2ms", registry = REGISTRY)]
fn slow_from_2ms(duration: Duration, end: End) -> Result<u32, Failure> {
    spin(duration);
    end.reach()
}

#[track_query(select, table = "from_1min", slow = "1min", registry = REGISTRY)]
fn slow_from_1min() {
    spin(Duration::from_millis(1));
}

// Mutations: `slow` is read in seconds; `Record::Slow` looks at the outcome.
#[test]
fn a_query_is_slow_from_its_own_duration_on_however_it_ends() {
    let of = ["default", "select", "from_2ms"];
    let slow = Duration::from_millis(3);
    assert_eq!(slow_from_2ms(slow, End::Return), Ok(VALUE));
    assert_eq!(value("db_slow_queries_total", of), Some(1.0));
    assert_eq!(slow_from_2ms(slow, End::Fail), Err(Failure));
    assert_panics(|| slow_from_2ms(slow, End::Panic));
    assert_eq!(value("db_slow_queries_total", of), Some(3.0));
    slow_from_1min();
    let of = ["default", "select", "from_1min"];
    assert_eq!(value("db_slow_queries_total", of), Some(0.0));
}

#[track_query(select, table = "plain", registry = REGISTRY)]
fn takes(duration: Duration) {
    spin(duration);
}

const PLAIN: Of = ["default", "select", "plain"];

const DEFAULT: Duration = Duration::from_millis(100);

/// A query that took less than the default for certain, however busy the machine
/// is, isn't slow.
#[track_caller]
fn assert_quick_is_not_slow() {
    loop {
        let before = value("db_slow_queries_total", PLAIN);
        let start = Instant::now();
        takes(Duration::ZERO);
        if start.elapsed() < DEFAULT {
            assert_eq!(value("db_slow_queries_total", PLAIN), before);
            break;
        }
    }
}

#[test]
fn a_query_is_slow_from_100_milliseconds_on() {
    assert_quick_is_not_slow();
    let before = value("db_slow_queries_total", PLAIN);
    takes(DEFAULT + Duration::from_millis(1));
    let after = value("db_slow_queries_total", PLAIN);
    assert_eq!(after, before.map(|before| before + 1.0));
}

const VARIABLE: &str = "METRICS_SLOW_QUERY_MS";

#[test]
fn the_environment_says_what_is_slow_without_a_set_up() {
    let name = "query::the_environment_says_what_is_slow_without_a_set_up";
    in_child(name, &[(VARIABLE, "2.5")], || {
        takes(Duration::from_millis(3));
        assert_eq!(value("db_slow_queries_total", PLAIN), Some(1.0));
        slow_from_1min();
        let own = ["default", "select", "from_1min"];
        assert_eq!(value("db_slow_queries_total", own), Some(0.0));
    });
}

#[test]
fn the_environment_can_raise_what_is_slow() {
    let name = "query::the_environment_can_raise_what_is_slow";
    in_child(name, &[(VARIABLE, "60000")], || {
        takes(DEFAULT + Duration::from_millis(1));
        assert_eq!(value("db_slow_queries_total", PLAIN), Some(0.0));
    });
}

// Mutation: `build` takes the environment's before its own.
#[test]
fn code_has_the_last_word_about_what_is_slow() {
    let name = "query::code_has_the_last_word_about_what_is_slow";
    in_child(name, &[(VARIABLE, "60000")], || {
        let build = |duration| {
            let builder = Metrics::builder().slow_query(duration);
            builder.build().expect("the set-up is valid");
        };
        build(Duration::ZERO);
        takes(Duration::ZERO);
        assert_eq!(value("db_slow_queries_total", PLAIN), Some(1.0));
        build(Duration::from_mins(1));
        takes(Duration::from_millis(1));
        assert_eq!(value("db_slow_queries_total", PLAIN), Some(1.0));
        // The attribute's own stays.
        let ended = slow_from_2ms(Duration::from_millis(3), End::Return);
        assert_eq!(ended, Ok(VALUE));
        let own = ["default", "select", "from_2ms"];
        assert_eq!(value("db_slow_queries_total", own), Some(1.0));
        // And the variable is in force again, where code says nothing.
        Metrics::builder().build().expect("the set-up is valid");
        takes(Duration::from_millis(1));
        assert_eq!(value("db_slow_queries_total", PLAIN), Some(1.0));
    });
}

#[test]
fn a_text_that_is_no_number_is_an_error_that_names_the_variable() {
    let name = "query::a_text_that_is_no_number_is_an_error_that_names_the_variable";
    in_child(name, &[(VARIABLE, "fast")], || {
        let error = Metrics::builder().build();
        let error = error.expect_err("the variable is wrong");
        assert!(matches!(error, BuildError::Environment(_)));
        let text = error.to_string();
        assert!(text.contains("METRICS_SLOW_QUERY_MS is `fast`"), "{text}");
        assert_quick_is_not_slow();
    });
}
