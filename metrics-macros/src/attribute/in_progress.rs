use super::{Attribute, Beside, Block, Instrument, Kind, Label, Record, of_function};
use crate::options::Key;

pub(crate) static IN_PROGRESS: Attribute = Attribute {
    name: "in_progress",
    operations: &[],
    block: Block::EveryMethod,
    options: &[Key::Name, Key::Help, Key::Labels, Key::When, Key::Age],
    texts: &[],
    instruments: &[Instrument {
        builtin: ["function", "FUNCTION_CALLS_IN_PROGRESS"],
        kind: Kind::InProgress,
        record: Record::InProgress,
        labels: &[Label::Function, Label::Module],
        by_outcome: false,
        operations: &[],
        help: "Calls that run.",
    }],
    beside: &[Beside {
        option: Key::Age,
        wrapper: Some("aged"),
        instruments: &[of_function(
            "FUNCTION_CALLS_OLDEST_SECONDS",
            Kind::Gauge,
            Record::Oldest,
            false,
        )],
    }],
};
