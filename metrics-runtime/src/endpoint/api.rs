//! `GET /api`: all metrics as JSON.

use super::answer::Answer;
use super::query::Filter;
use crate::snapshot::{FamilySnapshot, HistogramValue, SeriesSnapshot, SeriesValue, Snapshot};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

/// The families that the filter lets through.
pub(super) fn answer(snapshot: &Snapshot, filter: &Filter) -> Answer {
    let families = snapshot.families.iter();
    let families = families.filter(|family| filter.has_family(family));
    let families = families.map(|family| FamilyView::new(family, filter));
    let families = families.filter(|view| filter.has_empty() || !view.series.is_empty());
    Answer::json(&Page {
        families: families.collect(),
        missing_collectors: &snapshot.missing,
    })
}

#[derive(Serialize)]
struct Page<'a> {
    families: Vec<FamilyView<'a>>,
    missing_collectors: &'a [String],
}

#[derive(Serialize)]
struct FamilyView<'a> {
    name: &'a str,
    kind: &'static str,
    help: &'a str,
    unit: &'a str,
    series: Vec<SeriesView<'a>>,
}

impl<'a> FamilyView<'a> {
    fn new(family: &'a FamilySnapshot, filter: &Filter) -> Self {
        let series = family.series.iter();
        let series = series.filter(|series| filter.has_series(series));
        Self {
            name: &family.name,
            kind: family.kind.as_str(),
            help: &family.help,
            unit: &family.unit,
            series: series.map(SeriesView).collect(),
        }
    }
}

struct SeriesView<'a>(&'a SeriesSnapshot);

impl Serialize for SeriesView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("labels", &Pairs(&self.0.labels))?;
        match &self.0.value {
            SeriesValue::Number(value) => map.serialize_entry("value", &Number(*value))?,
            SeriesValue::Histogram(histogram) => {
                map.serialize_entry("count", &histogram.count)?;
                map.serialize_entry("sum", &Number(histogram.sum))?;
                map.serialize_entry("buckets", &Buckets(histogram))?;
            }
            SeriesValue::Summary(summary) => {
                map.serialize_entry("count", &summary.count)?;
                map.serialize_entry("sum", &Number(summary.sum))?;
                let quantiles = summary.quantiles.iter();
                let quantiles = quantiles.map(|(quantile, value)| Quantile {
                    quantile: Number(*quantile),
                    value: Number(*value),
                });
                map.serialize_entry("quantiles", &quantiles.collect::<Vec<_>>())?;
            }
            SeriesValue::States(states) => map.serialize_entry("states", &Pairs(states))?,
        }
        map.end()
    }
}

/// Pairs as an object; their names differ.
struct Pairs<'a, T>(&'a [(String, T)]);

impl<T: Serialize> Serialize for Pairs<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct Quantile {
    quantile: Number,
    value: Number,
}

/// The observations up to each bound, the last of which is `+Inf`.
struct Buckets<'a>(&'a HistogramValue);

impl Serialize for Buckets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Bucket {
            le: Number,
            count: u64,
        }
        let buckets = &self.0.buckets;
        let mut list = serializer.serialize_seq(Some(buckets.len() + 1))?;
        for (bound, count) in buckets {
            list.serialize_element(&Bucket {
                le: Number(*bound),
                count: *count,
            })?;
        }
        list.serialize_element(&Bucket {
            le: Number(f64::INFINITY),
            count: self.0.count,
        })?;
        list.end()
    }
}

/// A double. JSON has no others than finite ones: these are text, as the formats of
/// Prometheus spell them.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Whole doubles below this are exact integers.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let value = self.0;
        if value.is_nan() {
            serializer.serialize_str("NaN")
        } else if value.is_infinite() {
            serializer.serialize_str(if value > 0.0 { "+Inf" } else { "-Inf" })
        } else if value.fract() == 0.0 && value.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            serializer.serialize_i64(value as i64)
        } else {
            serializer.serialize_f64(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FamilyView, Filter};
    use crate::{Collector, Families, Registry};
    use serde_json::{Value, json};
    use std::error::Error;

    struct Others;

    impl Collector for Others {
        fn name(&self) -> &'static str {
            "others"
        }

        fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
            families
                .summary("waits", "Waits.", &[], &[(0.5, f64::NAN)], 3.5, 2)
                .info("build_info", "Build.", &[("version", "1")])
                .state_set("mode", "Mode.", &[], &[("on", true), ("off", false)])
                .unknown("old", "Old.", &[], f64::NEG_INFINITY);
            Ok(())
        }
    }

    fn view(name: &str, query: &str) -> Value {
        let registry = Registry::new();
        let calls = registry.counter_family("calls_total", "Calls.", ["path", "method"]);
        let calls = calls.unwrap();
        calls.with(["</script>\"\n", "get"]).inc_by(3);
        calls.with(["/", "post"]).inc();
        registry
            .gauge("depth", "Depth.")
            .unwrap()
            .set(f64::INFINITY);
        let sizes = registry.histogram("size_bytes", "Sizes.", &[0.5, 10.0]);
        sizes.unwrap().observe(50.0);
        registry.add_collector(Others).unwrap();
        let snapshot = registry.snapshot();
        let filter = Filter::parse(query).expect("it is valid");
        let family = snapshot.family(name).expect("it is there");
        serde_json::to_value(FamilyView::new(family, &filter)).expect("it is JSON")
    }

    // Mutations: numbers that aren't finite are `null`; buckets lack the last.
    #[test]
    fn every_kind_has_its_form() {
        let series = |name| view(name, "")["series"].clone();
        assert_eq!(series("depth"), json!([{"labels": {}, "value": "+Inf"}]));
        assert_eq!(series("old"), json!([{"labels": {}, "value": "-Inf"}]));
        assert_eq!(
            series("size_bytes"),
            json!([{"labels": {}, "count": 1, "sum": 50, "buckets": [
                {"le": 0.5, "count": 0}, {"le": 10, "count": 0}, {"le": "+Inf", "count": 1}
            ]}])
        );
        assert_eq!(
            series("waits"),
            json!([{"labels": {}, "count": 2, "sum": 3.5,
                "quantiles": [{"quantile": 0.5, "value": "NaN"}]}])
        );
        assert_eq!(
            series("mode"),
            json!([{"labels": {}, "states": {"on": true, "off": false}}])
        );
        assert_eq!(
            view("build_info", ""),
            json!({"name": "build_info", "kind": "info", "help": "Build.", "unit": "",
                "series": [{"labels": {"version": "1"}, "value": 1}]})
        );
    }

    // Mutation: one label that fits is enough.
    #[test]
    fn series_have_all_labels_that_are_asked_for() {
        let count = |query: &str| {
            let view = view("calls_total", query);
            view["series"].as_array().map(Vec::len)
        };
        assert_eq!(count(""), Some(2));
        assert_eq!(count("label=method=get"), Some(1));
        assert_eq!(count("label=method=get&label=path=/"), Some(0));
        assert_eq!(count("label=absent="), Some(0));
    }
}
