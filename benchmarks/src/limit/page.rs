//! A page from series that are rendered already.

use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, Shape};
use std::fmt::Write as _;

pub(super) fn encoders() -> Vec<Encoder> {
    vec![
        Encoder {
            name: "memcpy",
            build: |shape| {
                let mut page = Vec::new();
                Limit::build(shape).encode_into(&mut page);
                Encode::Fresh(Box::new(move || Page::Binary(page.clone())))
            },
        },
        Encoder {
            name: "memcpy-reuse",
            build: |shape| {
                let mut page = Vec::new();
                Limit::build(shape).encode_into(&mut page);
                Encode::Append(Box::new(move |out| out.extend_from_slice(&page)))
            },
        },
        Encoder {
            name: "limit",
            build: |shape| {
                let limit = Limit::build(shape);
                let room = limit.room();
                Encode::Fresh(Box::new(move || {
                    let mut out = Vec::with_capacity(room);
                    limit.encode_into(&mut out);
                    Page::Binary(out)
                }))
            },
        },
        Encoder {
            name: "limit-reuse",
            build: |shape| {
                let limit = Limit::build(shape);
                Encode::Append(Box::new(move |out| limit.encode_into(out)))
            },
        },
    ]
}

struct Limit {
    families: Vec<Family>,
}

struct Family {
    head: String,
    series: Vec<Series>,
}

enum Series {
    Counter {
        /// `name{labels} `.
        text: Box<str>,
        value: u64,
    },
    Histogram {
        /// `name_bucket{labels`, `name_sum{labels} ` and `name_count{labels} `,
        /// one after the other.
        text: Box<str>,
        bucket: u32,
        sum: u32,
        buckets: Box<[u64; BOUNDS.len() + 1]>,
        total: f64,
    },
}

impl Limit {
    fn build(shape: Shape) -> Self {
        let kind = if shape.histograms {
            "histogram"
        } else {
            "counter"
        };
        let family = |family: crate::exposition::FamilyShape| {
            let name = &family.name;
            let series = family.series().map(|series| {
                let labels: Vec<String> = LABELS
                    .iter()
                    .zip(series.values())
                    .map(|(label, value)| format!("{label}=\"{value}\""))
                    .collect();
                let labels = labels.join(",");
                if !shape.histograms {
                    return Series::Counter {
                        text: format!("{name}{{{labels}}} ").into(),
                        value: series.count(),
                    };
                }
                let mut buckets = Box::new([0; BOUNDS.len() + 1]);
                let mut total = 0.0;
                for value in series.observations() {
                    buckets[BOUNDS.partition_point(|bound| *bound < value)] += 1;
                    total += value;
                }
                let mut text = format!("{name}_bucket{{{labels}");
                let bucket = len(&text);
                let _ = write!(text, "{name}_sum{{{labels}}} ");
                let sum = len(&text);
                let _ = write!(text, "{name}_count{{{labels}}} ");
                Series::Histogram {
                    text: text.into(),
                    bucket,
                    sum,
                    buckets,
                    total,
                }
            });
            Family {
                head: format!("# HELP {name} {HELP}\n# TYPE {name} {kind}\n"),
                series: series.collect(),
            }
        };
        Self {
            families: shape.families().map(family).collect(),
        }
    }

    /// At least the length of a page.
    fn room(&self) -> usize {
        let mut page = Vec::new();
        self.encode_into(&mut page);
        page.len() + page.len() / 16
    }

    fn encode_into(&self, out: &mut Vec<u8>) {
        for family in &self.families {
            out.extend_from_slice(family.head.as_bytes());
            for series in &family.series {
                series.encode_into(out);
            }
        }
    }
}

fn len(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// What stands behind the labels of a bucket, by its bound.
const BEHIND: [&str; BOUNDS.len() + 1] = [
    ",le=\"0.005\"} ",
    ",le=\"0.01\"} ",
    ",le=\"0.025\"} ",
    ",le=\"0.05\"} ",
    ",le=\"0.1\"} ",
    ",le=\"0.25\"} ",
    ",le=\"0.5\"} ",
    ",le=\"1\"} ",
    ",le=\"2.5\"} ",
    ",le=\"5\"} ",
    ",le=\"10\"} ",
    ",le=\"+Inf\"} ",
];

impl Series {
    fn encode_into(&self, out: &mut Vec<u8>) {
        match self {
            Self::Counter { text, value } => line(out, text, *value),
            Self::Histogram {
                text,
                bucket,
                sum,
                buckets,
                total,
            } => {
                let (head, count) = text.split_at(*sum as usize);
                let (head, sum) = head.split_at(*bucket as usize);
                let mut so_far = 0;
                for (own, behind) in buckets.iter().zip(BEHIND) {
                    so_far += own;
                    out.extend_from_slice(head.as_bytes());
                    line(out, behind, so_far);
                }
                out.extend_from_slice(sum.as_bytes());
                out.extend_from_slice(zmij::Buffer::new().format(*total).as_bytes());
                out.push(b'\n');
                line(out, count, so_far);
            }
        }
    }
}

fn line(out: &mut Vec<u8>, text: &str, value: u64) {
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    out.push(b'\n');
}
