//! Writers of the exposition formats. A page is complete before its first byte
//! is sent.

pub(crate) mod escape;
mod foreign;
pub(crate) mod number;
mod plan;
mod section;
mod sink;
pub(crate) mod text;

pub(crate) use plan::Plan;
pub(crate) use sink::Sink;
