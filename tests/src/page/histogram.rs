//! What the samples of one family must say together.

use std::collections::BTreeMap;

use super::number::parse_number;
use super::{Family, Fault, Kind, PageError, Sample};

/// Checks the counts of a family, and the order and completeness of its buckets
/// or quantiles.
pub(super) fn check(family: &Family) -> Result<(), PageError> {
    match family.kind {
        Kind::Counter => family.samples.iter().try_for_each(check_count),
        Kind::Histogram => {
            let buckets = format!("{}_bucket", family.name);
            let series = group(family, &buckets, "le")?;
            series
                .iter()
                .try_for_each(|series| check_histogram(family, series))
        }
        Kind::Summary => {
            let series = group(family, &family.name, "quantile")?;
            series
                .iter()
                .try_for_each(|series| check_totals(family, series).map(|_| ()))
        }
        Kind::Gauge | Kind::Untyped => Ok(()),
    }
}

/// The samples that differ in `le` or `quantile` only.
#[derive(Default)]
struct Series<'a> {
    /// The samples with that label, and its value.
    steps: Vec<(f64, &'a Sample)>,
    sum: Option<&'a Sample>,
    count: Option<&'a Sample>,
    /// The line of the first sample.
    line: usize,
}

/// Sorts the samples of a family into series, checking that `label` rises.
fn group<'a>(
    family: &'a Family,
    step_name: &str,
    label: &'static str,
) -> Result<Vec<Series<'a>>, PageError> {
    let mut all: BTreeMap<_, Series<'_>> = BTreeMap::new();
    for sample in &family.samples {
        let fail = |fault| fail(sample, fault);
        let mut labels = sample.labels.clone();
        let step = labels.remove(label);
        let series = all.entry(labels).or_insert_with(|| Series {
            line: sample.line,
            ..Series::default()
        });
        if sample.name == step_name {
            let name = sample.name.clone();
            let step = step.ok_or_else(|| fail(Fault::NoLabel { name, label }))?;
            let step = parse_number(&step).map_err(fail)?;
            let last = series.steps.last().map(|(last, _)| *last);
            if step.is_nan() || last.is_some_and(|last| last >= step) {
                return Err(fail(Fault::NotRising { label }));
            }
            series.steps.push((step, sample));
        } else if sample.name.ends_with("_sum") {
            series.sum = Some(sample);
        } else {
            series.count = Some(sample);
        }
    }
    Ok(all.into_values().collect())
}

fn check_histogram(family: &Family, series: &Series<'_>) -> Result<(), PageError> {
    let mut below = 0.0;
    for (_, bucket) in &series.steps {
        check_count(bucket)?;
        if bucket.value < below {
            return Err(fail(bucket, Fault::ShrinkingBucket));
        }
        below = bucket.value;
    }
    let count = check_totals(family, series)?;
    match series.steps.last() {
        Some((bound, last)) if *bound == f64::INFINITY => {
            if last.value.total_cmp(&count.value).is_eq() {
                return Ok(());
            }
            let (bucket, count) = (last.value.to_string(), count.value.to_string());
            Err(fail(last, Fault::CountMismatch { bucket, count }))
        }
        _ => Err(missing(
            series,
            format!("{}_bucket{{le=\"+Inf\"}}", family.name),
        )),
    }
}

/// Checks that `_sum` and `_count` are there, and gives the latter.
fn check_totals<'a>(family: &Family, series: &Series<'a>) -> Result<&'a Sample, PageError> {
    if series.sum.is_none() {
        return Err(missing(series, format!("{}_sum", family.name)));
    }
    let count = series.count;
    let count = count.ok_or_else(|| missing(series, format!("{}_count", family.name)))?;
    check_count(count)?;
    Ok(count)
}

fn check_count(sample: &Sample) -> Result<(), PageError> {
    if sample.value >= 0.0 {
        return Ok(());
    }
    Err(fail(sample, Fault::BadCount(sample.value.to_string())))
}

fn missing(series: &Series<'_>, name: String) -> PageError {
    PageError {
        line: series.line,
        fault: Fault::Missing(name),
    }
}

fn fail(sample: &Sample, fault: Fault) -> PageError {
    PageError {
        line: sample.line,
        fault,
    }
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, fault_of};

    /// A page with one histogram `m` of these samples, which begin on line 2.
    fn histogram(samples: &[&str]) -> String {
        format!("# TYPE m histogram\n{}\n", samples.join("\n"))
    }

    #[test]
    fn accepts_two_interleaved_series() {
        let page = histogram(&[
            r#"m_bucket{a="1",le="-1.0"} 1"#,
            r#"m_bucket{a="1",le="+Inf"} 1"#,
            r#"m_bucket{a="2",le="0.5"} 0"#,
            r#"m_sum{a="1"} -3"#,
            r#"m_bucket{le="+Inf",a="2"} 0"#,
            r#"m_sum{a="2"} 0"#,
            r#"m_count{a="2"} 0"#,
            r#"m_count{a="1"} 1"#,
        ]);
        let page = Page::parse(page).expect("the page is valid");
        assert_eq!(page.sum("m_count", &[]), Some(1.0));
    }

    #[test]
    fn refuses_a_histogram_without_the_last_bucket() {
        assert_eq!(
            fault_of(histogram(&["m_bucket{le=\"1\"} 1", "m_sum 1", "m_count 1"])),
            "line 2: `m_bucket{le=\"+Inf\"}` is missing for these labels"
        );
    }

    #[test]
    fn refuses_a_last_bucket_that_differs_from_the_count() {
        assert_eq!(
            fault_of(histogram(&[
                "m_bucket{le=\"+Inf\"} 1",
                "m_sum 1",
                "m_count 2"
            ])),
            "line 2: the bucket `+Inf` holds 1, but `_count` is 2"
        );
    }

    #[test]
    fn refuses_a_histogram_without_count() {
        assert_eq!(
            fault_of(histogram(&["m_bucket{le=\"+Inf\"} 1", "m_sum 1"])),
            "line 2: `m_count` is missing for these labels"
        );
    }

    #[test]
    fn refuses_a_histogram_without_sum() {
        assert_eq!(
            fault_of(histogram(&["m_bucket{le=\"+Inf\"} 1", "m_count 1"])),
            "line 2: `m_sum` is missing for these labels"
        );
    }

    #[test]
    fn refuses_a_bucket_without_bound() {
        assert_eq!(
            fault_of(histogram(&["m_bucket 1", "m_sum 1", "m_count 1"])),
            "line 2: `m_bucket` has no label `le`"
        );
    }

    #[test]
    fn refuses_a_bound_that_is_no_number() {
        assert_eq!(
            fault_of(histogram(&["m_bucket{le=\"inf\"} 1"])),
            "line 2: `inf` is no number of this format"
        );
    }

    #[test]
    fn refuses_buckets_that_are_not_cumulative() {
        assert_eq!(
            fault_of(histogram(&[
                "m_bucket{le=\"1\"} 2",
                "m_bucket{le=\"+Inf\"} 1",
                "m_sum 1",
                "m_count 1"
            ])),
            "line 3: the bucket holds less than the one before"
        );
    }

    #[test]
    fn refuses_bounds_out_of_order() {
        assert_eq!(
            fault_of(histogram(&[
                "m_bucket{le=\"10\"} 1",
                "m_bucket{le=\"9\"} 1"
            ])),
            "line 3: `le` doesn't rise above that of the line before"
        );
    }

    #[test]
    fn refuses_one_bound_in_two_spellings() {
        assert_eq!(
            fault_of(histogram(&[
                "m_bucket{le=\"1\"} 1",
                "m_bucket{le=\"1.0\"} 1"
            ])),
            "line 3: `le` doesn't rise above that of the line before"
        );
    }

    #[test]
    fn refuses_quantiles_out_of_order() {
        assert_eq!(
            fault_of("# TYPE m summary\nm{quantile=\"0.9\"} 1\nm{quantile=\"0.5\"} 1\n"),
            "line 3: `quantile` doesn't rise above that of the line before"
        );
    }

    #[test]
    fn refuses_a_summary_sample_without_quantile() {
        assert_eq!(
            fault_of("# TYPE m summary\nm 1\nm_sum 1\nm_count 1\n"),
            "line 2: `m` has no label `quantile`"
        );
    }

    #[test]
    fn refuses_a_summary_without_count() {
        assert_eq!(
            fault_of("# TYPE m summary\nm{quantile=\"0.5\"} 1\nm_sum 1\n"),
            "line 2: `m_count` is missing for these labels"
        );
    }

    #[test]
    fn refuses_a_negative_counter() {
        assert_eq!(
            fault_of("# TYPE m_total counter\nm_total -1\n"),
            "line 2: `-1` can't be a count"
        );
    }

    #[test]
    fn refuses_a_counter_that_is_no_number() {
        assert_eq!(
            fault_of("# TYPE m_total counter\nm_total NaN\n"),
            "line 2: `NaN` can't be a count"
        );
    }
}
