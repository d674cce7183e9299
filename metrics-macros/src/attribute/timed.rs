use super::{Attribute, Block, COUNTED, Instrument, Kind, Label, Record};
use crate::options::Key;

pub(crate) static TIMED: Attribute = Attribute {
    name: "timed",
    operations: &[],
    block: Block::EveryMethod,
    options: &[Key::Name, Key::Help, Key::Labels, Key::Buckets, Key::Sample],
    instruments: &[Instrument {
        builtin: ["function", "FUNCTION_DURATION_SECONDS"],
        kind: Kind::Duration,
        record: Record::Duration,
        labels: &[Label::Function, Label::Module],
        by_outcome: true,
        operation: None,
        help: "Duration of calls in seconds, by outcome.",
    }],
    beside_sample: COUNTED.instruments,
};
