use super::{Attribute, Block, Default, Instrument, Kind, Label, Record, Text};
use crate::options::Key;

const fn of_task(family: &'static str, kind: Kind, record: Record, by_outcome: bool) -> Instrument {
    Instrument {
        builtin: ["task", family],
        kind,
        record,
        labels: &[Label::Text("task")],
        by_outcome,
        operations: &[],
        help: "",
    }
}

pub(crate) static TRACK_TASK: Attribute = Attribute {
    name: "track_task",
    operations: &[],
    block: Block::EveryMethod,
    options: &[
        Key::Prefix,
        Key::Labels,
        Key::When,
        Key::Buckets,
        Key::Error,
        Key::Outcome,
    ],
    texts: &[Text {
        name: "task",
        default: Default::Function,
    }],
    instruments: &[
        of_task("TASK_RUNS_TOTAL", Kind::Counter, Record::Calls, true),
        of_task(
            "TASK_DURATION_SECONDS",
            Kind::Duration,
            Record::Duration,
            true,
        ),
        of_task(
            "TASKS_IN_PROGRESS",
            Kind::InProgress,
            Record::InProgress,
            false,
        ),
        of_task(
            "TASK_LAST_SUCCESS_TIMESTAMP_SECONDS",
            Kind::Gauge,
            Record::LastSuccess,
            false,
        ),
    ],
    beside: &[],
};
