//! Models of the recording core.
//!
//! The source files of `metrics-runtime` are compiled here a second time, with
//! loom's atomics, mutexes and threads in the place of std's and with small
//! tables, so that loom can run every interleaving of a few steps, up to three
//! preemptions. `scripts/mutate.sh` breaks the core in the ways that are named
//! beside the models and expects each to fail.
//!
//! This is a library, and its tests stand apart, so that the files' own unit
//! tests, which aren't models, stay out.

#![expect(clippy::missing_panics_doc, reason = "models panic when they fail")]

mod sync;

#[path = "../../../metrics-runtime/src/record/slab.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod slab;

#[path = "../../../metrics-runtime/src/record/tagged.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod tagged;

#[path = "../../../metrics-runtime/src/record/succession.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod succession;

#[path = "../../../metrics-runtime/src/record/table.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod table;

#[path = "../../../metrics-runtime/src/record/row.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod row;

#[path = "../../../metrics-runtime/src/record/hash.rs"]
mod hash;

#[path = "../../../metrics-runtime/src/record/created.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
mod created;

mod encode;

/// Names of labels, unchecked.
mod name {
    use std::borrow::Cow;
    use std::convert::Infallible;

    #[derive(Debug)]
    pub(crate) struct LabelName(pub(crate) Cow<'static, str>);

    impl LabelName {
        #[allow(
            dead_code,
            clippy::unnecessary_wraps,
            reason = "for unit tests, which lints look at"
        )]
        pub(crate) fn new(name: &str) -> Result<Self, Infallible> {
            Ok(Self(Cow::Owned(name.to_owned())))
        }

        pub(crate) fn as_str(&self) -> &str {
            &self.0
        }
    }
}

pub mod model;
pub mod native;
