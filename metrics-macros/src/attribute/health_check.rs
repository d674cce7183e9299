use super::{Attribute, Block};
use crate::options::Key;

/// `#[health_check]` stands on a function and records nothing of its calls.
pub(crate) static HEALTH_CHECK: Attribute = Attribute {
    name: "health_check",
    operations: &[],
    block: Block::Defaults,
    options: &[
        Key::Name,
        Key::Group,
        Key::Timeout,
        Key::Interval,
        Key::Critical,
        Key::Blocking,
    ],
    texts: &[],
    instruments: &[],
    beside: &[],
};
