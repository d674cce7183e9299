use super::{Attribute, Block, Instrument, Kind, Label, Record};
use crate::options::Key;

pub(crate) static COUNTED: Attribute = Attribute {
    name: "counted",
    operations: &[],
    block: Block::EveryMethod,
    options: &[
        Key::Name,
        Key::Help,
        Key::Labels,
        Key::When,
        Key::Error,
        Key::Outcome,
    ],
    texts: &[],
    instruments: &[Instrument {
        builtin: ["function", "FUNCTION_CALLS_TOTAL"],
        kind: Kind::Counter,
        record: Record::Calls,
        labels: &[Label::Function, Label::Module],
        by_outcome: true,
        operations: &[],
        help: "Calls by outcome.",
    }],
    beside: &[],
};
