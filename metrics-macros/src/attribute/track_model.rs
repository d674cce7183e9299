use super::{Attribute, Block, Instrument, Kind, Label, Record};
use crate::options::Key;

const fn rows(operation: &'static str, family: &'static str) -> Instrument {
    Instrument {
        builtin: ["model", family],
        kind: Kind::Counter,
        record: Record::Rows,
        labels: &[Label::Model],
        by_outcome: false,
        operation: Some(operation),
        help: "",
    }
}

pub(crate) static TRACK_MODEL: Attribute = Attribute {
    name: "track_model",
    operations: &["insert", "update", "delete", "read"],
    block: Block::Defaults,
    options: &[
        Key::Prefix,
        Key::Labels,
        Key::Buckets,
        Key::Model,
        Key::Rows,
    ],
    instruments: &[
        rows("insert", "MODEL_INSERTS_TOTAL"),
        rows("update", "MODEL_UPDATES_TOTAL"),
        rows("delete", "MODEL_DELETES_TOTAL"),
        rows("read", "MODEL_READS_TOTAL"),
        Instrument {
            builtin: ["model", "MODEL_OPERATION_DURATION_SECONDS"],
            kind: Kind::Duration,
            record: Record::Duration,
            labels: &[Label::Model, Label::Operation],
            by_outcome: true,
            operation: None,
            help: "",
        },
    ],
    beside_sample: &[],
};
