//! What the parser has read.

use std::collections::BTreeMap;

use serde_json::Value;

/// A family.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Family {
    /// The name; that of a counter is without `_total`, whatever the syntax.
    pub name: String,
    /// The word for the type, `unknown` where there is none.
    pub kind: String,
    /// The unescaped help text, empty where there is none.
    pub help: String,
    /// The unit, empty where there is none.
    pub unit: String,
    /// The samples in the order of the page.
    pub samples: Vec<Sample>,
}

/// A sample.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// The name as written.
    pub name: String,
    /// The labels, `le` and `quantile` included.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
    /// The timestamp in seconds, when the line has one.
    pub timestamp: Option<f64>,
    /// The exemplar, when the line has one.
    pub exemplar: Option<Exemplar>,
}

/// An exemplar.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// Its own labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
    /// The timestamp in seconds, when it has one.
    pub timestamp: Option<f64>,
}

impl Family {
    pub(super) fn from_json(json: &Value) -> Self {
        let samples = json["samples"].as_array().into_iter().flatten();
        Self {
            name: text(&json["name"]),
            kind: text(&json["kind"]),
            help: text(&json["help"]),
            unit: text(&json["unit"]),
            samples: samples.map(Sample::from_json).collect(),
        }
    }
}

impl Sample {
    fn from_json(json: &Value) -> Self {
        let exemplar = &json["exemplar"];
        Self {
            name: text(&json["name"]),
            labels: labels(&json["labels"]),
            value: number(&json["value"]).expect("each sample has a value"),
            timestamp: number(&json["timestamp"]),
            exemplar: exemplar.is_object().then(|| Exemplar {
                labels: labels(&exemplar["labels"]),
                value: number(&exemplar["value"]).expect("each exemplar has a value"),
                timestamp: number(&exemplar["timestamp"]),
            }),
        }
    }
}

fn text(json: &Value) -> String {
    json.as_str().expect("it is text").to_owned()
}

fn labels(json: &Value) -> BTreeMap<String, String> {
    let labels = json.as_object().into_iter().flatten();
    labels
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// Python's spelling of numbers that aren't finite is among those that Rust
/// parses.
fn number(json: &Value) -> Option<f64> {
    let number = json.as_str()?;
    Some(number.parse().expect("it is Python's spelling of a number"))
}
