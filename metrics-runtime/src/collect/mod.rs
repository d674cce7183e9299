//! Families that aren't kept in cells: what collectors give when a page is made.

pub(crate) mod model;
