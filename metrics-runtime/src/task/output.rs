//! What a task's value says of its run.

use crate::Outcome;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// What a task may give: it says whether the run went well.
///
/// A `Result` that is `Err` is an error; all else of the standard library that stands
/// here is [`Outcome::Ok`], and a loop that never ends is a task as well. For a
/// type of your own an empty implementation is enough.
///
/// ```
/// use metrics_runtime::{Outcome, TaskOutput};
///
/// enum Report {
///     Complete,
///     Partial,
/// }
///
/// impl TaskOutput for Report {
///     fn outcome(&self) -> Outcome {
///         match self {
///             Self::Complete => Outcome::Ok,
///             Self::Partial => Outcome::Error,
///         }
///     }
/// }
///
/// assert_eq!(Report::Partial.outcome(), Outcome::Error);
/// assert_eq!(Err::<(), _>("no").outcome(), Outcome::Error);
/// # assert_eq!(Report::Complete.outcome(), Outcome::Ok);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` doesn't say whether a task went well",
    note = "return a `Result` or `()`, or write `impl TaskOutput for` your type, which may be empty"
)]
pub trait TaskOutput {
    /// How a run has ended that gave this.
    fn outcome(&self) -> Outcome {
        Outcome::Ok
    }
}

impl<T, E> TaskOutput for Result<T, E> {
    fn outcome(&self) -> Outcome {
        if self.is_ok() {
            Outcome::Ok
        } else {
            Outcome::Error
        }
    }
}

/// What a function returns that is the value of a task: a [`TaskOutput`], or `!`, which is
/// what `async { loop { … } }` gives. That type can be written only there; an
/// implementation of [`TaskOutput`] for it by way of a projection would conflict with
/// those of other crates.
#[diagnostic::on_unimplemented(
    message = "`{T}` doesn't say whether a task went well",
    note = "return a `Result` or `()`, or write `impl TaskOutput for` your type, which may be empty"
)]
pub trait Told<T> {
    /// How a run has ended that gave this.
    fn outcome(value: &T) -> Outcome;
}

impl<T: TaskOutput> Told<T> for fn() -> T {
    fn outcome(value: &T) -> Outcome {
        value.outcome()
    }
}

impl<T> Told<T> for fn() -> ! {
    fn outcome(_: &T) -> Outcome {
        // There is no such value.
        Outcome::Ok
    }
}

impl TaskOutput for Outcome {
    fn outcome(&self) -> Outcome {
        *self
    }
}

macro_rules! always_ok {
    ($([$($parameter:ident),*] $type:ty),* $(,)?) => {
        $(impl<$($parameter),*> TaskOutput for $type {})*
    };
}

always_ok! {
    [] (), [] bool, [] char, [] String, [] &'static str,
    [] u8, [] u16, [] u32, [] u64, [] u128, [] usize,
    [] i8, [] i16, [] i32, [] i64, [] i128, [] isize, [] f32, [] f64,
    [T] Option<T>, [T] Vec<T>, [T] VecDeque<T>, [T] Box<T>, [T] Arc<T>,
    [T] BTreeSet<T>, [T, S] HashSet<T, S>, [K, V] BTreeMap<K, V>, [K, V, S] HashMap<K, V, S>,
    [A, B] (A, B), [A, B, C] (A, B, C), [A, B, C, D] (A, B, C, D),
}
