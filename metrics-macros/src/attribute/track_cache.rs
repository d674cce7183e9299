use super::{Attribute, Block, Default, Instrument, Kind, Label, Record, Text};
use crate::options::Key;

const fn counter(
    operations: &'static [&'static str],
    record: Record,
    family: &'static str,
) -> Instrument {
    Instrument {
        builtin: ["cache", family],
        kind: Kind::Counter,
        record,
        labels: &[Label::Text("cache")],
        by_outcome: false,
        operations,
        help: "",
    }
}

pub(crate) static TRACK_CACHE: Attribute = Attribute {
    name: "track_cache",
    operations: &["get", "set", "delete"],
    block: Block::Defaults,
    options: &[
        Key::Prefix,
        Key::Labels,
        Key::When,
        Key::Buckets,
        Key::Hit,
        Key::Error,
        Key::Outcome,
    ],
    texts: &[Text {
        name: "cache",
        default: Default::None,
    }],
    instruments: &[
        counter(&["get"], Record::Hits, "CACHE_HITS_TOTAL"),
        counter(&["get"], Record::Misses, "CACHE_MISSES_TOTAL"),
        counter(&["set"], Record::Successes, "CACHE_SETS_TOTAL"),
        counter(&["delete"], Record::Successes, "CACHE_DELETES_TOTAL"),
        counter(&[], Record::Errors, "CACHE_ERRORS_TOTAL"),
        Instrument {
            builtin: ["cache", "CACHE_OPERATION_DURATION_SECONDS"],
            kind: Kind::Duration,
            record: Record::Duration,
            labels: &[Label::Text("cache"), Label::Operation],
            by_outcome: true,
            operations: &[],
            help: "",
        },
    ],
    beside: &[],
};
