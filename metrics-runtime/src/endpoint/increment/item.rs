//! The items of a body.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Most items of a request.
const MOST: usize = 1_000;

/// Most labels of an item; families have fewer.
const MOST_LABELS: usize = 64;

/// What is to be recorded.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) metric: String,
    pub(super) value: Option<f64>,
    pub(super) labels: Labels,
}

/// The fields of an item.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    metric: String,
    #[serde(default, deserialize_with = "given")]
    value: Option<f64>,
    #[serde(default)]
    labels: Labels,
}

impl<'de> Deserialize<'de> for Item {
    /// Of an object alone: what is derived takes a list of the fields too.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an item, such as `{\"metric\": \"jobs_total\", \"value\": 2}`")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                Fields::deserialize(MapAccessDeserializer::new(map))
            }
        }

        let Fields {
            metric,
            value,
            labels,
        } = deserializer.deserialize_map(Object)?;
        Ok(Self {
            metric,
            value,
            labels,
        })
    }
}

/// A value that is there; `null` is none.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    f64::deserialize(deserializer).map(Some)
}

/// Why a body can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ItemError {
    #[error("the body is nested more than {most} deep; send one item or a list of them")]
    Depth { most: usize },
    #[error("the body isn't what it must be, an item or a list of at most {MOST}: {0}")]
    Json(#[from] serde_json::Error),
}

/// The items of a body: one, or a list.
pub(super) fn parse(body: &[u8]) -> Result<Vec<Item>, ItemError> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        Ok(serde_json::from_slice::<Items>(body)?.0)
    } else {
        Ok(vec![serde_json::from_slice(body)?])
    }
}

/// A list that isn't too long.
struct Items(Vec<Item>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Items;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    if items.len() == MOST {
                        return Err(A::Error::custom("there are more"));
                    }
                    items.push(item);
                }
                Ok(Items(items))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// Labels, each of which stands once.
#[derive(Debug, Default)]
pub(super) struct Labels(pub(super) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Labels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of labels, whose values are text")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
                let mut labels: Vec<(String, String)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    if labels.len() == MOST_LABELS {
                        return Err(A::Error::custom("there are too many labels"));
                    }
                    if labels.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("a label stands twice"));
                    }
                    labels.push((name, value));
                }
                Ok(Labels(labels))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, parse};

    #[test]
    fn a_body_is_one_item_or_a_list() {
        let one = br#" {"metric":"a_total","value":2,"labels":{"x":"1"}} "#;
        let items = parse(one).expect("it is valid");
        let [item] = items.as_slice() else {
            panic!("it is one");
        };
        assert_eq!((item.metric.as_str(), item.value), ("a_total", Some(2.0)));
        assert_eq!(item.labels.0, [("x".to_owned(), "1".to_owned())]);
        assert_eq!(
            parse(br#"[{"metric":"a"},{"metric":"b"}]"#).unwrap().len(),
            2
        );
        assert!(parse(b"[]").expect("it is valid").is_empty());
    }

    // S13. Mutations: `Item` is read as `Fields` are, from lists too;
    // `deny_unknown_fields` is left out; a label replaces the one before;
    // the length isn't looked at.
    #[test]
    fn what_says_more_or_less_than_an_item_is_refused() {
        for body in [
            "",
            "null",
            "1",
            "[1]",
            "{}",
            "[[]]",
            r#"[["a"]]"#,
            r#"[["a",1,{}]]"#,
            r#"{"metric":"a"}x"#,
            r#"{"metric":"a"}{"metric":"a"}"#,
            r#"{"metric":1}"#,
            r#"{"metric":"a","metric":"a"}"#,
            r#"{"metric":"a","value":1,"v\u0061lue":2}"#,
            r#"{"metric":"a","labels":{"x":"1","\u0078":"2"}}"#,
            r#"{"metric":"a","labels":{"x":1}}"#,
            r#"{"metric":"a","labels":[]}"#,
            r#"{"metric":"a","labels":null}"#,
            r#"{"metric":"a","value":null}"#,
            r#"{"metric":"a","value":"1"}"#,
            r#"{"metric":"a","value":"NaN"}"#,
            r#"{"metric":"a","value":NaN}"#,
            r#"{"metric":"a","value":Infinity}"#,
            r#"{"metric":"a","value":1e999}"#,
            r#"{"metric":"a","value":-1e999}"#,
            r#"{"metric":"a","value":[1]}"#,
            r#"{"metric":"a","value":true}"#,
            r#"{"metric":"a","other":1}"#,
            "{\"metric\":\"\u{1}\"}",
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse(b"{\"metric\":\"\xff\"}").is_err());
        let many = |count| format!("[{}]", vec![r#"{"metric":"a"}"#; count].join(","));
        assert!(parse(many(MOST).as_bytes()).is_ok());
        assert!(parse(many(MOST + 1).as_bytes()).is_err());
    }
}
