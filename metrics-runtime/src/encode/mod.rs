//! Writers of the exposition formats. A page is complete before its first byte
//! is sent.

mod escape;
pub(crate) mod number;
pub(crate) mod text;
