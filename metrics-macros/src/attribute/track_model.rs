use super::{Attribute, Block, Default, Instrument, Kind, Label, Record, Text};
use crate::options::Key;

const fn rows(
    operations: &'static [&'static str],
    record: Record,
    family: &'static str,
) -> Instrument {
    Instrument {
        builtin: ["model", family],
        kind: Kind::Counter,
        record,
        labels: &[Label::Text("model")],
        by_outcome: false,
        operations,
        help: "",
    }
}

pub(crate) static TRACK_MODEL: Attribute = Attribute {
    name: "track_model",
    operations: &["insert", "update", "delete", "read", "upsert"],
    block: Block::Defaults,
    options: &[
        Key::Prefix,
        Key::Labels,
        Key::When,
        Key::Buckets,
        Key::Rows,
        Key::Created,
        Key::Error,
        Key::Outcome,
    ],
    texts: &[Text {
        name: "model",
        default: Default::Model,
    }],
    instruments: &[
        rows(&["insert"], Record::Rows, "MODEL_INSERTS_TOTAL"),
        rows(&["update"], Record::Rows, "MODEL_UPDATES_TOTAL"),
        rows(&["delete"], Record::Rows, "MODEL_DELETES_TOTAL"),
        rows(&["read"], Record::Rows, "MODEL_READS_TOTAL"),
        rows(&["upsert"], Record::Created, "MODEL_INSERTS_TOTAL"),
        rows(&["upsert"], Record::Replaced, "MODEL_UPDATES_TOTAL"),
        Instrument {
            builtin: ["model", "MODEL_OPERATION_DURATION_SECONDS"],
            kind: Kind::Duration,
            record: Record::Duration,
            labels: &[Label::Text("model"), Label::Operation],
            by_outcome: true,
            operations: &[],
            help: "",
        },
    ],
    beside: &[],
};
