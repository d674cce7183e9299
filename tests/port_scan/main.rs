//! The port scanner: as a library, as a program, and in the shop.

mod option;
mod program;
mod scan;
mod shop;
mod socket;
mod terminal;
