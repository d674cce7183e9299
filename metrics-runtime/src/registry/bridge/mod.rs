//! To and from the `prometheus` crate.
//!
//! Its types differ with its feature `protobuf`, which any crate of a program
//! may turn on for all: everything here compiles with it and without.

mod collector;
mod foreign;
mod gathering;
mod proto;
mod value;

pub(crate) use collector::read_series;
pub(crate) use foreign::{family_of, gather};
pub(crate) use gathering::{Gathering, Id};
