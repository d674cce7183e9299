use super::{Attribute, Block, Default, Instrument, Kind, Label, Record, Text};
use crate::options::Key;

const fn queries(family: &'static str, kind: Kind, record: Record, by_outcome: bool) -> Instrument {
    Instrument {
        builtin: ["query", family],
        kind,
        record,
        labels: &[
            Label::Text("database"),
            Label::Operation,
            Label::Text("table"),
        ],
        by_outcome,
        operations: &[],
        help: "",
    }
}

pub(crate) static TRACK_QUERY: Attribute = Attribute {
    name: "track_query",
    operations: &["select", "insert", "update", "delete", "other"],
    block: Block::Defaults,
    options: &[
        Key::Prefix,
        Key::Labels,
        Key::When,
        Key::Buckets,
        Key::Slow,
        Key::Error,
        Key::Outcome,
    ],
    texts: &[
        Text {
            name: "database",
            default: Default::Word("default"),
        },
        Text {
            name: "table",
            default: Default::None,
        },
    ],
    instruments: &[
        queries(
            "DB_QUERY_DURATION_SECONDS",
            Kind::Duration,
            Record::Duration,
            true,
        ),
        queries("DB_QUERIES_TOTAL", Kind::Counter, Record::Queries, true),
        queries("DB_SLOW_QUERIES_TOTAL", Kind::Counter, Record::Slow, false),
        queries("DB_ERRORS_TOTAL", Kind::Counter, Record::Errors, false),
    ],
    beside: &[],
};
