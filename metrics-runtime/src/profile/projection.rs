//! A family of a profile, added up when the page is made.

use super::rule::{Origin, Rule, Source, Take};
use crate::collect::model::{Family, Kind, Metric, Value};
use crate::name::LabelName;
use crate::record::FamilyCore;
use crate::registry::bridge::read_series;
use std::collections::BTreeMap;

/// The vendor of a database of which the set-up says nothing.
const UNKNOWN: &str = "unknown";

/// The family that these make together; `None` if it has no series.
pub(super) fn project(
    rule: &Rule,
    families: &[impl AsRef<FamilyCore>],
    vendors: &[(String, String)],
) -> Option<Family> {
    let mut sums: BTreeMap<Vec<String>, Value> = BTreeMap::new();
    for source in rule.sources {
        let mut families = families.iter().map(AsRef::as_ref);
        let Some(family) = families.find(|family| source.is(&family.schema)) else {
            continue;
        };
        add_family(rule, source, family, vendors, &mut sums);
    }
    let metric = |(values, value): (Vec<String>, Value)| {
        let names = rule.labels.iter().map(|(name, _)| (*name).to_owned());
        Metric {
            labels: names.zip(values).collect(),
            value,
            timestamp: None,
            created: None,
        }
    };
    let metrics: Vec<Metric> = sums.into_iter().map(metric).collect();
    let unit = match rule.kind {
        Kind::Histogram => "seconds",
        _ => "",
    };
    (!metrics.is_empty()).then(|| Family {
        name: rule.name.to_owned(),
        help: rule.help.to_owned(),
        kind: rule.kind,
        unit: unit.to_owned(),
        metrics,
    })
}

fn add_family(
    rule: &Rule,
    source: &Source,
    family: &FamilyCore,
    vendors: &[(String, String)],
    sums: &mut BTreeMap<Vec<String>, Value>,
) {
    for series in family.series() {
        let names = family.schema.labels.iter().map(LabelName::as_str);
        let own = names.zip(series.values.iter().map(String::as_str));
        let outcome = series.outcome.map(|outcome| ("outcome", outcome));
        let labels: Vec<(&str, &str)> = own.chain(outcome).collect();
        let value_of = |label: &str| {
            let mut own = labels.iter();
            own.find(|(name, _)| *name == label)
                .map_or("", |(_, value)| *value)
        };
        let (value, touched) = read_series(family, series.cell);
        if !series.shown && !touched {
            continue;
        }
        let value = match source.take {
            Take::All => value,
            Take::CountOf(wanted) => {
                if wanted.iter().any(|(name, value)| value_of(name) != *value) {
                    continue;
                }
                Value::Number(count_of(&value))
            }
        };
        let values = rule.labels.iter().map(|(_, origin)| match origin {
            Origin::Label(label) => value_of(label).to_owned(),
            Origin::Constant(value) => (*value).to_owned(),
            Origin::VendorOf(label) => {
                let database = value_of(label);
                let mut vendors = vendors.iter();
                let known = vendors.find(|(known, _)| known == database);
                known.map_or(UNKNOWN, |(_, vendor)| vendor).to_owned()
            }
        });
        let values: Vec<String> = values.collect();
        match sums.get_mut(&values) {
            Some(sum) => add(sum, value),
            None => {
                sums.insert(values, value);
            }
        }
    }
}

/// The observations of a histogram; those of anything else are none.
fn count_of(value: &Value) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "the model holds doubles")]
    match value {
        Value::Histogram { count, .. } => *count as f64,
        _ => 0.0,
    }
}

/// Adds a value to one of its kind; histograms of one family have the same bounds.
fn add(sum: &mut Value, value: Value) {
    match (sum, value) {
        (Value::Number(sum), Value::Number(value)) => *sum += value,
        (
            Value::Histogram {
                buckets,
                sum,
                count,
            },
            Value::Histogram {
                buckets: other_buckets,
                sum: other_sum,
                count: other_count,
            },
        ) => {
            for ((_, all), (_, other)) in buckets.iter_mut().zip(other_buckets) {
                *all += other;
            }
            *sum += other_sum;
            *count += other_count;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::builtin::{cache, model, query};
    use crate::collect::{Collector, Families};
    use crate::outcome::Outcome;
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
    }

    // Mutations: `add_family` leaves a source out, or looks at no label of
    // `CountOf`; `replaces` is always false.
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
            r#"shop_django_cache_get_total{backend="local",region="eu"} 8"#.to_owned(),
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
            format!(
                "shop_django_db_query_duration_seconds_bucket{{{database},le=\"{le}\"}} {count}"
            )
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
            "shop_db_errors",
            "shop_cache_hits",
        ] {
            assert!(!page.contains(name), "{name}\n{page}");
        }
        // A page that is made again is the same.
        assert_eq!(metrics.to_text(), page);
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
}
