//! What of a family's lines stays the same from page to page, in one of the text
//! formats.

use super::sink::{Piece, Sink};
use super::{escape, number, openmetrics, text};
use crate::desc::{Kind, Schema};
use crate::outcome::Outcome;
use crate::record::{Bounds, FamilyCore, OVERFLOW};
use crate::registry::Settings;

/// A family's texts.
#[derive(Debug)]
pub(super) struct Spelling {
    /// The lines before the samples, without the last line feed.
    pub(super) header: String,
    pub(super) heads: Heads,
    /// One for each outcome and one for the overflow series; without outcomes,
    /// one for all.
    pub(super) tails: Vec<Tail>,
}

/// What stands before the labels: the end of the line above, and a name.
#[derive(Debug)]
pub(super) struct Heads {
    /// Of buckets, or the one line of a series that isn't a histogram.
    pub(super) first: Piece,
    /// Of a histogram's sum and count.
    pub(super) last: Option<Box<[Piece; 2]>>,
    /// Of the time of creation, where the format has one.
    pub(super) created: Option<Box<Piece>>,
}

/// What stands between a row's labels and a number.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) plain: Piece,
    /// With `le`.
    pub(super) buckets: Box<[Piece]>,
}

impl Spelling {
    /// The texts in OpenMetrics (`OM`) or in the text format, version 0.0.4.
    pub(super) fn new<const OM: bool>(
        name: &str,
        family: &FamilyCore,
        settings: &Settings,
    ) -> Self {
        let schema = &family.schema;
        let mut header = String::new();
        if OM {
            let kind = schema.kind.as_str();
            let name = openmetrics::family_name(name, schema.kind == Kind::Counter);
            let unit = schema.base_unit.unwrap_or("");
            openmetrics::header(&mut header, name, &schema.help, kind, unit);
        } else {
            text::header(&mut header, name, &schema.help, schema.kind.as_str());
        }
        header.shrink_to_fit();
        let tails = outcomes(schema);
        let tail = |outcome| Tail::new::<OM>(schema, family.bounds, outcome, settings);
        Self {
            header,
            heads: Heads::new::<OM>(name, schema.kind),
            tails: tails.into_iter().map(tail).collect(),
        }
    }
}

/// The values of `outcome` that tell a family's series apart: all, and that of
/// the overflow series; or none.
pub(super) fn outcomes(schema: &Schema) -> Vec<Option<&'static str>> {
    if !schema.by_outcome {
        return vec![None];
    }
    let all = Outcome::ALL.iter().map(|outcome| outcome.as_str());
    all.chain([OVERFLOW]).map(Some).collect()
}

/// The labels that all series of a family with this outcome have, behind their
/// own.
pub(super) fn shared_labels<'a>(
    schema: &'a Schema,
    outcome: Option<&'static str>,
    settings: &'a Settings,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let outcome = outcome.map(|outcome| ("outcome", outcome));
    outcome.into_iter().chain(settings.const_labels_of(schema))
}

impl Heads {
    fn new<const OM: bool>(name: &str, kind: Kind) -> Self {
        let base = openmetrics::family_name(name, kind == Kind::Counter);
        let head = |suffix: &str| Piece::from(format!("\n{name}{suffix}"));
        let histogram = kind == Kind::Histogram;
        let has_creation = OM && matches!(kind, Kind::Counter | Kind::Histogram);
        Self {
            first: match kind {
                Kind::Counter if OM => Piece::from(format!("\n{base}_total")),
                Kind::Histogram => head("_bucket"),
                _ => head(""),
            },
            last: histogram.then(|| Box::new([head("_sum"), head("_count")])),
            created: has_creation.then(|| Box::new(Piece::from(format!("\n{base}_created")))),
        }
    }
}

impl Tail {
    fn new<const OM: bool>(
        schema: &Schema,
        bounds: &Bounds,
        outcome: Option<&'static str>,
        settings: &Settings,
    ) -> Self {
        // A row leaves its last quote to the tail.
        let (mut labels, mut separator) = match *schema.labels {
            [] => (String::new(), '{'),
            [..] => ("\"".to_owned(), ','),
        };
        for (name, value) in shared_labels(schema, outcome, settings) {
            label(&mut labels, separator, name, value);
            separator = ',';
        }
        let all = bounds.values().iter().copied().chain([f64::INFINITY]);
        let bucket = |bound| {
            let mut bucket = labels.clone();
            let mut value = String::new();
            if OM {
                number::canonical(&mut value, bound);
            } else {
                number::double(&mut value, bound);
            }
            label(&mut bucket, separator, "le", &value);
            Piece::from(bucket + "} ")
        };
        let histogram = schema.kind == Kind::Histogram;
        let buckets = if histogram {
            all.map(bucket).collect()
        } else {
            Box::default()
        };
        let end = if separator == '{' { " " } else { "} " };
        let plain = Piece::from(labels + end);
        Self { plain, buckets }
    }
}

/// Writes a label behind others.
pub(super) fn label(out: &mut impl Sink, separator: char, name: &str, value: &str) {
    out.text(separator.encode_utf8(&mut [0; 4]));
    out.text(name);
    out.text("=\"");
    escape::label_value(out, value);
    out.text("\"");
}
