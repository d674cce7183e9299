//! The call sites of annotated functions, apart from the runtime that resolves them.
//!
//! A linker takes a library's object when it needs anything in it, and the objects of
//! `metrics-runtime` need each other, those of its dependencies, and the debug
//! information of all. Functions that are only annotated need what is here: a program
//! that never looks at its metrics is linked without the rest, five times as fast.
//!
//! Where nothing is optimised, the compiler takes a generic function that some crate of the
//! program has made already from that crate, whichever it is. So what annotated functions
//! call here contains none that would be inlined into them by then.
//!
//! The runtime [installs](install()) itself where it is linked. It is linked wherever
//! metrics are read, so that nothing is lost that anybody could see.

mod catalogue;
mod runtime;
mod site;
mod timer;

pub use catalogue::{since, switch};
pub use runtime::{Runtime, install, unsettled};
pub use site::{NOWHERE, OFF, Plain, QUERY, RUNNING, Site, TIMED, UNRESOLVED};
pub use timer::{Begun, Durations, Octave, OutcomeIndex, Spare, Time, Timer, VOID, end, time};
