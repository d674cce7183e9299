use super::{Attribute, Beside, Block, COUNTED, Instrument, Kind, Label, Record, of_function};
use crate::options::Key;

pub(crate) static TIMED: Attribute = Attribute {
    name: "timed",
    operations: &[],
    block: Block::EveryMethod,
    options: &[
        Key::Name,
        Key::Help,
        Key::Labels,
        Key::When,
        Key::Buckets,
        Key::Sample,
        Key::Error,
        Key::Outcome,
        Key::Busy,
        Key::Stream,
    ],
    texts: &[],
    instruments: &[Instrument {
        builtin: ["function", "FUNCTION_DURATION_SECONDS"],
        kind: Kind::Duration,
        record: Record::Duration,
        labels: &[Label::Function, Label::Module],
        by_outcome: true,
        operations: &[],
        help: "Duration of calls in seconds, by outcome.",
    }],
    beside: &[
        // What counts every call where only a sample of them is timed.
        Beside {
            option: Key::Sample,
            wrapper: None,
            instruments: COUNTED.instruments,
        },
        Beside {
            option: Key::Busy,
            wrapper: Some("busy"),
            instruments: &[
                polled("FUNCTION_BUSY_SECONDS", Record::Busy),
                polled("FUNCTION_IDLE_SECONDS", Record::Idle),
                polled("FUNCTION_LONGEST_POLL_SECONDS", Record::LongestPoll),
            ],
        },
        Beside {
            option: Key::Stream,
            wrapper: None,
            instruments: &[of_function(
                "FUNCTION_STREAM_ITEMS_TOTAL",
                Kind::Counter,
                Record::Items,
                false,
            )],
        },
    ],
};

const fn polled(family: &'static str, record: Record) -> Instrument {
    of_function(family, Kind::Duration, record, true)
}
