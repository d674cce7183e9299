//! What the page has under the profile.

use crate::builtin::{cache, database, model, query, redis};
use crate::collect::model::Value;
use crate::collect::{Collector, Families};
use crate::outcome::Outcome;
use crate::profile::Databases;
use crate::record::at;
use crate::{Counter, Format, Histogram, Metrics, Profile, Registry};
use std::collections::BTreeSet;
use std::error::Error;

fn built(profile: Profile) -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder()
        .registry(registry)
        .namespace("shop")
        .const_label("region", "eu")
        // Its numbers differ from page to page.
        .process_collector(false)
        .profile(profile)
        .database_vendor("main", "postgresql")
        .build();
    built.expect("the set-up is valid")
}

fn count(metrics: Metrics, desc: &'static crate::desc::Desc, values: &[&str], by: u64) {
    let family = metrics.registry().builtin(desc);
    let counter: Counter = at(&family, values, Outcome::Ok);
    counter.inc_by(by);
}

fn fail(metrics: Metrics, command: &str, by: u64) {
    let family = metrics.registry().builtin(&redis::REDIS_OPERATIONS_TOTAL);
    let counter: Counter = at(&family, &[command], Outcome::Error);
    counter.inc_by(by);
}

fn observe(
    metrics: Metrics,
    desc: &'static crate::desc::Desc,
    values: &[&str],
    outcome: Outcome,
    seconds: f64,
) {
    let family = metrics.registry().builtin(desc);
    let histogram: Histogram = at(&family, values, outcome);
    histogram.observe(seconds);
}

fn record(metrics: Metrics) {
    count(metrics, &model::MODEL_INSERTS_TOTAL, &["item"], 3);
    count(metrics, &model::MODEL_READS_TOTAL, &["item"], 9);
    for (operation, table) in [("select", "a"), ("insert", "a"), ("select", "b")] {
        let desc = &query::DB_QUERIES_TOTAL;
        count(metrics, desc, &["main", operation, table], 2);
        let desc = &query::DB_QUERY_DURATION_SECONDS;
        let values = ["main", operation, table];
        observe(metrics, desc, &values, Outcome::Ok, 0.02);
        observe(metrics, desc, &values, Outcome::Error, 60.0);
    }
    count(
        metrics,
        &query::DB_QUERIES_TOTAL,
        &["other", "select", "a"],
        1,
    );
    count(
        metrics,
        &query::DB_ERRORS_TOTAL,
        &["main", "select", "a"],
        4,
    );
    count(metrics, &cache::CACHE_HITS_TOTAL, &["local"], 5);
    count(metrics, &cache::CACHE_MISSES_TOTAL, &["local"], 2);
    let desc = &cache::CACHE_OPERATION_DURATION_SECONDS;
    observe(metrics, desc, &["local", "get"], Outcome::Error, 0.1);
    observe(metrics, desc, &["local", "set"], Outcome::Error, 0.1);
    observe(metrics, desc, &["local", "get"], Outcome::Ok, 0.1);
    count(metrics, &redis::REDIS_OPERATIONS_TOTAL, &["get"], 50);
    for (command, by) in [("get", 4), ("mget", 2), ("set", 8)] {
        fail(metrics, command, by);
    }
    for (database, class, by) in [
        ("main", "pool_timeout", 3),
        ("main", "io", 1),
        ("main", "pool_closed", 7),
    ] {
        let desc = &database::DB_CONNECTION_ERRORS_TOTAL;
        count(metrics, desc, &[database, class], by);
    }
    for database in ["main", "quiet"] {
        count(metrics, &database::DB_EXECUTE_MANY_TOTAL, &[database], 2);
        count(metrics, &database::DB_NEW_CONNECTIONS_TOTAL, &[database], 6);
    }
    for (class, by) in [("23", 2), ("SQLITE_BUSY", 5)] {
        let desc = &database::DB_ERRORS_BY_CLASS_TOTAL;
        count(metrics, desc, &["main", class], by);
    }
}

// Mutations: `add_family` leaves a source out, or `is_wanted` is always true;
// `replaces` is always false.
#[test]
fn families_of_django_stand_for_ours() {
    let metrics = built(Profile::DjangoPrometheus);
    record(metrics);
    let page = metrics.to_text();
    let database = r#"alias="main",vendor="postgresql",region="eu""#;
    for line in [
        r#"shop_django_model_inserts_total{model="item",region="eu"} 3"#.to_owned(),
        format!("shop_django_db_execute_total{{{database}}} 6"),
        r#"shop_django_db_execute_total{alias="other",vendor="unknown",region="eu"} 1"#
            .to_owned(),
        r#"shop_django_db_errors_total{alias="main",type="DatabaseError",vendor="postgresql",region="eu"} 4"#
            .to_owned(),
        format!("shop_django_db_query_duration_seconds_count{{{database}}} 6"),
        format!("shop_django_db_new_connections_total{{{database}}} 6"),
        format!("shop_django_db_new_connection_errors_total{{{database}}} 4"),
        r#"shop_django_db_new_connection_errors_total{alias="quiet",vendor="unknown",region="eu"} 0"#
            .to_owned(),
        format!("shop_django_db_execute_many_total{{{database}}} 2"),
        r#"shop_django_db_errors_total{alias="main",type="IntegrityError",vendor="postgresql",region="eu"} 2"#
            .to_owned(),
        r#"shop_django_db_errors_total{alias="main",type="OperationalError",vendor="postgresql",region="eu"} 5"#
            .to_owned(),
        r#"shop_django_cache_get_total{backend="local",region="eu"} 8"#.to_owned(),
        r#"shop_django_cache_get_total{backend="redis",region="eu"} 6"#.to_owned(),
        r#"shop_django_cache_get_fail_total{backend="redis",region="eu"} 6"#.to_owned(),
        r#"shop_django_cache_get_hits_total{backend="local",region="eu"} 5"#.to_owned(),
        r#"shop_django_cache_get_misses_total{backend="local",region="eu"} 2"#.to_owned(),
        r#"shop_django_cache_get_fail_total{backend="local",region="eu"} 1"#.to_owned(),
        r#"shop_model_reads_total{model="item",region="eu"} 9"#.to_owned(),
    ] {
        assert!(page.lines().any(|given| given == line), "{line}\n{page}");
    }
    // Django's own bounds, of which the toolkit's defaults have no such.
    let bucket = |le: &str, count: u64| {
        let database = r#"alias="main",vendor="postgresql",region="eu""#;
        format!("shop_django_db_query_duration_seconds_bucket{{{database},le=\"{le}\"}} {count}")
    };
    for line in [
        bucket("0.01", 0),
        bucket("0.025", 3),
        bucket("50", 3),
        bucket("75", 6),
    ] {
        assert!(page.lines().any(|given| given == line), "{line}\n{page}");
    }
    for name in [
        "shop_model_inserts",
        "shop_db_quer",
        "shop_db_errors_total",
        "shop_cache_hits",
        "shop_db_execute_many",
        "shop_db_new_connections",
    ] {
        assert!(!page.contains(name), "{name}\n{page}");
    }
    // A page that is made again is the same.
    assert_eq!(metrics.to_text(), page);
}

// Mutation: `unless` is not looked at.
#[test]
fn a_look_up_in_redis_that_a_function_has_counted_is_counted_once() {
    let metrics = built(Profile::DjangoPrometheus);
    let desc = &cache::CACHE_OPERATION_DURATION_SECONDS;
    observe(metrics, desc, &["redis", "get"], Outcome::Error, 0.1);
    fail(metrics, "get", 1);
    let page = metrics.to_text();
    let failed = r#"shop_django_cache_get_fail_total{backend="redis",region="eu"} 1"#;
    assert!(page.lines().any(|given| given == failed), "{page}");
}

fn has(page: &str, line: &str) {
    assert!(page.lines().any(|given| given == line), "{line}\n{page}");
}

// Mutation: `Kept::value` gives nothing for a source that has given way.
#[test]
fn look_ups_in_redis_stay_counted_when_a_function_counts_them_later() {
    let metrics = built(Profile::DjangoPrometheus);
    let failed = |count: u32| {
        let page = metrics.to_text();
        for name in ["get_total", "get_fail_total"] {
            let line =
                format!("shop_django_cache_{name}{{backend=\"redis\",region=\"eu\"}} {count}");
            has(&page, &line);
        }
    };
    fail(metrics, "get", 4);
    fail(metrics, "mget", 2);
    failed(6);
    // From here on the function counts, and nothing is counted twice.
    let desc = &cache::CACHE_OPERATION_DURATION_SECONDS;
    for count in 7..10 {
        fail(metrics, "get", 1);
        observe(metrics, desc, &["redis", "get"], Outcome::Error, 0.1);
        failed(count);
    }
}

// Mutations: as above; what has given way goes on counting.
#[test]
fn errors_stay_counted_when_the_driver_of_a_database_becomes_known() {
    let metrics = built(Profile::DjangoPrometheus);
    let said = [("main".to_owned(), "postgresql".to_owned())];
    let total = |drivers: &[(&str, &'static str)]| {
        let drivers = drivers.iter();
        let drivers = drivers.map(|(database, vendor)| ((*database).to_owned(), *vendor));
        let databases = Databases {
            said: &said,
            drivers: drivers.collect(),
        };
        let recorded = metrics.registry().recorded();
        let mut families = Profile::DjangoPrometheus.project(&recorded, &databases);
        let errors = families.find(|family| family.name == "django_db_errors_total");
        let totals = errors.into_iter().flat_map(|family| family.metrics);
        let totals = totals.map(|metric| match metric.value {
            Value::Number(total) => (metric.labels, total),
            other => panic!("{other:?} is no total"),
        });
        let labels = [
            ("alias", "main"),
            ("type", "DatabaseError"),
            ("vendor", "postgresql"),
        ];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut totals = totals.filter(|(own, _)| *own == labels);
        totals.next().map(|(_, total)| total)
    };
    assert_eq!(total(&[]), None);
    let own = ["main", "select", "a"];
    count(metrics, &query::DB_ERRORS_TOTAL, &own, 4);
    assert_eq!(total(&[]), Some(4.0));
    let driver = [("main", "PostgreSQL")];
    assert_eq!(total(&driver), Some(4.0));
    // Both see the next one, and the driver knows of which class it is.
    count(metrics, &query::DB_ERRORS_TOTAL, &own, 1);
    assert_eq!(total(&driver), Some(4.0));
    let of_class = &database::DB_ERRORS_BY_CLASS_TOTAL;
    count(metrics, of_class, &["main", "other"], 1);
    assert_eq!(total(&driver), Some(5.0));
    // What nobody has seen before is the driver's alone.
    count(
        metrics,
        &query::DB_ERRORS_TOTAL,
        &["main", "insert", "b"],
        1,
    );
    assert_eq!(total(&driver), Some(5.0));
}

#[test]
fn without_the_profile_nothing_is_djangos() {
    let metrics = built(Profile::Toolkit);
    record(metrics);
    let page = metrics.to_text();
    assert!(!page.contains("django"), "{page}");
    assert!(page.contains("shop_db_queries_total{"), "{page}");
}

// Mutation: the projection is put on pages of text alone.
#[test]
fn all_formats_and_names_that_are_asked_for_have_them() {
    let metrics = built(Profile::DjangoPrometheus);
    record(metrics);
    let openmetrics = metrics.registry().encode(Format::OpenMetrics);
    let openmetrics = String::from_utf8(openmetrics).expect("it is text");
    assert!(openmetrics.contains("# TYPE shop_django_model_inserts counter\n"));
    assert!(openmetrics.contains("# UNIT shop_django_db_query_duration_seconds seconds\n"));
    assert!(!openmetrics.contains("shop_model_inserts"));
    let protobuf = metrics.registry().encode(Format::Protobuf);
    let has = |name: &[u8]| protobuf.windows(name.len()).any(|part| part == name);
    assert!(has(b"shop_django_model_inserts_total"));
    assert!(!has(b"shop_model_inserts_total"));
    let names = BTreeSet::from(["shop_django_cache_get_hits_total".to_owned()]);
    let mut page = Vec::new();
    let wanted = crate::encode::Wanted {
        names: Some(&names),
        ..crate::encode::Wanted::default()
    };
    let _ = crate::encode::append(metrics.registry(), wanted, &mut page);
    let page = String::from_utf8(page).expect("it is text");
    assert_eq!(page.matches("# TYPE").count(), 1, "{page}");
    assert!(page.contains("shop_django_cache_get_hits_total{"), "{page}");
    // The bridge has what the page has.
    let families = prometheus::core::Collector::collect(&metrics.registry().collector());
    let has = |name: &str| families.iter().any(|family| family.name() == name);
    assert!(has("shop_django_model_inserts_total"));
    assert!(!has("shop_model_inserts_total"));
}

// Mutation: `Source::is` looks at the name alone.
#[test]
fn an_applications_own_family_of_the_name_stays() {
    let metrics = built(Profile::DjangoPrometheus);
    let own = metrics.registry().counter("db_queries_total", "Own.");
    own.expect("the name is free").inc();
    let page = metrics.to_text();
    assert!(
        page.contains("shop_db_queries_total{region=\"eu\"} 1\n"),
        "{page}"
    );
    assert!(!page.contains("django_db_execute"), "{page}");
}

struct Taken;

impl Collector for Taken {
    fn name(&self) -> &'static str {
        "taken"
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        families.counter("shop_django_model_inserts_total", "Taken.", &[], 1.0);
        Ok(())
    }
}

#[test]
fn collectors_families_of_the_name_are_left_out() {
    let metrics = built(Profile::DjangoPrometheus);
    record(metrics);
    metrics
        .registry()
        .add_collector(Taken)
        .expect("its name is free");
    let page = metrics.to_text();
    assert_eq!(
        page.matches("# TYPE shop_django_model_inserts_total ")
            .count(),
        1
    );
}
