use super::{Attribute, Block};

/// `#[metrics]` stands on a module and takes nothing but common options.
pub(crate) static METRICS: Attribute = Attribute {
    name: "metrics",
    operations: &[],
    block: Block::Defaults,
    options: &[],
    texts: &[],
    instruments: &[],
    beside: &[],
};
