//! The protobuf format, decoded by `prost` and checked against the rules P1 to
//! P5: length-delimited messages, whole native histograms.

mod fault;
pub mod model;
mod native;

pub use self::fault::ProtobufError;

use std::collections::BTreeSet;

use prost::Message as _;

use self::model::{Metric, MetricFamily, MetricType};

/// Decodes a page and checks what each family must keep.
///
/// # Errors
///
/// With the first fault.
pub fn read(page: &[u8]) -> Result<Vec<MetricFamily>, ProtobufError> {
    let mut rest = page;
    let mut families = Vec::new();
    let mut names = BTreeSet::new();
    while !rest.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut rest)?;
        let name = family.name().to_owned();
        check_family(&family).map_err(|fault| match fault {
            ProtobufError::Decode(_) => fault,
            fault => ProtobufError::Family {
                name: name.clone(),
                fault: Box::new(fault),
            },
        })?;
        if !names.insert(name.clone()) {
            return Err(ProtobufError::RepeatedFamily(name));
        }
        families.push(family);
    }
    Ok(families)
}

fn check_family(family: &MetricFamily) -> Result<(), ProtobufError> {
    if family.name().is_empty() {
        return Err(ProtobufError::NoName);
    }
    let kind = family.r#type.ok_or(ProtobufError::NoType)?;
    let kind = MetricType::try_from(kind).map_err(|_| ProtobufError::NoType)?;
    let mut series = BTreeSet::new();
    for metric in &family.metric {
        let mut labels: Vec<_> = metric.label.iter().collect();
        labels.sort_by_key(|label| label.name());
        if labels
            .windows(2)
            .any(|pair| pair[0].name() == pair[1].name())
        {
            return Err(ProtobufError::RepeatedLabel);
        }
        let labels: Vec<_> = labels.iter().map(|it| (it.name(), it.value())).collect();
        if !series.insert(labels) {
            return Err(ProtobufError::RepeatedSeries);
        }
        check_value(metric, kind)?;
    }
    Ok(())
}

/// A metric has the one message that its family's type names.
fn check_value(metric: &Metric, kind: MetricType) -> Result<(), ProtobufError> {
    let present = [
        (metric.counter.is_some(), MetricType::Counter),
        (metric.gauge.is_some(), MetricType::Gauge),
        (metric.summary.is_some(), MetricType::Summary),
        (metric.untyped.is_some(), MetricType::Untyped),
        (metric.histogram.is_some(), MetricType::Histogram),
    ];
    let mut given = present.iter().filter(|(present, _)| *present);
    let (first, second) = (given.next(), given.next());
    if second.is_some() || first.is_none_or(|(_, first)| *first != kind) {
        return Err(ProtobufError::WrongValue(kind));
    }
    match &metric.histogram {
        Some(histogram) => native::check(histogram),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::model::{Bucket, BucketSpan, Counter, Histogram};
    use super::*;

    fn family(histogram: Histogram) -> MetricFamily {
        MetricFamily {
            name: Some("m".to_owned()),
            r#type: Some(MetricType::Histogram as i32),
            metric: vec![Metric {
                histogram: Some(histogram),
                ..Metric::default()
            }],
            ..MetricFamily::default()
        }
    }

    fn fault(histogram: Histogram) -> String {
        let page = family(histogram).encode_length_delimited_to_vec();
        read(&page).expect_err("it must be refused").to_string()
    }

    fn bucket(bound: f64, count: u64) -> Bucket {
        Bucket {
            upper_bound: Some(bound),
            cumulative_count: Some(count),
            ..Bucket::default()
        }
    }

    fn native(spans: &[(i32, u32)], deltas: &[i64], count: u64) -> Histogram {
        let span = |(offset, length): &(i32, u32)| BucketSpan {
            offset: Some(*offset),
            length: Some(*length),
        };
        Histogram {
            schema: Some(3),
            zero_threshold: Some(0.0),
            sample_count: Some(count),
            sample_sum: Some(1.0),
            positive_span: spans.iter().map(span).collect(),
            positive_delta: deltas.to_vec(),
            ..Histogram::default()
        }
    }

    /// Bytes that the protocol's documentation gives, by hand: a counter `a`
    /// without labels whose value is 1.
    #[test]
    fn reads_a_page_written_by_hand() {
        let page = b"\x12\x0a\x01a\x18\x00\x22\x0b\x1a\x09\x09\0\0\0\0\0\0\xf0\x3f";
        let families = read(page).expect("it is valid");
        assert_eq!(families[0].name(), "a");
        let counter = families[0].metric[0].counter.as_ref();
        assert_eq!(counter.map(Counter::value), Some(1.0));
        assert_eq!(read(b"").expect("nothing is wrong"), []);
    }

    #[test]
    fn refuses_bytes_that_are_no_page() {
        assert!(read(b"# EOF\n").is_err());
        assert!(read(b"\x05\x0a\x01\xff\x18\x00").is_err(), "no UTF-8");
        let page = family(native(&[(0, 1)], &[1], 1)).encode_length_delimited_to_vec();
        assert!(read(&page[..page.len() - 1]).is_err(), "cut off");
        assert!(read(&page[1..]).is_err(), "no length");
        assert!(read(&[&page[..], &page].concat()).is_err(), "twice");
    }

    #[test]
    fn accepts_good_histograms() {
        for good in [
            native(&[(0, 2), (3, 1)], &[1, 1, -2], 3),
            native(&[(0, 0)], &[], 0),
            Histogram {
                sample_count: Some(3),
                sample_sum: Some(1.0),
                bucket: vec![bucket(0.5, 1), bucket(2.0, 2)],
                ..Histogram::default()
            },
        ] {
            let page = family(good).encode_length_delimited_to_vec();
            assert!(read(&page).is_ok());
        }
    }

    #[test]
    fn refuses_broken_native_histograms() {
        let cases = [
            (native(&[(0, 2)], &[1], 1), "span"),
            (native(&[(0, 2)], &[1, -2], 0), "below"),
            (native(&[(0, 1)], &[2], 1), "count"),
            (native(&[], &[], 0), "no-op"),
            (native(&[(0, 1), (-1, 1)], &[1, 0], 2), "offset"),
        ];
        for (histogram, word) in cases {
            let message = fault(histogram);
            assert!(message.contains(word), "{message}");
        }
        let mut histogram = native(&[(0, 1)], &[1], 1);
        histogram.schema = Some(9);
        assert!(fault(histogram).contains("schema"));
    }

    #[test]
    fn refuses_broken_buckets() {
        let classic = |buckets: &[(f64, u64)]| Histogram {
            sample_count: Some(2),
            sample_sum: Some(1.0),
            bucket: buckets.iter().map(|(b, c)| bucket(*b, *c)).collect(),
            ..Histogram::default()
        };
        for buckets in [
            &[(1.0, 2), (0.5, 2)][..],
            &[(1.0, 2), (2.0, 1)],
            &[(1.0, 3)],
            &[(f64::INFINITY, 1)],
            &[(f64::NAN, 1)],
        ] {
            assert!(fault(classic(buckets)).contains("bucket"), "{buckets:?}");
        }
    }
}
