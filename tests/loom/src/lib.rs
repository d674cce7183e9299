//! Models of the recording core.
//!
//! The source files of `metrics-runtime` are compiled here a second time, with
//! loom's atomics, mutexes and threads in the place of std's and with small
//! tables, so that loom can run every interleaving of a few steps, up to three
//! preemptions. `scripts/mutate.sh` breaks the core in the ways that are named
//! beside the models and expects each to fail.

#[cfg(test)]
mod sync;

#[cfg(test)]
#[path = "../../../metrics-runtime/src/record/slab.rs"]
mod slab;

#[cfg(test)]
mod model;
