//! Tasks that are spawned and repeated: what is recorded is what became of them.

mod page;
mod schedule;
mod spawned;
